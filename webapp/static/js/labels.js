// @ts-check
/** Names on the map: placed by rank, moved a little where another stands, left out where there is no room. */
import { make } from "./element.js";
import { linesOf } from "./fading.js";
import { ownName, shortName } from "./language.js";
import { along, innermost, isUpright, leaning, lined, middleCourse, scaleOf, sizeOf } from "./lettering.js";
import { declaredStyle, kindOf } from "./style.js";

/** @import { Layer } from "./api.js" */
/** @import { Shape } from "./map-layers.js" */
/** @import { Style } from "./style.js" */

/** @type {Record<string, L.Direction>} */
const DIRECTION = { point: "right", line: "center", polygon: "center" };
const [EQUATOR_M, MEASURED] = [40_075_017, 12]; // metres; the zoom at which lines are measured
const ACROSS = 0.8; // of the map's width: what is wider lies at its foot
const LAST = 100; // the rank of names without one; layers follow one another below it

/** Where a name may stand instead, in its own widths and heights. @type {[number, number][]} */
const PLACES = [[0, 0], [0, -1.1], [0, 1.1], [0.6, 0], [-0.6, 0], [0, -2.2], [0, 2.2], [0.6, -1.1], [-0.6, 1.1]];
/** Where a name of a line may stand: so many of its lengths along it. */
const ALONG = [0, 0.4, -0.4, 0.8, -0.8, 1.2, -1.2];
/** Where a name of the first ranks may stand. @type {[number, number][]} */
const WIDE = [0, 0.55, -0.55, 1.1, -1.1, 1.65, -1.65, 2.2, -2.2, 3.3, -3.3, 4.4, -4.4]
  .flatMap((down) => [0, 0.3, -0.3, 0.6, -0.6, 1.1, -1.1].map((right) => /** @type {[number, number]} */ ([right, down])));
const PARTED = 4; // names of these ranks find a place before others, and are never left out
const [USUAL, LEAST] = [12, 11]; // pixels
const SITE_SHARE = 0.2; // of the map: a drawn site larger than this does not keep names off
const AWAY = 8; // of its heights that a name goes rather than lie on another whole

/** A name as it stands on the map. @param {string} text @param {Style} style @param {number} order of its layer @param {number | null} [lean] of the area it names */
export function named(text, style, order, lean = null) {
  const span = make("span", { text, "data-rank": style.label_rank ?? LAST + order });
  const first = Boolean(style.label_rank && style.label_rank <= PARTED);
  if (style.label_size) span.style.fontSize = `max(${LEAST}px, calc(${sizeOf(text, style.label_size)}px * var(--label-scale, 1)))`;
  if (style.label_size && first) span.style.fontWeight = "700";
  if (style.label_color) span.style.color = style.label_color;
  if (lean === null) return span;
  span.dataset.lean = lean.toFixed(1);
  if (isUpright(text, lean)) span.classList.add("upright");
  else span.style.rotate = `${lean.toFixed(1)}deg`;
  return span;
}

/**
 * Names the features of the layers that are drawn, from the declared zoom on.
 * @param {L.Map} map
 * @param {{layer: Layer, shapes: Shape[]}[]} drawn
 * @param {boolean} anew in another language
 * @param {Element[]} [over] what lies over the map
 */
export function nameFeatures(map, drawn, anew, over = []) {
  const frame = freeOf(map, over);
  const [zoom, bounds] = [map.getZoom(), map.getBounds()];
  const scale = scaleOf((Math.cos((map.getCenter().lat * Math.PI) / 180) * EQUATOR_M) / (256 * 2 ** zoom));
  map.getPane("tooltipPane")?.style.setProperty("--label-scale", String(scale));
  for (const { layer, shapes } of drawn) {
    for (const path of shapes) {
      const style = declaredStyle(layer, path.feature.properties);
      const called = Boolean(ownName(layer, path.feature)); // an id is no name on a map
      const wanted = called && zoom >= (style.label_zoom ?? layer.label_min_zoom) && bounds.intersects(boundsOf(path));
      if (path.getTooltip() && (anew || !wanted)) path.unbindTooltip();
      if (!wanted) continue;
      if (!path.getTooltip()) {
        const words = named(shortName(layer, path.feature), style, layer.order, leanOf(map, path, style));
        path.bindTooltip(words, { permanent: true, direction: DIRECTION[layer.geometry] ?? "center", className: "map-label" });
      }
      if (path.getBounds) setName(map, path, shortName(layer, path.feature), scale * sizeOf(shortName(layer, path.feature), style.label_size ?? USUAL), (style.label_rank ?? LAST) <= PARTED, frame);
    }
  }
}

