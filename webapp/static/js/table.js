// @ts-check
/** A layer's table under the map: sorted, grouped, columns of choice, totals; rows and map select each other; cells are edited. */
import { effect, signal, untracked } from "@preact/signals-core";
import { createTable, getCoreRowModel } from "@tanstack/table-core";
import { Virtualizer, elementScroll, observeElementOffset, observeElementRect } from "@tanstack/virtual-core";
import { html, nothing, render } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { ChartPanel } from "./chart-panel.js";
import { readCondition } from "./condition.js";
import { addToBriefing } from "./draft-briefing.js";
import { changedFields } from "./edit.js";
import { announce, make } from "./element.js";
import { writtenField } from "./field-lists.js";
import { setCondition } from "./filtering.js";
import { post } from "./jobs.js";
import { labelOf, number, plainLabel, said, spoken, text, unitName } from "./language.js";
import { RowPages } from "./rows.js";
import { DRAWN_AREA, NAME, fieldsOf, itemsOf, lenient, numeric, shownCell, sumLine, valueOf } from "./table-lines.js";
import { timely } from "./source.js";
import { changeTable, formatSort, formatTable, parseTable, sortedBy } from "./table-state.js";
import { compareVersions, hasVersions } from "./twin.js";
import { coded } from "./values.js";

/** @import { Field, Layer, TableRows } from "./api.js" */
/** @import { Page } from "./page.js" */
/** @import { Row } from "./rows.js" */
/** @import { Group, Item } from "./table-lines.js" */

const ROW_PX = 28;
const USUAL = 9; // columns shown unless others are chosen
/** The sign of a condition, in a heading. */
const FUNNEL = html`<svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true"><path d="M1 1.5h10L7.2 6.4v4.4L4.8 9.2V6.4z" /></svg>`;
/** What is shown first where nobody chose columns: quantities and dates, then codes. @type {Record<string, number>} */
const WEIGHTS = { additive: 1, money: 1, identifier: 1, ratio: 2, uncertainty: 4, date: 1, code: 2, boolean: 3, text: 4 };

/** @param {Page} page @param {HTMLElement} dock */
export function addTable(page, dock) {
  return new TablePanel(page, dock);
}

class TablePanel {
  /** @param {Page} page @param {HTMLElement} dock */
  constructor(page, dock) {
    this.page = page;
    this.rows = new RowPages();
    /** Values of groups that are folded. @type {import("@preact/signals-core").Signal<unknown[]>} */
    this.folded = signal([]);
    /** The cell the keyboard is at: line (-1 is the head) and column. */
    this.at = signal({ line: 0, column: 0 });
    /** The cell that is edited. @type {import("@preact/signals-core").Signal<{id: string, field: string} | null>} */
    this.editing = signal(null);
    this.scrolled = signal(0);
    /** @type {Item[]} */
    this.items = [];
    this.refocus = false;
    /** @type {TableRows | null} */
    this.listed = null;
    /** @type {unknown[]} */
    this.foldedBefore = [];
    const [bar, scroller, foot] = [make("div", { class: "table-bar" }), make("div", { class: "table-scroll" }), make("div", { class: "table-foot" })];
    const chart = make("section", { id: "chart" });
    dock.append(make("div", { id: "table" }, bar, scroller, foot), chart);
    this.scroller = scroller;
    this.chart = new ChartPanel(page, chart);
    this.table = createTable({ data: /** @type {Row[]} */ ([]), columns: [], state: { columnPinning: {} }, onStateChange: () => {}, renderFallbackValue: null, manualSorting: true, enableSortingRemoval: true, enableMultiSort: true, getCoreRowModel: getCoreRowModel() });
    this.virtual = new Virtualizer({ count: 0, getScrollElement: () => scroller, estimateSize: () => ROW_PX, overscan: 12, scrollToFn: elementScroll, observeElementRect, observeElementOffset, onChange: () => (this.scrolled.value += 1) });
    this.virtual._didMount();
    scroller.addEventListener("keydown", (event) => this.key(event));
    scroller.addEventListener("focusin", (event) => {
      const [line, column] = (/** @type {HTMLElement} */ (event.target).dataset.cell ?? "").split(",").map(Number);
      const { line: before, column: beside } = this.at.peek();
      if (column !== undefined && (line !== before || column !== beside)) this.at.value = { line, column };
    });
    effect(() => this.ask());
    effect(() => {
      render(this.bar(), bar);
      render(this.foot(), foot);
    });
    effect(() => {
      this.draw();
    });
    effect(() => this.reveal());
  }

