// @ts-check
/** Where an outline crosses itself. */

/** @typedef {[number, number]} Corner */

/** Which side of a line a corner is on: above 0 left, below 0 right. @param {Corner} a @param {Corner} b @param {Corner} c */
const side = (a, b, c) => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);

/**
 * Returns the places where edges of a ring cross that are not neighbours; an outline of some hundred corners at most.
 * @param {Corner[]} corners without the first again at the end
 * @returns {Corner[]}
 */
export function crossings(corners) {
  /** @type {Corner[]} */
  const found = [];
  const count = corners.length;
  for (let i = 0; i < count; i += 1) {
    for (let j = i + 2; j < count; j += 1) {
      if (i === 0 && j === count - 1) continue; // the last edge ends where the first begins
      const [a, b, c, d] = [corners[i], corners[i + 1], corners[j], corners[(j + 1) % count]];
      const [one, other] = [side(a, b, c), side(a, b, d)];
      if (one * other < 0 && side(c, d, a) * side(c, d, b) < 0) {
        const at = one / (one - other);
        found.push([c[0] + at * (d[0] - c[0]), c[1] + at * (d[1] - c[1])]);
      }
    }
  }
  return found;
}
