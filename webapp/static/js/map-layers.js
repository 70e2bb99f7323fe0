// @ts-check
/** The layers on the map: fetched when first shown, drawn by rule, filtered, labelled, selected. */
import { make } from "./element.js";
import { ask } from "./fetching.js";
import { nameOf } from "./language.js";
import { kindOf, pathOptions } from "./style.js";

const WHOLE = 20000; // above this only what lies in view is fetched, the largest first
const IN_VIEW = 5000;
const MANY = 800; // above this a layer is drawn on canvas, below all others
const DIRECTION = /** @type {Record<string, string>} */ ({ point: "right", line: "center", polygon: "center" });

export class MapLayers {
  /**
   * @param {any} map Leaflet's map
   * @param {Record<string, any>} declared the catalogue's layers
   * @param {{palette: string, busy: () => boolean, onSelect: (layer: any, feature: any) => void, onChange: () => void, onPart: (id: string, shown: number, all: number) => void}} options
   */
  constructor(map, declared, options) {
    this.map = map;
    this.declared = declared;
    this.options = options;
    /** @type {Map<string, any>} */
    this.shown = new Map();
    /** @type {Record<string, number>} */
    this.opacity = {};
    /** @type {Record<string, string[]>} */
    this.filters = {};
    /** @type {Map<string, Promise<any>>} */
    this.fetched = new Map();
    const many = map.createPane("many");
    many.style.zIndex = "350";
    this.canvas = L.canvas({ pane: "many", padding: 0.3 });
    map.createPane("selection").style.zIndex = "620";
    map.getPane("selection").style.pointerEvents = "none";
    this.selection = L.geoJSON(null, { pane: "selection", interactive: false, style: SELECTED, pointToLayer: ring }).addTo(map);
    map.on("zoomend moveend", () => this.label());
    map.on("moveend", () => this.follow());
  }

  /** @param {string} id @returns {string} */
  url(id) {
    const query = (this.filters[id] || []).map((filter) => `where=${encodeURIComponent(filter)}`);
    if (this.declared[id].count > WHOLE) query.push(`bbox=${this.window()}`, `limit=${IN_VIEW}`);
    return this.declared[id].url + (query.length ? `?${query.join("&")}` : "");
  }

  /** What the map shows, with some room around. */
  window() {
    const around = this.map.getBounds().pad(0.2);
    const within = (/** @type {number} */ value, /** @type {number} */ most) => Math.max(-most, Math.min(most, value)).toFixed(4);
    return [within(around.getWest(), 180), within(around.getSouth(), 90), within(around.getEast(), 180), within(around.getNorth(), 90)].join(",");
  }

  /** Fetches again what lies in view of the layers too large to be fetched whole. */
  follow() {
    for (const [id, drawn] of this.shown) {
      if (drawn && this.declared[id].count > WHOLE && drawn.address !== this.url(id)) this.show(id).catch(() => this.hide(id));
    }
  }

  /** The features of a layer as filtered now. @param {string} id @returns {Promise<any[]>} */
  features(id) {
    const url = this.url(id);
    if (!this.fetched.has(url)) {
      const answer = ask(url).then((collection) => {
        if (this.declared[id].count > WHOLE) this.fetched.delete(url); // in view now, not for ever
        this.options.onPart(id, collection.features.length, collection.numberMatched ?? collection.features.length);
        return collection.features;
      });
      answer.catch(() => this.fetched.delete(url));
      this.fetched.set(url, answer);
    }
    return /** @type {Promise<any[]>} */ (this.fetched.get(url));
  }

