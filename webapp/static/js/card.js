// @ts-check
/** The card: of a feature what it is, how sure its place is, and the plan's own words for it; of a place what lies there. */
import { effect, untracked } from "@preact/signals-core";
import { html, nothing, render } from "lit-html";
import { guard } from "lit-html/directives/guard.js";
import { copyAddress } from "./copying.js";
import { addToBriefing, draftCount } from "./draft-briefing.js";
import { editor } from "./edit.js";
import { announceQuietly, byId } from "./element.js";
import { amountText, labelOf, language, nameOf, number, other, plainLabel, said, spoken, text } from "./language.js";
import { placePart } from "./place.js";
import { zoomTo } from "./selection.js";
import { rawBeside, shownValue } from "./values.js";

/** @import { Feature, Layer } from "./api.js" */
/** @import { Card, Page } from "./page.js" */

/** @param {Page} page */
export function addCard(page) {
  const place = byId("card");
  /** What had the focus before a card opened; kept while one card follows another. @type {Element | null} */
  let opener = null;
  /** @type {Card | null} */
  let before = null;
  place.addEventListener("keydown", (event) => event.key === "Escape" && page.close());
  effect(() => {
    const card = page.card.value;
    const again = card !== null && isSame(card, before); // read once more: nobody asked for it
    const held = place.contains(document.activeElement);
    if (card && !again && !held) opener = document.activeElement;
    place.hidden = card === null;
    render(card ? part(page, card) : nothing, place);
    place.setAttribute("aria-labelledby", "card-title");
    if (!again) page.checks.shown.value = null;
    if (card?.kind === "feature" && page.checks.asks(card.layer.id)) untracked(() => page.checks.feature(card.layer.id, String(card.feature.id)));
    if (card && again) {
      if (held && !place.contains(document.activeElement)) focusTitle(); // what had it was made anew
    } else if (card) {
      if (!byId("dock").contains(document.activeElement)) focusTitle(); // who chose a row goes on in the table
      announceQuietly("layer" in card ? `${text(card.layer.label)}: ${titleOf(card)}` : titleOf(card));
    } else if (!card && before && opener instanceof HTMLElement && opener.isConnected) opener.focus();
    if (!again) untracked(() => page.layers.label()); // no name stands half under it
    before = card;
  });
}

function focusTitle() {
  byId("card-title").focus({ preventScroll: true });
}

/** Whether two cards tell of one thing. @param {Card} card @param {Card | null} other */
function isSame(card, other) {
  if (card.kind !== "feature" || other?.kind !== "feature") return card === other;
  return card.layer.id === other.layer.id && card.feature.id === other.feature.id;
}

/** @param {Card} card */
function titleOf(card) {
  if (card.kind === "place") return said("site_heading");
  if (card.kind === "several") return said("several_heading", { count: card.found.length });
  return card.kind === "new" ? said("edit_new") : nameOf(card.layer, card.feature);
}

/** @param {Page} page @param {Card} card */
function part(page, card) {
  const title = titleOf(card);
  const close = html`<button type="button" class="close" aria-label=${said("close")} title=${said("close")} @click=${() => page.close()}>×</button>`;
  const heading = html`<h2 id="card-title" class="data" tabindex="-1">${title}</h2>`;
  if (card.kind === "place") {
    return html`<header>${close}${heading}</header>
      ${placePart(page, card.place)}`;
  }
  if (card.kind === "several") {
    return html`<header>${close}${heading}</header>
      <ul class="site">${card.found.map(({ layer, feature }) => html`<li><small>${text(layer.label)} </small><button type="button" class="link data" @click=${() => page.select(layer.id, feature.id)}>${nameOf(layer, feature)}</button></li>`)}</ul>`;
  }
  const feature = card.kind === "new" ? { id: "", type: /** @type {const} */ ("Feature"), geometry: null, properties: {} } : card.feature;
  const { layer } = card;
  const second = feature.properties[layer.title[other()]];
  return html`<header>
      <p class="card-layer">${text(layer.label)}${card.kind === "new" ? nothing : html` <span class="data">${feature.id}</span> ${badges(layer, feature)}`}</p>
      ${close} ${heading} ${second ? html`<p class="other-name data" lang=${other()}>${second}</p>` : nothing}
    </header>
    ${card.kind === "new" ? nothing : told(page, layer, feature)}
    ${guard([card, spoken.value, page.edits], () => editor(layer, feature, { map: page.map, person: page.edits ? page.config.person : null, tool: page.tool, onChange: (id) => edited(page, layer, id) }) ?? nothing)}`;
}

/** After an edit: the layer as it is now, and the card of what was edited. @param {Page} page @param {Layer} layer @param {string} id "" when it is gone */
async function edited(page, layer, id) {
  page.undone = layer.id;
  page.tool.value = "";
  if (!id) page.close();
  await page.refresh();
  if (id) page.select(layer.id, id);
}

/** What is known of a feature. @param {Page} page @param {Layer} layer @param {Feature} feature */
function told(page, layer, feature) {
  const known = feature.properties;
  const where = feature.geometry ? nothing : unplaced(page, known);
  if (!page.checks.asks(layer.id)) return [where, fields(layer, known), odd(page, known), asFile(layer, feature), actions(page, layer, feature)];
  const key = `${layer.id}/${feature.id}`;
  const all = [fields(layer, known), odd(page, known), asFile(layer, feature)];
  const looked = Boolean(page.checks.of(key)?.dossier); // until then what the map has of it stands open
  return [where, lead(page, key), looked ? html`<details class="card-more"><summary>${said("card_more")}</summary>${all}</details>` : all, actions(page, layer, feature)];
}

