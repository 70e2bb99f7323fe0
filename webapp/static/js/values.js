// @ts-check
/** How a feature's value reads: label, unit, coded words, the raw text where it says something else. */
import { language, number, said, text } from "./language.js";

/**
 * @typedef {{id: string, label: import("./language.js").Text, type: string, unit: string, decimals: number|null, popup: boolean, filter: boolean, values: Record<string, import("./language.js").Text>, names?: Record<string, import("./language.js").Text>, text: import("./language.js").Text|null, raw: string}} Field
 */

/** @param {Field} field @param {Record<string, unknown>} known @returns {unknown} */
export function rawValue(field, known) {
  return known[field.text ? field.text[language()] : field.id] ?? null;
}

/**
 * The shown value, or null when the plan does not say.
 * @param {Field} field @param {Record<string, unknown>} known @returns {string | null}
 */
export function shownValue(field, known) {
  const value = rawValue(field, known);
  if (value === null || value === "" || (Array.isArray(value) && !value.length)) return null;
  if (Array.isArray(value)) return value.map((one) => coded(field, one)).join(language() === "zh" ? "、" : ", ");
  if (typeof value === "number" && (field.type === "number" || field.type === "integer")) {
    return number(value, field.unit, field.type === "integer" ? 0 : field.decimals);
  }
  if (typeof value === "boolean" && !field.values[String(value)]) return said(value ? "yes" : "no");
  return coded(field, value);
}

/** @param {Field} field @param {unknown} value @returns {string} */
export function coded(field, value) {
  const words = [field.values, field.names ?? {}].find((known) => Object.hasOwn(known, String(value)))?.[String(value)];
  if (!words && field.type === "boolean") return said(String(value) === "true" ? "yes" : "no");
  return words ? text(words) : typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** The raw text when it adds something to the shown value. @param {Field} field @param {Record<string, unknown>} known @param {string | null} shown */
export function rawBeside(field, known, shown) {
  const raw = field.raw ? known[field.raw] : null;
  if (raw === null || raw === undefined || raw === "" || String(raw) === shown) return null;
  return String(raw);
}
