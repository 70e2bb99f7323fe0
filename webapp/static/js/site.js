// @ts-check
/** The drawn site: its area and sides as one draws, aimed at an area, dragged by its corners, named, checked, kept, sent. */
import { effect, signal, untracked } from "@preact/signals-core";
import { html, nothing } from "lit-html";
import { addToBriefing } from "./draft-briefing.js";
import { keepDraft, keptDraft } from "./drafts.js";
import { drawnLook } from "./drawing.js";
import { announce } from "./element.js";
import { post } from "./jobs.js";
import { number, said, text, unitName } from "./language.js";
import { named } from "./labels.js";
import { M2_PER_MU, measured } from "./measure.js";

/** @import { Checks } from "./checks.js" */
/** @import { Corner, Outline } from "./drawing.js" */
/** @import { Page } from "./page.js" */

const [LONG, MOST_SIDES, ROUNDS] = [1.4, 8, 6];
const METRES_A_DEGREE = 111_320;
const LEAST_PX = 90; // of a site's larger side on the map
const DRAWN = "@drawn"; // where a feature has its layer

/** Area and sides of an outline, on the ellipsoid. @param {Corner[]} corners */
export function sizeOf(corners) {
  const at = corners.map(([lon, lat]) => /** @type {[number, number]} */ ([lat, lon]));
  const { area_m2, length_m } = measured(at, true);
  const sides = at.map((one, i) => measured([one, at[(i + 1) % at.length]], false).length_m);
  return { area_m2, length_m, sides };
}

/** An outline of the same form with another area, about its middle. @param {Corner[]} corners @param {number} area_m2 @returns {Corner[]} */
export function aimed(corners, area_m2) {
  const middle = [0, 1].map((i) => corners.reduce((sum, one) => sum + one[i], 0) / corners.length);
  let found = corners;
  for (let round = 0; round < ROUNDS; round += 1) {
    const now = sizeOf(found).area_m2;
    if (!now) return corners;
    const share = Math.sqrt(area_m2 / now);
    found = found.map(([lon, lat]) => /** @type {Corner} */ ([middle[0] + share * (lon - middle[0]), middle[1] + share * (lat - middle[1])]));
  }
  return found;
}

/** A rectangle of an area about a place. @param {{lng: number, lat: number}} at @param {number} area_m2 @returns {Corner[]} */
export function rectangle({ lng, lat }, area_m2) {
  const high = Math.sqrt(area_m2 / LONG) / METRES_A_DEGREE / 2;
  const wide = (LONG * high) / Math.cos((lat * Math.PI) / 180);
  return aimed([[lng - wide, lat - high], [lng + wide, lat - high], [lng + wide, lat + high], [lng - wide, lat + high]], area_m2);
}

export class DrawnSite {
  /** @param {Page} page @param {Outline} outline @param {Checks} checks */
  constructor(page, outline, checks) {
    this.page = page;
    this.outline = outline;
    this.checks = checks;
    this.name = signal("");
    this.industry = signal("");
    this.target = signal("40");
    /** Corners while one of them is dragged. @type {import("@preact/signals-core").Signal<Corner[] | null>} */
    this.moving = signal(null);
    /** The address it is kept under. */
    this.kept = signal("");
    const [handles, naming] = [L.layerGroup().addTo(page.map), L.layerGroup().addTo(page.map)];
    effect(() => {
      const site = page.store.site.value;
      untracked(() => {
        this.handle(handles, site);
        if (site) this.remember(site);
      });
      this.kept.value = "";
      this.checks.shown.value = null;
    });
    effect(() => {
      const [site, name] = [page.store.site.value, this.name.value.trim()];
      untracked(() => this.nameOnMap(naming, site, name));
    });
    effect(() => {
      const site = page.store.site.value;
      const industry = this.industry.value;
      const ruled = this.checks.rules.value?.declared; // without rules there is nothing to ask
      this.page.catalog.value; // with other layers the answer is another
      if (site && ruled) untracked(() => this.checks.shape(this.key(), { polygon: polygonOf(site), ...(industry ? { industries: [industry] } : {}) }));
    });
  }

  /** What tells this site's check from others; its name is none of it, so that naming it moves nothing under the pointer. */
  key() {
    return `@drawn ${JSON.stringify([this.page.store.site.value, this.industry.value])}`;
  }

