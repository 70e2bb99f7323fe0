import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { patiently } from "../../webapp/static/js/checks.js";
import { Refused } from "../../webapp/static/js/fetching.js";

globalThis.geodesic = createRequire(import.meta.url)("geographiclib-geodesic");
globalThis.L = /** @type {any} */ ({});
const { aimed, rectangle, sizeOf } = await import("../../webapp/static/js/site.js");

const MU = 2000 / 3;

test("a rectangle of an area has that area on the ellipsoid, wherever it lies", () => {
  for (const at of [{ lng: 120.3, lat: 31.9 }, { lng: 24.9, lat: 60.2 }, { lng: -70.6, lat: -33.4 }]) {
    const site = rectangle(at, 40 * MU);
    const size = sizeOf(site);
    assert.ok(Math.abs(size.area_m2 - 40 * MU) < 0.01, `${size.area_m2}`);
    assert.equal(size.sides.length, 4);
    assert.ok(Math.abs(size.sides[0] / size.sides[1] - 1.4) < 0.02);
    assert.ok(Math.abs(size.length_m - size.sides.reduce((sum, one) => sum + one, 0)) < 1e-6);
  }
});

test("an outline keeps its form and its middle when it is brought to an area", () => {
  const drawn = /** @type {[number, number][]} */ ([[120.3, 31.9], [120.303, 31.9], [120.302, 31.903]]);
  const site = aimed(drawn, 100 * MU);
  assert.ok(Math.abs(sizeOf(site).area_m2 - 100 * MU) < 0.01);
  const ratio = (/** @type {[number, number][]} */ one) => (one[1][0] - one[0][0]) / (one[2][1] - one[0][1]);
  assert.ok(Math.abs(ratio(site) - ratio(drawn)) < 1e-6);
});

test("what has no area is left as it is", () => {
  const flat = /** @type {[number, number][]} */ ([[120, 31], [120, 31], [120, 31]]);
  assert.deepEqual(aimed(flat, 1000), flat);
});

test("a check waits while all places are taken, and gives up when nobody looks any more", async () => {
  const answers = [new Refused("busy", 503), new Refused("busy", 503), "found"];
  const act = async () => {
    const next = answers.shift();
    if (next instanceof Error) throw next;
    return next;
  };
  assert.equal(await patiently(() => true, act, 1), "found");
  let asked = 0;
  const busy = async () => { asked += 1; throw new Refused("busy", 503); };
  await assert.rejects(patiently(() => asked < 2, busy, 1), Refused);
  assert.equal(asked, 2);
  await assert.rejects(patiently(() => true, async () => { throw new Refused("no such site", 404); }, 1), /no such site/);
});
