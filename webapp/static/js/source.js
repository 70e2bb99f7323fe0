// @ts-check
/** Where features come from. The map and the panels know this interface only; tiles will be another one behind it. */
import { ask } from "./fetching.js";

/** @import { Feature, FeatureCollection, FieldValues, Layer } from "./api.js" */

/**
 * @typedef {object} Asked what of a layer is wanted
 * @property {string[]} [filters] conditions as the interface's `where` writes them
 * @property {string} [bbox] west,south,east,north in degrees; only what lies in it, the largest first
 * @property {number} [limit] how many at most
 * @property {number} [version] an older state of the layer
 * @property {string} [date] the layer as it was at the end of a day; the newest if not said
 * @property {string} [when] the day of the plan's time that states are told of; that of its document if not said
 *
 * @typedef {object} Source
 * @property {(layer: Layer, asked?: Asked) => string} key what an answer depends on: the same key, the same features
 * @property {(layer: Layer, asked?: Asked) => Promise<FeatureCollection>} features
 * @property {(layer: Layer, feature: string, date?: string, when?: string) => Promise<Feature | null>} feature as it is now, or was at the end of a day; null when there is none
 * @property {(layer: Layer, date?: string, when?: string) => Promise<FieldValues>} values the values that occur in its fields, counted
 * @property {(layer: Layer) => boolean} partial whether it is too large to be asked for as a whole
 */

const WHOLE = 20000; // features; above this only what lies in view is asked for
const KEPT = 60; // answers

/** Layers as GeoJSON from the service. @implements {Source} */
export class GeoJsonSource {
  /** @param {string} features the address features have, one by one */
  constructor(features) {
    this.address = features;
    /** @type {Map<string, Promise<FeatureCollection>>} */
    this.kept = new Map();
  }

  /** @param {Layer} layer */
  partial(layer) {
    return layer.count > WHOLE;
  }

  /** @param {Layer} layer @param {Asked} [asked] */
  key(layer, asked = {}) {
    return `${layer.version} ${this.url(layer, asked)}`;
  }

  /** @param {Layer} layer @param {Asked} asked */
  url(layer, { filters = [], bbox, limit, version, date, when }) {
    const query = filters.map((filter) => `where=${encodeURIComponent(filter)}`);
    if (bbox) query.push(`bbox=${bbox}`);
    if (limit) query.push(`limit=${limit}`);
    if (version) query.push(`version=${version}`);
    else if (date) query.push(`as_of=${date}`);
    if (when) query.push(`when=${when}`);
    return layer.url + (query.length ? `?${query.join("&")}` : "");
  }

  /** @param {Layer} layer @param {Asked} [asked] @returns {Promise<FeatureCollection>} */
  features(layer, asked = {}) {
    const key = this.key(layer, asked);
    const known = this.kept.get(key);
    if (known) return known;
    /** @type {Promise<FeatureCollection>} */
    const answer = ask(this.url(layer, asked));
    answer.catch(() => this.kept.delete(key));
    this.kept.set(key, answer);
    for (const old of [...this.kept.keys()].slice(0, Math.max(0, this.kept.size - KEPT))) this.kept.delete(old);
    return answer;
  }

  /** @param {Layer} layer @param {string} feature @param {string} [date] @param {string} [when] @returns {Promise<Feature | null>} */
  feature(layer, feature, date = "", when = "") {
    return ask(`${this.address}/${encodeURIComponent(layer.id)}/${encodeURIComponent(feature)}${then(layer, date, when)}`).catch(() => null);
  }

  /** @param {Layer} layer @param {string} [date] @param {string} [when] @returns {Promise<FieldValues>} */
  values(layer, date = "", when = "") {
    return ask(`/api/layers/${encodeURIComponent(layer.id)}/values${then(layer, date, when)}`);
  }
}

/** Whether a layer has states that follow from dates. @param {Layer} layer */
export function timely(layer) {
  return layer.fields.some((field) => field.schedule);
}

/** The days a layer is asked for, as a query. @param {Layer} layer @param {string} date @param {string} when */
function then(layer, date, when) {
  const query = [date && `as_of=${date}`, when && timely(layer) && `when=${when}`].filter(Boolean).join("&");
  return query && `?${query}`;
}
