// @ts-check
/** Names on the map: placed by rank, moved a little where another stands, left out where there is no room. */
import { make } from "./element.js";

/** @import { Style } from "./style.js" */

const LAST = 100; // the rank of names without one; layers follow one another below it

/** Where a name may stand instead, in its own widths and heights. @type {[number, number][]} */
const PLACES = [[0, 0], [0, -1.1], [0, 1.1], [0.6, 0], [-0.6, 0], [0, -2.2], [0, 2.2], [0.6, -1.1], [-0.6, 1.1]];
const PARTED = 4; // names of these ranks find a place before others, and are never left out

/** A name as it stands on the map. @param {string} text @param {Style} style @param {number} order of its layer */
export function named(text, style, order) {
  const span = make("span", { text, "data-rank": style.label_rank ?? LAST + order });
  if (style.label_size) span.style.fontSize = `${style.label_size}px`;
  if (style.label_size && style.label_rank && style.label_rank <= PARTED) span.style.fontWeight = "700";
  if (style.label_color) span.style.color = style.label_color;
  return span;
}

/** @param {HTMLElement} pane of the names */
export function placeLabels(pane) {
  /** @type {DOMRect[]} */
  const taken = [];
  const free = (/** @type {DOMRect} */ box) => !taken.some((t) => box.left < t.right && t.left < box.right && box.top < t.bottom && t.top < box.bottom);
  const labels = [...pane.querySelectorAll(".map-label")].map((label) => ({ label, span: /** @type {HTMLElement} */ (label.firstElementChild ?? label) }));
  const rank = (/** @type {HTMLElement} */ span) => Number(span.dataset.rank ?? LAST);
  labels.sort((a, b) => rank(a.span) - rank(b.span));
  for (const { label, span } of labels) {
    label.classList.remove("hidden-label");
    span.style.translate = "";
    const { x, y, width, height } = span.getBoundingClientRect();
    const boxes = PLACES.map(([right, down]) => new DOMRect(x + right * width, y + down * height, width, height));
    const at = boxes.findIndex(free);
    const place = at < 0 && rank(span) <= PARTED ? 0 : at;
    label.classList.toggle("hidden-label", place < 0);
    if (place < 0) continue;
    if (place > 0) span.style.translate = `${PLACES[place][0] * width}px ${PLACES[place][1] * height}px`;
    taken.push(boxes[place]);
  }
}
