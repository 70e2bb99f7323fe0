// @ts-check
/** What a file holds and what is to be decided about it: CRS, name, fields, scheme. */
import { make } from "./element.js";
import { choice, pairs, row } from "./form.js";
import { places } from "./places.js";
import { number, said, text } from "./language.js";

const ENCODINGS = ["", "utf-8", "gb18030", "big5", "utf-16"];
const KEYS = ["label_zh", "label_en", "group", "class_field", "scheme", "source_zh", "licence_zh", "id_field", "why"];

/**
 * @param {any} seen what the service saw in the file
 * @param {string} stem of its name, which names the layer
 * @param {Record<string, string>} asked how it was read
 * @param {any} config of the page
 * @param {{show: (candidate: any) => void, again: (asked: any) => void, take: (wanted: any) => void}} actions
 */
export function decision(seen, stem, asked, config, actions) {
  const sublayer = seen.sublayers.length > 1 ? choice("sublayer", pairs(seen.sublayers)) : null;
  if (sublayer && asked.sublayer) sublayer.value = asked.sublayer;
  const encoding = choice("encoding", ENCODINGS.map((one) => [one, one || said("import_encoding_auto")]));
  encoding.value = asked.encoding ?? "";
  const unit = seen.format === "DXF" || asked.unit ? choice("unit", [["", said("import_unit_own")], ...pairs(config.units)]) : null;
  if (unit && asked.unit) unit.value = asked.unit;
  const tiling = make("input", { type: "checkbox", name: "check_tiling" });
  const place = places(seen, asked, config.rotations, actions.show, again);
  for (const one of [sublayer, encoding, unit]) one?.addEventListener("change", again);
  const slug = stem.toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^[^a-z]+|_+$/g, "") || "layer";
  const none = [["", said("import_none")]];
  const mode = choice("mode", [["new", said("import_new")], ...(config.layers.length ? [["version", said("import_version")]] : [])]);
  const id = input("layer", free(slug, config.layers), { required: true });
  const existing = choice("existing", config.layers);
  const classField = choice("class_field", [...none, ...pairs(seen.fields.map((/** @type {any} */ f) => f.name))]);
  const scheme = choice("scheme", [...none, ...config.schemes]);
  const asks = make("p", { class: "hint", role: "status" });
  const suggestScheme = () => {
    const fit = seen.schemes.filter((/** @type {any} */ one) => one.field === classField.value);
    scheme.value = fit.length === 1 ? fit[0].scheme : "";
    scheme.required = fit.length > 1;
    asks.textContent = fit.length > 1 ? said("import_scheme_ask", { names: fit.map((/** @type {any} */ one) => one.scheme).join(", ") }) : "";
  };
  classField.addEventListener("change", suggestScheme);
  if (seen.schemes.length) classField.value = seen.schemes[0].field;
  suggestScheme();
  const own = make(
    "div",
    {},
    row("import_layer_id", id),
    row("import_label_zh", input("label_zh", stem)),
    row("import_label_en", input("label_en", stem)),
    row("import_group", choice("group", config.groups)),
    row("import_class_field", classField),
    row("import_scheme", scheme),
    asks,
    row("import_source", input("source_zh", "")),
    row("import_licence", input("licence_zh", "")),
  );
  const other = make("div", { hidden: true }, row("import_version", existing));
  mode.addEventListener("change", () => {
    own.hidden = mode.value !== "new";
    other.hidden = !own.hidden;
    id.disabled = scheme.disabled = own.hidden;
  });
  const unique = seen.fields.filter((/** @type {any} */ f) => f.unique).map((/** @type {any} */ f) => f.name);
  const form = /** @type {HTMLFormElement} */ (
    make(
      "form",
      { class: "decision", onsubmit: submit },
      make("p", { text: said("import_found", { format: seen.format, features: number(seen.features, "", 0), placed: number(seen.placed, "", 0) }) }),
      seen.invalid ? make("p", { class: "notice", text: said("import_invalid", { count: seen.invalid }) }) : null,
      make("ul", {}, ...seen.notes.map((/** @type {any} */ note) => make("li", { class: "data", text: text(note) }))),
      sublayer ? row("import_sublayer", sublayer) : null,
      seen.format === "PostGIS" ? null : row("import_encoding", encoding),
      unit ? row("import_unit", unit) : null,
      fieldTable(seen),
      place.fieldset,
      row("import_as", mode),
      own,
      other,
      row("import_id_field", choice("id_field", [...none, ...pairs(unique)])),
      seen.kinds.some((/** @type {string} */ kind) => kind.endsWith("Polygon")) ? row("import_tiling", tiling) : null,
      row("import_why", input("why", "")),
      make("p", {}, make("button", { type: "submit", text: said("import_do") })),
    )
  );
  return form;

  function again() {
    actions.again({ sublayer: sublayer?.value ?? "", encoding: encoding.value, unit: unit?.value ?? "", ...place.read() });
  }

  /** @param {Event} event */
  function submit(event) {
    event.preventDefault();
    const entered = new FormData(form);
    const wanted = /** @type {Record<string, any>} */ (Object.fromEntries(KEYS.map((key) => [key, String(entered.get(key) ?? "")])));
    const candidate = seen.places[Number(entered.get("place") ?? -1)];
    Object.assign(wanted, place.read(), candidate ? { crs: candidate.crs } : {}, { swapped: Boolean(candidate?.swapped) });
    wanted.check_tiling = entered.get("check_tiling") === "on";
    wanted.new_version = mode.value !== "new";
    wanted.layer = wanted.new_version ? existing.value : id.value;
    actions.take(wanted);
  }
}

/** An id nobody has yet, neither a layer nor another file on the page. @param {string} wanted @param {[string, string][]} layers */
function free(wanted, layers) {
  const inputs = /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll(".decision input[name=layer]"));
  const taken = new Set([...layers.map(([id]) => id), ...[...inputs].map((one) => one.value)]);
  let id = wanted;
  for (let copy = 2; taken.has(id); copy += 1) id = `${wanted}_${copy}`;
  return id;
}

/** @param {any} seen */
function fieldTable(seen) {
  const head = ["import_field", "import_type", "import_examples", "import_missing"].map((key) => make("th", { scope: "col", text: said(key) }));
  const rows = seen.fields.map((/** @type {any} */ f) =>
    make("tr", {}, make("th", { scope: "row", class: "data", text: f.name }), make("td", { text: f.type }), make("td", { class: "data", text: f.examples.join(" · ") }), make("td", { class: "number", text: f.missing })),
  );
  return make("details", {}, make("summary", { text: `${said("import_fields")} (${seen.fields.length})` }), make("div", { class: "scroll" }, make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows))));
}

/** @param {string} name @param {string} value @param {Record<string, unknown>} [more] @returns {HTMLInputElement} */
function input(name, value, more = {}) {
  return /** @type {HTMLInputElement} */ (make("input", { type: "text", name, value, maxlength: 500, ...more }));
}
