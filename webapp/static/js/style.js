// @ts-check
/** From declared rules to how a feature looks; the legend uses the same functions, so both agree. */

import { looks } from "./looks.js";

/** @import { LandClass, Layer } from "./api.js" */

/**
 * @typedef {Partial<Layer["style"]>} Style
 * @typedef {Style & {when: {field: string, equals?: unknown, in_?: unknown[] | null, null?: boolean | null}}} Rule
 * @typedef {{id: string, geometry: string, style: Style, rules: Rule[], class_field: string, classes: Pick<LandClass, "code" | "color" | "accessible">[], illustrative: boolean}} Styled
 * @typedef {{color: string, weight: number, opacity: number, fill: boolean, fillColor: string, fillOpacity: number, dashArray?: string, radius?: number, className?: string}} Look
 */

/** The class of a shape that fades at its edge: half of so many pixels inside its outline (css/map-controls.css). */
export const FEATHERED = "feathered";

/** @param {Rule["when"]} when @param {Record<string, unknown>} known */
export function meets(when, known) {
  const value = known[when.field] ?? null;
  if (when.null !== null && when.null !== undefined) return (value === null) === when.null;
  if (when.in_) return when.in_.includes(value);
  return value !== null && value === when.equals;
}

/** The declared style of a feature: the default, overridden by the first rule that fits. @param {Styled} layer @param {Record<string, unknown>} known @returns {Style} */
export function declaredStyle(layer, known) {
  const rule = layer.rules.find((one) => meets(one.when, known));
  return rule ? overridden(layer.style, rule) : layer.style;
}

/** @param {Style} base @param {Style} rule @returns {Style} */
export function overridden(base, rule) {
  const said = Object.entries(rule).filter(([key, value]) => key !== "when" && value !== null && value !== undefined);
  return { ...base, ...Object.fromEntries(said) };
}

/** The colour of a land-use class. @param {Styled} layer @param {unknown} code @param {string} palette */
export function classColor(layer, code, palette) {
  const found = layer.classes.find((one) => one.code === code);
  return found ? (palette === "accessible" ? found.accessible : found.color) : null;
}

/**
 * Leaflet path options of a feature.
 * @param {Styled} layer
 * @param {Record<string, unknown>} known the feature's properties
 * @param {{palette: string, opacity: number}} view
 * @param {string} [kind] point, line or polygon: what this feature is, in a layer of mixed kinds
 */
export function pathOptions(layer, known, view, kind = layer.geometry) {
  const classFill = layer.class_field ? classColor(layer, known[layer.class_field], view.palette) : null;
  const look = drawn(declaredStyle(layer, known), kind, view.opacity, classFill);
  return layer.illustrative ? look : marked(look, String(known.position ?? ""), kind);
}

/** @param {Style} style @param {string} geometry @param {number} opacity @param {string | null} [classFill] @returns {Look} */
export function drawn(style, geometry, opacity, classFill = null) {
  const color = style.color ?? looks().color;
  const usual = looks().usual[geometry] ?? looks().usual.polygon; // of mixed kinds
  return {
    color,
    weight: style.width ?? usual.width,
    opacity: (style.opacity ?? 1) * opacity,
    fill: geometry !== "line",
    fillColor: classFill ?? style.fill ?? color,
    fillOpacity: (style.fill_opacity ?? usual.fill_opacity) * opacity,
    dashArray: style.dash ?? undefined,
    radius: style.radius ?? looks().radius,
  };
}

/** Makes an unsure position look unsure: by its edge, never by dashes. @param {Look} look @param {string} position @param {string} kind @returns {Look} */
export function marked(look, position, kind) {
  const unsure = looks().unsure[position]?.[kind];
  if (!unsure || (kind === "polygon" && look.weight === 0 && !unsure.feather)) return look; // sure enough, or declared without an edge
  const edge = { ...look, weight: unsure.width ?? look.weight, opacity: look.opacity * unsure.opacity, fillOpacity: look.fillOpacity * unsure.fill_opacity };
  return unsure.feather ? { ...edge, className: FEATHERED } : edge;
}

/** What a geometry is: point, line or polygon. @param {{type: string} | null} geometry */
export function kindOf(geometry) {
  const type = geometry ? geometry.type : "";
  return type.endsWith("Point") ? "point" : type.endsWith("LineString") ? "line" : "polygon";
}
