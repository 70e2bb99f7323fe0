// @ts-check
/** The selected feature: fetched, marked on the map, told on the card; anew whenever its layer changed. */
import { effect, untracked } from "@preact/signals-core";
import { announceToo, byId } from "./element.js";
import { said } from "./language.js";

/** @import { Feature } from "./api.js" */
/** @import { Page } from "./page.js" */

/** @param {Page} page */
export function followSelection(page) {
  const { store } = page;
  let turn = 0;
  page.map.on("resize", () => {
    const card = page.card.peek();
    if (card?.kind === "feature") keepClear(page, card.feature);
  });
  effect(() => {
    const selected = store.selected.value;
    const date = store.date.value;
    const when = store.when.value;
    const cut = selected.indexOf("/");
    const layer = cut > 0 ? page.usable(selected.slice(0, cut)) : null;
    turn += 1;
    const mine = turn;
    untracked(async () => {
      if (!layer) {
        page.layers.mark(null);
        if (page.card.peek()?.kind === "feature") page.card.value = null;
        if (selected) gone(selected);
        return;
      }
      const found = await page.source.feature(layer, selected.slice(cut + 1), date, when);
      if (mine !== turn) return; // another was selected meanwhile
      if (!found) return gone(selected);
      page.layers.mark(found);
      page.card.value = { kind: "feature", layer, feature: found };
      if (found.geometry && store.view.peek().zoom === null) zoomTo(page, found);
      else keepClear(page, found);
    });
  });

  /** @param {string} selected */
  function gone(selected) {
    store.change({ selected: "" });
    if (store.view.peek().zoom === null) page.home();
    announceToo(said("selected_gone", { feature: selected }));
  }
}

const CLEAR = 48; // pixels between what is selected and the card

/** How much of the map's right and lower edge the card covers, in pixels. @param {Page} page @returns {[number, number]} */
function covered(page) {
  const card = byId("card");
  const [map, over] = [page.map.getContainer().getBoundingClientRect(), card.getBoundingClientRect()];
  if (card.hidden || over.left >= map.right || over.top >= map.bottom) return [0, 0];
  const beside = over.left - map.left > map.width / 4;
  return beside ? [map.right - over.left, 0] : [0, Math.max(0, map.bottom - over.top)];
}

/** @param {Page} page @param {Feature} feature */
export function zoomTo(page, feature) {
  if (!feature.geometry) return;
  const [right, bottom] = covered(page);
  const { x, y } = page.map.getSize();
  const room = (/** @type {number} */ size) => Math.min(40, Math.max(0, size) / 6);
  const [across, along] = [room(x - right), room(y - bottom)];
  page.map.fitBounds(L.geoJSON(/** @type {import("geojson").Feature} */ (feature)).getBounds(), { maxZoom: 16, paddingTopLeft: [across, along], paddingBottomRight: [right + across, bottom + along], animate: false });
}

/** Moves the map by as little as brings a selected feature out from under the card. @param {Page} page @param {Feature} feature */
function keepClear(page, feature) {
  if (!feature.geometry) return;
  const [right, bottom] = covered(page);
  if (!right && !bottom) return;
  const bounds = L.geoJSON(/** @type {import("geojson").Feature} */ (feature)).getBounds();
  const size = page.map.getSize();
  const low = page.map.latLngToContainerPoint(bounds.getSouthEast());
  const high = page.map.latLngToContainerPoint(bounds.getNorthWest());
  const move = (/** @type {number} */ end, /** @type {number} */ start, /** @type {number} */ room) => Math.max(0, Math.min(end - room + CLEAR, start - CLEAR));
  const by = [right ? move(low.x, high.x, size.x - right) : 0, bottom ? move(low.y, high.y, size.y - bottom) : 0];
  if (by[0] || by[1]) page.map.panBy(/** @type {[number, number]} */ (by), { animate: false });
}

/** Goes to a feature. @param {Page} page @param {string} layer @param {string} id @returns {Promise<boolean>} whether there is one */
export async function goTo(page, layer, id) {
  const known = page.usable(layer);
  const found = known ? await page.source.feature(known, id, page.store.date.peek(), page.store.when.peek()) : null;
  if (found) zoomTo(page, found);
  return found !== null;
}

/** Goes to a feature and opens its card. @param {Page} page @param {string} layer @param {string} id */
export async function find(page, layer, id) {
  if (await goTo(page, layer, id)) page.select(layer, id);
}
