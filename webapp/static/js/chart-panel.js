// @ts-check
/** The chart beside the table: how a field is spread, in the colours of its classes; a press on a bar filters. */
import { effect, signal, untracked } from "@preact/signals-core";
import { html, nothing, render } from "lit-html";
import { rowsAddress } from "./chips.js";
import { shortened } from "./chart.js";
import { addToBriefing } from "./draft-briefing.js";
import { draw, make } from "./element.js";
import { ask } from "./fetching.js";
import { setCondition } from "./filtering.js";
import { finished, post } from "./jobs.js";
import { amountText, labelOf, number, plainLabel, said, spoken, text } from "./language.js";
import { timely } from "./source.js";
import { declaredStyle } from "./style.js";
import { changeTable, parseTable } from "./table-state.js";

/** @import { Distribution, Field, Layer } from "./api.js" */
/** @import { Page } from "./page.js" */
/** @typedef {Distribution["bars"][number]} Bar */

const [WIDTH, ROW, LABEL, ROOM] = [330, 24, 118, 74];

export class ChartPanel {
  /** @param {Page} page @param {HTMLElement} place */
  constructor(page, place) {
    this.page = page;
    /** @type {import("@preact/signals-core").Signal<Distribution | null>} */
    this.told = signal(null);
    this.problem = signal("");
    this.busy = signal(false);
    let turn = 0;
    effect(() => {
      const { layer, chart, measure } = this.state();
      const filters = layer ? (page.store.filters.value[layer.id] ?? []) : [];
      const date = page.store.date.value;
      const when = layer && timely(layer) ? page.store.when.value : "";
      spoken.value;
      if (!layer || !chart) return;
      turn += 1;
      const mine = turn;
      untracked(async () => {
        try {
          const found = await ask(rowsAddress(layer.id, filters, { field: chart, measure, as_of: date, when }, "distribution"));
          if (mine === turn) [this.told.value, this.problem.value] = [found, ""];
        } catch (error) {
          if (mine === turn) this.problem.value = error instanceof Error ? error.message : String(error);
        }
      });
    });
    effect(() => {
      const held = place.contains(document.activeElement) ? document.activeElement?.getAttribute("data-where") : null;
      render(this.part(), place);
      if (!held || place.contains(document.activeElement)) return;
      const again = [...place.querySelectorAll("[data-where]")].find((one) => one.getAttribute("data-where") === held);
      /** @type {HTMLElement | SVGElement | null} */ (again ?? place.querySelector("#chart-field"))?.focus({ preventScroll: true }); // the bars are drawn anew
    });
  }

  /** What is drawn: what the address says, else the first field with classes. */
  state() {
    const table = parseTable(this.page.store.table.value);
    const layer = this.page.usable(table.layer);
    const usual = layer?.fields.find((one) => one.type === "code") ?? layer?.fields.find((one) => one.type === "date") ?? layer?.fields[0];
    return { layer, chart: table.chart || usual?.id || "", measure: table.measure };
  }

  part() {
    const { layer, chart, measure } = this.state();
    const told = this.told.value;
    if (!layer) return nothing;
    const field = layer.fields.find((one) => one.id === chart);
    const added = layer.fields.filter((one) => (one.type === "number" || one.type === "integer") && ["additive", "money"].includes(one.measure));
    const choose = (/** @type {"chart" | "measure"} */ name) => (/** @type {Event} */ event) => changeTable(this.page.store, { [name]: /** @type {HTMLSelectElement} */ (event.target).value });
    const fresh = told && told.layer === layer.id && told.field === chart && field;
    return html`<h2>${said("chart_heading")}</h2>
      <p class="chart-choice"><label>${said("chart_field")} <select id="chart-field" @change=${choose("chart")}>${layer.fields.map((one) => html`<option value=${one.id} .selected=${one.id === chart}>${labelOf(one)}</option>`)}</select></label>
      <label>${said("chart_measure")} <select id="chart-measure" @change=${choose("measure")}><option value="">${said("chart_count")}</option>${added.map((one) => html`<option value=${one.id} .selected=${one.id === measure}>${text(one.label)}</option>`)}</select></label></p>
      ${this.problem.value ? html`<p class="problem" role="alert">${this.problem.value}</p>` : nothing}
      ${fresh ? this.drawn(layer, field, told) : nothing}`;
  }

