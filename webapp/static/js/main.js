// @ts-check
/** The map page: fetches catalogue and words, puts the parts together, keeps the address true to the view. */
import { addAnalysis } from "./analysis.js";
import { addBasemaps } from "./basemaps.js";
import { copyAddress, showCard } from "./card.js";
import { addCoordinates } from "./coordinates.js";
import { editing, editor, stopEditing } from "./edit.js";
import { announce, byId, make } from "./element.js";
import { ask } from "./fetching.js";
import { embedButton } from "./embed.js";
import { said, speak } from "./language.js";
import { showLegend } from "./legend.js";
import { MapLayers } from "./map-layers.js";
import { addMeasure } from "./measure.js";
import { notices } from "./notices.js";
import { pictureButton } from "./picture.js";
import { addSearch } from "./search.js";
import { addSite } from "./site.js";
import { formatView, parseView } from "./state.js";
import { sayPart, setRow, showTree } from "./tree.js";
import { versionList } from "./versions.js";
import { viewsButton } from "./views.js";

const config = JSON.parse(byId("page-config").textContent || "{}");
const map = window.map_plan;
const view = parseView(window.location.hash || config.view);
const ready = Promise.all([ask(config.urls.messages), ask(config.urls.catalog)]);

ready
  .then(([messages, catalogue]) => {
    speak(config.lang, messages);
    return build(catalogue);
  })
  .catch((error) => {
    byId("status").textContent = error instanceof Error ? error.message : String(error);
    byId("status").classList.add("shown", "failed");
    throw error;
  });

/** @param {any} catalogue */
async function build(catalogue) {
  const plan = catalogue.plan;
  if (view.zoom !== null && view.center) map.setView(view.center, view.zoom, { animate: false });
  else if (!view.selected) {
    map.fitBounds([[plan.bounds[1], plan.bounds[0]], [plan.bounds[3], plan.bounds[2]]], { animate: false });
  }
  L.control.zoom({ position: "topright", zoomInTitle: said("zoom_in"), zoomOutTitle: said("zoom_out") }).addTo(map);
  L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
  L.control.attribution({ prefix: false, position: "bottomright" }).addTo(map);

  let busy = () => false;
  const layers = new MapLayers(map, catalogue.layers, { palette: view.palette, busy: () => busy(), onSelect: select, onChange: changed, onPart: sayPart });
  layers.filters = Object.fromEntries(Object.entries(view.filters).filter(([id]) => catalogue.layers[id]?.status === "ok"));
  const panel = panelParts();
  addSearch(panel.search, config.urls.search, find);
  panel.search.append(...notices(catalogue));
  const wanted = view.on ?? Object.values(catalogue.layers).filter((one) => one.visible).map((one) => one.id);
  const usable = wanted.filter((id) => catalogue.layers[id]?.status === "ok");
  usable.forEach((id) => layers.shown.set(id, null));
  const set = async (/** @type {string} */ id, /** @type {boolean} */ on) => (on ? layers.show(id) : layers.hide(id));
  const writes = Boolean(config.person?.scopes.includes("layers:write"));
  const restored = () => window.location.reload();
  showTree(panel.tree, catalogue, layers, { set, select, plane: plan.plane_crs, versions: (layer) => versionList(layer, config.person, { map, onRestored: restored }), add: writes ? add : null });
  addBasemaps(map, catalogue.basemaps, view.base, panel.tools, (id) => {
    view.base = id;
    write();
  });
  addPalette(panel.tools);
  addCoordinates(map, plan, panel.tools);
  addSite(map, panel.tools, { busy: () => busy(), onClose: closeCard, onFeature: find });
  const measure = addMeasure(map, panel.tools);
  const analysis = addAnalysis(map, catalogue, panel.analysis);
  busy = () => measure.active() || analysis.active() || editing();
  map.on("moveend", write);
  map.on("click", () => busy() || closeCard());
  document.addEventListener("keydown", shortcut);

  await Promise.allSettled(usable.map((id) => layers.show(id).catch((error) => failed(id, error))));
  if (view.selected) {
    const [layer, ...rest] = view.selected.split("/");
    await find(layer, rest.join("/"), view.zoom === null);
  }
  changed();
  document.documentElement.dataset.ready = "true";

  /** @param {any} layer @param {any} feature */
  function select(layer, feature) {
    if (busy()) return void announce(said("select_busy"));
    if (writes && feature.layer_version === undefined) return void find(layer.id, feature.id, false); // as it is now
    chosen(layer, feature);
  }

  /** @param {any} layer @param {any} feature */
  function chosen(layer, feature) {
    layers.select(feature);
    view.selected = `${layer.id}/${feature.id}`;
    write();
    open(layer, feature);
  }

  /** Opens the card of a new feature. @param {any} layer */
  function add(layer) {
    if (busy()) return;
    closeCard();
    open(layer, { id: "", geometry: null, properties: {} });
  }

  /** @param {any} layer @param {any} feature */
  function open(layer, feature) {
    const edited = async (/** @type {string} */ id) => {
      layers.fetched.clear();
      if (layers.shown.has(layer.id)) await layers.show(layer.id);
      const [found, now] = await Promise.all([id ? fetched(layer.id, id) : null, ask(`/api/layers/${encodeURIComponent(layer.id)}`)]);
      Object.assign(layer, { count: now.count, placed: now.placed, bounds: now.bounds });
      document.dispatchEvent(new CustomEvent("layer-edited", { detail: layer.id }));
      if (found) chosen(layer, found);
      else closeCard();
    };
    const edit = editor(layer, feature, { map, person: config.person, onChange: edited });
    showCard(layer, feature, { anomalies: catalogue.anomalies, onClose: closeCard, onZoom: () => zoomTo(feature), editor: edit });
  }

  function closeCard() {
    stopEditing();
    byId("card").hidden = true;
    layers.select(null);
    view.selected = "";
    write();
  }

  /** @param {string} id @param {string} feature */
  function fetched(id, feature) {
    return ask(`${config.urls.features}/${encodeURIComponent(id)}/${encodeURIComponent(feature)}`).catch(() => null);
  }

  /** @param {string} id @param {string} feature @param {boolean} [zoom] */
  async function find(id, feature, zoom = true) {
    const layer = catalogue.layers[id];
    if (!layer || layer.status !== "ok") return false;
    const found = await fetched(id, feature);
    if (!found) return false;
    if (found.geometry) setRow(panel.tree, id, true);
    if (zoom && found.geometry) zoomTo(found);
    select(layer, found);
    return true;
  }

  /** @param {any} feature */
  function zoomTo(feature) {
    map.fitBounds(L.geoJSON(feature).getBounds(), { maxZoom: 16, padding: [40, 40] });
  }

  function changed() {
    const shown = catalogue.groups.flatMap((/** @type {any} */ g) => g.layers).filter((/** @type {string} */ id) => layers.shown.has(id));
    showLegend(panel.legend, shown.map((/** @type {string} */ id) => catalogue.layers[id]), { palette: view.palette, opacity: layers.opacity });
    panel.tree.dispatchEvent(new Event("layers-changed"));
    view.on = shown;
    view.filters = layers.filters;
    write();
  }

  /** @param {string} id @param {unknown} error */
  function failed(id, error) {
    const box = panel.tree.querySelector(`input[data-layer="${CSS.escape(id)}"]`);
    const why = make("p", { class: "problem", text: error instanceof Error ? error.message : "" });
    box?.closest(".layer-row")?.append(why);
  }

  function write() {
    view.zoom = map.getZoom();
    const center = map.getCenter();
    view.center = [center.lat, center.lng];
    const hash = formatView(view);
    window.history.replaceState(null, "", hash);
    byId("language").setAttribute("href", `?lang=${config.lang === "zh" ? "en" : "zh"}${hash}`);
  }

  /** @param {HTMLElement} place */
  function addPalette(place) {
    if (!Object.values(catalogue.layers).some((one) => one.classes?.length)) return;
    const select = /** @type {HTMLSelectElement} */ (make("select", { id: "palette" }));
    for (const name of ["official", "accessible"]) select.append(make("option", { value: name, text: said(`palette_${name}`) }));
    select.value = view.palette;
    select.addEventListener("change", () => {
      view.palette = layers.options.palette = select.value;
      layers.restyle();
    });
    place.append(make("label", { class: "palette" }, make("span", { text: said("palette") }), select));
  }

  /** @param {KeyboardEvent} event */
  function shortcut(event) {
    if (event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/") {
      event.preventDefault();
      byId("search").focus();
    } else if (event.key === "Escape" && !byId("card").hidden) closeCard();
  }
}

