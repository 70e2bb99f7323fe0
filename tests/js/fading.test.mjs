// An area fades where its edge lies on the outline its data end at, and nowhere else.
import assert from "node:assert/strict";
import { test } from "node:test";
import { endsOf, linesOf } from "../../webapp/static/js/fading.js";

const square = (west, south, side) => [[[west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south]]];
const CITY = linesOf({ type: "Polygon", coordinates: square(120, 31, 1) });

test("an edge on the outline is where the data end", () => {
  const river = { type: "Polygon", coordinates: [[[120.2, 31.4], [121, 31.4], [121, 31.6], [120.2, 31.6], [120.2, 31.4]]] };
  assert.deepEqual(endsOf(river, CITY), [[[121, 31.4], [121, 31.6]]]);
});

test("an edge within 60 m is on it, one that only crosses or is 100 m off is not", () => {
  const off = (metres) => 121 - metres / (111_320 * Math.cos((31.5 * Math.PI) / 180));
  const ended = (east) => endsOf({ type: "Polygon", coordinates: [[[120.2, 31.4], [east, 31.4], [east, 31.6], [120.2, 31.6], [120.2, 31.4]]] }, CITY);
  assert.equal(ended(off(50)).length, 1);
  assert.equal(ended(off(100)).length, 0);
  assert.equal(endsOf({ type: "Polygon", coordinates: [[[120.9, 31.4], [121.1, 31.4], [121.1, 31.6], [120.9, 31.6], [120.9, 31.4]]] }, CITY).length, 0);
});

test("several corners along the outline are one line, and nothing has no ends", () => {
  const river = { type: "MultiPolygon", coordinates: [[[[120.5, 31.2], [121, 31.2], [121, 31.3], [121, 31.4], [120.5, 31.4], [120.5, 31.2]]]] };
  assert.deepEqual(endsOf(river, CITY), [[[121, 31.2], [121, 31.3], [121, 31.4]]]);
  assert.deepEqual(endsOf(null, CITY), []);
  assert.deepEqual(endsOf(river, []), []);
});