  /** @param {Layer} layer @param {Field} field @param {Distribution} told */
  drawn(layer, field, told) {
    const measure = layer.fields.find((one) => one.id === told.measure) ?? null;
    const filters = this.page.store.filters.value[layer.id] ?? [];
    const others = told.bars.flatMap((one) => one.sums).filter((one) => one.known && one.currency !== told.currency);
    const apart = measure && others.length ? said("chart_apart", { amounts: currencies(others).map(([currency, sum]) => amountText(sum, measure.unit, currency)).join("、") }) : "";
    const title = measure ? said("chart_title_sum", { measure: plainLabel(measure), field: plainLabel(field) }) : said("chart_title_count", { layer: text(layer.label), field: plainLabel(field) });
    const filtered = filters.length ? said("chart_filtered", { conditions: told.conditions.map((one) => text(one.words)).join("；"), count: number(told.matched, "", 0), of: number(told.count, "", 0) }) : "";
    const press = (/** @type {Bar} */ bar) => bar.where && setCondition(this.page, layer.id, bar.where);
    const svg = chartOf(told, { layer, measure, palette: this.page.store.palette.value, title, press });
    return html`<h3>${title}</h3>
      ${filtered ? html`<p class="hint-2">${filtered}</p>` : nothing}
      ${told.bars.length ? svg : html`<p class="empty">${said("chart_empty")}</p>`} ${apart ? html`<p class="hint-2">${apart}</p>` : nothing}
      ${told.bars.length ? html`<p class="hint-2">${said("chart_press")}</p>` : nothing}
      <p class="actions">
        ${told.question ? html`<button type="button" id="chart-figure" ?disabled=${this.busy.value} @click=${() => this.figure(told)}>${said("chart_figure")}</button>` : nothing}
        ${told.question ? html`<button type="button" id="chart-to-briefing" ?disabled=${this.busy.value} @click=${() => this.take(told, filtered ? `${title} · ${filtered}` : title)}>${said("briefing_take")}</button>` : nothing}
        <button type="button" @click=${() => saved(svgFile(svg), `${layer.id}-${field.id}.svg`)}>SVG</button>
        <button type="button" @click=${() => png(svg).then((file) => saved(file, `${layer.id}-${field.id}.png`))}>PNG</button>
        <button type="button" @click=${() => saved(csvFile(told, field, measure), `${layer.id}-${field.id}.csv`)}>CSV</button>
      </p>`;
  }

  /** Opens the page of the figure whose chart this is. @param {Distribution} told */
  figure(told) {
    return this.computed(told, (id) => window.location.assign(`/figures/${id}`));
  }

  /** Puts the figure whose chart this is into the briefing. @param {Distribution} told @param {string} label */
  take(told, label) {
    return this.computed(told, (id) => addToBriefing({ kind: "figure", value: id, label }));
  }

  /** Asks the question of a chart. @param {Distribution} told @param {(figure: string) => void} then */
  async computed(told, then) {
    this.busy.value = true;
    try {
      const job = await post("/api/figures", told.question);
      const done = job.job ? await finished(job, () => {}) : job;
      then(done.figure);
    } catch (error) {
      this.problem.value = error instanceof Error ? error.message : String(error);
    } finally {
      this.busy.value = false;
    }
  }
}

/** What stands for a bar: its sum in the commonest currency, or how many. @param {Distribution} told @param {Bar} bar */
export function amountOf(told, bar) {
  return told.measure ? (bar.sums.find((one) => one.currency === told.currency)?.sum ?? 0) : bar.count;
}

/**
 * @param {Distribution} told
 * @param {{layer: Layer, measure: Field | null, palette: string, title: string, press: (bar: Bar) => void}} options
 * @returns {SVGElement}
 */
