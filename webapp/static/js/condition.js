// @ts-check
/** One condition, made or changed in a dialog: a field with a sign and a value, a zone, a distance, the drawn outline. */
import { signal } from "@preact/signals-core";
import { html, nothing } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { plainAmount } from "./amounts.js";
import { Dialog } from "./dialog.js";
import { readField, writtenField } from "./field-lists.js";
import { setCondition } from "./filtering.js";
import { amountText, labelOf, nameOf, said, text, unitName } from "./language.js";
import { coded } from "./values.js";

/** @import { Feature, Field, FieldValues, Layer } from "./api.js" */
/** @import { Page } from "./page.js" */

/**
 * @typedef {object} Draft what stands in the dialog
 * @property {string} layer
 * @property {string} field id of a field, "@name", "@in", "@near" or "@outline"
 * @property {string} sign
 * @property {string} value
 * @property {string} value2 the upper end of a range, or metres
 * @property {string} place layer of a zone or of what is near
 * @property {boolean} lenient whether what is not known is taken as well
 */

/** @type {Draft} */
const EMPTY = { layer: "", field: "", sign: "", value: "", value2: "", place: "", lenient: false };
const PLACES = ["@in", "@near", "@outline"];
const RANGED = ["number", "integer", "date"];

/** What a draft says, as the address writes it; "" while something is missing. @param {Draft} draft @param {[number, number][] | null} site @returns {string} */
export function writtenCondition(draft, site) {
  const { sign, value, value2, place } = draft;
  const field = PLACES.includes(draft.field) ? draft.field : writtenField(draft.field);
  const may = draft.lenient ? "?" : "";
  if (field === "@in") return place ? `@in${may}=${place}${value ? `/${value}` : ""}` : "";
  if (field === "@near") return place && Number(value2) > 0 ? `@near${may}(${place}${value ? `/${value}` : ""})${sign === ">" ? ">" : "<="}${Number(value2)}` : "";
  if (field === "@outline") return site ? `@outline${may}=${site.map(([lon, lat]) => `${lat.toFixed(6)},${lon.toFixed(6)}`).join(";")}` : "";
  if (!field) return "";
  if (sign === "unknown") return `${field}=`;
  if (sign === "known") return `${field}!=`;
  if (sign === "..") return value || value2 ? `${field}${may}=${value.trim()}..${value2.trim()}` : "";
  return value.trim() ? `${field}${may}${sign || "="}${value.trim()}` : "";
}

/** The other way round. @param {string} where @returns {Draft} */
export function readCondition(where) {
  const near = /^@near(\??)\(([^/]+)(?:\/(.+))?\)(<=|>)(.+)$/.exec(where);
  if (near) return { ...EMPTY, field: "@near", lenient: near[1] === "?", place: near[2], value: near[3] ?? "", sign: near[4], value2: near[5] };
  const placed = /^@(in|outline)(\??)=([^/]*)(?:\/(.+))?$/.exec(where);
  if (placed) return { ...EMPTY, field: `@${placed[1]}`, lenient: placed[2] === "?", place: placed[1] === "in" ? placed[3] : "", value: placed[4] ?? "" };
  const [, name = "", sign = "=", value = ""] = /^([^=!<>~]+?)(!=|>=|<=|=|>|<|~)(.*)$/s.exec(where) ?? [];
  const draft = { ...EMPTY, field: readField(name.replace(/\?$/, "")), lenient: name.endsWith("?"), sign, value };
  if (value === "") return { ...draft, sign: sign === "=" ? "unknown" : "known" };
  const range = /^(.*?)\.\.(.*)$/.exec(value);
  return range && sign === "=" ? { ...draft, sign: "..", value: range[1], value2: range[2] } : draft;
}

/** Two ends of a range with the currency behind the upper one, as the address writes it. @param {(string | null)[]} ends @returns {(string | null)[]} */
function rangeOf([low, high]) {
  const [, amount = low, code = ""] = /^(.*?)( [A-Z]{3})$/.exec(low ?? "") ?? [];
  return [amount, high && !/ [A-Z]{3}/.test(high) ? high + code : high];
}