  /** @returns {Layer | null} */
  get layer() {
    return this.page.usable(parseTable(this.page.store.table.value).layer);
  }

  /** The columns that are shown, in order. @param {Layer} layer @returns {Field[]} */
  columns(layer) {
    const known = fieldsOf(layer);
    const chosen = parseTable(this.page.store.table.value).columns.flatMap((id) => known.find((one) => one.id === id) ?? []);
    if (chosen.length) return chosen;
    const { sort } = parseTable(this.page.store.table.value);
    const named = [...sortedBy(sort).map((one) => one.id), ...(this.page.store.filters.value[layer.id] ?? []).map((one) => readCondition(one).field)];
    const weight = (/** @type {Field} */ one) => (one.id === NAME || named.includes(one.id) ? 0 : WEIGHTS[numeric(one) ? one.measure : one.type] ?? 3) + (one.derived ? 2 : 0);
    return known.filter((one) => one.id !== DRAWN_AREA || named.includes(one.id)).sort((a, b) => weight(a) - weight(b)).slice(0, USUAL); // amounts and their sums are seen at once
  }

  ask() {
    const { layer } = this;
    const { store } = this.page;
    if (!layer) return;
    const { sort, group } = parseTable(store.table.value);
    const filters = store.filters.value[layer.id] ?? [];
    const columns = this.columns(layer).map((one) => one.id);
    columns.push(...new Set(this.columns(layer).map((one) => one.currency).filter((id) => id && !columns.includes(id)))); // an amount is told in its currency
    const wanted = { layer: layer.id, filters, version: layer.version ?? "", sort, group, columns, lang: spoken.value, date: store.date.value, when: timely(layer) ? store.when.value : "" };
    untracked(() => this.rows.open(wanted));
  }

  /** Sets up the library with what the state says. @param {Layer} layer */
  modelled(layer) {
    const { sort } = parseTable(this.page.store.table.value);
    const shown = this.columns(layer).map((one) => one.id);
    const sorting = sortedBy(sort);
    const columns = fieldsOf(layer).map((field) => ({ id: field.id, accessorFn: () => null, meta: { field }, sortDescFirst: numeric(field) }));
    this.table.setOptions((before) => ({
      ...before,
      columns,
      state: { ...this.table.initialState, sorting, columnOrder: shown, columnVisibility: Object.fromEntries(columns.map(({ id }) => [id, shown.includes(id)])) },
      onSortingChange: (next) => {
        const made = typeof next === "function" ? next(sorting) : next;
        changeTable(this.page.store, { sort: formatSort(made) });
      },
      onColumnVisibilityChange: (next) => {
        const now = Object.fromEntries(columns.map(({ id }) => [id, shown.includes(id)]));
        const made = typeof next === "function" ? next(now) : next;
        const kept = [...shown.filter((id) => made[id]), ...columns.map(({ id }) => id).filter((id) => made[id] && !shown.includes(id))];
        if (kept.length) changeTable(this.page.store, { columns: kept });
      },
      onColumnOrderChange: (next) => changeTable(this.page.store, { columns: typeof next === "function" ? next(shown) : next }),
    }));
    return this.table.getVisibleLeafColumns().map((column) => ({ column, field: /** @type {{field: Field}} */ (column.columnDef.meta).field }));
  }

