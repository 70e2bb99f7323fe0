// @ts-check
/** A place looked up on the map: a right click, or the map's centre by a button. */
import { batch, effect } from "@preact/signals-core";
import { html } from "lit-html";
import { readDegrees } from "./coordinates.js";
import { announce, hush } from "./element.js";
import { ask } from "./fetching.js";
import { number, said, text } from "./language.js";
import { find } from "./selection.js";

/** @import { Place } from "./api.js" */
/** @import { Page } from "./page.js" */
/** @typedef {Place["layers"][number]} Row what a layer says of the place */
/** @typedef {Row["within"][number]} Item a feature that holds the place, or is near */

/** Looks a place up on a right click, and marks it for as long as its card is open. @param {Page} page */
export function followPlaces(page) {
  const mark = L.circleMarker([0, 0], { radius: 7, color: "#b5179e", weight: 3, fill: false, interactive: false });
  /** @param {{latlng: L.LatLng}} event */
  const picked = ({ latlng }) => {
    page.tool.value = "";
    hush();
    lookUp(page, latlng, true);
  };
  effect(() => {
    const on = page.tool.value === "pick";
    page.map[on ? "on" : "off"]("click", picked);
    if (on) page.map.getContainer().classList.add("measuring");
    return () => {
      page.map.off("click", picked);
      if (on) page.map.getContainer().classList.remove("measuring");
    };
  });
  page.map.on("contextmenu", (event) => {
    if (!page.tool.peek()) lookUp(page, event.latlng);
  });
  page.card.subscribe((card) => {
    if (card?.kind === "place") mark.setLatLng([card.place.latitude, card.place.longitude]).addTo(page.map);
    else mark.remove();
  });
}

/** @param {Page} page @param {L.LatLng} at @param {boolean} [checked] whether it is held against the rules at once */
export async function lookUp(page, at, checked = false) {
  try {
    /** @type {Place} */
    const place = await ask(`/api/site?lon=${at.lng.toFixed(7)}&lat=${at.lat.toFixed(7)}`);
    batch(() => {
      page.close();
      page.card.value = { kind: "place", place };
    });
    if (checked) checkPlace(page, place);
  } catch (error) {
    announce(error instanceof Error ? error.message : String(error));
  }
}

/** @param {Page} page @param {Place} place */
export function placePart(page, place) {
  const held = place.layers.filter((row) => row.within.length);
  const near = place.layers.flatMap((row) => (row.near ? [{ row, one: row.near }] : [])).sort((a, b) => (a.one.distance_m ?? 0) - (b.one.distance_m ?? 0));
  return html`${checkHere(page, place)}
    <p>WGS 84 ${readDegrees(place.latitude, place.longitude)}</p>
    <p>${place.plane_crs} E ${place.east_m.toFixed(2)} N ${place.north_m.toFixed(2)} m</p>
    <h3>${said("site_within")}</h3>
    ${list(held.flatMap((row) => row.within.map((one) => item(page, row, one))))}
    <h3>${said("site_near")}</h3>
    ${list(near.map(({ row, one }) => item(page, row, one)))}`;
}

/** The check of the place, when it is asked for. @param {Page} page @param {Place} place */
function checkHere(page, place) {
  if (!page.checks.rules.value?.declared) return "";
  const key = keyOf(place);
  const found = page.checks.of(key)?.check;
  const button = html`<p><button type="button" class="main" id="check-here" @click=${() => checkPlace(page, place)}>${said("check_here")}</button></p>`;
  return html`<div class="card-lead">${found ? [page.checks.verdict(found), page.checks.list(found)] : page.checks.running.value.includes(key) ? "" : button} ${page.checks.waiting(key)}</div>`;
}

/** What tells a place's check from others. @param {Place} place */
function keyOf(place) {
  return `@place ${place.longitude},${place.latitude}`;
}

/** Holds a place against the rules. @param {Page} page @param {Place} place */
function checkPlace(page, place) {
  page.checks.shape(keyOf(place), { lon: place.longitude, lat: place.latitude });
}

/** @param {unknown[]} items */
function list(items) {
  return items.length ? html`<ul class="site">${items}</ul>` : html`<p class="unknown">${said("site_nothing")}</p>`;
}

/** @param {Page} page @param {Row} row @param {Item} one */
function item(page, row, one) {
  const when = one.when.map((date) => `${text(date.label)} ${date.value}`);
  const kind = one.class && text(one.class) !== text(one.name) ? text(one.class) : "";
  const distance = one.distance_m === undefined ? "" : number(one.distance_m, "m", 0);
  return html`<li>
    <small>${text(row.label)} </small><button type="button" class="link data" @click=${() => find(page, row.layer, one.id)}>${text(one.name)}</button>
    <span class="data"> ${[kind, distance, ...when].filter(Boolean).join(" · ")}</span>
  </li>`;
}
