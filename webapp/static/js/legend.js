// @ts-check
/** The legend: what the map shows now, in the symbols it is drawn with. */
import { make } from "./element.js";
import { said, text } from "./language.js";
import { POSITIONS, declaredStyle, drawn, marked, overridden } from "./style.js";
import { symbol } from "./symbols.js";

/**
 * @param {HTMLElement} place
 * @param {any[]} layers the layers shown, in tree order
 * @param {{palette: string, opacity: Record<string, number>}} view
 */
export function showLegend(place, layers, view) {
  const sections = layers.map((layer) => section(layer, view));
  const positions = new Set(layers.filter((one) => !one.illustrative).flatMap((one) => one.positions ?? []));
  if (positions.size) sections.push(certainty(positions));
  const empty = make("p", { class: "empty", text: said("legend_empty") });
  place.replaceChildren(...(sections.length ? sections : [empty]));
}

/** @param {any} layer @param {{palette: string, opacity: Record<string, number>}} view */
function section(layer, view) {
  const opacity = view.opacity[layer.id] ?? 1;
  const rows = layer.classes?.length ? classRows(layer, view.palette, opacity) : ruleRows(layer, opacity);
  const badge = layer.illustrative ? make("span", { class: "badge", text: said("illustrative") }) : null;
  return make(
    "section",
    { class: "legend-layer", "data-layer": layer.id },
    make("h3", {}, text(layer.label), badge),
    make("ul", {}, ...rows),
  );
}

/** @param {any} layer @param {string} palette @param {number} opacity */
function classRows(layer, palette, opacity) {
  return layer.classes.map((/** @type {any} */ one) => {
    const color = palette === "accessible" ? one.accessible : one.color;
    return row(drawn(layer.style, layer.geometry, opacity, color), layer.geometry, `${one.code} ${text(one.name)}`);
  });
}

/** @param {any} layer @param {number} opacity */
function ruleRows(layer, opacity) {
  const ruled = layer.rules.filter((/** @type {any} */ rule) => rule.label);
  const rows = ruled.map((/** @type {any} */ rule) =>
    row(drawn(overridden(layer.style, rule), layer.geometry, opacity), layer.geometry, text(rule.label)),
  );
  const rest = layer.style.label ? text(layer.style.label) : ruled.length ? said("legend_other") : text(layer.label);
  rows.push(row(drawn(declaredStyle({ ...layer, rules: [] }, {}), layer.geometry, opacity), layer.geometry, rest));
  return rows;
}

/** @param {any} look @param {string} geometry @param {string} label */
function row(look, geometry, label) {
  return make("li", {}, symbol(look, geometry), make("span", { text: label }));
}

/** @param {Set<string>} positions */
function certainty(positions) {
  const plain = drawn({ color: "#37474f", fill: "#90a4ae", fill_opacity: 0.5, width: 2 }, "polygon", 1);
  const rows = POSITIONS.filter((one) => positions.has(one)).map((one) =>
    row(marked(plain, one), "polygon", `${said(`position_${one}`)}: ${said(`position_${one}_means`)}`),
  );
  return make("section", { class: "legend-layer" }, make("h3", { text: said("legend_positions") }), make("ul", {}, ...rows));
}
