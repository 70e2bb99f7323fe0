// @ts-check
/** The page around the map in the language it is read in: title, heading, labels, the buttons of the map. */
import { effect } from "@preact/signals-core";
import { html, nothing } from "lit-html";
import { copyAddress } from "./copying.js";
import { announce, byId } from "./element.js";
import { embedDialog } from "./embed.js";
import { other, said, spoken, text } from "./language.js";
import { mount } from "./mount.js";
import { pictureDialog } from "./picture.js";
import { viewsDialog } from "./views.js";

/** @import { Page } from "./page.js" */

/** The controls that folium and Leaflet put on the map, and the key of their words. */
const CONTROLS = { ".leaflet-control-zoom-in": "zoom_in", ".leaflet-control-zoom-out": "zoom_out", ".leaflet-control-zoom-fullscreen": "fullscreen_on", ".leaflet-control-minimap-toggle-display": "overview_hide" };

/** Keeps words outside the panels in the language. @param {Page} page */
export function followLanguage(page) {
  const link = byId("language");
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const next = other();
    fetch(`/?lang=${next}`, { method: "HEAD", keepalive: true }).catch(() => {}); // the other pages speak it as well
    spoken.value = next;
  });
  effect(() => {
    const { plan } = page.catalog.value;
    const now = spoken.value;
    document.documentElement.lang = now === "zh" ? "zh-CN" : "en";
    document.title = `${said("page_map")} · ${text(plan.title)}`;
    byId("plan-title").textContent = text(plan.title);
    byId("plan-subtitle").textContent = text(plan.subtitle);
    byId("skip").textContent = said("skip_to_map");
    byId("panel").setAttribute("aria-label", said("panel_label"));
    byId("time").setAttribute("aria-label", said("time_label"));
    byId("chips").setAttribute("aria-label", said("filter_bar"));
    byId("map-area").setAttribute("aria-label", said("map_label"));
    link.textContent = said("other_language");
    for (const name of ["lang", "hreflang"]) link.setAttribute(name, other());
    byId("print-address").textContent = `${window.location.origin}/?lang=${now}${page.store.address.value}`;
    link.setAttribute("href", `?lang=${other()}${page.store.address.value}`);
    for (const [selector, key] of Object.entries(CONTROLS)) {
      const control = document.querySelector(selector);
      control?.setAttribute("title", said(key));
      control?.setAttribute("aria-label", said(key));
    }
  });
}

/** Says where files come in when one is dropped on the map; else the browser would leave the page for it. @param {Page} page */
export function followDrops(page) {
  const place = byId("workspace");
  const files = (/** @type {DragEvent} */ event) => Boolean(event.dataTransfer?.types.includes("Files")) && !(event.target instanceof HTMLInputElement);
  place.addEventListener("dragover", (event) => {
    if (files(event)) event.preventDefault();
  });
  place.addEventListener("drop", (event) => {
    if (!files(event)) return;
    event.preventDefault();
    announce(page.writes ? said("drop_elsewhere", { page: said("page_import") }) : said("import_sign_in"));
  });
}

/** The handle of the panel where it is a sheet at the foot of a small screen. @param {Page} page */
export function sheetHandle(page) {
  page.sheet.subscribe((high) => {
    document.body.classList.toggle("sheet-high", high);
  });
  const turn = () => {
    page.sheet.value = !page.sheet.peek();
  };
  return () => html`<button type="button" class="sheet-handle" aria-expanded=${String(page.sheet.value)} aria-label=${said("panel_label")} @click=${turn}></button>`;
}

/** The buttons and links at the top. @param {Page} page */
export function addTools(page) {
  const { person } = page.config;
  const dialogs = { views: viewsDialog(page), embed: embedDialog(page), picture: pictureDialog(page) };
  const words = { views: "views_heading", embed: "embed_heading", picture: "picture_link" };
  const toggle = () => {
    page.panel.value = !page.panel.peek();
  };
  page.panel.subscribe((open) => {
    document.body.classList.toggle("panel-closed", !open);
  });
  page.tool.subscribe((tool) => {
    document.body.classList.toggle("outlining", tool === "draw" || tool === "measure");
  });
  const link = (/** @type {string} */ name) => html`<a href="/${name}">${said(`${name}_link`)}</a>`;
  const button = (/** @type {keyof typeof dialogs} */ name) => html`<button type="button" id=${name} @click=${() => dialogs[name].show()}>${said(words[name])}</button>`;
  mount(
    byId("tools"),
    () => html`<button type="button" id="panel-toggle" aria-controls="panel" aria-expanded=${String(page.panel.value)} @click=${toggle}>${said("panel_toggle")}</button>
      <button type="button" @click=${() => copyAddress(page.store)}>${said("share")}</button>
      ${button("views")} ${button("embed")} ${button("picture")} ${link("dashboard")} ${link("statistics")} ${link("indicators")} <a href="/briefing">${said("page_briefing")}</a> ${link("unplaced")} ${link("about")}
      ${person?.scopes.includes("layers:write") ? html`<a href="/import">${said("page_import")}</a>` : nothing}
      ${person ? html`<a class="person" href="/account" title=${person.name}>${person.name}</a>` : html`<a href="/login?next=/">${said("sign_in")}</a>`}${nothing}`,
  );
}
