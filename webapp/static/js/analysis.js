// @ts-check
/** The analysis panel: a question in the words of a statistic, asked of chosen layers or of a drawn polygon. */
import { addDrawing } from "./drawing.js";
import { make } from "./element.js";
import { showEvidence } from "./evidence.js";
import { ask } from "./fetching.js";
import { post, run } from "./jobs.js";
import { said, text, unitName } from "./language.js";
import { matrix } from "./matrix.js";
import { offered, worded } from "./questions.js";
import { fetched, result } from "./results.js";

const DRAWN = "@drawn";
/** @type {import("./questions.js").Asked[]} */
const FUNCTIONS = (await ask("/api/functions")).functions;

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
  for (const one of FUNCTIONS) kind.append(make("option", { value: one.id, text: text(one.question) }));
  kind.addEventListener("change", () => fill());
  form.addEventListener("change", (event) => {
    const changed = /** @type {HTMLSelectElement} */ (event.target).name;
    if (changed) refill(changed);
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
    const rows = chosen.slots.filter((one) => !one.finer).map((one) => labelled(text(one.label), pick(one)));
    rows.push(...chosen.options.filter((one) => !one.finer).flatMap(controls));
    if (!chosen.slots[0].geometry.length || chosen.slots[0].geometry.includes("polygon")) rows.push(field("ask_classes", make("input", { name: "codes", type: "text", maxlength: 200 })));
    const finer = chosen.options.filter((one) => one.finer).flatMap(controls);
    finer.push(...chosen.slots.filter((one) => one.finer).map((one) => labelled(text(one.label), pick(one))));
    const more = finer.length ? [make("details", { class: "finer" }, make("summary", { text: said("ask_finer") }), ...finer)] : [];
    form.replaceChildren(field("analysis_question", kind), ...rows, ...more, make("button", { text: said("ask_go") }));
    for (const role of new Set(chosen.options.map((one) => one.role))) refill(role);
  }

  /** @param {import("./questions.js").Slot} slot */
  function pick({ id, geometry, optional, classed, drawn, usual }) {
    const select = make("select", { name: id });
    if (optional) select.append(make("option", { value: "", text: said(id === "zones" ? "no_choice" : "no_layer") }));
    if (drawn && polygon) select.append(make("option", { value: DRAWN, text: said("ask_drawn") }));
    const fits = (/** @type {any} */ one) => (!classed || Boolean(one.class_field)) && (!geometry.length || geometry.includes(one.geometry) || one.geometry === "mixed");
    for (const one of layers.filter(fits)) {
      const wanted = !optional && ["classes", "demand"].includes(usual) && Boolean(one.class_field);
      select.append(make("option", { value: one.id, text: text(one.label), selected: wanted }));
      if (classed) older(select, one);
    }
    return select;
  }

  /** The control an option is set with; some are only worded by other ways in. @param {import("./questions.js").Option} option */
  function controls(option) {
    if (option.kind === "number") return [labelled(text(option.label), make("input", { name: option.id, type: "number", min: 1, max: 50000, value: option.default ?? "" }))];
    if (option.kind === "sizes") return [labelled(text(option.label), make("input", { name: option.id, type: "text", maxlength: 200, placeholder: "5000: 500; 2000-5000: 300" }))];
    return option.kind === "field" && !(option.id === "by" && option.role === "facilities") ? [labelled(text(option.label), make("select", { name: option.id, required: option.required }))] : [];
  }

  /** @param {string} role the layer whose fields are offered */
  function refill(role) {
    for (const option of asking().options.filter((one) => one.kind === "field" && one.role === role)) {
      const known = offered(option, catalogue.layers[control(role)]?.fields ?? []);
      const none = !option.required ? [make("option", { value: "", text: said("no_layer") })] : known.length ? [] : [make("option", { value: "", text: said("no_field") })];
      const second = option.id === "divisor" ? known[1] : null; // a field over itself asks nothing
      form.querySelector(`select[name=${option.id}]`)?.replaceChildren(...none, ...known.map((one) => make("option", { value: one.id, text: named(one), selected: one === second })));
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
    return FUNCTIONS.find((one) => one.id === kind.value) ?? FUNCTIONS[0];
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
    const figure = await fetched(told.figure);
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
    const figures = await Promise.all(told.figures.map(fetched));
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
    const head = make("summary", { class: "data", text: `${text(figure.statistic.label)}: ${figure.shown.value}` });
    return make("details", { class: "inside" }, head, result(figure, null, show));
  }
  return { active: () => drawing.active() };
}

/** @param {string} key @param {HTMLElement} control */
function field(key, control) {
  return labelled(said(key), control);
}

/** @param {string} words @param {HTMLElement} control */
function labelled(words, control) {
  return make("label", { class: "field" }, make("span", { text: words }), control);
}
