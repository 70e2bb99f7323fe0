// @ts-check
/** Names on the map: placed by rank, moved a little where another stands, left out where there is no room. */
import { make } from "./element.js";

/** @import { Style } from "./style.js" */

const LAST = 100; // the rank of names without one; layers follow one another below it

/** Where a name may stand instead, in its own widths and heights. @type {[number, number][]} */
const PLACES = [[0, 0], [0, -1.1], [0, 1.1], [0.6, 0], [-0.6, 0], [0, -2.2], [0, 2.2], [0.6, -1.1], [-0.6, 1.1]];
/** Where a name of the first ranks may stand, the nearest first. @type {[number, number][]} */
const WIDE = [0, 1.1, -1.1, 2.2, -2.2, 3.3, -3.3, 4.4, -4.4]
  .flatMap((down) => [0, 0.6, -0.6, 1.1, -1.1].map((right) => /** @type {[number, number]} */ ([right, down])))
  .sort((a, b) => Math.abs(a[0]) * 3 + Math.abs(a[1]) - Math.abs(b[0]) * 3 - Math.abs(b[1]));
const PARTED = 4; // names of these ranks find a place before others, and are never left out

/** A name as it stands on the map. @param {string} text @param {Style} style @param {number} order of its layer */
export function named(text, style, order) {
  const span = make("span", { text, "data-rank": style.label_rank ?? LAST + order });
  if (style.label_size) span.style.fontSize = `${style.label_size}px`;
  if (style.label_size && style.label_rank && style.label_rank <= PARTED) span.style.fontWeight = "700";
  if (style.label_color) span.style.color = style.label_color;
  return span;
}

/** @typedef {{x: number, y: number, width: number, height: number}} Box in pixels */

/**
 * Finds a place for every name, the smaller rank first: none lies on another or on what is taken, all lie in the frame.
 * Names of the first ranks that stand in the frame are never left out; others that find no room are null.
 * @param {{box: Box, rank: number}[]} labels where each would stand
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
    const { box, rank } = labels[at];
    const kept = rank <= PARTED;
    const here = meets(box, frame);
    const from = kept || here ? moved(box, frame) : box; // what it names may reach into the frame where its middle does not
    const places = (kept ? WIDE : PLACES).map(([right, down]) => ({ ...from, x: from.x + right * box.width, y: from.y + down * box.height }));
    const boxes = places.map((one) => (kept || meets(one, frame) ? moved(one, frame) : one));
    const free = boxes.find((one) => inside(one, frame) && !taken.some((other) => meets(one, other)));
    found[at] = free ?? (kept && here ? leastMet(boxes, taken) : null);
    if (found[at]) taken.push(found[at]);
  }
  return found;
}

/** The box that lies least on what is taken, the nearest of them. @param {Box[]} boxes @param {Box[]} taken @returns {Box} */
function leastMet(boxes, taken) {
  const common = (/** @type {Box} */ a, /** @type {Box} */ b) => Math.max(0, Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)) * Math.max(0, Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y));
  const met = boxes.map((one) => taken.reduce((sum, other) => sum + common(one, other), 0));
  return boxes[met.indexOf(Math.min(...met))];
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
  const boxes = labels.map(({ span }) => ({ box: span.getBoundingClientRect(), rank: Number(span.dataset.rank ?? LAST) }));
  const plain = (/** @type {Box} */ { x, y, width, height }) => ({ x, y, width, height });
  const controls = [...map.querySelectorAll(".leaflet-control, .readout"), ...over].map((one) => plain(one.getBoundingClientRect())).filter((one) => one.width && one.height);
  const found = placed(boxes.map(({ box, rank }) => ({ box: plain(box), rank })), plain(map.getBoundingClientRect()), controls);
  for (const [at, { label, span }] of labels.entries()) {
    const place = found[at];
    label.classList.toggle("hidden-label", !place);
    if (place) span.style.translate = `${place.x - boxes[at].box.x}px ${place.y - boxes[at].box.y}px`;
  }
}