export class ConditionDialog {
  /** @param {Page} page */
  constructor(page) {
    this.page = page;
    this.draft = signal(EMPTY);
    this.before = "";
    /** @type {import("@preact/signals-core").Signal<FieldValues | null>} */
    this.values = signal(null);
    /** @type {import("@preact/signals-core").Signal<Feature[]>} */
    this.places = signal([]);
    this.dialog = new Dialog("condition", "condition_heading", () => this.part());
  }

  /** @param {string} layer @param {string} [where] the condition that is changed @param {string} [field] that a new one is on */
  open(layer, where = "", field = "") {
    this.before = where;
    const counted = ["number", "integer"].includes(this.page.usable(layer)?.fields.find((one) => one.id === field)?.type ?? "");
    this.draft.value = { ...(where ? readCondition(where) : { ...EMPTY, field, sign: counted ? ">=" : "" }), layer };
    this.asked();
    this.placed();
    this.dialog.show();
    if (field) window.queueMicrotask(() => /** @type {HTMLElement | null} */ (this.dialog.element.querySelector("[name=value]"))?.focus());
  }

  /** @param {Partial<Draft>} part */
  change(part) {
    const before = this.draft.peek();
    this.draft.value = { ...before, ...part };
    if (part.layer !== undefined && part.layer !== before.layer) {
      this.draft.value = { ...EMPTY, layer: part.layer };
      this.asked();
    } else if (part.field !== undefined && part.field !== before.field) {
      this.draft.value = { ...EMPTY, layer: before.layer, field: part.field };
    }
    if (part.place !== undefined && part.place !== before.place) {
      this.draft.value = { ...this.draft.peek(), value: "" };
      this.placed();
    }
  }

  /** Asks which values occur in the layer. */
  async asked() {
    this.values.value = null;
    const layer = this.page.usable(this.draft.peek().layer);
    if (!layer) return;
    const found = await this.page.source.values(layer, this.page.store.date.peek(), this.page.store.when.peek()).catch(() => null);
    if (this.draft.peek().layer === layer.id) this.values.value = found; // else another was chosen meanwhile
  }

  /** Asks which features a place may be. */
  async placed() {
    this.places.value = [];
    const layer = this.page.usable(this.draft.peek().place);
    if (!layer || this.page.source.partial(layer)) return;
    const { features } = await this.page.source.features(layer).catch(() => ({ features: [] }));
    if (this.draft.peek().place === layer.id) this.places.value = features.filter((one) => one.geometry); // else another was chosen meanwhile
  }

  part() {
    const draft = this.draft.value;
    const layers = Object.values(this.page.catalog.value.layers).filter((one) => one.status === "ok");
    const layer = layers.find((one) => one.id === draft.layer) ?? layers[0];
    const field = layer?.fields.find((one) => one.id === draft.field);
    const counted = ["number", "integer"].includes(field?.type ?? "");
    const amounts = counted ? [draft.value, draft.value2].map((one) => (one.trim() ? plainAmount(one, field?.unit ?? "", Boolean(field?.currency)) : "")) : [draft.value, draft.value2];
    const wrong = amounts.includes(null);
    const ranged = counted && draft.sign === "..";
    const [low, high] = ranged ? rangeOf(amounts) : amounts;
    const [value, value2] = counted ? [ranged ? low : this.inCurrency(low, field), ranged ? this.inCurrency(high, field) : high] : [low, high];
    const written = value === null || value2 === null ? "" : writtenCondition({ ...draft, value, value2 }, this.page.store.site.value);
    const stated = !["unknown", "known", ""].includes(draft.sign) || PLACES.includes(draft.field);
    const apply = (/** @type {Event} */ event) => {
      event.preventDefault();
      if (!written) return;
      setCondition(this.page, layer.id, written, this.before);
      this.dialog.element.close();
    };
    return html`<form class="condition-form" @submit=${apply}>
      ${this.select("layer", said("condition_layer"), layers.map((one) => [one.id, text(one.label)]), layer?.id ?? "")}
      ${this.select("field", said("condition_field"), fieldChoices(layer), draft.field)}
      ${PLACES.includes(draft.field) ? this.place(draft, layers) : draft.field ? this.value(draft, field) : nothing}
      ${wrong ? html`<p class="problem" role="status">${said("condition_no_number")}</p>` : field?.currency && stated ? html`<p class="hint" id="condition-reads">${readsAs([value, value2], field.unit)} ${said("condition_money_hint")}</p>` : nothing}
      ${stated ? html`<label class="tick"><input type="checkbox" .checked=${live(draft.lenient)} @change=${(/** @type {Event} */ e) => this.change({ lenient: /** @type {HTMLInputElement} */ (e.target).checked })} /> ${said(PLACES.includes(draft.field) ? "condition_or_unplaced" : "condition_or_unknown")}</label>` : nothing}
      <p class="buttons"><button class="primary" id="condition-apply" ?disabled=${!written}>${said("condition_apply")}</button></p>
    </form>`;
  }

