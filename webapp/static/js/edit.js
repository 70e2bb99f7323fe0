// @ts-check
/** Editing a feature from its card: place, move, draw, change its fields, delete, undo; or making a new one. Every edit is a version. */
import { addDrawing } from "./drawing.js";
import { announce, make } from "./element.js";
import { ask } from "./fetching.js";
import { post } from "./jobs.js";
import { said, text } from "./language.js";

/** Whether the next clicks on the map are an edit's. */
let picking = false;
export const editing = () => picking;

/** Takes what is being picked off the map. */
let abandon = () => {};

/** Ends picking: the card was closed. */
export function stopEditing() {
  picking = false;
  abandon();
  abandon = () => {};
}

const KINDS = /** @type {Record<string, string>} */ ({ number: "number", integer: "number" });

/**
 * The editor's part of a card; nothing for those who may not write. A feature without an id is a new one.
 * @param {any} layer
 * @param {any} feature
 * @param {{map: any, person: any, onChange: (feature: string) => Promise<void>}} options
 */
export function editor(layer, feature, options) {
  if (!options.person?.scopes.includes("layers:write")) return null;
  const place = make("div", { class: "edit" });
  const status = make("p", { role: "status" });
  const fresh = !feature.id;
  const address = `/api/layers/${encodeURIComponent(layer.id)}`;
  const why = make("input", { type: "text", maxlength: 500, placeholder: said("edit_why") });

  /** @param {string} path @param {any} body */
  const send = async (path, body) => {
    stopEditing();
    status.textContent = said("edit_saving");
    const held = /** @type {HTMLButtonElement[]} */ ([...place.querySelectorAll("button")]);
    for (const one of held) one.disabled = true;
    try {
      const made = await post(`${address}/${path}`, body);
      layer.number = made.number;
      announce(said("edit_saved", { number: made.number }));
      if (body.edits?.[0].gone) await options.onChange("");
      else await options.onChange(fresh ? (await ask(`${address}/versions/${made.number}`)).changes[0].feature : feature.id);
    } catch (error) {
      for (const one of held) one.disabled = false;
      status.textContent = error instanceof Error ? error.message : String(error);
      status.classList.add("problem");
    }
  };
  /** @param {any} change */
  const save = (change) =>
    send("edits", {
      expected: (fresh ? layer.number : feature.layer_version) ?? null, // the version this feature was read in
      why: /** @type {HTMLInputElement} */ (why).value,
      edits: [{ feature: feature.id, ...(fresh ? { properties: form.entered() } : {}), ...change }],
    });

  const asPoint = layer.geometry === "point" || layer.geometry === "mixed";
  const asPolygon = layer.geometry === "polygon" || layer.geometry === "mixed";
  const buttons = make(
    "p",
    { class: "actions" },
    asPoint ? make("button", { type: "button", id: "edit-point", text: said(feature.geometry ? "edit_move" : "edit_place"), onclick: () => point(options.map, place, save) }) : null,
    asPolygon ? make("button", { type: "button", id: "edit-polygon", text: said("edit_outline"), onclick: () => outline(options.map, place, save) }) : null,
    feature.geometry ? make("button", { type: "button", text: said("edit_off"), onclick: () => save({ geometry: null }) }) : null,
    fresh ? null : make("button", { type: "button", text: said("edit_gone"), onclick: () => window.confirm(said("edit_gone_sure")) && save({ gone: true }) }),
    fresh ? null : make("button", { type: "button", text: said("edit_undo"), onclick: () => send("undo", {}) }),
  );
  const form = fields(layer, feature, save);
  place.append(make("label", { class: "field" }, make("span", { text: said("edit_why") }), why), ...(fresh ? [form.element, buttons] : [buttons, form.element]), status);
  return make("details", { class: "edit-fold", open: fresh }, make("summary", { text: said("edit_heading") }), place);
}

