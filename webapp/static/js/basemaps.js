// @ts-check
/** What lies below the layers. A tile source in another datum would be wrong by hundreds of metres: refused, and said. */
import { computed, effect } from "@preact/signals-core";
import { html, nothing } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { make } from "./element.js";
import { said, text } from "./language.js";

/** @import { Catalog } from "./api.js" */
/** @import { Page } from "./page.js" */

const OWN = "/basemap/{z}/{x}/{y}.svg";

/** @param {Catalog["basemaps"]} basemaps @param {string} wanted */
export function chosenBasemap(basemaps, wanted) {
  const usable = basemaps.filter((one) => one.fits);
  return usable.find((one) => one.id === wanted) ?? usable.find((one) => one.default) ?? usable[0] ?? null;
}

/** @param {Page} page @returns {() => unknown} */
export function basemapPart(page) {
  const { store } = page;
  const chosen = computed(() => chosenBasemap(page.catalog.peek().basemaps, store.base.value));
  effect(() => {
    const base = chosen.value;
    if (!base || base.kind === "none") return;
    const options = { maxZoom: 19, maxNativeZoom: base.max_zoom, attribution: credit(text(base.attribution)), zIndex: 1 };
    const tiles = L.tileLayer(base.kind === "background" ? OWN : base.url, options).addTo(page.map);
    return () => {
      tiles.remove();
    };
  });
  return () => html`<fieldset>
    <legend>${said("basemap")}</legend>
    ${page.catalog.value.basemaps.map(
      (base) => html`<label class="basemap">
        <input type="radio" name="basemap" value=${base.id} .checked=${live(base.id === chosen.value?.id)} ?disabled=${!base.fits} @change=${() => store.change({ base: base.id })} />
        <span class="data">${text(base.label)}</span>
        ${base.fits ? nothing : html`<small class="problem">${said("basemap_refused", { datum: base.datum })}</small>`}
      </label>`,
    )}
  </fieldset>`;
}

/** The two palettes of land use, where there is any. @param {Page} page */
export function palettePart(page) {
  if (!Object.values(page.catalog.value.layers).some((one) => one.classes.length)) return nothing;
  const choose = (/** @type {Event} */ event) => page.store.change({ palette: /** @type {HTMLSelectElement} */ (event.target).value });
  return html`<label class="palette">
    <span>${said("palette")}</span>
    <select id="palette" @change=${choose}>
      ${["official", "accessible"].map((name) => html`<option value=${name} .selected=${live(name === page.store.palette.value)}>${said(`palette_${name}`)}</option>`)}
    </select>
  </label>`;
}

/** Leaflet takes an attribution as markup: the markup of a text. @param {string} words */
function credit(words) {
  return make("span", { text: words }).innerHTML;
}
