// @ts-check
/** Rows of a form: a label beside its control. */
import { make } from "./element.js";
import { said } from "./language.js";

/** @param {string[]} values */
export function pairs(values) {
  return values.map((value) => [value, value]);
}

/** @param {string} name @param {string[][]} options @returns {HTMLSelectElement} */
export function choice(name, options) {
  return /** @type {HTMLSelectElement} */ (make("select", { name }, ...options.map(([value, words]) => make("option", { value, text: words }))));
}

/** @param {string} key @param {HTMLElement} control */
export function row(key, control) {
  return make("label", { class: "row" }, make("span", { text: said(key) }), control);
}
