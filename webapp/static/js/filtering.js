// @ts-check
/** The conditions that hold for a layer: set by the chips, the dialog, a bar of a chart and the search alike. */

import { formatTable, parseTable } from "./table-state.js";

/** @import { Page } from "./page.js" */

/** Adds a condition to a layer, in place of another on the same field if asked to, and shows the layer. @param {Page} page @param {string} layer @param {string} where @param {string} [instead] */
export function setCondition(page, layer, where, instead = "") {
  const now = page.store.filters.peek()[layer] ?? [];
  const next = instead && now.includes(instead) ? now.map((one) => (one === instead ? where : one)) : [...now, where];
  page.store.filter(layer, [...new Set(next)].filter(Boolean));
  if (!page.store.on.peek().includes(layer)) page.store.show(layer, true);
  const open = parseTable(page.store.table.peek()).layer;
  if (open && open !== layer) page.store.change({ table: formatTable({ ...parseTable(""), layer }) }); // the table shows what was asked for
}
