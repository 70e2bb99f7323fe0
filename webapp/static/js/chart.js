// @ts-check
/** A figure's table as bars: the same values, for the eye. */
import { draw } from "./element.js";
import { number, said, text, unitName } from "./language.js";

/** Rows that repeat what others say. */
const SUMS = ["total", "of which land", "of which water"];
const ROW = 22;
const MOST = 14;
const LABEL = 120;
const WIDTH = 320;

/**
 * Picks what is drawn: the first column of numbers, by the last column of words; totals left out.
 * @param {any} figure
 * @returns {{label: string, value: number}[]}
 */
export function barRows(figure) {
  const amount = figure.columns.find((/** @type {any} */ c) => c.decimals !== null && figure.rows.some((/** @type {any} */ row) => typeof row[c.id] === "number"));
  const words = figure.columns.filter((/** @type {any} */ c) => c.decimals === null && c.id !== "class");
  if (!amount || !words.length || figure.value === null) return []; // without one value the rows do not compare
  const part = (/** @type {any} */ value) => (value && typeof value === "object" ? text(value) : String(value ?? ""));
  const isTotal = (/** @type {any} */ row) => words.some((/** @type {any} */ c) => SUMS.includes(row[c.id]?.en));
  return figure.rows
    .filter((/** @type {any} */ row) => typeof row[amount.id] === "number" && row[amount.id] > 0 && !isTotal(row))
    .map((/** @type {any} */ row) => ({ label: words.map((/** @type {any} */ c) => part(row[c.id])).filter(Boolean).join(" · "), value: row[amount.id] }))
    .sort((/** @type {any} */ a, /** @type {any} */ b) => b.value - a.value);
}

/** @param {any} figure @returns {SVGElement | string} */
export function bars(figure) {
  const all = barRows(figure);
  if (all.length < 2) return "";
  const rows = all.slice(0, MOST);
  const amount = figure.columns.find((/** @type {any} */ c) => c.decimals !== null);
  const most = rows[0].value;
  const height = rows.length * ROW + 4;
  const parts = rows.flatMap((row, i) => {
    const long = Math.max(1, (row.value / most) * (WIDTH - LABEL - 70));
    const short = row.label.length > 12 ? `${row.label.slice(0, 11)}…` : row.label;
    return [
      draw("text", { x: LABEL - 6, y: i * ROW + 15, "text-anchor": "end", "font-size": 11, text: short }),
      draw("rect", { x: LABEL, y: i * ROW + 4, width: long.toFixed(1), height: 14, fill: "#2f7fb5" }),
      draw("text", { x: LABEL + long + 5, y: i * ROW + 15, "font-size": 11, text: number(row.value, "", amount.decimals) }),
    ];
  });
  const cut = all.length > MOST ? ` ${said("chart_cut", { shown: MOST, count: all.length })}` : "";
  const label = `${text(figure.statistic.label)} (${unitName(amount.unit)}).${cut}`;
  return draw("svg", { class: "bars", role: "img", "aria-label": label, viewBox: `0 0 ${WIDTH} ${height}`, width: WIDTH, height }, ...parts);
}
