import assert from "node:assert/strict";
import { test } from "node:test";
import { inPageWords } from "../../webapp/static/js/page-words.js";

const options = [
  { name: "crs", label: { zh: "坐标系", en: "coordinate reference system" }, flags: ["--crs"] },
  { name: "swapped", label: { zh: "北坐标在前", en: "north stands first" }, flags: ["--swap-axes", "--swapped"] },
  { name: "encoding", label: { zh: "文字编码", en: "encoding of text" }, flags: ["--encoding"] },
  { name: "datum", label: { zh: "坐标基准", en: "datum" }, flags: ["--datum"] },
  { name: "datum_parameters", label: { zh: "基准转换参数", en: "datum parameters" }, flags: ["--datum-parameters"] },
];

for (const [given, tongue, read] of /** @type {[string, "zh" | "en", string][]} */ ([
  ["请用 --crs 指定", "zh", "请用 “坐标系” 指定"],
  ["Say it with --crs; or EPSG:4549 --swap-axes", "en", "Say it with “coordinate reference system”; or EPSG:4549 “north stands first”"],
  ["请说明编码（encoding）", "zh", "请说明编码（“文字编码”）"],
  ["请用 datum 选项说明", "zh", "请用 “坐标基准”选项说明"],
  ["Give it with --datum-parameters", "en", "Give it with “datum parameters”"],
  ["a file called x--crs and my--datum.csv", "en", "a file called x--crs and my--datum.csv"],
  ["column datum holds dates", "en", "column datum holds dates"],
])) {
  test(`“${given}” in words of the page`, () => assert.equal(inPageWords(given, options, tongue), read));
}
