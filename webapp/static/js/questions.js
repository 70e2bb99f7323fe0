// @ts-check
/** The questions the analysis panel asks, and the reading of what a person wrote in them. */

/**
 * A layer the question asks for: its role, the geometry it must have ("" any, "classed" one with classes), whether it
 * may be left out, and whether it belongs to the finer rules. A question about fields names the role whose fields are
 * offered, and the controls to pick them with.
 * @typedef {{role: string, geometry: string, optional?: boolean, finer?: boolean}} Wanted
 * @typedef {{id: string, unit: string, roles: Wanted[], distance?: number, classes?: boolean, fields?: string, pick?: string[], sizes?: boolean}} Question
 */

/** @type {Question[]} */
export const QUESTIONS = [
  { id: "tabulate", unit: "ha", classes: true, roles: [{ role: "classes", geometry: "polygon" }, { role: "zones", geometry: "polygon" }] },
  { id: "share", unit: "%", classes: true, roles: [{ role: "part", geometry: "polygon" }, { role: "whole", geometry: "polygon" }] },
  {
    id: "coverage",
    unit: "%",
    classes: true,
    distance: 500,
    sizes: true,
    roles: [
      { role: "demand", geometry: "" },
      { role: "facilities", geometry: "" },
      { role: "zones", geometry: "polygon", optional: true },
      { role: "entrances", geometry: "point", optional: true, finer: true },
      { role: "roads", geometry: "line", optional: true, finer: true },
      { role: "barriers", geometry: "line", optional: true, finer: true },
      { role: "barriers_rail", geometry: "line", optional: true, finer: true },
    ],
  },
  { id: "band", unit: "ha", classes: true, distance: 1000, roles: [{ role: "part", geometry: "" }, { role: "line", geometry: "" }] },
  { id: "nearest", unit: "m", classes: true, roles: [{ role: "part", geometry: "" }, { role: "line", geometry: "" }] },
  { id: "crossing", unit: "count", roles: [{ role: "part", geometry: "line" }, { role: "line", geometry: "" }] },
  { id: "overlap", unit: "ha", classes: true, roles: [{ role: "part", geometry: "polygon" }, { role: "constraints", geometry: "polygon" }] },
  { id: "density", unit: "km/km2", roles: [{ role: "part", geometry: "line" }, { role: "whole", geometry: "polygon" }] },
  { id: "transition", unit: "ha", roles: [{ role: "before", geometry: "classed" }, { role: "after", geometry: "classed" }] },
  { id: "count", unit: "count", roles: [{ role: "items", geometry: "" }, { role: "zones", geometry: "polygon", optional: true }] },
  { id: "sum", unit: "", fields: "items", pick: ["field", "by"], roles: [{ role: "items", geometry: "" }, { role: "zones", geometry: "polygon", optional: true }] },
  { id: "ratio", unit: "", fields: "items", pick: ["field", "divisor", "by"], roles: [{ role: "items", geometry: "" }] },
  { id: "declared", unit: "mu", fields: "items", pick: ["stated"], roles: [{ role: "items", geometry: "polygon" }] },
];

/** Units of area a drawn area can be told in. */
const AREAS = ["m2", "ha", "km2", "mu"];

/**
 * The fields of a layer that a control offers.
 * @param {string} control
 * @param {any[]} fields
 */
export function offered(control, fields) {
  if (control === "by") return fields.filter((one) => one.type === "code");
  const numbers = fields.filter((one) => ["number", "integer"].includes(one.type));
  return control === "stated" ? numbers.filter((one) => AREAS.includes(one.unit)) : numbers;
}

/** What is measured within a distance, by the kind of the layer. @type {Record<string, {measure: string, unit: string}>} */
const WITHIN = { polygon: { measure: "area", unit: "ha" }, line: { measure: "length", unit: "km" }, point: { measure: "count", unit: "count" }, mixed: { measure: "count", unit: "count" } };

/**
 * Reads radii by size: "5000: 500; 2000-5000: 300" is m2 and metres.
 * @param {string} words
 * @returns {{min_m2: number, max_m2?: number, distance_m: number}[]}
 */
export function sizeRules(words) {
  return words
    .split(/[;；\n]/)
    .map((one) => /^\s*(\d+(?:\.\d+)?)\s*(?:[-–~]\s*(\d+(?:\.\d+)?))?\s*[:：]\s*(\d+(?:\.\d+)?)\s*$/.exec(one))
    .flatMap((found) => (found ? [{ min_m2: Number(found[1]), ...(found[2] ? { max_m2: Number(found[2]) } : {}), distance_m: Number(found[3]) }] : []));
}

/**
 * The question as the service takes it.
 * @param {Question} chosen
 * @param {(name: string) => string} value what stands in a control
 * @param {Record<string, any>} layers
 */
export function worded(chosen, value, layers) {
  const classes = value("codes").split(/[,，\s]+/).filter(Boolean);
  /** @type {Record<string, any>} */
  const inputs = {};
  chosen.roles.forEach(({ role }, i) => {
    const [, layer, version] = /^(@?[^@]*)(?:@(\d+))?$/.exec(value(role)) ?? [];
    if (layer) inputs[role] = { layer, ...(version ? { version: Number(version) } : {}), ...(i === 0 && classes.length ? { classes } : {}) };
  });
  /** @type {Record<string, any>} */
  const asked = { function: chosen.id, unit: chosen.unit, inputs };
  const rules = chosen.sizes ? sizeRules(value("sizes")) : [];
  if (rules.length) asked.size_rules = rules;
  else if (chosen.distance) asked.distance_m = Number(value("distance"));
  if (chosen.id === "band") Object.assign(asked, WITHIN[layers[inputs.part?.layer]?.geometry] ?? WITHIN.polygon);
  if (inputs.roads) asked.along = "network";
  if (chosen.fields) {
    const unit = (/** @type {string} */ id) => layers[inputs.items?.layer]?.fields.find((/** @type {any} */ one) => one.id === id)?.unit ?? "";
    const top = value("field") || value("stated");
    const units = [unit(top), unit(value("divisor"))];
    Object.assign(asked, { field: top, unit: chosen.id === "ratio" ? (units.every(Boolean) ? units.join("/") : "") : units[0] });
    for (const key of ["divisor", "by"]) if (value(key)) asked[key] = value(key);
  }
  return asked;
}
