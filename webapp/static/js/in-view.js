// @ts-check
/** What of a layer is in view, counted by what the legend tells apart: class, rule, or the rest. */
import { meets } from "./style.js";

/** @import { Layer } from "./api.js" */

export const REST = "rest";
export const UNKNOWN = "unknown";

/** The row of the legend a feature belongs to. @param {Layer} layer @param {Record<string, unknown>} known */
export function rowOf(layer, known) {
  if (layer.class_field && (layer.classes.length || layer.other_classes?.length)) {
    const code = known[layer.class_field];
    return layer.classes.some((one) => one.code === code) ? `class ${code}` : UNKNOWN;
  }
  const at = layer.rules.findIndex((one) => meets(one.when, known));
  return at >= 0 && layer.rules[at].label ? `rule ${at}` : REST;
}

/**
 * @param {Layer} layer
 * @param {Iterable<{properties: Record<string, unknown>}>} features those in view
 * @returns {Record<string, number>}
 */
export function counted(layer, features) {
  /** @type {Record<string, number>} */
  const found = {};
  for (const { properties } of features) {
    const row = rowOf(layer, properties);
    found[row] = (found[row] ?? 0) + 1;
  }
  return found;
}
