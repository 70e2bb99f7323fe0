// @ts-check
/** The fold of the panel where a site is drawn, picked and checked: what it is called, and the way to it. */
import { byId } from "./element.js";

/** @import { Page } from "./page.js" */

/** The key of its words: without rules there is nothing to check. @param {Page} page */
export function siteWords(page) {
  return page.checks.rules.value?.declared ? "check_panel" : "site_panel";
}

/** Opens it. @param {Page} page @param {boolean} [go] whether it is what the person asked for */
export function showSite(page, go = true) {
  const part = byId("site");
  const fold = part.closest("details");
  if (fold) fold.open = true;
  if (!go) return;
  page.panel.value = true;
  page.sheet.value = true;
  fold?.scrollIntoView({ block: "start" });
  part.querySelector("button")?.focus({ preventScroll: true });
}
