// @ts-check
/** On the map: home, and a jump to each block of the plan's ground where there are several. */
import { html, nothing } from "lit-html";
import { make } from "./element.js";
import { said, text } from "./language.js";
import { mount } from "./mount.js";

/** @import { Page } from "./page.js" */

/** @param {Page} page */
export function addJumps(page) {
  const control = new L.Control({ position: "topleft" });
  const place = make("div", { class: "jumps leaflet-bar" });
  L.DomEvent.disableClickPropagation(place);
  control.onAdd = () => place;
  control.addTo(page.map);
  mount(place, () => {
    const { blocks, plan } = page.catalog.value;
    const button = (/** @type {string} */ words, /** @type {() => void} */ go) => html`<button type="button" @click=${go}>${words}</button>`;
    if (blocks.length < 2) return button(said("home"), () => page.home());
    return [blocks.map((one) => button(text(one.label), () => page.fit(one.bounds))), button(said("whole_plan"), () => page.fit(plan.bounds)), nothing];
  });
}
