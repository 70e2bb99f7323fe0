// @ts-check
/** The versions of a layer: who, when, why, how it came in; seen on the map, compared, and gone back to by those who may. */
import { announce, make } from "./element.js";
import { ask } from "./fetching.js";
import { post } from "./jobs.js";
import { nameOf, number, said, text } from "./language.js";

const MOST = 5000;
const LOOK = { color: "#b4009e", weight: 2, dashArray: "6 4", fillOpacity: 0.08 };
/** The old version on the map; one at a time. @type {any} */
let seen = null;

/**
 * @param {any} layer
 * @param {any} person who is signed in, or null
 * @param {{map: any, onRestored: () => void}} options
 */
export function versionList(layer, person, { map, onRestored }) {
  if (!layer.number) return null;
  const list = make("ol", { class: "versions", reversed: true });
  const fold = /** @type {HTMLDetailsElement} */ (make("details", {}, make("summary", { text: said("versions_heading", { number: layer.number }) }), list));
  const address = `/api/layers/${encodeURIComponent(layer.id)}`;
  fold.addEventListener("toggle", async () => {
    if (!fold.open || list.childElementCount) return;
    const told = await ask(`${address}/versions`);
    list.append(...told.versions.map(row));
  });

  /** @param {any} one */
  function row(one) {
    const about = `${said(one.kind === "restore" ? "version_restored" : `version_${one.kind}`)} · ${one.who} · ${one.made_at.slice(0, 16).replace("T", " ")} UTC`;
    const place = make("p", { class: "data" });
    const compare = async () => place.replaceChildren(...changes(await ask(`${address}/compare?before=${one.number - 1}&after=${one.number}`)));
    const restore = async () => {
      const made = await post(`${address}/restore`, { version: one.number });
      announce(said("edit_saved", { number: made.number }));
      layer.number = made.number;
      onRestored();
    };
    const look = make("button", { type: "button", "aria-pressed": "false", text: said("version_look"), onclick: show });
    async function show() {
      const on = look.getAttribute("aria-pressed") === "true";
      seen?.remove();
      list.querySelectorAll("[aria-pressed=true]").forEach((one) => one.setAttribute("aria-pressed", "false"));
      place.replaceChildren();
      if (on) return;
      look.setAttribute("aria-pressed", "true");
      const told = await ask(`/layers/${encodeURIComponent(layer.id)}.geojson?version=${one.number}&limit=${MOST}`);
      const tip = (/** @type {any} */ feature, /** @type {any} */ shape) => shape.bindTooltip(make("span", { class: "data", text: nameOf(layer, feature) }), { sticky: true });
      const dot = (/** @type {any} */ _feature, /** @type {any} */ at) => L.circleMarker(at, { radius: 6 });
      seen = L.geoJSON({ type: "FeatureCollection", features: told.features.filter((/** @type {any} */ f) => f.geometry) }, { style: () => LOOK, pointToLayer: dot, onEachFeature: tip }).addTo(map);
      if (seen.getLayers().length) map.fitBounds(seen.getBounds(), { maxZoom: 16, padding: [40, 40] });
      place.replaceChildren(said("version_seen", { number: one.number, shown: number(told.numberReturned, "", 0), count: number(told.numberMatched, "", 0) }));
    }
    return make(
      "li",
      { value: one.number },
      make("span", { text: `${about} · ${said("version_features", { count: number(one.features, "", 0) })}` }),
      one.came ? make("small", { class: "came", text: text(one.came) }) : null,
      one.why ? make("q", { class: "data", text: one.why }) : null,
      " ",
      look,
      one.number > 1 ? make("button", { type: "button", text: said("version_compare"), onclick: compare }) : null,
      person?.scopes.includes("layers:write") && one.number !== layer.number ? make("button", { type: "button", text: said("version_restore"), onclick: restore }) : null,
      place,
    );
  }
  return fold;
}

/** What a comparison says, in words. @param {any} told @returns {(Node | string)[]} */
function changes(told) {
  const head = said("version_changes", { added: told.added.length, removed: told.removed.length, changed: told.changed.length, unchanged: told.unchanged });
  const rows = told.changed.slice(0, 30).map((/** @type {any} */ one) => {
    const areas = { before: number(one.before_m2, "m2", 0), after: number(one.after_m2, "m2", 0) };
    const shape = said(one.before_m2 || one.after_m2 ? "version_geometry" : "version_place", areas);
    const what = [...(one.geometry_changed ? [shape] : []), ...one.fields];
    return make("li", { text: `${one.feature}: ${what.join(", ")}` });
  });
  return [head, make("ul", {}, ...rows)];
}
