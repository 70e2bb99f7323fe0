// @ts-check
/** A layer as a file: format, CRS and precision of choice, with the filters in force on the map. */
import { signal } from "@preact/signals-core";
import { html } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { said } from "./language.js";

/** @import { Layer } from "./api.js" */
/** @import { Page } from "./page.js" */

const KINDS = ["gpkg", "geojson", "shp.zip", "fgb", "parquet", "kml", "csv", "xlsx"];
const LONLAT = ["kml"]; // formats that know one CRS only

/** @param {Page} page @param {string} id of the layer @returns {(layer: Layer) => unknown} */
export function exportPart(page, id) {
  const wanted = signal({ kind: KINDS[0], crs: "EPSG:4326", decimals: "" });
  const set = (/** @type {string} */ key) => (/** @type {Event} */ event) => {
    wanted.value = { ...wanted.peek(), [key]: /** @type {HTMLSelectElement} */ (event.target).value };
  };
  /** @param {keyof typeof wanted.value} key @param {string[][]} options value and words @param {boolean} [off] */
  const choice = (key, options, off = false) => html`<label>
    <span>${said(`export_${key}`)}</span>
    <select ?disabled=${off} @change=${set(key)}>
      ${options.map(([value, words]) => html`<option value=${value} .selected=${live(value === wanted.value[key])}>${words}</option>`)}
    </select>
  </label>`;
  return () => {
    const plane = page.catalog.value.plan.plane_crs;
    const { kind, crs, decimals } = wanted.value;
    const conditions = page.store.filters.value[id] ?? [];
    const fixed = LONLAT.includes(kind);
    const asked = new URLSearchParams({ crs: fixed ? "EPSG:4326" : crs });
    if (decimals) asked.set("decimals", decimals);
    for (const condition of conditions) asked.append("where", condition);
    const notes = [conditions.length ? said("export_filtered", { count: conditions.length }) : "", crs.startsWith("EPSG") || fixed ? "" : said("export_shifted")];
    const systems = [["EPSG:4326", "WGS 84 (EPSG:4326)"], ["EPSG:4490", "CGCS2000 (EPSG:4490)"], [plane, said("export_plane", { crs: plane })], ["GCJ02", said("export_gcj02")], ["BD09", said("export_bd09")]];
    return html`<details class="export">
      <summary>${said("export_heading")}</summary>
      <div class="filters">
        ${choice("kind", KINDS.map((one) => [one, said(`export_${one.replace(".", "_")}`)]))}
        ${choice("crs", systems, fixed)}
        ${choice("decimals", [["", said("export_all_decimals")], ...[8, 7, 6, 5, 4].map((n) => [String(n), String(n)])])}
        <p class="hint" role="status">${notes.filter(Boolean).join(" ")}</p>
        <p><a class="button" download href="/export/${encodeURIComponent(id)}.${kind}?${asked}">${said("export_do")}</a></p>
      </div>
    </details>`;
  };
}
