// @ts-check
/** Editing a feature from its card: place, move, draw, change its fields, delete, undo; or making a new one. Every edit is a version. */
import { plainAmount } from "./amounts.js";
import { crossings } from "./crossings.js";
import { dropDraft, keepDraft, keptDraft } from "./drafts.js";
import { Outline, drawnLook } from "./drawing.js";
import { announce, make } from "./element.js";
import { ask } from "./fetching.js";
import { post } from "./jobs.js";
import { language, said, text } from "./language.js";
import { mount } from "./mount.js";
import { moveVertices } from "./vertices.js";

/** @import { Signal } from "@preact/signals-core" */
/** @import { Feature, Field, Layer } from "./api.js" */
/** @import { Person, Tool } from "./page.js" */
/** @import { Corner } from "./drawing.js" */
/** @typedef {{feature?: string, geometry?: import("geojson").Geometry | null, properties?: Record<string, unknown>, gone?: boolean}} Change of a feature */

/** Makes the next clicks on the map an edit's, until another tool, or none, has them. @param {Signal<Tool>} tool @param {() => void} end */
function pick(tool, end) {
  tool.value = "edit";
  let over = false;
  const stop = tool.subscribe((now) => {
    if (now === "edit" || over) return;
    over = true;
    end();
    window.queueMicrotask(() => stop());
  });
}

/** Ends picking. @param {Signal<Tool>} tool */
function stopPicking(tool) {
  if (tool.peek() === "edit") tool.value = "";
}

/** Geometries with corners. */
const SHAPED = /^(Multi)?(Polygon|LineString)$/;

const MOST_CROSSED = 2000; // corners of a ring that is searched for crossings

const KINDS = /** @type {Record<string, string>} */ ({ number: "number", integer: "number" });

/** @type {L.CircleMarkerOptions} */
const CROSSED_LOOK = { color: "#b3261e", weight: 3, radius: 8, fillOpacity: 0.2, interactive: false };

/**
 * The editor's part of a card; nothing for those who may not write. A feature without an id is a new one.
 * @param {Layer} layer
 * @param {Feature} feature
 * @param {{map: L.Map, person: Person | null, tool: Signal<Tool>, onChange: (feature: string) => Promise<void>}} options
 */
