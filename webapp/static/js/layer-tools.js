// @ts-check
/** What stands behind a layer in the tree: opacity, filters, its features by name, export, versions. */
import { effect, signal, untracked } from "@preact/signals-core";
import { html, nothing } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { exportPart } from "./export.js";
import { filterPart } from "./filters.js";
import { nameOf, said } from "./language.js";
import { formatTable, parseTable } from "./table-state.js";
import { compareVersions, hasVersions } from "./twin.js";
import { VersionList } from "./versions.js";

/** @import { Feature, FieldValues, Layer } from "./api.js" */
/** @import { Page } from "./page.js" */

const MOST_LISTED = 300;

export class LayerTools {
  /** @param {Page} page @param {string} id */
  constructor(page, id) {
    this.page = page;
    /** @type {import("@preact/signals-core").Signal<Feature[] | null>} */
    this.features = signal(null);
    /** @type {import("@preact/signals-core").Signal<FieldValues | null>} */
    this.values = signal(null);
    this.problem = signal("");
    this.export = exportPart(page, id);
    this.versions = new VersionList(page, id);
    let turn = 0;
    effect(() => {
      const layer = page.usable(id);
      if (!layer) return;
      const asked = page.layers.asked(layer);
      turn += 1;
      const mine = turn;
      untracked(async () => {
        try {
          const [found, values] = await Promise.all([page.source.features(layer, asked), page.source.values(layer, asked.date, asked.when)]);
          if (mine === turn) [this.features.value, this.values.value, this.problem.value] = [found.features, values, ""];
        } catch (error) {
          if (mine === turn) this.problem.value = error instanceof Error ? error.message : String(error);
        }
      });
    });
  }

  /** @param {Layer} layer */
  part(layer) {
    const { page } = this;
    const { store } = page;
    const add = page.edits && layer.geometry !== "line";
    const share = Math.round((store.opacity.value[layer.id] ?? 1) * 100);
    const fade = (/** @type {Event} */ event) => store.fade(layer.id, Number(/** @type {HTMLInputElement} */ (event.target).value) / 100);
    return html`<div class="layer-tools">
      <p class="buttons">
        <button type="button" ?disabled=${!layer.bounds} @click=${() => this.zoom(layer)}>${said("zoom_to")}</button>
        <button type="button" data-table=${layer.id} @click=${() => store.change({ table: formatTable({ ...parseTable(""), layer: layer.id }) })}>${said("table_heading")}</button>
        ${hasVersions(layer) ? html`<button type="button" data-compare=${layer.id} @click=${() => compareVersions(page, layer)}>${said("versions_compare")}</button>` : nothing}
        ${add ? html`<button type="button" @click=${() => this.add(layer)}>${said("edit_new")}</button>` : nothing}
      </p>
      <label class="slider"><span>${said("opacity")}</span><input type="range" min="10" max="100" step="10" .value=${live(String(share))} @input=${fade} /></label>
      ${this.problem.value ? html`<p class="problem">${this.problem.value}</p>` : nothing}
      ${this.values.value ? filterPart(page, layer, this.values.value) : nothing}
      <ul class="features">
        ${this.features.value ? this.list(layer, this.features.value) : nothing}
      </ul>
      ${this.export()} ${this.versions.part(layer)}
    </div>`;
  }

  /** @param {Layer} layer @param {Feature[]} features */
  list(layer, features) {
    if (!features.length) return html`<li class="empty">${said("list_empty")}</li>`;
    const cut = features.length > MOST_LISTED;
    return [
      features.slice(0, MOST_LISTED).map(
        (one) => html`<li>
          <button type="button" class="data" @click=${() => this.page.select(layer.id, one.id)}>${nameOf(layer, one)}</button>
          ${one.geometry ? nothing : html`<small>${said("position_unplaced")}</small>`}
        </li>`,
      ),
      cut ? html`<li class="empty">${said("list_cut", { shown: MOST_LISTED, count: features.length })}</li>` : nothing,
    ];
  }

  /** @param {Layer} layer */
  zoom(layer) {
    if (!layer.bounds) return;
    const [west, south, east, north] = layer.bounds;
    this.page.map.fitBounds([[south, west], [north, east]]);
  }

  /** Opens the card of a new feature. @param {Layer} layer */
  add(layer) {
    if (this.page.tool.peek()) return;
    this.page.close();
    this.page.card.value = { kind: "new", layer };
  }
}
