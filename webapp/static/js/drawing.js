// @ts-check
/** Drawing a polygon on the map by clicks; the centre of the map can be taken with the keyboard. */
import { make } from "./element.js";
import { said } from "./language.js";

/**
 * @param {any} map
 * @param {HTMLElement} place
 * @param {(polygon: any | null) => void} onDrawn a GeoJSON polygon, or null when cleared
 */
export function addDrawing(map, place, onDrawn) {
  /** @type {[number, number][]} longitude, latitude */
  let points = [];
  let active = false;
  const group = L.layerGroup().addTo(map);
  const look = { color: "#7b2cbf", weight: 2.5, fillOpacity: 0.12, interactive: false };
  const buttons = make("p", { class: "buttons" });
  const hint = make("p", { class: "hint", role: "status" });

  const redraw = () => {
    group.clearLayers();
    const at = points.map(([lon, lat]) => [lat, lon]);
    for (const one of at) group.addLayer(L.circleMarker(one, { ...look, radius: 4, fillOpacity: 1 }));
    if (at.length > 2) group.addLayer(L.polygon(at, look));
    else if (at.length === 2) group.addLayer(L.polyline(at, look));
    show();
  };
  /** @param {any} event */
  const add = (event) => {
    points.push([event.latlng.lng, event.latlng.lat]);
    redraw();
  };
  /** @param {boolean} on */
  const listen = (on) => {
    active = on;
    map[on ? "on" : "off"]("click", add);
    map.doubleClickZoom[on ? "disable" : "enable"]();
    map.getContainer().classList.toggle("measuring", on);
  };
  const done = () => {
    listen(false);
    onDrawn({ type: "Polygon", coordinates: [[...points, points[0]]] });
    show();
  };
  const clear = () => {
    if (active) listen(false);
    points = [];
    redraw();
    onDrawn(null);
  };
  const show = () => {
    hint.textContent = active ? said("draw_hint") : "";
    buttons.replaceChildren(
      make("button", { type: "button", "aria-pressed": String(active), text: said("draw_start"), onclick: () => (clear(), listen(true), show()) }),
      ...(active ? [make("button", { type: "button", text: said("measure_center"), onclick: () => add({ latlng: map.getCenter() }) })] : []),
      ...(active && points.length ? [make("button", { type: "button", text: said("undo"), onclick: () => (points.pop(), redraw()) })] : []),
      ...(active && points.length > 2 ? [make("button", { type: "button", id: "draw-done", text: said("draw_done"), onclick: done })] : []),
      ...(points.length ? [make("button", { type: "button", text: said("draw_clear"), onclick: clear })] : []),
    );
  };
  show();
  place.append(make("div", { class: "drawing" }, buttons, hint));
  return { active: () => active, remove: () => (active && listen(false), group.remove()) };
}
