// @ts-check
/** What lies below the layers. A tile source in another datum would be wrong by hundreds of metres: refused, and said. */
import { make } from "./element.js";
import { said, text } from "./language.js";

const OWN = "/basemap/{z}/{x}/{y}.svg";

/** @param {any[]} basemaps @param {string} wanted */
export function chosenBasemap(basemaps, wanted) {
  const usable = basemaps.filter((one) => one.fits);
  return usable.find((one) => one.id === wanted) ?? usable.find((one) => one.default) ?? usable[0] ?? null;
}

/**
 * @param {any} map
 * @param {any[]} basemaps
 * @param {string} wanted
 * @param {HTMLElement} place
 * @param {(id: string) => void} onChoose
 */
export function addBasemaps(map, basemaps, wanted, place, onChoose) {
  /** @type {any} */
  let drawn = null;
  /** @param {any} base */
  const lay = (base) => {
    drawn?.remove();
    drawn = null;
    if (!base || base.kind === "none") return;
    const url = base.kind === "background" ? OWN : base.url;
    const credit = make("span", { text: text(base.attribution) });
    drawn = L.tileLayer(url, { maxZoom: 19, maxNativeZoom: base.max_zoom, attribution: escaped(credit), zIndex: 1 }).addTo(map);
  };
  const first = chosenBasemap(basemaps, wanted);
  lay(first);
  const rows = basemaps.map((base) => {
    const radio = make("input", { type: "radio", name: "basemap", value: base.id, checked: base === first, disabled: !base.fits });
    radio.addEventListener("change", () => {
      lay(base);
      onChoose(base.id);
    });
    const why = base.fits ? null : make("small", { class: "problem", text: said("basemap_refused", { datum: base.datum }) });
    return make("label", { class: "basemap" }, radio, make("span", { class: "data", text: text(base.label) }), why);
  });
  place.append(make("fieldset", {}, make("legend", { text: said("basemap") }), ...rows));
}

/** Leaflet takes attribution as markup; give it markup in which text is only text. @param {HTMLElement} element */
export function escaped(element) {
  return element.innerHTML;
}
