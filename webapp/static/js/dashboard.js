// @ts-check
/** The dashboard: what is still being computed comes in by itself, and a chosen zone or day is looked at at once. */
import { addToBriefing } from "./draft-briefing.js";
import { byId } from "./element.js";
import { ask } from "./fetching.js";
import { speak } from "./language.js";

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

/** Adds a tile's figure to the briefing that is being put together. @param {MouseEvent} event */
function take(event) {
  const button = event.target;
  if (!(button instanceof HTMLButtonElement) || !button.classList.contains("to-briefing")) return;
  const words = addToBriefing({ kind: "figure", value: button.dataset.figure ?? "", label: button.dataset.label ?? "" });
  const count = byId("briefing-count");
  count.hidden = false;
  const link = /** @type {HTMLElement} */ (count.firstElementChild);
  link.textContent = words;
}

function listen() {
  const form = document.querySelector("form.focus");
  if (form instanceof HTMLFormElement) form.querySelector("select")?.addEventListener("change", () => form.requestSubmit());
}

const config = JSON.parse(byId("page-config").textContent || "{}");
speak(config.lang, await ask(config.urls.messages));
listen();
document.addEventListener("click", take);
document.documentElement.dataset.ready = "true";
follow();
