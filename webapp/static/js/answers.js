// @ts-check
/** The answer to the question the state holds, or what lies in its drawn outline: asked, waited for, drawn on the map. */
import { batch, computed, effect, signal, untracked } from "@preact/signals-core";
import { showOutline } from "./drawing.js";
import { showEvidence } from "./evidence.js";
import { Refused } from "./fetching.js";
import { finished, post } from "./jobs.js";
import { spoken } from "./language.js";
import { fetched } from "./results.js";

/** @import { Inside, Job, Question } from "./api.js" */
/** @import { Page } from "./page.js" */
/** @import { Corner } from "./drawing.js" */
/** @import { Evidence } from "./evidence.js" */
/** @import { Shown } from "./results.js" */

export const DRAWN = "@drawn";

export class Answers {
  /** @param {Page} page */
  constructor(page) {
    this.page = page;
    /** The figure that answers the question. @type {import("@preact/signals-core").Signal<Shown | null>} */
    this.figure = signal(null);
    /** What lies in the drawn outline. @type {import("@preact/signals-core").Signal<{rows: Inside[], figures: Shown[]} | null>} */
    this.report = signal(null);
    /** The computation that is waited for, how much of it is done, and what would help where it takes long. @type {import("@preact/signals-core").Signal<{job: string, done: number, advice: string} | null>} */
    this.running = signal(null);
    this.problem = signal("");
    /** The evidence on the map. @type {import("@preact/signals-core").Signal<Evidence | null>} */
    this.evidence = signal(null);
    /** The cell of a transition whose pieces alone are shown. @type {import("@preact/signals-core").Signal<{from: string, to: string} | null>} */
    this.cell = signal(null);
    /** A figure that came by a link: the map stays where the link says. */
    this.linked = "";
    this.turn = 0;
    this.asked = computed(() => JSON.stringify([page.store.question.value, page.store.site.value]));
  }

  /** Starts following the state. */
  follow() {
    const { map, store } = this.page;
    const group = L.layerGroup().addTo(map);
    effect(() => showOutline(group, store.site.value ?? []));
    effect(() => {
      this.asked.value; // the question or the outline is another
      spoken.value; // a figure is shown in one language
      untracked(() => this.answer());
    });
    let latest = 0;
    /** @type {Evidence | null} */
    let drawn = null;
    effect(() => {
      const figure = store.figure.value;
      const cell = this.cell.value;
      latest += 1;
      const mine = latest;
      untracked(async () => {
        drawn?.layer.remove();
        drawn = this.evidence.value = null;
        if (!figure) return;
        const wanted = cell ? (/** @type {Record<string, string>} */ piece) => piece.from === cell.from && piece.to === cell.to : undefined;
        const found = await showEvidence(map, `/api/figures/${figure}/evidence`, { wanted, fit: figure !== this.linked }).catch(() => null); // not every figure has any
        if (mine !== latest) found?.layer.remove();
        else drawn = this.evidence.value = found;
      });
    });
  }

  /** Answers what is asked now. */
  async answer() {
    const { store } = this.page;
    const { question, site, figure } = store.view.peek();
    this.turn += 1;
    const mine = this.turn;
    const settle = (/** @type {() => void} */ put) => mine === this.turn && batch(put);
    batch(() => {
      this.figure.value = this.report.value = this.running.value = this.cell.value = null;
      this.problem.value = "";
    });
    try {
      if (question) {
        const known = figure ? await this.known(figure) : null; // a link opens the figure that was sent
        if (known) this.linked = figure;
        const told = known ?? (await this.computed(question, site, mine));
        settle(() => {
          this.figure.value = told;
          store.change({ figure: told.id });
        });
      } else if (site) {
        const job = await this.wait(await post("/api/polygon", { polygon: polygonOf(site), filters: store.filters.peek(), as_of: store.date.peek() }), mine);
        const figures = await Promise.all((job.figures ?? []).map(fetched));
        settle(() => (this.report.value = { rows: /** @type {Inside[]} */ (job.rows ?? []), figures }));
      } else if (figure) {
        const known = await this.known(figure);
        settle(() => (known ? (this.figure.value = known) : store.change({ figure: "" })));
      }
    } catch (error) {
      settle(() => (this.problem.value = error instanceof Error ? error.message : String(error)));
    } finally {
      settle(() => (this.running.value = null));
    }
  }

  /** A figure by its id; null when the service does not keep it any more. @param {string} id @returns {Promise<Shown | null>} */
  async known(id) {
    try {
      return await fetched(id);
    } catch (error) {
      if (error instanceof Refused) return null;
      throw error;
    }
  }

  /** @param {Question} question @param {Corner[] | null} site @param {number} turn @returns {Promise<Shown>} */
  async computed(question, site, turn) {
    const drawn = Object.values(question.inputs).some((one) => one.layer === DRAWN);
    const job = await this.wait(await post("/api/figures", drawn && site ? { ...question, polygon: polygonOf(site) } : question), turn);
    return fetched(job.figure ?? "");
  }

  /** Waits for a job, telling its progress. @param {Job} job @param {number} turn @returns {Promise<Job>} */
  async wait(job, turn) {
    if (!job.job) return job; // already known
    return finished(job, (done, advice) => {
      if (turn === this.turn) this.running.value = { job: job.job, done, advice };
    });
  }

  /** Shows the evidence of a figure. @param {string} figure @param {{from: string, to: string} | null} [cell] */
  show(figure, cell = null) {
    this.linked = "";
    batch(() => {
      this.cell.value = cell;
      this.page.store.change({ figure });
    });
  }

  /** Waits no more. */
  cancel() {
    const running = this.running.peek();
    if (running) post(`/api/jobs/${running.job}/cancel`);
  }
}

/** @param {Corner[]} corners */
function polygonOf(corners) {
  return { type: "Polygon", coordinates: [[...corners, corners[0]]] };
}