function chartOf(told, { layer, measure, palette, title, press }) {
  const most = Math.max(...told.bars.map((one) => amountOf(told, one)), 0) || 1;
  const height = told.bars.length * ROW + 26;
  const room = WIDTH - LABEL - ROOM;
  const axis = measure ? `${plainLabel(measure)}${told.currency ? ` · ${told.currency}` : ""}` : said("chart_axis_count");
  const lines = told.bars.map((bar, i) => {
    const amount = amountOf(told, bar);
    const label = text(bar.words);
    const shown = measure ? summed(told, bar, measure) : number(amount, "", 0);
    const fill = bar.kind === "part" ? colorOf(layer, told.field, bar.value, palette) : bar.kind === "unknown" ? "#b9c0c7" : "#8aa0b4";
    const words = `${label}: ${shown}`;
    const group = draw(
      "g",
      { class: bar.where ? "bar press" : "bar", ...(bar.where ? { role: "button", tabindex: 0, "aria-description": said("chart_bar", { bar: words }) } : { role: "img", "aria-label": words }), "data-where": bar.where },
      draw("rect", { x: 0, y: i * ROW, width: WIDTH, height: ROW, fill: "#ffffff" }),
      draw("text", { x: LABEL - 6, y: i * ROW + 16, "text-anchor": "end", "font-size": 11, fill: "#14202b", text: shortened(label, LABEL - 8) }),
      draw("rect", { x: LABEL, y: i * ROW + 4, width: Math.max(amount > 0 ? 1 : 0, (amount / most) * room).toFixed(1), height: 16, fill, stroke: "#43515e", "stroke-width": 0.5, "stroke-dasharray": bar.kind === "coarse" ? "3 2" : "none" }),
      draw("text", { x: LABEL + (amount / most) * room + 5, y: i * ROW + 16, "font-size": 11, fill: "#14202b", text: shown }),
    );
    if (bar.where) {
      group.addEventListener("click", () => press(bar));
      group.addEventListener("keydown", (event) => {
        const { key } = /** @type {KeyboardEvent} */ (event);
        if (key !== "Enter" && key !== " ") return;
        event.preventDefault();
        press(bar);
      });
    }
    return group;
  });
  return draw(
    "svg",
    { class: "distribution", role: "group", "aria-label": title, viewBox: `0 0 ${WIDTH} ${height}`, width: WIDTH, height, "font-family": "sans-serif", xmlns: "http://www.w3.org/2000/svg" },
    ...lines,
    draw("line", { x1: LABEL, y1: 0, x2: LABEL, y2: height - 24, stroke: "#43515e" }),
    draw("text", { x: LABEL, y: height - 8, "font-size": 11, fill: "#43515e", text: axis }),
  );
}

/** A bar's sum in words; of another currency where it has none of the commonest. @param {Distribution} told @param {Bar} bar @param {Field} measure */
function summed(told, bar, measure) {
  const one = bar.sums.find((sum) => sum.currency === told.currency && sum.known) ?? bar.sums.find((sum) => sum.known);
  return one ? amountText(one.sum, measure.unit, one.currency) : said("not_stated");
}

/** The colour a class or a declared style gives a value. @param {Layer} layer @param {string} field @param {unknown} value @param {string} palette */
function colorOf(layer, field, value, palette) {
  const known = layer.classes.find((one) => field === layer.class_field && one.code === value);
  if (known) return palette === "accessible" ? known.accessible : known.color;
  const ruled = layer.rules.some((one) => one.when.field === field);
  return (ruled ? declaredStyle(layer, { [field]: value }).fill : null) ?? "#2f7fb5";
}

/** @param {Bar["sums"]} sums @returns {[string | null, number][]} */
function currencies(sums) {
  /** @type {Map<string | null, number>} */
  const found = new Map();
  for (const one of sums) found.set(one.currency ?? null, (found.get(one.currency ?? null) ?? 0) + one.sum);
  return [...found];
}

/** @param {SVGElement} svg */
function svgFile(svg) {
  return new Blob([new XMLSerializer().serializeToString(svg)], { type: "image/svg+xml" });
}

/** Twice as large as on the screen. @param {SVGElement} svg @returns {Promise<Blob>} */
async function png(svg) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(svg))}`;
  await image.decode();
  const canvas = /** @type {HTMLCanvasElement} */ (make("canvas", { width: 2 * WIDTH, height: 2 * Number(svg.getAttribute("height")) }));
  const pen = canvas.getContext("2d");
  if (pen) {
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  }
  return new Promise((resolve, reject) => canvas.toBlob((file) => (file ? resolve(file) : reject(new Error(said("request_failed", { status: 0 }))))));
}

/** @param {Distribution} told @param {Field} field @param {Field | null} measure */
function csvFile(told, field, measure) {
  const cell = (/** @type {string} */ one) => (/^[=+\-@\t]/.test(one) ? `"'${one.replaceAll('"', '""')}"` : `"${one.replaceAll('"', '""')}"`);
  const kinds = [...new Set(told.bars.flatMap((one) => one.sums.map((sum) => sum.currency ?? "")))];
  const head = [labelOf(field), said("chart_axis_count"), ...(measure ? kinds.map((one) => `${text(measure.label)} ${one}`.trim()) : [])];
  const lines = told.bars.map((bar) => [cell(text(bar.words)), String(bar.count), ...(measure ? kinds.map((one) => String(bar.sums.find((sum) => (sum.currency ?? "") === one)?.sum ?? "")) : [])].join(","));
  return new Blob([`\uFEFF${[head.map(cell).join(","), ...lines].join("\r\n")}\r\n`], { type: "text/csv" });
}

/** @param {Blob} file @param {string} name */
function saved(file, name) {
  const address = URL.createObjectURL(file);
  make("a", { href: address, download: name }).click();
  window.setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
