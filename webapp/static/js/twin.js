// @ts-check
/** Two maps side by side that move together: the second shows another day, another state of the data, a version, or a view. */
import { effect, signal, untracked } from "@preact/signals-core";
import { html, nothing } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { differences } from "./differing.js";
import { byId, make } from "./element.js";
import { ask } from "./fetching.js";
import { said, text } from "./language.js";
import { mount } from "./mount.js";
import { Page } from "./page.js";
import { timely } from "./source.js";
import { day, parseView, readTwin } from "./state.js";
import { COLORS, toldPart } from "./twin-told.js";

/** @import { Layer, Version } from "./api.js" */
/** @import { Difference } from "./differing.js" */

const MOST_COMPARED = 20000; // features of a layer

/** @param {Page} page */
export function followTwin(page) {
  const place = byId("twin");
  /** @type {import("@preact/signals-core").Signal<{layer: Layer, found: Difference[]}[]>} */
  const told = signal([]);
  const problem = signal("");
  /** Layers that were compared, of how many; null when nothing is waited for. @type {import("@preact/signals-core").Signal<{done: number, all: number} | null>} */
  const running = signal(null);
  /** Labels of layers that have no other data for the day compared with. @type {import("@preact/signals-core").Signal<import("./language.js").Text[]>} */
  const alike = signal([]);
  /** The title of the view beside. @type {import("@preact/signals-core").Signal<import("./language.js").Text | null>} */
  const named = signal(null);
  /** Labels of layers too large to be compared. @type {import("@preact/signals-core").Signal<import("./language.js").Text[]>} */
  const large = signal([]);
  /** @type {Page | null} */
  let twin = null;
  /** @type {(() => void)[]} */
  let ends = [];
  /** What differs, on the map and on the second one. */
  const [marks, beside] = [L.layerGroup().addTo(page.map), L.layerGroup()];
  const close = () => {
    for (const end of ends.splice(0)) end();
    twin?.map.remove();
    twin = null;
    for (const one of [marks, beside]) one.clearLayers();
    beside.remove();
    byId("twin-map").replaceChildren();
  };
  effect(() => {
    const with_ = readTwin(page.store.twin.value);
    place.hidden = !with_;
    byId("twin-told").hidden = !with_;
    document.body.classList.toggle("compared", Boolean(with_));
    untracked(() => {
      close();
      told.value = [];
      problem.value = "";
      named.value = null;
      if (!with_) return;
      twin = open(page, with_, ends);
      if (with_.kind === "view") showView(page, twin, with_.what).then((title) => (named.value = title));
      beside.addTo(twin.map);
    });
  });
  let turn = 0;
  effect(() => {
    const with_ = readTwin(page.store.twin.value);
    const other = with_ && (with_.kind !== "view" ? overridden(page, with_) : null);
    const layers = other ? page.store.on.value.flatMap((id) => page.usable(id) ?? []) : [];
    large.value = layers.filter((layer) => layer.count > MOST_COMPARED).map((layer) => layer.label);
    const wanted = layers.filter((layer) => layer.count <= MOST_COMPARED).map((layer) => ({ layer, here: page.layers.asked(layer), there: { ...page.layers.asked(layer), ...other?.(layer) } }));
    turn += 1;
    const mine = turn;
    untracked(() => {
      running.value = null;
      alike.value = [];
    });
    if (with_?.kind === "at" && !page.store.date.value) newestOn(layers, with_.what).then((found) => mine === turn && (alike.value = found.map((layer) => layer.label)));
    if (!with_ || !other) return;
    const differing = wanted.filter(({ layer, here, there }) => page.source.key(layer, here) !== page.source.key(layer, there));
    untracked(() => (running.value = differing.length ? { done: 0, all: differing.length } : null));
    Promise.all(
      differing.map(async ({ layer, here, there }) => {
        const [mine_, theirs] = await Promise.all([page.source.features(layer, here), page.source.features(layer, there)]);
        if (mine === turn && running.peek()) running.value = { done: (running.peek()?.done ?? 0) + 1, all: differing.length };
        const [before, after] = later(page, with_) ? [mine_, theirs] : [theirs, mine_];
        return { layer, found: differences(layer, before.features, after.features) };
      }),
    ).then(
      (found) => {
        if (mine !== turn) return;
        told.value = found;
        running.value = null;
        problem.value = "";
        mark(found, [marks, beside]);
      },
      (error) => {
        if (mine !== turn) return;
        running.value = null;
        problem.value = error instanceof Error ? error.message : String(error);
      },
    );
  });
  mount(byId("twin-title"), () => titleOf(page, named.value));
  mount(byId("twin-here"), () => hereOf(page));
  mount(byId("twin-told"), () => {
    const with_ = readTwin(page.store.twin.value);
    if (!with_) return nothing;
    return toldPart(page, with_, { told: told.value, running: running.value, problem: problem.value, large: large.value, alike: alike.value, most: MOST_COMPARED });
  });
}

