// @ts-check
/** The conditions in force, over the map: each in words, to be changed, taken off, added, sent; and what they apply to. */
import { effect, signal, untracked } from "@preact/signals-core";
import { html, nothing } from "lit-html";
import { ConditionDialog } from "./condition.js";
import { ask } from "./fetching.js";
import { setCondition } from "./filtering.js";
import { number, said, text } from "./language.js";
import { showSite, siteWords } from "./site-fold.js";
import { formatTable, parseTable } from "./table-state.js";

/** @import { TableRows } from "./api.js" */
/** @import { Page } from "./page.js" */

/** The address of a layer's rows. @param {string} layer @param {string[]} filters @param {Record<string, string>} more @param {string} [what] */
export function rowsAddress(layer, filters, more, what = "rows") {
  const query = new URLSearchParams(Object.entries(more).filter(([, value]) => value !== ""));
  for (const one of filters) query.append("where", one);
  return `/api/layers/${encodeURIComponent(layer)}/${what}?${query}`;
}

/** @param {Page} page @returns {() => unknown} */
export function chipsPart(page) {
  const { store } = page;
  /** What the service says of the conditions of each layer. @type {import("@preact/signals-core").Signal<Record<string, TableRows>>} */
  const told = signal({});
  /** @type {import("@preact/signals-core").Signal<Record<string, string>>} */
  const problems = signal({});
  const dialog = new ConditionDialog(page);
  page.askCondition = (layer, where, field) => dialog.open(layer, where, field);
  let turn = 0;
  effect(() => {
    const wanted = Object.entries(store.filters.value).filter(([id]) => page.usable(id));
    const [date, when] = [store.date.value, store.when.value];
    turn += 1;
    const mine = turn;
    untracked(async () => {
      /** @type {Record<string, TableRows>} */
      const found = {};
      /** @type {Record<string, string>} */
      const bad = {};
      await Promise.all(
        wanted.map(async ([id, filters]) => {
          try {
            found[id] = await ask(rowsAddress(id, filters, { limit: "0", as_of: date, when: when }));
          } catch (error) {
            bad[id] = error instanceof Error ? error.message : String(error);
          }
        }),
      );
      if (mine === turn) [told.value, problems.value] = [found, bad];
    });
  });

  return () => {
    const on = Object.entries(store.filters.value).filter(([id]) => page.usable(id));
    const open = parseTable(store.table.value);
    const chosen = page.usable(store.selected.value.split("/")[0])?.id;
    const first = open.layer || on[0]?.[0] || chosen || store.on.value.find((id) => (page.usable(id)?.fields.length ?? 0) > 1) || "";
    const toggle = () => store.change({ table: open.layer ? "" : formatTable({ ...parseTable(""), layer: first }) });
    return html`<div class="chip-row">
        ${on.map(([id, filters]) => layerChips(id, filters))}
        <button type="button" class="chip dashed" id="add-condition" @click=${() => dialog.open(first)}>${said("condition_add")}</button>
        ${on.length ? html`<button type="button" class="link" id="clear-conditions" @click=${() => store.change({ filters: {} })}>${said("condition_clear")}</button>` : nothing}
      </div>
      <div class="chip-end">
        ${on.length ? html`<span class="hint-2">${said("condition_applies")}</span>` : nothing}
        <button type="button" id="check-open" @click=${() => showSite(page)}>${said(siteWords(page))}</button>
        <button type="button" id="table-toggle" aria-expanded=${String(Boolean(open.layer))} aria-controls="dock" ?disabled=${!first} @click=${toggle}>${said("table_heading")}</button>
      </div>`;
  };

  /** @param {string} id @param {string[]} filters */
  function layerChips(id, filters) {
    const layer = page.usable(id);
    const known = told.value[id];
    if (!layer) return nothing;
    const words = (/** @type {string} */ where) => text(known?.conditions.find((one) => one.where === where)?.words) || where;
    const off = (/** @type {string} */ where) => store.filter(id, filters.filter((one) => one !== where));
    const count = known ? `${number(known.matched, "", 0)} / ${number(known.count, "", 0)}` : "…";
    return html`<button type="button" class="chip dark" data-chip-layer=${id} @click=${() => store.change({ table: formatTable({ ...parseTable(""), layer: id }) })}>${text(layer.label)} · <strong>${count}</strong></button>
      ${problems.value[id] ? html`<span class="problem" role="status">${problems.value[id]}</span>` : nothing}
      ${filters.map(
        (where) => html`<span class="chip on">
          <button type="button" class="chip-words data" data-where=${where} title=${said("condition_change")} @click=${() => dialog.open(id, where)}>${words(where)}</button>
          <button type="button" class="chip-off" aria-label=${said("condition_off", { condition: words(where) })} @click=${() => off(where)}>×</button>
        </span>${(known?.conditions.find((one) => one.where === where)?.currencies ?? []).filter((one) => one.left).map((one) => html`<button type="button" class="chip dashed" title=${text(one.told)} @click=${() => setCondition(page, id, one.where, where)}>${said("condition_in_currency", { count: number(one.left, "", 0), currency: text(one.words) })}</button>`)}`,
      )}`;
  }
}
