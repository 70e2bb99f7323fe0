// @ts-check
/** The versions of a layer: who, when, why, what changed since the one before; going back for those who may. */
import { announce, make } from "./element.js";
import { ask } from "./fetching.js";
import { post } from "./jobs.js";
import { number, said, text } from "./language.js";

/**
 * @param {any} layer
 * @param {any} person who is signed in, or null
 * @param {() => void} onRestored
 */
export function versionList(layer, person, onRestored) {
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
    return make(
      "li",
      { value: one.number },
      make("span", { text: `${about} · ${said("version_features", { count: number(one.features, "", 0) })}` }),
      one.came ? make("small", { class: "came", text: text(one.came) }) : null,
      one.why ? make("q", { class: "data", text: one.why }) : null,
      " ",
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
