// @ts-check
/** How a name is set on the map: its size by scale, its lines, the way it leans, and where of its area it begins. */

/** @typedef {[number, number]} Point in pixels, or degrees where lines are measured before they are drawn */
/** @typedef {{x: number, y: number, width: number, height: number}} Box in pixels */

const WIDE = /[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\u{20000}-\u{3ffff}]/u;
const NARROW_EM = 0.56; // a Latin letter with its space
const LATIN = 0.84; // Latin names are longer: so much of the declared size
const LARGE = 14; // from this declared size on
/** Ground a pixel covers, in metres, below which a scale begins; and the size of names there. @type {[number, number][]} */
const SCALES = [[2.33, 1.2], [6.6, 1.1], [20, 1], [Infinity, 0.85]];
const ROOM = 0.9; // of an area's width, which a name in one line may take
const LONG = 3; // times as long as wide: a name leans with it
const STEEP = 60; // degrees, from which Chinese is written from top to bottom
const BESIDE = 0.1; // of a line's length, on either side of its middle, that its name follows
const GRID = 16;
const TOWARDS = 0.05; // what a pixel off the middle counts

/** @param {string} text */
export const isWide = (text) => WIDE.test(text);

/** How much of its declared size a name has, where a pixel covers so many metres. @param {number} metres */
export function scaleOf(metres) {
  return SCALES.find(([most]) => metres < most)?.[1] ?? 1;
}

/** The declared size, less for a name in Latin letters. @param {string} text @param {number} size */
export function sizeOf(text, size) {
  return size >= LARGE && !isWide(text) ? Math.round(size * LATIN) : size;
}

/** How wide a text is, in its own size. @param {string} text */
export function widthOf(text) {
  return [...text].reduce((sum, one) => sum + (isWide(one) ? 1 : NARROW_EM), 0);
}

/** A name along a line: without what stands in brackets behind it, where the line is too short for both. @param {string} text @param {number} size @param {number} room in pixels */
export function along(text, size, room) {
  return widthOf(text) * size <= room ? text : text.replace(/(.)\s*[(\uff08][^(\uff08]*[)\uff09]$/u, "$1");
}

/** A name in two lines where one is wider than its area. @param {string} text @param {number} size @param {number} room in pixels */
export function lined(text, size, room) {
  if (widthOf(text) * size <= ROOM * room || [...text].length < 5) return text;
  const letters = [...text];
  const breaks = letters.flatMap((one, at) => (at > 1 && at < letters.length - 1 && (one === " " || [one, letters[at - 1], letters[at + 1]].every((letter) => isWide(letter) && /\p{L}/u.test(letter))) ? [at] : []));
  const apart = (/** @type {number} */ at) => Math.abs(widthOf(letters.slice(0, at).join("")) - widthOf(letters.slice(at).join("").trim()));
  const [best] = breaks.sort((a, b) => apart(a) - apart(b));
  return best === undefined ? text : `${letters.slice(0, best).join("").trim()}\n${letters.slice(best).join("").trim()}`;
}

/** The way a long area leans, in degrees from the horizontal, to the right and down; null where it is not long. @param {Point[]} outline */
export function leaning(outline) {
  const edges = outline.slice(1).map(([x, y], at) => ({ x: (x + outline[at][0]) / 2, y: (y + outline[at][1]) / 2, long: Math.hypot(x - outline[at][0], y - outline[at][1]) }));
  const all = edges.reduce((sum, one) => sum + one.long, 0);
  const mean = (/** @type {(edge: {x: number, y: number}) => number} */ of) => edges.reduce((sum, one) => sum + of(one) * one.long, 0) / all;
  const [cx, cy] = [mean(({ x }) => x), mean(({ y }) => y)];
  const [xx, yy, xy] = [mean(({ x }) => (x - cx) ** 2), mean(({ y }) => (y - cy) ** 2), mean(({ x, y }) => (x - cx) * (y - cy))];
  const [half, root] = [(xx + yy) / 2, Math.hypot((xx - yy) / 2, xy)];
  if (!(half + root > LONG ** 2 * (half - root))) return null;
  return (Math.atan2(2 * xy, xx - yy) * 90) / Math.PI;
}

/** The way a line goes about its middle, from left to right: in degrees from the horizontal, downwards. @param {Point[]} line */
export function middleCourse(line) {
  const lengths = line.map(([x, y], at) => (at ? Math.hypot(x - line[at - 1][0], y - line[at - 1][1]) : 0));
  const all = lengths.reduce((sum, one) => sum + one, 0);
  const at = (/** @type {number} */ share) => {
    let left = share * all;
    const next = lengths.findIndex((one, i) => i > 0 && (left <= one || ((left -= one), false)));
    if (next < 1) return line[line.length - 1];
    const part = lengths[next] ? left / lengths[next] : 0;
    return [line[next - 1][0] + part * (line[next][0] - line[next - 1][0]), line[next - 1][1] + part * (line[next][1] - line[next - 1][1])];
  };
  const [[ax, ay], [bx, by]] = [at(0.5 - BESIDE), at(0.5 + BESIDE)];
  const turn = (Math.atan2(by - ay, bx - ax) * 180) / Math.PI;
  return turn > 90 ? turn - 180 : turn <= -90 ? turn + 180 : turn;
}

/** Whether a name along an area that leans so is written from top to bottom. @param {string} text @param {number} turn */
export const isUpright = (text, turn) => Math.abs(turn) > STEEP && isWide(text);

/**
 * The place of an area in a frame that is farthest from its edge and the frame's.
 * @param {Point[][]} rings outlines and holes
 * @param {Box} frame
 * @returns {Point | null} null where none of it is in the frame
 */
export function innermost(rings, frame) {
  const edges = rings.flatMap((ring) => ring.map((point, at) => /** @type {[Point, Point]} */ ([ring[at ? at - 1 : ring.length - 1], point])));
  const [xs, ys] = [rings.flat().map(([x]) => x), rings.flat().map(([, y]) => y)];
  const [west, east] = [Math.max(frame.x, Math.min(...xs)), Math.min(frame.x + frame.width, Math.max(...xs))];
  const [north, south] = [Math.max(frame.y, Math.min(...ys)), Math.min(frame.y + frame.height, Math.max(...ys))];
  /** @type {Point | null} */
  let best = null;
  let most = 0;
  for (let i = 0.5; i < GRID; i++) {
    for (let j = 0.5; j < GRID; j++) {
      /** @type {Point} */
      const here = [west + ((east - west) * i) / GRID, north + ((south - north) * j) / GRID];
      const rim = Math.min(here[0] - frame.x, frame.x + frame.width - here[0], here[1] - frame.y, frame.y + frame.height - here[1]);
      if (rim <= most || !holds(edges, here)) continue;
      const off = TOWARDS * Math.hypot(here[0] - (west + east) / 2, here[1] - (north + south) / 2);
      const far = edges.reduce((least, edge) => (least <= most ? least : Math.min(least, distance(edge, here))), rim) - off;
      if (far > most) [best, most] = [here, far];
    }
  }
  return best;
}

/** @param {[Point, Point][]} edges @param {Point} point */
function holds(edges, [x, y]) {
  return edges.filter(([[ax, ay], [bx, by]]) => ay > y !== by > y && x < ax + ((y - ay) * (bx - ax)) / (by - ay)).length % 2 === 1;
}

/** @param {[Point, Point]} edge @param {Point} point */
function distance([[ax, ay], [bx, by]], [x, y]) {
  const square = (bx - ax) ** 2 + (by - ay) ** 2;
  const along = square ? Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / square)) : 0;
  return Math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay));
}
