// @ts-check
/** Coordinates read and entered: WGS 84 longitude/latitude and the plan's plane system. */
import { signal } from "@preact/signals-core";
import { html } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { announce, make } from "./element.js";
import { said } from "./language.js";

/** @import { Page } from "./page.js" */

/** @type {Promise<unknown> | null} */
let fetched = null;

/** Fetches what plane coordinates are reckoned with, once somebody moves the pointer or types some: most who open a map do not read them. @param {string} url */
export function planeReady(url) {
  fetched ??= new Promise((resolve, reject) => {
    const script = make("script", { src: url });
    script.onload = resolve;
    script.onerror = () => {
      fetched = null; // asked again the next time
      reject(new Error(said("no_connection")));
    };
    document.head.append(script);
  });
  return fetched;
}

/**
 * The plan's plane system as a pair of functions; metres, east before north.
 * @param {string} definition in proj4's form
 */
export function plane(definition) {
  const both = proj4("+proj=longlat +datum=WGS84 +no_defs", definition);
  return {
    /** @param {number} lon @param {number} lat @returns {[number, number]} */
    forward: (lon, lat) => both.forward([lon, lat]),
    /** @param {number} east @param {number} north @returns {[number, number]} */
    inverse: (east, north) => both.inverse([east, north]),
  };
}

/** @param {number} lat @param {number} lon */
export function readDegrees(lat, lon) {
  const east = `${Math.abs(lon).toFixed(6)}°${lon < 0 ? "W" : "E"}`;
  return `${east} ${Math.abs(lat).toFixed(6)}°${lat < 0 ? "S" : "N"}`;
}

/**
 * What a person typed, as longitude and latitude; the order is settled by range, never guessed between two.
 * @param {string} typed
 * @param {{inverse: (e: number, n: number) => [number, number]}} system
 * @param {number[]} bounds west, south, east, north of the plan
 * @returns {{lon: number, lat: number, note: string} | {error: string}}
 */
export function readTyped(typed, system, bounds) {
  const numbers = (typed.match(/-?\d+(?:\.\d+)?/g) || []).map(Number);
  if (numbers.length !== 2) return { error: "coordinates_two" };
  const [a, b] = numbers;
  const margin = Math.max(bounds[2] - bounds[0], bounds[3] - bounds[1]);
  /** @param {number} lon @param {number} lat */
  const near = (lon, lat) =>
    lon > bounds[0] - margin && lon < bounds[2] + margin && lat > bounds[1] - margin && lat < bounds[3] + margin;
  if (near(a, b)) return { lon: a, lat: b, note: "" };
  if (near(b, a)) return { lon: b, lat: a, note: "coordinates_swapped" };
  if (Math.abs(a) > 1000 && Math.abs(b) > 1000) {
    const [lon, lat] = system.inverse(a, b);
    if (near(lon, lat)) return { lon, lat, note: "" };
    const [lon2, lat2] = system.inverse(b, a);
    if (near(lon2, lat2)) return { lon: lon2, lat: lat2, note: "coordinates_swapped" };
  }
  return { error: "coordinates_outside" };
}

/** Shows where the pointer is, else the map's centre. @param {Page} page */
export function showPosition({ map, catalog, config }) {
  const { plane_crs, plane_name, plane_proj4 } = catalog.peek().plan;
  /** @type {ReturnType<typeof plane> | null} */
  let system = null;
  const degrees = make("span", { class: "mono" });
  const metres = make("span", { class: "mono", title: plane_name, text: "…" });
  const control = new L.Control({ position: "bottomleft" });
  control.onAdd = () => make("div", { class: "readout leaflet-bar" }, make("b", { text: "WGS 84 " }), degrees, make("br"), make("b", { text: `${plane_crs} ` }), metres);
  control.addTo(map);
  let here = map.getCenter();
  /** @param {L.LatLng} at */
  const show = (at) => {
    here = at;
    degrees.textContent = readDegrees(at.lat, at.lng);
    if (!system) return;
    const [east, north] = system.forward(at.lng, at.lat);
    metres.textContent = `E ${east.toFixed(2)} N ${north.toFixed(2)} m`;
  };
  const ready = async () => {
    await planeReady(config.urls.proj4).catch(() => {}); // degrees stand without it
    if (typeof proj4 === "undefined") return;
    system ??= plane(plane_proj4);
    show(here);
  };
  map.on("mousemove", (event) => {
    show(event.latlng);
    if (!system) ready();
  });
  map.once("focus dragstart", ready);
  map.on("moveend", () => show(map.getCenter()));
  show(here);
}

/** Goes to coordinates that a person types. @param {Page} page @returns {() => unknown} */
export function gotoPart({ map, catalog, config }) {
  const { bounds, plane_proj4 } = catalog.peek().plan;
  const typed = signal("");
  const note = signal("");
  const mark = L.layerGroup().addTo(map);
  const go = async (/** @type {Event} */ event) => {
    event.preventDefault();
    mark.clearLayers();
    const failed = await planeReady(config.urls.proj4).then(() => "", (problem) => problem.message);
    if (failed) return announce(failed);
    const read = readTyped(typed.peek(), plane(plane_proj4), bounds);
    note.value = "error" in read ? read.error : read.note;
    if ("error" in read) return;
    mark.addLayer(L.circleMarker([read.lat, read.lon], { radius: 7, color: "#b5179e", weight: 3, fill: false, interactive: false }));
    map.setView([read.lat, read.lon], Math.max(map.getZoom(), 15));
    announce(readDegrees(read.lat, read.lon));
  };
  const type = (/** @type {Event} */ event) => {
    typed.value = /** @type {HTMLInputElement} */ (event.target).value;
  };
  return () => html`<form class="goto" @submit=${go}>
    <label for="goto">${said("goto")}</label>
    <input id="goto" type="text" placeholder=${said("goto_hint")} maxlength="60" .value=${live(typed.value)} @input=${type} />
    <button>${said("go")}</button>
    <p class="hint" role="status">${note.value ? said(note.value) : ""}</p>
  </form>`;
}
