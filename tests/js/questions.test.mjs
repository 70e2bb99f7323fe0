import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { offered, sizeRules, worded, written } from "../../webapp/static/js/questions.js";

// The functions as the service tells them: the registry is the only list.
const told = "import json; from layers.figures.functions import FUNCTIONS; print(json.dumps([one.plain() for one in FUNCTIONS.values()]))";
const pythons = [".venv/bin/python", ".venv/Scripts/python.exe"];
/** @type {import("../../webapp/static/js/api.js").FunctionEntry[]} */
const FUNCTIONS = JSON.parse(execFileSync(pythons.find((path) => existsSync(path)) ?? "python3", ["-c", told], { encoding: "utf-8" }));

const layers = {
  projects: { geometry: "point", fields: [{ id: "land_mu", unit: "mu", type: "number", measure: "additive" }, { id: "value", unit: "万", type: "number", measure: "money" }, { id: "money", type: "code" }, { id: "jobs", type: "integer", measure: "additive" }, { id: "number", type: "integer", measure: "identifier" }, { id: "intensity", type: "number", measure: "ratio" }] },
  landuse: { geometry: "polygon", fields: [] },
  roads: { geometry: "line", fields: [] },
};
const asked = (/** @type {string} */ id, /** @type {Record<string, string>} */ said) => {
  const chosen = FUNCTIONS.find((one) => one.id === id);
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
  const said = { demand: "landuse", facilities: "projects", codes: "0701, 0703", distance_m: "500" };
  assert.deepEqual(asked("coverage", said), {
    function: "coverage",
    unit: "%",
    distance_m: 500,
    inputs: { demand: { layer: "landuse", classes: ["0701", "0703"] }, facilities: { layer: "projects" } },
  });
  const walked = asked("coverage", { ...said, size_rules: "400: 300", roads: "roads", barriers: "roads" });
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
    const found = asked("band", { part: layer, line: "roads", distance_m: "1000" });
    assert.deepEqual([found.measure, found.unit], [measure, unit]);
  }
  const sum = asked("sum", { items: "projects", field: "land_mu", by: "" });
  assert.deepEqual([sum.field, sum.unit, sum.inputs], ["land_mu", "mu", { items: { layer: "projects" } }]);
});

test("a ratio has the unit of its two fields, a stated area that of its own, and only fields that fit are offered", () => {
  const per = asked("ratio", { items: "projects", field: "value", divisor: "land_mu", by: "money" });
  assert.deepEqual([per.field, per.divisor, per.by, per.unit], ["value", "land_mu", "money", "万/mu"]);
  assert.equal(asked("ratio", { items: "projects", field: "jobs", divisor: "land_mu" }).unit, "");
  const stated = asked("declared", { items: "projects", field: "land_mu" });
  assert.deepEqual([stated.field, stated.unit, stated.by, stated.measure], ["land_mu", "mu", undefined, "area"]);
  const long = asked("declared", { items: "projects", field: "jobs", stated_unit: "km" }); // a unit nobody declared
  assert.deepEqual([long.stated_unit, long.unit, long.measure], ["km", "km", "length"]);
  const around = asked("total", { items: "landuse", measure: "length" });
  assert.deepEqual([around.measure, around.unit], ["length", "km"]);
  const names = (/** @type {string} */ id, /** @type {string} */ option) => {
    const found = FUNCTIONS.find((one) => one.id === id)?.options.find((one) => one.id === option);
    assert.ok(found);
    return offered(found, layers.projects.fields).map((one) => one.id);
  };
  assert.deepEqual([names("declared", "field"), names("ratio", "divisor"), names("ratio", "by")], [["land_mu", "jobs"], ["land_mu", "value", "jobs"], ["money"]]);
});

test("a question that came by a link fills the form it could have been asked with", () => {
  for (const [id, said] of Object.entries({
    coverage: { demand: "landuse", facilities: "projects", codes: "0701, 0703", distance_m: "500" },
    transition: { before: "landuse@1", after: "landuse@2" },
    band: { part: "landuse", line: "roads", distance_m: "1000", codes: "06" },
    sum: { items: "projects", field: "value", by: "money" },
    declared: { items: "projects", field: "land_mu" },
  })) {
    const question = asked(id, said);
    assert.deepEqual(asked(id, written(question)), question);
  }
});

test("every control of a question stands as it was asked: a level, and what was left empty", () => {
  const leveled = { ...layers, zones: { geometry: "polygon", level: "kind", usual_level: "block", fields: [] } };
  for (const chosen of FUNCTIONS) {
    for (const level of ["cluster", ""]) {
      const first = chosen.slots[0].id;
      const said = /** @type {Record<string, string>} */ ({ [first]: "landuse", zones: "zones", zones_level: level });
      const question = worded(chosen, (name) => said[name] ?? "", leveled);
      const stands = written(question, chosen, leveled);
      for (const { id } of [...chosen.slots, ...chosen.options]) assert.equal(typeof stands[id], "string", `${chosen.id}: ${id}`);
      assert.equal(stands.codes, "", "nobody asked for classes");
      if (question.inputs.zones) assert.equal(stands.zones_level, level, chosen.id);
      assert.deepEqual(worded(chosen, (name) => stands[name] ?? "", leveled), question, chosen.id);
    }
  }
});

test("the filters of the map hold for the question", () => {
  const chosen = FUNCTIONS.find((one) => one.id === "count");
  assert.ok(chosen);
  const said = /** @type {Record<string, string>} */ ({ items: "projects", zones: "landuse" });
  const asked = worded(chosen, (name) => said[name] ?? "", layers, { filters: { projects: ["category=a"], roads: ["kind=b"] } });
  assert.deepEqual(asked.inputs, { items: { layer: "projects", where: ["category=a"] }, zones: { layer: "landuse" } });
});

test("the day of the map holds for the question, but for a version that was chosen and for a drawn outline", () => {
  const chosen = FUNCTIONS.find((one) => one.id === "transition");
  const count = FUNCTIONS.find((one) => one.id === "count");
  assert.ok(chosen && count);
  const value = (/** @type {Record<string, string>} */ said) => (/** @type {string} */ name) => said[name] ?? "";
  const dated = worded(chosen, value({ before: "landuse@1", after: "landuse" }), layers, { date: "2026-02-01" });
  assert.deepEqual(dated.inputs, { before: { layer: "landuse", version: 1 }, after: { layer: "landuse", as_of: "2026-02-01" } });
  const drawn = worded(count, value({ items: "projects", zones: "@drawn" }), layers, { date: "2026-02-01" });
  assert.deepEqual(drawn.inputs, { items: { layer: "projects", as_of: "2026-02-01" }, zones: { layer: "@drawn" } });
});
