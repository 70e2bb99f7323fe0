// @ts-check
/** The layers on the map follow the state: fetched when first shown, drawn by rule, filtered, faded, labelled. */
import { effect, signal, untracked } from "@preact/signals-core";
import { endsOf, linesOf } from "./fading.js";
import { counted } from "./in-view.js";
import { boundsOf, nameFeatures, placeLabels } from "./labels.js";
import { spoken } from "./language.js";
import { timely } from "./source.js";
import { readTwin } from "./state.js";
import { declaredStyle, kindOf, pathOptions } from "./style.js";

/** @import { Feature, Layer } from "./api.js" */
/** @import { Page } from "./page.js" */
/** @import { Asked } from "./source.js" */

/**
 * @typedef {{loading: boolean, problem: string, shown: number, all: number}} Status of a layer that is on
 * @typedef {L.GeoJSON & {key?: string}} Drawn
 * @typedef {L.Path & {feature: Feature, getBounds?: () => L.LatLngBounds, getLatLng?: () => L.LatLng}} Shape one feature as Leaflet draws it
 */

const IN_VIEW = 5000; // features of a layer too large to be fetched whole
const MANY = 800; // above this a layer is drawn on canvas, below all others

export class MapLayers {
  /** @param {Page} page */
  constructor(page) {
    this.page = page;
    this.map = page.map;
    /** What became of each layer that is on. @type {import("@preact/signals-core").Signal<Record<string, Status>>} */
    this.status = signal({});
    /** What of each layer is in view, by row of the legend. @type {import("@preact/signals-core").Signal<Record<string, Record<string, number>>>} */
    this.seen = signal({});
    /** What the map shows, as west,south,east,north with some room around. */
    this.window = signal("");
    /** @type {Map<string, Drawn>} */
    this.drawn = new Map();
    /** Layers taken off, as they were drawn: shown again at once while nothing changed. @type {Map<string, {drawn: Drawn, told: Status}>} */
    this.parked = new Map();
    /** The request each layer waits for. @type {Map<string, string>} */
    this.awaited = new Map();
    /** @type {Set<Promise<void>>} */
    this.running = new Set();
    this.map.createPane("many").style.zIndex = "350";
    this.canvas = L.canvas({ pane: "many", padding: 0.3 });
    /** Where areas of a layer fade. @type {Map<string, L.LayerGroup>} */
    this.fades = new Map();
    for (const [name, height] of [["fading", "450"], ["selection", "620"]]) {
      const pane = this.map.createPane(name);
      pane.style.zIndex = height;
      pane.style.pointerEvents = "none";
    }
    this.selection = L.layerGroup().addTo(this.map);
  }

  /** Starts following the state. @returns {() => void} ends it, with the map */
  follow() {
    const { store } = this.page;
    this.look();
    this.map.on("moveend", () => this.look());
    this.map.on("moveend resize", () => this.label());
    this.map.on("moveend", () => this.count());
    this.map.on("zoomend", () => this.widen());
    const layers = effect(() => {
      const shown = store.on.value.flatMap((id) => this.page.usable(id) ?? []);
      const wanted = shown.map((layer) => ({ layer, asked: this.asked(layer) }));
      untracked(() => this.draw(wanted));
    });
    let before = { palette: store.palette.peek(), opacity: store.opacity.peek() };
    const looks = effect(() => {
      const now = { palette: store.palette.value, opacity: store.opacity.value };
      for (const [id, drawn] of [...this.drawn, ...[...this.parked].map(([id, one]) => /** @type {const} */ ([id, one.drawn]))]) {
        const layer = this.page.catalog.peek().layers[id];
        if (now.palette !== before.palette || now.opacity[id] !== before.opacity[id]) drawn.setStyle(this.styled(layer));
      }
      before = now;
    });
    const names = effect(() => {
      spoken.value; // names are in one language
      untracked(() => this.label(true));
    });
    return () => {
      for (const end of [layers, looks, names]) end();
      this.awaited.clear(); // what comes now is too late
    };
  }

  /** Resolves when everything asked for so far has come or failed. */
  async settled() {
    await Promise.all(this.running);
  }

