import assert from "node:assert/strict";
import { test } from "node:test";
import { changedFields } from "../../webapp/static/js/edit.js";

test("only what changed is sent, numbers as numbers, an emptied field as unknown", () => {
  const fields = [{ id: "name", type: "text" }, { id: "mu", type: "number" }, { id: "open", type: "boolean" }, { id: "kind", type: "code" }, { id: "n", type: "integer" }];
  const before = { name: "甲", mu: 3.5, open: true, kind: "a", n: null };
  assert.deepEqual(changedFields(fields, before, { name: "甲", mu: "3.5", open: "true", kind: "a", n: "" }), {});
  assert.deepEqual(changedFields(fields, before, { name: " 乙 ", mu: "", open: "false", kind: "b", n: "4" }), { name: "乙", mu: null, open: false, kind: "b", n: 4 });
  assert.deepEqual(changedFields(fields, before, { other: "x" }), {});
  const cost = [{ id: "cost", type: "number", unit: "万", currency: "of" }];
  const written = { "10亿": 100000, "1000万": 1000, "1,200": 1200, "1 bn": 100000, "10亿美元": "10亿美元", 很多: "很多" }; // a currency is another field's
  for (const [one, meant] of Object.entries(written)) assert.deepEqual(changedFields(cost, { cost: 1 }, { cost: one }), { cost: meant });
});
