// @ts-check
/** What a file holds and what is to be decided about it: how it is read, where it lies, name, fields, scheme. */
import { make } from "./element.js";
import { choice, pairs, row } from "./form.js";
import { answers, questions, reading, rest } from "./import-options.js";
import { firstRows } from "./import-rows.js";
import { number, said, text } from "./language.js";
import { places } from "./places.js";

const KEYS = ["label_zh", "label_en", "group", "class_field", "scheme", "source_zh", "licence_zh", "id_field", "why"];
const OF_A_VERSION = ["id_field", "why"];
/** Options of keeping that have their own place in the form; any other stands under "more". */
const HERE = [...KEYS, "layer", "new_version", "accept_changes", "check_tiling"];

/**
 * @param {SeenFile} seen what the service saw in the file
 * @param {string} stem of its name, which names the layer
 * @param {Record<string, unknown>} asked how it was read
 * @param {any} config of the page
 * @param {{show: (candidate: SeenPlace | null) => void, again: (asked: any) => void, take: (wanted: any) => void}} actions
 */
export function decision(seen, stem, asked, config, actions) {
  const tiling = make("input", { type: "checkbox", name: "check_tiling" });
  const place = places(seen, asked, config.options, actions.show, again);
  const more = rest(config.options, HERE, asked);
  const slug = stem.toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^[^a-z]+|_+$/g, "") || "layer";
  const none = [["", said("import_none")]];
  const mode = choice("mode", [["new", said("import_new")], ...(config.layers.length ? [["version", said("import_version")]] : [])]);
  mode.value = asked.new_version ? "version" : "new";
  const id = input("layer", free(slug, config.layers), { required: true });
  const existing = choice("existing", [["", said("import_which_layer")], ...config.layers]); // none by itself: the wrong one would lose its features
  if (asked.new_version) existing.value = String(asked.layer);
  const classField = choice("class_field", [...none, ...pairs(seen.fields.map((f) => f.name))]);
  const scheme = choice("scheme", [...none, ...config.schemes]);
  const asks = make("p", { class: "hint", role: "status" });
  const suggestScheme = () => {
    const fit = seen.schemes.filter((one) => one.field === classField.value);
    scheme.value = fit.length === 1 ? fit[0].scheme : "";
    scheme.required = fit.length > 1;
    scheme.options[0].textContent = said(fit.length > 1 ? "import_scheme_choose" : "import_none");
    asks.textContent = fit.length > 1 ? said("import_scheme_ask", { names: fit.map((one) => one.scheme).join(", ") }) : "";
  };
  const refuse = () => scheme.setCustomValidity(scheme.required && !scheme.value ? asks.textContent ?? "" : "");
  classField.addEventListener("change", () => (suggestScheme(), refuse()));
  scheme.addEventListener("change", refuse);
  if (seen.schemes.length) classField.value = seen.schemes[0].field;
  suggestScheme();
  refuse();
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
    make("details", {}, make("summary", { text: said("import_more") }), ...more),
  );
  const other = make("div", {}, row("import_version", existing), make("p", { class: "hint", text: said("import_version_hint") }));
  const arrange = () => {
    own.hidden = mode.value !== "new";
    other.hidden = !own.hidden;
    existing.required = own.hidden;
    for (const one of [id, scheme, classField]) one.disabled = own.hidden;
  };
  mode.addEventListener("change", () => {
    arrange();
    if (asked.new_version || existing.value) again();
  });
  existing.addEventListener("change", again);
  arrange();
  const unique = seen.fields.filter((f) => f.unique).map((f) => f.name);
  const idField = choice("id_field", [...none, ...pairs(unique)]);
  if (seen.kept.id_field && unique.includes(seen.kept.id_field)) idField.value = seen.kept.id_field;
  const numbered = make("p", { class: "hint", role: "status" });
  const apart = [seen.reading.x_column, seen.reading.y_column, seen.reading.geometry_column];
  const fit = seen.fields.find((f) => f.unique && ["text", "integer"].includes(f.type) && !apart.includes(f.name));
  const use = fit && make("button", { type: "button", text: said("import_id_use", { field: fit.name }), onclick: () => ((idField.value = fit.name), sayIds()) });
  const sayIds = () => numbered.replaceChildren(...(idField.value ? [] : [said("import_id_without"), ...(use ? [" ", use] : [])]));
  idField.addEventListener("change", sayIds);
  sayIds();
  const controls = reading(config.options, seen, asked, again);
  const form = /** @type {HTMLFormElement} */ (
    make(
      "form",
      { class: "decision", onsubmit: submit },
      make("p", { text: said("import_found", { format: seen.format, features: number(seen.features, "", 0), placed: number(seen.placed, "", 0) }) }),
      seen.invalid ? make("p", { class: "notice", text: said("import_invalid", { count: seen.invalid }) }) : null,
      questions(seen, config.options, (told) => actions.again({ ...read(), ...told })),
      make("ul", {}, ...seen.notes.map((note) => make("li", { class: "data", text: text(note) }))),
      row("import_as", mode),
      other,
      ...firstRows(seen, config.options, asked, again),
      controls.length ? make("details", { open: Object.keys(asked).length > 0 || seen.questions.length > 0 || seen.sublayers.length > 1 || seen.tables.length > 1 }, make("summary", { text: said("import_reading") }), ...controls) : null,
      place.fieldset,
      own,
      row("import_id_field", idField),
      numbered,
      seen.kinds.some((/** @type {string} */ kind) => kind.endsWith("Polygon")) ? row("import_tiling", tiling) : null,
      row("import_why", input("why", "")),
      changes(seen),
      make("p", {}, make("button", { type: "submit", disabled: seen.questions.length > 0, text: said("import_do") }), seen.questions.length ? make("span", { class: "hint", text: ` ${said("import_answer_first")}` }) : null),
    )
  );
  return form;

  /** What was said of how it is read and where it lies. */
  function read() {
    const version = mode.value !== "new" && existing.value ? { new_version: true, layer: existing.value } : {};
    const told = Object.entries({ ...answers(form, config.options), ...place.read() }).filter(([, value]) => value !== "");
    return { ...Object.fromEntries(told), ...version };
  }

  function again() {
    actions.again(read());
  }

  /** @param {Event} event */
  function submit(event) {
    event.preventDefault();
    const entered = new FormData(form);
    const version = mode.value !== "new";
    const wanted = /** @type {Record<string, unknown>} */ (Object.fromEntries((version ? OF_A_VERSION : KEYS).map((key) => [key, String(entered.get(key) ?? "")])));
    const candidate = seen.places[Number(entered.get("place") ?? -1)];
    if (!version) for (const one of config.options) if (one.stage === "keeping" && !HERE.includes(one.name) && entered.get(one.name)) wanted[one.name] = String(entered.get(one.name));
    Object.assign(wanted, read());
    if (candidate) {
      if (candidate.crs && !(version && candidate.asked)) wanted.crs = candidate.crs;
      else delete wanted.crs;
      if (candidate.swapped || wanted.crs) wanted.swapped = Boolean(candidate.swapped);
    }
    wanted.check_tiling = entered.get("check_tiling") === "on";
    wanted.accept_changes = entered.get("accept_changes") === "on";
    wanted.new_version = version;
    wanted.layer = version ? existing.value : id.value;
    actions.take(wanted);
  }
}

