// @ts-check
/** The briefing somebody is putting together: kept by this browser, filled from map, card and figure, made on its own page. */
import { signal } from "@preact/signals-core";
import { announce } from "./element.js";
import { said } from "./language.js";

const KEY = "planatlas-briefing";
const KINDS = ["view", "state", "statistic", "figure", "indicator", "feature", "table", "text"];
const MOST = 60;

/** @typedef {{kind: string, value: string, label: string, title?: string}} Item `title` is a person's own */

/** @returns {Item[]} */
export function draftItems() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    if (!Array.isArray(found)) return [];
    return found.filter((one) => one && KINDS.includes(one.kind) && typeof one.value === "string" && typeof one.label === "string" && ["string", "undefined"].includes(typeof one.title)).slice(0, MOST);
  } catch {
    return []; // a browser that keeps nothing, or what is no draft
  }
}

/** How many items it holds. */
export const draftCount = signal(draftItems().length);

/** @param {Item[]} items */
export function keepItems(items) {
  draftCount.value = items.length;
  try {
    if (items.length) localStorage.setItem(KEY, JSON.stringify(items));
    else localStorage.removeItem(KEY);
  } catch {
    // a browser that keeps nothing keeps this neither
  }
}

/** Adds an item, once; says how many there are. @param {Item} item */
export function addToBriefing(item) {
  const items = draftItems();
  if (items.length < MOST && !items.some((one) => one.kind === item.kind && one.value === item.value)) keepItems([...items, { ...item, label: item.label.slice(0, 120) }]);
  announce(said("briefing_taken", { count: draftCount.value }));
}
