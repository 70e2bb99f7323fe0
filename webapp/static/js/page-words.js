// @ts-check
/** What the service says in words of the command line and of the API, in words of this page: `--crs` is a label here. */
import { language } from "./language.js";

/** @typedef {import("./language.js").Text} Text */
/** @typedef {{name: string, label: Text, flags: string[]}} Named */

/**
 * A sentence whose options are called as this page calls them.
 * @param {string} words @param {Named[]} options as declared @param {"zh" | "en"} tongue
 */
export function inPageWords(words, options, tongue) {
  let out = words;
  for (const one of options) {
    const label = `“${one.label[tongue]}”`;
    for (const flag of one.flags) out = out.replace(new RegExp(`(^|[^\\w-])${flag}(?![\\w-])`, "g"), (_all, before) => `${before}${label}`);
    out = out.replace(new RegExp(`([（(])${one.name}(?=[）)])`, "g"), (_all, before) => `${before}${label}`);
    out = out.replace(new RegExp(`\\b${one.name} 选项`, "g"), () => `${label}选项`).replace(new RegExp(`\\bthe option ${one.name}\\b`, "g"), () => `the option ${label}`);
  }
  return out;
}

/** An error's words, in this page's. @param {string} words @param {Named[]} options */
export function spokenHere(words, options) {
  return inPageWords(words, options, language());
}

/**
 * What a look or an import told, with its notes, questions and problems in words of this page.
 * @template T
 * @param {T} told @param {Named[]} options
 * @returns {T}
 */
export function toldHere(told, options) {
  const found = /** @type {T & {notes?: Text[], questions?: Text[], places?: {problem: Text | null}[]}} */ (told);
  /** @template {Text | null} B @param {B} one @returns {B} */
  const both = (one) => (one ? { ...one, zh: inPageWords(one.zh, options, "zh"), en: inPageWords(one.en, options, "en") } : one);
  const places = found.places?.map((one) => ({ ...one, problem: both(one.problem) }));
  return { ...found, notes: found.notes?.map(both), ...(found.questions ? { questions: found.questions.map(both) } : {}), ...(places ? { places } : {}) };
}
