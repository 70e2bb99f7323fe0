// @ts-check
/** The search box: a combobox over all layers; what has no place yet is found as well. */
import { batch, signal } from "@preact/signals-core";
import { html, nothing } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { announce } from "./element.js";
import { Refused, ask } from "./fetching.js";
import { said, text } from "./language.js";
import { find } from "./selection.js";

/** @import { Hit, SearchResult } from "./api.js" */
/** @import { Page } from "./page.js" */

const PAUSE = 180; // ms after the last key
const MOST = 20;

/** @param {Page} page @returns {() => unknown} */
export function searchPart(page) {
  const words = signal("");
  /** @type {import("@preact/signals-core").Signal<Hit[]>} */
  const hits = signal([]);
  const problem = signal("");
  const open = signal(false);
  const active = signal(-1);
  let timer = 0;
  let asked = new AbortController();

  const close = () => {
    open.value = false;
  };
  const choose = (/** @type {number} */ index) => {
    const hit = hits.peek()[index];
    if (!hit) return;
    close();
    find(page, hit.layer, hit.id);
  };
  const move = (/** @type {number} */ index) => {
    const count = hits.peek().length;
    if (!count) return;
    active.value = (index + count) % count;
    document.getElementById(`hit-${active.value}`)?.scrollIntoView({ block: "nearest" });
  };
  const look = async () => {
    const wanted = words.peek().trim();
    asked.abort();
    if (!wanted) return close();
    asked = new AbortController();
    try {
      /** @type {SearchResult} */
      const answer = await ask(`${page.config.urls.search}?limit=${MOST}&q=${encodeURIComponent(wanted)}`, { signal: asked.signal });
      batch(() => {
        hits.value = answer.results;
        active.value = -1;
        problem.value = "";
        open.value = true;
      });
      announce(said("search_count", { count: answer.total }));
    } catch (error) {
      if (!(error instanceof Refused)) return; // another search began
      batch(() => {
        hits.value = [];
        problem.value = error.message;
        open.value = true;
      });
    }
  };
  const type = (/** @type {Event} */ event) => {
    words.value = /** @type {HTMLInputElement} */ (event.target).value;
    window.clearTimeout(timer);
    timer = window.setTimeout(look, PAUSE);
  };
  const key = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "ArrowDown") move(active.peek() + 1);
    else if (event.key === "ArrowUp") move(active.peek() - 1);
    else if (event.key === "Enter") choose(Math.max(0, active.peek()));
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  };
  /** @param {Hit} hit @param {number} i */
  const row = (hit, i) => html`<li id="hit-${i}" role="option" aria-selected=${String(i === active.value)} @mousedown=${(/** @type {Event} */ e) => e.preventDefault()} @click=${() => choose(i)}>
    <span class="data">${text(hit.name)}</span>
    <small>${text(hit.layer_label)}${hit.placed ? nothing : ` · ${said("position_unplaced")}`}</small>
  </li>`;

  return () => html`<label for="search" class="visually-hidden">${said("search")}</label>
    <input id="search" type="search" role="combobox" autocomplete="off" maxlength="100" aria-controls="search-results" aria-autocomplete="list"
      aria-expanded=${String(open.value)} aria-activedescendant=${open.value && active.value >= 0 ? `hit-${active.value}` : nothing} placeholder=${said("search_hint")}
      .value=${live(words.value)} @input=${type} @keydown=${key} @blur=${() => window.setTimeout(close, 150)} @focus=${() => words.peek().trim() && hits.peek().length && look()} />
    <ul id="search-results" role="listbox" aria-label=${said("search_results")} ?hidden=${!open.value}>
      ${hits.value.length ? hits.value.map(row) : html`<li class="empty">${problem.value || said("search_none")}</li>`}
    </ul>`;
}
