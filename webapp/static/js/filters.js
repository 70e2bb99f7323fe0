// @ts-check
/** Filters a person sets on a layer: the declared fields with the values that occur, and how often. */
import { make } from "./element.js";
import { ask } from "./fetching.js";
import { said, text } from "./language.js";
import { coded, rawValue } from "./values.js";

const MOST_VALUES = 40;

/**
 * @param {any} layer
 * @param {string[]} now the filters in force
 * @param {(filters: string[]) => void} onFilter
 */
export async function filterForm(layer, now, onFilter) {
  const fields = layer.fields.filter((/** @type {any} */ field) => field.filter);
  const form = make("form", { class: "filters", onsubmit: (/** @type {Event} */ e) => e.preventDefault() });
  if (!fields.length) return form;
  const features = (await ask(layer.url)).features;
  /** @type {Record<string, string>} */
  const chosen = {};
  for (const filter of now) {
    const cut = filter.indexOf("=");
    if (cut > 0) chosen[filter.slice(0, cut)] = filter.slice(cut + 1);
  }
  for (const field of fields) {
    const select = /** @type {HTMLSelectElement} */ (make("select", { "data-field": field.id }));
    select.append(make("option", { value: "", text: said("filter_all") }));
    for (const [value, count] of counted(features, field)) {
      const label = value === "" ? said("not_stated") : coded(field, value);
      select.append(make("option", { value: `=${value}`, text: `${label} (${count})` }));
    }
    if (Object.hasOwn(chosen, field.id)) select.value = `=${chosen[field.id]}`;
    select.addEventListener("change", () => {
      if (select.value) chosen[field.id] = select.value.slice(1);
      else delete chosen[field.id];
      onFilter(Object.entries(chosen).map(([id, value]) => `${id}=${value}`));
    });
    form.append(make("label", {}, make("span", { text: text(field.label) }), select));
  }
  return form;
}

/** @param {any[]} features @param {any} field @returns {[string, number][]} */
function counted(features, field) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const feature of features) {
    const value = rawValue({ ...field, text: null }, feature.properties);
    for (const one of Array.isArray(value) ? (value.length ? value : [""]) : [value ?? ""]) {
      counts.set(String(one), (counts.get(String(one)) ?? 0) + 1);
    }
  }
  return [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).slice(0, MOST_VALUES);
}
