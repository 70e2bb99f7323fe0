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

/** A text cut to a width in pixels, at 11 px: a Chinese character takes 11, a Latin one about 6. @param {string} label @param {number} room */
export function shortened(label, room) {
  let used = 0;
  for (const [i, one] of [...label].entries()) {
    used += one.charCodeAt(0) > 0x2e7f ? 11 : 6;
    if (used > room) return `${[...label].slice(0, Math.max(1, i - 1)).join("")}…`;
  }
  return label;
}

/** @param {any} figure @returns {SVGElement | string} */
export function bars(figure) {
  const all = barRows(figure);
  if (all.length < 2) return "";
  const rows = all.slice(0, MOST);
  const amount = figure.columns.find((/** @type {any} */ c) => c.decimals !== null);
  const beside = rows.every((row) => shortened(row.label, LABEL - 6) === row.label);
  const [left, step, bar_y] = beside ? [LABEL, ROW, 4] : [0, ROW + 13, 17]; // long names go above their bars
  const height = rows.length * step + 4;
  const parts = rows.flatMap((row, i) => {
    const long = Math.max(1, (row.value / rows[0].value) * (WIDTH - left - 70));
    const words = beside ? { x: left - 6, "text-anchor": "end" } : { x: 0 };
    return [
      draw("text", { ...words, y: i * step + (beside ? 15 : 12), "font-size": 11, text: shortened(row.label, beside ? LABEL : WIDTH) }),
      draw("rect", { x: left, y: i * step + bar_y, width: long.toFixed(1), height: 14, fill: "#2f7fb5" }),
      draw("text", { x: left + long + 5, y: i * step + bar_y + 11, "font-size": 11, text: number(row.value, "", amount.decimals) }),
    ];
  });
  const cut = all.length > MOST ? ` ${said("chart_cut", { shown: MOST, count: all.length })}` : "";
  const label = `${text(figure.statistic.label)} (${unitName(amount.unit)}).${cut}`;
  return draw("svg", { class: "bars", role: "img", "aria-label": label, viewBox: `0 0 ${WIDTH} ${height}`, width: WIDTH, height }, ...parts);
}