/** The panel's parts in order. */
function panelParts() {
  const panel = byId("panel");
  const search = make("div", { class: "search" });
  const tree = make("div", { id: "tree" });
  const legend = make("div", { id: "legend" });
  const tools = make("div", { id: "map-tools" });
  const analysis = make("div", { id: "analysis" });
  /** @param {string} key @param {HTMLElement} part @param {boolean} open */
  const fold = (key, part, open) => make("details", { class: "fold", open }, make("summary", {}, make("h2", { text: said(key) })), part);
  panel.append(search, fold("layers_panel", tree, true), fold("legend_panel", legend, true), fold("analysis_panel", analysis, false), fold("tools_panel", tools, false));
  const toggle = make("button", { type: "button", id: "panel-toggle", "aria-controls": "panel", "aria-expanded": "true", text: said("panel_toggle") });
  toggle.addEventListener("click", () => {
    const open = document.body.classList.toggle("panel-closed");
    toggle.setAttribute("aria-expanded", String(!open));
    window.setTimeout(() => map.invalidateSize(), 250);
  });
  const share = make("button", { type: "button", text: said("share"), onclick: copyAddress });
  const unplaced = make("a", { href: "/unplaced", text: said("unplaced_link") });
  const links = ["statistics", "indicators", "about"].map((name) => make("a", { href: `/${name}`, text: said(`${name}_link`) }));
  const state = () => window.location.hash.slice(1);
  const who = config.person ? make("a", { href: "/account", text: config.person.name }) : make("a", { href: `/login?next=/`, text: said("sign_in") });
  byId("tools").append(toggle, share, viewsButton(config, state), embedButton(config, state), pictureButton(config, state, map), ...links.slice(0, 2), unplaced, links[2], who);
  return { search, tree, legend, tools, analysis };
}
