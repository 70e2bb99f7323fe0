import assert from "node:assert/strict";
import { test } from "node:test";
import { alone, keyParts } from "../../webapp/static/js/joining.js";

for (const [key, columns, parts] of /** @type {[string, string[], [string, string]][]} */ ([
  ["街道", ["街道", "编号"], ["街道", ""]],
  ["街道+编号", ["街道", "编号"], ["街道", "编号"]],
  ["a+b", ["a+b", "a", "b"], ["a+b", ""]],
  ["a+b+c", ["a+b", "c"], ["a+b", "c"]],
  ["", ["", "名称"], ["", ""]],
])) {
  test(`the key ${key} is ${parts.join(" and ")}`, () => assert.deepEqual(keyParts(key, columns), parts));
}

test("two columns put together are no column to choose", () => assert.deepEqual(alone(["街道", "编号", "街道+编号", "a+b", ""]), ["街道", "编号", "a+b", ""]));