  /** Notes what the map shows now. */
  look() {
    const around = this.map.getBounds().pad(0.2);
    const within = (/** @type {number} */ value, /** @type {number} */ most) => Math.max(-most, Math.min(most, value)).toFixed(4);
    this.window.value = [within(around.getWest(), 180), within(around.getSouth(), 90), within(around.getEast(), 180), within(around.getNorth(), 90)].join(",");
  }

  /** What the map asks of a layer. @param {Layer} layer @returns {Asked} */
  asked(layer) {
    const filters = this.page.store.filters.value[layer.id] ?? [];
    const date = this.page.store.date.value;
    const when = timely(layer) ? this.page.store.when.value : "";
    const compared = readTwin(this.page.store.twin.value);
    if (compared?.newer && compared.layer === layer.id) return { filters, when, version: compared.newer, ...(this.page.source.partial(layer) ? { bbox: this.window.value, limit: IN_VIEW } : {}) };
    return this.page.source.partial(layer) ? { filters, date, when, bbox: this.window.value, limit: IN_VIEW } : { filters, date, when };
  }

  /** @param {{layer: Layer, asked: Asked}[]} wanted */
  draw(wanted) {
    const ids = new Set(wanted.map(({ layer }) => layer.id));
    for (const id of [...this.drawn.keys(), ...this.awaited.keys()]) if (!ids.has(id)) this.hide(id);
    for (const { layer, asked } of wanted) {
      const key = this.page.source.key(layer, asked);
      if (this.drawn.get(layer.id)?.key === key) this.awaited.delete(layer.id); // back to what is drawn
      else if (this.unpark(layer, key)) continue;
      else if (this.awaited.get(layer.id) !== key) this.track(this.load(layer, asked, key));
    }
  }

  /** Shows a layer again as it was drawn before it was taken off. @param {Layer} layer @param {string} key @returns {boolean} whether it was still at hand */
  unpark(layer, key) {
    const parked = this.parked.get(layer.id);
    this.parked.delete(layer.id);
    if (parked?.drawn.key !== key) return false;
    this.awaited.delete(layer.id);
    this.drawn.get(layer.id)?.remove();
    this.drawn.set(layer.id, parked.drawn.addTo(this.map));
    this.fades.get(layer.id)?.addTo(this.map);
    if (layer.map_labels) parked.drawn.eachLayer((one) => one.unbindTooltip()); // they may be in another language
    this.tell(layer.id, parked.told);
    this.stack();
    this.label();
    this.count([layer.id]);
    return true;
  }

  /** Once more, what failed. @param {string} id */
  again(id) {
    const layer = this.page.usable(id);
    if (!layer) return;
    const asked = untracked(() => this.asked(layer));
    this.track(this.load(layer, asked, this.page.source.key(layer, asked)));
  }

  /** @param {Promise<void>} load */
  track(load) {
    this.running.add(load);
    load.finally(() => this.running.delete(load));
  }

  /** @param {Layer} layer @param {Asked} asked @param {string} key */
  async load(layer, asked, key) {
    const { id } = layer;
    this.awaited.set(id, key);
    this.tell(id, { loading: true, problem: "" });
    try {
      const found = await this.page.source.features(layer, asked);
      if (this.awaited.get(id) !== key) return; // taken off, or filtered again meanwhile
      this.put(layer, found.features, key);
      this.tell(id, { loading: false, shown: found.features.length, all: found.numberMatched ?? found.features.length });
    } catch (error) {
      if (this.awaited.get(id) === key) this.tell(id, { loading: false, problem: error instanceof Error ? error.message : String(error) });
    } finally {
      if (this.awaited.get(id) === key) this.awaited.delete(id);
    }
  }

