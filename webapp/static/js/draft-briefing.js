// @ts-check
/** The briefing somebody is putting together: kept by this browser, filled from map, card and figure, made on its own page. */
import { signal } from "@preact/signals-core";
import { announce } from "./element.js";
import { said } from "./language.js";

const KEY = "planatlas-briefing";
const WORDS = "planatlas-briefing-words"; // its title and subtitle
const KINDS = ["view", "state", "statistic", "figure", "indicator", "feature", "site", "table", "text", "chapter"];
const MOST = 60;

/** @typedef {{kind: string, value: string, label: string, title?: string}} Item `title` is a person's own */

/** @param {string} key @returns {unknown[]} what this browser keeps there */
function list(key) {
  try {
    const found = JSON.parse(localStorage.getItem(key) ?? "[]");
    return Array.isArray(found) ? found : [];
  } catch {
    return []; // a browser that keeps nothing, or what is no draft
  }
}

/** @param {string} key @param {unknown[]} kept nothing is kept of an empty one */
function keep(key, kept) {
  try {
    if (kept.length) localStorage.setItem(key, JSON.stringify(kept));
    else localStorage.removeItem(key);
  } catch {
    // a browser that keeps nothing keeps this neither
  }
}

/** @returns {Item[]} */
export function draftItems() {
  const found = /** @type {Item[]} */ (list(KEY));
  return found.filter((one) => one && KINDS.includes(one.kind) && typeof one.value === "string" && typeof one.label === "string" && ["string", "undefined"].includes(typeof one.title)).slice(0, MOST);
}

/** @returns {string[]} title and subtitle as they were typed, nothing where none was */
export function draftWords() {
  return list(WORDS).filter((one) => typeof one === "string");
}

/** @param {string[]} words */
export function keepWords(words) {
  keep(WORDS, words);
}

/** How many items it holds. */
export const draftCount = signal(draftItems().length);

/** @param {Item[]} items */
export function keepItems(items) {
  draftCount.value = items.length;
  keep(KEY, items);
}

/** Tells when the draft changed elsewhere: in another window, or while this page was kept for going back to. @param {() => void} changed */
export function onDraftElsewhere(changed) {
  const look = () => ((draftCount.value = draftItems().length), changed());
  window.addEventListener("storage", (event) => (event.key === KEY || event.key === WORDS) && look());
  window.addEventListener("pageshow", (event) => event.persisted && look());
}

/** Adds an item, once; says how many there are. @param {Item} item @returns {string} what it says */
export function addToBriefing(item) {
  const items = draftItems();
  const there = items.some((one) => one.kind === item.kind && one.value === item.value);
  const full = items.length >= MOST;
  if (!there && !full) keepItems([...items, { ...item, label: item.label.slice(0, 120) }]);
  const words = said(there ? "briefing_there" : full ? "briefing_full" : "briefing_taken", { count: draftItems().length || items.length + 1 });
  announce(words);
  return words;
}
