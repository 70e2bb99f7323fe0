// @ts-check
/** What a reader must know before reading the map: sketches, and files that could not be read. */
import { make } from "./element.js";
import { said, text } from "./language.js";

/** @param {any} catalogue @returns {HTMLElement[]} */
export function notices(catalogue) {
  const out = [make("p", { class: "notice data", text: text(catalogue.plan.notice) })];
  const missing = Object.values(catalogue.layers).reduce((sum, one) => sum + (one.count ?? 0) - (one.placed ?? 0), 0);
  if (missing) {
    out.push(make("p", { class: "notice" }, make("a", { href: "/unplaced", text: said("unplaced_count", { count: missing }) })));
  }
  const layerFaults = Object.values(catalogue.layers).filter((one) => one.status === "error" && one.group);
  const faults = [...catalogue.problems, ...layerFaults.map((one) => one.problems[0])];
  if (faults.length) {
    const list = make("ul", {}, ...faults.map((one) => make("li", { class: "data", text: text(one) })));
    out.push(make("details", { class: "problem", role: "alert" }, make("summary", { text: said("data_problems", { count: faults.length }) }), list));
  }
  return out;
}
