// @ts-check
/** The layer tree: groups and layers with counts; filters, opacity and every feature by name behind each layer. */
import { signal } from "@preact/signals-core";
import { html, nothing } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { number, said, text } from "./language.js";
import { LayerTools } from "./layer-tools.js";
import { drawn } from "./style.js";
import { symbol } from "./symbols.js";

/** @import { Layer } from "./api.js" */
/** @import { Page } from "./page.js" */

/** @param {Page} page @returns {() => unknown} */
export function treePart(page) {
  const { store } = page;
  /** Layers whose tools are open. @type {import("@preact/signals-core").Signal<string[]>} */
  const opened = signal([]);
  /** @type {Map<string, LayerTools>} */
  const tools = new Map();

  return () => {
    const { groups, layers } = page.catalog.value;
    const broken = Object.values(layers).filter((one) => one.status !== "ok" && !one.group);
    return [
      groups.filter((one) => one.layers.length).map((one) => group(one.id, text(one.label), one.layers.map((id) => layers[id]))),
      broken.map((one) => html`<p class="problem data">${text(one.problems[0])}</p>`),
    ];
  };

  /** @param {string} id @param {string} label @param {Layer[]} members */
  function group(id, label, members) {
    const usable = members.filter((one) => one.status === "ok").map((one) => one.id);
    const on = store.on.value.filter((one) => usable.includes(one)).length;
    const others = () => store.on.peek().filter((one) => !usable.includes(one));
    const all = (/** @type {Event} */ event) => store.change({ on: checked(event) ? [...others(), ...usable] : others() });
    return html`<fieldset>
      <legend>
        <label><input type="checkbox" data-group=${id} ?disabled=${!usable.length} .checked=${live(on > 0 && on === usable.length)} .indeterminate=${live(on > 0 && on < usable.length)} @change=${all} />${label}</label>
      </legend>
      ${members.map(row)}
    </fieldset>`;
  }

  /** @param {Layer} layer */
  function row(layer) {
    const bad = layer.status !== "ok";
    const { id } = layer;
    return html`<div class="layer-row ${opened.value.includes(id) ? "opened" : ""}">
      <label for="layer-${id}" title=${text(layer.description) || nothing}>
        <input type="checkbox" id="layer-${id}" data-layer=${id} ?disabled=${bad} .checked=${live(store.on.value.includes(id))} @change=${(/** @type {Event} */ e) => store.show(id, checked(e))} />
        ${symbol(drawn(layer.style, layer.geometry, 1, layer.classes[0]?.color ?? null), layer.geometry)}
        <span class="layer-name data">${text(layer.label)}</span>
        <span class="count" title=${said("count_hint")}>${bad ? "!" : counted(layer)}</span>
        ${layer.illustrative ? html`<span class="badge">${said("illustrative")}</span>` : nothing}
      </label>
      ${bad ? nothing : more(layer)}
      <span class="layer-state" role="status">${state(id)}</span>
      ${bad ? html`<p class="problem data">${text(layer.problems[0])}</p>` : nothing}
    </div>`;
  }

  /** What became of a layer that is on. @param {string} id */
  function state(id) {
    const status = page.layers.status.value[id];
    if (!status) return nothing;
    if (status.problem) return html`<span class="problem">${status.problem}</span> <button type="button" @click=${() => page.layers.again(id)}>${said("retry")}</button>`;
    if (status.loading && !status.shown) return said("loading");
    return status.shown < status.all ? said("layer_part", { shown: status.shown, all: status.all }) : nothing;
  }

  /** @param {Layer} layer */
  function more(layer) {
    const open = opened.value.includes(layer.id);
    const toggle = (/** @type {Event} */ event) => {
      const now = /** @type {HTMLDetailsElement} */ (event.target);
      if (now !== event.currentTarget || now.open === opened.peek().includes(layer.id)) return;
      opened.value = now.open ? [...opened.peek(), layer.id] : opened.peek().filter((one) => one !== layer.id);
    };
    return html`<details class="layer-more" ?open=${live(open)} @toggle=${toggle}>
      <summary aria-label=${said("layer_more", { layer: text(layer.label) })}></summary>
      ${open ? toolsOf(layer).part(layer) : nothing}
    </details>`;
  }

  /** @param {Layer} layer */
  function toolsOf(layer) {
    const known = tools.get(layer.id) ?? new LayerTools(page, layer.id);
    tools.set(layer.id, known);
    return known;
  }
}

/** How many features, and how many of them have a place. @param {Layer} layer */
function counted(layer) {
  const all = number(layer.count, "", 0);
  return layer.placed === layer.count ? all : `${number(layer.placed, "", 0)}/${all}`;
}

/** @param {Event} event */
function checked(event) {
  return /** @type {HTMLInputElement} */ (event.target).checked;
}
