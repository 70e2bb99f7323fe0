// @ts-check
/** A land-use transition matrix: from-class by to-class; a cell opens its polygons. */
import { make } from "./element.js";
import { number, said, text } from "./language.js";

/** @import { Figure, Text } from "./api.js" */
/** @typedef {Figure["rows"][number]} Row */

/** @param {Row} row @param {"from" | "to"} side */
const keyOf = (row, side) => `${row[side]}|${text(/** @type {Text} */ (row[`${side}_name`]))}`;

/**
 * Lays the rows of a figure out as a matrix: the figure's own shown values, nothing added up here.
 * @param {Row[]} all
 */
export function laidOut(all) {
  const rows = all.filter((row) => row.kind !== "of_which"); // numbers beside the matrix
  const total = rows[rows.length - 1] ? keyOf(rows[rows.length - 1], "from") : "";
  const from = [...new Set(rows.map((row) => keyOf(row, "from")))];
  const to = [...new Set(rows.map((row) => keyOf(row, "to")))];
  const cells = new Map(rows.map((row) => [`${keyOf(row, "from")}>${keyOf(row, "to")}`, row]));
  const last = (/** @type {string[]} */ keys) => [...keys.filter((key) => key !== total), total];
  return { from: last(from), to: last(to), cell: (/** @type {string} */ a, /** @type {string} */ b) => cells.get(`${a}>${b}`), total };
}

/**
 * @param {Figure} figure
 * @param {(from: string, to: string) => void} onCell
 */
export function matrix(figure, onCell) {
  const laid = laidOut(figure.rows);
  const name = (/** @type {string} */ key) => key.split("|").filter(Boolean).join(" ");
  const head = make("tr", {}, make("th", { scope: "col", text: said("matrix_corner") }), ...laid.to.map((key) => make("th", { scope: "col", class: "data", text: name(key) })));
  const body = laid.from.map((from) => {
    const cells = laid.to.map((to) => {
      const row = laid.cell(from, to);
      if (!row) return make("td", { class: "number", text: "" });
      const shown = number(Number(row.ha), "", 2);
      if (from === laid.total || to === laid.total || !row.from || !row.to) return make("td", { class: "number", text: shown });
      const label = said("matrix_cell", { from: name(from), to: name(to), ha: shown, mu: number(Number(row.mu), "", 1) });
      const button = make("button", { type: "button", class: row.from === row.to ? "cell same" : "cell", "aria-label": label, title: label, text: shown, onclick: () => onCell(String(row.from), String(row.to)) });
      return make("td", { class: "number" }, button);
    });
    return make("tr", {}, make("th", { scope: "row", class: "data", text: name(from) }), ...cells);
  });
  return make("div", { class: "scroll" }, make("table", { class: "matrix" }, make("caption", { text: said("matrix_caption") }), make("thead", {}, head), make("tbody", {}, ...body)));
}
