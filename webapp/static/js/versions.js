// @ts-check
/** The versions of a layer: who, when, why, how it came in; seen on the map, compared, and gone back to by those who may. */
import { effect, signal, untracked } from "@preact/signals-core";
import { html, nothing } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { announce } from "./element.js";
import { ask } from "./fetching.js";
import { post } from "./jobs.js";
import { nameOf, number, said, text } from "./language.js";
import { localMoment } from "./moments.js";
import { shownValue } from "./values.js";

/** @import { Comparison, Layer, Version, VersionList as Told } from "./api.js" */
/** @import { Page } from "./page.js" */

const MOST_CHANGES = 30;

export class VersionList {
  /** @param {Page} page @param {string} id of the layer */
  constructor(page, id) {
    this.page = page;
    this.id = id;
    this.address = `/api/layers/${encodeURIComponent(id)}`;
    this.open = signal(false);
    /** @type {import("@preact/signals-core").Signal<Version[]>} */
    this.versions = signal([]);
    /** What a version was compared to the one before. @type {import("@preact/signals-core").Signal<Record<number, Comparison>>} */
    this.compared = signal({});
    /** Which earlier one that was. @type {import("@preact/signals-core").Signal<Record<number, number>>} */
    this.against = signal({});
    /** What its features are called, by id. @type {import("@preact/signals-core").Signal<Record<string, string>>} */
    this.names = signal({});
    /** The version that is being compared; 0 none. */
    this.comparing = signal(0);
    /** What went wrong, by version; 0 of the list itself. @type {import("@preact/signals-core").Signal<Record<number, string>>} */
    this.problems = signal({});
    effect(() => {
      const now = page.usable(id)?.number;
      if (!this.open.value || !now) return;
      untracked(() => this.told(0, async () => {
        /** @type {Told} */
        const told = await ask(`${this.address}/versions`);
        this.versions.value = told.versions;
      }));
    });
  }

  /** @param {Layer} layer */
  part(layer) {
    if (!layer.number) return nothing;
    const toggle = (/** @type {Event} */ event) => {
      event.stopPropagation();
      this.open.value = /** @type {HTMLDetailsElement} */ (event.target).open;
    };
    return html`<details class="versions-fold" ?open=${live(this.open.value)} @toggle=${toggle}>
      <summary>${said("versions_heading", { number: layer.number })}</summary>
      ${this.problem(0)}
      <ol class="versions" reversed>
        ${this.versions.value.map((one) => this.row(layer, one))}
      </ol>
    </details>`;
  }

  /** @param {Layer} layer @param {Version} one */
  row(layer, one) {
    const { store, writes } = this.page;
    const about = `${said(one.kind === "restore" ? "version_restored" : `version_${one.kind}`)} · ${one.who} · ${localMoment(one.made_at)}`;
    const key = `${layer.id}@${one.number}`;
    const seen = store.compared.value === key;
    const compared = this.compared.value[one.number];
    return html`<li value=${one.number}>
      <span>${about} · ${said("version_features", { count: number(one.features, "", 0) })}</span>
      ${one.came ? html`<small class="came">${text(one.came)}</small>` : nothing} ${one.why ? html`<q class="data">${one.why}</q>` : nothing}
      <button type="button" aria-pressed=${String(seen)} @click=${() => store.change({ compared: seen ? "" : key })}>${said("version_look")}</button>
      ${one.number > 1 ? html`<button type="button" ?disabled=${this.comparing.value !== 0} @click=${() => this.compare(one.number)}>${said("version_compare")}</button>` : nothing}
      ${one.number > 2 ? html`<select aria-label=${said("version_compare_with")} data-compare-with=${one.number} ?disabled=${this.comparing.value !== 0} @change=${(/** @type {Event} */ event) => this.choose(one.number, event)}><option value="">${said("version_compare_with")}</option>${Array.from({ length: one.number - 1 }, (_one, i) => one.number - 1 - i).map((number_) => html`<option value=${number_}>${said("version_numbered", { number: number_ })}</option>`)}</select>` : nothing}
      ${one.number !== layer.number ? html`<button type="button" aria-pressed=${String(store.twin.value === `v:${key}`)} @click=${() => store.change({ twin: store.twin.peek() === `v:${key}` ? "" : `v:${key}` })}>${said("version_beside")}</button>` : nothing}
      ${writes && one.number !== layer.number ? html`<button type="button" @click=${() => this.restore(one.number)}>${said("version_restore")}</button>` : nothing}
      ${this.comparing.value === one.number ? html`<p role="status"><progress></progress> ${said("version_comparing")}</p>` : nothing}
      <div class="data">${this.problem(one.number)} ${seen ? this.seen() : nothing} ${compared ? [said("version_against", { number: this.against.value[one.number] ?? one.number - 1 }), changes(compared, layer, this.names.value)] : nothing}</div>
    </li>`;
  }