/** What a planner asks of a site first: key numbers, where, class, check, what is nearest. The check comes when it is found. @param {Page} page @param {string} key layer/feature */
function lead(page, key) {
  const known = page.checks.of(key);
  const found = known?.dossier;
  if (!found) return html`<div class="card-lead">${page.checks.waiting(key)}</div>`;
  const facts = found.where.filter((one) => ["zone", "position", "class", "areas"].includes(one.key));
  const near = found.nearest.slice(0, 3).map((one) => html`<li><small>${text(one.layer_label)} </small>${text(one.name)} <span class="data">${text(one.told)}</span></li>`);
  return html`<div class="card-lead">
    <dl class="card-keys">${found.keys.map((one) => html`<div><dt>${text(one.label)}</dt><dd class="data">${text(one.value)}</dd></div>`)}</dl>
    <dl>${facts.map((one) => html`<dt>${text(one.label)}</dt><dd class="data">${text(one.value)}</dd>`)}</dl>
    ${known.check ? [page.checks.verdict(known.check), page.checks.list(known.check)] : page.checks.waiting(key)}
    ${near.length ? html`<h3>${said("site_near")}</h3><ul class="site">${near}</ul>` : nothing}</div>`;
}

/** @param {Layer} layer @param {Feature} feature */
function badges(layer, feature) {
  const known = feature.properties;
  const position = feature.geometry ? String(known.position ?? "") : "unplaced";
  const sure = typeof known.uncertainty_m === "number" ? `± ${number(known.uncertainty_m, "m")}` : "";
  const words = [layer.illustrative ? said("illustrative") : "", position ? said(`position_${position}`) : "", sure];
  return html`<span class="badges">${words.filter(Boolean).map((word) => html` <span class="badge">${word}</span>`)}</span>`;
}

/** @param {Page} page @param {Record<string, unknown>} known */
function unplaced(page, known) {
  const why = known[`unplaced_reason_${language()}`] || said("no_reason");
  return html`<p class="unplaced data"><strong>${said("position_unplaced")}</strong> ${why}</p>
    ${page.edits ? html`<p class="buttons"><button type="button" class="primary" id="place-now" @click=${placeNow}>${said("edit_place")}</button></p>` : page.writes ? nothing : html`<p class="hint">${said("card_place_how", { edit: said("edit_heading"), place: said("edit_place") })} <a href="/login?next=${encodeURIComponent(`/${page.store.address.peek()}`)}">${said("sign_in")}</a></p>`}`;
}

/** Opens what edits the feature, ready for a place to be pressed on the map. */
function placeNow() {
  const fold = /** @type {HTMLDetailsElement | null} */ (byId("card").querySelector(".edit-fold"));
  if (!fold) return;
  fold.open = true;
  /** @type {HTMLElement | null} */ (fold.querySelector("#edit-point"))?.click();
  fold.scrollIntoView({ block: "start" });
}

/** @param {Layer} layer @param {Record<string, unknown>} known */
function fields(layer, known) {
  const rows = layer.fields
    .filter((one) => one.popup && !(one.type === "list" && !(/** @type {unknown[]} */ (known[one.id] ?? []).length))) // no oddity is not an oddity that is not stated
    .map((field) => {
      const amount = known[field.id];
      const money = field.currency && typeof amount === "number"; // it is read with its currency, in 亿 or bn
      const shown = money ? amountText(amount, field.unit, /** @type {string | null} */ (known[field.currency])) : shownValue(field, known);
      const raw = rawBeside(field, known, shown);
      return html`<dt>${money ? plainLabel(field) : labelOf(field)}</dt>
        <dd class=${shown === null ? "unknown" : "data"} lang=${field.id === "quote" ? "zh" : nothing}>${shown ?? said("not_stated")}${raw ? html`<span class="raw data">${said("raw_text", { text: "" })}${raw}</span>` : nothing}</dd>`;
    });
  return html`<dl>${rows}</dl>`;
}

/** The feature as a program reads it. @param {Layer} layer @param {Feature} feature */
function asFile(layer, feature) {
  return html`<p><a href="/features/${encodeURIComponent(layer.id)}/${encodeURIComponent(feature.id)}">GeoJSON</a></p>`;
}

/** @param {Page} page @param {Record<string, unknown>} known */
function odd(page, known) {
  const { anomalies } = page.catalog.value;
  const ids = Array.isArray(known.anomalies) ? known.anomalies.filter((id) => Object.hasOwn(anomalies, id)) : [];
  return ids.map((id) => html`<p class="anomaly"><a href="/about#${encodeURIComponent(id)}">${id} ${text(anomalies[id].kind)}</a> ${text(anomalies[id].text)}</p>`);
}

/** @param {Page} page @param {Layer} layer @param {Feature} feature */
function actions(page, layer, feature) {
  return html`<p class="actions card-actions">
    <a class="main" href="/sites/${encodeURIComponent(layer.id)}/${encodeURIComponent(feature.id)}">${said("site_dossier_link")}</a>
    ${feature.geometry ? html`<button type="button" @click=${() => zoomTo(page, feature)}>${said("zoom_to")}</button>` : nothing}
    <button type="button" @click=${() => copyAddress(page.store)}>${said("copy_link_feature")}</button>
    <button type="button" id="to-briefing" @click=${() => addToBriefing({ kind: "feature", value: `${layer.id}/${feature.id}`, label: `${text(layer.label)} · ${nameOf(layer, feature)}` })}>${said("briefing_take")}</button>
    ${draftCount.value ? html`<a href="/briefing">${said("briefing_taken", { count: draftCount.value })}</a>` : nothing}
  </p>`;
}
