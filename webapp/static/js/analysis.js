// @ts-check
/** Two parts of the panel: a site that is drawn or picked and held against the rules; and a question in the words of a statistic. */
import { effect } from "@preact/signals-core";
import { html, nothing } from "lit-html";
import { guard } from "lit-html/directives/guard.js";
import { Answers } from "./answers.js";
import { Outline } from "./drawing.js";
import { announce, hush, make } from "./element.js";
import { evidenceKey } from "./evidence.js";
import { said, spoken, text } from "./language.js";
import { matrix } from "./matrix.js";
import { QuestionForm } from "./question-form.js";
import { result } from "./results.js";
import { DrawnSite } from "./site.js";

/** @import { Inside } from "./api.js" */
/** @import { Shown } from "./results.js" */
/** @import { Page } from "./page.js" */

const MOST_LISTED = 30;

/** @param {Page} page @returns {{site: () => unknown, question: () => unknown}} */
export function analysisParts(page) {
  const { store, tool } = page;
  const answers = new Answers(page);
  const outline = new Outline(page.map, (site) => {
    tool.value = "";
    store.change({ site, question: null, figure: "" });
  });
  const drawn = new DrawnSite(page, outline, page.checks);
  const form = new QuestionForm(page, (question) => {
    if (!store.change({ question, figure: "" })) answers.answer(); // the same once more
  });
  effect(() => {
    if (outline.active.value) tool.value = "draw";
    else if (tool.peek() === "draw") tool.value = "";
  });
  effect(() => {
    if (tool.value !== "draw" && outline.active.peek()) outline.clear(); // another tool has the clicks now
  });
  answers.follow();
  const clear = () => store.change({ site: null, question: null, figure: "" });

  return { site, question };

  function site() {
    const ruled = page.checks.rules.value?.declared;
    const beside = ruled ? html`<button type="button" id="check-pick" aria-pressed=${String(tool.value === "pick")} @click=${pick}>${said("check_pick")}</button>` : nothing;
    return html`${ruled ? html`<p class="hint-2">${said("check_hint")}</p>` : nothing}
      ${outline.part({ finished: Boolean(store.site.value), onClear: clear, beside })}
      ${drawn.part()}
      <div class="analysis-result">${store.question.value || !store.site.value ? nothing : [progress(), shown()]}</div>`;
  }

  function pick() {
    tool.value = tool.peek() === "pick" ? "" : "pick";
    if (tool.peek()) announce(said("check_pick_hint"));
    else hush();
  }

  function question() {
    return html`${form.part()}
      <ul class="inline-legend">${guard([answers.evidence.value, spoken.value], () => evidenceKey(answers.evidence.value?.states ?? []))}</ul>
      <div class="analysis-result">${store.question.value || !store.site.value ? [progress(), shown()] : nothing}</div>`;
  }

  function progress() {
    const running = answers.running.value;
    if (answers.problem.value) return html`<span class="problem" role="alert">${answers.problem.value}</span>`;
    if (!running) return nothing;
    return html`<progress max="1" .value=${running.done}></progress>
      <span role="status">${said("computing", { percent: Math.round(running.done * 100) })} ${running.advice}</span>
      <button type="button" @click=${() => answers.cancel()}>${said("compute_cancel")}</button>`;
  }

  function shown() {
    const figure = answers.figure.value;
    const report = answers.report.value;
    if (figure) return guard([figure, spoken.value], () => result(figure, cells(figure), show(figure)));
    if (report) return guard([report, spoken.value], () => [report.rows.map(inside), report.figures.map(folded)]);
    return nothing;
  }

  /** @param {Shown} figure */
  function show(figure) {
    return make("button", { type: "button", text: said("result_show"), onclick: () => answers.show(figure.id) });
  }

  /** A transition's own table; every other figure has the usual one. @param {Shown} figure */
  function cells(figure) {
    if (figure.statistic.function !== "transition" || !figure.rows.length) return null;
    return matrix(figure, (from, to) => answers.show(figure.id, { from, to }));
  }

  /** @param {Inside} row a layer and its features in the outline */
  function inside(row) {
    const items = row.features.slice(0, MOST_LISTED).map((one) => html`<li class="data">${text(one.name)} · ${text(one.note)}</li>`);
    return html`<details class="inside" data-layer=${row.layer}><summary>${text(row.label)} (${row.features.length})</summary><ul>${items}</ul></details>`;
  }

  /** @param {Shown} figure */
  function folded(figure) {
    return html`<details class="inside"><summary class="data">${text(figure.statistic.label)}: ${figure.shown.value}</summary>${result(figure, null, show(figure))}</details>`;
  }
}
