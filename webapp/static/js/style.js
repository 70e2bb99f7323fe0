// @ts-check
/** From declared rules to how a feature looks; the legend uses the same functions, so both agree. */

/** @import { LandClass, Layer } from "./api.js" */

/**
 * @typedef {Partial<Layer["style"]>} Style
 * @typedef {Style & {when: {field: string, equals?: unknown, in_?: unknown[] | null, null?: boolean | null}}} Rule
 * @typedef {{id: string, geometry: string, style: Style, rules: Rule[], class_field: string, classes: Pick<LandClass, "code" | "color" | "accessible">[], illustrative: boolean}} Styled
 * @typedef {{color: string, weight: number, opacity: number, fill: boolean, fillColor: string, fillOpacity: number, dashArray?: string, radius?: number, className?: string}} Look
 */

export const POSITIONS = ["exact", "approximate", "locality", "schematic"];
const BAND = { width: 8, opacity: 0.35 }; // the edge of what is known by its locality only
const THIN = 0.8;
/** The class of a shape that fades at its edge: half of so many pixels inside its outline (css/map-controls.css). */
export const FEATHERED = "feathered";
const FADES = /** @type {Record<string, number>} */ ({ approximate: 0.9, locality: 0.75, schematic: 0.65 });

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
  const color = style.color ?? "#4a5a6a";
  return {
    color,
    weight: style.width ?? (geometry === "line" ? 3 : 1.5),
    opacity: (style.opacity ?? 1) * opacity,
    fill: geometry !== "line",
    fillColor: classFill ?? style.fill ?? color,
    fillOpacity: (style.fill_opacity ?? (geometry === "point" ? 0.9 : 0.3)) * opacity,
    dashArray: style.dash ?? undefined,
    radius: style.radius ?? 6,
  };
}

/** Makes an unsure position look unsure: by its edge, never by dashes. @param {Look} look @param {string} position @param {string} kind @returns {Look} */
export function marked(look, position, kind) {
  if (FADES[position] === undefined) return look;
  if (kind === "point") return { ...look, fillOpacity: look.fillOpacity * FADES[position] };
  if (kind === "polygon" && look.weight === 0 && position !== "schematic") return look; // declared without an edge
  if (position === "locality") return { ...look, weight: BAND.width, opacity: look.opacity * BAND.opacity };
  if (kind === "line") return look;
  if (position === "approximate") return { ...look, weight: THIN };
  return { ...look, weight: 0, className: FEATHERED };
}

/** What a geometry is: point, line or polygon. @param {{type: string} | null} geometry */
export function kindOf(geometry) {
  const type = geometry ? geometry.type : "";
  return type.endsWith("Point") ? "point" : type.endsWith("LineString") ? "line" : "polygon";
}
