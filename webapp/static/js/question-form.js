// @ts-check
/** The form of a question: which, of which layers, with which numbers. What stands in it is a draft; asking puts it into the state. */
import { computed, effect, signal, untracked } from "@preact/signals-core";
import { html, nothing } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { DRAWN } from "./answers.js";
import { ask } from "./fetching.js";
import { said, text, unitName } from "./language.js";
import { QUESTIONS, offered, worded, written } from "./questions.js";

/** @import { Field, Layer, Question as Asked, Version, VersionList } from "./api.js" */
/** @import { Page } from "./page.js" */
/** @import { Question, Wanted } from "./questions.js" */

export class QuestionForm {
  /** @param {Page} page @param {(question: Asked) => void} onAsk */
  constructor(page, onAsk) {
    this.page = page;
    this.onAsk = onAsk;
    this.kind = signal(QUESTIONS[0].id);
    /** What a person chose or wrote, by control. @type {import("@preact/signals-core").Signal<Record<string, string>>} */
    this.draft = signal({});
    /** The stored versions of layers whose versions are offered. @type {import("@preact/signals-core").Signal<Record<string, Version[]>>} */
    this.versions = signal({});
    this.layers = computed(() => Object.values(page.catalog.value.layers).filter((one) => one.status === "ok" && one.placed));
    effect(() => {
      const question = page.store.question.value;
      untracked(() => {
        if (!question || !QUESTIONS.some((one) => one.id === question.function)) return;
        this.kind.value = question.function;
        this.draft.value = written(question);
      });
    });
    effect(() => {
      const wanted = this.chosen.roles.some((one) => one.geometry === "classed");
      const stored = wanted ? this.layers.value.filter((one) => one.class_field && one.number) : [];
      untracked(async () => {
        for (const one of stored) {
          /** @type {VersionList} */
          const told = await ask(`/api/layers/${encodeURIComponent(one.id)}/versions`).catch(() => ({ layer: one.id, versions: [] }));
          this.versions.value = { ...this.versions.peek(), [one.id]: told.versions };
        }
      });
    });
  }

  get chosen() {
    return QUESTIONS.find((one) => one.id === this.kind.value) ?? QUESTIONS[0];
  }

  part() {
    const chosen = this.chosen;
    const roles = (/** @type {boolean} */ finer) => chosen.roles.filter((one) => Boolean(one.finer) === finer).map((one) => field(`role_${one.role}`, this.select(one.role, this.options(one))));
    const number = { name: "distance", type: "number", min: 1, max: 50000 };
    const fine = roles(true);
    if (chosen.sizes) fine.unshift(field("ask_sizes", html`<input name="sizes" type="text" maxlength="200" placeholder="5000: 500; 2000-5000: 300" .value=${live(this.value("sizes"))} />`));
    return html`<form id="ask" @input=${(/** @type {Event} */ e) => this.note(e)} @submit=${(/** @type {Event} */ e) => this.submit(e)}>
      ${field("analysis_question", this.select("kind", QUESTIONS.map((one) => [one.id, said(`ask_${one.id}`)]), "ask-kind"))}
      ${roles(false)}
      ${chosen.distance ? field("ask_distance", html`<input name=${number.name} type=${number.type} min=${number.min} max=${number.max} required .value=${live(this.value("distance"))} />`) : nothing}
      ${chosen.classes ? field("ask_classes", html`<input name="codes" type="text" maxlength="200" .value=${live(this.value("codes"))} />`) : nothing}
      ${(chosen.pick ?? []).map((name) => field(name === "field" ? `ask_field_${chosen.id}` : `ask_${name}`, this.select(name, this.fields(name))))}
      ${fine.length ? html`<details class="finer"><summary>${said("ask_finer")}</summary>${fine}</details>` : nothing}
      <button>${said("ask_go")}</button>
    </form>`;
  }

  /** What stands in a control: what a person chose, else what is offered first. @param {string} name @returns {string} */
  value(name) {
    const { chosen } = this;
    if (name === "kind") return chosen.id;
    const given = this.draft.value[name];
    const role = chosen.roles.find((one) => one.role === name);
    if (role || chosen.pick?.includes(name)) {
      const options = role ? this.options(role) : this.fields(name);
      if (given !== undefined && options.some(([value]) => value === given)) return given;
      return (role ? this.usual(role, options) : this.usualField(name, options)) ?? "";
    }
    return given ?? (name === "distance" ? String(chosen.distance ?? "") : "");
  }

