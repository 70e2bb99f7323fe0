// @ts-check
/** The versions of a layer: who, when, why, how it came in; seen on the map, compared, and gone back to by those who may. */
import { announce, make } from "./element.js";
import { ask } from "./fetching.js";
import { post } from "./jobs.js";
import { number, said, text } from "./language.js";

const MOST = 5000;
const LOOK = { color: "#b4009e", weight: 2, dashArray: "6 4", fillOpacity: 0.08 };
/** The old version on the map, one at a time: which, and what is drawn of it. @type {{key: string, drawn: any, button: HTMLElement | null}} */
const seen = { key: "", drawn: null, button: null };

/** Takes the old version off the map. */
function unsee() {
  seen.drawn?.remove();
  seen.button?.setAttribute("aria-pressed", "false");
  Object.assign(seen, { key: "", drawn: null, button: null });
}

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
    const key = `${layer.id}@${one.number}`;
    const look = make("button", { type: "button", "aria-pressed": String(seen.key === key), text: said("version_look"), onclick: () => told(show) });
    if (seen.key === key) seen.button = look;
    async function show() {
      const on = seen.key === key;
      unsee();
      place.replaceChildren();
      if (on) return;
      Object.assign(seen, { key, button: look });
      look.setAttribute("aria-pressed", "true");
      const found = await ask(`/layers/${encodeURIComponent(layer.id)}.geojson?version=${one.number}&limit=${MOST}`);
      if (seen.key !== key) return; // another was asked for meanwhile
      const dot = (/** @type {any} */ _feature, /** @type {any} */ at) => L.circleMarker(at, { ...LOOK, radius: 6, interactive: false });
      seen.drawn = L.geoJSON({ type: "FeatureCollection", features: found.features.filter((/** @type {any} */ f) => f.geometry) }, { style: () => LOOK, pointToLayer: dot, interactive: false }).addTo(map);
      if (seen.drawn.getLayers().length) map.fitBounds(seen.drawn.getBounds(), { maxZoom: 16, padding: [40, 40] });
      place.replaceChildren(said("version_seen", { number: one.number, shown: number(found.numberReturned, "", 0), count: number(found.numberMatched, "", 0) }));
    }
    /** Does something of a version; what fails is said beside it. @param {() => Promise<void>} deed */
    async function told(deed) {
      try {
        await deed();
      } catch (error) {
        if (seen.key === key) unsee();
        place.replaceChildren(make("span", { class: "problem", text: error instanceof Error ? error.message : String(error) }));
      }
    }
    return make(
      "li",
      { value: one.number },
      make("span", { text: `${about} · ${said("version_features", { count: number(one.features, "", 0) })}` }),
      one.came ? make("small", { class: "came", text: text(one.came) }) : null,
      one.why ? make("q", { class: "data", text: one.why }) : null,
      " ",
      look,
      one.number > 1 ? make("button", { type: "button", text: said("version_compare"), onclick: () => told(compare) }) : null,
      person?.scopes.includes("layers:write") && one.number !== layer.number ? make("button", { type: "button", text: said("version_restore"), onclick: () => told(restore) }) : null,
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
