// @ts-check
/** A table without places: how it would meet a layer is shown first, then it is joined by the key a person chose. */
import { make } from "./element.js";
import { row } from "./form.js";
import { language, number, said } from "./language.js";

/** @typedef {{ count: number, examples: string[] }} Listed */
/** @typedef {(title: string, url: string, body: any, again: () => void) => Promise<any>} Job */

const LISTS = ["unmatched_rows", "unmatched_features", "doubled_rows", "doubled_features"];

/**
 * @param {HTMLElement} place where the card's steps are
 * @param {{ upload: string, stem: string, layers: [string, string][], job: Job, done: () => void }} card
 */
export function joinTable(place, card) {
  const table = card.stem.toLowerCase().replace(/[^a-z0-9_]+/g, "_").replace(/^[^a-z]+/, "") || "table";
  /** @type {Record<string, string>} */
  const wish = { layer: card.layers[0]?.[0] ?? "", table, key: "", layer_key: "", period: "", source_zh: "", doubled: "" };
  choose();

  function choose() {
    const layer = select("layer", card.layers, wish.layer);
    const go = make("button", { type: "submit", class: "button", text: said("join_look") });
    const form = make("form", { class: "decision" }, make("p", { text: said("join_intro") }), row("join_layer", layer), go);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      Object.assign(wish, { layer: layer.value, key: "", layer_key: "" });
      look();
    });
    place.replaceChildren(form);
  }

  async function look() {
    const seen = await card.job(said("join_looking"), `/api/uploads/${card.upload}/join-preview`, told(), choose);
    if (seen) decide(seen);
  }

  /** @param {any} seen */
  function decide(seen) {
    /** @type {string[]} */
    const columns = alone(seen.columns.map((/** @type {any} */ one) => one.name));
    const fields = alone(seen.fields);
    const [key, andKey] = two("key", columns.map((one) => [one, one]), keyParts(seen.key, columns));
    const [layerKey, andLayerKey] = two("layer_key", fields.map((one) => [one, one || said("join_ids")]), keyParts(seen.layer_key, fields));
    const doubled = select("doubled", [["", said("join_doubled_ask")], ["first", said("join_doubled_first")], ["none", said("join_doubled_none")]], wish.doubled);
    const inputs = ["table", "period", "source_zh"].map((name) => make("input", { name, value: wish[name], maxlength: "200" }));
    const lists = LISTS.filter((name) => seen[name]?.count).map((name) => listed(name, seen[name]));
    const head = make("p", { class: "done", role: "status", text: said("join_matched", { rows: number(seen.rows, "", 0), features: number(seen.features, "", 0), matched: number(seen.matched, "", 0) }) });
    const again = () => {
      keep();
      look();
    };
    for (const one of [key, andKey, layerKey, andLayerKey]) one.addEventListener("change", again);
    const join = /** @type {HTMLButtonElement} */ (make("button", { type: "submit", class: "button", text: said("join_do") }));
    join.disabled = !seen.matched;
    const form = make(
      "form",
      { class: "decision" },
      head,
      ...lists,
      row("join_key", key),
      row("join_key_and", andKey),
      row("join_layer_key", layerKey),
      row("join_key_and", andLayerKey),
      ...(seen.doubled_rows?.count ? [row("join_doubled", doubled)] : []),
      ...["join_table", "join_period", "join_source"].map((name, i) => row(name, inputs[i])),
      ...seen.notes.map((/** @type {any} */ note) => make("p", { class: "hint data", text: note[language()] })),
      make("p", {}, join, " ", make("button", { type: "button", text: said("join_other"), onclick: choose })),
    );
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      keep();
      const made = await card.job(said("join_do"), `/api/uploads/${card.upload}/join`, told(), () => place.replaceChildren(form));
      if (made) finish(made);
    });
    place.replaceChildren(form);

    function keep() {
      Object.assign(wish, { key: together(key, andKey), layer_key: together(layerKey, andLayerKey), doubled: doubled.value });
      for (const one of inputs) wish[one.getAttribute("name") ?? ""] = /** @type {HTMLInputElement} */ (one).value.trim();
    }
  }

  function told() {
    return Object.fromEntries(Object.entries(wish).filter(([, value]) => value));
  }

  /** @param {any} made */
  function finish(made) {
    card.done();
    place.replaceChildren(
      make("p", { class: "done", role: "status", text: said("join_done", { layer: made.layer, number: made.version, fields: made.fields.join(", "), matched: number(made.matched, "", 0), features: number(made.features, "", 0) }) }),
      make("p", {}, make("a", { class: "button", href: `/#near=${encodeURIComponent(made.layer)}&on=${encodeURIComponent(made.layer)}`, text: said("import_see") })),
    );
  }
}

/**
 * The columns a key is put together from: itself where it is a column, else what stands around the plus.
 * @param {string} key @param {string[]} columns @returns {[string, string]}
 */
export function keyParts(key, columns) {
  if (columns.includes(key)) return [key, ""];
  const cut = [...key].map((sign, at) => (sign === "+" ? at : -1)).find((at) => at > 0 && columns.includes(key.slice(0, at)) && columns.includes(key.slice(at + 1)));
  return cut === undefined ? [key, ""] : [key.slice(0, cut), key.slice(cut + 1)];
}

/** Columns without those that are two of them put together. @param {string[]} names @returns {string[]} */
export function alone(names) {
  return names.filter((name) => !keyParts(name, names.filter((one) => one !== name))[1]);
}

/** A choice of a column and of a second one beside it. @param {string} name @param {[string, string][]} options @param {[string, string]} parts */
function two(name, options, parts) {
  const others = /** @type {[string, string][]} */ ([["", said("import_none")], ...options.filter(([one]) => one)]);
  return [select(name, options, parts[0]), select(`${name}_and`, others, parts[1])];
}

/** @param {HTMLSelectElement} one @param {HTMLSelectElement} other */
function together(one, other) {
  return other.value && one.value && other.value !== one.value ? `${one.value}+${other.value}` : one.value;
}

/** @param {string} name @param {Listed} found */
function listed(name, found) {
  const more = found.count > found.examples.length ? " …" : "";
  return make("details", {}, make("summary", { text: said(`join_${name}`, { count: number(found.count, "", 0) }) }), make("p", { class: "data", text: found.examples.join(", ") + more }));
}

/** @param {string} name @param {[string, string][]} options @param {string} value */
function select(name, options, value) {
  const found = /** @type {HTMLSelectElement} */ (make("select", { name }, ...options.map(([one, text]) => make("option", { value: one, text }))));
  found.value = value;
  return found;
}
