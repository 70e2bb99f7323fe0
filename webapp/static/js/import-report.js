// @ts-check
/** What an import found: each kind of problem with its count, what was done, areas, and places to look at. */
import { make } from "./element.js";
import { number, said, text } from "./language.js";

const HEAD = ["import_problem", "import_count", "import_outcome", "import_area", "import_places"];

/**
 * @param {any} report of the import
 * @param {(lon: number, lat: number) => void} zoom
 * @returns {(HTMLElement | null)[]}
 */
export function problems(report, zoom) {
  const notes = make("ul", {}, ...report.notes.map((/** @type {any} */ note) => make("li", { class: "data", text: text(note) })));
  if (!report.problems.length) return [make("p", { text: said("import_sound") }), notes];
  const head = HEAD.map((key) => make("th", { scope: "col", text: said(key) }));
  const rows = report.problems.map((/** @type {any} */ one) =>
    make(
      "tr",
      {},
      make("th", { scope: "row", class: "data", text: text(one) }),
      make("td", { class: "number", text: number(one.count, "", 0) }),
      make("td", { text: said(`import_${one.done.replace(" ", "_")}`) }),
      make("td", { class: "number", text: one.area_before_m2 || one.area_after_m2 ? `${number(one.area_before_m2, "m²", 2)} → ${number(one.area_after_m2, "m²", 2)}` : "–" }),
      make("td", {}, ...one.examples.flatMap((/** @type {any} */ example) => [place(example, zoom), " "])),
    ),
  );
  return [make("div", { class: "scroll" }, make("table", { class: "problems" }, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows))), notes];
}

/** @param {{id: string, lon: number | null, lat: number | null}} example @param {(lon: number, lat: number) => void} zoom */
function place(example, zoom) {
  const { id, lon, lat } = example;
  const line = /^line (\d+)$/.exec(id)?.[1]; // of a row that is no feature
  if (lon === null || lat === null) return make("span", { class: "data", text: line ? said("import_line", { line }) : id });
  return make("button", { type: "button", class: "data", "aria-label": said("import_zoom", { id }), text: id, onclick: () => zoom(lon, lat) });
}
