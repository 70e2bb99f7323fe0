// Coordinates and measures against values computed on the server's side (pyproj, GeographicLib).
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";

const require = createRequire(import.meta.url);
globalThis.proj4 = require("proj4");
globalThis.geodesic = require("geographiclib-geodesic");
globalThis.proj4 = globalThis.proj4.default ?? globalThis.proj4;
const { plane, readDegrees, readTyped } = await import("../../webapp/static/js/coordinates.js");
const { M2_PER_MU, measured } = await import("../../webapp/static/js/measure.js");

const CM120 = "+proj=tmerc +lat_0=0 +lon_0=120 +k=1 +x_0=500000 +y_0=0 +ellps=GRS80 +units=m +no_defs";
const BOUNDS = [120.15, 31.74, 120.4, 31.98];

test("the golden point of the plane system", () => {
  const [east, north] = plane(CM120).forward(120.3, 31.9);
  assert.ok(Math.abs(east - 528378.7242) < 0.001);
  assert.ok(Math.abs(north - 3530803.1014) < 0.001);
  const [lon, lat] = plane(CM120).inverse(east, north);
  assert.ok(Math.abs(lon - 120.3) < 1e-8 && Math.abs(lat - 31.9) < 1e-8);
});

test("typed coordinates are read by range, and a swapped order is told", () => {
  const system = plane(CM120);
  assert.deepEqual(readTyped("120.3, 31.9", system, BOUNDS), { lon: 120.3, lat: 31.9, note: "" });
  assert.equal(readTyped("31.9 120.3", system, BOUNDS).note, "coordinates_swapped");
  assert.ok(Math.abs(readTyped("E 528378.7242 N 3530803.1014", system, BOUNDS).lon - 120.3) < 1e-6);
  assert.equal(readTyped("3530803.1014, 528378.7242", system, BOUNDS).note, "coordinates_swapped");
  assert.equal(readTyped("0,0", system, BOUNDS).error, "coordinates_outside");
  assert.equal(readTyped("hello", system, BOUNDS).error, "coordinates_two");
});

test("areas and lengths are geodesic", () => {
  const sheet = [[31.875, 120.25], [31.875, 120.3125], [31.875 + 1 / 24, 120.3125], [31.875 + 1 / 24, 120.25]];
  const dense = [];
  sheet.forEach(([lat, lon], i) => {
    const [nextLat, nextLon] = sheet[(i + 1) % 4];
    for (let k = 0; k < 100; k += 1) dense.push([lat + ((nextLat - lat) * k) / 100, lon + ((nextLon - lon) * k) / 100]);
  });
  assert.ok(Math.abs(measured(dense, true).area_m2 / 27316925.1426 - 1) < 1e-7);
  assert.ok(Math.abs(measured([[31.9, 120.3], [31.9 + 1 / 60, 120.3]], false).length_m - 1848.087) < 0.01);
  assert.equal(measured([[31.9, 120.3]], true).area_m2, 0);
});

test("a mu is two thirds of a thousand square metres", () => assert.equal(M2_PER_MU * 3, 2000));

test("degrees name their hemisphere", () => assert.equal(readDegrees(-1.5, -120), "120.000000°W 1.500000°S"));