/** The layers whose data of a day are the newest there are. @param {Layer[]} layers @param {string} what the day */
async function newestOn(layers, what) {
  const older = await Promise.all(
    layers.map(async (layer) => {
      if (layer.number === null) return false; // its file is all there is
      /** @type {{versions: Version[]}} */
      const { versions } = await ask(`/api/layers/${encodeURIComponent(layer.id)}/versions`).catch(() => ({ versions: [] }));
      const then = versions.filter((one) => one.made_at.slice(0, 10) <= what).map((one) => one.number);
      return then.length > 0 && Math.max(...then) !== layer.number;
    }),
  );
  return layers.filter((_layer, i) => !older[i]);
}

/** What the second map shows. @param {Page} page @param {import("./language.js").Text | null} named the title of its view */
function titleOf(page, named) {
  const with_ = readTwin(page.store.twin.value);
  if (!with_) return nothing;
  if (with_.kind === "view") return named ? text(named) : nothing;
  return with_.kind === "v" ? versionTitle(page, with_.layer, with_.number) : said(with_.kind === "t" ? "twin_title_day" : "twin_title_data", { day: with_.what });
}

/** @param {Page} page @param {string} id of a layer @param {number} number_ */
function versionTitle(page, id, number_) {
  const layer = page.catalog.value.layers[id];
  return said("twin_title_version", { layer: text(layer?.label), number: number_, now: layer?.number ?? 0 });
}

/** What the first map shows, where the second shows the same at another time. @param {Page} page */
function hereOf(page) {
  const with_ = readTwin(page.store.twin.value);
  if (!with_ || with_.kind === "view") return nothing;
  if (with_.newer) return versionTitle(page, with_.layer, with_.newer);
  const { when, date } = page.store.view.value;
  if (with_.kind === "t") return said("twin_title_day", { day: when || page.catalog.value.plan.document_date });
  return date ? said("twin_title_data", { day: date }) : said("twin_title_now");
}

/** Whether the second map shows what comes after what the first shows. @param {Page} page @param {NonNullable<ReturnType<typeof readTwin>>} with_ */
function later(page, with_) {
  const { when, date } = page.store.view.peek();
  if (with_.kind === "t") return with_.what > (when || page.catalog.peek().plan.document_date);
  return with_.kind === "at" && date !== "" && with_.what > date; // without a day the first map shows the newest
}

/** What the second map asks of a layer instead. @param {Page} page @param {NonNullable<ReturnType<typeof readTwin>>} with_ */
function overridden(page, with_) {
  const usual = page.catalog.peek().plan.document_date;
  return (/** @type {Layer} */ layer) => {
    if (with_.kind === "t") return timely(layer) ? { when: with_.what === usual ? "" : with_.what } : {};
    if (with_.kind === "at") return { date: with_.what };
    return with_.layer === layer.id ? { version: with_.number, date: "" } : {};
  };
}

/** Opens the second map beside the first. @param {Page} page @param {NonNullable<ReturnType<typeof readTwin>>} with_ @param {(() => void)[]} ends */
function open(page, with_, ends) {
  const frame = make("div", { class: "folium-map" });
  byId("twin-map").replaceChildren(frame);
  const map = new L.Map(frame, { zoomControl: false, attributionControl: false, minZoom: page.map.getMinZoom(), maxZoom: page.map.getMaxZoom(), zoomSnap: page.map.options.zoomSnap });
  map.setView(page.map.getCenter(), page.map.getZoom(), { animate: false });
  const twin = new Page(page.config, map, page.catalog.peek());
  twin.source = page.source;
  twin.select = (layer, id) => page.select(layer, id);
  twin.offer = (found) => page.offer(found);
  const asked = twin.layers.asked.bind(twin.layers);
  const other = with_.kind === "view" ? () => ({}) : overridden(page, with_);
  twin.layers.asked = (layer) => ({ ...asked(layer), ...other(layer) });
  ends.push(
    effect(() => {
      twin.catalog.value = page.catalog.value;
      const { on, filters, palette, opacity, base, date, when } = page.store.view.value;
      untracked(() => {
        if (with_.kind !== "view") twin.store.change({ on, filters, palette, opacity, base, date, when });
      });
    }),
    effect(() => {
      const base = page.catalog.value.basemaps.find((one) => one.fits && one.id === page.store.base.value) ?? page.catalog.value.basemaps.find((one) => one.fits && one.default);
      if (base?.kind !== "background") return;
      const tiles = L.tileLayer("/basemap/{z}/{x}/{y}.svg", { maxZoom: 19, zIndex: 1 }).addTo(map);
      return () => {
        tiles.remove();
      };
    }),
  );
  ends.push(twin.layers.follow());
  let busy = false;
  const together = (/** @type {L.Map} */ from, /** @type {L.Map} */ to) => () => {
    if (busy) return;
    busy = true;
    to.setView(from.getCenter(), from.getZoom(), { animate: false });
    busy = false;
  };
  const there = together(page.map, map);
  page.map.on("move zoomend", there);
  map.on("move zoomend", together(map, page.map));
  ends.push(() => page.map.off("move zoomend", there));
  const size = new ResizeObserver(() => {
    map.invalidateSize({ animate: false });
    there();
  });
  size.observe(frame);
  ends.push(() => size.disconnect());
  return twin;
}

