// @ts-check
/** The geometry behind a number, drawn so that it can be seen what counted. */
import { make } from "./element.js";
import { ask } from "./fetching.js";
import { number, said } from "./language.js";

const COLORS = /** @type {Record<string, string>} */ ({ covered: "#2a9d5c", "not covered": "#c0562b" });

/**
 * @param {any} map @param {string} url @param {HTMLElement | null} legend
 * @param {((properties: any) => boolean)} [wanted] which of the pieces
 */
export async function showEvidence(map, url, legend, wanted) {
  const collection = await ask(url);
  if (wanted) collection.features = collection.features.filter((/** @type {any} */ f) => wanted(f.properties));
  const layer = L.geoJSON(collection, {
    renderer: L.canvas({ padding: 0.3 }),
    style: (/** @type {any} */ f) => look(f.properties.state),
    pointToLayer: (/** @type {any} */ f, /** @type {any} */ at) => L.circleMarker(at, { ...look(f.properties.state), radius: 6 }),
    interactive: false,
  }).addTo(map);
  const bounds = layer.getBounds();
  if (bounds.isValid()) map.fitBounds(bounds, { padding: [20, 20], animate: false });
  const states = new Set(collection.features.map((/** @type {any} */ f) => f.properties.state).filter(Boolean));
  legend?.replaceChildren(...[...states].map((state) => key(String(state))));
  const note = document.getElementById("figure-shown");
  if (note) {
    note.hidden = collection.numberReturned === collection.numberMatched;
    note.textContent = said("evidence_shown", { shown: number(collection.numberReturned), all: number(collection.numberMatched) });
  }
  return layer;
}

/** @param {string | undefined} state */
function look(state) {
  const color = COLORS[state ?? ""] ?? "#2f7fb5";
  return { color, weight: 1, fillColor: color, fillOpacity: 0.55 };
}

/** @param {string} state */
function key(state) {
  const swatch = make("span", { class: "swatch" });
  swatch.style.background = COLORS[state] ?? "#2f7fb5";
  return make("li", {}, swatch, said(state === "covered" ? "covered" : "uncovered"));
}
