// @ts-check
/** A figure shown where it was asked for: its number, sentence, table, warnings, and where to read more. */
import { bars } from "./chart.js";
import { make } from "./element.js";
import { number, said, text, unitName } from "./language.js";

/** @param {any} figure */
export function valueOf(figure) {
  if (figure.value === null) return figure.state === "computed" ? said("see_table") : said("not_computable");
  return number(figure.value, figure.statistic.unit, figure.statistic.decimals);
}

/** @param {any} figure @param {any} column @param {any} row */
function cell(figure, column, row) {
  const value = row[column.id];
  if (typeof value === "number" && column.decimals !== null) {
    return make("td", { class: "number", text: number(value, "", column.decimals) });
  }
  return make("td", { class: column.decimals === null ? "data" : "number", text: value === null || value === undefined ? "—" : typeof value === "object" ? text(value) : String(value) });
}

/** @param {any} figure */
export function table(figure) {
  const head = figure.columns.map((/** @type {any} */ c) =>
    make("th", { scope: "col", class: c.decimals === null ? "" : "number", text: c.unit ? `${text(c.label)} (${unitName(c.unit)})` : text(c.label) }),
  );
  const body = figure.rows.map((/** @type {any} */ row) => make("tr", {}, ...figure.columns.map((/** @type {any} */ c) => cell(figure, c, row))));
  return make("div", { class: "scroll" }, make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...body)));
}

/** @param {any} figure @param {Node | null} [shown] its table, when it has one of its own @param {...Node} more */
export function result(figure, shown, ...more) {
  const files = ["csv", "xlsx", "geojson", "gpkg"].map((kind) =>
    make("a", { href: `/figures/${figure.id}.${kind}`, download: "", text: kind.toUpperCase() }),
  );
  return make(
    "section",
    { class: "result", "data-figure": figure.id },
    make("p", { class: "result-value" }, valueOf(figure), figure.layers.some((/** @type {any} */ use) => use.illustrative) ? make("span", { class: "badge", text: said("illustrative") }) : null),
    make("p", { class: "data", text: text(figure.sentence) }),
    ...figure.caveats.map((/** @type {any} */ one) => make("p", { class: "notice data", text: text(one) })),
    shown ?? (figure.rows.length ? make("div", {}, bars(figure), table(figure)) : null),
    make("p", { class: "actions" }, make("a", { href: `/figures/${figure.id}`, text: said("result_open") }), ...files, ...more),
  );
}
