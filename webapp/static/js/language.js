// @ts-check
/** The two languages: the interface's words, texts of the catalog, numbers with their units. */

import { signal } from "@preact/signals-core";

/** @typedef {{zh: string, en: string}} Text */

/** @type {Record<string, Text>} */
let table = {};
/** The language the page is read in; what is drawn from it follows. @type {import("@preact/signals-core").Signal<"zh" | "en">} */
export const spoken = signal("zh");

/** @param {"zh" | "en"} language @param {Record<string, Text>} messages */
export function speak(language, messages) {
  spoken.value = language;
  table = messages;
}

/** @returns {"zh" | "en"} */
export function language() {
  return spoken.value;
}

/** @returns {"zh" | "en"} the language not read in */
export function other() {
  return spoken.value === "zh" ? "en" : "zh";
}

/** The day of the plan's time whose states are told. @type {import("@preact/signals-core").Signal<string>} */
export const statesDay = signal("");

/** What a field is called; states say of which day they are. @param {{label: Text, schedule?: object | null}} field */
export function labelOf(field) {
  return field.schedule && statesDay.value ? said("state_of_day", { label: bare(text(field.label)), day: statesDay.value }) : text(field.label);
}

/** A label without what stands in brackets at its end. @param {string} label */
function bare(label) {
  return label.replace(/\s*[（(][^（()）]*[)）]$/, "");
}

/** @param {string} key @param {Record<string, string | number>} [values] @returns {string} */
export function said(key, values = {}) {
  const text = table[key] ? table[key][spoken.value] : key;
  return Object.entries(values).reduce((t, [name, value]) => t.replaceAll(`{${name}}`, String(value)), text);
}

/** @param {Text | null | undefined} pair @returns {string} */
export function text(pair) {
  return pair ? pair[spoken.value] || pair[other()] || "" : "";
}

/** What a feature is called. @param {{title: Text}} layer @param {{id?: unknown, properties: Record<string, unknown>}} feature */
export function nameOf(layer, feature) {
  return ownName(layer, feature) || String(feature.id);
}

/** A feature's name in this language or the other; empty where it has none. @param {{title: Text}} layer @param {{properties: Record<string, unknown>}} feature */
export function ownName(layer, feature) {
  const known = feature.properties;
  return String(known[layer.title[spoken.value]] || known[layer.title[other()]] || "");
}

/** What a feature is called on the map. @param {{title: Text, short?: Text | null}} layer @param {{id?: unknown, properties: Record<string, unknown>}} feature */
export function shortName(layer, feature) {
  return String((layer.short && feature.properties[layer.short[spoken.value]]) || nameOf(layer, feature));
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
  person: { zh: "人", en: "people" },
  "m2/person": { zh: "平方米/人", en: "m² a head" },
  "m/person": { zh: "米/人", en: "m a head" },
  "/person": { zh: "个/人", en: "a head" },
  pp: { zh: "个百分点", en: "percentage points" },
  "万": { zh: "万", en: "× 10,000" },
  "万元/亩": { zh: "万元/亩", en: "× 10,000 CNY/mu" },
  "km/km2": { zh: "公里/平方公里", en: "km/km²" },
  "/km2": { zh: "个/平方公里", en: "per km²" },
  "亿": { zh: "亿", en: "× 100 million" },
  "元": { zh: "元", en: "CNY" },
  "万元": { zh: "万元", en: "× 10,000 CNY" },
  "亿元": { zh: "亿元", en: "× 100 million CNY" },
  "万人": { zh: "万人", en: "× 10,000 people" },
  "户": { zh: "户", en: "households" },
  "套": { zh: "套", en: "dwellings" },
  "吨": { zh: "吨", en: "t" },
  "千克": { zh: "千克", en: "kg" },
  "万吨": { zh: "万吨", en: "× 10,000 t" },
  "栋": { zh: "栋", en: "buildings" },
  "辆": { zh: "辆", en: "vehicles" },
  "公顷": { zh: "公顷", en: "ha" },
  "平方米": { zh: "平方米", en: "m²" },
  "万平方米": { zh: "万平方米", en: "× 10,000 m²" },
  "平方公里": { zh: "平方公里", en: "km²" },
  "亩": { zh: "亩", en: "mu" },
  "人": { zh: "人", en: "people" },
  "米": { zh: "米", en: "m" },
  "公里": { zh: "公里", en: "km" },
  "立方米": { zh: "立方米", en: "m³" },
  "层": { zh: "层", en: "storeys" },
  acre: { zh: "英亩", en: "acres" },
  ft2: { zh: "平方英尺", en: "ft²" },
  ft: { zh: "英尺", en: "ft" },
  mile: { zh: "英里", en: "miles" },
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
  const shown = written(value, least, most);
  const name = unitName(unit);
  if (!name) return shown;
  return unit === "%" ? `${shown}%` : `${shown} ${name}`;
}

/** Writers of numbers by language and digits: making one takes as long as a thousand numbers. @type {Map<string, Intl.NumberFormat>} */
const WRITERS = new Map();

/** A number with its decimals, and never as 0 when it is not; as layers read it (`number_text`). @param {number} value @param {number} least @param {number} most */
function written(value, least, most) {
  const away = value !== 0 && Number(Math.abs(value).toFixed(most)) === 0;
  if (away && Math.abs(value) < 1e-9) return value.toExponential(1);
  const digits = away ? { minimumSignificantDigits: 2, maximumSignificantDigits: 2 } : { minimumFractionDigits: least, maximumFractionDigits: most };
  const tongue = spoken.value === "zh" ? "zh-CN" : "en-GB";
  const key = `${tongue} ${away} ${least} ${most}`;
  const writer = WRITERS.get(key) ?? new Intl.NumberFormat(tongue, digits);
  WRITERS.set(key, writer);
  return writer.format(value === 0 ? 0 : value);
}

/** A unit as it is written; of one over another each side. @param {string} unit @returns {string} */
export function unitName(unit) {
  if (UNITS[unit]) return UNITS[unit][spoken.value];
  const [, top, bottom] = /^([^/]+)\/(.+)$/.exec(unit) ?? [];
  return top ? `${unitName(top)}/${unitName(bottom)}` : unit;
}

/** What a currency is called after a number in Chinese, and before one in English. @type {Record<string, [string, string]>} */
const CURRENCIES = { CNY: ["元", "¥"], USD: ["美元", "US$"], EUR: ["欧元", "€"], HKD: ["港元", "HK$"], JPY: ["日元", "JP¥"], GBP: ["英镑", "£"] };

/** A label without what stands in brackets at its end. @param {{label: Text}} field */
export function plainLabel(field) {
  return bare(labelOf(field));
}

/** An amount with its unit; money that is kept in ten thousands in 亿 or bn, never of two currencies. @param {number} value @param {string} unit @param {string | null | undefined} currency */
export function amountText(value, unit, currency) {
  if (!currency || unit !== "万") return `${number(value, unit)} ${currency ?? ""}`.trim();
  const [after, before] = CURRENCIES[currency] ?? [currency, `${currency} `];
  if (spoken.value === "zh") return Math.abs(value) >= 1e4 ? `${number(value / 1e4, "", 2)} 亿${after}` : `${number(value, "", 0)} 万${after}`;
  return Math.abs(value) >= 1e5 ? `${before}${number(value / 1e5, "", 2)} bn` : `${before}${number(value / 100, "", 1)} m`;
}
