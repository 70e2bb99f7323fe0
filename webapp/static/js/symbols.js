// @ts-check
/** Small pictures of a style, for the legend and the layer tree: the same options the map draws with. */
import { draw } from "./element.js";

/**
 * @param {{color: string, weight: number, opacity: number, fill: boolean, fillColor: string, fillOpacity: number, dashArray?: string, radius?: number}} look
 * @param {string} geometry
 */
export function symbol(look, geometry) {
  const paint = {
    stroke: look.color,
    "stroke-width": Math.min(look.weight, 4),
    "stroke-opacity": look.opacity,
    "stroke-dasharray": look.dashArray ?? null,
    fill: look.fill ? look.fillColor : "none",
    "fill-opacity": look.fill ? look.fillOpacity : null,
  };
  const shape =
    geometry === "line"
      ? draw("path", { d: "M2 14C9 14 13 5 26 5", ...paint, fill: "none" })
      : geometry === "point"
        ? draw("circle", { cx: 14, cy: 9.5, r: Math.min(look.radius ?? 6, 7), ...paint })
        : draw("rect", { x: 2, y: 2.5, width: 24, height: 14, rx: 2, ...paint });
  return draw("svg", { class: "symbol", width: 28, height: 19, viewBox: "0 0 28 19", "aria-hidden": "true" }, shape);
}