  /** How much of an older version the map shows. */
  seen() {
    const told = this.page.older.value;
    return told ? said("version_seen", { number: told.number, shown: number(told.shown, "", 0), count: number(told.count, "", 0) }) : nothing;
  }

  /** @param {number} version */
  problem(version) {
    const why = this.problems.value[version];
    return why ? html`<span class="problem">${why}</span>` : nothing;
  }

  /** @param {number} version @param {Event} event of the list of earlier ones */
  choose(version, event) {
    const before = Number(/** @type {HTMLSelectElement} */ (event.target).value);
    return before ? this.compare(version, before) : undefined;
  }

  /** @param {number} version @param {number} [before] the earlier one, else the one before */
  compare(version, before = version - 1) {
    this.comparing.value = version;
    return this.told(version, async () => {
      const found = await ask(`${this.address}/compare?before=${before}&after=${version}`).finally(() => (this.comparing.value = 0));
      this.compared.value = { ...this.compared.peek(), [version]: found };
      this.against.value = { ...this.against.peek(), [version]: before };
      const layer = this.page.usable(this.id);
      if (!layer || this.page.source.partial(layer)) return;
      const { features } = await this.page.source.features(layer);
      this.names.value = Object.fromEntries(features.map((one) => [one.id, nameOf(layer, one)]));
    });
  }

  /** @param {number} version to go back to */
  restore(version) {
    return this.told(version, async () => {
      const made = await post(`${this.address}/restore`, { version });
      announce(said("edit_saved", { number: made.number }));
      await this.page.refresh();
    });
  }

  /** Does something of a version; what fails is said beside it. @param {number} version @param {() => Promise<void>} deed */
  async told(version, deed) {
    const say = (/** @type {string} */ why) => (this.problems.value = { ...this.problems.peek(), [version]: why });
    try {
      say("");
      await deed();
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
    }
  }
}

/** What a comparison says, in words: which came, which went, what of each other changed. @param {Comparison} told @param {Layer} layer @param {Record<string, string>} names by id */
function changes(told, layer, names) {
  const head = said("version_changes", { added: told.added.length, removed: told.removed.length, changed: told.changed.length, unchanged: told.unchanged });
  const called = (/** @type {string} */ id) => (names[id] && names[id] !== id ? `${id} ${names[id]}` : id);
  const declared = (/** @type {string} */ id) => layer.fields.find((one) => one.id === id || one.text?.zh === id || one.text?.en === id) ?? null;
  const field = (/** @type {string} */ id) => text(declared(id)?.label) || (id === layer.title.zh || id === layer.title.en ? said("condition_name") : id);
  const listed = (/** @type {string} */ key, /** @type {string[]} */ ids) => {
    const shown = ids.slice(0, MOST_CHANGES).map(called).join(said("version_between"));
    return ids.length ? html`<li>${said(key, { features: ids.length > MOST_CHANGES ? `${shown}…` : shown })}</li>` : nothing;
  };
  const shown = (/** @type {string} */ id, /** @type {unknown} */ value) => {
    const known = declared(id);
    return (known?.id === id ? shownValue(known, { [id]: value }) : value === null || value === undefined ? null : String(value)) ?? said("not_stated");
  };
  const rows = told.changed.slice(0, MOST_CHANGES).map((one) => {
    const areas = { before: number(one.before_m2, "m2", 0), after: number(one.after_m2, "m2", 0) };
    const shape = said(one.before_m2 || one.after_m2 ? "version_geometry" : "version_place", areas);
    const values = one.values.map((change) => said("version_value", { field: field(change.field), before: shown(change.field, change.before), after: shown(change.field, change.after) }));
    return html`<li>${called(one.feature)}: ${[...(one.geometry_changed ? [shape] : []), ...values].join(said("version_between"))}</li>`;
  });
  const more = told.changed.length > MOST_CHANGES ? html`<li>${said("version_more", { count: number(told.changed.length - MOST_CHANGES, "", 0) })}</li>` : nothing;
  return html`${head}
    <ul>${listed("version_added", told.added)}${listed("version_removed", told.removed)}${rows}${more}</ul>`;
}
