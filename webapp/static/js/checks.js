// @ts-check
/** A site held against the plan's rules: the verdict, each rule with what it rests on, and that on the map. */
import { batch, effect, signal } from "@preact/signals-core";
import { html, nothing } from "lit-html";
import { Refused, ask } from "./fetching.js";
import { post } from "./jobs.js";
import { said, text } from "./language.js";

/** @import { RuleFinding, RuleList, SiteCheck, SiteDossier } from "./api.js" */
/** @import { Page } from "./page.js" */
/** @import { Text } from "./language.js" */
/** @typedef {{key: string, check: SiteCheck | null, dossier: SiteDossier | null, problem: string}} Answer of one site */

/** How a verdict's evidence is drawn. @type {Record<string, string>} */
const COLOURS = { allowed: "#17663f", conditional: "#855000", conflict: "#a3201a", undecided: "#54458a" };
const ELSE = "#55616b";
const BUSY = 503; // all places for computations are taken
const [TRIES, PAUSE_MS] = [20, 2000];
const KEPT = 30; // answers: who goes back and forth among sites need not wait again

/** Does something again and again while all places for computations are taken and somebody waits for it. @template T @param {() => boolean} wanted @param {() => Promise<T>} act @param {number} [pause] ms @returns {Promise<T>} */
export async function patiently(wanted, act, pause = PAUSE_MS) {
  for (let left = TRIES; ; left -= 1) {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== BUSY || !wanted() || !left) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}

export class Checks {
  /** @param {Page} page */
  constructor(page) {
    this.page = page;
    /** What is known of the sites asked about, the last one first. @type {import("@preact/signals-core").Signal<Answer[]>} */
    this.answers = signal([]);
    /** The sites that are being looked at. @type {import("@preact/signals-core").Signal<string[]>} */
    this.running = signal([]);
    /** The finding whose evidence is on the map. @type {import("@preact/signals-core").Signal<RuleFinding | null>} */
    this.shown = signal(null);
    /** The rules and industries there are. @type {import("@preact/signals-core").Signal<RuleList | null>} */
    this.rules = signal(null);
    this.turn = 0;
    const group = L.layerGroup().addTo(page.map);
    effect(() => {
      group.clearLayers();
      if (this.shown.value) this.draw(group, this.shown.value);
    });
  }

  /** Reads the rules once. */
  async begin() {
    this.rules.value = await ask("/api/rules").catch(() => null); // without them nothing is checked
  }

  /** Whether features of a layer are looked at as sites; as they are now, not as they were. @param {string} layer */
  asks(layer) {
    const known = this.rules.value;
    return Boolean(known?.declared && !this.page.store.date.value && (!known.sites.length || known.sites.includes(layer)));
  }

  /** Asks for a feature's dossier, with its check. @param {string} layer @param {string} feature */
  feature(layer, feature) {
    const key = `${layer}/${feature}`;
    const address = `/api/sites/${encodeURIComponent(layer)}/${encodeURIComponent(feature)}`;
    const wanted = () => this.page.store.selected.peek() === key; // who has gone on to another card waits for no place
    return this.ask(key, wanted, async (tell) => {
      /** @type {SiteDossier} */
      const facts = await ask(`${address}?check=no`);
      if (facts.check.rules.length) return { dossier: facts, check: facts.check };
      tell(facts); // it stands there first; the check, which takes longest, comes after
      /** @type {SiteDossier} */
      const whole = await ask(address);
      return { dossier: whole, check: whole.check };
    });
  }

  /** Asks for the check of an outline or a place. @param {string} key @param {Record<string, unknown>} body */
  shape(key, body) {
    return this.ask(key, () => true, async () => ({ dossier: null, check: await post("/api/sites/check", body) }));
  }

  /** @param {string} key @param {() => boolean} wanted whether somebody still waits for it @param {(tell: (facts: SiteDossier) => void) => Promise<{dossier: SiteDossier | null, check: SiteCheck}>} start may tell the facts before the check */
  async ask(key, wanted, start) {
    if (this.running.peek().includes(key) || this.answers.peek().some((one) => one.key === key)) return;
    const mine = this.turn;
    this.running.value = [...this.running.peek(), key];
    /** @type {Answer} */
    let found;
    const tell = (/** @type {SiteDossier} */ dossier) => {
      if (mine === this.turn && this.running.peek().includes(key)) this.keep({ key, check: null, dossier, problem: "" });
    };
    try {
      found = { key, problem: "", ...(await patiently(wanted, () => start(tell))) };
    } catch (error) {
      if (error instanceof Refused && error.status === BUSY && !wanted()) {
        batch(() => {
          this.running.value = this.running.peek().filter((one) => one !== key);
          this.answers.value = this.answers.peek().filter((one) => one.key !== key); // asked anew when it is looked at again
        });
        return;
      }
      found = { key, check: null, dossier: this.answers.peek().find((one) => one.key === key)?.dossier ?? null, problem: error instanceof Error ? error.message : String(error) };
    }
    if (mine !== this.turn) return;
    batch(() => {
      this.running.value = this.running.peek().filter((one) => one !== key);
      this.keep(found);
    });
  }

