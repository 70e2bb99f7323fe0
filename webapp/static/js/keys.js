// @ts-check
/** The keys of the map page: each with its words and what it does; single letters can be turned off. */
import { signal } from "@preact/signals-core";
import { html } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { Dialog, ticked } from "./dialog.js";
import { byId } from "./element.js";
import { said } from "./language.js";

/** @import { Page } from "./page.js" */

const KEPT = "keys-off"; // in the browser, where somebody turned them off
/** What F6 goes to, in order; what is not there is passed over. */
const REGIONS = ["#search", "#map_plan", "#card-title", "#time-range", "#table .table-scroll td[tabindex='0']", "#chart select"];

/** @param {Page} page @param {() => void} takeBack @returns {() => void} shows them all */
export function followKeys(page, takeBack) {
  const on = signal(isOn());
  const press = (/** @type {string} */ id) => () => byId(id).click();
  /** @type {Record<string, () => void>} */
  const keys = {
    "/": () => byId("search").focus(),
    f: press("add-condition"),
    t: press("table-toggle"),
    d: () => {
      byId("check-open").click();
      document.querySelector("#site .drawing button.main")?.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    },
    h: () => page.home(),
    "?": () => dialog.show(),
  };
  const row = (/** @type {string[]} */ names, /** @type {string} */ words) => html`<tr><th scope="row">${names.map((one, i) => html`${i ? " " : ""}<kbd>${one}</kbd>`)}</th><td>${said(words)}</td></tr>`;
  const keep = (/** @type {Event} */ event) => {
    ticked(on)(event);
    remember(on.peek());
  };
  const dialog = new Dialog("keys", "keys_heading", () => html`<table>
      ${row(["/"], "keys_search")} ${row(["F"], "condition_add")} ${row(["T"], "table_heading")} ${row(["D"], "draw_start")} ${row(["H"], "home")} ${row(["+", "−"], "keys_zoom")}
      ${row(["Space"], "keys_play")} ${row(["F6"], "keys_region")} ${row(["Enter"], "keys_open")} ${row(["Esc"], "keys_back")} ${row(["Ctrl", "Z"], "keys_undo")} ${row(["?"], "keys_heading")}
    </table>
    <label><input type="checkbox" .checked=${live(on.value)} @change=${keep} /> ${said("keys_letters")}</label>`);
  document.addEventListener("keydown", (event) => {
    if (event.key === "F6" && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      nextRegion(event.shiftKey ? -1 : 1);
      return;
    }
    if (event.defaultPrevented || (event.target instanceof Element && event.target.closest("input, textarea, select, dialog, [contenteditable]"))) return;
    if ((event.ctrlKey || event.metaKey) && event.key === "z" && page.undone) {
      event.preventDefault();
      takeBack();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && page.card.peek() && !event.defaultPrevented && !page.tool.peek()) page.close();
    const does = keys[event.key.toLowerCase()];
    if (!does || !(on.peek() || event.key === "?")) return;
    event.preventDefault();
    does();
  });
  return () => dialog.show();
}

/** Puts the focus into the next part of the page. @param {number} step */
function nextRegion(step) {
  const there = REGIONS.flatMap((one) => {
    const found = /** @type {HTMLElement | null} */ (document.querySelector(one));
    return found?.checkVisibility() ? [found] : [];
  });
  const home = (/** @type {Element | null} */ one) => one?.closest("#panel, #map-area .folium-map, #card, #time, #table, #chart") ?? null;
  const at = there.findIndex((one) => home(one) === home(document.activeElement));
  there[at < 0 ? 0 : (at + step + there.length) % there.length]?.focus();
}

function isOn() {
  try {
    return localStorage.getItem(KEPT) === null;
  } catch {
    return true; // a browser that keeps nothing
  }
}

/** @param {boolean} wanted */
function remember(wanted) {
  try {
    if (wanted) localStorage.removeItem(KEPT);
    else localStorage.setItem(KEPT, "1");
  } catch {
    // it holds until the page is left
  }
}
