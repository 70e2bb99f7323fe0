// @ts-check
/** The analysis panel: a question in the words of a statistic, asked of chosen layers or of a drawn polygon. */
import { addDrawing } from "./drawing.js";
import { make } from "./element.js";
import { showEvidence } from "./evidence.js";
import { ask } from "./fetching.js";
import { post, run } from "./jobs.js";
import { said, text, unitName } from "./language.js";
import { matrix } from "./matrix.js";
import { QUESTIONS, offered, worded } from "./questions.js";
import { result, valueOf } from "./results.js";

const DRAWN = "@drawn";
/**
 * @param {any} map
 * @param {any} catalogue
 * @param {HTMLElement} place
 */
export function addAnalysis(map, catalogue, place) {
  /** @type {any} */
  let polygon = null;
  /** @type {any} */
  let shown = null;
  const layers = Object.values(catalogue.layers).filter((one) => one.status === "ok" && one.placed);
  const output = make("div", { class: "analysis-result" });
  const legend = make("ul", { class: "inline-legend" });
  const form = make("form", { id: "ask" });
  const drawing = addDrawing(map, place, (drawn) => {
    polygon = drawn;
    fill();
    if (polygon) report();
  });
  const kind = /** @type {HTMLSelectElement} */ (make("select", { id: "ask-kind" }));
  for (const one of QUESTIONS) kind.append(make("option", { value: one.id, text: said(`ask_${one.id}`) }));
  kind.addEventListener("change", () => fill());
  form.addEventListener("change", (event) => {
    const changed = /** @type {HTMLSelectElement} */ (event.target).name;
    if (changed && changed === asking().fields) refill(changed);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    compute(worded(asking(), control, catalogue.layers), make("div"), true);
  });
  place.append(form, legend, output);
  fill();

  /** Lays the form out for the chosen question. */
  function fill() {
    const chosen = asking();
    const rows = chosen.roles.filter((one) => !one.finer).map((one) => field(`role_${one.role}`, pick(one)));
    if (chosen.distance) {
      rows.push(field("ask_distance", make("input", { name: "distance", type: "number", min: 1, max: 50000, value: chosen.distance, required: true })));
    }
    if (chosen.classes) rows.push(field("ask_classes", make("input", { name: "codes", type: "text", maxlength: 200 })));
    if (chosen.fields) rows.push(...ofFields());
    const finer = chosen.roles.filter((one) => one.finer).map((one) => field(`role_${one.role}`, pick(one)));
    if (chosen.sizes) finer.unshift(field("ask_sizes", make("input", { name: "sizes", type: "text", maxlength: 200, placeholder: "5000: 500; 2000-5000: 300" })));
    const more = finer.length ? [make("details", { class: "finer" }, make("summary", { text: said("ask_finer") }), ...finer)] : [];
    form.replaceChildren(field("analysis_question", kind), ...rows, ...more, make("button", { text: said("ask_go") }));
    if (chosen.fields) refill(chosen.fields);
  }

  /** @param {import("./questions.js").Wanted} wanted */
  function pick({ role, geometry, optional, finer }) {
    const select = make("select", { name: role });
    if (optional) select.append(make("option", { value: "", text: said(role === "zones" ? "no_choice" : "no_layer") }));
    const draws = ["zones", "whole"].includes(role) || (role === "part" && asking().id === "overlap");
    if (draws && polygon) select.append(make("option", { value: DRAWN, text: said("ask_drawn") }));
    const fits = (/** @type {any} */ one) =>
      geometry === "classed" ? Boolean(one.class_field) : !geometry || one.geometry === geometry || (one.geometry === "mixed" && (finer || asking().id === "overlap"));
    for (const one of layers.filter(fits)) {
      const wanted = { classes: one.class_field, demand: one.class_field, part: one.class_field }[role];
      select.append(make("option", { value: one.id, text: text(one.label), selected: Boolean(wanted) }));
      if (geometry === "classed") older(select, one);
    }
    return select;
  }

  /** Controls for the numbers of the chosen layer, and for what they must not be added across. */
  function ofFields() {
    const key = (/** @type {string} */ name) => (name === "field" ? `ask_field_${asking().id}` : `ask_${name}`);
    return (asking().pick ?? []).map((name) => field(key(name), make("select", { name, required: name !== "by" })));
  }

  /** @param {string} role the layer whose fields are offered */
  function refill(role) {
    for (const name of asking().pick ?? []) {
      const known = offered(name, catalogue.layers[control(role)]?.fields ?? []);
      const none = name === "by" ? [make("option", { value: "", text: said("no_layer") })] : known.length ? [] : [make("option", { value: "", text: said("no_field") })];
      const second = name === "divisor" ? known[1] : null; // a field over itself asks nothing
      form.querySelector(`select[name=${name}]`)?.replaceChildren(...none, ...known.map((one) => make("option", { value: one.id, text: named(one), selected: one === second })));
    }
  }

  /** A field with its unit. @param {any} one */
  function named(one) {
    return one.unit ? `${text(one.label)} (${unitName(one.unit)})` : text(one.label);
  }

  /** @param {string} name @returns {string} what stands in a control; "" where there is none */
  function control(name) {
    return String(new FormData(/** @type {HTMLFormElement} */ (form)).get(name) ?? "");
  }

  function asking() {
    return QUESTIONS.find((one) => one.id === kind.value) ?? QUESTIONS[0];
  }

  /** Offers a layer's stored versions as well. @param {HTMLElement} select @param {any} layer */
  async function older(select, layer) {
    if (!layer.number) return;
    const told = await ask(`/api/layers/${encodeURIComponent(layer.id)}/versions`);
    for (const one of told.versions) {
      const label = said("version_of", { layer: text(layer.label), number: one.number, date: one.made_at.slice(0, 10) });
      select.append(make("option", { value: `${layer.id}@${one.number}`, text: label }));
    }
  }

  /** @param {any} asked @param {HTMLElement} box @param {boolean} alone */
  async function compute(asked, box, alone) {
    legend.replaceChildren();
    if (alone) output.replaceChildren(box);
    const drawn = Object.values(asked.inputs).some((/** @type {any} */ one) => one.layer === DRAWN);
    const told = await run(box, () => post("/api/figures", drawn ? { ...asked, polygon } : asked));
    if (!told) return;
    const figure = await ask(`/api/figures/${told.figure}`);
    const show = make("button", { type: "button", text: said("result_show"), onclick: () => evidence(figure.id) });
    box.replaceChildren(result(figure, cells(figure), show));
    if (!alone) return;
    await evidence(figure.id);
    legend.scrollIntoView({ block: "start" });
  }

  /** A transition's own table; every other figure has the usual one. @param {any} figure */
  function cells(figure) {
    if (figure.statistic.function !== "transition" || !figure.rows.length) return null;
    return matrix(figure, (from, to) => evidence(figure.id, (piece) => piece.from === from && piece.to === to));
  }

  /** @param {string} id @param {(properties: any) => boolean} [wanted] */
  async function evidence(id, wanted) {
    shown?.remove();
    shown = await showEvidence(map, `/api/figures/${id}/evidence`, legend, wanted);
  }

  /** What lies in the drawn polygon, all at once: land use, coverage, projects, constraints. */
  async function report() {
    const box = make("div");
    output.replaceChildren(box);
    const told = await run(box, () => post("/api/polygon", { polygon }));
    if (!told) return;
    const figures = await Promise.all(told.figures.map((/** @type {string} */ id) => ask(`/api/figures/${id}`)));
    box.replaceChildren(...told.rows.map(inside), ...figures.map((figure) => folded(figure)));
  }

  /** @param {any} row a layer and its features in the polygon */
  function inside(row) {
    const items = row.features.slice(0, 30).map((/** @type {any} */ f) => make("li", { class: "data", text: `${text(f.name)} · ${text(f.note)}` }));
    return make("details", { class: "inside", "data-layer": row.layer }, make("summary", { text: `${text(row.label)} (${row.features.length})` }), make("ul", {}, ...items));
  }

  /** @param {any} figure */
  function folded(figure) {
    const show = make("button", { type: "button", text: said("result_show"), onclick: () => evidence(figure.id) });
    const head = make("summary", { class: "data", text: `${text(figure.statistic.label)}: ${valueOf(figure)}` });
    return make("details", { class: "inside" }, head, result(figure, null, show));
  }
  return { active: () => drawing.active() };
}

/** @param {string} key @param {HTMLElement} control */
function field(key, control) {
  return make("label", { class: "field" }, make("span", { text: said(key) }), control);
}
