// @ts-check
/** The two languages: the interface's words, texts of the catalogue, numbers with their units. */

/** @typedef {{zh: string, en: string}} Text */

/** @type {Record<string, Text>} */
let table = {};
/** @type {"zh" | "en"} */
let chosen = "zh";

/** @param {"zh" | "en"} language @param {Record<string, Text>} messages */
export function speak(language, messages) {
  chosen = language;
  table = messages;
}

/** @returns {"zh" | "en"} */
export function language() {
  return chosen;
}

/** @param {string} key @param {Record<string, string | number>} [values] @returns {string} */
export function said(key, values = {}) {
  const text = table[key] ? table[key][chosen] : key;
  return Object.entries(values).reduce((t, [name, value]) => t.replaceAll(`{${name}}`, String(value)), text);
}

/** @param {Text | null | undefined} pair @returns {string} */
export function text(pair) {
  return pair ? pair[chosen] || pair[chosen === "zh" ? "en" : "zh"] || "" : "";
}

/** What a feature is called. @param {{title: Text}} layer @param {{id?: unknown, properties: Record<string, unknown>}} feature */
export function nameOf(layer, feature) {
  const known = feature.properties;
  return String(known[layer.title[chosen]] || known[layer.title[chosen === "zh" ? "en" : "zh"]] || feature.id);
}

/** @type {Record<string, Text>} */
const UNITS = {
  mu: { zh: "亩", en: "mu" },
  m2: { zh: "平方米", en: "m²" },
  ha: { zh: "公顷", en: "ha" },
  km2: { zh: "平方公里", en: "km²" },
  m: { zh: "米", en: "m" },
  km: { zh: "公里", en: "km" },
  count: { zh: "个", en: "" },
  "万": { zh: "万", en: "× 10,000" },
  "万元/亩": { zh: "万元/亩", en: "10,000 CNY/mu" },
  "km/km2": { zh: "公里/平方公里", en: "km/km²" },
  "/km2": { zh: "个/平方公里", en: "per km²" },
};
const DECIMALS = /** @type {Record<string, number>} */ ({ mu: 1, m2: 2, ha: 2, km2: 3, m: 0, km: 2 });

/**
 * A number as shown, with its unit.
 * @param {number} value
 * @param {string} [unit]
 * @param {number | null} [decimals]
 */
export function number(value, unit = "", decimals = null) {
  const most = decimals ?? DECIMALS[unit] ?? 2;
  const least = decimals ?? 0;
  const shown = value.toLocaleString(chosen === "zh" ? "zh-CN" : "en-GB", {
    minimumFractionDigits: least,
    maximumFractionDigits: most,
  });
  const name = unitName(unit);
  if (!name) return shown;
  return unit === "%" ? `${shown}%` : `${shown} ${name}`;
}

/** A unit as it is written; of one over another each side. @param {string} unit @returns {string} */
export function unitName(unit) {
  if (UNITS[unit]) return UNITS[unit][chosen];
  const [, top, bottom] = /^([^/]+)\/(.+)$/.exec(unit) ?? [];
  return top ? `${unitName(top)}/${unitName(bottom)}` : unit;
}
