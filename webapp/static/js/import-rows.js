// @ts-check
/** The first rows of a file: as they stand in it, and as they will be kept, each field with its type. */
import { make } from "./element.js";
import { choice } from "./form.js";
import { said, text } from "./language.js";

/**
 * @param {SeenFile} seen what the service saw in the file
 * @param {import("./import-options.js").ImportOption[]} options
 * @param {Record<string, any>} asked
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
 * @param {SeenFile} seen @param {import("./import-options.js").ImportOption[]} options @param {Record<string, any>} asked @param {() => void} again
 */
function kept(seen, options, asked, again) {
  const types = options.find((one) => one.name === "types")?.choices ?? [];
  const names = new Map(types.map((one) => [one.value, text(one)]));
  const said_types = { ...(seen.kept.types ?? {}), ...(asked.types ?? {}) };
  const heads = seen.fields.map((field) => {
    const name = names.get(field.type) ?? field.type;
    const select = choice("", [["", said("import_found_as", { value: field.unit ? `${name}, ${field.unit}` : name })], ...types.map((one) => [one.value, text(one)])]);
    select.removeAttribute("name");
    select.dataset.field = field.name;
    select.setAttribute("aria-label", said("import_type_of", { field: field.name }));
    select.value = said_types[field.name] ?? "";
    select.addEventListener("change", again);
    return make("th", { scope: "col" }, make("span", { class: "data", text: field.name }), make("br"), select);
  });
  const rows = seen.rows.map((/** @type {string[]} */ row) => make("tr", {}, ...row.map((cell, at) => make("td", { class: ["number", "integer"].includes(seen.fields[at].type) ? "number" : "data", text: cell || "–" }))));
  const table = make("table", { class: "cells" }, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...rows));
  return make("details", { open: true }, make("summary", { text: `${said("import_rows")} (${seen.fields.length})` }), make("div", { class: "scroll" }, table));
}
