// @ts-check
/** A figure's own page: its evidence on a map, computing it again, the answer under other rules. */
import { addToBriefing } from "./draft-briefing.js";
import { byId, make } from "./element.js";
import { evidenceKey, showEvidence } from "./evidence.js";
import { ask } from "./fetching.js";
import { post, run } from "./jobs.js";
import { number, said, speak, text } from "./language.js";
import { useLooks } from "./looks.js";
import { matrix } from "./matrix.js";
import { fetched } from "./results.js";

/** @typedef {{start: string, way: string, weight: string, share: number | null, difference: number | null, missing?: import("./language.js").Text}} Row the answer under another rule */

const config = JSON.parse(byId("page-config").textContent || "{}");
useLooks(config.looks);
speak(config.lang, await ask(config.urls.messages));
const before = await fetched(config.figure);

byId("to-briefing").addEventListener("click", () => {
  byId("briefing-count").textContent = addToBriefing({ kind: "figure", value: config.figure, label: `${byId("to-briefing").dataset.label} = ${before.shown.value}` });
  byId("briefing-count").hidden = false;
});

const recomputed = byId("recomputed");
byId("recompute").addEventListener("click", async () => {
  const told = await run(recomputed, () => post(`/api/figures/${config.figure}/recompute`));
  if (!told) return;
  const after = await fetched(told.figure);
  const same = after.id === before.id;
  const words = same
    ? said("recomputed_same", { value: after.shown.value })
    : said("recomputed_changed", { before: before.shown.value, after: after.shown.value });
  recomputed.replaceChildren(make("a", { href: same ? `/figures/${after.id}` : `/figures/${after.id}?since=${before.id}`, text: words }));
});

document.getElementById("keep")?.addEventListener("click", async () => {
  const place = byId("passes");
  try {
    await post(`/api/figures/${config.figure}/keep`);
    place.textContent = said("figure_kept");
    place.setAttribute("role", "status");
  } catch (error) {
    place.append(" ", make("span", { class: "problem", role: "alert", text: error instanceof Error ? error.message : String(error) }));
  }
});

document.getElementById("other-rules")?.addEventListener("click", async () => {
  const place = byId("other-rules-table");
  const told = await run(place, () => post(`/api/figures/${config.figure}/alternatives`));
  if (!told) return;
  const head = ["rule_start", "rule_way", "rule_weight", "column_result", "rule_difference"].map((key) => make("th", { scope: "col", text: said(key) }));
  const rows = told.rows.map((/** @type {Row} */ row) =>
    row.missing
      ? make("tr", {}, make("td", { colspan: 5, class: "needs", text: text(row.missing) }))
      : make(
          "tr",
          {},
          make("td", { text: said(`rule_${row.start}`) }),
          make("td", { text: said(`rule_${row.way}`) }),
          make("td", { class: "data", text: row.weight === "amount" ? said("rule_amount") : row.weight }),
          make("td", { class: "number", text: row.share === null ? "—" : number(row.share, "%", 2) }),
          make("td", { class: "number", text: row.difference === null ? "—" : number(row.difference, "", 2) }),
        ),
  );
  place.replaceChildren(make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows)));
});

/** Each row whose features can be said leads to them on the map. */
const rows = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("#table + .scroll tr[data-features]")]);
if (rows.length) {
  const table = /** @type {HTMLTableElement} */ (rows[0].closest("table"));
  table.tHead?.rows[0].append(make("th", { scope: "col", text: said("row_features") }));
  for (const row of table.tBodies[0].rows) {
    const label = [...row.cells].map((cell) => cell.textContent).filter(Boolean).join(" · ");
    const link = row.dataset.features ? make("a", { class: "on-map", href: row.dataset.features, "aria-label": `${said("bar_on_map")}: ${label}`, text: said("bar_on_map") }) : null;
    row.append(make("td", {}, link, row.dataset.wider === undefined ? null : make("small", { text: ` ${said("row_wider")}` })));
  }
}

if (document.getElementById("figure-map")) {
  const map = window.map_plan;
  L.tileLayer("/basemap/{z}/{x}/{y}.svg", { maxZoom: 19 }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  L.control.zoom({ position: "topright", zoomInTitle: said("zoom_in"), zoomOutTitle: said("zoom_out") }).addTo(map);
  let shown = await showEvidence(map, config.evidence);
  byId("figure-legend").replaceChildren(...evidenceKey(shown.states));
  const note = byId("figure-shown");
  note.hidden = shown.shown === shown.all;
  note.textContent = said("evidence_shown", { shown: number(shown.shown), all: number(shown.all) });
  if (before.statistic.function === "transition") {
    const cells = matrix(before, async (from, to) => {
      shown.layer.remove();
      shown = await showEvidence(map, config.evidence, { wanted: (piece) => piece.from === from && piece.to === to });
      byId("figure-map").scrollIntoView({ block: "nearest" });
    });
    byId("figure-legend").after(cells);
  }
}
document.documentElement.dataset.ready = "true";
