import assert from "node:assert/strict";
import { test } from "node:test";
import { changedFields } from "../../webapp/static/js/edit.js";

test("only what changed is sent, numbers as numbers, an emptied field as unknown", () => {
  const fields = [{ id: "name", type: "text" }, { id: "mu", type: "number" }, { id: "open", type: "boolean" }, { id: "kind", type: "code" }, { id: "n", type: "integer" }];
  const before = { name: "甲", mu: 3.5, open: true, kind: "a", n: null };
  assert.deepEqual(changedFields(fields, before, { name: "甲", mu: "3.5", open: "true", kind: "a", n: "" }), {});
  assert.deepEqual(changedFields(fields, before, { name: " 乙 ", mu: "", open: "false", kind: "b", n: "4" }), { name: "乙", mu: null, open: false, kind: "b", n: 4 });
  assert.deepEqual(changedFields(fields, before, { other: "x" }), {});
});
