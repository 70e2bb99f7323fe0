import assert from "node:assert/strict";
import { test } from "node:test";
import { speak } from "../../webapp/static/js/language.js";
import { shortened } from "../../webapp/static/js/chart.js";
import { laidOut } from "../../webapp/static/js/matrix.js";

speak("en", {});
const word = (/** @type {string} */ en) => ({ zh: en, en });

test("a matrix has every pair in its place and the totals last", () => {
  const row = (/** @type {string} */ from, /** @type {string} */ to, /** @type {number} */ ha) => ({ from, to, from_name: word(from || "total"), to_name: word(to || "total"), ha });
  const laid = laidOut([row("07", "10", 2), row("10", "10", 5), row("07", "", 2), row("10", "", 5), row("", "10", 7), row("", "", 7)]);
  assert.deepEqual(laid.from, ["07|07", "10|10", "|total"]);
  assert.deepEqual(laid.to, ["10|10", "|total"]);
  assert.equal(laid.cell("07|07", "10|10")?.ha, 2);
  assert.equal(laid.cell("|total", "|total")?.ha, 7);
});

test("a label is cut to the room there is, by how wide its characters are", () => {
  assert.equal(shortened("High-tech Zone", 114), "High-tech Zone");
  assert.equal(shortened("高新技术产业开发区本部范围", 60), "高新技术…");
  assert.ok(shortened("Along the intercity railway line", 60).endsWith("…"));
});
