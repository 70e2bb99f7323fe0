// @ts-check
/** A place looked up on the map: a right click, or the map's centre by a button. */
import { announce, byId, make } from "./element.js";
import { ask } from "./fetching.js";
import { number, said, text } from "./language.js";

/**
 * @param {any} map @param {HTMLElement} tools
 * @param {{busy: () => boolean, onClose: () => void, onFeature: (layer: string, feature: string) => void}} options
 */
export function addSite(map, tools, options) {
  map.on("contextmenu", (/** @type {any} */ event) => options.busy() || look(event.latlng));
  tools.append(make("p", {}, make("button", { type: "button", id: "site-here", text: said("site_here"), onclick: () => look(map.getCenter()) })));

  /** @param {{lat: number, lng: number}} at */
  async function look(at) {
    const found = await ask(`/api/site?lon=${at.lng.toFixed(7)}&lat=${at.lat.toFixed(7)}`).catch((error) => announce(error.message));
    if (!found) return;
    L.popup({ autoPan: false, closeButton: false, className: "site-mark" }).setLatLng(at).setContent(make("span", { text: said("site_heading") })).openOn(map);
    const card = byId("card");
    const held = found.layers.filter((/** @type {any} */ row) => row.within.length);
    const near = found.layers.filter((/** @type {any} */ row) => row.near).sort((/** @type {any} */ a, /** @type {any} */ b) => a.near.distance_m - b.near.distance_m);
    const title = make("h2", { id: "card-title", tabindex: "-1", text: said("site_heading") });
    card.replaceChildren(
      make("header", {}, make("button", { type: "button", class: "close", "aria-label": said("close"), title: said("close"), onclick: options.onClose }, "×"), title),
      make("p", { text: `WGS 84 ${found.longitude.toFixed(6)}°E ${found.latitude.toFixed(6)}°N` }),
      make("p", { text: `${found.plane_crs} E ${found.east_m.toFixed(2)} N ${found.north_m.toFixed(2)} m` }),
      ...part("site_within", held, (/** @type {any} */ row) => row.within.map((/** @type {any} */ one) => item(row, one, ""))),
      ...part("site_near", near, (/** @type {any} */ row) => [item(row, row.near, number(row.near.distance_m, "m", 0))]),
    );
    card.hidden = false;
    card.setAttribute("aria-labelledby", "card-title");
    title.focus({ preventScroll: true });
  }

  /** @param {string} heading @param {any[]} rows @param {(row: any) => Node[]} items */
  function part(heading, rows, items) {
    const list = rows.length ? make("ul", { class: "site" }, ...rows.flatMap(items)) : make("p", { class: "unknown", text: said("site_nothing") });
    return [make("h3", { text: said(heading) }), list];
  }

  /** @param {any} row @param {any} one @param {string} distance */
  function item(row, one, distance) {
    const when = one.when.map((/** @type {any} */ date) => `${text(date.label)} ${date.value}`);
    const open = make("button", { type: "button", class: "link data", text: text(one.name), onclick: () => options.onFeature(row.layer, one.id) });
    return make("li", {}, make("small", { text: `${text(row.label)} ` }), open, make("span", { class: "data", text: ` ${[one.class && text(one.class) !== text(one.name) ? text(one.class) : "", distance, ...when].filter(Boolean).join(" · ")}` }));
  }
}
