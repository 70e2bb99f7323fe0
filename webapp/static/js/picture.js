// @ts-check
/** What the map shows as a picture, a page to print or one file to take along, with its sentence and table. */
import { computed, effect, signal, untracked } from "@preact/signals-core";
import { html, nothing } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { copy } from "./copying.js";
import { addToBriefing, draftCount } from "./draft-briefing.js";
import { Dialog, into, ticked } from "./dialog.js";
import { ask } from "./fetching.js";
import { said, spoken, text } from "./language.js";

/** @import { PictureTold } from "./api.js" */
/** @import { Page } from "./page.js" */

const SIZES = ["slide", "a4-landscape", "a4-portrait", "a3-landscape", "a3-portrait", "social"];
const HEAD = ["picture_layer", "picture_inside", "picture_of", "picture_version"];

/** @param {Page} page @returns {Dialog} */
export function pictureDialog(page) {
  const kind = signal("png");
  const size = signal("slide");
  const dpi = signal("");
  const grid = signal(false);
  const palette = signal("");
  const loading = signal("drawing");
  /** @type {import("@preact/signals-core").Signal<PictureTold | null>} */
  const told = signal(null);
  const problem = signal("");
  const whole = computed(() => kind.value === "html");
  const paper = computed(() => size.value.startsWith("a"));
  /** What is asked of the service: the state as it is now, and the choices. */
  const asked = computed(() => {
    const screen = page.map.getSize();
    const query = { v: page.store.address.value.slice(1), lang: spoken.value, size: size.value, screen: `${screen.x}x${screen.y}` };
    return new URLSearchParams({ ...query, ...(grid.value ? { grid: "yes" } : {}), ...(palette.value ? { palette: palette.value } : {}) });
  });
  const address = computed(() => {
    const query = new URLSearchParams(asked.value);
    if (whole.value) return `/export/map.html?${new URLSearchParams({ v: query.get("v") ?? "", lang: spoken.value })}`;
    if (paper.value && dpi.value) query.set("dpi", dpi.value);
    return `/render/map.${kind.value}?${query}`;
  });
  const preview = computed(() => {
    const query = new URLSearchParams(asked.value);
    if (paper.value) query.set("dpi", "72");
    return `/render/map.png?${query}`;
  });
  const dialog = new Dialog("embed picture", "picture_heading", part);
  let turn = 0;
  effect(() => {
    if (!dialog.open.value) return;
    const query = asked.value;
    turn += 1;
    const mine = turn;
    untracked(async () => {
      loading.value = "drawing";
      problem.value = "";
      try {
        const found = await ask(`/render/map.json?${query}`);
        if (mine === turn) told.value = found;
      } catch (error) {
        if (mine === turn) problem.value = error instanceof Error ? error.message : String(error);
      }
    });
  });
  return dialog;

  /** The map as it is now, with its filters, its date and a drawn site, for a briefing. */
  async function take() {
    const value = page.store.address.value.slice(1);
    const found = told.value ?? (await ask(`/render/map.json?${asked.value}`).catch(() => null)); // pressed before it was there
    addToBriefing({ kind: "state", value, label: found ? text(found.sentence) : document.title });
  }

  function part() {
    const beware = told.value ? [...told.value.warnings, ...(whole.value || kind.value === "svg" ? told.value.data_warnings : [])] : [];
    const news = whole.value ? said("picture_html_hint") : loading.value ? said(`picture_${loading.value}`) : "";
    const sentence = told.value ? text(told.value.sentence) : "";
    return html`<div class="picture-options">
        ${choice("picture_kind", kind, ["png", "jpg", "svg", "pdf", "html"].map((one) => [one, said(`picture_${one}`)]))}
        ${choice("picture_size", size, SIZES.map((one) => [one, said(`picture_size_${one.replace("-", "_")}`)]), whole.value)}
        ${choice("picture_dpi", dpi, [["", said("picture_dpi_usual")], ...["150", "200", "300"].map((one) => [one, one])], whole.value || !paper.value)}
        ${choice("picture_palette", palette, [["", said("picture_palette_usual")], ...["official", "calm", "accessible", "grey"].map((one) => [one, said(`palette_${one}`)])], whole.value)}
        <label><input type="checkbox" id="picture_grid" .checked=${live(grid.value)} ?disabled=${whole.value} @change=${ticked(grid)} /> ${said("picture_grid")}</label>
      </div>
      <p class="buttons"><button type="button" id="map-to-briefing" @click=${take}>${said("briefing_take")}</button>${draftCount.value ? html`<a href="/briefing">${said("briefing_taken", { count: draftCount.value })}</a>` : nothing}</p>
      <p class="buttons"><a class="button" download href=${address.value}>${said("picture_save")}</a>${whole.value ? nothing : html`<a class="button" target="_blank" href=${address.value}>${said("picture_open")}</a>`}</p>
      ${problem.value ? html`<p class="problem" role="alert">${problem.value}</p>` : nothing} ${beware.map((one) => html`<p class="problem">${text(one)}</p>`)}
      <p role="status" class="hint">${news}</p>
      ${whole.value ? nothing : html`<img class="picture-preview" alt=${sentence} src=${preview.value} @load=${() => (loading.value = "")} @error=${() => (loading.value = "failed")} />`}
      <h3>${said("picture_sentence")}</h3>
      <textarea readonly rows="2" aria-label=${said("picture_sentence")} .value=${sentence}></textarea>
      <p class="buttons"><button type="button" @click=${() => copy(sentence)}>${said("picture_copy")}</button></p>
      ${told.value ? table(told.value) : nothing}`;
  }
}

/** @param {PictureTold} told */
function table(told) {
  const line = (/** @type {PictureTold["table"][number]} */ row) => [text(row.label), row.inside, row.features, row.number ? `#${row.number} ${row.version.slice(0, 8)}` : row.version.slice(0, 8)];
  return html`<table class="picture-table">
    <thead><tr>${HEAD.map((key) => html`<th scope="col">${said(key)}</th>`)}</tr></thead>
    <tbody>${told.table.map((row) => html`<tr>${line(row).map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody>
  </table>`;
}

/** @param {string} key @param {import("@preact/signals-core").Signal<string>} value @param {string[][]} options value and words @param {boolean} [off] */
function choice(key, value, options, off = false) {
  return html`<label><span>${said(key)}</span> <select ?disabled=${off} @change=${into(value)}>${options.map(([one, words]) => html`<option value=${one} .selected=${live(one === value.value)}>${words}</option>`)}</select></label>`;
}
