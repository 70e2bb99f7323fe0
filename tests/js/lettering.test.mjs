import assert from "node:assert/strict";
import { test } from "node:test";
import { along, innermost, isUpright, leaning, lined, middleCourse, scaleOf, sizeOf } from "../../webapp/static/js/lettering.js";

const box = (x, y, width, height) => [[x, y], [x + width, y], [x + width, y + height], [x, y + height], [x, y]];
const turned = (ring, degrees) => {
  const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return ring.map(([x, y]) => [x * c - y * s, x * s + y * c]);
};

test("a name wider than nine tenths of its area stands in two lines, broken where words or letters allow", () => {
  for (const [text, room, told] of [
    ["滨江总部经济组团", 200, "滨江总部经济组团"], // 8 letters of 15: 120
    ["滨江总部经济组团", 133, "滨江总部\n经济组团"],
    ["Science and education", 60, "Science and\neducation"],
    ["Donghenghe", 20, "Donghenghe"], // one word is not cut
    ["东久（江阴）园", 40, "东久（江阴）园"], // nor beside a bracket
    ["长江", 5, "长江"],
    ["", 5, ""],
  ]) assert.equal(lined(text, 15, room), told, text);
});

test("a line too short for its name's brackets loses them, and nothing else", () => {
  assert.equal(along("Beihenghe (fill and new drain)", 10, 400), "Beihenghe (fill and new drain)");
  assert.equal(along("Beihenghe (fill and new drain)", 10, 90), "Beihenghe");
  assert.equal(along("新河港（南段）", 10, 40), "新河港");
  assert.equal(along("(old)", 10, 1), "(old)", "a name of brackets alone stays");
});

test("names are smaller where a pixel is much ground, and in Latin letters where they are large", () => {
  assert.deepEqual([26.5, 16, 4, 1.3].map(scaleOf), [0.85, 1, 1.1, 1.2]);
  assert.deepEqual([sizeOf("长江", 28), sizeOf("Yangtze", 28), sizeOf("Park", 12)], [28, 24, 12]);
});

test("a long area leans as it lies, a compact one not at all", () => {
  for (const degrees of [-80, -25, 0, 10, 45]) assert.ok(Math.abs(leaning(turned(box(-100, -5, 200, 10), degrees)) - degrees) < 0.5, String(degrees));
  assert.equal(leaning(box(0, 0, 20, 10)), null);
  assert.equal(leaning([[5, 5], [5, 5]]), null);
  assert.ok(isUpright("科技创新大走廊", 80) && !isUpright("Sci-tech corridor", 80) && !isUpright("长江", -25));
});

test("a line's name follows its middle and is never upside down", () => {
  assert.equal(middleCourse([[0, 0], [100, 0]]), 0);
  assert.equal(middleCourse([[100, 0], [0, 0]]), 0);
  assert.equal(middleCourse([[0, 0], [0, -50], [100, -50], [200, 50], [300, 50], [300, 0]]), 45);
  assert.equal(middleCourse([[0, 0], [0, 10]]), 90);
  assert.equal(middleCourse([[0, 10], [0, 0]]), 90);
  assert.equal(middleCourse([[3, 3], [3, 3]]), 0);
});

test("the innermost place lies in the part that is seen, off its holes", () => {
  const frame = { x: 0, y: 0, width: 100, height: 100 };
  const near = ([x, y], [a, b]) => assert.ok(Math.hypot(x - a, y - b) < 8, `${x} ${y}`);
  near(innermost([box(-900, 0, 1000, 40)], frame), [50, 20]);
  near(innermost([box(0, 0, 100, 100), box(0, 0, 60, 100)], frame), [80, 50]);
  assert.equal(innermost([box(200, 200, 10, 10)], frame), null);
});