  /** @returns {unknown} */
  bar() {
    const { layer } = this;
    const told = this.rows.told.value;
    if (!layer) return nothing;
    const { sort, group } = parseTable(this.page.store.table.value);
    const shown = this.columns(layer);
    const known = fieldsOf(layer);
    const order = this.modelled(layer);
    const move = (/** @type {string} */ id, /** @type {number} */ by) => {
      const ids = order.map(({ field }) => field.id);
      const from = ids.indexOf(id);
      const to = Math.max(0, Math.min(ids.length - 1, from + by));
      ids.splice(to, 0, ...ids.splice(from, 1));
      this.table.setColumnOrder(ids);
    };
    const first = known.find((one) => one.id === sortedBy(sort)[0]?.id);
    const sorted = first ? said(sort.startsWith("-") ? "table_sorted_down" : "table_sorted_up", { field: plainLabel(first) }) : "";
    const filters = this.page.store.filters.value[layer.id] ?? [];
    const query = new URLSearchParams({ lang: spoken.value, columns: shown.map((one) => writtenField(one.id)).join(","), sort, words: "seen", located: "zone" });
    for (const one of filters) query.append("where", one);
    if (this.page.store.date.value && told?.number) query.set("version", String(told.number)); // of the day that is shown
    if (timely(layer) && this.page.store.when.value) query.set("when", this.page.store.when.value);
    const kept = (/** @type {() => void} */ act) => (/** @type {Event} */ event) => {
      const pressed = /** @type {HTMLElement} */ (event.currentTarget);
      const [list, mark] = [pressed.closest("ul"), pressed.dataset.of];
      act();
      /** @type {HTMLElement | undefined} */ ([.../** @type {NodeListOf<HTMLElement>} */ (list?.querySelectorAll("[data-of]") ?? [])].find((one) => one.dataset.of === mark))?.focus(); // with its column, which has another place now
    };
    return html`<h2>${said("table_heading")}</h2>
      <select id="table-layer" aria-label=${said("condition_layer")} @change=${(/** @type {Event} */ e) => this.page.store.change({ table: formatTable({ ...parseTable(""), layer: /** @type {HTMLSelectElement} */ (e.target).value }) })}>${Object.values(this.page.catalog.value.layers).filter((one) => one.status === "ok").map((one) => html`<option value=${one.id} .selected=${live(one.id === layer.id)}>${text(one.label)}</option>`)}</select>
      <p class="table-told" role="status" title=${sorted}>${told ? said(filters.length ? "table_count_of" : "table_count", { count: number(told.matched, "", 0), of: number(told.count, "", 0) }) : said("loading")} ${sorted}</p>
      <details class="table-columns"><summary>${said("table_columns", { shown: shown.length, all: known.length })}</summary>
        <ul>${[...shown, ...known.filter(({ id }) => !shown.some((one) => one.id === id))].map((field, place) => {
          const column = this.table.getColumn(field.id);
          const on = place < shown.length;
          const label = labelOf(field);
          const step = (/** @type {string} */ key, /** @type {number} */ by) => html`<button type="button" class="small" aria-label=${said(key, { field: label })} data-of="${field.id} ${key}" @click=${kept(() => move(field.id, by))}>${by < 0 ? "↑" : "↓"}</button>`;
          return html`<li><label><input type="checkbox" data-of="${field.id} shown" .checked=${live(on)} @change=${kept(() => column?.toggleVisibility())} /> ${label}</label>${on ? [step("table_earlier", -1), step("table_later", 1)] : nothing}</li>`;
        })}</ul>
      </details>
      <label class="table-group">${said("table_group")} <select @change=${(/** @type {Event} */ e) => changeTable(this.page.store, { group: /** @type {HTMLSelectElement} */ (e.target).value })}><option value="">—</option>${known.filter((one) => one.id !== NAME && ["code", "text", "date", "boolean"].includes(one.type)).map((one) => html`<option value=${one.id} .selected=${one.id === group}>${labelOf(one)}</option>`)}</select></label>
      <a class="button" id="table-xlsx" download href="/export/${encodeURIComponent(layer.id)}.xlsx?${query}">${said("table_xlsx")}</a>
      ${hasVersions(layer) ? html`<button type="button" id="table-compare" @click=${() => compareVersions(this.page, layer)}>${said("versions_compare")}</button>` : nothing}
      <button type="button" id="table-to-briefing" @click=${() => this.take(layer, told)}>${said("briefing_take")}</button>
      <button type="button" aria-label=${said("table_close")} title=${said("table_close")} @click=${() => this.page.store.change({ table: "" })}>×</button>`;
  }

