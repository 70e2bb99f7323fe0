// @ts-check
/** The plan's time under the map: a day is chosen on a line of months, or played; the map shows the states of that day. */
import { computed, effect, signal } from "@preact/signals-core";
import { html, nothing, svg } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { readCondition } from "./condition.js";
import { byId } from "./element.js";
import { ask } from "./fetching.js";
import { writtenField } from "./field-lists.js";
import { finished, post } from "./jobs.js";
import { said, text } from "./language.js";
import { looks } from "./looks.js";
import { mount } from "./mount.js";
import { timely } from "./source.js";
import { declaredStyle } from "./style.js";
import { formatTable, parseTable } from "./table-state.js";

/** @import { Layer, Timeline } from "./api.js" */
/** @import { Page } from "./page.js" */

const STEP_MS = 700;
const MARKS = 12; // years that have room for their number
/** The states in the order they are piled up, each with its class. */
const PILED = ["finished", "due_complete", "under_construction", "year_only", "month_only"];
const UNSURE = ["year_only", "month_only"];

/** @param {Page} page */
export function addTime(page) {
  const place = byId("time");
  /** @type {import("@preact/signals-core").Signal<Timeline | null>} */
  const line = signal(null);
  const playing = signal(false);
  let turn = 0;
  const address = computed(() => lineAddress(page)); // filters of other layers change, what is asked does not
  effect(() => {
    const wanted = address.value;
    turn += 1;
    const mine = turn;
    if (!wanted) {
      line.value = null;
      return;
    }
    ask(wanted).then(
      (found) => {
        if (mine === turn) line.value = found;
      },
      () => {
        if (mine === turn) line.value = null;
      },
    );
  });
  let shown = false;
  effect(() => {
    const wanted = Boolean(line.value?.days.length);
    if (wanted === shown) return;
    shown = wanted;
    document.body.classList.toggle("timed", wanted);
    place.hidden = !wanted;
    if (!wanted) playing.value = false;
  });
  let timer = 0;
  effect(() => {
    window.clearInterval(timer);
    if (playing.value) timer = window.setInterval(() => step(page, line.peek(), 1) || (playing.value = false), STEP_MS);
  });
  const play = () => {
    const known = line.peek();
    if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) step(page, known, 1);
    else {
      if (!playing.peek() && known && dayOf(page, known) >= known.days[known.days.length - 1]) choose(page, known, known.days[0]);
      playing.value = !playing.peek();
    }
  };
  document.addEventListener("keydown", (event) => {
    const busy = event.target instanceof HTMLElement && event.target.closest("input, select, textarea, button, a, summary, dialog, [contenteditable]");
    if (event.key !== " " || busy || event.ctrlKey || event.metaKey || event.altKey || place.hidden) return;
    event.preventDefault();
    play();
  });
  mount(place, () => (line.value?.days.length ? part(page, line.value, playing.value, play) : nothing));
}

/** The layer whose states are told: the first on the map that has any. @param {Page} page @returns {Layer | null} */
function shownLayer(page) {
  for (const id of page.store.on.value) {
    const layer = page.usable(id);
    if (layer && timely(layer)) return layer;
  }
  return null;
}

/** Where the states of the shown layer are asked for, month by month; "" when no layer has any. @param {Page} page */
function lineAddress(page) {
  const layer = shownLayer(page);
  if (!layer) return "";
  const conditions = (page.store.filters.value[layer.id] ?? []).filter((one) => !layer.fields.some((field) => field.schedule && field.id === readCondition(one).field));
  const query = new URLSearchParams(conditions.map((one) => ["where", one]));
  if (page.store.date.value) query.set("as_of", page.store.date.value);
  return `/api/layers/${encodeURIComponent(layer.id)}/timeline?${query}`;
}

/** The day the map shows. @param {Page} page @param {Timeline} line */
function dayOf(page, line) {
  return page.store.when.value || line.usual;
}

/** Goes to a day; that of the plan is the usual one and not said. @param {Page} page @param {Timeline} line @param {string} day */
function choose(page, line, day) {
  page.store.change({ when: day === line.usual ? "" : day });
}

