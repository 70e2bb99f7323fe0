// @ts-check
/** Where an area's data end it fades into the land, as its style declares (`fades_at`) and as on paper. */

/** @typedef {[number, number]} Place longitude, latitude in degrees */

const NEAR_M = 60; // how near an edge lies to the outline it ends at (as briefings/map/layers.py has it)
const METRES_A_DEGREE = 111_320;

/** The rings and lines of a geometry. @param {import("geojson").Geometry | null} geometry @returns {Place[][]} */
export function linesOf(geometry) {
  if (!geometry) return [];
  if (geometry.type === "GeometryCollection") return geometry.geometries.flatMap(linesOf);
  if (geometry.type === "Polygon") return /** @type {Place[][]} */ (geometry.coordinates);
  if (geometry.type === "MultiPolygon") return /** @type {Place[][]} */ (geometry.coordinates.flat());
  if (geometry.type === "LineString") return [/** @type {Place[]} */ (geometry.coordinates)];
  return geometry.type === "MultiLineString" ? /** @type {Place[][]} */ (geometry.coordinates) : [];
}

/**
 * The parts of an area's edge that lie on the outlines where its data end.
 * @param {import("geojson").Geometry | null} shape @param {Place[][]} outlines @returns {Place[][]} lines of two places and more
 */
export function endsOf(shape, outlines) {
  return linesOf(shape).flatMap((ring) => {
    /** @type {Place[][]} */
    const found = [];
    let run = /** @type {Place[]} */ ([]);
    const close = () => {
      if (run.length > 1) found.push(run);
      run = [];
    };
    for (let i = 1; i < ring.length; i += 1) {
      const [a, b] = [ring[i - 1], ring[i]];
      const middle = /** @type {Place} */ ([(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]);
      if ([a, middle, b].every((one) => nearest(one, outlines) <= NEAR_M)) run.push(...(run.length ? [b] : [a, b]));
      else close();
    }
    close();
    return found;
  });
}

/** How far a place is from lines, about, m. @param {Place} place @param {Place[][]} lines */
function nearest(place, lines) {
  const across = METRES_A_DEGREE * Math.cos((place[1] * Math.PI) / 180);
  const flat = (/** @type {Place} */ [lon, lat]) => [(lon - place[0]) * across, (lat - place[1]) * METRES_A_DEGREE];
  let least = Infinity;
  for (const line of lines) {
    let [x, y] = flat(line[0] ?? place);
    for (const one of line.slice(1)) {
      const [u, v] = flat(one);
      const long = (u - x) ** 2 + (v - y) ** 2;
      const t = long ? Math.max(0, Math.min(1, -(x * (u - x) + y * (v - y)) / long)) : 0;
      least = Math.min(least, Math.hypot(x + t * (u - x), y + t * (v - y)));
      [x, y] = [u, v];
    }
  }
  return least;
}
