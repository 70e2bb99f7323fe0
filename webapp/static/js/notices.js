// @ts-check
/** What a reader must know before reading the map: sketches, and files that could not be read. */
import { html, nothing } from "lit-html";
import { dateNotice } from "./date.js";
import { said, text } from "./language.js";

/** @import { Page } from "./page.js" */

/** @param {Page} page */
export function noticesPart(page) {
  const { layers, plan, problems } = page.catalog.value;
  const known = Object.values(layers);
  const missing = known.reduce((sum, one) => sum + one.count - one.placed, 0);
  const faults = [...problems, ...known.filter((one) => one.status === "error" && one.group).map((one) => one.problems[0])];
  return html`${dateNotice(page)}<p class="notice data">${text(plan.notice)}</p>
    ${missing ? html`<p class="notice"><a href="/unplaced">${said("unplaced_count", { count: missing })}</a></p>` : nothing}
    ${faults.length ? html`<details class="problem" role="alert"><summary>${said("data_problems", { count: faults.length })}</summary><ul>${faults.map((one) => html`<li class="data">${text(one)}</li>`)}</ul></details>` : nothing}`;
}
