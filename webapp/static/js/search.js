// @ts-check
/** The search box: a combobox over all layers, grouped, each with why it was found; coordinates are found as well. */
import { batch, computed, signal } from "@preact/signals-core";
import { html, nothing } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { readDegrees } from "./coordinates.js";
import { announce, announceQuietly, byId } from "./element.js";
import { Refused, ask } from "./fetching.js";
import { setCondition } from "./filtering.js";
import { said, text } from "./language.js";
import { lookUp } from "./place.js";
import { find, goTo } from "./selection.js";
import { formatTable, parseTable } from "./table-state.js";

/** @import { Hit, SearchResult } from "./api.js" */
/** @import { Page } from "./page.js" */
/** @typedef {SearchResult["places"][number]} Written */
/** @typedef {{label: string, go: () => void, row: unknown}} Choice */

const PAUSE = 180; // ms after the last key
const MOST = 20;
const SAYS_WHY = new Set(["pinyin", "initials", "near", "slip", "number"]);
/** @type {SearchResult} */
const NOTHING = { query: "", total: 0, results: [], places: [], conditions: [] };

/** The hits of one layer together, layers in the order of their best hit. @param {Hit[]} hits */
function grouped(hits) {
  const layers = [...new Set(hits.map((one) => one.layer))];
  return layers.flatMap((layer) => hits.filter((one) => one.layer === layer));
}

/** @param {Page} page @param {Hit} hit @returns {Choice} */
function hitChoice(page, hit) {
  const held = hit.field ? `${text(hit.field)} ${text(hit.told)}` : hit.text; // in the page's language, whichever answered
  const name = text(hit.name);
  const how = SAYS_WHY.has(hit.match) ? said(`search_${hit.match}`) : "";
  const why = [how, held === name ? "" : held, hit.placed ? "" : said("position_unplaced")].filter(Boolean).join(" · ");
  return { label: text(hit.layer_label), go: () => find(page, hit.layer, hit.id), row: html`<span class="data">${name}</span>${why ? html`<small class="data">${why}</small>` : nothing}` };
}

/** @param {Page} page @param {Written} written @returns {Choice} */
function writtenChoice(page, written) {
  const go = () => {
    page.map.setView([written.lat, written.lon], Math.max(page.map.getZoom(), 15));
    lookUp(page, L.latLng(written.lat, written.lon));
  };
  return { label: said("search_place"), go, row: html`<span class="data">${readDegrees(written.lat, written.lon)}</span><small>${said("search_place_in", { crs: written.crs })}</small>` };
}

/** What the words ask of a layer, as conditions in place of those that stand, or beside them; then the table of what meets them. @param {Page} page @param {SearchResult["conditions"][number]} asked @returns {Choice[]} */
function conditionChoices(page, asked) {
  const standing = (page.store.filters.peek()[asked.layer] ?? []).filter((one) => !asked.where.includes(one)).length;
  const words = text(asked.words);
  const choice = (/** @type {boolean} */ added, /** @type {string} */ how) => ({
    label: said("search_condition"),
    go: () => askFor(page, asked, added, how),
    row: html`<span class="data">${added ? "+ " : ""}${words}</span><small class="data">${[text(asked.layer_label), how, asked.when ? said("search_day", { day: asked.when }) : ""].filter(Boolean).join(" · ")}</small>`,
  });
  if (!standing) return [choice(false, "")];
  return [choice(false, said("search_instead", { count: standing })), choice(true, said("search_beside", { count: standing }))];
}

