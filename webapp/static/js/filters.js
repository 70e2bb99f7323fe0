// @ts-check
/** Filters a person sets on a layer: the declared fields with the values that occur, and how often. */
import { make } from "./element.js";
import { ask } from "./fetching.js";
import { number, said, text } from "./language.js";
import { coded } from "./values.js";

/**
 * @param {any} layer
 * @param {string[]} now the filters in force
 * @param {(filters: string[]) => void} onFilter
 */
export async function filterForm(layer, now, onFilter) {
  const fields = layer.fields.filter((/** @type {any} */ field) => field.filter);
  const form = make("form", { class: "filters", onsubmit: (/** @type {Event} */ e) => e.preventDefault() });
  if (!fields.length) return form;
  const known = (await ask(`/api/layers/${encodeURIComponent(layer.id)}/values`)).fields;
  /** @type {Record<string, string>} */
  const chosen = {};
  for (const filter of now) {
    const cut = filter.indexOf("=");
    if (cut > 0) chosen[filter.slice(0, cut)] = filter.slice(cut + 1);
  }
  for (const field of fields) {
    const select = /** @type {HTMLSelectElement} */ (make("select", { "data-field": field.id }));
    select.append(make("option", { value: "", text: said("filter_all") }));
    for (const [value, count] of known[field.id].values) {
      const label = value === null || value === "" ? said("not_stated") : coded(field, value);
      select.append(make("option", { value: `=${value ?? ""}`, text: `${label} (${number(count, "", 0)})` }));
    }
    const left = known[field.id].different - known[field.id].values.length;
    if (left > 0) select.append(make("option", { disabled: true, text: said("filter_left", { count: number(left, "", 0) }) }));
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
