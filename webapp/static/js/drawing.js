// @ts-check
/** Drawing an outline on the map by clicks; the centre of the map can be taken with the keyboard. */
import { effect, signal } from "@preact/signals-core";
import { html, nothing } from "lit-html";
import { number, said } from "./language.js";
import { looks } from "./looks.js";
import { measured } from "./measure.js";

/** @typedef {[number, number]} Corner longitude, latitude in degrees */

/** @returns {L.CircleMarkerOptions} */
export const drawnLook = () => ({ color: looks().site, weight: 2.5, fillOpacity: 0.12, interactive: false });

const MOST_SIDES = 8; // of an outline whose sides say how long they are
const SAME_PX = 6; // clicks nearer than this are meant as one
const CLOSING_PX = 12; // from the first corner

export class Outline {
  /** @param {L.Map} map @param {(corners: Corner[]) => void} onDone */
  constructor(map, onDone) {
    this.map = map;
    this.onDone = onDone;
    /** @type {import("@preact/signals-core").Signal<Corner[]>} */
    this.corners = signal([]);
    this.active = signal(false);
    this.group = L.layerGroup().addTo(map);
    this.add = (/** @type {{latlng: L.LatLng}} */ { latlng }) => {
      const corners = this.corners.peek();
      const last = corners[corners.length - 1];
      if (corners.length > 2 && this.near(corners[0], latlng, CLOSING_PX)) return this.done(); // who presses the first corner closes the outline
      if (last && this.near(last, latlng, SAME_PX)) return; // no side without a length
      this.corners.value = [...corners, [latlng.lng, latlng.lat]];
    };
    this.end = (/** @type {L.LeafletMouseEvent} */ { containerPoint }) => {
      const corners = [...this.corners.peek()];
      const near = (/** @type {Corner} */ [lon, lat]) => this.map.latLngToContainerPoint([lat, lon]).distanceTo(containerPoint) < SAME_PX;
      while (corners.length > 1 && near(corners[corners.length - 1]) && near(corners[corners.length - 2])) corners.pop(); // each of the two clicks set one
      this.corners.value = corners;
      if (corners.length > 2) this.done();
    };
    /** Escape goes one step back: the last corner, then the drawing. */
    this.back = (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      if (this.corners.peek().length) this.corners.value = this.corners.peek().slice(0, -1);
      else this.clear();
    };
    this.stop = effect(() => showOutline(this.group, this.corners.value));
  }

  /** Whether a place is where a corner stands, on the screen. @param {Corner} corner @param {L.LatLng} place @param {number} pixels */
  near([lon, lat], place, pixels) {
    return this.map.latLngToContainerPoint([lat, lon]).distanceTo(this.map.latLngToContainerPoint(place)) < pixels;
  }

  /** @param {Corner[]} [corners] of an outline that was begun before */
  start(corners = []) {
    this.corners.value = corners;
    this.listen(true);
  }

  /** Gives up what was drawn so far. */
  clear() {
    this.listen(false);
    this.corners.value = [];
  }

  done() {
    const corners = this.corners.peek();
    this.clear();
    this.onDone(corners);
  }

  /** @param {boolean} on */
  listen(on) {
    if (this.active.peek() === on) return;
    this.active.value = on;
    this.map[on ? "on" : "off"]({ click: this.add, dblclick: this.end });
    document[on ? "addEventListener" : "removeEventListener"]("keydown", /** @type {EventListener} */ (this.back));
    this.map.doubleClickZoom[on ? "disable" : "enable"]();
    this.map.getContainer().classList.toggle("measuring", on);
  }

  /** Takes everything off the map. */
  remove() {
    this.clear();
    this.stop();
    this.group.remove();
  }

  /** Its buttons. @param {{finished?: boolean, onClear?: () => void, beside?: unknown}} [options] whether there is a finished outline, how to clear it, and what stands beside */
  part({ finished = false, onClear = () => {}, beside = nothing } = {}) {
    const [active, count] = [this.active.value, this.corners.value.length];
    const clear = () => {
      this.clear();
      onClear();
    };
    const start = () => {
      onClear();
      this.start();
    };
    const drawing = html`<button type="button" @click=${() => this.add({ latlng: this.map.getCenter() })}>${said("measure_center")}</button>
      ${count ? html`<button type="button" @click=${() => (this.corners.value = this.corners.peek().slice(0, -1))}>${said("undo")}</button>` : nothing}
      ${count > 2 ? html`<button type="button" id="draw-done" @click=${() => this.done()}>${said("draw_done")}</button>` : nothing}`;
    return html`<div class="drawing">
      <p class="buttons">
        <button type="button" class="main" aria-pressed=${String(active)} @click=${start}>${said("draw_start")}</button>
        ${active ? drawing : nothing} ${active || finished ? html`<button type="button" @click=${clear}>${said("draw_clear")}</button>` : nothing} ${beside}
      </p>
      <p class="hint" role="status">${active ? said("draw_hint") : ""}</p>
    </div>`;
  }
}

/** Draws corners and what lies between them, each side with its length. @param {L.LayerGroup} group @param {Corner[]} corners */
export function showOutline(group, corners) {
  group.clearLayers();
  const at = corners.map(([lon, lat]) => L.latLng(lat, lon));
  for (const one of at) group.addLayer(L.circleMarker(one, { ...drawnLook(), radius: 4, fillOpacity: 1 }));
  if (at.length > 2) group.addLayer(L.polygon(at, drawnLook()));
  else if (at.length === 2) group.addLayer(L.polyline(at, drawnLook()));
  const sides = at.length > MOST_SIDES ? [] : at.map((one, i) => [one, at[(i + 1) % at.length]]).slice(0, at.length > 2 ? at.length : at.length - 1);
  for (const [from, to] of sides) {
    const { length_m } = measured([[from.lat, from.lng], [to.lat, to.lng]], false);
    const middle = L.latLngBounds(from, to).getCenter();
    group.addLayer(L.tooltip({ permanent: true, direction: "center", className: "side-length", interactive: false }).setLatLng(middle).setContent(number(length_m, "m", 0)));
  }
}