/** Sets the conditions, says what that did, and takes it back if asked to. @param {Page} page @param {SearchResult["conditions"][number]} asked @param {boolean} added @param {string} how */
function askFor(page, asked, added, how) {
  const { store } = page;
  const { filters, table, when, on } = store.view.peek();
  if (!added) store.filter(asked.layer, []);
  for (const where of asked.where) setCondition(page, asked.layer, where);
  const open = parseTable(store.table.peek());
  byId("search").blur(); // a small screen gives its room to the table
  const place = asked.where.flatMap((one) => /^@in=([^/]+)\/(.+)$/.exec(one)?.slice(1) ?? []);
  if (place.length) goTo(page, place[0], place[1]);
  store.change({ table: formatTable({ ...(open.layer === asked.layer ? open : parseTable("")), layer: asked.layer }), ...(asked.when ? { when: asked.when } : {}) }); // the map shows the states of the time that was asked for
  const did = [said("search_did", { layer: text(asked.layer_label), condition: text(asked.words) }), how, asked.when ? said("search_day", { day: asked.when }) : ""];
  announce(did.filter(Boolean).join(" · "), { words: said("take_back"), act: () => store.change({ filters, table, when, on }) });
}

/** @param {Page} page @returns {() => unknown} */
export function searchPart(page) {
  const words = signal("");
  /** @type {import("@preact/signals-core").Signal<SearchResult>} */
  const found = signal(NOTHING);
  const choices = computed(() => [...found.value.conditions.flatMap((one) => conditionChoices(page, one)), ...found.value.places.map((one) => writtenChoice(page, one)), ...grouped(found.value.results).map((one) => hitChoice(page, one))]);
  const problem = signal("");
  const open = signal(false);
  const active = signal(-1);
  let timer = 0;
  let answered = ""; // the words that what is listed was found by
  let asked = new AbortController();

  const close = () => {
    open.value = false;
  };
  const choose = (/** @type {number} */ index) => {
    const chosen = choices.peek()[index];
    if (!chosen) return;
    close();
    chosen.go();
  };
  const move = (/** @type {number} */ index) => {
    const count = choices.peek().length;
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
        found.value = answer;
        answered = wanted;
        active.value = -1;
        problem.value = "";
        open.value = true;
      });
      announceQuietly(said("search_count", { count: answer.total + answer.places.length + answer.conditions.length }));
    } catch (error) {
      if (!(error instanceof Refused)) return; // another search began
      batch(() => {
        found.value = NOTHING;
        answered = wanted;
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
  /** Goes to what was chosen, else to the first; who is faster than the answer is taken there when it comes. */
  const enter = async () => {
    window.clearTimeout(timer);
    if (words.peek().trim() !== answered) await look();
    if (words.peek().trim() === answered) choose(Math.max(0, active.peek()));
  };
  const key = (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing) return; // the keys are the input method's
    if (event.key === "ArrowDown") move(active.peek() + 1);
    else if (event.key === "ArrowUp") move(active.peek() - 1);
    else if (event.key === "Enter") enter();
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  };
  /** @param {Choice} choice @param {number} i @param {Choice[]} all */
  const row = (choice, i, all) => html`${i && all[i - 1].label === choice.label ? nothing : html`<li role="presentation" class="group">${choice.label}</li>`}
    <li id="hit-${i}" role="option" aria-selected=${String(i === active.value)} @mousedown=${(/** @type {Event} */ e) => e.preventDefault()} @click=${() => choose(i)}>${choice.row}</li>`;
  const more = () => found.value.total - found.value.results.length;

  return () => html`<label for="search" class="visually-hidden">${said("search")}</label>
    <input id="search" type="search" role="combobox" autocomplete="off" maxlength="100" aria-controls="search-results" aria-autocomplete="list"
      aria-expanded=${String(open.value)} aria-activedescendant=${open.value && active.value >= 0 ? `hit-${active.value}` : nothing} placeholder=${said("search_hint")}
      .value=${live(words.value)} @input=${type} @keydown=${key} @blur=${() => window.setTimeout(close, 150)} @focus=${() => words.peek().trim() && choices.peek().length && look()} />
    <ul id="search-results" role="listbox" aria-label=${said("search_results")} ?hidden=${!open.value}>
      ${choices.value.length ? choices.value.map(row) : html`<li class="empty">${problem.value || said("search_none")}</li>`}
      ${more() > 0 ? html`<li role="presentation" class="empty">${said("search_more", { count: more() })}</li>` : nothing}
    </ul>`;
}
