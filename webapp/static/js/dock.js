// @ts-check
/** The place under the map: the table and the chart of a layer, read when they are opened first. */
import { effect, signal, untracked } from "@preact/signals-core";
import { html } from "lit-html";
import { byId, make } from "./element.js";
import { said } from "./language.js";
import { mount } from "./mount.js";
import { parseTable } from "./table-state.js";

/** @import { Page } from "./page.js" */

/** @param {Page} page */
export function followTable(page) {
  const dock = byId("dock");
  const handle = make("div", { class: "dock-top" });
  dock.append(handle);
  /** Whether it covers the map, where the screen is small; what is selected is looked at on the map. */
  const high = signal(false);
  mount(handle, () => html`<button type="button" class="dock-handle" aria-expanded=${String(high.value)} aria-label=${said("table_whole")} @click=${() => (high.value = !high.peek())}></button>`);
  high.subscribe((now) => {
    document.body.classList.toggle("dock-high", now);
  });
  page.card.subscribe((card) => {
    if (card) high.value = false;
  });
  /** @type {Promise<unknown> | null} */
  let loaded = null;
  effect(() => {
    const open = page.usable(parseTable(page.store.table.value).layer) !== null;
    dock.setAttribute("aria-label", said("table_region"));
    if (dock.hidden === !open) return;
    dock.hidden = !open;
    document.body.classList.toggle("docked", open);
    high.value = false;
    window.setTimeout(() => page.map.invalidateSize(), 0);
    if (open) untracked(() => (loaded ??= import("./table.js").then(({ addTable }) => addTable(page, dock))));
  });
}
