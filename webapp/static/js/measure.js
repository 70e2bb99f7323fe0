// @ts-check
/** Measures on the ellipsoid: length in m and km, area in m2, ha, mu and km2. */
import { batch, computed, effect, signal } from "@preact/signals-core";
import { html, nothing } from "lit-html";
import { announce } from "./element.js";
import { number, said } from "./language.js";

/** @import { Page } from "./page.js" */

export const M2_PER_MU = 2000 / 3;

/**
 * @param {[number, number][]} points latitude, longitude in degrees
 * @param {boolean} closed whether an area
 * @returns {{length_m: number, area_m2: number}} geodesic, WGS 84
 */
export function measured(points, closed) {
  const polygon = geodesic.Geodesic.WGS84.Polygon(!closed);
  for (const [lat, lon] of points) polygon.AddPoint(lat, lon);
  const found = polygon.Compute(false, true);
  return { length_m: found.perimeter || 0, area_m2: closed ? Math.abs(found.area || 0) : 0 };
}

/** @param {{length_m: number, area_m2: number}} found @param {boolean} closed @returns {string[]} */
export function readings(found, closed) {
  const length = [number(found.length_m, "m", 1), number(found.length_m / 1000, "km", 3)];
  if (!closed) return length;
  const area = found.area_m2;
  return [
    number(area, "m2", 1),
    number(area / 10_000, "ha", 4),
    number(area / M2_PER_MU, "mu", 2),
    number(area / 1e6, "km2", 4),
    `${said("perimeter")} ${length[0]}`,
  ];
}

/** @type {L.CircleMarkerOptions} */
const LOOK = { color: "#d00000", weight: 3, fillOpacity: 0.1, interactive: false };

/** @param {Page} page @returns {() => unknown} */
export function measurePart(page) {
  const { map, tool } = page;
  /** @type {import("@preact/signals-core").Signal<[number, number][]>} */
  const points = signal([]);
  const closed = signal(false);
  const group = L.layerGroup().addTo(map);
  const read = computed(() => {
    const enough = points.value.length >= (closed.value ? 3 : 2);
    return enough ? readings(measured(points.value, closed.value), closed.value) : [];
  });
  /** @param {{latlng: L.LatLng}} event */
  const add = ({ latlng }) => {
    points.value = [...points.peek(), [latlng.lat, latlng.lng]];
  };
  const start = (/** @type {boolean} */ area, /** @type {Event} */ event) => {
    const part = /** @type {Element} */ (event.currentTarget).closest(".measure");
    batch(() => {
      points.value = [];
      closed.value = area;
      tool.value = "measure";
    });
    part?.scrollIntoView({ block: "nearest" }); // its further buttons and the reading stand below
  };
  const stop = () => {
    tool.value = "";
  };
  let listening = false;
  effect(() => {
    const on = tool.value === "measure";
    if (on === listening) return;
    listening = on;
    map[on ? "on" : "off"]("click", add);
    map.doubleClickZoom[on ? "disable" : "enable"]();
    map.getContainer().classList.toggle("measuring", on);
    if (!on) points.value = [];
  });
  effect(() => {
    group.clearLayers();
    for (const point of points.value) group.addLayer(L.circleMarker(point, { ...LOOK, radius: 4, fillOpacity: 1 }));
    if (points.value.length > 1) group.addLayer(closed.value && points.value.length > 2 ? L.polygon(points.value, LOOK) : L.polyline(points.value, { ...LOOK, fill: false }));
  });
  effect(() => {
    if (read.value.length) announce(read.value.join("; "));
  });
  return () => {
    const active = tool.value === "measure";
    const lines = read.value.length ? read.value : [said(closed.value ? "measure_area_hint" : "measure_length_hint")];
    const more = html`<button type="button" @click=${() => add({ latlng: map.getCenter() })}>${said("measure_center")}</button>
      <button type="button" @click=${() => (points.value = points.peek().slice(0, -1))}>${said("undo")}</button>
      <button type="button" @click=${stop}>${said("finish")}</button>`;
    return html`<div class="measure">
      <p class="buttons">
        <button type="button" aria-pressed=${String(active && !closed.value)} @click=${(/** @type {Event} */ event) => start(false, event)}>${said("measure_length")}</button>
        <button type="button" aria-pressed=${String(active && closed.value)} @click=${(/** @type {Event} */ event) => start(true, event)}>${said("measure_area")}</button>
        ${active ? more : nothing}
      </p>
      <div class="measured" role="status">${active ? lines.map((line) => html`<p>${line}</p>`) : nothing}</div>
    </div>`;
  };
}