/** Takes the next click on the map, or its centre, as the place. @param {any} map @param {HTMLElement} place @param {(change: any) => void} save */
function point(map, place, save) {
  stopEditing();
  /** @param {any} event */
  const take = (event) => {
    if (!picking) return;
    stopEditing();
    save({ geometry: { type: "Point", coordinates: [rounded(event.latlng.lng), rounded(event.latlng.lat)] } });
  };
  map.getContainer().classList.add("measuring");
  const row = make("p", { class: "hint" }, said("edit_click"), " ", make("button", { type: "button", text: said("measure_center"), onclick: () => take({ latlng: map.getCenter() }) }), " ", cancel());
  place.prepend(row);
  picking = true;
  abandon = () => {
    map.off("click", take);
    map.getContainer().classList.remove("measuring");
    row.remove();
  };
  map.on("click", take);
}

/** Draws the outline anew. @param {any} map @param {HTMLElement} place @param {(change: any) => void} save */
function outline(map, place, save) {
  stopEditing();
  const row = make("div", {}, make("p", { class: "buttons" }, cancel()));
  place.prepend(row);
  picking = true;
  const drawing = addDrawing(map, row, (polygon) => {
    if (!polygon) return;
    const ring = polygon.coordinates[0].map((/** @type {number[]} */ p) => p.map(rounded));
    stopEditing();
    save({ geometry: { type: "Polygon", coordinates: [ring] } });
  });
  abandon = () => {
    row.remove();
    drawing.remove();
  };
}

const cancel = () => make("button", { type: "button", text: said("edit_cancel"), onclick: stopEditing });

/** Seven decimals are a centimetre. @param {number} degrees */
const rounded = (degrees) => Math.round(degrees * 1e7) / 1e7;

/**
 * What a form says of fields, as the interface takes it; unchanged fields are left out, an emptied one is unknown.
 * @param {any[]} known the layer's fields
 * @param {Record<string, unknown>} before
 * @param {Record<string, string>} written
 */
export function changedFields(known, before, written) {
  /** @type {Record<string, unknown>} */
  const changed = {};
  for (const field of known) {
    if (!Object.hasOwn(written, field.id)) continue;
    const value = written[field.id].trim();
    const now = value === "" ? null : KINDS[field.type] ? Number(value) : field.type === "boolean" ? value === "true" : value;
    if (now !== (before[field.id] ?? null)) changed[field.id] = now;
  }
  return changed;
}

/** @param {any} layer @param {any} feature @param {(change: any) => void} save */
function fields(layer, feature, save) {
  const names = [layer.title.zh, layer.title.en].filter((id) => !layer.fields.some((/** @type {any} */ f) => f.id === id));
  const known = [
    ...names.map((id) => ({ id, named: said(id === layer.title.zh ? "edit_name_zh" : "edit_name_en"), type: "text", values: {} })),
    ...layer.fields.filter((/** @type {any} */ f) => f.type !== "list" && !f.text),
  ];
  /** What a control held when it was made: one that nobody touched says nothing. @type {Map<string, {control: any, before: string}>} */
  const controls = new Map();
  const rows = known.map((field) => {
    const value = feature.properties[field.id];
    const shown = value === null || value === undefined ? "" : String(value);
    const coded = Object.keys(field.values ?? {});
    const choices = field.type === "boolean" ? ["true", "false"] : coded;
    if (choices.length && shown && !choices.includes(shown)) choices.push(shown);
    const numeric = KINDS[field.type] && (shown === "" || typeof value === "number");
    const control = choices.length
      ? make("select", { name: field.id }, ...["", ...choices].map((key) => make("option", { value: key, selected: key === shown, text: key && field.values[key] ? text(field.values[key]) : key || "—" })))
      : shown.includes("\n")
        ? make("textarea", { name: field.id, maxlength: 20000, rows: 4, text: shown })
        : make("input", { name: field.id, type: numeric ? KINDS[field.type] : "text", step: "any", maxlength: 20000, value: shown });
    controls.set(field.id, { control, before: /** @type {any} */ (control).value });
    return make("label", { class: "field" }, make("span", { class: "data", text: field.named ?? text(field.label) }), control);
  });
  const form = /** @type {HTMLFormElement} */ (make("form", { class: "edit-fields" }, ...rows, make("button", { text: said("edit_save") })));
  const entered = () => {
    const touched = [...controls].filter(([, { control, before }]) => control.value !== before);
    return changedFields(known, feature.properties, Object.fromEntries(touched.map(([id, { control }]) => [id, control.value])));
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const properties = entered();
    if (Object.keys(properties).length) save({ properties });
  });
  return { element: form, entered };
}
