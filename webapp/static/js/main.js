// @ts-check
/** The map page: fetches catalog and words, opens the state the address says, and puts the parts together. */
import { effect } from "@preact/signals-core";
import { html } from "lit-html";
import { followAddress } from "./address.js";
import { analysisParts } from "./analysis.js";
import { chipsPart } from "./chips.js";
import { basemapPart, palettePart } from "./basemaps.js";
import { addCard } from "./card.js";
import { gotoPart, showPosition } from "./coordinates.js";
import { datePart } from "./date.js";
import { followTable } from "./dock.js";
import { announce, byId, make } from "./element.js";
import { ask } from "./fetching.js";
import { post } from "./jobs.js";
import { followKeys } from "./keys.js";
import { said, speak, statesDay } from "./language.js";
import { addJumps } from "./jumps.js";
import { legendPart } from "./legend.js";
import { useLooks } from "./looks.js";
import { measurePart } from "./measure.js";
import { mount } from "./mount.js";
import { noticesPart } from "./notices.js";
import { followCompared } from "./older.js";
import { Page } from "./page.js";
import { followPlaces, lookUp } from "./place.js";
import { searchPart } from "./search.js";
import { showSite, siteWords } from "./site-fold.js";
import { followSelection } from "./selection.js";
import { addTime } from "./time.js";
import { addTools, followDrops, followLanguage, sheetHandle } from "./shell.js";
import { treePart } from "./tree.js";
import { followTwin, twinParts } from "./twin.js";

/** @import { Config } from "./page.js" */

/** @type {Config} */
const config = JSON.parse(byId("page-config").textContent || "{}");

try {
  const [messages, catalog] = await Promise.all([ask(config.urls.messages), ask(config.urls.catalog)]);
  useLooks(config.looks);
  speak(config.lang, messages);
  await build(new Page(config, window.map_plan, catalog));
} catch (error) {
  byId("status").textContent = error instanceof Error ? error.message : String(error);
  byId("status").classList.add("shown", "failed");
  throw error;
}

/** @param {Page} page */
async function build(page) {
  const { map, store } = page;
  map.addControl(new L.Control.Zoom({ position: "topright" }));
  addJumps(page);
  map.addControl(new L.Control.Scale({ imperial: false, position: "bottomleft" }));
  map.addControl(new L.Control.Attribution({ prefix: false, position: "bottomright" }));
  page.open(window.location.hash);
  effect(() => {
    statesDay.value = store.when.value || page.catalog.value.plan.document_date;
  });
  page.followSize();
  page.checks.begin();
  const noted = () => page.noted();
  const firstMove = store.selected.peek() && store.view.peek().zoom === null; // the selection goes there first
  fillPanel(page);
  addTools(page);
  addCard(page);
  mount(byId("chips"), chipsPart(page));
  followTable(page);
  addTime(page);
  showPosition(page);
  followLanguage(page);
  page.layers.follow();
  followSelection(page);
  followCompared(page);
  followTwin(page);
  followPlaces(page);
  followDrops(page);
  if (!firstMove) noted();
  map.on("moveend", noted);
  followAddress(store, (hash) => page.open(hash));
  map.on("click", () => {
    if (!page.tool.peek()) page.close();
  });
  await page.layers.settled();
  page.layers.label(); // what lies on the map's edge is there by now
  document.documentElement.dataset.ready = "true";
}

/** The panel's parts in order. @param {Page} page */
function fillPanel(page) {
  const [search, notices, site, tree, legend, analysis, comparing, tools] = ["search", "notices", "site", "tree", "legend", "analysis", "comparing", "map-tools"].map((id) => make("div", id === "search" ? { class: id } : { id }));
  /** @param {string | (() => string)} key @param {HTMLElement} part @param {boolean} open */
  const fold = (key, part, open) => {
    const heading = make("h2");
    effect(() => {
      heading.textContent = said(typeof key === "string" ? key : key());
    });
    return make("details", { class: "fold", open }, make("summary", {}, heading), part);
  };
  search.append(make("div", { id: "search-box" }), notices);
  const handle = make("div", { class: "sheet-top" });
  const compare = twinParts(page);
  const compared = fold("twin_heading", comparing, false);
  compared.addEventListener("toggle", () => compare.look());
  effect(() => {
    if (page.store.twin.value) /** @type {HTMLDetailsElement} */ (compared).open = true;
  });
  mount(comparing, compare.part);
  byId("panel").append(handle, search, fold(() => siteWords(page), site, false), fold("analysis_panel", analysis, false), fold("layers_panel", tree, true), fold("legend_panel", legend, true), compared, fold("tools_panel", tools, false));
  mount(handle, sheetHandle(page));
  mount(byId("search-box"), searchPart(page));
  mount(notices, () => noticesPart(page));
  mount(tree, treePart(page));
  mount(legend, () => legendPart(page));
  const parts = analysisParts(page);
  mount(site, parts.site);
  mount(analysis, parts.question);
  effect(() => {
    if (page.store.site.value) showSite(page, false);
  });
  const [basemaps, goto, measure] = [basemapPart(page), gotoPart(page), measurePart(page)];
  const showKeys = followKeys(page, () => takeBack(page));
  const here = () => lookUp(page, page.map.getCenter());
  mount(tools, () => html`${basemaps()} ${palettePart(page)} ${datePart(page)} ${goto()} <p><button type="button" id="site-here" @click=${here}>${said("site_here")}</button> <button type="button" id="keys-open" @click=${showKeys}>${said("keys_heading")} (?)</button></p> ${measure()}`);
}

/** Takes the last edit made here back: the layer is again as it was before. @param {Page} page */
async function takeBack(page) {
  const back = page.undone;
  if (!back || !page.edits) return;
  page.undone = "";
  try {
    const made = await post(`/api/layers/${encodeURIComponent(back)}/undo`);
    await page.refresh();
    announce(said("edit_taken_back", { number: made.number }));
  } catch (error) {
    announce(error instanceof Error ? error.message : String(error));
  }
}
