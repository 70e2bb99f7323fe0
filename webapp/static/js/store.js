// @ts-check
/** The one state of the map page. Panels, map, address, links and pictures read it; nothing keeps a second one. */
import { computed, signal } from "@preact/signals-core";
import { emptyView, formatView } from "./state.js";

/** @import { View } from "./state.js" */

/** @type {string[]} */
const NONE = [];

export class Store {
  /** @param {View} [first] */
  constructor(first = emptyView()) {
    this.view = signal(first);
    this.on = computed(() => this.view.value.on ?? NONE);
    this.opacity = computed(() => this.view.value.opacity);
    this.filters = computed(() => this.view.value.filters);
    this.base = computed(() => this.view.value.base);
    this.palette = computed(() => this.view.value.palette);
    this.selected = computed(() => this.view.value.selected);
    this.date = computed(() => this.view.value.date);
    this.when = computed(() => this.view.value.when);
    this.twin = computed(() => this.view.value.twin);
    this.compared = computed(() => this.view.value.compared);
    this.site = computed(() => this.view.value.site);
    this.question = computed(() => this.view.value.question);
    this.table = computed(() => this.view.value.table);
    this.figure = computed(() => this.view.value.figure);
    /** What the address says after #. */
    this.address = computed(() => formatView(this.view.value));
  }

  /** Changes what is given; what stays equal stays the same object, so that only what depends on a change runs. @param {Partial<View>} part @returns {boolean} whether anything changed */
  change(part) {
    const now = this.view.peek();
    const changed = Object.entries(part).filter(([key, value]) => !same(value, now[/** @type {keyof View} */ (key)]));
    if (changed.length) this.view.value = { ...now, ...Object.fromEntries(changed) };
    return changed.length > 0;
  }

  /** Shows a layer or takes it off. @param {string} id @param {boolean} shown */
  show(id, shown) {
    const now = this.view.peek().on ?? [];
    if (now.includes(id) !== shown) this.change({ on: shown ? [...now, id] : now.filter((one) => one !== id) });
  }

  /** @param {string} id @param {string[]} conditions none: all of the layer */
  filter(id, conditions) {
    const { [id]: _before, ...rest } = this.view.peek().filters;
    this.change({ filters: conditions.length ? { ...rest, [id]: conditions } : rest });
  }

  /** @param {string} id @param {number} share */
  fade(id, share) {
    const { [id]: _before, ...rest } = this.view.peek().opacity;
    this.change({ opacity: share < 1 ? { ...rest, [id]: share } : rest });
  }
}

/** Whether two values of a view say the same. @param {unknown} a @param {unknown} b */
export function same(a, b) {
  return a === b || (typeof a === "object" && JSON.stringify(a) === JSON.stringify(b));
}