/** What a new version would change of the layer's fields; to be agreed to before it happens. @param {SeenFile} seen */
function changes(seen) {
  if (!seen.changes.length) return null;
  const listed = make("ul", {}, ...seen.changes.map((one) => make("li", { class: "data", text: text(one) })));
  const agreed = make("label", {}, make("input", { type: "checkbox", name: "accept_changes", required: true }), ` ${said("import_accept_changes")}`);
  return make("section", { class: "questions", role: "group", "aria-label": said("import_changes") }, make("h3", { text: said("import_changes") }), listed, agreed);
}

/** An id nobody has yet, neither a layer nor another file on the page. @param {string} wanted @param {[string, string][]} layers */
function free(wanted, layers) {
  const inputs = /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll(".decision input[name=layer]"));
  const taken = new Set([...layers.map(([id]) => id), ...[...inputs].map((one) => one.value)]);
  let id = wanted;
  for (let copy = 2; taken.has(id); copy += 1) id = `${wanted}_${copy}`;
  return id;
}

/** @param {string} name @param {string} value @param {Record<string, unknown>} [more] @returns {HTMLInputElement} */
function input(name, value, more = {}) {
  return /** @type {HTMLInputElement} */ (make("input", { type: "text", name, value, maxlength: 500, ...more }));
}
