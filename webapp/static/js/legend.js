// @ts-check
/** The legend: what the map shows now, in the symbols it is drawn with. */
import { html, nothing } from "lit-html";
import { REST, UNKNOWN } from "./in-view.js";
import { number, said, text } from "./language.js";
import { looks } from "./looks.js";
import { declaredStyle, drawn, marked, overridden } from "./style.js";
import { symbol } from "./symbols.js";

/** @import { Layer } from "./api.js" */
/** @import { Page } from "./page.js" */
/** @import { Look } from "./style.js" */

/** Characters of a class's code that stand before its name; a longer code is words itself (LandClass.label). */
const SHORT_CODE = 6;

/** @param {Page} page */
export function legendPart(page) {
  const { groups, layers } = page.catalog.value;
  const on = page.store.on.value;
  const shown = groups.flatMap((one) => one.layers).filter((id) => on.includes(id)).map((id) => layers[id]);
  if (!shown.length) return html`<p class="empty">${said("legend_empty")}</p>`;
  const positions = new Set(shown.filter((one) => !one.illustrative).flatMap((one) => one.positions));
  return [html`<p class="hint legend-counts">${said("legend_counts")}</p>`, shown.map((layer) => section(layer, page)), positions.size ? certainty(positions) : nothing];
}

/** What of a layer is in view; all of it as long as nobody knows. @param {Layer} layer @param {Page} page */
function section(layer, page) {
  const opacity = page.store.opacity.value[layer.id] ?? 1;
  const seen = page.layers.seen.value[layer.id] ?? null;
  const all = layer.classes.length || layer.other_classes?.length ? classRows(layer, page.store.palette.value, opacity) : ruleRows(layer, opacity);
  const rows = all.filter((one) => !seen || seen[one.key]).map((one) => ({ ...one, look: asSure(layer, one.look) }));
  const label = text(layer.label);
  const [only] = rows;
  const alone = rows.length === 1 && !layer.illustrative; // one row says the layer too
  if (!rows.length) return html`<p class="legend-layer alone legend-none" data-layer=${layer.id}>${said("legend_only", { layer: label, kind: said("legend_not_in_view") })}</p>`;
  return html`<section class="legend-layer ${alone ? "alone" : ""}" data-layer=${layer.id}>
    ${alone ? nothing : html`<h3>${label}${layer.illustrative ? html`<span class="badge">${said("illustrative")}</span>` : nothing}</h3>`}
    <ul>${rows.map((one) => row(one.look, layer.geometry, alone && only.label !== label ? said("legend_only", { layer: label, kind: only.label }) : one.label, seen?.[one.key]))}</ul>
  </section>`;
}

/** A look as its layer's features have it, where all are equally sure. @param {Layer} layer @param {Look} look */
function asSure(layer, look) {
  const [position, ...others] = layer.illustrative ? [] : layer.positions;
  return position && !others.length ? marked(look, position, layer.geometry) : look;
}

/** @param {Layer} layer @param {string} palette @param {number} opacity */
function classRows(layer, palette, opacity) {
  const rows = layer.classes.map((one) => {
    const color = palette === "accessible" ? one.accessible : one.color;
    return { key: `class ${one.code}`, look: drawn(layer.style, layer.geometry, opacity, color), label: `${one.code.length <= SHORT_CODE ? `${one.code} ` : ""}${text(one.name)}` };
  });
  const others = (layer.other_classes ?? []).map((one) => text(one)).join(" · ");
  return others ? [...rows, { key: UNKNOWN, look: drawn(layer.style, layer.geometry, opacity), label: others }] : rows;
}

/** @param {Layer} layer @param {number} opacity */
function ruleRows(layer, opacity) {
  const ruled = layer.rules.flatMap((rule, at) => (rule.label ? [{ key: `rule ${at}`, look: drawn(overridden(layer.style, rule), layer.geometry, opacity), label: text(rule.label) }] : []));
  const rest = layer.style.label ? text(layer.style.label) : ruled.length ? said("legend_other") : text(layer.label);
  return [...ruled, { key: REST, look: drawn(declaredStyle({ ...layer, rules: [] }, {}), layer.geometry, opacity), label: rest }];
}

/** @param {Look} look @param {string} geometry @param {string} label @param {number} [count] of features in view */
function row(look, geometry, label, count) {
  return html`<li>${symbol(look, geometry)}<span>${label}${count ? html` <small class="in-view">${number(count, "", 0)}</small>` : nothing}</span></li>`;
}

/** @param {Set<string>} positions */
function certainty(positions) {
  const plain = drawn({ color: "#37474f", fill: "#90a4ae", fill_opacity: 0.5, width: 2 }, "polygon", 1);
  const rows = looks().positions.filter((one) => positions.has(one)).map((one) => row(marked(plain, one, "polygon"), "polygon", `${said(`position_${one}`)}: ${said(`position_${one}_means`)}`));
  return html`<section class="legend-layer">
    <h3>${said("legend_positions")}</h3>
    <ul>${rows}</ul>
  </section>`;
}