  /** @param {Layer} layer @param {Feature[]} features @param {string} key */
  put(layer, features, key) {
    this.drawn.get(layer.id)?.remove();
    const many = layer.count > MANY;
    /** @type {Drawn} */
    const drawn = L.geoJSON(/** @type {import("geojson").Feature[]} */ (features.filter((f) => f.geometry)), {
      pane: many ? "many" : "overlayPane",
      ...(many ? { renderer: this.canvas } : {}),
      style: this.styled(layer),
      pointToLayer: (f, at) => L.circleMarker(at, this.styled(layer)(f)),
      onEachFeature: (f, path) =>
        path.on("click", (event) => {
          if (this.page.tool.peek()) return; // the click is a point of a measurement or a drawing
          L.DomEvent.stopPropagation(event);
          const under = this.under(event.latlng, layer.id, String(f.id));
          if (under.length > 1) this.page.offer(under);
          else this.page.select(layer.id, String(f.id));
        }),
    });
    drawn.key = key;
    this.drawn.set(layer.id, drawn.addTo(this.map));
    if (!many) this.stack();
    if (layer.map_labels) this.label();
    this.count([layer.id]);
    this.track(this.fade(layer, features));
  }

  /** Lets areas fade where their data end. @param {Layer} layer @param {Feature[]} features */
  async fade(layer, features) {
    this.fades.get(layer.id)?.remove();
    const group = L.layerGroup();
    this.fades.set(layer.id, group);
    for (const one of features) {
      const at = this.page.usable(declaredStyle(layer, one.properties).fades_at ?? "");
      if (!at || !one.geometry) continue;
      const found = await this.page.source.features(at).catch(() => ({ features: [] })); // without them nothing fades
      const outlines = found.features.flatMap((other) => linesOf(/** @type {import("geojson").Geometry | null} */ (other.geometry)));
      for (const end of endsOf(/** @type {import("geojson").Geometry} */ (one.geometry), outlines)) {
        group.addLayer(L.polyline(end.map(([lon, lat]) => /** @type {[number, number]} */ ([lat, lon])), FADING));
      }
    }
    if (this.drawn.has(layer.id) && this.fades.get(layer.id) === group) group.addTo(this.map);
    this.widen();
  }

  /** Makes the fades as wide as the ground they stand for, within what is seen. */
  widen() {
    const { lat } = this.map.getCenter();
    const metres = (Math.cos((lat * Math.PI) / 180) * EQUATOR_M) / (256 * 2 ** this.map.getZoom()); // of a pixel
    const weight = Math.round(Math.max(4, Math.min(WIDEST_FADE, FADE_M / metres)));
    for (const group of this.fades.values()) group.eachLayer((one) => /** @type {L.Polyline} */ (one).setStyle({ weight }));
    this.map.getPane("fading")?.style.setProperty("--soft", `${weight / 4}px`);
  }

  /** Counts what is in view. @param {Iterable<string>} [changed] layers; all of them when the map has moved */
  count(changed = this.drawn.keys()) {
    const bounds = this.map.getBounds();
    const { layers } = this.page.catalog.peek();
    const found = { ...this.seen.peek() };
    for (const id of changed) {
      const shapes = /** @type {Shape[]} */ (/** @type {unknown} */ (this.drawn.get(id)?.getLayers() ?? []));
      found[id] = counted(layers[id], shapes.filter((one) => bounds.intersects(boundsOf(one))).map((one) => one.feature));
    }
    this.seen.value = found;
  }

  /** How the features of a layer look now. @param {Layer} layer */
  styled(layer) {
    const { palette, opacity } = this.page.store.view.peek();
    const view = { palette, opacity: opacity[layer.id] ?? 1 };
    return (/** @type {import("geojson").Feature | undefined} */ f) => pathOptions(layer, f?.properties ?? {}, view, kindOf(f?.geometry ?? null));
  }

  /** @param {string} id */
  hide(id) {
    const [drawn, told] = [this.drawn.get(id), this.status.peek()[id]];
    drawn?.remove();
    this.fades.get(id)?.remove();
    if (drawn && told && !told.loading && !told.problem) this.parked.set(id, { drawn, told });
    this.drawn.delete(id);
    this.awaited.delete(id);
    const { [id]: _gone, ...rest } = this.status.peek();
    this.status.value = rest;
    const { [id]: _unseen, ...seen } = this.seen.peek();
    this.seen.value = seen;
  }

  /** @param {string} id @param {Partial<Status>} told */
  tell(id, told) {
    const before = this.status.peek();
    this.status.value = { ...before, [id]: { ...{ loading: false, problem: "", shown: 0, all: 0 }, ...before[id], ...told } };
  }

