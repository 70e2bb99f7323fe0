// A condition as the dialog holds it, and as the address writes it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { plainAmount } from "../../webapp/static/js/amounts.js";
import { readCondition, signsOf, writtenCondition } from "../../webapp/static/js/condition.js";
import { itemsOf, lenient } from "../../webapp/static/js/table-lines.js";
import { emptyView, formatView, parseView } from "../../webapp/static/js/state.js";
import { formatSort, formatTable, parseTable, sortedBy } from "../../webapp/static/js/table-state.js";

for (const where of ["cost>=100000", "cost?>=100000", "cost>=100000 CNY|USD", "cost=1..5 USD|CNY", "cost>5", "cost<5", "cost!=5", "start>2020-06", "start=2021", "start=2020-01..2020-06", "cost=..5", "@name~长电", "kind!=core", "kind=", "kind!=", "@in=zones/z-1", "@in?=zones", "@near(parks)<=500", "@near?(parks/p/1)>20", "面积（亩）>=5", "1%7E2层=3", "%3C5岁>=2", "达标%3F=是", "建筑%2Cm2=1..5"]) {
  test(`${where} comes back as it was`, () => {
    assert.equal(writtenCondition(readCondition(where), null), where);
  });
}

test("a number and a date are asked by every comparison, and a sign that came by a link stays", () => {
  for (const type of ["number", "integer", "date"]) assert.deepEqual([">", "<", ">=", "<=", "=", "!=", ".."].filter((sign) => !signsOf(type, "=").includes(sign)), []);
  for (const type of ["text", "list", "boolean", "code"]) for (const sign of ["~", "!=", ">"]) assert.ok(signsOf(type, sign).includes(sign), `${type} ${sign}`);
});

test("an amount is read as people write it, with its currency where amounts are told apart by it", () => {
  const read = { "10亿": "100000", "1000万": "1000", "1bn": "100000", "1,200": "1200", "¥10亿": "100000 CNY", "US$150m": "15000 USD", "1.5亿美元": "15000 USD", "5 EUR": "5 EUR", "10亿 CNY|USD": "100000 CNY|USD", 很多: null, "5 亩田": null };
  for (const [said, meant] of Object.entries(read)) assert.equal(plainAmount(said, "万", true), meant, said);
  assert.deepEqual(["¥10亿", "US$5", "40亩", "1|2"].map((one) => plainAmount(one, "万")), ["100000", null, "40", null]);
});

test("a drawn outline is written latitude first, and not at all when there is none", () => {
  const draft = readCondition("@outline=1,2;3,4;5,6");
  assert.equal(writtenCondition(draft, null), "");
  assert.equal(writtenCondition(draft, [[104, 30], [104.1, 30], [104.1, 30.1]]), "@outline=30.000000,104.000000;30.000000,104.100000;30.100000,104.100000");
});

test("what is not known is taken in by a question mark", () => {
  assert.deepEqual(["cost>=5", "@in=zones/a", "@near(parks)<=5", "@name~x", "a!=b"].map(lenient), ["cost?>=5", "@in?=zones/a", "@near?(parks)<=5", "@name?~x", "a?!=b"]);
});

test("a table survives the address", () => {
  const table = { layer: "projects", sort: "-cost,name", columns: ["@name", "cost"], group: "", chart: "kind", measure: "" };
  assert.equal(formatTable(table), "projects;-cost,name;@name,cost;;kind");
  assert.deepEqual(parseTable(formatTable(table)), table);
  assert.equal(formatTable(parseTable("")), "");
  const named = { layer: "地块", sort: formatSort([{ id: "-面积,m2", desc: true }, { id: "占比%", desc: false }]), columns: ["面积；亩", "a;b", "1,2"], group: "达标?", chart: "<5岁", measure: "占比%" };
  assert.deepEqual(parseTable(parseView(formatView({ ...emptyView(), table: formatTable(named) })).table), named);
  assert.deepEqual(sortedBy(named.sort), [{ id: "-面积,m2", desc: true }, { id: "占比%", desc: false }]);
});

test("rows stand under the heads of their groups, folded ones do not", () => {
  const groups = [{ value: "a", count: 2 }, { value: "b", count: 1 }];
  assert.deepEqual(itemsOf({ groups, matched: 3 }, ["a"]), [{ group: groups[0] }, { group: groups[1] }, { row: 2 }]);
  assert.deepEqual(itemsOf({ groups: [], matched: 2 }, []), [{ row: 0 }, { row: 1 }]);
});
