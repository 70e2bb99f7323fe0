// @ts-check
/** The form of a question: which, of which layers, with which numbers. What stands in it is a draft; asking puts it into the state. */
import { computed, effect, signal, untracked } from "@preact/signals-core";
import { html, nothing } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { DRAWN } from "./answers.js";
import { ask } from "./fetching.js";
import { said, text, unitName } from "./language.js";
import { post } from "./jobs.js";
import { MEASURES, offered, worded, written } from "./questions.js";

/** @import { Field, FunctionEntry, FunctionList, Layer, Option, Question, Slot, Version, VersionList } from "./api.js" */
/** @import { Page } from "./page.js" */

const SIZES = "5000: 500; 2000-5000: 300"; // an example

export class QuestionForm {
  /** @param {Page} page @param {(question: Question) => void} onAsk */
  constructor(page, onAsk) {
    this.page = page;
    this.onAsk = onAsk;
    /** What can be asked, as the service tells it. @type {import("@preact/signals-core").Signal<FunctionEntry[]>} */
    this.functions = signal([]);
    this.kind = signal("");
    /** What a person chose or wrote, by control. @type {import("@preact/signals-core").Signal<Record<string, string>>} */
    this.draft = signal({});
    /** The stored versions of layers whose versions are offered. @type {import("@preact/signals-core").Signal<Record<string, Version[]>>} */
    this.versions = signal({});
    this.problem = signal("");
    this.layers = computed(() => Object.values(page.catalog.value.layers).filter((one) => one.status === "ok" && one.placed));
    this.chosen = computed(() => this.functions.value.find((one) => one.id === this.kind.value) ?? this.functions.value[0]);
    ask("/api/functions").then(
      (/** @type {FunctionList} */ told) => (this.functions.value = told.functions),
      (error) => (this.problem.value = error instanceof Error ? error.message : String(error)),
    );
    effect(() => {
      const question = page.store.question.value;
      const entry = this.functions.value.find((one) => one.id === question?.function);
      untracked(() => {
        if (question) [this.kind.value, this.draft.value] = [question.function, written(question, entry, page.catalog.peek().layers)]; // every control as it was asked
      });
    });
    effect(() => {
      const wanted = this.chosen.value?.slots.some((one) => one.classed);
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

  part() {
    const chosen = this.chosen.value;
    if (!chosen) return this.problem.value ? html`<p class="problem">${this.problem.value}</p>` : nothing;
    const first = chosen.slots[0].geometry;
    const slots = (/** @type {boolean} */ finer) => chosen.slots.filter((one) => one.finer === finer).flatMap((one) => [field(text(one.label), this.select(one.id, this.fitting(one))), ...this.level(one)]);
    const options = (/** @type {boolean} */ finer) => chosen.options.filter((one) => one.finer === finer && asks(one)).flatMap((one) => [field(text(one.label), this.control(one)), ...this.use(one)]);
    const fine = [...options(true), ...slots(true)];
    return html`<form id="ask" @input=${(/** @type {Event} */ e) => this.note(e)} @submit=${(/** @type {Event} */ e) => this.submit(e)}>
      ${field(said("analysis_question"), this.select("kind", this.functions.value.map((one) => [one.id, text(one.question)]), { id: "ask-kind" }))}
      ${slots(false)} ${options(false)}
      ${!first.length || first.includes("polygon") ? field(said("ask_classes"), html`<input name="codes" type="text" maxlength="200" .value=${live(this.value("codes"))} />`) : nothing}
      ${fine.length ? html`<details class="finer"><summary>${said("ask_finer")}</summary>${fine}</details>` : nothing}
      ${this.problem.value ? html`<p class="problem" role="alert">${this.problem.value}</p>` : nothing}
      <button>${said("ask_go")}</button>
    </form>`;
  }

  /** Which of features that lie in one another are meant: the level of the chosen layer's zones. @param {Slot} slot */
  level(slot) {
    const choices = this.levels(slot);
    return choices.length ? [field(said("ask_level"), this.select(`${slot.id}_level`, choices))] : [];
  }

  /** @param {Slot} slot @returns {string[][]} value and words */
  levels(slot) {
    const layer = this.page.catalog.value.layers[this.value(slot.id)];
    const known = slot.usual === "zones" ? layer?.fields.find((one) => one.id === layer.level) : undefined;
    return known ? [["", said("ask_levels_all")], ...Object.entries(known.values).map(([code, words]) => [code, text(words)])] : [];
  }

  /** The field an option names, where it is added up and nobody said that it may be. @param {Option} option */
  unsaid(option) {
    if (!option.measures.includes("additive")) return undefined;
    const layer = this.page.catalog.value.layers[this.value(option.role)];
    const known = layer?.fields.find((one) => one.id === this.value(option.id));
    return known && known.measure_said === false ? { layer, known } : undefined;
  }

  /** Asks how a field may be used when it is first added up; the answer is kept with an imported layer. @param {Option} option */
  use(option) {
    const found = this.unsaid(option);
    if (!found) return [];
    const words = { field: text(found.known.label) };
    if (!this.page.writes || !found.layer.came) return [html`<p class="note" data-unsaid=${found.known.id}>${said("ask_measure_editor", words)}</p>`];
    const choices = [["", said("ask_measure_later")], ...MEASURES.map((one) => [one, said(`measure_${one}`)])];
    return [field(said("ask_measure", words), this.select(`${option.id}_use`, choices))];
  }

  /** Keeps what was said of the fields of a question. */
  async keepUses() {
    const chosen = this.chosen.peek();
    const told = (chosen?.options ?? []).flatMap((one) => {
      const found = this.unsaid(one);
      const measure = this.draft.peek()[`${one.id}_use`];
      return found && measure ? [{ layer: found.layer.id, body: { fields: { [found.known.id]: { measure } } } }] : [];
    });
    for (const { layer, body } of told) await post(`/api/layers/${encodeURIComponent(layer)}/entry`, body);
    if (told.length) await this.page.refresh();
  }

  /** @param {Option} option */
  control(option) {
    const { id, kind, required } = option;
    const value = live(this.value(id));
    if (kind === "number") return html`<input name=${id} type="number" min="1" max="50000" ?required=${required && !this.value("size_rules")} .value=${value} />`;
    if (kind === "sizes") return html`<input name=${id} type="text" maxlength="200" placeholder=${SIZES} .value=${value} />`;
    return this.select(id, kind === "choice" ? choicesOf(option) : this.fields(option), { required });
  }

  /** What stands in a control: what a person chose, else what is offered first. @param {string} name @returns {string} */
  value(name) {
    const chosen = this.chosen.value;
    if (!chosen || name === "kind") return chosen?.id ?? "";
    const given = this.draft.value[name];
    if (name === "codes") return given ?? this.lived(chosen);
    const leveled = name.endsWith("_level") ? chosen.slots.find((one) => `${one.id}_level` === name) : undefined;
    if (leveled) return this.levels(leveled).length ? (given ?? this.page.catalog.value.layers[this.value(leveled.id)]?.usual_level ?? "") : "";
    const slot = chosen.slots.find((one) => one.id === name);
    const option = chosen.options.find((one) => one.id === name && asks(one));
    const choices = slot ? this.fitting(slot) : option?.kind === "field" ? this.fields(option) : option?.kind === "choice" ? choicesOf(option) : null;
    if (!choices) return given ?? (option?.kind === "number" ? String(option.default ?? "") : "");
    if (given !== undefined && choices.some(([value]) => value === given)) return given;
    if (slot) return this.usual(slot, choices);
    return (name === "divisor" && choices[1] ? choices[1] : choices[0])?.[0] ?? ""; // a field over itself asks nothing
  }

  /** What people live in, where the first layer of a question is what is to be served. @param {FunctionEntry} chosen */
  lived(chosen) {
    const [first] = chosen.slots;
    return first.usual === "demand" ? (this.page.catalog.value.layers[this.value(first.id)]?.lived ?? []).join(", ") : "";
  }

  /** What stands in a slot before anybody chose: what the catalog says is usual, else what fits it best. @param {Slot} slot @param {string[][]} choices */
  usual(slot, choices) {
    if (slot.optional) return "";
    const known = choices.flatMap(([value]) => (value in this.page.catalog.value.layers ? [this.page.catalog.value.layers[value]] : []));
    const said = known.find((one) => one.usual.includes(slot.usual));
    const apart = known.filter((one) => !one.usual.some((role) => role === "zones") && !one.class_field);
    const fits = ["classes", "demand"].includes(slot.usual) ? known.filter((one) => one.class_field) : slot.usual === "facilities" ? apart.filter((one) => one.geometry === "point").concat(apart) : slot.usual ? [] : apart; // zones are what is asked by, not of
    return (said ?? fits[0])?.id ?? choices[0]?.[0] ?? "";
  }

  /** The layers that fit a slot. @param {Slot} slot @returns {string[][]} value and words */
  fitting({ id, geometry, optional, classed, drawn }) {
    const fits = (/** @type {Layer} */ one) => (!classed || Boolean(one.class_field)) && (!geometry.length || geometry.some((kind) => kind === one.geometry) || one.geometry === "mixed");
    return [
      ...(drawn && this.page.store.site.value ? [[DRAWN, said("ask_drawn")]] : []),
      ...this.layers.value.filter(fits).flatMap((one) => [[one.id, text(one.label)], ...(classed ? this.older(one) : [])]),
      ...(optional ? [["", said(id === "zones" ? "no_choice" : "no_layer")]] : []),
    ];
  }

  /** The stored versions of a layer. @param {Layer} layer */
  older(layer) {
    const told = this.versions.value[layer.id] ?? [];
    return told.map((one) => [`${layer.id}@${one.number}`, said("version_of", { layer: text(layer.label), number: one.number, date: one.made_at.slice(0, 10) })]);
  }

  /** The fields of the chosen layer that an option offers. @param {Option} option @returns {string[][]} */
  fields(option) {
    const known = offered(option, this.page.catalog.value.layers[this.value(option.role)]?.fields ?? []);
    const none = !option.required ? [["", said("no_layer")]] : known.length ? [] : [["", said("no_field")]];
    return [...none, ...known.map((one) => [one.id, named(one)])];
  }

  /** @param {string} name @param {string[][]} choices @param {{id?: string, required?: boolean}} [more] */
  select(name, choices, { id, required = false } = {}) {
    const now = this.value(name);
    return html`<select name=${name} id=${id ?? nothing} ?required=${required}>
      ${choices.map(([value, words]) => html`<option value=${value} .selected=${live(value === now)}>${words}</option>`)}
    </select>`;
  }

  /** Takes what a person chose or wrote into the draft. @param {Event} event */
  note(event) {
    const { name, value } = /** @type {HTMLInputElement | HTMLSelectElement} */ (event.target);
    if (name === "kind") [this.kind.value, this.draft.value] = [value, {}];
    else this.draft.value = { ...this.draft.peek(), [name]: value };
  }

  /** @param {Event} event */
  async submit(event) {
    event.preventDefault();
    const chosen = this.chosen.peek();
    if (!chosen) return;
    try {
      this.problem.value = "";
      await this.keepUses();
    } catch (error) {
      this.problem.value = error instanceof Error ? error.message : String(error);
      return;
    }
    const there = new Set(["codes", ...chosen.slots.flatMap((one) => [one.id, `${one.id}_level`]), ...chosen.options.filter(asks).map((one) => one.id)]);
    this.onAsk(worded(chosen, (name) => (there.has(name) ? this.value(name) : ""), this.page.catalog.peek().layers, { filters: this.page.store.filters.peek(), date: this.page.store.date.peek() }));
  }
}

/** Whether the form has a control for an option; some are only worded by other ways in. @param {Option} option */
function asks(option) {
  return !option.derived;
}

/** What a choice offers: nothing said first. @param {Option} option @returns {string[][]} value and words */
function choicesOf({ choices, words }) {
  return [["", said("no_layer")], ...choices.map((one, i) => [one, words[i] ? text(words[i]) : unitName(one)])];
}

/** @param {string} words @param {unknown} control */
function field(words, control) {
  return html`<label class="field"><span>${words}</span>${control}</label>`;
}

/** A field with its unit. @param {Field} one */
function named(one) {
  return one.unit ? `${text(one.label)} (${unitName(one.unit)})` : text(one.label);
}