  /** Puts the layers in their declared order. */
  stack() {
    const { layers } = this.page.catalog.peek();
    const order = [...this.drawn.keys()].sort((a, b) => layers[a].order - layers[b].order);
    for (const id of order) if (layers[id].count <= MANY) this.drawn.get(id)?.bringToFront();
  }

  /** Shows names from the declared zoom on, the most important first, leaving out those that would lie on another. @param {boolean} [anew] in another language */
  label(anew = false) {
    const { layers } = this.page.catalog.peek();
    const over = [...document.querySelectorAll("#card")];
    const named = [...this.drawn].filter(([id]) => layers[id].map_labels);
    nameFeatures(this.map, named.map(([id, drawn]) => ({ layer: layers[id], shapes: /** @type {Shape[]} */ (/** @type {unknown} */ (drawn.getLayers())) })), anew, over);
    const pane = this.map.getPane("tooltipPane");
    if (pane) placeLabels(pane, this.map.getContainer(), over);
  }

  /** The features that lie under a place, the clicked one first, then those of the upper layers. @param {L.LatLng} at @param {string} id @param {string} clicked */
  under(at, id, clicked) {
    const point = this.map.latLngToLayerPoint(at);
    const { layers, blocks } = this.page.catalog.peek();
    const ground = new Set(blocks.map((one) => one.feature)); // what everything lies in is not offered beside it
    /** @type {{layer: Layer, feature: Feature}[]} */
    const found = [];
    const order = [...this.drawn.keys()].sort((a, b) => layers[b].order - layers[a].order);
    for (const one of order) {
      this.drawn.get(one)?.eachLayer((drawn) => {
        const path = /** @type {Shape & {_containsPoint?: (point: L.Point) => boolean, _bounds?: L.Bounds}} */ (drawn);
        const first = one === id && String(path.feature.id) === clicked;
        if (!first && (ground.has(String(path.feature.id)) || !(boundsOf(path).pad(0.05).contains(at) && holds(path, point, at)))) return;
        found[first ? "unshift" : "push"]({ layer: layers[one], feature: path.feature });
      });
    }
    return found;
  }

  /** Marks a feature. @param {Feature | null} feature */
  mark(feature) {
    this.selection.clearLayers();
    if (!feature?.geometry) return;
    for (const look of SELECTED) {
      const ring = (/** @type {unknown} */ _feature, /** @type {L.LatLng} */ at) => L.circleMarker(at, { ...look, radius: 11, pane: "selection" });
      /** @type {L.GeoJSONOptions} */
      const options = { pane: "selection", interactive: false, style: () => look, pointToLayer: ring };
      this.selection.addLayer(L.geoJSON(/** @type {import("geojson").Feature} */ (feature), options));
    }
  }
}

const [FADE_M, WIDEST_FADE, EQUATOR_M] = [700, 36, 40_075_017]; // metres of ground, pixels, metres

/** The land over what ends there, softened by css/map-controls.css. @type {L.PolylineOptions} */
const FADING = { pane: "fading", className: "fading", color: "#ece8dd", weight: 4, opacity: 1, interactive: false };

/** Ink on a white halo reads on every colour of land use. @type {L.CircleMarkerOptions[]} */
const SELECTED = [{ color: "#ffffff", weight: 6, opacity: 1, fill: false }, { color: "#14202b", weight: 2.6, opacity: 1, fill: false }];

/** Whether a shape as it is drawn lies under a place on the screen. @param {Shape} path @param {L.Point} point @param {L.LatLng} at */
function holds(path, point, at) {
  const drawn = /** @type {Shape & {_containsPoint?: (point: L.Point) => boolean, getElement?: () => Element | undefined}} */ (path);
  const element = drawn.getElement?.();
  if (element instanceof SVGGeometryElement) {
    const here = new DOMPoint(point.x, point.y);
    return element.isPointInStroke(here) || (Boolean(path.options.fill) && element.isPointInFill(here));
  }
  return drawn._containsPoint?.(point) ?? boundsOf(path).contains(at);
}