  /** @param {Answer} found */
  keep(found) {
    this.answers.value = [found, ...this.answers.peek().filter((one) => one.key !== found.key)].slice(0, KEPT);
  }

  /** Forgets what was asked: a layer is another now. */
  clear() {
    this.turn += 1;
    batch(() => {
      this.running.value = [];
      this.answers.value = [];
      this.shown.value = null;
    });
  }

  /** What is known of a site. @param {string} key */
  of(key) {
    return this.answers.value.find((one) => one.key === key) ?? null;
  }

  /** @param {L.LayerGroup} group @param {RuleFinding} found */
  draw(group, found) {
    const color = COLOURS[found.drawn] ?? COLOURS[found.verdict] ?? ELSE;
    for (const piece of found.evidence) {
      if (!piece.geometry) continue;
      const dash = piece.shown === "link" ? { dashArray: "6 5" } : {};
      /** @type {L.GeoJSONOptions} */
      const options = { style: { color, weight: 3, fillColor: color, fillOpacity: 0.3, ...dash }, pointToLayer: (_one, at) => L.circleMarker(at, { color, radius: 7 }), interactive: false };
      group.addLayer(L.geoJSON(/** @type {import("geojson").Geometry} */ (piece.geometry), options));
    }
  }

  /** The verdict of a site, as a word and a sentence. @param {SiteCheck} check */
  verdict(check) {
    return html`<p class="site-verdict">${chips(check)} <span>${text(check.said)}</span> ${text(check.settles)}</p>`;
  }

  /** The rules of a check, the worst first; pressing one shows what it rests on. @param {SiteCheck} check */
  list(check) {
    const asked = check.rules.filter((one) => one.verdict !== "not_applicable");
    return html`<details class="check-rules"><summary>${said("check_rules", { count: asked.length })} ${counted(asked).map(({ first, words, count, notes }) => html`<span class="verdict ${first}">${words} ${count}${notes && notes < count ? said("check_of_notes", { count: notes }) : ""}</span> `)}</summary>
      <ul>${asked.map((one) => this.line(one))}</ul></details>`;
  }

  /** @param {RuleFinding} one */
  line(one) {
    const { rule } = one;
    const on = this.shown.value === one;
    const toggle = () => (this.shown.value = on ? null : one);
    const needs = one.verdict === "conditional" ? text(rule.needs) : "";
    return html`<li class="check-rule">
      <button type="button" class="link" aria-pressed=${String(on)} ?disabled=${!one.evidence.length} @click=${toggle}>${firstChip(one)} <strong>${text(rule.label)}</strong></button>
      <span class="severity">${text(rule.severity_label)}</span>
      <span class="data">${text(one.told)}</span> ${needs ? html`<span class="data">${needs}</span>` : nothing}
      <small class="data">${text(rule.source)} · ${text(rule.read_label)}</small>
    </li>`;
  }

  /** What stands while a site is looked at, or why nothing came. @param {string} key */
  waiting(key) {
    if (this.running.value.includes(key)) return html`<p role="status"><progress></progress> ${said("check_running")}</p>`;
    const problem = this.of(key)?.problem;
    return problem ? html`<p class="problem" role="alert">${problem}</p>` : nothing;
  }
}

/** The first word of a rule's verdict, one a rule. @param {{verdict: string | null, verdict_label: Text, drawn: string | null, drawn_label: Text}} one */
function firstChip(one) {
  const drawn = text(one.drawn_label);
  return html`<span class="verdict ${drawn ? `drawn ${one.drawn}` : one.verdict ?? "none"}">${drawn || text(one.verdict_label)}</span>`;
}

/** A verdict in words: where it is undecided, first what it is as drawn. @param {{verdict: string | null, verdict_label: Text, drawn: string | null, drawn_label: Text}} one */
function chips(one) {
  const sure = html`<span class="verdict ${one.verdict ?? "none"}">${text(one.verdict_label)}</span>`;
  return text(one.drawn_label) ? html`<span class="verdict drawn ${one.drawn}">${text(one.drawn_label)}</span> ${sure}` : sure;
}

/** How many rules came out how, by the first word each is told with; together they are all of them. @param {RuleFinding[]} asked */
export function counted(asked) {
  /** @type {Map<string, {first: string, words: string, count: number, notes: number}>} */
  const found = new Map();
  for (const one of asked) {
    const words = text(one.drawn_label) || text(one.verdict_label);
    const sum = found.get(words) ?? { first: text(one.drawn_label) ? `drawn ${one.drawn}` : one.verdict, words, count: 0, notes: 0 };
    sum.count += 1;
    if (one.rule.severity === "notes") sum.notes += 1;
    found.set(words, sum);
  }
  return [...found.values()];
}
