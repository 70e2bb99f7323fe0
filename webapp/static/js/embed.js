// @ts-check
/** The map inside another page: the frame's code to copy, pinned or following, and links that end. */
import { computed, effect, signal, untracked } from "@preact/signals-core";
import { html, nothing } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { copy } from "./copying.js";
import { Dialog, into, ticked } from "./dialog.js";
import { ask } from "./fetching.js";
import { post } from "./jobs.js";
import { said, spoken, text } from "./language.js";

/** @import { Link, PictureTold, Text } from "./api.js" */
/** @import { Page } from "./page.js" */

const DAYS = [7, 30, 90, 365];

/** @param {Page} page @returns {Dialog} */
export function embedDialog(page) {
  const { named, person } = page.config;
  const what = signal(named ? named.id : "map");
  const controls = signal(false);
  const pinned = signal(false);
  const days = signal("30");
  /** The moment a pinned frame shows: when it was pinned. */
  const moment = computed(() => (pinned.value ? new Date().toISOString().slice(0, 19) : ""));
  /** @type {import("@preact/signals-core").Signal<{path: string, link: Link | null, problem: string} | null>} */
  const made = signal(null);
  /** @type {import("@preact/signals-core").Signal<Text[]>} */
  const beware = signal([]);
  const path = computed(() => {
    const asked = new URLSearchParams(what.value === "map" ? { v: page.store.address.value.slice(1), lang: spoken.value } : { lang: spoken.value });
    if (controls.value) asked.set("controls", "yes");
    if (moment.value) asked.set("as_of", moment.value);
    return `/embed/${what.value}?${asked}`;
  });
  const code = computed(() => `<iframe src="${escaped(window.location.origin + path.value)}" width="800" height="500" title="${escaped(document.title)}" sandbox="allow-scripts allow-popups" loading="lazy" style="border:0"></iframe>`);
  const dialog = new Dialog("embed", "embed_title", part);
  effect(() => {
    if (!dialog.open.value) return;
    const asked = what.value === "map" ? `?${new URLSearchParams({ v: page.store.address.value.slice(1) })}` : "";
    untracked(async () => {
      /** What to check before the data leave; where it fails, the frame itself will say what is wrong. @type {PictureTold | null} */
      const told = await ask(`/render/${encodeURIComponent(what.peek())}.json${asked}`).catch(() => null);
      beware.value = told?.data_warnings ?? [];
    });
  });
  return dialog;

  async function link() {
    const wanted = path.peek();
    try {
      made.value = { path: wanted, link: await post("/api/links", { path: wanted, days: Number(days.peek()) }), problem: "" };
    } catch (error) {
      made.value = { path: wanted, link: null, problem: error instanceof Error ? error.message : String(error) };
    }
  }

  function part() {
    const names = [...(named ? [[named.id, said("embed_named", { name: text(named.title) })]] : []), ["map", said("embed_now")]];
    return html`<p class="hint">${said("embed_intro")}</p>
      ${named ? html`<label>${said("embed_what")} ${select(what, names)}</label>` : nothing}
      <label><input type="checkbox" id="embed_controls" .checked=${live(controls.value)} @change=${ticked(controls)} /> ${said("embed_controls")}</label>
      <label><input type="checkbox" id="embed_pinned" .checked=${live(pinned.value)} @change=${ticked(pinned)} /> ${said("embed_pinned")}</label>
      ${beware.value.map((one) => html`<p class="problem">${text(one)}</p>`)}
      <textarea readonly rows="4" aria-label=${said("embed_code")} .value=${code.value}></textarea>
      <p class="buttons"><button type="button" @click=${() => copy(code.value)}>${said("embed_copy")}</button><a class="button" target="_blank" href=${path.value}>${said("embed_try")}</a></p>
      ${person?.scopes.includes("views:write") ? html`<p class="buttons"><label>${said("embed_valid")} ${select(days, DAYS.map((n) => [String(n), said("embed_days", { days: n })]))}</label><button type="button" @click=${link}>${said("embed_make_link")}</button></p>` : nothing}
      ${made.value?.path === path.value ? result(made.value) : nothing}`;
  }
}

/** @param {{link: Link | null, problem: string}} made */
function result({ link, problem }) {
  if (!link) return html`<p class="problem" role="alert">${problem}</p>`;
  const until = new Date(link.ends * 1000).toISOString().slice(0, 10);
  return html`<div class="embed-link">
    <input type="text" readonly .value=${link.url} aria-label=${said("embed_link")} />
    <img src=${link.qr} alt=${said("embed_qr")} width="200" />
    <p class="hint">${said("embed_until", { day: until })}</p>
  </div>`;
}

/** @param {import("@preact/signals-core").Signal<string>} value @param {string[][]} options value and words */
function select(value, options) {
  return html`<select @change=${into(value)}>${options.map(([one, words]) => html`<option value=${one} .selected=${live(one === value.value)}>${words}</option>`)}</select>`;
}

/** Text for an attribute in double quotes. @param {string} text */
function escaped(text) {
  return text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;");
}
