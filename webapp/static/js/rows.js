// @ts-check
/** The rows of a table, fetched a page at a time as they come into view. */
import { signal } from "@preact/signals-core";
import { rowsAddress } from "./chips.js";
import { ask } from "./fetching.js";
import { writtenField } from "./field-lists.js";

/** @import { TableRows } from "./api.js" */
/** @typedef {TableRows["rows"][number]} Row */
/** @typedef {{layer: string, filters: string[], version: string, sort: string, group: string, columns: string[], lang: string, date: string, when: string}} Wanted */

const PAGE = 100;
const KEPT = 30; // pages

export class RowPages {
  constructor() {
    /** What is known of all rows. @type {import("@preact/signals-core").Signal<TableRows | null>} */
    this.told = signal(null);
    /** Grows whenever rows came. */
    this.came = signal(0);
    this.problem = signal("");
    /** @type {Map<number, Row[] | null>} */
    this.pages = new Map();
    /** @type {Wanted | null} */
    this.wanted = null;
    this.turn = 0;
  }

  /** Asks for another table; the rows of the former stay until the new ones come. @param {Wanted} wanted */
  async open(wanted) {
    if (JSON.stringify(wanted) === JSON.stringify(this.wanted)) return;
    this.wanted = wanted;
    this.turn += 1;
    const mine = this.turn;
    try {
      const told = await this.fetch(wanted, 0);
      if (mine !== this.turn) return;
      this.pages = new Map([[0, told.rows]]);
      [this.told.value, this.problem.value] = [told, ""];
      this.came.value += 1;
    } catch (error) {
      if (mine === this.turn) this.problem.value = error instanceof Error ? error.message : String(error);
    }
  }

  /** @param {Wanted} wanted @param {number} page @param {Record<string, string>} [more] @returns {Promise<TableRows>} */
  fetch(wanted, page, more = {}) {
    const { layer, filters, sort, group, columns, lang, date, when } = wanted;
    return ask(rowsAddress(layer, filters, { sort, group, columns: columns.map(writtenField).join(","), lang, as_of: date, when, offset: String(page * PAGE), limit: String(PAGE), ...more }));
  }

  /** A row; undefined while it is fetched. @param {number} at @returns {Row | undefined} */
  row(at) {
    const page = Math.floor(at / PAGE);
    const known = this.pages.get(page);
    if (known === undefined) this.load(page);
    return known?.[at - page * PAGE];
  }

  /** @param {number} page */
  async load(page) {
    const { wanted, turn } = this;
    if (!wanted) return;
    this.pages.set(page, null);
    try {
      const told = await this.fetch(wanted, page);
      if (turn !== this.turn) return;
      this.pages.set(page, told.rows);
      for (const old of [...this.pages.keys()].slice(0, Math.max(0, this.pages.size - KEPT))) this.pages.delete(old);
      this.came.value += 1;
    } catch (error) {
      this.pages.delete(page);
      if (turn === this.turn) this.problem.value = error instanceof Error ? error.message : String(error);
    }
  }

  /** Where a feature stands in the table; null when the filter leaves it out. @param {string} feature @returns {Promise<number | null>} */
  async find(feature) {
    const known = [...this.pages].flatMap(([page, rows]) => (rows ?? []).map((one, at) => [one.id, page * PAGE + at])).find(([id]) => id === feature);
    if (known) return /** @type {number} */ (known[1]);
    if (!this.wanted) return null;
    const told = await this.fetch(this.wanted, 0, { feature, limit: "0" }).catch(() => null);
    return told?.found ?? null;
  }
}