  /** Puts the table as it is seen, with its columns, into the briefing. @param {Layer} layer @param {TableRows | null} told */
  take(layer, told) {
    const { store } = this.page;
    const address = new URLSearchParams(store.address.value.slice(1));
    address.set("tb", formatTable({ ...parseTable(store.table.value), columns: this.columns(layer).map((one) => one.id) }));
    const label = `${text(layer.label)} · ${said("table_count", { count: number(told?.matched ?? 0, "", 0) })}`;
    addToBriefing({ kind: "table", value: address.toString(), label });
  }

  /** Draws the rows in view. */
  draw() {
    const { layer } = this;
    const told = this.rows.told.value;
    this.rows.came.value;
    this.scrolled.value;
    const selected = this.page.store.selected.value;
    const [at, editing, problem] = [this.at.value, this.editing.value, this.rows.problem.value];
    if (!layer || !told || told.layer !== layer.id) return render(problem ? html`<p class="problem">${problem}</p>` : nothing, this.scroller);
    const shown = this.modelled(layer);
    const folded = this.folded.value;
    if (this.listed !== told || this.foldedBefore !== folded) this.items = itemsOf(told, folded);
    [this.listed, this.foldedBefore] = [told, folded];
    this.virtual.setOptions({ ...this.virtual.options, count: this.items.length });
    this.virtual._willUpdate();
    const views = this.virtual.getVirtualItems();
    const above = views[0]?.start ?? 0;
    const below = this.virtual.getTotalSize() - (views.at(-1)?.end ?? 0);
    const sums = (/** @type {TableRows["totals"]} */ totals, /** @type {Field} */ field) => totals.filter((one) => one.field === field.id);
    const totalled = shown.some(({ field }) => sums(told.totals, field).length);
    const parts = html`${problem ? html`<p class="problem" role="alert">${problem}</p>` : nothing}
      <table role="grid" aria-label=${text(layer.label)} aria-rowcount=${this.items.length + 1} aria-colcount=${shown.length} aria-busy=${String(told.columns.slice(0, shown.length).join() !== shown.map(({ field }) => field.id).join())}>
        <thead><tr aria-rowindex="1">${shown.map(({ column, field }, c) => {
          const way = column.getIsSorted();
          const unit = field.unit ? ` (${unitName(field.unit)})` : "";
          const label = field.currency || !numeric(field) ? plainLabel(field) : labelOf(field); // each amount says its unit itself; what a field rests on is its title
          const limits = (this.page.store.filters.value[layer.id] ?? []).filter((one) => readCondition(one).field === field.id);
          const limit = () => this.page.askCondition(layer.id, limits[0] ?? "", field.id);
          const hint = said("table_limit", { field: plainLabel(field) });
          return html`<th scope="col" role="columnheader" class=${numeric(field) ? "number" : ""} aria-colindex=${c + 1} aria-sort=${way === "asc" ? "ascending" : way === "desc" ? "descending" : "none"} title=${labelOf(field)}><button type="button" data-sort=${field.id} tabindex=${at.line === -1 && at.column === c ? 0 : -1} data-cell="-1,${c}" @click=${column.getToggleSortingHandler()}>${label}${field.currency || (field.unit && label.includes(unitName(field.unit))) ? "" : unit}${way ? html`<span aria-hidden="true">${way === "asc" ? " ↑" : " ↓"}</span>` : nothing}</button>${field.id === DRAWN_AREA ? nothing : html`<button type="button" class="limit" tabindex="-1" data-limit=${field.id} aria-pressed=${String(limits.length > 0)} aria-label=${hint} title="${hint} (F)" @click=${limit}>${FUNNEL}</button>`}</th>`;
        })}</tr></thead>
        <tbody>
          <tr class="spacer" aria-hidden="true"><td colspan=${shown.length}></td></tr>
          ${views.map((view) => {
            const item = this.items[view.index];
            if ("group" in item) return this.groupLine(item.group, shown, view.index);
            const row = this.rows.row(item.row);
            const mine = row !== undefined && selected === `${layer.id}/${row.id}`;
            return html`<tr aria-rowindex=${view.index + 2} aria-selected=${String(mine)} class=${mine ? "selected" : ""} @click=${() => row && this.choose(row, view.index)} @dblclick=${(/** @type {Event} */ e) => row && this.edit(layer, row, e)}>${shown.map(({ field }, c) => this.cell(layer, told, row, field, { line: view.index, column: c, now: at.line === view.index && at.column === c, editing: row !== undefined && editing?.id === row.id && editing.field === field.id }))}</tr>`;
          })}
          <tr class="spacer" aria-hidden="true"><td colspan=${shown.length}></td></tr>
        </tbody>
        ${totalled ? html`<tfoot><tr>${shown.map(({ field }, c) => html`<td role="gridcell" class=${numeric(field) ? "number" : ""}>${c === 0 ? said("table_total", { count: number(told.matched, "", 0) }) : nothing}${sums(told.totals, field).map((one) => sumLine(one, field))}</td>`)}</tr></tfoot>` : nothing}
      </table>`;
    render(parts, this.scroller);
    for (const [at_, px] of [above, Math.max(0, below)].entries()) {
      const spacer = /** @type {HTMLElement | undefined} */ (this.scroller.querySelectorAll(".spacer")[at_]);
      if (spacer) spacer.style.height = `${px}px`;
    }
    const field = /** @type {HTMLElement | null} */ (this.scroller.querySelector("tbody .editing > *"));
    if (field && document.activeElement !== field) field.focus();
    else if (this.refocus) this.focus();
  }

