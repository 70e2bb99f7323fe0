// @ts-check
/** Puts a part of the page in its place and draws it again whenever what it reads of the state changes. */
import { effect } from "@preact/signals-core";
import { render } from "lit-html";

/**
 * @param {HTMLElement} place
 * @param {() => unknown} part what lit-html draws
 * @returns {() => void} ends it
 */
export function mount(place, part) {
  return effect(() => {
    render(part(), place);
  });
}
