// @ts-check
/** What the table under the map shows, as the address says it: layer, sort, columns, group, field and sum of the chart. */

import { readField, writtenField } from "./field-lists.js";

/**
 * @typedef {object} TableState
 * @property {string} layer "" when no table is open
 * @property {string} sort fields with commas between, - before those that go downwards, each as `field-lists.js` writes it
 * @property {string[]} columns none: as the layer declares them
 * @property {string} group field whose equal values stand together, or ""
 * @property {string} chart field whose values are drawn, or ""
 * @property {string} measure field that the chart adds up, or "" to count
 */

/** @param {string} said @returns {TableState} */
export function parseTable(said) {
  const [layer = "", sort = "", columns = "", group = "", chart = "", measure = ""] = said.split(";");
  return { layer, sort, columns: columns.split(",").filter(Boolean).map(readField), group: readField(group), chart: readField(chart), measure: readField(measure) };
}

/** What a table is sorted by. @param {string} sort @returns {{id: string, desc: boolean}[]} */
export function sortedBy(sort) {
  return sort.split(",").filter(Boolean).map((one) => ({ id: readField(one.replace(/^-/, "")), desc: one.startsWith("-") }));
}

/** @param {{id: string, desc: boolean}[]} sorted */
export function formatSort(sorted) {
  return sorted.map(({ id, desc }) => `${desc ? "-" : ""}${writtenField(id)}`).join(",");
}

/** @param {TableState} table @returns {string} */
export function formatTable({ layer, sort, columns, group, chart, measure }) {
  return layer ? [layer, sort, columns.map(writtenField).join(","), ...[group, chart, measure].map(writtenField)].join(";").replace(/;+$/, "") : "";
}

/** A change of the table that is open. @param {import("./store.js").Store} store @param {Partial<TableState>} part */
export function changeTable(store, part) {
  store.change({ table: formatTable({ ...parseTable(store.table.peek()), ...part }) });
}
