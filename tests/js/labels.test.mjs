import assert from "node:assert/strict";
import { test } from "node:test";
import { placed } from "../../webapp/static/js/labels.js";

const FRAME = { x: 340, y: 48, width: 1026, height: 720 };
const inside = (a) => a.x >= FRAME.x && a.y >= FRAME.y && a.x + a.width <= FRAME.x + FRAME.width && a.y + a.height <= FRAME.y + FRAME.height;
const apart = (a, b) => a.x >= b.x + b.width || b.x >= a.x + a.width || a.y >= b.y + b.height || b.y >= a.y + a.height;
const name = (x, y, rank, width = 120) => ({ box: { x, y, width, height: 20 }, rank });

test("a name that begins under the panel is moved into the map", () => {
  const [found] = placed([name(250, 300, 3)], FRAME, []);
  assert.deepEqual([found.x, found.y], [340, 300]);
});

test("names keep off controls and off one another, the more important stays in its place", () => {
  const control = { x: 800, y: 400, width: 400, height: 20 };
  const labels = [name(820, 300, 100), name(820, 300, 1), name(820, 395, 6)];
  const found = placed(labels, FRAME, [control]);
  assert.deepEqual([found[1].x, found[1].y], [820, 300]);
  const kept = found.filter(Boolean);
  for (const [at, one] of kept.entries()) {
    assert.ok(inside(one) && apart(one, control));
    for (const other of kept.slice(at + 1)) assert.ok(apart(one, other));
  }
});

test("the first four ranks are never left out, others are where there is no room", () => {
  const crowd = Array.from({ length: 12 }, (_, at) => name(600 + at, 400, 1 + (at % 4)));
  const small = placed(crowd, FRAME, [FRAME]); // everything is taken
  assert.ok(small.every((one) => one !== null && inside(one)));
  assert.deepEqual(placed([name(600, 400, 5)], FRAME, [FRAME]), [null]);
  const found = placed(crowd, FRAME, []);
  for (const [at, one] of found.entries()) for (const other of found.slice(at + 1)) assert.ok(apart(one, other));
});

test("a name of a line goes along it, or is left out", () => {
  const road = { ...name(600, 400, 10), lean: 0 };
  const [, found] = placed([name(600, 400, 1), road], FRAME, []);
  assert.equal(found.y, 400);
  assert.ok(apart(found, name(600, 400, 1).box));
  const crowd = { x: FRAME.x, y: 390, width: FRAME.width, height: 40 };
  assert.deepEqual(placed([road], FRAME, [crowd]), [null], "never beside it");
});

test("a leaning name of the first ranks stays by what it names, or is left out", () => {
  const river = { ...name(600, 100, 4), lean: -20 };
  const [moved] = placed([river], FRAME, [{ x: 600, y: 90, width: 30, height: 40 }]);
  assert.ok(Math.hypot(moved.x - 600, moved.y - 100) <= 61);
  assert.deepEqual(placed([river], FRAME, [{ x: 340, y: 48, width: 1026, height: 200 }]), [null], "never on the land below");
});

test("a name in sight that must lie on something does not go far from what it names", () => {
  const [found] = placed([name(600, 400, 1)], FRAME, [FRAME]);
  assert.ok(Math.hypot(found.x - 600, found.y - 400) <= 60);
});