  /** @param {Group} group @param {{field: Field}[]} shown @param {number} line */
  groupLine(group, shown, line) {
    const folded = this.folded.peek().includes(group.value);
    const fold = () => (this.folded.value = folded ? this.folded.peek().filter((one) => one !== group.value) : [...this.folded.peek(), group.value]);
    const here = this.at.value.line === line;
    return html`<tr class="group" aria-rowindex=${line + 2}>${shown.map(({ field }, c) =>
      c === 0
        ? html`<td role="gridcell"><button type="button" aria-expanded=${String(!folded)} data-cell="${line},0" tabindex=${here ? 0 : -1} @click=${fold}>${folded ? "▸" : "▾"} ${text(group.words)} · ${number(group.count, "", 0)}</button></td>`
        : html`<td role="gridcell" class=${numeric(field) ? "number" : ""}>${group.totals.filter((one) => one.field === field.id).map((one) => sumLine(one, field))}</td>`,
    )}</tr>`;
  }

  /** @param {Layer} layer @param {TableRows} told @param {Row | undefined} row @param {Field} field @param {{line: number, column: number, now: boolean, editing: boolean}} place */
  cell(layer, told, row, field, { line, column, now, editing }) {
    const value = row ? valueOf(told, row, field) : null;
    if (editing && row) return html`<td role="gridcell" class="editing">${this.entry(layer, row, field, value)}</td>`;
    const shown = row === undefined ? "…" : shownCell(field, value, field.currency ? row.cells[told.columns.indexOf(field.currency)] : undefined);
    const coarse = field.type === "date" && typeof value === "string" && value.length === 4;
    const off = column === 0 && row && !row.placed ? html` <small class="badge">${said("position_unplaced")}</small>` : nothing;
    return html`<td role="gridcell" aria-colindex=${column + 1} class="${numeric(field) ? "number" : "data"}${shown === null ? " unknown" : ""}" data-cell="${line},${column}" tabindex=${now ? 0 : -1} title=${shown ?? ""}>${shown ?? said("not_stated")}${coarse ? html` <small class="badge">${said("date_year_only")}</small>` : nothing}${off}</td>`;
  }

