// @ts-check
/** Measures on the ellipsoid: length in m and km, area in m2, ha, mu and km2. */
import { announce, make } from "./element.js";
import { number, said } from "./language.js";

export const M2_PER_MU = 2000 / 3;

/**
 * @param {[number, number][]} points latitude, longitude in degrees
 * @param {boolean} closed whether an area
 * @returns {{length_m: number, area_m2: number}} geodesic, WGS 84
 */
export function measured(points, closed) {
  const polygon = geodesic.Geodesic.WGS84.Polygon(!closed);
  for (const [lat, lon] of points) polygon.AddPoint(lat, lon);
  const found = polygon.Compute(false, true);
  return { length_m: found.perimeter || 0, area_m2: closed ? Math.abs(found.area || 0) : 0 };
}

/** @param {{length_m: number, area_m2: number}} found @param {boolean} closed @returns {string[]} */
export function readings(found, closed) {
  const length = [number(found.length_m, "m", 1), number(found.length_m / 1000, "km", 3)];
  if (!closed) return length;
  const area = found.area_m2;
  return [
    number(area, "m2", 1),
    number(area / 10_000, "ha", 4),
    number(area / M2_PER_MU, "mu", 2),
    number(area / 1e6, "km2", 4),
    `${said("perimeter")} ${length[0]}`,
  ];
}

/** @param {any} map @param {HTMLElement} place */
export function addMeasure(map, place) {
  /** @type {[number, number][]} */
  let points = [];
  let closed = false;
  let active = false;
  const group = L.layerGroup().addTo(map);
  const result = make("div", { class: "measured", role: "status" });
  const buttons = make("p", { class: "buttons" });
  const look = { color: "#d00000", weight: 3, fillOpacity: 0.1, interactive: false };

  const redraw = () => {
    group.clearLayers();
    for (const point of points) group.addLayer(L.circleMarker(point, { ...look, radius: 4, fillOpacity: 1 }));
    if (points.length > 1) group.addLayer(closed && points.length > 2 ? L.polygon(points, look) : L.polyline(points, { ...look, fill: false }));
    const enough = points.length >= (closed ? 3 : 2);
    const lines = enough ? readings(measured(points, closed), closed) : [said(closed ? "measure_area_hint" : "measure_length_hint")];
    result.replaceChildren(...lines.map((line) => make("p", { text: line })));
    if (enough) announce(lines.join("; "));
  };
  /** @param {any} event */
  const add = (event) => {
    points.push([event.latlng.lat, event.latlng.lng]);
    redraw();
  };
  const stop = () => {
    active = false;
    map.off("click", add);
    map.doubleClickZoom.enable();
    map.getContainer().classList.remove("measuring");
    points = [];
    group.clearLayers();
    result.replaceChildren();
    show();
  };
  /** @param {boolean} area */
  const start = (area) => {
    if (active) stop();
    [active, closed] = [true, area];
    map.on("click", add);
    map.doubleClickZoom.disable();
    map.getContainer().classList.add("measuring");
    redraw();
    show();
  };
  const show = () =>
    buttons.replaceChildren(
      make("button", { type: "button", "aria-pressed": String(active && !closed), text: said("measure_length"), onclick: () => start(false) }),
      make("button", { type: "button", "aria-pressed": String(active && closed), text: said("measure_area"), onclick: () => start(true) }),
      ...(active
        ? [
            make("button", { type: "button", text: said("measure_center"), onclick: () => add({ latlng: map.getCenter() }) }),
            make("button", { type: "button", text: said("undo"), onclick: () => (points.pop(), redraw()) }),
            make("button", { type: "button", text: said("finish"), onclick: stop }),
          ]
        : []),
    );
  show();
  place.append(make("div", { class: "measure" }, buttons, result));
  return { active: () => active };
}