export function editor(layer, feature, options) {
  if (!options.person?.scopes.includes("layers:write")) return null;
  const place = make("div", { class: "edit" });
  /** What is to be done now: below why it is done, so that nobody saves before it is said. */
  const step = make("div", { class: "edit-step" });
  const status = make("p", { role: "status", tabindex: -1 });
  const fresh = !feature.id;
  const address = `/api/layers/${encodeURIComponent(layer.id)}`;
  const draft = keptDraft(layer.id, feature.id) ?? {};
  const why = /** @type {HTMLInputElement} */ (make("input", { type: "text", maxlength: 500, placeholder: said("edit_why"), value: draft.why ?? "" }));
  /** @param {import("./drafts.js").Draft} more */
  const keep = (more) => keepDraft(layer.id, feature.id, more);
  /** Whether what is saved has a reason is said before it is saved. */
  const tellWhy = () => {
    const sure = step.querySelector(".how-sure");
    if (sure) sure.textContent = said(why.value.trim() ? "edit_how_sure" : "edit_how_sure_bare");
  };
  why.addEventListener("input", () => {
    keep({ why: why.value });
    tellWhy();
  });

  /** @param {string} path @param {{expected?: number | null, why?: string, edits?: Change[]}} body */
  const send = async (path, body) => {
    status.textContent = said("edit_saving");
    status.classList.remove("problem");
    if (place.contains(document.activeElement)) status.focus({ preventScroll: true }); // a button that rests cannot keep it
    const held = /** @type {HTMLButtonElement[]} */ ([...place.querySelectorAll("button")]);
    for (const one of held) one.disabled = true;
    try {
      const made = await post(`${address}/${path}`, body);
      if (path === "edits") dropDraft(layer.id, feature.id);
      stopPicking(options.tool);
      announce(said("edit_saved", { number: made.number }));
      if (body.edits?.[0]?.gone) await options.onChange("");
      else await options.onChange(fresh ? (await ask(`${address}/versions/${made.number}`)).changes[0].feature : feature.id);
    } catch (error) {
      for (const one of held) one.disabled = false;
      status.textContent = error instanceof Error ? error.message : String(error);
      status.classList.add("problem");
    }
  };
  /** @param {Change} change */
  const save = (change) =>
    send("edits", {
      expected: (fresh ? layer.number : feature.layer_version) ?? null, // the version this feature was read in
      why: why.value,
      edits: [{ feature: feature.id, ...(fresh ? { properties: { ...form.entered(), ...change.properties } } : {}), ...(fresh ? omit(change, "properties") : change) }],
    });
  /** A place that was drawn is shown, and saved once somebody said how sure it is. @param {import("geojson").Geometry} geometry */
  const drawn = (geometry) => {
    keep({ geometry, corners: undefined });
    unsaved(options, step, geometry, {
      save: (position) => save({ geometry, properties: { position, ...(why.value ? { [`position_source_${language()}`]: why.value } : {}) } }),
      redraw: redrawn(geometry),
      discard: () => keep({ geometry: undefined, corners: undefined }),
    });
    tellWhy();
  };
  /** @param {Corner[]} corners */
  const onCorners = (corners) => keep({ corners });
  /** @param {import("geojson").Geometry} from */
  const reshape = (from) => vertices(options, step, from, { done: drawn, onChange: (geometry) => keep({ geometry, corners: undefined }) });
  /** How a drawn place is changed once more: an outline of one ring goes on, of anything else the corners move. @param {import("geojson").Geometry} geometry */
  const redrawn = (geometry) => {
    if (!SHAPED.test(geometry.type)) return null;
    if (geometry.type !== "Polygon" || geometry.coordinates.length > 1 || feature.geometry) return () => reshape(geometry);
    return () => outline(options, step, drawn, { corners: /** @type {Corner[]} */ (geometry.coordinates[0].slice(0, -1)), onCorners });
  };

  const asPoint = layer.geometry === "point" || layer.geometry === "mixed";
  const asPolygon = layer.geometry === "polygon" || layer.geometry === "mixed";
  const buttons = make(
    "p",
    { class: "actions" },
    asPoint ? make("button", { type: "button", id: "edit-point", text: said(feature.geometry ? "edit_move" : "edit_place"), onclick: () => point(options, step, drawn) }) : null,
    feature.geometry && SHAPED.test(feature.geometry.type) ? make("button", { type: "button", id: "edit-vertices", text: said("edit_vertices"), onclick: () => reshape(/** @type {import("geojson").Geometry} */ (feature.geometry)) }) : null,
    asPolygon ? make("button", { type: "button", id: "edit-polygon", text: said("edit_outline"), onclick: () => outline(options, step, drawn, { onCorners }) }) : null,
    feature.geometry ? make("button", { type: "button", text: said("edit_off"), onclick: () => save({ geometry: null }) }) : null,
    fresh ? null : make("button", { type: "button", text: said("edit_gone"), onclick: () => window.confirm(said("edit_gone_sure")) && save({ gone: true }) }),
    fresh ? null : make("button", { type: "button", text: said("edit_undo"), onclick: () => send("undo", {}) }),
  );
  const form = fields(layer, feature, save, draft.fields ?? {}, (entered) => keep({ fields: entered }));
  place.append(make("label", { class: "field" }, make("span", { text: said("edit_why") }), why), step, status, ...(fresh ? [form.element, buttons] : [buttons, form.element]));
  const left = Object.keys(draft).length > 0;
  if (left) {
    const note = make("p", { class: "notice", role: "status" }, said("draft_kept"), " ");
    const discard = () => {
      dropDraft(layer.id, feature.id);
      stopPicking(options.tool);
      options.onChange(fresh ? "" : feature.id);
    };
    note.append(make("button", { type: "button", text: said("draft_discard"), onclick: discard }));
    place.prepend(note);
    window.queueMicrotask(() => {
      if (draft.geometry) drawn(draft.geometry);
      else if (draft.corners?.length) outline(options, step, drawn, { corners: draft.corners, onCorners });
    });
  }
  return make("details", { class: "edit-fold", open: fresh || left }, make("summary", { text: said("edit_heading") }), place);
}

/** @param {Change} change @param {keyof Change} name */
function omit(change, name) {
  const { [name]: _, ...rest } = change;
  return rest;
}

/** @typedef {{map: L.Map, tool: Signal<Tool>}} Picking */

/** Shows what is to be done now, wherever on the card the button was that asked for it. @param {HTMLElement} place @param {HTMLElement} row */
function bring(place, row) {
  place.prepend(row);
  row.setAttribute("role", "status");
  window.queueMicrotask(() => row.scrollIntoView({ block: "nearest" })); // a draft's is on the page by then
}

/**
 * Shows a place that is not saved yet, and asks how sure it is.
 * @param {Picking} options @param {HTMLElement} place @param {import("geojson").Geometry} geometry
 * @param {{save: (position: string) => void, redraw: (() => void) | null, discard: () => void}} ways
 */
