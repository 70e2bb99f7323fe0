// @ts-check
/** What the map shows as a picture, a page to print or one file to take along, with its sentence and table. */
import { announce, make } from "./element.js";
import { ask } from "./fetching.js";
import { said, text } from "./language.js";

const SIZES = ["slide", "a4-landscape", "a4-portrait", "a3-landscape", "a3-portrait", "social"];

/** @param {any} config of the page @param {() => string} state what the address says after # @param {any} map */
export function pictureButton(config, state, map) {
  const kind = choice(["png", "svg", "pdf", "html"].map((one) => [one, said(`picture_${one}`)]));
  const size = choice(SIZES.map((one) => [one, said(`picture_size_${one.replace("-", "_")}`)]));
  const dpi = choice([["", said("picture_dpi_usual")], ...["150", "200", "300"].map((one) => [one, one])]);
  const grid = /** @type {HTMLInputElement} */ (make("input", { type: "checkbox", id: "picture_grid" }));
  const preview = make("img", { class: "picture-preview", alt: "" });
  const news = make("p", { role: "status", class: "hint" });
  const warnings = make("div", {});
  const sentence = /** @type {HTMLTextAreaElement} */ (make("textarea", { readonly: true, rows: 2, "aria-label": said("picture_sentence") }));
  const rows = make("tbody", {});
  const table = make("table", { class: "picture-table" }, make("thead", {}, make("tr", {}, ...["picture_layer", "picture_inside", "picture_of", "picture_version"].map((key) => make("th", { text: said(key), scope: "col" })))), rows);
  const open = make("a", { class: "button", target: "_blank", text: said("picture_open") });
  const save = make("a", { class: "button", download: "", text: said("picture_save") });
  const controls = [kind, size, dpi, grid];
  for (const one of controls) one.addEventListener("change", fill);
  const label = (/** @type {string} */ key, /** @type {HTMLElement} */ control) => make("label", {}, make("span", { text: said(key) }), " ", control);
  const copy = async () => {
    sentence.select();
    try {
      await navigator.clipboard.writeText(sentence.value);
      announce(said("copied"));
    } catch {
      announce(said("copy_by_hand"));
    }
  };
  const dialog = /** @type {HTMLDialogElement} */ (
    make(
      "dialog",
      { class: "embed picture", "aria-label": said("picture_heading") },
      make("h2", { text: said("picture_heading") }),
      make("div", { class: "picture-options" }, label("picture_kind", kind), label("picture_size", size), label("picture_dpi", dpi), make("label", {}, grid, " ", said("picture_grid"))),
      make("p", { class: "buttons" }, save, open),
      warnings,
      news,
      preview,
      make("h3", { text: said("picture_sentence") }),
      sentence,
      make("p", { class: "buttons" }, make("button", { type: "button", text: said("picture_copy"), onclick: copy })),
      table,
      make("form", { method: "dialog" }, make("button", { text: said("close") })),
    )
  );
  preview.addEventListener("load", () => (news.textContent = ""));
  preview.addEventListener("error", () => (news.textContent = said("picture_failed")));
  document.body.append(dialog);
  return make("button", { type: "button", id: "picture", text: said("picture_link"), onclick: () => (dialog.showModal(), fill()) });

  async function fill() {
    const whole = kind.value === "html";
    const paper = size.value.startsWith("a");
    for (const one of [size, dpi, grid]) one.disabled = whole;
    dpi.disabled ||= !paper;
    const view = { v: state(), lang: config.lang };
    const screen = map.getSize();
    const asked = new URLSearchParams({ ...view, size: size.value, screen: `${screen.x}x${screen.y}` });
    if (grid.checked) asked.set("grid", "yes");
    const small = new URLSearchParams(asked);
    if (paper) small.set("dpi", "72");
    if (paper && dpi.value) asked.set("dpi", dpi.value);
    const address = whole ? `/export/map.html?${new URLSearchParams(view)}` : `/render/map.${kind.value}?${asked}`;
    save.setAttribute("href", address);
    open.setAttribute("href", address);
    open.hidden = whole;
    preview.hidden = whole;
    news.textContent = whole ? said("picture_html_hint") : said("picture_drawing");
    if (!whole) preview.setAttribute("src", `/render/map.png?${small}`);
    try {
      tell(await ask(`/render/map.json?${asked}`), whole || kind.value === "svg");
    } catch (error) {
      warnings.replaceChildren(make("p", { class: "problem", role: "alert", text: error instanceof Error ? error.message : String(error) }));
    }
  }

  /** @param {any} told @param {boolean} exact whether the file holds coordinates */
  function tell(told, exact) {
    sentence.value = text(told.sentence);
    preview.setAttribute("alt", sentence.value);
    const beware = [...told.warnings, ...(exact ? told.data_warnings : [])];
    warnings.replaceChildren(...beware.map((one) => make("p", { class: "problem", text: text(one) })));
    const line = (/** @type {any} */ row) => [text(row.label), row.inside, row.features, row.number ? `#${row.number} ${row.version.slice(0, 8)}` : row.version.slice(0, 8)];
    rows.replaceChildren(...told.table.map((/** @type {any} */ row) => make("tr", {}, ...line(row).map((cell) => make("td", { text: String(cell) })))));
  }
}

/** @param {string[][]} options value and words @returns {HTMLSelectElement} */
function choice(options) {
  return /** @type {HTMLSelectElement} */ (make("select", {}, ...options.map(([value, words]) => make("option", { value, text: words }))));
}
