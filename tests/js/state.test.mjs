// What the address says of the view, and back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyView, formatView, parseView, readTwin } from "../../webapp/static/js/state.js";

test("a view survives the address", () => {
  const view = { ...emptyView(), zoom: 14, center: [31.9, 120.3], on: ["a", "b"], base: "own", palette: "accessible", selected: "zones/z-1", filters: { a: ["kind=x", "n>=2"], b: ["名=值&#"] } };
  assert.deepEqual(parseView(formatView(view)), view);
});

test("an empty address is the catalog's own view", () => {
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

test("what is drawn, asked, faded and compared survives the address", () => {
  const question = { function: "share", unit: "%", inputs: { part: { layer: "parks", classes: ["14"] }, whole: { layer: "@drawn" } } };
  const view = { ...emptyView(), opacity: { zones: 0.4 }, date: "2026-11-24", compared: "zones@3", site: [[104.05, 30.05], [104.09, 30.05], [104.09, 30.09]], question, figure: "0123456789abcdef" };
  assert.deepEqual(parseView(formatView(view)), view);
});

for (const hash of ["#op=zones:9&op=zones:x&op=zones:0", "#cmp=zones&cmp=@3", "#at=2026-02-30", "#at=x&at=2026-1-1", "#site=1,2;3,4", "#site=1,2;3,4;999,0", `#site=${Array(501).fill("1,2").join(";")}`, "#ask={", "#ask=[]", '#ask={"function":3}', "#fig=../../x", "#fig=0123"]) {
  test(`what cannot be drawn or asked is left out: ${hash.slice(0, 30)}`, () => assert.deepEqual(parseView(hash), emptyView()));
}

test("a comparison names a day, a state of the data, one or two versions or a view", () => {
  const told = (text) => {
    const found = readTwin(text);
    return found && [found.kind, found.layer || found.what, found.number, found.newer];
  };
  assert.deepEqual(told("t:2023-06-30"), ["t", "2023-06-30", 0, 0]);
  assert.deepEqual(told("v:parks@1"), ["v", "parks", 1, 0]);
  assert.deepEqual(told("v:parks@1~3"), ["v", "parks", 1, 3]);
  assert.deepEqual(told("v:parks@3~1"), ["v", "parks", 3, 0], "the older first");
  assert.deepEqual(told("view:green"), ["view", "green", 0, 0]);
  for (const wrong of ["", "v:parks", "v:parks@0", "v:parks@1~x", "t:2023-13-30", "view:"]) assert.equal(told(wrong), null, wrong);
});
