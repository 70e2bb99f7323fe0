// @ts-check
/** The dashboard: what is still being computed comes in by itself, and a chosen zone or day is looked at at once. */
import { byId } from "./element.js";

const PAUSE_MS = 1500;
const MOST_MS = 15000;

/** Fetches the page anew until nothing is waited for. */
async function follow() {
  for (let pause = PAUSE_MS; !byId("progress").hidden; pause = Math.min(pause * 1.3, MOST_MS)) {
    await new Promise((resolve) => window.setTimeout(resolve, pause));
    const answer = await fetch(window.location.href, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer || !(answer.ok || answer.status === 400)) continue; // 400: a zone or day that there is not is told on the page
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("dashboard");
    const form = document.querySelector("form.focus");
    if (!fresh || form?.contains(document.activeElement)) continue; // nobody's choice is taken away
    byId("dashboard").replaceWith(document.adoptNode(fresh));
    listen();
  }
  document.documentElement.dataset.complete = "true";
}

function listen() {
  const form = document.querySelector("form.focus");
  if (form instanceof HTMLFormElement) form.querySelector("select")?.addEventListener("change", () => form.requestSubmit());
}

listen();
document.documentElement.dataset.ready = "true";
follow();
