// @ts-check
/** What the lines and cells of a layer's table are, and how they read. */
import { html, nothing } from "lit-html";
import { amountText, number, said, text } from "./language.js";
import { shownValue } from "./values.js";

/** @import { Field, Layer, TableRows } from "./api.js" */
/** @import { Row } from "./rows.js" */
/** @typedef {TableRows["groups"][number]} Group */
/** @typedef {{group: Group} | {row: number}} Item a line of the table: the head of a group, or a row by its place */

/** The column of names, where no field is one. */
export const NAME = "@name";
/** The column of what is measured on the map, where features are ground: found only when it is shown. */
export const DRAWN_AREA = "@area";
/** Units of land: what a field holds in them is stated, never measured on the map. */
const AREAS = ["mu", "m2", "ha", "km2"];

/** Name first, then what the layer declares. @param {Layer} layer @returns {Field[]} */
export function fieldsOf(layer) {
  const titled = layer.fields.some((one) => one.id === layer.title.zh || one.id === layer.title.en);
  const name = /** @type {Field} */ (/** @type {unknown} */ ({ id: NAME, label: { zh: said("condition_name"), en: said("condition_name") }, type: "text", unit: "", decimals: null, values: {}, text: null, raw: "" }));
  const ground = ["polygon", "mixed"].includes(layer.geometry) ? [/** @type {Field} */ (/** @type {unknown} */ ({ ...name, id: DRAWN_AREA, label: { zh: said("table_drawn_area"), en: said("table_drawn_area") }, type: "number", unit: "ha", decimals: 4, measure: "additive" }))] : [];
  return [...(titled ? [] : [name]), ...layer.fields, ...ground];
}

/** @param {Field} field */
export function numeric(field) {
  return field.type === "number" || field.type === "integer";
}

/** The lines of a table: heads of groups with their rows, or rows only. @param {TableRows} told @param {unknown[]} folded @returns {Item[]} */
export function itemsOf(told, folded) {
  if (!told.groups.length) return Array.from({ length: told.matched }, (_one, row) => ({ row }));
  let row = 0;
  return told.groups.flatMap((group) => {
    const first = row;
    row += group.count;
    return [{ group }, ...(folded.includes(group.value) ? [] : Array.from({ length: group.count }, (_one, at) => ({ row: first + at })))];
  });
}

/** @param {TableRows} told @param {Row} row @param {Field} field @returns {unknown} */
export function valueOf(told, row, field) {
  const at = told.columns.indexOf(field.id);
  const value = at < 0 ? null : row.cells[at];
  return value && typeof value === "object" && !Array.isArray(value) ? text(/** @type {import("./language.js").Text} */ (value)) || null : value;
}

/** @param {Field} field @param {unknown} value @param {unknown} [currency] of an amount of money @returns {string | null} */
export function shownCell(field, value, currency) {
  if (typeof value === "number" && typeof currency === "string") return amountText(value, field.unit, currency);
  if (typeof value === "number" && numeric(field)) return number(value, "", field.type === "integer" ? 0 : field.decimals);
  return shownValue(/** @type {any} */ ({ ...field, text: null }), { [field.id]: value });
}

/** @param {TableRows["totals"][number]} total @param {Field} field */
export function sumLine(total, field) {
  const plain = total.currency ? amountText(total.sum, field.unit, total.currency) : number(total.sum, field.unit, field.decimals);
  const sum = total.known ? plain : "—";
  return html`<span class="sum">${sum}${total.known && field.id !== DRAWN_AREA && AREAS.includes(field.unit) ? html`<span class="unknown" title=${said("table_areas_stated")}>${said("as_stated")}</span>` : nothing}${total.unknown ? html`<span class="unknown">${said("table_unknown", { count: number(total.unknown, "", 0) })}</span>` : nothing}${total.said ? nothing : html`<span class="unknown" title=${said("table_not_said")}>?</span>`}</span>`;
}

/** The condition that takes what is not known as well. @param {string} where */
export function lenient(where) {
  return where.startsWith("@") && !where.startsWith("@name") ? where.replace(/^@(in|outline)=/, "@$1?=").replace(/^@near\(/, "@near?(") : where.replace(/(!=|>=|<=|=|>|<|~)/, "?$1");
}
