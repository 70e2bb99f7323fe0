// @ts-check
/** A figure shown where it was asked for: its number, sentence, table, warnings, and where to read more. */
import { bars } from "./chart.js";
import { make } from "./element.js";
import { ask } from "./fetching.js";
import { language, said, text } from "./language.js";

/** @import { Figure, FigureShown } from "./api.js" */
/** @typedef {Figure & {shown: FigureShown}} Shown a figure with how it is shown in the reader's language */

/** @param {string} id @returns {Promise<Shown>} */
export async function fetched(id) {
  const [figure, shown] = await Promise.all([ask(`/api/figures/${id}`), ask(`/api/figures/${id}/shown?lang=${language()}`)]);
  return { ...figure, shown };
}

/** A figure's table. @param {FigureShown} shown */
export function table(shown) {
  const kind = (/** @type {number} */ at) => (shown.numeric[at] ? "number" : "data");
  const head = shown.heads.map((words, at) => make("th", { scope: "col", class: kind(at), text: words }));
  const body = shown.rows.map((row) =>
    make("tr", { class: row.kind }, ...row.cells.map((words, at) => make("td", { class: kind(at), text: words }))),
  );
  return make("div", { class: "scroll" }, make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...body)));
}

/** @param {Shown} figure @param {Node | null} [own] its table, when it has one of its own @param {...Node} more */
export function result(figure, own, ...more) {
  const files = ["csv", "xlsx", "geojson", "gpkg"].map((kind) =>
    make("a", { href: `/figures/${figure.id}.${kind}`, download: "", text: kind.toUpperCase() }),
  );
  return make(
    "section",
    { class: "result", "data-figure": figure.id },
    make("p", { class: "result-value" }, figure.shown.value, figure.shown.beside ? make("small", { text: ` ${figure.shown.beside}` }) : null, figure.layers.some((use) => use.illustrative) ? make("span", { class: "badge", text: said("illustrative") }) : null),
    make("p", { class: "data", text: text(figure.sentence) }),
    ...figure.caveats.map((one) => make("p", { class: "notice data", text: text(one) })),
    own ?? (figure.rows.length ? make("div", {}, bars(figure.shown.chart ?? null), table(figure.shown)) : null),
    make("p", { class: "actions" }, make("a", { href: `/figures/${figure.id}`, text: said("result_open") }), ...files, ...more),
  );
}