function unsaved({ map, tool }, place, geometry, { save, redraw, discard }) {
  stopPicking(tool);
  const shown = L.geoJSON(geometry, { style: drawnLook, pointToLayer: (_feature, at) => L.circleMarker(at, { ...drawnLook(), radius: 7 }), interactive: false }).addTo(map);
  const crossed = ringsOf(geometry).flatMap((ring) => (ring.length > MOST_CROSSED ? [] : crossings(ring.slice(0, -1))));
  for (const [lon, lat] of crossed) shown.addLayer(L.circleMarker([lat, lon], CROSSED_LOOK));
  const choice = (/** @type {string} */ position) => make("button", { type: "button", "data-position": position, text: said(`position_${position}`), onclick: () => save(position) });
  const row = make(
    "div",
    { class: "unsaved" },
    crossed.length ? make("p", { class: "problem", role: "alert", text: said("edit_crosses", { count: crossed.length }) }) : null,
    make("p", { class: "how-sure", text: said("edit_how_sure") }),
    make("p", { class: "buttons" }, ...["exact", "approximate", "schematic"].map(choice)),
    make("p", { class: "buttons" }, redraw ? make("button", { type: "button", text: said("edit_redraw"), onclick: redraw }) : null, make("button", { type: "button", text: said("draft_discard"), onclick: () => (discard(), stopPicking(tool)) })),
  );
  bring(place, row);
  pick(tool, () => {
    shown.remove();
    row.remove();
  });
}

/** The rings of polygons; of anything else none. @param {import("geojson").Geometry} geometry @returns {Corner[][]} */
function ringsOf(geometry) {
  const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.type === "MultiPolygon" ? geometry.coordinates : [];
  return /** @type {Corner[][]} */ (polygons.flat());
}

/**
 * Moves the corners of a geometry; it is shown, and saved once somebody said how sure it is.
 * @param {Picking} options @param {HTMLElement} place @param {import("geojson").Geometry} geometry
 * @param {{done: (geometry: import("geojson").Geometry) => void, onChange: (geometry: import("geojson").Geometry) => void}} ways
 */
function vertices({ map, tool }, place, geometry, { done, onChange }) {
  stopPicking(tool);
  let now = geometry;
  let over = false;
  let remove = () => {};
  const finish = /** @type {HTMLButtonElement} */ (make("button", { type: "button", id: "vertices-done", text: said("draw_done"), onclick: () => (stopPicking(tool), done(now)) }));
  finish.disabled = true;
  const row = make("div", {}, make("p", { class: "hint", text: said("edit_vertices_hint") }), make("p", { class: "buttons" }, finish, cancel(tool)));
  bring(place, row);
  pick(tool, () => {
    over = true;
    remove();
    row.remove();
  });
  moveVertices(map, geometry, (changed) => {
    now = changed;
    finish.disabled = false;
    onChange(changed);
  }).then(
    (off) => (over ? off() : (remove = off)),
    (error) => row.prepend(make("p", { class: "problem", role: "alert", text: error instanceof Error ? error.message : String(error) })),
  );
}

/** Takes the next click on the map, or its centre, as the place. @param {Picking} options @param {HTMLElement} place @param {(geometry: import("geojson").Geometry) => void} drawn */
function point({ map, tool }, place, drawn) {
  stopPicking(tool);
  /** @param {{latlng: L.LatLng}} event */
  const take = ({ latlng }) => {
    stopPicking(tool);
    drawn({ type: "Point", coordinates: [rounded(latlng.lng), rounded(latlng.lat)] });
  };
  map.getContainer().classList.add("measuring");
  const row = make("p", { class: "hint" }, said("edit_click"), " ", make("button", { type: "button", text: said("measure_center"), onclick: () => take({ latlng: map.getCenter() }) }), " ", cancel(tool));
  bring(place, row);
  map.on("click", take);
  pick(tool, () => {
    map.off("click", take);
    map.getContainer().classList.remove("measuring");
    row.remove();
  });
}

/**
 * Draws the outline anew, or goes on with one that was begun.
 * @param {Picking} options @param {HTMLElement} place @param {(geometry: import("geojson").Geometry) => void} drawn
 * @param {{corners?: Corner[], onCorners: (corners: Corner[]) => void}} begun
 */
function outline({ map, tool }, place, drawn, { corners: begun = [], onCorners }) {
  stopPicking(tool);
  const buttons = make("div");
  const row = make("div", {}, make("p", { class: "buttons" }, cancel(tool)), buttons);
  bring(place, row);
  const drawing = new Outline(map, (corners) => {
    stopPicking(tool);
    const ring = [...corners, corners[0]].map((at) => at.map(rounded));
    drawn({ type: "Polygon", coordinates: [ring] });
  });
  drawing.start(begun); // who asked to draw goes on on the map
  let over = false;
  const kept = drawing.corners.subscribe((corners) => {
    if (!over && corners.length) onCorners(corners);
  });
  const unmount = mount(buttons, () => drawing.part());
  pick(tool, () => {
    over = true; // what is taken off the map stays in the draft
    kept();
    unmount();
    drawing.remove();
    row.remove();
  });
}

