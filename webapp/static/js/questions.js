// @ts-check
/** A question as the service takes it, from what a person chose in the form; the functions say what they take. */

/** @import { Field, FunctionEntry, Layer, Option, Question } from "./api.js" */

/** How a number may be used. */
export const MEASURES = ["additive", "money", "ratio", "code", "identifier", "uncertainty"];

/** Units of what can be drawn. */
const SIZES = ["m2", "ha", "km2", "mu", "m", "km"];

/**
 * The fields of a layer that an option offers.
 * @param {Option} option
 * @param {Field[]} fields
 */
export function offered(option, fields) {
  if (option.measures.includes("code")) return fields.filter((one) => ["code", "date"].includes(one.type));
  const numbers = fields.filter((one) => ["number", "integer"].includes(one.type));
  if (option.measures.includes("area")) {
    const sizes = numbers.filter((one) => one.measure === "additive" && (!one.unit || SIZES.includes(one.unit)));
    return sizes.sort((one, other) => Number(!one.unit) - Number(!other.unit)); // what says no unit is asked for it
  }
  return numbers.filter((one) => option.measures.includes(one.measure)); // what is not a quantity is never added up
}

/** What is measured of a layer by its kind. @type {Record<string, string>} */
const BY_KIND = { polygon: "area", line: "length", point: "count", mixed: "count" };

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
 * @param {FunctionEntry} chosen
 * @param {(name: string) => string} value what stands in a control
 * @param {Record<string, Layer>} layers
 * @param {{filters?: Record<string, string[]>, date?: string}} [shown] what the map shows, by layer and of which day: it holds for the question
 * @returns {Question}
 */
export function worded(chosen, value, layers, { filters = {}, date = "" } = {}) {
  const classes = value("codes").split(/[,，\s]+/).filter(Boolean);
  /** @type {Question["inputs"]} */
  const inputs = {};
  chosen.slots.forEach(({ id }, i) => {
    const [, layer, version] = /^(@?[^@]*)(?:@(\d+))?$/.exec(value(id)) ?? [];
    const level = layer && value(`${id}_level`);
    const where = [...(level ? [`${layers[layer]?.level}=${level}`] : []), ...(filters[layer] ?? [])];
    if (layer) inputs[id] = { layer, ...(version ? { version: Number(version) } : {}), ...(i === 0 && classes.length ? { classes } : {}), ...(where.length ? { where } : {}), ...(date && !version && layer !== "@drawn" ? { as_of: date } : {}) };
  });
  /** @type {Question} */
  const asked = { function: /** @type {Question["function"]} */ (chosen.id), inputs };
  const rules = sizeRules(value("size_rules"));
  for (const option of chosen.options) {
    const words = value(option.id);
    if (option.kind === "number" && words && !rules.length) Object.assign(asked, { [option.id]: Number(words) });
    else if (["field", "choice"].includes(option.kind) && words) Object.assign(asked, { [option.id]: words });
  }
  if (rules.length) asked.size_rules = rules;
  if (inputs.roads) asked.along = "network";
  return /** @type {Question} */ ({ ...asked, ...measuredAs(chosen, layers[inputs[chosen.slots[0].id]?.layer], asked) });
}

/**
 * What is measured, and the unit: by the layer's kind where a function has several, by its fields where it has none.
 * @param {FunctionEntry} chosen @param {Layer | undefined} layer the first layer of the question @param {Question} asked @returns {{measure?: string, unit?: string}}
 */
function measuredAs(chosen, layer, asked) {
  const measures = Object.keys(chosen.units);
  if (!measures.length) {
    const unit = (/** @type {string} */ id) => layer?.fields.find((one) => one.id === id)?.unit ?? "";
    const units = [asked.field, asked.divisor].flatMap((id) => (id ? [unit(id)] : []));
    return { unit: units.every(Boolean) ? units.join("/") : "" };
  }
  const own = chosen.id === "declared" ? asked.stated_unit || layer?.fields.find((one) => one.id === asked.field)?.unit || "" : "";
  const said = asked.measure || measures.find((one) => chosen.units[one].includes(own));
  const fits = said ?? BY_KIND[layer?.geometry ?? "polygon"];
  const measure = measures.includes(fits) ? fits : measures[0];
  return { ...(measure ? { measure } : {}), unit: chosen.units[measure].includes(own) ? own : chosen.units[measure][0] };
}

/**
 * What would stand in the controls for a question: the other way round than `worded`; what the question leaves out stays empty.
 * @param {Question} asked
 * @param {FunctionEntry} [entry] its function
 * @param {Record<string, Layer>} [layers]
 * @returns {Record<string, string>}
 */
export function written(asked, entry, layers = {}) {
  const { function: _function, inputs, size_rules, ...rest } = asked;
  const roles = Object.entries(inputs).map(([role, { layer, version }]) => [role, version ? `${layer}@${version}` : layer]);
  const sizes = (size_rules ?? []).map((one) => `${one.min_m2}${one.max_m2 === undefined ? "" : `-${one.max_m2}`}: ${one.distance_m}`);
  const said = {
    codes: (Object.values(inputs)[0]?.classes ?? []).join(", "),
    size_rules: sizes.join("; "),
    ...Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, typeof value === "object" ? "" : String(value)])),
  };
  const empty = [...(entry?.slots ?? []), ...(entry?.options ?? [])].map((one) => [one.id, ""]);
  const levels = Object.entries(inputs).flatMap(([role, { layer, where }]) => {
    const level = layers[layer]?.level;
    return level ? [[`${role}_level`, (where ?? []).find((one) => one.startsWith(`${level}=`))?.slice(level.length + 1) ?? ""]] : [];
  });
  const blank = entry ? [...empty, ["codes", ""], ...levels] : [];
  return Object.fromEntries([...blank, ...roles, ...Object.entries(said).filter(([, value]) => value)]);
}