/** Shows a declared or kept view on the second map; answers its title. @param {Page} page @param {Page} twin @param {string} id */
async function showView(page, twin, id) {
  const found = await ask("/api/views").catch(() => ({ views: [] }));
  const named = found.views.find((/** @type {{id: string}} */ one) => one.id === id);
  if (!named) {
    page.store.change({ twin: "" });
    return null;
  }
  const view = parseView(named.state);
  const on = (view.on ?? page.store.on.peek()).filter((layer) => page.usable(layer));
  twin.store.change({ on, filters: view.filters, palette: view.palette, opacity: view.opacity, date: view.date, when: view.when });
  return named.title;
}

/** Marks what differs, on both maps. @param {{layer: Layer, found: Difference[]}[]} told @param {L.LayerGroup[]} maps */
function mark(told, maps) {
  for (const one of maps) one.clearLayers();
  for (const { found } of told) {
    for (const { kind, feature, before } of found.slice(0, MOST_COMPARED)) {
      const there = feature.geometry ? feature : before;
      if (!there?.geometry) continue;
      const look = { color: COLORS[kind], weight: 3, fill: false, interactive: false };
      const drawn = () => L.geoJSON(/** @type {import("geojson").Feature} */ (there), { style: () => look, interactive: false, pointToLayer: (_f, at) => L.circleMarker(at, { ...look, radius: 10 }) });
      for (const one of maps) one.addLayer(drawn());
    }
  }
}

/** Chooses what to compare with; `look` asks what there is. @param {Page} page @returns {{part: () => unknown, look: () => Promise<void>}} */
export function twinParts(page) {
  /** @type {import("@preact/signals-core").Signal<Record<string, Version[]>>} */
  const versions = signal({});
  /** @type {import("@preact/signals-core").Signal<{id: string, title: {zh: string, en: string}}[]>} */
  const views = signal([]);
  let asked = false;
  const look = async () => {
    if (asked) return;
    asked = true;
    const layers = Object.values(page.catalog.peek().layers).filter((one) => one.number !== null);
    const found = await Promise.all(layers.map(async (one) => [one.id, (await ask(`/api/layers/${encodeURIComponent(one.id)}/versions`).catch(() => ({ versions: [] }))).versions]));
    versions.value = Object.fromEntries(found);
    views.value = (await ask("/api/views").catch(() => ({ views: [] }))).views;
  };
  const change = (/** @type {string} */ twin) => page.store.change({ twin });
  const value = (/** @type {Event} */ event) => /** @type {HTMLInputElement} */ (event.target).value;
  const part = () => {
    const with_ = readTwin(page.store.twin.value);
    const known = Object.entries(versions.value).filter(([, found]) => found.length);
    return html`<div class="twin">
      <label>${said("twin_day")} <input type="date" id="twin-day" .value=${live(with_?.kind === "t" ? with_.what : "")} @change=${(/** @type {Event} */ event) => change(day(value(event)) ? `t:${value(event)}` : "")} /></label>
      <label>${said("twin_data")} <input type="date" id="twin-data" max=${new Date().toISOString().slice(0, 10)} .value=${live(with_?.kind === "at" ? with_.what : "")} @change=${(/** @type {Event} */ event) => change(day(value(event)) ? `at:${value(event)}` : "")} /></label>
      ${known.length ? html`<label>${said("twin_version")} <select id="twin-version" @change=${(/** @type {Event} */ event) => change(value(event) ? `v:${value(event)}` : "")}><option value=""></option>${known.map(([id, found]) => found.map((one) => html`<option value=${`${id}@${one.number}`} .selected=${live(with_?.layer === id && with_.number === one.number)}>${text(page.catalog.value.layers[id]?.label)} #${one.number}</option>`))}</select></label>` : nothing}
      ${views.value.length ? html`<label>${said("twin_view")} <select id="twin-view" @change=${(/** @type {Event} */ event) => change(value(event) ? `view:${value(event)}` : "")}><option value=""></option>${views.value.map((one) => html`<option value=${one.id} .selected=${live(with_?.kind === "view" && with_.what === one.id)}>${text(one.title)}</option>`)}</select></label>` : nothing}
    </div>`;
  };
  return { part, look };
}

/** Opens the two maps with the version of a layer before the one there is now. @param {Page} page @param {Layer} layer */
export function compareVersions(page, layer) {
  if (!page.store.on.peek().includes(layer.id)) page.store.show(layer.id, true);
  page.store.change({ twin: `v:${layer.id}@${(layer.number ?? 1) - 1}` });
}

/** Whether there is another version to compare with. @param {Layer} layer */
export function hasVersions(layer) {
  return (layer.number ?? 1) > 1;
}