  /** An amount with the currency most amounts of its field are in, where none was written: 1 bn of another is not as much. @param {string | null} amount @param {Field | undefined} field */
  inCurrency(amount, field) {
    if (!amount || !field?.currency || / [A-Z]{3}$/.test(amount)) return amount;
    const seen = this.values.value?.fields[field.currency]?.values ?? [];
    const [code] = seen.reduce((most, one) => (one[1] > most[1] ? one : most), ["", 0]);
    return /^[A-Z]{3}$/.test(String(code)) ? `${amount} ${code}` : amount;
  }

  /** @param {"layer" | "field" | "sign" | "value" | "place"} name @param {string} label @param {string[][]} options @param {string} chosen */
  select(name, label, options, chosen) {
    const change = (/** @type {Event} */ event) => this.change({ [name]: /** @type {HTMLSelectElement} */ (event.target).value });
    return html`<label><span>${label}</span><select name=${name} @change=${change}>${options.map(([value, words]) => html`<option value=${value} .selected=${live(value === chosen)}>${words}</option>`)}</select></label>`;
  }

  /** @param {"value" | "value2"} name @param {string} label @param {Draft} draft @param {string} [type] of what is entered; another entry is refused here, by the browser's own words */
  input(name, label, draft, type = "text") {
    const hint = HINTS[type] ?? nothing;
    return html`<label><span>${label}</span><input name=${name} maxlength="200" pattern=${PATTERNS[type] ?? nothing} placeholder=${hint} title=${hint} .value=${live(draft[name])} @input=${(/** @type {Event} */ e) => this.change({ [name]: /** @type {HTMLInputElement} */ (e.target).value })} /></label>`;
  }

  /** @param {Draft} draft @param {Field | undefined} field */
  value(draft, field) {
    const type = field?.type ?? "text";
    const sign = draft.sign || (draft.field === "@name" ? "~" : "=");
    if (sign !== draft.sign) window.queueMicrotask(() => this.change({ sign }));
    const words = signsOf(type, sign).map((one) => [one, said(`sign_${(type === "date" && DATED[one]) || NAMES[one]}`)]);
    const unit = field?.unit ? ` (${unitName(field.unit)})` : "";
    return html`${this.select("sign", said("condition_sign"), words, sign)}
      ${sign === "unknown" || sign === "known" ? nothing : sign === ".." ? [this.input("value", said("condition_from") + unit, draft, field?.currency ? "money" : type), this.input("value2", said("condition_to") + unit, draft, field?.currency ? "money" : type)] : this.one(draft, field, sign, unit)}`;
  }

