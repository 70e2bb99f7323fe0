// How values read: units, coded words, what is not stated, raw text beside the parsed value.
import assert from "node:assert/strict";
import { test } from "node:test";
import { number, said, speak, text, unitName } from "../../webapp/static/js/language.js";
import { rawBeside, shownValue } from "../../webapp/static/js/values.js";

const field = (more) => ({ id: "v", label: { zh: "", en: "" }, type: "text", unit: "", decimals: null, values: {}, text: null, raw: "", ...more });
const table = { yes: { zh: "是", en: "yes" }, no: { zh: "否", en: "no" }, greet: { zh: "{name}好", en: "hello {name}" } };

test("numbers carry their unit in both languages", () => {
  speak("zh", table);
  assert.equal(number(1234.56, "mu"), "1,234.6 亩");
  assert.equal(number(12.345, "%", 2), "12.35%");
  speak("en", table);
  assert.equal(number(1234.5, "m2", 1), "1,234.5 m²");
  assert.equal(number(3, "", 0), "3");
  assert.equal(unitName("km2/mu"), "km²/mu");
  assert.equal(unitName("/km2"), "per km²");
});

test("what is not zero never reads as one, and zero has no sign", () => {
  const rows = [[0.0004, "ha", 2, "0.00040"], [-0.004, "", 0, "-0.0040"], [3e-12, "", null, "3.0e-12"], [-0.0, "", 2, "0.00"], [0.006, "", 2, "0.01"]];
  for (const language of ["zh", "en"]) {
    speak(language, table);
    for (const [value, unit, decimals, told] of rows) assert.equal(number(value, unit, decimals).split(" ")[0], told);
    for (let power = -320; power < 0; power++) assert.match(number(Number(`7e${power}`), "m2").split(" ")[0], /[1-9]/u);
  }
});

test("words are filled in and fall back to the other language", () => {
  speak("en", table);
  assert.equal(said("greet", { name: "{name}" }), "hello {name}");
  assert.equal(text({ zh: "只有中文", en: "" }), "只有中文");
  assert.equal(text(null), "");
});

test("what is not stated is null, not zero and not an empty word", () => {
  for (const value of [null, undefined, "", []]) assert.equal(shownValue(field({}), { v: value }), null);
  assert.equal(shownValue(field({ type: "number", unit: "mu", decimals: 1 }), { v: 0 }), "0.0 mu");
  assert.equal(shownValue(field({ type: "boolean" }), { v: false }), "no");
});

test("coded values read as words; names of objects' own parts are not codes", () => {
  const coded = field({ type: "code", values: { a: { zh: "甲", en: "A" } } });
  assert.equal(shownValue(coded, { v: "a" }), "A");
  assert.equal(shownValue(coded, { v: "constructor" }), "constructor");
  assert.equal(shownValue(field({ type: "list" }), { v: ["x", "y"] }), "x, y");
  assert.equal(shownValue(field({ text: { zh: "v_zh", en: "v_en" } }), { v_zh: "中", v_en: "En" }), "En");
});

test("raw text stands beside the value only when it says something else", () => {
  const one = field({ raw: "raw" });
  assert.equal(rawBeside(one, { raw: "324 亩" }, "324.0 亩"), "324 亩");
  assert.equal(rawBeside(one, { raw: "same" }, "same"), null);
  assert.equal(rawBeside(one, { raw: null }, "x"), null);
  assert.equal(rawBeside(one, { raw: "——" }, null), "——");
});
