// @ts-check
/** The selected feature: fetched, marked on the map, told on the card; anew whenever its layer changed. */
import { effect, untracked } from "@preact/signals-core";
import { announce } from "./element.js";
import { said } from "./language.js";

/** @import { Feature } from "./api.js" */
/** @import { Page } from "./page.js" */

/** @param {Page} page */
export function followSelection(page) {
  const { store } = page;
  let turn = 0;
  effect(() => {
    const selected = store.selected.value;
    const date = store.date.value;
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
      const found = await page.source.feature(layer, selected.slice(cut + 1), date);
      if (mine !== turn) return; // another was selected meanwhile
      if (!found) return gone(selected);
      page.layers.mark(found);
      page.card.value = { kind: "feature", layer, feature: found };
      if (found.geometry && store.view.peek().zoom === null) zoomTo(page, found);
    });
  });

  /** @param {string} selected */
  function gone(selected) {
    store.change({ selected: "" });
    if (store.view.peek().zoom === null) page.home();
    announce(said("selected_gone", { feature: selected }));
  }
}

/** @param {Page} page @param {Feature} feature */
export function zoomTo(page, feature) {
  if (!feature.geometry) return;
  page.map.fitBounds(L.geoJSON(/** @type {import("geojson").Feature} */ (feature)).getBounds(), { maxZoom: 16, padding: [40, 40] });
}

/** Goes to a feature and opens its card. @param {Page} page @param {string} layer @param {string} id */
export async function find(page, layer, id) {
  const known = page.usable(layer);
  const found = known ? await page.source.feature(known, id, page.store.date.peek()) : null;
  if (!found) return;
  zoomTo(page, found);
  page.select(layer, id);
}
