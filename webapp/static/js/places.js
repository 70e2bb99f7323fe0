// @ts-check
/** Where each coordinate system would put a file's data, to choose from; parameters of an old datum. */
import { make } from "./element.js";
import { choice, row } from "./form.js";
import { said, text } from "./language.js";

/** What people call the coordinates that are met most. @type {Record<string, string>} */
const PLAIN = { "EPSG:4490": "import_cgcs2000", GCJ02: "import_gcj02", BD09: "import_bd09", "EPSG:3857": "import_mercator" };

/**
 * @param {SeenFile} seen what the service saw in the file
 * @param {Record<string, unknown>} asked how it was read
 * @param {import("./import-options.js").ImportOption[]} options as declared
 * @param {(candidate: SeenPlace | null) => void} show
 * @param {() => void} again looks at the file once more
 */
export function places(seen, asked, options, show, again) {
  const chosen = Math.max(seen.places.findIndex((one) => one.asked && !one.problem), seen.places.findIndex((one) => one.declared && !one.problem));
  const rows = seen.places.map((one, at) => {
    const details = [one.swapped ? said("import_swapped") : "", one.km_away === null ? "" : said("import_away", { km: one.km_away })].filter(Boolean).join(" · ");
    const called = text(one.name);
    const name = PLAIN[one.crs] ? said(PLAIN[one.crs]) : called.includes(one.crs) ? called : `${one.crs} ${called}`;
    const head = one.declared ? said("import_declared", { name: called }) : name;
    const radio = make("input", { type: "radio", name: "place", value: at, required: true, checked: at === chosen, disabled: Boolean(one.problem), onchange: () => show(one) });
    const mine = one.declared || one.asked;
    const why = !one.problem ? null : one.parameters && !mine ? make("small", { class: "hint", text: ` ${said("import_needs_parameters")}` }) : make("p", { class: "problem data", text: text(one.problem) });
    return make("li", {}, make("label", {}, radio, " ", make("span", { class: "data", text: head }), " ", make("small", { text: details })), why);
  });
  const radio = /** @type {HTMLInputElement} */ (make("input", { type: "radio", name: "place", value: -1, required: true, onchange: () => show(null) }));
  const written = field("other_crs", /** @type {string | undefined} */ (asked.crs), "EPSG:4549", said("import_other_crs"));
  written.addEventListener("focus", () => (radio.checked = true));
  const look = () => make("button", { type: "button", text: said("import_show"), onclick: again });
  const swapped = /** @type {HTMLInputElement} */ (make("input", { type: "checkbox", name: "swapped", checked: asked.swapped === true }));
  swapped.addEventListener("focus", () => (radio.checked = true));
  const north = make("label", {}, swapped, ` ${text(declared(options, "swapped").label)}`);
  rows.push(make("li", {}, make("label", {}, radio, " ", make("span", { text: said("import_other_crs") })), " ", written, " ", north, " ", look()));
  const numbers = field("datum_parameters", /** @type {string | undefined} */ (asked.datum_parameters), "X, Y, Z, RX, RY, RZ, S", said("import_datum_parameters"));
  const rotation = select(declared(options, "rotation"), /** @type {string | undefined} */ (asked.rotation));
  const datum = select(declared(options, "datum"), /** @type {string | undefined} */ (asked.datum));
  datum.addEventListener("change", again);
  const wanted = seen.places.some((one) => one.parameters && (one.declared || one.asked)) || Boolean(asked.datum_parameters || asked.datum);
  const old = make("details", { open: wanted }, make("summary", { text: said("import_old_datum") }), named(declared(options, "datum"), datum), make("p", { class: "hint", text: said("import_old_datum_hint") }), row("import_datum_parameters", numbers), row("import_rotation", rotation), look());
  const empty = seen.places.length ? null : make("p", { class: "notice", text: said("import_no_place") });
  if (!seen.features) return { fieldset: null, read: () => ({}) }; // nothing lies anywhere
  const fieldset = make("fieldset", { class: "places" }, make("legend", { text: said("import_where") }), empty, make("ul", {}, ...rows), old);
  const read = () => ({ crs: written.value.trim(), datum: datum.value, datum_parameters: numbers.value.trim(), rotation: rotation.value, ...(radio.checked && swapped.checked ? { swapped: true } : {}) });
  return { fieldset, read };
}

/** @param {import("./import-options.js").ImportOption[]} options @param {string} name */
function declared(options, name) {
  return /** @type {import("./import-options.js").ImportOption} */ (options.find((one) => one.name === name));
}

/** @param {import("./import-options.js").ImportOption} option @param {string | undefined} now */
function select(option, now) {
  const made = choice(option.name, [["", said("import_none")], ...option.choices.map((one) => [one.value, text(one)])]);
  made.value = now ?? "";
  return made;
}

/** @param {import("./import-options.js").ImportOption} option @param {HTMLElement} control */
function named(option, control) {
  return make("label", { class: "row" }, make("span", { text: text(option.label) }), control);
}

/** @param {string} name @param {string | undefined} value @param {string} placeholder @param {string} label */
function field(name, value, placeholder, label) {
  return /** @type {HTMLInputElement} */ (make("input", { type: "text", name, value: value ?? "", placeholder, maxlength: 500, "aria-label": label }));
}