/** @param {Signal<Tool>} tool */
const cancel = (tool) => make("button", { type: "button", text: said("edit_cancel"), onclick: () => stopPicking(tool) });

/** Seven decimals are a centimetre. @param {number} degrees */
const rounded = (degrees) => Math.round(degrees * 1e7) / 1e7;

/**
 * What a form says of fields, as the interface takes it; unchanged fields are left out, an emptied one is unknown.
 * @param {{id: string, type: string, unit?: string, currency?: string}[]} known the layer's fields
 * @param {Record<string, unknown>} before
 * @param {Record<string, string>} written
 */
export function changedFields(known, before, written) {
  /** @type {Record<string, unknown>} */
  const changed = {};
  for (const field of known) {
    if (!Object.hasOwn(written, field.id)) continue;
    const now = entered(field, written[field.id].trim());
    if (now !== (before[field.id] ?? null)) changed[field.id] = now;
  }
  return changed;
}

/** What an entry says; one that is no number, no yes and no no goes as it stands, and is refused, as is an amount with a currency where another field says it. @param {{type: string, unit?: string, currency?: string}} field @param {string} value */
function entered({ type, unit = "", currency = "" }, value) {
  if (value === "") return null;
  if (type === "boolean") return value === "true" || (value === "false" ? false : value);
  const plain = KINDS[type] ? Number(plainAmount(value, unit, Boolean(currency)) ?? value) : NaN;
  return Number.isFinite(plain) ? plain : value;
}

/**
 * @param {Layer} layer @param {Feature} feature @param {(change: Change) => void} save
 * @param {Record<string, string>} begun what was entered and not saved @param {(entered: Record<string, string>) => void} keep
 */
function fields(layer, feature, save, begun, keep) {
  const names = [layer.title.zh, layer.title.en].filter((id) => !layer.fields.some((f) => f.id === id));
  /** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Control */
  /** @type {(Pick<Field, "id" | "type" | "values"> & {named?: string, label?: Field["label"]})[]} */
  const known = [
    ...names.map((id) => ({ id, named: said(id === layer.title.zh ? "edit_name_zh" : "edit_name_en"), type: /** @type {const} */ ("text"), values: {} })),
    ...layer.fields.filter((f) => f.type !== "list" && !f.text),
  ];
  /** What a control held when it was made: one that nobody touched says nothing. @type {Map<string, {control: Control, before: string}>} */
  const controls = new Map();
  const rows = known.map((field) => {
    const value = feature.properties[field.id];
    const shown = value === null || value === undefined ? "" : String(value);
    const coded = Object.keys(field.values ?? {});
    const choices = field.type === "boolean" ? ["true", "false"] : coded;
    if (choices.length && shown && !choices.includes(shown)) choices.push(shown);
    const numeric = KINDS[field.type] && (shown === "" || typeof value === "number");
    const money = numeric && /^[万亿]/.test(/** @type {Partial<Field>} */ (field).unit ?? "");
    const control = /** @type {Control} */ (choices.length
      ? make("select", { name: field.id }, ...["", ...choices].map((key) => make("option", { value: key, selected: key === shown, text: key && field.values[key] ? text(field.values[key]) : key && field.type === "boolean" ? said(key === "true" ? "yes" : "no") : key || "—" })))
      : shown.includes("\n")
        ? make("textarea", { name: field.id, maxlength: 20000, rows: 4, text: shown })
        : make("input", { name: field.id, ...(money ? { type: "text", inputmode: "decimal", title: said("edit_amount_hint"), placeholder: said("edit_amount_hint") } : { type: numeric ? KINDS[field.type] : "text", step: "any" }), maxlength: 20000, value: shown }));
    controls.set(field.id, { control, before: control.value });
    if (Object.hasOwn(begun, field.id)) control.value = begun[field.id];
    return make("label", { class: "field" }, make("span", { class: "data", text: field.named ?? text(field.label) }), control);
  });
  const form = /** @type {HTMLFormElement} */ (make("form", { class: "edit-fields" }, ...rows, make("button", { text: said("edit_save") })));
  const touched = () => Object.fromEntries([...controls].filter(([, { control, before }]) => control.value !== before).map(([id, { control }]) => [id, control.value]));
  const entered = () => changedFields(known, feature.properties, touched());
  form.addEventListener("input", () => {
    const now = touched();
    keep(/** @type {any} */ (Object.keys(now).length ? now : undefined));
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const properties = entered();
    if (Object.keys(properties).length) save({ properties });
  });
  return { element: form, entered };
}