  /** @param {string} id */
  async show(id) {
    const layer = this.declared[id];
    const url = this.url(id);
    if (!this.shown.has(id)) this.shown.set(id, null);
    const features = await this.features(id);
    if (!this.shown.has(id) || this.url(id) !== url) return; // hidden or filtered again meanwhile
    this.shown.get(id)?.remove();
    const many = layer.count > MANY;
    const drawn = L.geoJSON(features.filter((/** @type {any} */ f) => f.geometry), {
      pane: many ? "many" : "overlayPane",
      renderer: many ? this.canvas : undefined,
      style: (/** @type {any} */ f) => this.look(layer, f),
      pointToLayer: (/** @type {any} */ f, /** @type {any} */ at) => L.circleMarker(at, this.look(layer, f)),
      onEachFeature: (/** @type {any} */ f, /** @type {any} */ path) =>
        path.on("click", (/** @type {any} */ event) => {
          if (this.options.busy()) return; // the click is a point of a measurement or a drawing
          L.DomEvent.stopPropagation(event);
          this.options.onSelect(layer, f);
        }),
    });
    drawn.address = url;
    this.shown.set(id, drawn.addTo(this.map));
    this.stack();
    this.label();
    this.options.onChange();
  }

  /** @param {any} layer @param {any} feature */
  look(layer, feature) {
    const view = { palette: this.options.palette, opacity: this.opacity[layer.id] ?? 1 };
    return pathOptions(layer, feature.properties, view, kindOf(feature.geometry));
  }

  /** @param {string} id */
  hide(id) {
    this.shown.get(id)?.remove();
    this.shown.delete(id);
    this.options.onChange();
  }

  /** Filters a layer. @param {string} id @param {string[]} filters */
  filter(id, filters) {
    if (filters.length) this.filters[id] = filters;
    else delete this.filters[id];
    this.options.onChange();
    return this.shown.has(id) ? this.show(id) : Promise.resolve();
  }

  /** Draws again with other colours or opacity. @param {string} [only] */
  restyle(only) {
    for (const [id, drawn] of this.shown) {
      if (drawn && (!only || only === id)) drawn.setStyle((/** @type {any} */ f) => this.look(this.declared[id], f));
    }
    this.options.onChange();
  }

  /** Puts the layers in their declared order. */
  stack() {
    const order = [...this.shown.keys()].sort((a, b) => this.declared[a].order - this.declared[b].order);
    for (const id of order) if (this.declared[id].count <= MANY) this.shown.get(id)?.bringToFront();
  }

  /** Shows names from the declared zoom on, leaving out those that would lie on another. */
  label() {
    const zoom = this.map.getZoom();
    const bounds = this.map.getBounds();
    for (const [id, drawn] of this.shown) {
      const layer = this.declared[id];
      drawn?.eachLayer((/** @type {any} */ path) => {
        const wanted = layer.map_labels && zoom >= layer.label_min_zoom && bounds.intersects(boundsOf(path));
        if (wanted && !path.getTooltip()) {
          const text = make("span", { text: nameOf(layer, path.feature) });
          path.bindTooltip(text, { permanent: true, direction: DIRECTION[layer.geometry] ?? "center", className: "map-label" });
        } else if (!wanted && path.getTooltip()) path.unbindTooltip();
      });
    }
    declutter(this.map.getPane("tooltipPane"));
  }

  /** Marks a feature. @param {any} feature or null */
  select(feature) {
    this.selection.clearLayers();
    if (feature?.geometry) this.selection.addData(feature);
  }
}

const SELECTED = { color: "#b5179e", weight: 4, opacity: 1, fill: false };

/** @param {any} _feature @param {any} at */
function ring(_feature, at) {
  return L.circleMarker(at, { ...SELECTED, radius: 11, pane: "selection" });
}

/** @param {any} path */
function boundsOf(path) {
  return path.getBounds ? path.getBounds() : L.latLngBounds([path.getLatLng()]);
}

/** @param {HTMLElement} pane */
function declutter(pane) {
  /** @type {DOMRect[]} */
  const taken = [];
  for (const label of pane.querySelectorAll(".map-label")) {
    const one = /** @type {HTMLElement} */ (label);
    one.classList.remove("hidden-label");
    const box = one.getBoundingClientRect();
    const covered = taken.some((t) => box.left < t.right && t.left < box.right && box.top < t.bottom && t.top < box.bottom);
    one.classList.toggle("hidden-label", covered);
    if (!covered) taken.push(box);
  }
}
