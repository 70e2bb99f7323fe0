// @ts-check
/** What an import found: each kind of problem with its count, what was done, areas, and places to look at. */
import { make } from "./element.js";
import { ask } from "./fetching.js";
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

/** What changed since the version before, with a way to see it on the map. @param {{layer: string, number: number}} version */
export function difference(version) {
  if (version.number < 2) return null;
  const layer = encodeURIComponent(version.layer);
  const before = version.number - 1;
  const box = make("p", { class: "difference", role: "status", text: said("import_comparing") });
  ask(`/api/layers/${layer}/compare?before=${before}&after=${version.number}`).then(
    (/** @type {any} */ told) => {
      const counts = { added: told.added.length, removed: told.removed.length, changed: told.changed.length, unchanged: told.unchanged };
      const look = make("a", { class: "button", href: `/#near=${layer}&on=${layer}&cmp=${layer}@${before}`, text: said("import_see_before") });
      box.replaceChildren(said("import_against", { before, ...counts }), " ", look);
    },
    (/** @type {unknown} */ error) => (box.textContent = error instanceof Error ? error.message : String(error)),
  );
  return box;
}

/** @param {{id: string, lon: number | null, lat: number | null}} example @param {(lon: number, lat: number) => void} zoom */
function place(example, zoom) {
  const { id, lon, lat } = example;
  const line = /^line (\d+)$/.exec(id)?.[1]; // of a row that is no feature
  if (lon === null || lat === null) return make("span", { class: "data", text: line ? said("import_line", { line }) : id });
  return make("button", { type: "button", class: "data", "aria-label": said("import_zoom", { id }), text: id, onclick: () => zoom(lon, lat) });
}
