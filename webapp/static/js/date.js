// @ts-check
/** The day whose data the map shows: chosen here, kept in the state, told above the layers for as long as it is set. */
import { html, nothing } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { said } from "./language.js";
import { day } from "./state.js";

/** @import { Page } from "./page.js" */

/** @param {Page} page */
export function datePart(page) {
  const { store } = page;
  const choose = (/** @type {Event} */ event) => store.change({ date: day(/** @type {HTMLInputElement} */ (event.target).value) });
  return html`<label class="as-of"><span>${said("date_of_data")}</span>
    <input type="date" id="date" max=${new Date().toISOString().slice(0, 10)} .value=${live(store.date.value)} @change=${choose} /></label>
    <p class="hint">${said("date_hint")}</p>`;
}

/** @param {Page} page */
export function dateNotice(page) {
  const { store } = page;
  const date = store.date.value;
  if (!date) return nothing;
  return html`<p class="notice" id="date-notice">${said("date_shown", { day: date })} <button type="button" @click=${() => store.change({ date: "" })}>${said("date_newest")}</button></p>`;
}
