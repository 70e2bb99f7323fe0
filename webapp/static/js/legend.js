// @ts-check
/** The legend: what the map shows now, in the symbols it is drawn with. */
import { html, nothing } from "lit-html";
import { said, text } from "./language.js";
import { POSITIONS, declaredStyle, drawn, marked, overridden } from "./style.js";
import { symbol } from "./symbols.js";

/** @import { Layer } from "./api.js" */
/** @import { Page } from "./page.js" */
/** @import { Look } from "./style.js" */

/** @param {Page} page */
export function legendPart(page) {
  const { groups, layers } = page.catalog.value;
  const on = page.store.on.value;
  const shown = groups.flatMap((one) => one.layers).filter((id) => on.includes(id)).map((id) => layers[id]);
  if (!shown.length) return html`<p class="empty">${said("legend_empty")}</p>`;
  const positions = new Set(shown.filter((one) => !one.illustrative).flatMap((one) => one.positions));
  return [shown.map((layer) => section(layer, page)), positions.size ? certainty(positions) : nothing];
}

/** @param {Layer} layer @param {Page} page */
function section(layer, page) {
  const opacity = page.store.opacity.value[layer.id] ?? 1;
  const rows = layer.classes.length || layer.other_classes?.length ? classRows(layer, page.store.palette.value, opacity) : ruleRows(layer, opacity);
  return html`<section class="legend-layer" data-layer=${layer.id}>
    <h3>${text(layer.label)}${layer.illustrative ? html`<span class="badge">${said("illustrative")}</span>` : nothing}</h3>
    <ul>${rows}</ul>
  </section>`;
}

/** @param {Layer} layer @param {string} palette @param {number} opacity */
function classRows(layer, palette, opacity) {
  const rows = layer.classes.map((one) => {
    const color = palette === "accessible" ? one.accessible : one.color;
    return row(drawn(layer.style, layer.geometry, opacity, color), layer.geometry, `${one.code} ${text(one.name)}`);
  });
  return [...rows, ...(layer.other_classes ?? []).map((one) => row(drawn(layer.style, layer.geometry, opacity), layer.geometry, text(one)))];
}

/** @param {Layer} layer @param {number} opacity */
function ruleRows(layer, opacity) {
  const ruled = layer.rules.filter((rule) => rule.label);
  const rows = ruled.map((rule) => row(drawn(overridden(layer.style, rule), layer.geometry, opacity), layer.geometry, text(rule.label)));
  const rest = layer.style.label ? text(layer.style.label) : ruled.length ? said("legend_other") : text(layer.label);
  return [...rows, row(drawn(declaredStyle({ ...layer, rules: [] }, {}), layer.geometry, opacity), layer.geometry, rest)];
}

/** @param {Look} look @param {string} geometry @param {string} label */
function row(look, geometry, label) {
  return html`<li>${symbol(look, geometry)}<span>${label}</span></li>`;
}

/** @param {Set<string>} positions */
function certainty(positions) {
  const plain = drawn({ color: "#37474f", fill: "#90a4ae", fill_opacity: 0.5, width: 2 }, "polygon", 1);
  const rows = POSITIONS.filter((one) => positions.has(one)).map((one) => row(marked(plain, one, "polygon"), "polygon", `${said(`position_${one}`)}: ${said(`position_${one}_means`)}`));
  return html`<section class="legend-layer">
    <h3>${said("legend_positions")}</h3>
    <ul>${rows}</ul>
  </section>`;
}
