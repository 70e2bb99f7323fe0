// @ts-check
/** What the parts of the map page share: the state, the catalog, the source of features, the map, and what a person may do. */
import { batch, signal } from "@preact/signals-core";
import { announce } from "./element.js";
import { Checks } from "./checks.js";
import { ask } from "./fetching.js";
import { said } from "./language.js";
import { MapLayers } from "./map-layers.js";
import { GeoJsonSource } from "./source.js";
import { parseView } from "./state.js";
import { Store } from "./store.js";

/** @import { Catalog, Feature, Layer, Place, Text } from "./api.js" */
/** @import { Looks } from "./looks.js" */
/** @import { View } from "./state.js" */

/**
 * @typedef {{name: string, role: string, scopes: string[]}} Person
 * @typedef {{lang: "zh" | "en", urls: Record<string, string>, version: string, looks: Looks, person: Person | null, view: string, named: {id: string, title: Text} | null}} Config
 * @typedef {{kind: "feature", layer: Layer, feature: Feature} | {kind: "new", layer: Layer} | {kind: "place", place: Place} | {kind: "several", found: {layer: Layer, feature: Feature}[]}} Card
 * @typedef {"" | "measure" | "draw" | "edit" | "pick"} Tool whose the clicks on the map are
 */

export class Page {
  /** @param {Config} config @param {L.Map} map @param {Catalog} catalog */
  constructor(config, map, catalog) {
    this.config = config;
    this.map = map;
    this.catalog = signal(catalog);
    this.store = new Store();
    this.source = new GeoJsonSource(config.urls.features);
    /** @type {import("@preact/signals-core").Signal<Tool>} */
    this.tool = signal("");
    /** What the card tells of. @type {import("@preact/signals-core").Signal<Card | null>} */
    this.card = signal(null);
    /** What is seen of an older version. @type {import("@preact/signals-core").Signal<{number: number, shown: number, count: number} | null>} */
    this.older = signal(null);
    /** Asks for a condition on a field of a layer, or for another in place of one that is there. @type {(layer: string, where?: string, field?: string) => void} */
    this.askCondition = () => {};
    /** Whether the panel is shown. */
    this.panel = signal(true);
    /** Whether it stands half over the screen, where that is small. */
    this.sheet = signal(false);
    /** The layer of the last edit made here, which may be taken back; or "". */
    this.undone = "";
    this.layers = new MapLayers(this);
    this.checks = new Checks(this);
    /** Whether the map shows its usual place, and nobody moved it. */
    this.atHome = false;
    map.on("zoomstart dragstart", () => {
      this.atHome = false;
    });
  }

  /** Follows the room the map has: at home all of it stays in view, elsewhere the middle stays. */
  followSize() {
    new ResizeObserver(() => {
      const home = this.atHome;
      this.map.invalidateSize({ animate: false });
      if (home) this.home();
    }).observe(this.map.getContainer());
  }

  /** Whether features may be edited here: by those who may, and only as they are now. */
  get edits() {
    return this.writes && !this.store.date.value;
  }

  /** Whether this person may change layers. */
  get writes() {
    return Boolean(this.config.person?.scopes.includes("layers:write"));
  }

  /** The layer of an id, when it can be shown. @param {string} id @returns {Layer | null} */
  usable(id) {
    const layer = this.catalog.value.layers[id];
    return layer?.status === "ok" ? layer : null;
  }

  /** Takes over what an address says; what it leaves out is as the catalog says. @param {string} hash */
  open(hash) {
    const view = parseView(hash.length > 1 ? hash : this.config.view);
    const layers = Object.values(this.catalog.peek().layers);
    const known = (/** @type {string} */ id) => this.usable(id) !== null;
    /** @template T @param {Record<string, T>} said */
    const only = (said) => Object.fromEntries(Object.entries(said).filter(([id]) => known(id)));
    const on = (view.on ?? layers.filter((one) => one.visible).map((one) => one.id)).filter(known);
    batch(() => {
      if (this.card.peek()?.kind !== "feature") this.card.value = null;
      this.tool.value = "";
      this.store.change({ ...view, on, filters: only(view.filters), opacity: only(view.opacity) });
    });
    this.go(view, this.usable(new URLSearchParams(hash.replace(/^#/, "")).get("near") ?? ""));
  }

  /**
   * Moves the map to a place, else to a layer, else shows the whole plan; a selected feature without a place is gone to by the selection.
   * @param {Pick<View, "zoom" | "center">} place @param {Layer | null} [near]
   */
  go({ zoom, center }, near = null) {
    if (zoom !== null && center) {
      if (zoom !== this.map.getZoom() || this.off(center) > 1) this.map.setView(center, zoom, { animate: false }); // else it is there
    } else if (near?.bounds) this.fit(near.bounds, 17);
    else if (!this.store.selected.peek()) this.home();
  }

  /** Notes where the map is; a place the state names stays as it was named, to the pixel. */
  noted() {
    const [zoom, named] = [this.map.getZoom(), this.store.view.peek()];
    if (named.zoom === null && named.selected && this.card.peek()?.kind !== "feature") return; // the selection goes there first
    const { lat, lng } = this.map.getCenter();
    if (zoom !== named.zoom || this.off(named.center) > 1) this.store.change({ zoom, center: [lat, lng] });
  }

  /** How many pixels a place is off the middle of the map; without one Infinity. @param {View["center"]} place */
  off(place) {
    return place ? this.map.project(place).distanceTo(this.map.project(this.map.getCenter())) : Infinity;
  }

  /** Shows the largest block of the plan's ground, else all of it. */
  home() {
    const { blocks, plan } = this.catalog.peek();
    this.fit(blocks[0]?.bounds ?? plan.bounds);
    this.atHome = true;
  }

  /** @param {number[]} bounds west, south, east, north in degrees @param {number} [nearest] how near it goes */
  fit([west, south, east, north], nearest) {
    this.map.fitBounds([[south, west], [north, east]], { animate: false, padding: [8, 8], ...(nearest ? { maxZoom: nearest } : {}) });
  }

  /** Opens a feature's card, with its layer on the map. @param {string} layer @param {string} feature */
  select(layer, feature) {
    if (!this.usable(layer)) return;
    if (this.tool.peek()) return announce(said("select_busy"));
    const on = this.store.on.peek();
    this.store.change({ selected: `${layer}/${feature}`, on: on.includes(layer) ? on : [...on, layer] });
  }

  /** Offers the features that lie under one place. @param {{layer: Layer, feature: Feature}[]} found */
  offer(found) {
    batch(() => {
      this.close();
      this.card.value = { kind: "several", found };
    });
  }

  /** Closes the card. */
  close() {
    batch(() => {
      this.card.value = null;
      if (this.tool.peek() === "edit") this.tool.value = "";
      this.store.change({ selected: "" });
    });
  }

  /** Reads the catalog anew: somebody changed a layer. */
  async refresh() {
    const found = await ask(this.config.urls.catalog);
    batch(() => {
      this.checks.clear();
      this.catalog.value = found;
    });
  }
}
