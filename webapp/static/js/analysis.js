// @ts-check
/** The analysis panel: a question in the words of a statistic, asked of chosen layers or of a drawn polygon. */
import { addDrawing } from "./drawing.js";
import { make } from "./element.js";
import { showEvidence } from "./evidence.js";
import { ask } from "./fetching.js";
import { post, run } from "./jobs.js";
import { said, text } from "./language.js";
import { matrix } from "./matrix.js";
import { result, valueOf } from "./results.js";

const DRAWN = "@drawn";
/** Each question: its function, unit, and the layers it asks for, by role and geometry. */
const QUESTIONS = [
  { id: "tabulate", unit: "ha", roles: [["classes", "polygon"], ["zones", "polygon"]] },
  { id: "coverage", unit: "%", roles: [["demand", ""], ["facilities", ""], ["zones", "polygon"]], distance: 500, optional: "zones" },
  { id: "band", unit: "ha", roles: [["part", ""], ["line", ""]], distance: 1000 },
  { id: "transition", unit: "ha", roles: [["before", "classed"], ["after", "classed"]] },
  { id: "count", unit: "count", roles: [["items", ""], ["zones", "polygon"]] },
];

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
  const form = make("form", { id: "ask" });
  const drawing = addDrawing(map, place, (drawn) => {
    polygon = drawn;
    fill();
    if (polygon) report();
  });
  const kind = /** @type {HTMLSelectElement} */ (make("select", { id: "ask-kind" }));
  for (const one of QUESTIONS) kind.append(make("option", { value: one.id, text: said(`ask_${one.id}`) }));
  kind.addEventListener("change", () => fill());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    compute(question(), make("div"), true);
  });
  place.append(form, output);
  fill();

  /** Lays the form out for the chosen question. */
  function fill() {
    const chosen = QUESTIONS.find((one) => one.id === kind.value) ?? QUESTIONS[0];
    const rows = chosen.roles.map(([role, geometry]) => field(`role_${role}`, pick(role, geometry, chosen.optional === role)));
    if (chosen.distance) {
      rows.push(field("ask_distance", make("input", { name: "distance", type: "number", min: 1, max: 50000, value: chosen.distance, required: true })));
    }
    if (["tabulate", "coverage", "band"].includes(chosen.id)) {
      rows.push(field("ask_classes", make("input", { name: "codes", type: "text", maxlength: 200 })));
    }
    const network = catalogue.layers.roads && chosen.id === "coverage";
    if (network) rows.push(make("label", { class: "check" }, make("input", { name: "network", type: "checkbox" }), said("ask_network")));
    form.replaceChildren(field("analysis_question", kind), ...rows, make("button", { text: said("ask_go") }));
  }

  /** @param {string} role @param {string} geometry @param {boolean} optional */
  function pick(role, geometry, optional) {
    const select = make("select", { name: role });
    if (optional) select.append(make("option", { value: "", text: said("no_choice") }));
    if (role === "zones" && polygon) select.append(make("option", { value: DRAWN, text: said("ask_drawn") }));
    const fits = (/** @type {any} */ one) => (geometry === "classed" ? Boolean(one.class_field) : !geometry || one.geometry === geometry);
    for (const one of layers.filter(fits)) {
      const wanted = { classes: one.class_field, demand: one.class_field, part: one.class_field }[role];
      select.append(make("option", { value: one.id, text: text(one.label), selected: Boolean(wanted) }));
      if (geometry === "classed") older(select, one);
    }
    return select;
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

  /** @returns {any} the question as the service takes it */
  function question() {
    const said_ = new FormData(/** @type {HTMLFormElement} */ (form));
    const chosen = QUESTIONS.find((one) => one.id === kind.value) ?? QUESTIONS[0];
    const classes = String(said_.get("codes") ?? "").split(/[,，\s]+/).filter(Boolean);
    /** @type {Record<string, any>} */
    const inputs = {};
    chosen.roles.forEach(([role], i) => {
      const [layer, version] = String(said_.get(role) ?? "").split("@");
      if (layer) inputs[role] = { layer, ...(version ? { version: Number(version) } : {}), ...(i === 0 && classes.length ? { classes } : {}) };
    });
    /** @type {Record<string, any>} */
    const asked = { function: chosen.id, unit: chosen.unit, inputs };
    if (chosen.distance) asked.distance_m = Number(said_.get("distance"));
    if (said_.get("network")) {
      asked.along = "network";
      inputs.roads = { layer: "roads" };
    }
    return asked;
  }

  /** @param {any} asked @param {HTMLElement} box @param {boolean} alone */
  async function compute(asked, box, alone) {
    if (alone) output.replaceChildren(box);
    const drawn = Object.values(asked.inputs).some((/** @type {any} */ one) => one.layer === DRAWN);
    const told = await run(box, () => post("/api/figures", drawn ? { ...asked, polygon } : asked));
    if (!told) return;
    const figure = await ask(`/api/figures/${told.figure}`);
    const show = make("button", { type: "button", text: said("result_show"), onclick: () => evidence(figure.id) });
    box.replaceChildren(result(figure, cells(figure), show));
    if (alone) evidence(figure.id);
  }

  /** A transition's own table; every other figure has the usual one. @param {any} figure */
  function cells(figure) {
    if (figure.statistic.function !== "transition" || !figure.rows.length) return null;
    return matrix(figure, (from, to) => evidence(figure.id, (piece) => piece.from === from && piece.to === to));
  }

  /** @param {string} id @param {(properties: any) => boolean} [wanted] */
  async function evidence(id, wanted) {
    shown?.remove();
    shown = await showEvidence(map, `/api/figures/${id}/evidence`, null, wanted);
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
