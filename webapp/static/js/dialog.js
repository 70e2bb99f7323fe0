// @ts-check
/** A dialog over the page, drawn from the state while it is open. */
import { signal } from "@preact/signals-core";
import { html, nothing } from "lit-html";
import { make } from "./element.js";
import { said } from "./language.js";
import { mount } from "./mount.js";

export class Dialog {
  /** @param {string} name of its class @param {string} heading key of its words @param {() => unknown} part */
  constructor(name, heading, part) {
    this.open = signal(false);
    this.element = /** @type {HTMLDialogElement} */ (make("dialog", { class: name }));
    this.element.addEventListener("close", () => (this.open.value = this.element.open)); // told late: it may be open again
    document.body.append(this.element);
    mount(this.element, () => {
      this.element.setAttribute("aria-label", said(heading));
      if (!this.open.value) return nothing;
      return html`<h2>${said(heading)}</h2>
        ${part()}
        <form method="dialog"><button>${said("close")}</button></form>`;
    });
  }

  show() {
    this.open.value = true;
    this.element.showModal();
  }
}

/** Sets a signal to what a control says. @param {import("@preact/signals-core").Signal<string>} into */
export function into(into) {
  return (/** @type {Event} */ event) => {
    into.value = /** @type {HTMLInputElement | HTMLSelectElement} */ (event.target).value;
  };
}

/** Sets a signal to whether a box is checked. @param {import("@preact/signals-core").Signal<boolean>} into */
export function ticked(into) {
  return (/** @type {Event} */ event) => {
    into.value = /** @type {HTMLInputElement} */ (event.target).checked;
  };
}