/** Opens the figure of how many are in which state at the end of each year, of those that the conditions leave. @param {Page} page @param {Timeline} line */
async function states(page, line) {
  const where = (page.store.filters.peek()[line.layer] ?? []).filter((one) => readCondition(one).field !== line.field);
  try {
    const job = await post("/api/figures", { function: "timeline", unit: "count", inputs: { items: { layer: line.layer, ...(where.length ? { where } : {}) } } });
    const done = job.job ? await finished(job, () => {}) : job;
    window.location.assign(`/figures/${done.figure}`);
  } catch (error) {
    byId("status").textContent = error instanceof Error ? error.message : String(error);
    byId("status").classList.add("shown", "failed");
  }
}

/** Goes to a day that was typed: half a year (0002) and what lies outside the line is none yet. @param {Page} page @param {Timeline} line @param {Event} event */
function typed(page, line, event) {
  const input = /** @type {HTMLInputElement} */ (event.target);
  if (input.value && input.validity.valid) choose(page, line, input.value);
}

/** Opens the chart of what begins when, counted or added up, which can be opened as a figure. @param {Page} page @param {Timeline} line */
function chart(page, line) {
  const layer = page.usable(line.layer);
  const begins = layer?.fields.find((one) => one.id === line.field)?.schedule?.start ?? "";
  const open = parseTable(page.store.table.peek());
  page.store.change({ table: formatTable({ ...(open.layer === line.layer ? open : { ...parseTable(""), layer: line.layer }), chart: begins }) });
}

/** Lists those in a state on the day that is shown: the condition is set, or taken off, and the table opens. @param {Page} page @param {Timeline} line @param {string} state */
function list(page, line, state) {
  const wanted = `${writtenField(line.field)}=${state}`;
  const now = page.store.filters.peek()[line.layer] ?? [];
  const others = now.filter((one) => readCondition(one).field !== line.field);
  page.store.filter(line.layer, now.includes(wanted) ? others : [...others, wanted]);
  if (!now.includes(wanted) && parseTable(page.store.table.peek()).layer !== line.layer) page.store.change({ table: formatTable({ ...parseTable(""), layer: line.layer }) });
}

/** Where a day stands among the months: the first that is not before it. @param {Timeline} line @param {string} day */
export function monthOf(line, day) {
  const at = line.days.findIndex((one) => one >= day);
  return at < 0 ? line.days.length - 1 : at;
}

/** Goes some months on. @param {Page} page @param {Timeline | null} line @param {number} months @returns {boolean} whether there was one */
function step(page, line, months) {
  if (!line) return false;
  const next = line.days[monthOf(line, dayOf(page, line)) + months];
  if (next) choose(page, line, next);
  return Boolean(next);
}

/** How many are under construction: between what is sure and what may be. @param {Timeline} line @param {number} at */
export function building(line, at) {
  const sure = line.states.under_construction?.[at] ?? 0;
  const unsure = UNSURE.reduce((sum, one) => sum + (line.states[one]?.[at] ?? 0), 0);
  return unsure ? said("time_range", { least: sure, most: sure + unsure }) : String(sure);
}

