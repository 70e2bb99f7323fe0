import assert from "node:assert/strict";
import { test } from "node:test";
import { QUESTIONS, offered, sizeRules, worded } from "../../webapp/static/js/questions.js";

const layers = {
  projects: { geometry: "point", fields: [{ id: "land_mu", unit: "mu", type: "number" }, { id: "value", unit: "万", type: "number" }, { id: "money", type: "code" }, { id: "jobs", type: "integer" }] },
  landuse: { geometry: "polygon", fields: [] },
  roads: { geometry: "line", fields: [] },
};
const asked = (/** @type {string} */ id, /** @type {Record<string, string>} */ said) => {
  const chosen = QUESTIONS.find((one) => one.id === id);
  assert.ok(chosen);
  return worded(chosen, (name) => said[name] ?? "", layers);
};

test("radii by size are read, and what is not one is left out", () => {
  assert.deepEqual(sizeRules("5000: 500； 2000-5000：300"), [
    { min_m2: 5000, distance_m: 500 },
    { min_m2: 2000, max_m2: 5000, distance_m: 300 },
  ]);
  assert.deepEqual(sizeRules("big: 5; ; -3"), []);
});

test("coverage has one radius or radii by size, and goes along the roads that are named", () => {
  const said = { demand: "landuse", facilities: "projects", codes: "0701, 0703", distance: "500" };
  assert.deepEqual(asked("coverage", said), {
    function: "coverage",
    unit: "%",
    distance_m: 500,
    inputs: { demand: { layer: "landuse", classes: ["0701", "0703"] }, facilities: { layer: "projects" } },
  });
  const walked = asked("coverage", { ...said, sizes: "400: 300", roads: "roads", barriers: "roads" });
  assert.deepEqual([walked.along, walked.distance_m, walked.size_rules], ["network", undefined, [{ min_m2: 400, distance_m: 300 }]]);
  assert.deepEqual(Object.keys(walked.inputs), ["demand", "facilities", "roads", "barriers"]);
});

test("a version and the drawn polygon are told apart", () => {
  const moved = asked("transition", { before: "landuse@3", after: "landuse" });
  assert.deepEqual(moved.inputs, { before: { layer: "landuse", version: 3 }, after: { layer: "landuse" } });
  assert.deepEqual(asked("tabulate", { classes: "landuse", zones: "@drawn" }).inputs.zones, { layer: "@drawn" });
});

test("what is measured within a distance follows the layer, and a sum has its field's unit", () => {
  for (const [layer, measure, unit] of [["landuse", "area", "ha"], ["roads", "length", "km"], ["projects", "count", "count"]]) {
    const found = asked("band", { part: layer, line: "roads", distance: "1000" });
    assert.deepEqual([found.measure, found.unit], [measure, unit]);
  }
  const sum = asked("sum", { items: "projects", field: "land_mu", by: "" });
  assert.deepEqual([sum.field, sum.unit, sum.inputs], ["land_mu", "mu", { items: { layer: "projects" } }]);
});

test("a ratio has the unit of its two fields, a stated area that of its own, and only fields that fit are offered", () => {
  const per = asked("ratio", { items: "projects", field: "value", divisor: "land_mu", by: "money" });
  assert.deepEqual([per.field, per.divisor, per.by, per.unit], ["value", "land_mu", "money", "万/mu"]);
  assert.equal(asked("ratio", { items: "projects", field: "jobs", divisor: "land_mu" }).unit, "");
  const stated = asked("declared", { items: "projects", stated: "land_mu" });
  assert.deepEqual([stated.field, stated.unit, stated.by], ["land_mu", "mu", undefined]);
  const names = (/** @type {string} */ control) => offered(control, layers.projects.fields).map((one) => one.id);
  assert.deepEqual([names("stated"), names("divisor"), names("by")], [["land_mu"], ["land_mu", "value", "jobs"], ["money"]]);
});