/** The way a name leans: with its line, and with a long area where it is of the first ranks. @param {L.Map} map @param {Shape} path @param {Style} style */
function leanOf(map, path, style) {
  const [outline] = outlinesOf(path, ([lon, lat]) => map.project([lat, lon], MEASURED));
  if (!outline || kindOf(path.feature.geometry) === "point") return null;
  if (kindOf(path.feature.geometry) === "line") return middleCourse(outline);
  return (style.label_rank ?? LAST) <= PARTED ? leaning(outline) : null;
}

/** @param {Shape} path @param {(place: [number, number]) => L.Point} place @returns {[number, number][][]} in pixels */
function outlinesOf(path, place) {
  const lines = linesOf(/** @type {import("geojson").Geometry | null} */ (path.feature.geometry));
  return lines.map((line) => line.map(place).map(({ x, y }) => [x, y]));
}

/** The part of the map that a card at its foot or its right leaves free. @param {L.Map} map @param {Element[]} over @returns {Box} */
function freeOf(map, over) {
  const box = map.getContainer().getBoundingClientRect();
  let { x: width, y: height } = map.getSize();
  for (const one of over.map((part) => part.getBoundingClientRect())) {
    if (!one.width || one.top >= box.bottom || one.left >= box.right || one.right <= box.left) continue;
    if (one.width > ACROSS * box.width) height = Math.min(height, one.top - box.top);
    else if (one.left > box.left) width = Math.min(width, one.left - box.left);
  }
  return { x: 0, y: 0, width: Math.max(1, width), height: Math.max(1, height) };
}

/**
 * Sets a name in the lines its area has room for, in that part of it which is seen.
 * @param {L.Map} map @param {Shape} path @param {string} words @param {number} size in pixels @param {boolean} first whether it is of the first ranks @param {Box} frame what is seen of the map
 */
function setName(map, path, words, size, first, frame) {
  const tooltip = /** @type {L.Tooltip} */ (path.getTooltip());
  const span = /** @type {HTMLElement} */ (tooltip.getContent());
  const bounds = boundsOf(path);
  const [from, to] = [map.latLngToContainerPoint(bounds.getNorthWest()), map.latLngToContainerPoint(bounds.getSouthEast())];
  const line = kindOf(path.feature.geometry) === "line";
  const set = line ? along(words, size, Math.hypot(to.x - from.x, to.y - from.y)) : span.dataset.lean ? words : lined(words, size, to.x - from.x);
  if (span.textContent !== set) span.textContent = set;
  const whole = from.x >= 0 && from.y >= 0 && to.x <= frame.width && to.y <= frame.height;
  const place = (/** @type {[number, number]} */ [lon, lat]) => map.latLngToContainerPoint([lat, lon]);
  const seen = first && !whole ? innermost(outlinesOf(path, place), frame) : null;
  if (first && !whole && !seen && !line) return void path.unbindTooltip(); // its bounds reach into the frame, it does not
  const middle = /** @type {{getCenter?: () => L.LatLng}} */ (path).getCenter?.();
  if (seen) tooltip.setLatLng(map.containerPointToLatLng(seen));
  else if (first && middle) tooltip.setLatLng(middle);
  else tooltip.update();
}

/** @typedef {{x: number, y: number, width: number, height: number}} Box in pixels */

/**
 * Finds a place for every name, the smaller rank first: none lies on another or on what is taken, all lie in the frame.
 * Names of the first ranks that stand in the frame are never left out, but for one that leans: it lies on what it names.
 * Others that find no room are null.
 * @param {{box: Box, rank: number, lean?: number | null}[]} labels where each would stand; a line's name leans so many degrees and goes along it
 * @param {Box} frame
 * @param {Box[]} obstacles
 * @returns {(Box | null)[]} in the order of the labels
 */
export function placed(labels, frame, obstacles) {
  const taken = [...obstacles];
  /** @type {(Box | null)[]} */
  const found = labels.map(() => null);
  const order = labels.map((_, at) => at).sort((a, b) => labels[a].rank - labels[b].rank);
  for (const at of order) {
    const { box, rank, lean = null } = labels[at];
    const kept = rank <= PARTED;
    const here = meets(box, frame);
    const from = kept || here ? moved(box, frame) : box; // what it names may reach into the frame where its middle does not
    const places = (kept ? nearestFirst(box) : lean === null ? PLACES : placesAlong(box, lean)).map(([right, down]) => ({ ...from, x: from.x + right * box.width, y: from.y + down * box.height }));
    const boxes = places.map((one) => (kept || meets(one, frame) ? moved(one, frame) : one));
    const near = kept && lean !== null ? Math.hypot(box.width, box.height) / 2 : Infinity; // a river's name is not set on land
    const free = boxes.find((one) => inside(one, frame) && Math.hypot(one.x - from.x, one.y - from.y) <= near && !taken.some((other) => meets(one, other)));
    found[at] = free ?? (kept && here && lean === null ? leastMet(boxes, taken) : null);
    if (found[at]) taken.push(found[at]);
  }
  return found;
}