  /** Takes up what was said of a site in this tab; one that is new, or was moved, keeps what is said. @param {Corner[]} site */
  remember(site) {
    const words = keptDraft(DRAWN, cornersOf(site))?.fields;
    if (!words) return this.note(site);
    this.name.value = words.name ?? "";
    this.industry.value = words.industry ?? "";
  }

  /** Notes what is said of a site, for who comes back to the map. @param {Corner[]} site */
  note(site) {
    const [name, industry] = [this.name.peek(), this.industry.peek()];
    keepDraft(DRAWN, cornersOf(site), { fields: name || industry ? { name, industry } : undefined });
  }

  /** Puts a handle on every corner. @param {L.LayerGroup} group @param {Corner[] | null} site */
  handle(group, site) {
    group.clearLayers();
    (site ?? []).forEach(([lon, lat], i) => {
      const handle = L.marker([lat, lon], { draggable: true, keyboard: true, title: said("site_corner", { number: i + 1 }), icon: L.divIcon({ className: "site-corner", iconSize: [14, 14] }) });
      const moved = () => {
        const at = handle.getLatLng();
        return (site ?? []).map((one, j) => (j === i ? /** @type {Corner} */ ([at.lng, at.lat]) : one));
      };
      handle.on("drag", () => (this.moving.value = moved()));
      handle.on("dragend", () => {
        this.moving.value = null;
        this.change(moved());
      });
      group.addLayer(handle);
    });
  }

  /** Its name at its upper edge, before all other names; none of them stands on it. @param {L.LayerGroup} group @param {Corner[] | null} site @param {string} name */
  nameOnMap(group, site, name) {
    group.clearLayers();
    if (site && name) {
      const bounds = L.latLngBounds(site.map(([lon, lat]) => /** @type {[number, number]} */ ([lat, lon])));
      const words = named(name, { label_rank: 0, label_size: 15, label_color: drawnLook().color }, 0);
      Object.assign(words, { id: "site-label" }).style.fontWeight = "700";
      const label = L.tooltip({ permanent: true, direction: "top", offset: [0, -14], className: "map-label", interactive: false });
      group.addLayer(label.setLatLng([bounds.getNorth(), bounds.getCenter().lng]).setContent(words));
    }
    this.page.layers.label();
  }

  /** @param {Corner[]} site */
  change(site) {
    this.page.store.change({ site, question: null, figure: "" });
  }

  /** Brings the outline to the area wished for, or makes a rectangle of it in the middle of the map. */
  aim() {
    const area = Number(this.target.peek()) * M2_PER_MU;
    if (!(area > 0 && area < 1e10)) return announce(said("site_area_wrong"));
    const begun = this.outline.corners.peek();
    const site = this.page.store.site.peek() ?? (begun.length > 2 ? begun : null);
    this.outline.clear();
    const made = site ? aimed(site, area) : rectangle(this.page.map.getCenter(), area);
    this.change(made);
    this.show(made);
  }

  /** Goes nearer where a site is too small to be seen and taken hold of. @param {Corner[]} site */
  show(site) {
    const { map } = this.page;
    const bounds = L.latLngBounds(site.map(([lon, lat]) => /** @type {[number, number]} */ ([lat, lon])));
    const [north, south] = [map.latLngToContainerPoint(bounds.getNorthEast()), map.latLngToContainerPoint(bounds.getSouthWest())];
    if (Math.max(north.x - south.x, south.y - north.y) < LEAST_PX) map.fitBounds(bounds.pad(1.2), { animate: false });
  }

  /** The address of its dossier: the outline itself, with what is said of it. @param {Corner[]} site */
  address(site) {
    const said_ = new URLSearchParams();
    if (this.name.value) said_.set("name", this.name.value);
    if (this.industry.value) said_.set("industries", this.industry.value);
    return { place: `${DRAWN}/${cornersOf(site)}`, query: said_.size ? `?${said_}` : "" };
  }

  /** Keeps it under an id. @param {Corner[]} site */
  async keep(site) {
    try {
      const told = await post("/api/sites", { polygon: polygonOf(site), name: this.name.peek(), industries: this.industry.peek() ? [this.industry.peek()] : [] });
      this.kept.value = told.link;
      announce(said("site_kept", { days: told.days }));
    } catch (error) {
      announce(error instanceof Error ? error.message : String(error));
    }
  }

