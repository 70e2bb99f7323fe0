// What the address says of the view, and back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyView, formatView, parseView } from "../../webapp/static/js/state.js";

test("a view survives the address", () => {
  const view = { ...emptyView(), zoom: 14, center: [31.9, 120.3], on: ["a", "b"], base: "own", palette: "accessible", selected: "zones/z-1", filters: { a: ["kind=x", "n>=2"], b: ["名=值&#"] } };
  assert.deepEqual(parseView(formatView(view)), view);
});

test("an empty address is the catalogue's own view", () => {
  assert.deepEqual(parseView(""), emptyView());
});

for (const hash of ["#z=abc&c=1,2,3", "#c=999,999", "#z=-5", "#%%%", "#f=:x&f=noname", "#pal=evil", "#sel=<img src=x onerror=alert(1)>"]) {
  test(`nonsense does no harm: ${hash}`, () => {
    const view = parseView(hash);
    assert.equal(view.zoom, null);
    assert.equal(view.center, null);
    assert.equal(view.palette, "official");
    assert.deepEqual(view.filters, {});
  });
}
