// @ts-check
/** The first rows of a file: as they stand in it, and as they will be kept, each field with its type. */
import { make } from "./element.js";
import { choice } from "./form.js";
import { said, text } from "./language.js";

/**
 * @param {SeenFile} seen what the service saw in the file
 * @param {import("./import-options.js").ImportOption[]} options
 * @param {Record<string, unknown>} asked
 * @param {() => void} again
 * @returns {(HTMLElement | null)[]}
 */
export function firstRows(seen, options, asked, again) {
  return [standing(seen), kept(seen, options, asked, again)];
}

/** The cells of a table before anything is made of them, the header's rows marked. @param {SeenFile} seen */
function standing(seen) {
  if (!seen.sample.length) return null;
  const [first, last] = String(seen.reading.header_rows ?? "0").split("-").map(Number);
  const rows = seen.sample.map((/** @type {string[]} */ row, /** @type {number} */ at) => {
    const header = at + 1 >= first && at + 1 <= (last || first);
    return make("tr", { class: header ? "header" : null }, make("th", { scope: "row", class: "number", text: String(at + 1) }), ...row.map((cell) => make(header ? "th" : "td", { class: "data", text: cell })));
  });
  return make("details", { class: "standing" }, make("summary", { text: said("import_standing") }), make("div", { class: "scroll" }, make("table", { class: "cells" }, make("tbody", {}, ...rows))));
}

/**
 * @param {SeenFile} seen @param {import("./import-options.js").ImportOption[]} options @param {Record<string, unknown>} asked @param {() => void} again
 */
function kept(seen, options, asked, again) {
  const heads = seen.fields.map((field) => {
    const asks = ["types", ...(["number", "integer"].includes(field.type) ? ["measures"] : [])];
    return make("th", { scope: "col" }, make("span", { class: "data", text: field.name }), ...asks.flatMap((name) => [make("br"), asked_of(name, field)]));
  });

  /** What can be said of a field: its type, and how its numbers may be used. @param {string} name @param {SeenFile["fields"][0]} field */
  function asked_of(name, field) {
    const choices = options.find((one) => one.name === name)?.choices ?? [];
    const value = name === "types" ? field.type : field.measure;
    const found = choices.find((one) => one.value === value);
    const shown = found ? text(found) : value;
    const kept_before = /** @type {Record<string, Record<string, string>>} */ (seen.kept)[name];
    const select = choice("", [["", said(name === "types" ? "import_found_as" : "import_used_as", { value: name === "types" && field.unit ? `${shown} · ${text(field.unit_name)}` : shown })], ...choices.map((one) => [one.value, text(one)])]);
    select.removeAttribute("name");
    select.dataset.field = field.name;
    select.dataset.says = name;
    select.setAttribute("aria-label", said(name === "types" ? "import_type_of" : "import_measure_of", { field: field.name }));
    select.value = { ...kept_before, .../** @type {Record<string, string>} */ (asked[name]) }[field.name] ?? "";
    select.addEventListener("change", again);
    return select;
  }

  const rows = seen.rows.map((/** @type {string[]} */ row) => make("tr", {}, ...row.map((cell, at) => make("td", { class: ["number", "integer"].includes(seen.fields[at].type) ? "number" : "data", text: cell || "–" }))));
  const table = make("table", { class: "cells" }, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...rows));
  return make("details", { open: true }, make("summary", { text: `${said("import_rows")} (${seen.fields.length})` }), make("div", { class: "scroll" }, table));
}
