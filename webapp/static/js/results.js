// @ts-check
/** A figure shown where it was asked for: its number, sentence, table, warnings, and where to read more. */
import { bars } from "./chart.js";
import { make } from "./element.js";
import { ask } from "./fetching.js";
import { language, said, text } from "./language.js";

const MOST_LISTED = 100;

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

/** What of a demand is out of reach, by name; a press shows it on the map. @param {Shown} figure */
function outOfReach(figure) {
  const listed = figure.shown.unreached;
  if (!listed) return null;
  const kind = (/** @type {number} */ at) => (listed.numeric[at] ? "number" : "data");
  const head = listed.heads.map((words, at) => make("th", { scope: "col", class: kind(at), text: words }));
  const line = (/** @type {typeof listed.rows[number]} */ row) => {
    const chosen = `${encodeURIComponent(row.layer)}/${encodeURIComponent(row.feature)}`;
    const stay = (/** @type {Event} */ event) => {
      event.preventDefault(); // what else the map shows stays
      location.hash = [...location.hash.slice(1).split("&").filter((one) => one && !one.startsWith("sel=")), `sel=${chosen}`].join("&");
    };
    const go = make("a", { href: `/#fig=${figure.id}&sel=${chosen}`, text: row.cells[0], ...(document.getElementById("map-area") ? { onclick: stay } : {}) });
    return make("tr", {}, ...row.cells.map((words, at) => make("td", { class: kind(at) }, at ? words : go)));
  };
  const shown = make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...listed.rows.slice(0, MOST_LISTED).map(line)));
  const more = listed.rows.length > MOST_LISTED ? make("a", { href: `/figures/${figure.id}#unreached`, text: said("result_open") }) : null;
  return make("details", { class: "inside" }, make("summary", { text: `${said("figure_unreached")} (${listed.rows.length})` }), make("div", { class: "scroll" }, shown), more);
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
    outOfReach(figure),
    make("p", { class: "actions" }, make("a", { href: `/figures/${figure.id}`, text: said("result_open") }), ...files, ...more),
  );
}
