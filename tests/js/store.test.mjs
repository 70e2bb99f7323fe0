// The one state: what changes, who is told, and what the address says of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { effect } from "@preact/signals-core";
import { emptyView, parseView } from "../../webapp/static/js/state.js";
import { Store } from "../../webapp/static/js/store.js";

/** How often something that reads a part of the state runs. */
function counted(read) {
  const seen = { runs: 0 };
  effect(() => {
    read();
    seen.runs += 1;
  });
  return seen;
}

test("only what depends on a change runs", () => {
  const store = new Store();
  const layers = counted(() => store.on.value);
  const filters = counted(() => store.filters.value);
  store.change({ zoom: 14, center: [31.9, 120.3] });
  store.show("parks", true);
  assert.deepEqual([layers.runs, filters.runs], [2, 1]);
});

test("a view that says the same changes nothing", () => {
  const store = new Store({ ...emptyView(), on: ["a"], filters: { a: ["kind=x"] }, site: [[1, 2], [3, 4], [5, 6]] });
  const runs = counted(() => store.view.value);
  assert.equal(store.change(parseView(store.address.value)), false);
  assert.equal(runs.runs, 1);
});

test("filters, opacity and layers are set and taken back, and the address follows", () => {
  const store = new Store();
  store.show("a", true);
  store.show("a", true);
  store.filter("a", ["kind=x", "n>=2"]);
  store.fade("a", 0.5);
  assert.deepEqual(parseView(store.address.value), store.view.value);
  assert.equal(store.view.value.on.length, 1);
  store.filter("a", []);
  store.fade("a", 1);
  store.show("a", false);
  assert.deepEqual(parseView(store.address.value), { ...emptyView(), on: [] });
});