  /** @param {Wanted} role @param {string[][]} options */
  usual(role, options) {
    const classed = ["classes", "demand", "part"].includes(role.role) ? options.filter(([value]) => this.page.catalog.value.layers[value]?.class_field) : [];
    return (classed.at(-1) ?? options[0])?.[0];
  }

  /** A field over itself asks nothing. @param {string} name @param {string[][]} options */
  usualField(name, options) {
    return (name === "divisor" && options[1] ? options[1] : options[0])?.[0];
  }

  /** The layers a role takes. @param {Wanted} wanted @returns {string[][]} value and words */
  options({ role, geometry, optional, finer }) {
    const { chosen } = this;
    const fits = (/** @type {Layer} */ one) =>
      geometry === "classed" ? Boolean(one.class_field) : !geometry || one.geometry === geometry || (one.geometry === "mixed" && (finer || chosen.id === "overlap"));
    const draws = ["zones", "whole"].includes(role) || (role === "part" && chosen.id === "overlap");
    return [
      ...(optional ? [["", said(role === "zones" ? "no_choice" : "no_layer")]] : []),
      ...(draws && this.page.store.site.value ? [[DRAWN, said("ask_drawn")]] : []),
      ...this.layers.value.filter(fits).flatMap((one) => [[one.id, text(one.label)], ...(geometry === "classed" ? this.older(one) : [])]),
    ];
  }

  /** The stored versions of a layer. @param {Layer} layer */
  older(layer) {
    const told = this.versions.value[layer.id] ?? [];
    return told.map((one) => [`${layer.id}@${one.number}`, said("version_of", { layer: text(layer.label), number: one.number, date: one.made_at.slice(0, 10) })]);
  }

  /** The fields of the chosen layer that a control offers. @param {string} name @returns {string[][]} */
  fields(name) {
    const known = offered(name, this.page.catalog.value.layers[this.value(this.chosen.fields ?? "")]?.fields ?? []);
    const none = name === "by" ? [["", said("no_layer")]] : known.length ? [] : [["", said("no_field")]];
    return [...none, ...known.map((one) => [one.id, named(one)])];
  }

  /** @param {string} name @param {string[][]} options @param {string} [id] */
  select(name, options, id) {
    const now = this.value(name);
    const required = this.chosen.pick?.includes(name) && name !== "by";
    return html`<select name=${name} id=${id ?? nothing} ?required=${required}>
      ${options.map(([value, words]) => html`<option value=${value} .selected=${live(value === now)}>${words}</option>`)}
    </select>`;
  }

  /** Takes what a person chose or wrote into the draft. @param {Event} event */
  note(event) {
    const { name, value } = /** @type {HTMLInputElement | HTMLSelectElement} */ (event.target);
    if (name === "kind") [this.kind.value, this.draft.value] = [/** @type {Question["id"]} */ (value), {}];
    else if (name === this.chosen.fields) this.draft.value = { [name]: value }; // other fields are offered now
    else this.draft.value = { ...this.draft.peek(), [name]: value };
  }

  /** @param {Event} event */
  submit(event) {
    event.preventDefault();
    this.onAsk(worded(this.chosen, (name) => (this.has(name) ? this.value(name) : ""), this.page.catalog.peek().layers));
  }

  /** Whether the chosen question has a control. @param {string} name */
  has(name) {
    const { roles, pick, distance, classes, sizes } = this.chosen;
    return roles.some((one) => one.role === name) || Boolean(pick?.includes(name)) || (name === "distance" && Boolean(distance)) || (name === "codes" && Boolean(classes)) || (name === "sizes" && Boolean(sizes));
  }
}

/** @param {string} key @param {unknown} control */
function field(key, control) {
  return html`<label class="field"><span>${said(key)}</span>${control}</label>`;
}

/** A field with its unit. @param {Field} one */
function named(one) {
  return one.unit ? `${text(one.label)} (${unitName(one.unit)})` : text(one.label);
}