  /** Puts the site's dossier into the briefing. @param {Corner[]} site @param {import("./api.js").SiteCheck | null} found */
  take(site, found) {
    const size = number(sizeOf(site).area_m2 / M2_PER_MU, "mu", 1);
    const label = [this.name.peek() || said("site_kind_drawn"), size, ...(found ? [text(found.drawn_label), text(found.verdict_label)] : [])].filter(Boolean).join(" · ");
    const industry = this.industry.peek() ? `&industry=${encodeURIComponent(this.industry.peek())}` : "";
    addToBriefing({ kind: "site", value: this.page.store.address.peek().slice(1) + industry, label, title: this.name.peek() });
  }

  part() {
    const site = this.page.store.site.value;
    const corners = this.moving.value ?? site ?? this.outline.corners.value;
    const known = this.checks.rules.value;
    return html`<div class="drawn-site">
      <p class="site-size" role="status">${corners.length > 2 ? readings(corners) : nothing}</p>
      <p class="buttons"><label>${said("site_target")} <input type="number" id="site-target" min="0.1" step="0.1" .value=${this.target.value} @input=${(/** @type {InputEvent} */ e) => (this.target.value = value(e))} /></label>
        <button type="button" id="site-aim" @click=${() => this.aim()}>${said(site || corners.length > 2 ? "site_aim" : "site_rectangle")}</button></p>
      ${site ? this.asked(site, known) : nothing}
    </div>`;
  }

  /** @param {Corner[]} site @param {import("./api.js").RuleList | null} known */
  asked(site, known) {
    const found = this.checks.of(this.key())?.check;
    const { place, query } = this.address(site);
    return html`<div id="site-check">${this.checks.waiting(this.key())} ${found ? [this.checks.verdict(found), this.checks.list(found)] : nothing}</div>
      <p><label>${said("site_name")} <input type="text" id="site-name" maxlength="120" .value=${this.name.value} @input=${(/** @type {Event} */ e) => { this.name.value = value(e); this.note(site); }} /></label></p>
      ${known?.industries.length ? html`<p><label>${said("site_industry")} <select id="site-industry" @change=${(/** @type {Event} */ e) => { this.industry.value = value(e); this.note(site); }}><option value="">${said("site_industry_unsaid")}</option>${known.industries.map((one) => html`<option value=${one.id} ?selected=${one.id === this.industry.value}>${text(one.label)}</option>`)}</select></label></p>` : nothing}
      <p class="actions"><a href="/sites/${place}${query}">${said("site_dossier_link")}</a> <a target="_blank" href="/site-sheets/pdf/${place}${query}">${said("site_sheet_link")}</a>
        <button type="button" id="site-to-briefing" @click=${() => this.take(site, found ?? null)}>${said("briefing_take")}</button>
        <button type="button" id="site-keep" @click=${() => this.keep(site)}>${said("site_keep")}</button> ${this.kept.value ? html`<a id="site-kept" href=${this.kept.value}>${this.kept.value}</a>` : nothing}</p>`;
  }
}

/** @param {Corner[]} corners */
function readings(corners) {
  const { area_m2, length_m, sides } = sizeOf(corners);
  const area = [number(area_m2 / M2_PER_MU, "mu", 1), number(area_m2 / 10_000, "ha", 2), number(area_m2, "m2", 0)].join(" · ");
  const told = sides.length <= MOST_SIDES ? sides.map((one) => number(one, "", 0)).join(" / ") : "";
  return html`<strong>${area}</strong><br />${said("perimeter")} ${number(length_m, "m", 0)}${told ? ` · ${said("site_sides")} ${told} ${unitName("m")}` : ""}`;
}

/** @param {Event} event */
function value(event) {
  return /** @type {HTMLInputElement} */ (event.target).value;
}

/** As the address writes them. @param {Corner[]} corners */
function cornersOf(corners) {
  return corners.map(([lon, lat]) => `${lat.toFixed(7)},${lon.toFixed(7)}`).join(";");
}

/** @param {Corner[]} corners */
function polygonOf(corners) {
  return { type: "Polygon", coordinates: [[...corners, corners[0]]] };
}
