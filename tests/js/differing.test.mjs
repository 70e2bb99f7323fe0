import assert from "node:assert/strict";
import { test } from "node:test";
import { differences } from "../../webapp/static/js/differing.js";

const layer = /** @type {any} */ ({ fields: [{ id: "floors" }], title: { zh: "name", en: "name" } });
const at = (/** @type {number} */ x) => ({ type: "Point", coordinates: [x, 0] });
const one = (/** @type {unknown} */ geometry, floors = 1) => /** @type {any} */ ({ type: "Feature", id: "a", geometry, properties: { name: "A", floors } });

for (const [before, after, kind, fields] of /** @type {[any[], any[], string, string[]][]} */ ([
  [[], [one(at(1))], "added", []],
  [[one(at(1))], [], "removed", []],
  [[one(null)], [one(at(1))], "placed", []],
  [[one(at(1))], [one(null, 2)], "unplaced", ["floors"]],
  [[one(at(1))], [one(at(2), 2)], "moved", ["floors"]],
  [[one(at(1))], [one(at(1), 2)], "changed", ["floors"]],
])) {
  test(`a feature that is ${kind} is told as that, with its changes`, () => {
    const found = differences(layer, before, after);
    assert.deepEqual(found.map((difference) => difference.kind), [kind]);
    assert.deepEqual(found[0].changes.map((change) => change.field), fields);
  });
}
