// @ts-check
/** An older version of a layer over the map, in dashed lines, for as long as the state says so. */
import { effect, untracked } from "@preact/signals-core";
import { announceToo } from "./element.js";
import { looks } from "./looks.js";

/** @import { Page } from "./page.js" */

const MOST = 5000; // features
/** @returns {L.CircleMarkerOptions} */
const outlined = () => ({ color: looks().older, weight: 2, dashArray: "6 4", fillOpacity: 0.08, radius: 6, interactive: false });

/** @param {Page} page */
export function followCompared(page) {
  /** @type {L.GeoJSON | null} */
  let drawn = null;
  let turn = 0;
  effect(() => {
    const [id, version] = page.store.compared.value.split("@");
    const layer = id ? page.usable(id) : null;
    turn += 1;
    const mine = turn;
    untracked(async () => {
      drawn?.remove();
      drawn = null;
      page.older.value = null;
      if (!layer) return;
      try {
        const found = await page.source.features(layer, { version: Number(version), limit: MOST });
        if (mine !== turn) return; // another was asked for meanwhile
        const placed = /** @type {import("geojson").Feature[]} */ (found.features.filter((f) => f.geometry));
        drawn = L.geoJSON(placed, { style: outlined, pointToLayer: (_feature, at) => L.circleMarker(at, outlined()), interactive: false }).addTo(page.map);
        const bounds = drawn.getBounds();
        if (placed.length && !page.map.getBounds().intersects(bounds)) page.map.fitBounds(bounds, { maxZoom: 16, padding: [40, 40] });
        page.older.value = { number: Number(version), shown: found.numberReturned ?? placed.length, count: found.numberMatched ?? placed.length };
      } catch (error) {
        if (mine !== turn) return;
        page.store.change({ compared: "" });
        announceToo(error instanceof Error ? error.message : String(error));
      }
    });
  });
}
