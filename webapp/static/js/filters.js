// @ts-check
/** Filters a person sets on a layer: the declared fields with the values that occur, and how often. */
import { html, nothing } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { writtenField } from "./field-lists.js";
import { labelOf, number, said } from "./language.js";
import { coded } from "./values.js";

/** @import { Field, FieldValues, Layer } from "./api.js" */
/** @import { Page } from "./page.js" */

/** @param {Page} page @param {Layer} layer @param {FieldValues} known */
export function filterPart(page, layer, known) {
  const now = page.store.filters.value[layer.id] ?? [];
  const fields = layer.fields.filter((one) => one.filter);
  const set = (/** @type {Field} */ field, /** @type {string} */ value) => {
    const others = now.filter((one) => !one.startsWith(`${writtenField(field.id)}=`));
    page.store.filter(layer.id, value ? [...others, `${writtenField(field.id)}${value}`] : others);
  };
  return html`<form class="filters" @submit=${(/** @type {Event} */ e) => e.preventDefault()}>
    ${fields.map((field) => {
      const chosen = now.find((one) => one.startsWith(`${writtenField(field.id)}=`))?.slice(writtenField(field.id).length) ?? "";
      return html`<label><span>${labelOf(field)}</span>${select(field, known.fields[field.id], chosen, (value) => set(field, value))}</label>`;
    })}
  </form>`;
}

/**
 * @param {Field} field
 * @param {FieldValues["fields"][string] | undefined} known
 * @param {string} chosen "" or "=value"
 * @param {(value: string) => void} onChange
 */
function select(field, known, chosen, onChange) {
  const values = known?.values ?? [];
  const left = (known?.different ?? 0) - values.length;
  const options = values.map(([value, count]) => {
    const label = value === null || value === "" ? said("not_stated") : coded(field, value);
    const is = `=${value ?? ""}`;
    return html`<option value=${is} .selected=${live(is === chosen)}>${label} (${number(count, "", 0)})</option>`;
  });
  return html`<select data-field=${field.id} @change=${(/** @type {Event} */ e) => onChange(/** @type {HTMLSelectElement} */ (e.target).value)}>
    <option value="" .selected=${live(chosen === "")}>${said("filter_all")}</option>
    ${options} ${left > 0 ? html`<option disabled>${said("filter_left", { count: number(left, "", 0) })}</option>` : nothing}
  </select>`;
}
