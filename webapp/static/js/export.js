// @ts-check
/** A layer as a file: format, CRS, precision and the format's own options, with the filters in force on the map. */
import { effect, signal } from "@preact/signals-core";
import { html, nothing } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { make } from "./element.js";
import { ask } from "./fetching.js";
import { language, said, text } from "./language.js";
import { timely } from "./source.js";

/** @import { ExportFormat, ExportList } from "./api.js" */
/** @import { Page } from "./page.js" */

/** The formats, as the service lists them, asked for once. @type {import("@preact/signals-core").Signal<ExportFormat[]>} */
const formats = signal([]);
let asked = false;

const KEPT = 60_000; // ms until a made file is let go

/** @param {Page} page @param {string} id of the layer @returns {() => unknown} */
export function exportPart(page, id) {
  /** What a person chose, by control. @type {import("@preact/signals-core").Signal<Record<string, string>>} */
  const wanted = signal({});
  const open = signal(false);
  const news = signal("");
  effect(() => {
    if (!open.value || asked) return;
    asked = true;
    ask("/api/exports").then(
      (/** @type {ExportList} */ told) => (formats.value = told.formats),
      (error) => ([asked, news.value] = [false, error instanceof Error ? error.message : String(error)]),
    );
  });
  const set = (/** @type {Event} */ event) => {
    const { name, value } = /** @type {HTMLSelectElement | HTMLInputElement} */ (event.target);
    news.value = "";
    wanted.value = { ...wanted.peek(), [name]: value };
  };
  /** @param {string} name @param {string} label @param {string[][]} options value and words @param {boolean} [off] */
  const choice = (name, label, options, off = false) => html`<label>
    <span>${label}</span>
    <select name=${name} ?disabled=${off}>
      ${options.map(([value, words]) => html`<option value=${value} .selected=${live(value === (wanted.value[name] ?? options[0][0]))}>${words}</option>`)}
    </select>
  </label>`;

  return () => {
    const toggle = (/** @type {Event} */ event) => {
      event.stopPropagation();
      open.value = /** @type {HTMLDetailsElement} */ (event.target).open;
    };
    return html`<details class="export" ?open=${live(open.value)} @toggle=${toggle}><summary>${said("export_heading")}</summary>${open.value ? form() : nothing}</details>`;
  };

  function form() {
    const format = formats.value.find((one) => one.ending === wanted.value.kind) ?? formats.value[0];
    if (!format) return html`<p class="hint" role="status">${news.value}</p>`;
    const plane = page.catalog.value.plan.plane_crs;
    const systems = [["EPSG:4326", "WGS 84 (EPSG:4326)"], ["EPSG:4490", "CGCS2000 (EPSG:4490)"], [plane, said("export_plane", { crs: plane })], ["GCJ02", said("export_gcj02")], ["BD09", said("export_bd09")]];
    const conditions = page.store.filters.value[id] ?? [];
    const shifted = !format.lonlat_only && !(wanted.value.crs ?? "EPSG").startsWith("EPSG");
    const notes = [conditions.length ? said("export_filtered", { count: conditions.length }) : "", shifted ? said("export_shifted") : "", news.value];
    return html`<div class="filters" @input=${set}>
      ${choice("kind", said("export_kind"), formats.value.map((one) => [one.ending, text(one.label)]))}
      ${choice("crs", said("export_crs"), systems, format.lonlat_only)}
      ${choice("decimals", said("export_decimals"), [["", said("export_all_decimals")], ...[8, 7, 6, 5, 4].map((n) => [String(n), String(n)])])}
      ${format.options.map((one) => (one.choices.length ? choice(one.name, text(one.label), one.choices.map((each) => [each.value, text(each)])) : typed(one)))}
      ${format.cannot.length ? html`<p class="hint">${said("export_cannot")} ${format.cannot.map(text).join("；")}</p>` : nothing}
      <p class="hint" role="status">${notes.filter(Boolean).join(" ")}</p>
      <p><a class="button" download href=${address(format, conditions)} @click=${fetched}>${said("export_do")}</a></p>
    </div>`;
  }

  /** @param {ExportFormat["options"][number]} option */
  function typed(option) {
    return html`<label><span>${text(option.label)}</span><input name=${option.name} maxlength="60" .value=${live(wanted.value[option.name] ?? "")} /></label>`;
  }

  /** @param {ExportFormat} format @param {string[]} conditions */
  function address(format, conditions) {
    const { crs = "EPSG:4326", decimals = "" } = wanted.value;
    const query = new URLSearchParams({ crs: format.lonlat_only ? "EPSG:4326" : crs, lang: language() });
    if (decimals) query.set("decimals", decimals);
    for (const option of format.options) {
      const value = wanted.value[option.name] ?? option.choices[0]?.value ?? "";
      if (value) query.set(option.name, value);
    }
    for (const condition of conditions) query.append("where", condition);
    const layer = page.usable(id);
    if (layer && timely(layer) && page.store.when.value) query.set("when", page.store.when.value);
    return `/export/${encodeURIComponent(id)}.${format.ending}?${query}`;
  }

  /** Fetches the file, so that what it could not hold is told here as well. @param {Event} event */
  async function fetched(event) {
    event.preventDefault();
    const link = /** @type {HTMLAnchorElement} */ (event.target);
    news.value = said("export_making");
    const answer = await fetch(link.href);
    if (!answer.ok) {
      const problem = await answer.json().catch(() => ({}));
      news.value = problem[`title_${language()}`] || said("request_failed", { status: answer.status });
      return;
    }
    const name = sentName(answer.headers.get("Content-Disposition") ?? "") || id;
    const made = URL.createObjectURL(await answer.blob());
    make("a", { href: made, download: name }).click();
    window.setTimeout(() => URL.revokeObjectURL(made), KEPT);
    news.value = [said("export_made", { file: name }), ...JSON.parse(answer.headers.get("X-PlanAtlas-Notes") || "[]")].join(" ");
  }
}

/** What a file that was sent is called, in its reader's own letters. @param {string} disposition */
function sentName(disposition) {
  const whole = /filename\*=UTF-8''([^;]+)/.exec(disposition)?.[1];
  return whole ? decodeURIComponent(whole) : /filename="?([^";]+)"?/.exec(disposition)?.[1];
}
