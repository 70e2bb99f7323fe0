// @ts-check
/** The page of statistics: computes one, or all that have no result yet, two at a time. */
import { byId, make } from "./element.js";
import { ask } from "./fetching.js";
import { run } from "./jobs.js";
import { said, speak, text } from "./language.js";
import { fetched } from "./results.js";

const config = JSON.parse(byId("page-config").textContent || "{}");
speak(config.lang, await ask(config.urls.messages));

/** @param {HTMLElement} row */
async function compute(row) {
  const id = row.dataset.statistic;
  const place = /** @type {HTMLElement} */ (row.querySelector(".result"));
  const told = await run(place, () => ask(`/api/statistics/${id}`));
  if (!told) return;
  const figure = await fetched(told.figure ?? told.id);
  computed.add(row);
  const words = figure.state === "computed" ? figure.shown.value : text(figure.sentence);
  const sketch = figure.layers.some((use) => use.illustrative);
  const link = make("a", { href: `/figures/${figure.id}`, class: figure.state === "computed" ? "value" : "needs", text: words });
  place.replaceChildren(link, ...(sketch ? [" ", make("span", { class: "badge", text: said("illustrative") })] : []));
}

const rows = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("tr[data-statistic]")]);
const computed = new Set(rows.filter((one) => one.dataset.figure)); // those the page came with
for (const row of rows) row.querySelector("button.compute")?.addEventListener("click", () => compute(row));
byId("compute-all").addEventListener("click", () => {
  const left = rows.filter((one) => !computed.has(one)).values();
  const next = async () => {
    for (const row of left) await compute(row);
  };
  next();
  next(); // while one is fetched and shown the other is computed
});
document.documentElement.dataset.ready = "true";
