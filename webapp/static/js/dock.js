// @ts-check
/** The place under the map: the table and the chart of a layer, read when they are opened first. */
import { effect, untracked } from "@preact/signals-core";
import { byId } from "./element.js";
import { said } from "./language.js";
import { parseTable } from "./table-state.js";

/** @import { Page } from "./page.js" */

/** @param {Page} page */
export function followTable(page) {
  const dock = byId("dock");
  /** @type {Promise<unknown> | null} */
  let loaded = null;
  effect(() => {
    const open = page.usable(parseTable(page.store.table.value).layer) !== null;
    dock.setAttribute("aria-label", said("table_region"));
    if (dock.hidden === !open) return;
    dock.hidden = !open;
    window.setTimeout(() => page.map.invalidateSize(), 0);
    if (open) untracked(() => (loaded ??= import("./table.js").then(({ addTable }) => addTable(page, dock))));
  });
}
