// @ts-check
/** Moving the corners of what is on the map already, by Leaflet-Geoman: parts, holes and corners nobody touches stay as they are. */
import { drawnLook } from "./drawing.js";

/** @import { Geometry, Position } from "geojson" */

const MOST_SNAPPED = 1500; // shapes whose corners catch a moved one
const SNAP_PX = 12;
const HOW = { snappable: true, snapDistance: SNAP_PX, allowSelfIntersection: true, removeLayerBelowMinVertexCount: false };

/** @type {Promise<unknown> | null} */
let loading = null;

/** Loads Geoman when it is first wanted; it puts itself onto `L`, and only what is handed to it becomes editable. @param {L.Map} map @returns {Promise<Geoman>} */
async function geoman(map) {
  loading ??= import("@geoman-io/leaflet-geoman-free");
  await loading;
  const { PM } = /** @type {{PM: Geoman}} */ (/** @type {unknown} */ (L));
  PM.setOptIn(true);
  /** @type {Ignored} */ (map.options).pmIgnore = false;
  PM.reInitLayer(map);
  return PM;
}

/**
 * Makes the corners of a line or polygon movable; a click on a middle adds a corner, a right click takes one off.
 * @param {L.Map} map @param {Geometry} geometry @param {(geometry: Geometry) => void} onChange after every change
 * @returns {Promise<() => void>} takes it off the map
 */
export async function moveVertices(map, geometry, onChange) {
  const pm = await geoman(map);
  const group = L.geoJSON(geometry, { style: () => ({ ...drawnLook(), interactive: true, bubblingMouseEvents: false }), coordsToLatLng: (at) => placed(/** @type {Position} */ (at)) });
  const [shape] = /** @type {Movable[]} */ (group.getLayers());
  const caught = catching(map);
  for (const one of caught) one.options.snapIgnore = false;
  Object.assign(shape.options, { pmIgnore: false, snapIgnore: true });
  group.addTo(map);
  pm.reInitLayer(shape);
  shape.pm.enable(HOW);
  shape.on("pm:markerdragend pm:vertexadded pm:vertexremoved", () => onChange(withMoved(geometry, /** @type {Corners} */ (shape.getLatLngs()))));
  return () => {
    shape.pm.disable();
    group.remove();
    for (const one of caught) delete one.options.snapIgnore;
  };
}

/** @param {Position} at @returns {Placed} */
function placed(at) {
  return Object.assign(L.latLng(at[1], at[0], at[2]), { digits: at });
}

/** The shapes in sight whose corners and edges a moved corner is caught by. @param {L.Map} map */
function catching(map) {
  const seen = map.getBounds().pad(0.1);
  /** @type {Movable[]} */
  const found = [];
  map.eachLayer((one) => {
    if (found.length < MOST_SNAPPED && one instanceof L.Polyline && one.feature && seen.intersects(one.getBounds())) found.push(/** @type {Movable} */ (one));
  });
  return found;
}

/** The geometry as it stands on the map: what was not touched keeps all its digits and heights. @param {Geometry} before @param {Corners} corners */
function withMoved(before, corners) {
  return /** @type {Geometry} */ ({ type: before.type, coordinates: written(corners, before.type.endsWith("Polygon")) });
}

/** @param {Corners} corners @param {boolean} closed @returns {unknown[]} */
function written(corners, closed) {
  if (Array.isArray(corners[0])) return /** @type {Corners[]} */ (corners).filter((one) => one.length).map((one) => written(one, closed));
  const positions = /** @type {Placed[]} */ (corners).map(position);
  return closed ? [...positions, positions[0]] : positions;
}

/** @param {Placed} at @returns {Position} */
function position({ lng, lat, alt, digits }) {
  if (digits && digits[0] === lng && digits[1] === lat) return digits;
  const height = alt ?? digits?.[2];
  return height === undefined ? [rounded(lng), rounded(lat)] : [rounded(lng), rounded(lat), height];
}

/** Seven decimals are a centimetre. @param {number} degrees */
const rounded = (degrees) => Math.round(degrees * 1e7) / 1e7;
