// @ts-check
/** A figure's chart as the service says it: its rows, their order and their words; nothing is chosen here. */
import { draw } from "./element.js";
import { said } from "./language.js";

const ROW = 22;
const LABEL = 120;
const WIDTH = 320;
const FILLS = /** @type {Record<string, string>} */ ({ part: "#2f7fb5", total: "#2f7fb5", rest: "#8aa0b4", unknown: "#b9c0c7" });

/** A text cut to a width in pixels, at 11 px: a Chinese character takes 11, a Latin one about 6. @param {string} label @param {number} room */
export function shortened(label, room) {
  let used = 0;
  for (const [i, one] of [...label].entries()) {
    used += one.charCodeAt(0) > 0x2e7f ? 11 : 6;
    if (used > room) return `${[...label].slice(0, Math.max(1, i - 1)).join("")}…`;
  }
  return label;
}

/** @import { FigureShown } from "./api.js" */

/** @param {NonNullable<FigureShown["chart"]> | null} chart @returns {SVGElement | string} */
export function bars(chart) {
  if (!chart) return "";
  const rows = chart.bars;
  const most = Math.max(...rows.map((row) => row.value)) || 1;
  const beside = rows.every((row) => shortened(row.label, LABEL - 6) === row.label);
  const [left, step, bar_y] = beside ? [LABEL, ROW, 4] : [0, ROW + 13, 17]; // long names go above their bars
  const height = rows.length * step + 4;
  const parts = rows.flatMap((row, i) => {
    const long = Math.max(1, (row.value / most) * (WIDTH - left - 70));
    const words = beside ? { x: left - 6, "text-anchor": "end" } : { x: 0 };
    return [
      draw("text", { ...words, y: i * step + (beside ? 15 : 12), "font-size": 11, text: shortened(row.label, beside ? LABEL : WIDTH) }),
      draw("rect", { class: row.kind, x: left, y: i * step + bar_y, width: long.toFixed(1), height: 14, fill: FILLS[row.kind] ?? FILLS.part }),
      draw("text", { x: left + long + 5, y: i * step + bar_y + 11, "font-size": 11, text: row.text }),
    ];
  });
  const cut = chart.left ? ` ${said("chart_cut", { shown: rows.length, count: rows.length + chart.left })}` : "";
  return draw("svg", { class: "bars", role: "img", "aria-label": `${chart.name}.${cut}`, viewBox: `0 0 ${WIDTH} ${height}`, width: WIDTH, height }, ...parts);
}