/** @param {Page} page @param {Timeline} line @param {boolean} playing @param {() => void} play */
function part(page, line, playing, play) {
  const day = dayOf(page, line);
  const at = monthOf(line, day);
  const layer = page.usable(line.layer);
  const names = layer?.fields.find((one) => one.id === line.field)?.values ?? {};
  const told = Object.entries(line.states).filter(([state, counts]) => counts[at] && state !== "under_construction" && !UNSURE.includes(state));
  const parts = [["under_construction", said("time_building", { count: building(line, at) })], ...told.map(([state, counts]) => [state, `${names[state] ? text(names[state]) : state} ${counts[at]}`])];
  const words = parts.map(([, one]) => one).join(" · ");
  const asked = page.store.filters.value[line.layer] ?? [];
  const off = line.features - line.placed;
  const [first, last] = [`${line.days[0].slice(0, 4)}-01-01`, `${line.days[line.days.length - 1].slice(0, 4)}-12-31`];
  return html`<div class="time-row">
      <button type="button" id="time-play" aria-pressed=${String(playing)} title=${said("time_play_hint")} @click=${play}>${said(playing ? "time_pause" : "time_play")}</button>
      <span class="time-states">${said("time_states")}</span> <input type="date" id="time-day" required aria-label=${said("time_day")} title=${said("time_day_hint", { first, last })} min=${first} max=${last} .value=${live(day)} @change=${(/** @type {Event} */ event) => typed(page, line, event)} />
      <span id="time-counts" role="status" aria-live=${playing ? "off" : "polite"}>${text(layer?.label)} <small title=${said("time_all_hint")}>${said(off ? "time_all_off" : "time_all", { count: line.features, off })}</small>: ${parts.map(([state, one], i) => html`${i ? " · " : ""}<button type="button" class="link" data-state=${state} title=${said("time_list_hint")} aria-pressed=${String(asked.includes(`${writtenField(line.field)}=${state}`))} @click=${() => list(page, line, state)}>${one}</button>`)}</span>
      <button type="button" id="time-table" title=${said("time_table_hint")} @click=${() => states(page, line)}>${said("time_table")}</button>
      <button type="button" id="time-chart" title=${said("time_chart_hint")} @click=${() => chart(page, line)}>${said("time_chart")}</button>
      ${page.store.when.value ? html`<button type="button" id="time-usual" @click=${() => choose(page, line, line.usual)}>${said("time_usual", { day: line.usual })}</button>` : html`<span class="time-default">${said("time_is_usual")}</span>`}
    </div>
    <div class="time-line">
      <input type="range" id="time-range" min="0" max=${line.days.length - 1} step="1" .value=${live(String(at))} aria-label=${said("time_label")} aria-valuetext=${`${day}: ${words}`}
        @input=${(/** @type {Event} */ event) => choose(page, line, line.days[Number(/** @type {HTMLInputElement} */ (event.target).value)])} />
      ${bars(line, at, layer)}
    </div>
    <div class="time-years" aria-hidden="true">${yearMarks(line).map(([year, month]) => html`<span .style=${`left: ${(100 * month) / line.days.length}%`}>${year}</span>`)}</div>`;
}

/** The years that are marked on the line, each with its first month: all, or of many every second, fifth, tenth. @param {Timeline} line @returns {[string, number][]} */
export function yearMarks(line) {
  /** @type {Map<string, number>} */
  const first = new Map();
  line.days.forEach((day, month) => first.has(day.slice(0, 4)) || first.set(day.slice(0, 4), month));
  const each = [1, 2, 5, 10, 20, 50].find((one) => first.size / one <= MARKS) ?? 100;
  return [...first].filter(([year]) => Number(year) % each === 0);
}

/** The colour a state has on the map. @param {Timeline} line @param {Layer | null} layer @param {string} state */
function colorOf(line, layer, state) {
  const style = layer && declaredStyle(layer, { [line.field]: state });
  return style?.fill ?? style?.color ?? looks().color;
}

/** One bar a month, in the map's colours; pale and dashed what cannot be told. @param {Timeline} line @param {number} at @param {Layer | null} layer */
function bars(line, at, layer) {
  const colors = Object.fromEntries(PILED.map((state) => [state, colorOf(line, layer, UNSURE.includes(state) ? "under_construction" : state)]));
  const most = Math.max(1, ...line.days.map((_, month) => Object.values(line.states).reduce((sum, counts) => sum + counts[month], 0)));
  const count = line.days.length;
  return html`<svg class="time-bars" viewBox="0 0 ${count} ${most}" preserveAspectRatio="none" aria-hidden="true">
    ${line.days.map((day, month) => {
      let top = most;
      return PILED.map((state) => {
        const high = line.states[state]?.[month] ?? 0;
        top -= high;
        return high ? svg`<rect class=${UNSURE.includes(state) ? "unsure" : state} stroke=${UNSURE.includes(state) ? colors[state] : nothing} fill=${colors[state]} x=${month + 0.08} y=${top} width="0.84" height=${high}><title>${day}</title></rect>` : nothing;
      });
    })}
    ${yearMarks(line).map(([, month]) => svg`<line class="time-year" x1=${month} x2=${month} y1="0" y2=${most} />`)}
    <line class="time-usual" x1=${monthOf(line, line.usual) + 0.5} x2=${monthOf(line, line.usual) + 0.5} y1="0" y2=${most} />
    <rect class="time-here" x=${at} y="0" width="1" height=${most} />
  </svg>`;
}
