// @ts-check
/** What the address says of the view, and back: a link reopens the same map. */

/**
 * @typedef {object} View
 * @property {number | null} zoom
 * @property {[number, number] | null} center latitude, longitude in degrees
 * @property {string[] | null} on ids of the layers shown, null: as the catalogue says
 * @property {string} base id of the basemap, "" for the default
 * @property {string} palette "official" or "accessible"
 * @property {string} selected "layer/feature" or ""
 * @property {Record<string, string[]>} filters by layer, as the interface's `where` writes them
 */

/** @returns {View} */
export function emptyView() {
  return { zoom: null, center: null, on: null, base: "", palette: "official", selected: "", filters: {} };
}

/** @param {string} hash @returns {View} */
export function parseView(hash) {
  const view = emptyView();
  const said = new URLSearchParams(hash.replace(/^#/, ""));
  const zoom = Number(said.get("z"));
  if (said.has("z") && Number.isFinite(zoom) && zoom >= 0 && zoom <= 22) view.zoom = zoom;
  const center = (said.get("c") || "").split(",").map(Number);
  if (center.length === 2 && center.every(Number.isFinite) && Math.abs(center[0]) <= 90 && Math.abs(center[1]) <= 180) {
    view.center = [center[0], center[1]];
  }
  if (said.has("on")) view.on = (said.get("on") || "").split(",").filter(Boolean);
  view.base = said.get("base") || "";
  view.palette = said.get("pal") === "accessible" ? "accessible" : "official";
  view.selected = said.get("sel") || "";
  for (const entry of said.getAll("f")) {
    const cut = entry.indexOf(":");
    if (cut > 0) (view.filters[entry.slice(0, cut)] ||= []).push(entry.slice(cut + 1));
  }
  return view;
}

/** @param {View} view @returns {string} */
export function formatView(view) {
  const said = new URLSearchParams();
  if (view.zoom !== null) said.set("z", String(view.zoom));
  if (view.center) said.set("c", view.center.map((x) => x.toFixed(5)).join(","));
  if (view.on) said.set("on", view.on.join(","));
  if (view.base) said.set("base", view.base);
  if (view.palette !== "official") said.set("pal", view.palette);
  if (view.selected) said.set("sel", view.selected);
  for (const [layer, filters] of Object.entries(view.filters)) {
    for (const filter of filters) said.append("f", `${layer}:${filter}`);
  }
  return `#${said.toString().replaceAll("%2C", ",").replaceAll("%2F", "/").replaceAll("%3A", ":")}`;
}