  /** @param {Draft} draft @param {Field | undefined} field @param {string} sign @param {string} unit */
  one(draft, field, sign, unit) {
    const codes = field?.type === "boolean" ? ["true", "false"] : [...new Set([...Object.keys(/** @type {import("./values.js").Field | undefined} */ (/** @type {unknown} */ (field))?.names ?? {}), ...Object.keys(field?.values ?? {})])];
    const seen = (this.values.value?.fields[draft.field]?.values ?? []).flatMap(([value]) => (value === null || value === "" ? [] : [String(value)]));
    const choices = seen.length ? [...new Set([...seen, ...(draft.value ? [draft.value] : [])])] : codes;
    if (field && ["=", "!="].includes(sign) && choices.length && !RANGED.includes(field.type)) {
      const name = (/** @type {string} */ one) => (field.type === "boolean" && !field.values[one] ? said(one === "true" ? "yes" : "no") : coded(field, one));
      return this.select("value", said("condition_value"), [["", "—"], ...choices.map((one) => [one, name(one)])], draft.value);
    }
    return this.input("value", said("condition_value") + unit, draft, sign === "~" ? "text" : field?.currency ? "money" : field?.type);
  }

  /** @param {Draft} draft @param {Layer[]} layers */
  place(draft, layers) {
    if (draft.field === "@outline") return html`<p class="hint">${said(this.page.store.site.value ? "condition_outline" : "condition_no_outline")}</p>`;
    const fits = layers.filter((one) => one.placed && (draft.field === "@near" || one.geometry === "polygon"));
    const chosen = this.page.usable(draft.place);
    const named = chosen ? this.places.value.map((one) => [one.id, nameOf(chosen, one)]) : []; // none is chosen yet, or no more
    return html`${this.select("place", said("condition_place"), [["", "—"], ...fits.map((one) => [one.id, text(one.label)])], draft.place)}
      ${draft.place ? this.select("value", said("condition_which"), [["", said("condition_any")], ...named], draft.value) : nothing}
      ${draft.field === "@near" ? [this.select("sign", said("condition_sign"), [["<=", said("sign_within")], [">", said("sign_beyond")]], draft.sign || "<="), this.input("value2", said("condition_metres"), draft)] : nothing}`;
  }
}

/** How amounts that were entered read: "10.00 亿", "US$150.0 m". @param {(string | null)[]} amounts @param {string} unit */
function readsAs(amounts, unit) {
  const told = amounts.flatMap((one) => {
    const [, digits = "", code = " "] = /^([^\s|]+)(?: ([A-Z]{3}))?/.exec(one ?? "") ?? [];
    return digits && Number.isFinite(Number(digits)) ? [amountText(Number(digits), unit, code).trim()] : [];
  });
  return told.length ? said("condition_reads", { amount: told.join(" – ") }) : nothing;
}

/** How an entry of a type is written. @type {Record<string, string>} */
const PATTERNS = { date: "\\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\\d|3[01]))?)?" };
/** @type {Record<string, string>} */
const HINTS = { date: "2021 / 2021-06 / 2021-06-30", money: "10亿 / 1 bn / US$150m" };
/** @type {Record<string, string>} */
const NAMES = { "=": "is", "!=": "is_not", ">": "above", "<": "below", ">=": "least", "<=": "most", "..": "between", "~": "holds", unknown: "unknown", known: "known" };
/** The same of dates, where they read otherwise. @type {Record<string, string>} */
const DATED = { "=": "is_in", ">": "after", "<": "before", ">=": "from", "<=": "until", "!=": "is_not_in" };

/** The signs a field of a type is asked by; that of a condition which came by a link is always among them. @param {string} type @param {string} sign @returns {string[]} */
export function signsOf(type, sign) {
  const usual = RANGED.includes(type) ? ["=", ">=", "<=", ">", "<", "..", "!="] : type === "boolean" || type === "list" ? ["=", "!="] : ["=", "~", "!="];
  return [...new Set([...usual, sign, "unknown", "known"])];
}

/** @param {Layer | undefined} layer @returns {string[][]} */
function fieldChoices(layer) {
  const named = layer?.fields.some((one) => one.id === layer.title.zh || one.id === layer.title.en) ? [] : [["@name", said("condition_name")]];
  const fields = (layer?.fields ?? []).map((one) => [one.id, labelOf(one)]);
  return [["", "—"], ["@in", said("condition_in")], ...named, ...fields, ["@near", said("condition_near")], ["@outline", said("condition_in_outline")]];
}
