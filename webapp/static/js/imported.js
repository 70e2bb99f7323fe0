// @ts-check
/** Layers that came by import: renamed, coloured, described and taken off again, each on a line of its own. */
import { announce, make } from "./element.js";
import { ask } from "./fetching.js";
import { choice, row } from "./form.js";
import { post } from "./jobs.js";
import { said, text } from "./language.js";
import { MEASURES } from "./questions.js";

/** @param {HTMLElement} place @param {ImportedLayer[]} layers @param {[string, string][]} groups */
export function imported(place, layers, groups) {
  place.append(...layers.map((layer) => line(layer, groups)));
}

/** @param {ImportedLayer} layer @param {[string, string][]} groups @returns {HTMLElement} */
function line(layer, groups) {
  const name = make("strong", { class: "data", text: text(layer.label) });
  const status = make("span", { role: "status", class: "hint" });
  const group = choice("group", groups);
  group.value = layer.group;
  const fields = [["", said("import_none")], ...layer.fields.map((one) => [one.id, text(one.label)])];
  const title = choice("title", fields);
  title.value = layer.title;
  const labels = /** @type {HTMLInputElement} */ (make("input", { type: "checkbox", name: "labels", checked: layer.labels }));
  const description = described(layer);
  const colored = choice("color_field", fields);
  colored.value = layer.color_field;
  let recoloured = false;
  const form = /** @type {HTMLFormElement} */ (
    make(
      "form",
      { class: "decision", onsubmit: save },
      row("import_label_zh", input("label_zh", layer.label.zh)),
      row("import_label_en", input("label_en", layer.label.en)),
      row("import_group", group),
      row("layer_color", make("input", { type: "color", name: "color", value: layer.color || "#1f78b4" })),
      row("layer_color_field", colored),
      row("layer_title", title),
      row("layer_labels", labels),
      description.table,
      make("p", {}, make("button", { type: "submit", text: said("layer_save") }), " ", status),
    )
  );
  const color = /** @type {HTMLInputElement} */ (form.elements.namedItem("color"));
  color.addEventListener("change", () => (recoloured = true));
  const off = make("button", { type: "button", text: said("layer_take_off"), onclick: takeOff });
  const box = make("section", { class: "file-card", "aria-label": text(layer.label) }, make("p", {}, name, " ", make("small", { class: "data", text: layer.id }), " ", make("a", { href: `/#near=${encodeURIComponent(layer.id)}&on=${encodeURIComponent(layer.id)}`, text: said("import_see") }), " ", off), make("details", {}, make("summary", { text: said("layer_describe") }), form));
  return box;

  /** @param {Event} event */
  async function save(event) {
    event.preventDefault();
    const entered = new FormData(form);
    const words = /** @type {Record<string, unknown>} */ ({ labels: labels.checked });
    for (const key of ["label_zh", "label_en", "group", "title"]) if (entered.get(key)) words[key] = String(entered.get(key));
    if (recoloured) words.color = color.value;
    if (colored.value !== layer.color_field) words.color_field = colored.value;
    const told = description.told();
    if (Object.keys(told).length) words.fields = told;
    try {
      layer = await post(`/api/layers/${encodeURIComponent(layer.id)}/entry`, words);
      name.textContent = text(layer.label);
      status.textContent = said("layer_saved");
    } catch (error) {
      status.textContent = error instanceof Error ? error.message : String(error);
    }
  }

  async function takeOff() {
    if (!window.confirm(said("layer_take_off_sure", { layer: text(layer.label) }))) return;
    try {
      await ask(`/api/layers/${encodeURIComponent(layer.id)}`, { method: "DELETE", headers: { Accept: "application/json", "Content-Type": "application/json" }, body: "{}" });
      box.remove();
      announce(said("layer_taken_off", { layer: text(layer.label) }));
    } catch (error) {
      announce(error instanceof Error ? error.message : String(error));
    }
  }
}

/**
 * The fields, each with its words in both languages and its unit; what was said of them is told when it is asked.
 * @param {ImportedLayer} layer
 */
function described(layer) {
  const head = ["import_field", "import_label_zh", "import_label_en", "layer_unit", "layer_measure", "layer_currency"].map((key) => make("th", { scope: "col", text: said(key) }));
  const fields = layer.fields.map((one) => {
    const words = [input("label_zh", one.label.zh, `${one.id}: label_zh`), input("label_en", one.label.en, `${one.id}: label_en`), input("unit", one.unit, `${one.id}: unit`)];
    return { one, words, measure: used(one), currency: one.guess === "money" ? currencies(one, layer) : null };
  });
  const rows = fields.map(({ one, words, measure, currency }) =>
    make("tr", { "data-field": one.id }, make("th", { scope: "row", class: "data", text: one.id }), ...[...words, measure, currency].map((field) => make("td", {}, field))),
  );
  return { table: make("div", { class: "scroll" }, make("table", { class: "cells" }, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows))), told };

  /** What differs from what was known, by field. @returns {Record<string, Record<string, string>>} */
  function told() {
    const all = fields.map(({ one, words, measure, currency }) => {
      const values = words.filter((field) => field.value !== field.defaultValue).map((field) => [field.name, field.value.trim()]);
      if (measure?.value && measure.value !== one.measure) values.push(["measure", measure.value]);
      if (currency?.value && currency.value !== one.currency) values.push(["currency", currency.value]);
      return [one.id, values.length ? Object.fromEntries(values) : null];
    });
    return Object.fromEntries(all.filter(([, values]) => values));
  }
}

/** How a field's numbers may be used: as was said, or what its name suggests. @param {ImportedLayer["fields"][0]} one */
function used(one) {
  if (!one.guess) return null;
  const named = (/** @type {string} */ measure) => said(`measure_${measure}`);
  const select = choice("measure", [["", one.measure ? named(one.measure) : said("import_used_as", { value: named(one.guess) })], ...MEASURES.map((measure) => [measure, named(measure)])]);
  select.value = one.measure;
  select.setAttribute("aria-label", said("import_measure_of", { field: one.id }));
  return select;
}

/** Which field holds the currencies of an amount of money. @param {ImportedLayer["fields"][0]} one @param {ImportedLayer} layer */
function currencies(one, layer) {
  const select = choice("currency", [["", said("import_none")], ...layer.fields.map((field) => [field.id, text(field.label)])]);
  select.value = one.currency;
  select.setAttribute("aria-label", `${one.id}: ${said("layer_currency")}`);
  return select;
}

/** @param {string} name @param {string} value @param {string} [label] @returns {HTMLInputElement} */
function input(name, value, label) {
  return /** @type {HTMLInputElement} */ (make("input", { type: "text", name, value, maxlength: 200, "aria-label": label }));
}
