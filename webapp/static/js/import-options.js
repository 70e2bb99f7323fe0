// @ts-check
/** What can be said of an import, asked as the service declares it: an option there is a control here. */
import { make } from "./element.js";
import { choice } from "./form.js";
import { said, text } from "./language.js";

/**
 * @typedef {{name: string, label: {zh: string, en: string}, hint: {zh: string, en: string} | null, stage: string, control: string, kinds: string[], choices: {value: string, zh: string, en: string}[]}} ImportOption
 */

/** Asked elsewhere on the page: where it lies, which class and id, each field's type beside the field. */
const ELSEWHERE = ["crs", "swapped", "datum_parameters", "rotation", "id_field", "class_field", "scheme", "types", "measures", "datum"];

/**
 * The controls of reading that mean something for a file, each saying what was found.
 * @param {ImportOption[]} options as declared
 * @param {SeenFile} seen what the service saw in the file
 * @param {Record<string, unknown>} asked what was said already
 * @param {() => void} again looks at the file once more
 * @returns {HTMLElement[]}
 */
export function reading(options, seen, asked, again) {
  return options.filter((one) => fits(one, seen)).map((one) => row(one, control(one, seen, asked, again)));
}

/**
 * Controls of options that have no place of their own in the form.
 * @param {ImportOption[]} options as declared @param {string[]} placed those that have one @param {Record<string, unknown>} asked
 */
export function rest(options, placed, asked) {
  return options
    .filter((one) => one.stage === "keeping" && !placed.includes(one.name))
    .map((one) => {
      const field = one.choices.length ? choice(one.name, [["", said("import_by_itself")], ...one.choices.map((entry) => [entry.value, text(entry)])]) : make("input", { type: "text", name: one.name, maxlength: 500 });
      /** @type {HTMLInputElement | HTMLSelectElement} */ (field).value = /** @type {string} */ (asked[one.name] ?? "");
      return row(one, field);
    });
}

/** @param {ImportOption} one @param {SeenFile} seen */
function fits(one, seen) {
  if (one.stage !== "reading" || ELSEWHERE.includes(one.name)) return false;
  if (one.kinds.length && !one.kinds.includes(seen.format)) return false;
  if (one.name === "encoding" && seen.format === "XLSX") return false;
  if (one.name === "heights") return seen.heights;
  if (one.name === "closed_lines") return seen.closed;
  if (one.control === "table") return seen.tables.length > 1;
  return one.control !== "sublayer" || seen.sublayers.length > 1;
}

/** @param {ImportOption} one @param {HTMLElement} field */
function row(one, field) {
  return make("label", { class: "row" }, make("span", { text: text(one.label) }, one.hint ? make("small", { class: "hint", text: ` ${text(one.hint)}` }) : null), field);
}

/**
 * @param {ImportOption} one @param {SeenFile} seen @param {Record<string, unknown>} asked @param {() => void} again
 * @returns {HTMLElement}
 */
function control(one, seen, asked, again) {
  const found = seen.reading[one.name] ?? (one.name === "encoding" ? seen.encoding : "");
  const words = values(one, seen);
  const now = /** @type {string} */ (asked[one.name] ?? seen.kept[one.name] ?? "");
  if (!words.length) return make("input", { type: "text", name: one.name, value: now, placeholder: found, maxlength: 500, onchange: again });
  const shown = words.find(([value]) => value === found)?.[1] ?? found;
  const select = choice(one.name, [["", found ? said("import_found_as", { value: shown }) : said("import_by_itself")], ...words]);
  if (now && ![...select.options].some((option) => option.value === now)) select.append(make("option", { value: now, text: now }));
  select.value = now;
  select.addEventListener("change", again);
  return select;
}

/** @param {ImportOption} one @param {SeenFile} seen @returns {string[][]} */
function values(one, seen) {
  if (one.control === "sublayer") return seen.sublayers.map((/** @type {string} */ name) => [name, name]);
  if (one.control === "table") return seen.tables.map((name, at) => [String(at + 1), `${at + 1}: ${name}`]);
  if (one.control === "column") return columns(seen).map((name) => [name, name]);
  return one.choices.map((entry) => [entry.value, text(entry)]);
}

/** The columns of a table, the one that became the geometry among them. @param {SeenFile} seen @returns {string[]} */
function columns(seen) {
  const names = seen.fields.map((field) => field.name);
  const taken = seen.reading.geometry_column;
  return taken && !names.includes(taken) ? [...names, taken] : names;
}

/**
 * What has to be answered before the file can be imported.
 * @param {SeenFile} seen @param {ImportOption[]} options @param {(answers: Record<string, string>) => void} answer
 * @returns {HTMLElement | null}
 */
export function questions(seen, options, answer) {
  if (!seen.questions.length) return null;
  const asked = seen.questions.map((one) => {
    const words = options.find((option) => option.name === one.option)?.choices ?? [];
    const buttons = one.choices.map((/** @type {string} */ value) => {
      const known = words.find((entry) => entry.value === value);
      return make("button", { type: "button", text: known ? text(known) : value, onclick: () => answer({ [one.option]: value }) });
    });
    return make("li", {}, make("p", { class: "data", text: text(one) }), make("p", {}, ...buttons.flatMap((/** @type {HTMLElement} */ button) => [button, " "])));
  });
  return make("section", { class: "questions", role: "group", "aria-label": said("import_questions") }, make("h3", { text: said("import_questions") }), make("ul", {}, ...asked));
}

/** What was said in the controls of a form, by the options' names. @param {HTMLFormElement} form @param {ImportOption[]} options */
export function answers(form, options) {
  /** @type {Record<string, unknown>} */
  const told = {};
  for (const one of options) {
    const field = form.elements.namedItem(one.name);
    if (one.stage !== "reading" || !(field instanceof HTMLSelectElement || field instanceof HTMLInputElement) || ELSEWHERE.includes(one.name)) continue;
    if (field.value) told[one.name] = field.value.trim();
  }
  for (const name of ["types", "measures"]) {
    /** @type {Record<string, string>} */
    const by = {};
    for (const field of form.querySelectorAll(`select[data-says="${name}"]`)) {
      const select = /** @type {HTMLSelectElement} */ (field);
      if (select.value) by[select.dataset.field ?? ""] = select.value;
    }
    if (Object.keys(by).length) told[name] = by;
  }
  return told;
}
