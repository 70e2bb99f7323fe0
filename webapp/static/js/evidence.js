// @ts-check
/** The geometry behind a number, drawn so that it can be seen what counted. */
import { make } from "./element.js";
import { ask } from "./fetching.js";
import { said } from "./language.js";
import { looks } from "./looks.js";

/** @import { FeatureCollection } from "./api.js" */

/**
 * @typedef {Record<string, string>} Piece what is said of a piece of evidence
 * @typedef {{layer: L.GeoJSON, states: string[], shown: number, all: number}} Evidence on a map: how many pieces of how many, in which states
 */

const PANE = "evidence";

/**
 * @param {L.Map} map
 * @param {string} url
 * @param {{wanted?: (piece: Piece) => boolean, fit?: boolean}} [options] which of the pieces; whether the map goes there
 * @returns {Promise<Evidence>}
 */
export async function showEvidence(map, url, { wanted = () => true, fit = true } = {}) {
  /** @type {FeatureCollection} */
  const collection = await ask(url);
  const of = (/** @type {import("geojson").Feature | undefined} */ f) => /** @type {Piece} */ (f?.properties ?? {});
  const pieces = /** @type {import("geojson").Feature[]} */ (collection.features).filter((f) => wanted(of(f)));
  /** @type {L.GeoJSONOptions & {renderer: L.Renderer}} */
  const options = {
    pane: paneOf(map),
    renderer: L.canvas({ padding: 0.3, pane: paneOf(map) }),
    style: (f) => look(of(f).state),
    pointToLayer: (f, at) => L.circleMarker(at, { ...look(of(f).state), radius: 6, pane: paneOf(map) }),
    interactive: false,
  };
  const layer = L.geoJSON(pieces, options).addTo(map);
  const bounds = layer.getBounds();
  if (fit && bounds.isValid()) map.fitBounds(bounds, { padding: [20, 20], animate: false });
  const states = [...new Set(pieces.map((f) => of(f).state).filter(Boolean))];
  return { layer, states, shown: collection.numberReturned ?? pieces.length, all: collection.numberMatched ?? pieces.length };
}

/** Evidence lies above what it is of. @param {L.Map} map */
function paneOf(map) {
  const pane = map.getPane(PANE) ?? map.createPane(PANE);
  pane.style.zIndex = "450"; // above the shapes, below the names
  pane.style.pointerEvents = "none"; // a click goes through to what lies there
  return PANE;
}

/** @param {string} state */
const colorOf = (state) => looks().answers[state] ?? looks().answers[""];

/** @param {string | undefined} state */
function look(state) {
  const color = colorOf(state ?? "");
  return { color, weight: 1, fillColor: color, fillOpacity: 0.7 };
}

/** What the colours mean. @param {string[]} states */
export function evidenceKey(states) {
  return states.map((state) => {
    const swatch = make("span", { class: "swatch" });
    swatch.style.background = colorOf(state);
    return make("li", {}, swatch, said(state === "covered" ? "covered" : "uncovered"));
  });
}
