// @ts-check
/** What differs between two maps side by side, in words: how much of each kind, and feature by feature; a press goes there. */
import { html, nothing } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { KINDS } from "./differing.js";
import { nameOf, number, said, text } from "./language.js";
import { zoomTo } from "./selection.js";
import { shownValue } from "./values.js";

/** @import { Layer } from "./api.js" */
/** @import { Difference, Kind } from "./differing.js" */
/** @import { Text } from "./language.js" */
/** @import { Page } from "./page.js" */

/**
 * @typedef {object} Told what is known of a comparison
 * @property {{layer: Layer, found: Difference[]}[]} told
 * @property {{done: number, all: number} | null} running layers that were compared, of how many
 * @property {string} problem
 * @property {Text[]} large labels of layers too large to be compared
 * @property {Text[]} alike labels of layers that have no other data for the day
 * @property {number} most features a layer may have to be compared
 */

const MOST_ROWS = 200;
/** @type {Record<Kind, string>} */
export const COLORS = { added: "#17663f", removed: "#a3201a", placed: "#0b5c8a", unplaced: "#55616b", moved: "#54458a", changed: "#855000" };

/** @param {Page} page @param {import("./state.js").Compared} with_ what is compared with @param {Told} known */
export function toldPart(page, with_, { told, running, problem, large, alike, most }) {
  const all = told.flatMap(({ layer, found }) => found.map((one) => ({ layer, ...one })));
  const now = with_.layer ? page.usable(with_.layer)?.number ?? 0 : 0;
  const choice = now > 2 ? versionsPart(page, with_, now) : nothing;
  return html`<p><strong role="status">${with_.kind === "view" ? said("twin_view_told") : running ? "" : counts(all)}</strong> ${choice} <button type="button" id="twin-close" @click=${() => page.store.change({ twin: "" })}>${said("twin_close")}</button></p>
    ${running ? html`<p role="status"><progress max=${running.all} .value=${running.done}></progress> ${said("twin_running", running)}</p>` : nothing}
    ${problem ? html`<p class="problem" role="alert">${problem}</p>` : nothing}
    ${alike.length ? html`<p class="hint" id="twin-alike">${said("twin_alike", { day: with_.what, layers: alike.map((one) => text(one)).join(" · ") })}</p>` : nothing}
    ${large.length ? html`<p class="hint">${said("twin_large", { most: number(most, "", 0), layers: large.map((one) => text(one)).join(" · ") })}</p>` : nothing}
    ${all.length ? html`<div class="scroll"><table id="differences"><thead><tr>${["twin_what", "twin_feature", "twin_field", "twin_before", "twin_after"].map((key) => html`<th scope="col">${said(key)}</th>`)}</tr></thead>
      <tbody>${all.slice(0, MOST_ROWS).flatMap((one) => rows(page, one))}</tbody></table></div>` : nothing}
    ${all.length > MOST_ROWS ? html`<p class="hint">${said("twin_cut", { shown: MOST_ROWS, count: number(all.length, "", 0) })}</p>` : nothing}`;
}

/** Chooses two versions of a layer, each of those there are. @param {Page} page @param {import("./state.js").Compared} with_ @param {number} now the newest */
function versionsPart(page, with_, now) {
  const change = (/** @type {number} */ older, /** @type {number} */ newer) => page.store.change({ twin: `v:${with_.layer}@${older}${newer > older && newer < now ? `~${newer}` : ""}` });
  const chosen = (/** @type {Event} */ event) => Number(/** @type {HTMLSelectElement} */ (event.target).value);
  const options = (/** @type {number} */ first, /** @type {number} */ last, /** @type {number} */ here) => Array.from({ length: last - first + 1 }, (_one, i) => last - i).map((one) => html`<option value=${one} .selected=${live(one === here)}>#${one}</option>`);
  const newer = with_.newer || now;
  return html`<label>${said("twin_older")} <select id="twin-other" @change=${(/** @type {Event} */ event) => change(chosen(event), newer)}>${options(1, now - 1, with_.number)}</select></label>
    <label>${said("twin_newer")} <select id="twin-newer" @change=${(/** @type {Event} */ event) => change(with_.number, chosen(event))}>${options(with_.number + 1, now, newer)}</select></label>`;
}

/** How many differ in which way. @param {Difference[]} all */
function counts(all) {
  const found = KINDS.map((kind) => ({ kind, count: all.filter((one) => one.kind === kind).length })).filter((one) => one.count);
  return found.length ? found.map(({ kind, count }) => `${said(`twin_${kind}`)} ${number(count, "", 0)}`).join(" · ") : said("twin_none");
}

/** A row for each field that changed; one for a place or a shape that did, and for what was added or removed. @param {Page} page @param {Difference & {layer: Layer}} one */
function rows(page, one) {
  const { layer, kind, feature, before, changes } = one;
  const id = String(feature.id);
  const name = nameOf(layer, feature);
  const press = () => show(page, one);
  const head = html`<td><span class="difference ${kind}">${said(`twin_${kind}`)}</span></td><th scope="row"><button type="button" class="link data" title=${said("twin_show")} @click=${press}>${name}</button> <small class="data">${text(layer.label)}${name === id ? "" : ` · ${id}`}</small></th>`;
  const told = changes.flatMap(({ field }) => {
    const declared = layer.fields.find((known) => known.id === field || known.text?.zh === field || known.text?.en === field);
    const was = declared && before ? shownValue(declared, before.properties) : before?.properties[field] ?? null;
    const is = declared ? shownValue(declared, feature.properties) : feature.properties[field] ?? null;
    if (was === is) return [];
    const label = declared ? text(declared.label) : field === layer.title.zh || field === layer.title.en ? said("condition_name") : field;
    return [html`<tr>${head}<td>${label}</td><td class="data">${was === null ? said("not_stated") : String(was)}</td><td class="data">${is === null ? said("not_stated") : String(is)}</td></tr>`];
  });
  const where = (/** @type {unknown} */ was, /** @type {unknown} */ is) => html`<tr>${head}<td>${said("twin_place")}</td><td>${was}</td><td>${is}</td></tr>`;
  const [off, on] = [said("position_unplaced"), said("twin_on_map")];
  if (kind === "placed") return [where(off, on), ...told];
  if (kind === "unplaced") return [where(on, off), ...told];
  if (kind === "moved") return [html`<tr>${head}<td>${said("twin_place")}</td><td colspan="2">${apart(page, one)}</td></tr>`, ...told];
  return told.length ? told : [html`<tr>${head}<td colspan="3"></td></tr>`];
}

/** How a feature lies otherwise than before. @param {Page} page @param {Difference} one */
function apart(page, { feature, before }) {
  const middle = (/** @type {unknown} */ shape) => L.geoJSON(/** @type {import("geojson").Feature} */ (shape)).getBounds().getCenter();
  const metres = before ? page.map.distance(middle(before), middle(feature)) : 0;
  return metres < 1 ? said("twin_shape") : said("twin_apart", { distance: metres < 10000 ? number(metres, "m", 0) : number(metres / 1000, "km", 1) });
}

/** Goes to what differs, on both maps; no card hides one of them. @param {Page} page @param {Difference} one */
function show(page, { feature, before }) {
  const there = feature.geometry ? feature : before;
  page.close();
  if (there?.geometry) zoomTo(page, there);
}
