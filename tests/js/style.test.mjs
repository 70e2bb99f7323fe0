// Declared rules become path options, and unsure positions look unsure.
import assert from "node:assert/strict";
import { test } from "node:test";
import { useLooks } from "../../webapp/static/js/looks.js";
import { classColor, kindOf, meets, pathOptions } from "../../webapp/static/js/style.js";

const band = { width: 8, opacity: 0.35, fill_opacity: 1, feather: 0 };
useLooks({
  color: "#000000", radius: 6, positions: [], answers: {}, site: "", older: "",
  usual: { point: { width: 1, fill_opacity: 1 }, line: { width: 3, fill_opacity: 0 }, polygon: { width: 1, fill_opacity: 0.3 } },
  unsure: { approximate: { polygon: { ...band, width: 0.8, opacity: 1 } }, locality: { polygon: band, line: band }, schematic: { point: { ...band, width: null, fill_opacity: 0.6 }, polygon: { ...band, width: 0, opacity: 1, feather: 6 } } },
});
const layer = {
  id: "x", geometry: "polygon", class_field: "", classes: [], illustrative: false,
  style: { color: "#111111", fill: "#222222", fill_opacity: 0.5, width: 2 },
  rules: [
    { when: { field: "kind", equals: "a" }, fill: "#aaaaaa" },
    { when: { field: "kind", in_: ["b", "c"] }, fill: "#bbbbbb", color: null },
    { when: { field: "kind", null: true }, fill: "#cccccc" },
  ],
};
const view = { palette: "official", opacity: 1 };

test("the first rule that fits wins, and only says what it says", () => {
  assert.equal(pathOptions(layer, { kind: "a" }, view).fillColor, "#aaaaaa");
  const b = pathOptions(layer, { kind: "c" }, view);
  assert.deepEqual([b.fillColor, b.color, b.weight], ["#bbbbbb", "#111111", 2]);
  assert.equal(pathOptions(layer, {}, view).fillColor, "#cccccc");
  assert.equal(pathOptions(layer, { kind: "z" }, view).fillColor, "#222222");
});

test("an unknown value equals nothing", () => {
  assert.equal(meets({ field: "n", equals: 0 }, { n: null }), false);
  assert.equal(meets({ field: "n", null: false }, { n: 0 }), true);
});

test("an unsure position shows in its edge, never by dashes", () => {
  const edges = ["exact", "approximate", "locality", "schematic"].map((position) => {
    const look = pathOptions(layer, { kind: "a", position }, view);
    assert.equal(look.dashArray, undefined);
    return `${look.weight} ${look.opacity}`;
  });
  assert.equal(new Set(edges).size, 4);
  assert.equal(pathOptions(layer, { kind: "a", position: "schematic" }, view).weight, 0);
  const [sure, unsure] = ["exact", "schematic"].map((position) => pathOptions(layer, { kind: "a", position }, view, "point").fillOpacity);
  assert.ok(unsure < sure);
});

test("land use takes its class's colour in the chosen palette", () => {
  const land = { ...layer, class_field: "class", illustrative: true, classes: [{ code: "01", color: "#010101", accessible: "#020202", name: { zh: "", en: "" } }] };
  assert.equal(pathOptions(land, { class: "01" }, view).fillColor, "#010101");
  assert.equal(pathOptions(land, { class: "01", position: "schematic" }, { ...view, palette: "accessible" }).fillColor, "#020202");
  assert.equal(classColor(land, "99", "official"), null);
});

test("lines are never filled, whatever their layer holds", () => {
  assert.equal(pathOptions({ ...layer, geometry: "mixed" }, {}, view, kindOf({ type: "MultiLineString" })).fill, false);
  assert.equal(kindOf({ type: "MultiPoint" }), "point");
  assert.equal(kindOf({ type: "Polygon" }), "polygon");
});
