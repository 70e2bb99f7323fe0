// @ts-check
/** Tables of the databases that the service names, to choose from: listed when asked for, and searched. */
import { make } from "./element.js";
import { ask } from "./fetching.js";
import { choice, pairs, row } from "./form.js";
import { number, said } from "./language.js";

/** @typedef {{name: string, table: string, geometry: string, kind: string, srid: number, geography: boolean, rows: number | null}} Table */

const SHOWN = 100;

/**
 * @param {HTMLElement} place
 * @param {string[]} names of the connections
 * @param {(database: string, table: Table) => void} take
 */
export function offer(place, names, take) {
  const connection = choice("database", pairs(names));
  const list = make("button", { type: "button", text: said("database_list"), onclick: load });
  const found = make("div");
  place.append(make("p", {}, row("database_connection", connection), " ", list), found);
  connection.addEventListener("change", () => found.replaceChildren());

  async function load() {
    const database = connection.value;
    found.replaceChildren(make("p", { role: "status", text: said("database_listing") }));
    try {
      const { tables } = await ask(`/api/databases/${encodeURIComponent(database)}`);
      if (connection.value === database) found.replaceChildren(...listing(tables, (table) => take(database, table)));
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      found.replaceChildren(make("p", { class: "problem data", role: "alert", text: words }), make("button", { type: "button", text: said("import_retry"), onclick: load }));
    }
  }
}

/** @param {Table[]} tables @param {(table: Table) => void} take @returns {HTMLElement[]} */
function listing(tables, take) {
  if (!tables.length) return [make("p", { class: "notice", role: "status", text: said("database_none") })];
  const search = /** @type {HTMLInputElement} */ (make("input", { type: "search", maxlength: 200, autocomplete: "off", oninput: show }));
  const count = make("small", { role: "status" });
  const head = ["database_table", "database_geometry", "database_kind", "database_rows"].map((key) => make("th", { scope: "col", class: key === "database_rows" ? "number" : null, text: said(key) }));
  const body = make("tbody");
  show();
  return [make("p", {}, row("database_search", search), " ", count), make("div", { class: "scroll tables" }, make("table", {}, make("thead", {}, make("tr", {}, ...head, make("td"))), body))];

  function show() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fit = tables.filter((one) => words.every((word) => `${one.name} ${one.geometry} ${one.kind} ${one.srid}`.toLowerCase().includes(word)));
    body.replaceChildren(...fit.slice(0, SHOWN).map((one) => line(one, take)));
    count.textContent = said("database_shown", { shown: Math.min(fit.length, SHOWN), total: tables.length });
  }
}

/** @param {Table} one @param {(table: Table) => void} take */
function line(one, take) {
  const button = make("button", { type: "button", text: said("database_take"), "aria-label": said("database_take_named", { name: one.name }), onclick: () => take(one) });
  const kind = [one.kind, one.geography ? "geography" : "", one.srid > 0 ? `SRID ${one.srid}` : ""].filter(Boolean).join(" · ");
  return make(
    "tr",
    {},
    make("th", { scope: "row", class: "data", text: one.name }),
    make("td", { class: "data", text: one.geometry }),
    make("td", { class: "data", text: kind }),
    make("td", { class: "number", text: one.rows === null ? "—" : number(one.rows, "", 0) }),
    make("td", {}, button),
  );
}