  /** What a cell is entered in: a choice where its values are named. @param {Layer} layer @param {Row} row @param {Field} field @param {unknown} value */
  entry(layer, row, field, value) {
    const label = text(field.label);
    const before = value === null || value === undefined ? "" : String(value);
    const key = (/** @type {KeyboardEvent} */ event) => this.editKey(event, layer, row, field, value);
    const left = (/** @type {Event} */ event) => this.save(event, layer, row, field, value);
    const named = field.type === "boolean" ? ["true", "false"] : Object.keys(field.values);
    if (!named.length) return html`<input aria-label=${label} .value=${before} @keydown=${key} @blur=${left} />`;
    const words = (/** @type {string} */ one) => (field.type === "boolean" && !field.values[one] ? said(one === "true" ? "yes" : "no") : coded(field, one));
    return html`<select aria-label=${label} @keydown=${key} @blur=${left}>${[...new Set(["", ...named, before])].map((one) => html`<option value=${one} .selected=${one === before}>${one ? words(one) : "—"}</option>`)}</select>`;
  }

  /** @returns {unknown} */
  foot() {
    const { layer } = this;
    const told = this.rows.told.value;
    if (!layer || !told) return nothing;
    const off = told.matched - told.placed;
    const bring = (/** @type {string} */ where, /** @type {string} */ wider) => setCondition(this.page, layer.id, wider, where);
    const money = told.totals.some((one, at) => one.currency && told.totals.some((other, i) => i !== at && other.field === one.field));
    return html`${told.matched ? nothing : html`<p><strong>${said(told.conditions.length ? "table_none_fits" : "list_empty")}</strong></p>`}
      ${told.conditions.filter((one) => one.unknown).map((one) => html`<p>${said("table_left_out", { count: number(one.unknown, "", 0), condition: text(one.words) })} <button type="button" class="link" @click=${() => bring(one.where, lenient(one.where))}>${said("table_include")}</button></p>`)}
      ${told.conditions.flatMap((one) => one.currencies.map((apart) => html`<p>${text(apart.told)} ${apart.left ? html`<button type="button" class="link" data-currency=${apart.currency} @click=${() => bring(one.where, apart.where)}>${said("table_include")}</button>` : nothing}</p>`))}
      ${off ? html`<p>${said("table_unplaced", { count: number(off, "", 0) })}</p>` : nothing}
      ${money ? html`<p>${said("table_currencies")}</p>` : nothing}`;
  }

  /** @param {Row} row @param {number} line */
  choose(row, line) {
    if (this.editing.peek()) return;
    if (this.layer) this.page.select(this.layer.id, row.id);
    this.at.value = { ...this.at.peek(), line };
  }

  /** Shows the row of what is selected on the map. */
  reveal() {
    const selected = this.page.store.selected.value;
    const { layer } = this;
    if (!layer || !selected.startsWith(`${layer.id}/`) || !this.rows.told.value) return;
    untracked(async () => {
      const found = await this.rows.find(selected.slice(layer.id.length + 1));
      const line = this.items.findIndex((one) => "row" in one && one.row === found);
      if (line < 0) return;
      const views = this.virtual.getVirtualItems();
      const seen = views.some((one) => one.index === line && one.start >= this.scroller.scrollTop && one.end <= this.scroller.scrollTop + this.scroller.clientHeight - 3 * ROW_PX);
      if (!seen) this.virtual.scrollToIndex(line, { align: "center" });
    });
  }

  /** @param {Layer} layer @param {Row} row @param {Event | null} event @param {number} [column] */
  edit(layer, row, event, column) {
    const cell = /** @type {HTMLElement | null} */ (event?.target instanceof Element ? event.target.closest("[data-cell]") : null);
    const c = column ?? Number(cell?.dataset.cell?.split(",")[1] ?? -1);
    const field = this.columns(layer)[c];
    if (!this.page.edits || !field || [NAME, DRAWN_AREA].includes(field.id) || field.text || field.type === "list") return;
    this.editing.value = { id: row.id, field: field.id };
  }