/** The places of a name of the first ranks, by how far off they are. @param {Box} box */
function nearestFirst({ width, height }) {
  const far = (/** @type {[number, number]} */ [right, down]) => Math.hypot(right * width, down * height);
  return [...WIDE].sort((a, b) => far(a) - far(b));
}

/** Places along a line, in widths and heights of the name's box. @param {Box} box @param {number} lean @returns {[number, number][]} */
function placesAlong({ width, height }, lean) {
  const turn = (lean * Math.PI) / 180;
  const long = Math.hypot(width, height);
  return ALONG.map((share) => [(share * long * Math.cos(turn)) / width, (share * long * Math.sin(turn)) / height]);
}

/** The box that lies least on what is taken and is not far from the first. @param {Box[]} boxes @param {Box[]} taken @returns {Box} */
function leastMet(boxes, taken) {
  const [{ x, y, width, height }] = boxes;
  const common = (/** @type {Box} */ a, /** @type {Box} */ b) => Math.max(0, Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)) * Math.max(0, Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y));
  const cost = boxes.map((one) => taken.reduce((sum, other) => sum + common(one, other), 0) / (width * height) + Math.hypot(one.x - x, one.y - y) / (AWAY * Math.min(width, height)));
  return boxes[cost.indexOf(Math.min(...cost))];
}

/** @param {Box} a @param {Box} b */
function meets(a, b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** @param {Box} box @param {Box} frame */
function inside(box, frame) {
  return box.x >= frame.x && box.y >= frame.y && box.x + box.width <= frame.x + frame.width && box.y + box.height <= frame.y + frame.height;
}

/** Moves a box into the frame by as much as it takes. @param {Box} box @param {Box} frame @returns {Box} */
function moved(box, frame) {
  const least = (/** @type {number} */ at, /** @type {number} */ size, /** @type {number} */ from, /** @type {number} */ room) => Math.max(from, Math.min(at, from + room - size));
  return { ...box, x: least(box.x, box.width, frame.x, frame.width), y: least(box.y, box.height, frame.y, frame.height) };
}

/** @param {HTMLElement} pane of the names @param {HTMLElement} map they stand in; its controls are not covered @param {Element[]} [over] what lies over the map beside them */
export function placeLabels(pane, map, over = []) {
  const labels = [...pane.querySelectorAll(".map-label")].map((label) => ({ label, span: /** @type {HTMLElement} */ (label.firstElementChild ?? label) }));
  for (const { label, span } of labels) {
    label.classList.remove("hidden-label");
    span.style.translate = "";
  }
  const boxes = labels.map(({ span }) => ({ box: span.getBoundingClientRect(), rank: Number(span.dataset.rank ?? LAST), lean: span.dataset.lean ? Number(span.dataset.lean) : null }));
  const plain = (/** @type {Box} */ { x, y, width, height }) => ({ x, y, width, height });
  const controls = [...map.querySelectorAll(".leaflet-control, .readout"), ...over].map((one) => plain(one.getBoundingClientRect())).filter((one) => one.width && one.height);
  const site = roomOf([...map.querySelectorAll(".site-corner")].map((one) => plain(one.getBoundingClientRect())));
  const whole = map.getBoundingClientRect();
  if (site && site.width * site.height < SITE_SHARE * whole.width * whole.height) controls.push(site); // names inside a larger one are of use
  const found = placed(boxes.map(({ box, rank, lean }) => ({ box: plain(box), rank, lean })), plain(whole), controls);
  for (const [at, { label, span }] of labels.entries()) {
    const place = found[at];
    label.classList.toggle("hidden-label", !place);
    if (place) span.style.translate = `${place.x - boxes[at].box.x}px ${place.y - boxes[at].box.y}px`;
  }
}

/** The box around boxes; null around none. @param {Box[]} boxes @returns {Box | null} */
export function roomOf(boxes) {
  if (!boxes.length) return null;
  const [x, y] = [Math.min(...boxes.map((one) => one.x)), Math.min(...boxes.map((one) => one.y))];
  return { x, y, width: Math.max(...boxes.map((one) => one.x + one.width)) - x, height: Math.max(...boxes.map((one) => one.y + one.height)) - y };
}

/** @param {Shape} path */
export function boundsOf(path) {
  return path.getBounds?.() ?? L.latLngBounds(path.getLatLng ? [path.getLatLng()] : []);
}
