// @ts-check
/** The layer tree: groups and layers with counts; filters, opacity and every feature by name behind each layer. */
import { make } from "./element.js";
import { exportForm } from "./export.js";
import { filterForm } from "./filters.js";
import { nameOf, number, said, text } from "./language.js";
import { drawn } from "./style.js";
import { symbol } from "./symbols.js";

const MOST_LISTED = 300;

/**
 * @param {HTMLElement} place
 * @param {any} catalogue
 * @param {import("./map-layers.js").MapLayers} layers
 * @param {{set: (id: string, on: boolean) => Promise<void>, select: (layer: any, feature: any) => void, plane: string, versions?: (layer: any) => HTMLElement | null, add?: ((layer: any) => void) | null}} actions
 */
export function showTree(place, catalogue, layers, actions) {
  for (const group of catalogue.groups) {
    if (!group.layers.length) continue;
    const rows = group.layers.map((/** @type {string} */ id) => layerRow(catalogue.layers[id], layers, actions));
    const all = /** @type {HTMLInputElement} */ (make("input", { type: "checkbox", "data-group": group.id }));
    const sync = () => {
      const on = group.layers.filter((/** @type {string} */ id) => layers.shown.has(id)).length;
      all.checked = on === group.layers.length;
      all.indeterminate = on > 0 && on < group.layers.length;
    };
    all.addEventListener("change", () => group.layers.forEach((/** @type {string} */ id) => setRow(place, id, all.checked)));
    place.addEventListener("layers-changed", sync);
    place.append(make("fieldset", {}, make("legend", {}, make("label", {}, all, text(group.label))), ...rows));
  }
  for (const broken of Object.values(catalogue.layers).filter((one) => one.status !== "ok" && !one.group)) {
    place.append(make("p", { class: "problem data", text: text(broken.problems[0]) }));
  }
}

/** Switches a layer as its box would. @param {HTMLElement} place @param {string} id @param {boolean} on */
export function setRow(place, id, on) {
  const box = /** @type {HTMLInputElement | null} */ (place.querySelector(`input[data-layer="${CSS.escape(id)}"]`));
  if (box && !box.disabled && box.checked !== on) {
    box.checked = on;
    box.dispatchEvent(new Event("change"));
  }
}

/** Says that a layer is shown in part. @param {string} id @param {number} shown @param {number} all */
export function sayPart(id, shown, all) {
  const state = document.querySelector(`#tree input[data-layer="${CSS.escape(id)}"]`)?.closest(".layer-row")?.querySelector(".layer-state");
  if (state) state.textContent = shown < all ? said("layer_part", { shown, all }) : "";
}

/** @param {any} layer @param {import("./map-layers.js").MapLayers} layers @param {any} actions */
function layerRow(layer, layers, actions) {
  const bad = layer.status !== "ok";
  const box = make("input", { type: "checkbox", id: `layer-${layer.id}`, "data-layer": layer.id, disabled: bad, checked: layers.shown.has(layer.id) });
  const state = make("span", { class: "layer-state", role: "status" });
  const counted = () => {
    const all = number(layer.count ?? 0, "", 0);
    return layer.placed === layer.count ? all : `${number(layer.placed ?? 0, "", 0)}/${all}`;
  };
  const count = make("span", { class: "count", title: said("count_hint"), text: bad ? "!" : counted() });
  document.addEventListener("layer-edited", (event) => {
    if (/** @type {CustomEvent} */ (event).detail === layer.id) count.textContent = counted();
  });
  const toggle = async () => {
    const on = /** @type {HTMLInputElement} */ (box).checked;
    state.textContent = on ? said("loading") : "";
    try {
      await actions.set(layer.id, on);
      if (state.textContent === said("loading")) state.replaceChildren();
    } catch (error) {
      const again = make("button", { type: "button", text: said("retry"), onclick: toggle });
      state.replaceChildren(make("span", { class: "problem", text: error instanceof Error ? error.message : "" }), again);
    }
  };
  box.addEventListener("change", toggle);
  const more = /** @type {HTMLDetailsElement} */ (make("details", { class: "layer-more" }, make("summary", { "aria-label": said("layer_more", { layer: text(layer.label) }) })));
  more.addEventListener("toggle", () => more.open && openMore(more, layer, layers, actions), { once: false });
  return make(
    "div",
    { class: "layer-row" },
    make(
      "label",
      { for: `layer-${layer.id}`, title: text(layer.description) || null },
      box,
      symbol(drawn(layer.style ?? {}, layer.geometry ?? "polygon", 1, layer.classes?.[0]?.color ?? null), layer.geometry ?? "polygon"),
      make("span", { class: "layer-name data", text: text(layer.label) }),
      count,
      layer.illustrative ? make("span", { class: "badge", text: said("illustrative") }) : null,
    ),
    bad ? null : more,
    state,
    bad ? make("p", { class: "problem data", text: text(layer.problems[0]) }) : null,
  );
}

/** @param {HTMLDetailsElement} more @param {any} layer @param {import("./map-layers.js").MapLayers} layers @param {any} actions */
async function openMore(more, layer, layers, actions) {
  const body = make("div", { class: "layer-tools" });
  [...more.children].slice(1).forEach((child) => child.remove());
  more.append(body);
  const slider = /** @type {HTMLInputElement} */ (
    make("input", { type: "range", min: 10, max: 100, step: 10, value: Math.round((layers.opacity[layer.id] ?? 1) * 100) })
  );
  slider.addEventListener("input", () => {
    layers.opacity[layer.id] = Number(slider.value) / 100;
    layers.restyle(layer.id);
  });
  const list = make("ul", { class: "features" });
  const fill = async () => {
    const features = await layers.features(layer.id);
    const rows = features.slice(0, MOST_LISTED).map((/** @type {any} */ feature) => featureRow(layer, feature, actions));
    if (features.length > MOST_LISTED) rows.push(make("li", { class: "empty", text: said("list_cut", { shown: MOST_LISTED, count: features.length }) }));
    if (!features.length) rows.push(make("li", { class: "empty", text: said("list_empty") }));
    list.replaceChildren(...rows);
  };
  document.addEventListener("layer-edited", function refill(event) {
    if (!body.isConnected) document.removeEventListener("layer-edited", refill);
    else if (/** @type {CustomEvent} */ (event).detail === layer.id) fill();
  });
  const zoom = () => layer.bounds && layers.map.fitBounds([[layer.bounds[1], layer.bounds[0]], [layer.bounds[3], layer.bounds[2]]]);
  body.append(
    make(
      "p",
      { class: "buttons" },
      make("button", { type: "button", text: said("zoom_to"), onclick: zoom, disabled: !layer.bounds }),
      actions.add && layer.geometry !== "line" ? make("button", { type: "button", text: said("edit_new"), onclick: () => actions.add(layer) }) : null,
    ),
    make("label", { class: "slider" }, make("span", { text: said("opacity") }), slider),
  );
  body.append(
    await filterForm(layer, layers.filters[layer.id] || [], async (filters) => {
      await layers.filter(layer.id, filters);
      await fill();
    }),
    list,
  );
  body.append(exportForm(layer, actions.plane, () => layers.filters[layer.id] || []));
  const versions = actions.versions?.(layer);
  if (versions) body.append(versions);
  await fill();
}

/** @param {any} layer @param {any} feature @param {any} actions */
function featureRow(layer, feature, actions) {
  const name = make("button", { type: "button", class: "data", text: nameOf(layer, feature), onclick: () => actions.select(layer, feature) });
  return make("li", {}, name, feature.geometry ? null : make("small", { text: said("position_unplaced") }));
}