  /** @param {KeyboardEvent} event @param {Layer} layer @param {Row} row @param {Field} field @param {unknown} before */
  async editKey(event, layer, row, field, before) {
    event.stopPropagation();
    if (event.key !== "Escape" && event.key !== "Enter") return;
    this.refocus = true;
    if (event.key === "Enter") await this.save(event, layer, row, field, before);
    else this.editing.value = null;
  }

  /** Saves what was entered, when the cell is left as well. @param {Event} event @param {Layer} layer @param {Row} row @param {Field} field @param {unknown} before */
  async save(event, layer, row, field, before) {
    const now = this.editing.peek();
    if (now?.id !== row.id || now.field !== field.id) return; // it was saved or given up, and goes
    const properties = changedFields([field], { [field.id]: before }, { [field.id]: /** @type {HTMLInputElement} */ (event.target).value });
    this.editing.value = null;
    if (!Object.keys(properties).length) return;
    try {
      const made = await post(`/api/layers/${encodeURIComponent(layer.id)}/edits`, { expected: this.rows.told.peek()?.number ?? null, why: "", edits: [{ feature: row.id, properties }] });
      this.page.undone = layer.id;
      announce(said("edit_saved", { number: made.number }));
    } catch (error) {
      this.rows.problem.value = error instanceof Error ? error.message : String(error);
    }
    await this.page.refresh(); // what is there now: this edit's version, or the one of somebody who was quicker
  }

  /** Arrow keys, Home, End, pages, Enter and F2 in the grid. @param {KeyboardEvent} event */
  key(event) {
    const { layer } = this;
    const target = /** @type {HTMLElement} */ (event.target);
    if (!layer || !target.dataset.cell || event.altKey || event.metaKey) return;
    const [line, column] = target.dataset.cell.split(",").map(Number);
    const last = { line: this.items.length - 1, column: this.columns(layer).length - 1 };
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / ROW_PX) - 3);
    const item = this.items[line];
    /** @type {Record<string, {line?: number, column?: number}>} */
    const moves = {
      ArrowDown: { line: line + 1 }, ArrowUp: { line: line - 1 }, ArrowLeft: { column: column - 1 }, ArrowRight: { column: column + 1 },
      PageDown: { line: line + page }, PageUp: { line: line - page },
      Home: event.ctrlKey ? { line: 0, column: 0 } : { column: 0 }, End: event.ctrlKey ? { ...last } : { column: last.column },
    };
    const move = moves[event.key];
    const row = item && "row" in item ? this.rows.row(item.row) : undefined;
    if (line === -1 && event.key.toLowerCase() === "f" && !event.ctrlKey) /** @type {HTMLElement | null} */ (target.parentElement?.querySelector("[data-limit]"))?.click();
    else if (event.key === "Enter" && row) this.choose(row, line);
    else if (event.key === "F2" && row) this.edit(layer, row, null, column);
    else if (!move) return;
    event.preventDefault();
    if (!move) return;
    const next = { line: Math.max(-1, Math.min(last.line, move.line ?? line)), column: Math.max(0, Math.min(last.column, move.column ?? column)) };
    this.refocus = true;
    if (next.line >= 0 && next.line !== line) this.virtual.scrollToIndex(next.line, { align: "auto" });
    this.at.value = next;
    this.focus();
  }

  /** Puts the focus on the cell the keyboard is at, once it is drawn. */
  focus() {
    const { line, column } = this.at.peek();
    const cell = /** @type {HTMLElement | null} */ (this.scroller.querySelector(`[data-cell="${line},${column}"]`) ?? this.scroller.querySelector(`[data-cell="${line},0"]`));
    if (!cell) return;
    this.refocus = false;
    cell.focus({ preventScroll: line >= 0 });
  }
}
