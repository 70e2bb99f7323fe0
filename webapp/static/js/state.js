// @ts-check
/** What the map shows, as the address says it, and back: a link reopens the same view. */
/** @import { Question } from "./api.js" */

/**
 * @typedef {object} View
 * @property {number | null} zoom
 * @property {[number, number] | null} center latitude, longitude in degrees
 * @property {string[] | null} on ids of the layers shown, null: as the catalog says
 * @property {Record<string, number>} opacity by layer, 0.1 to 1; without an entry it is 1
 * @property {Record<string, string[]>} filters by layer, as the interface's `where` writes them
 * @property {string} base id of the basemap, "" for the default
 * @property {string} palette "official" or "accessible"
 * @property {string} selected "layer/feature" or ""
 * @property {string} date day whose data are shown, "YYYY-MM-DD"; "" for the newest
 * @property {string} when day of the plan's time whose states are shown, "YYYY-MM-DD"; "" for that of its document
 * @property {string} twin what stands beside on a second map: "t:day", "at:day", "v:layer@number" or "v:layer@number~newer", "view:id"; or ""
 * @property {string} compared "layer@number": an older version drawn over the map; or ""
 * @property {[number, number][] | null} site corners of a drawn outline, longitude and latitude in degrees
 * @property {Question | null} question what was asked last, in the words of the interface
 * @property {string} table the table under the map, as `table-state.js` writes it, or ""
 * @property {string} figure id of the figure that is shown with its evidence, or ""
 */

const FIGURE = /^[0-9a-f]{16}$/;
const VERSION = /^[^@]+@[1-9]\d{0,8}$/;
const TABLE = /^[^\p{Cc}]{1,2000}$/u;
const MOST_CORNERS = 500;

/** @returns {View} */
export function emptyView() {
  return { zoom: null, center: null, on: null, opacity: {}, filters: {}, base: "", palette: "official", selected: "", date: "", when: "", twin: "", compared: "", site: null, question: null, table: "", figure: "" };
}

/** What is not valid is left out. @param {string} hash @returns {View} */
export function parseView(hash) {
  const view = emptyView();
  const said = new URLSearchParams(hash.replace(/^#/, ""));
  const zoom = Number(said.get("z"));
  if (said.has("z") && Number.isFinite(zoom) && zoom >= 0 && zoom <= 22) view.zoom = zoom;
  const [center] = corners(said.get("c") ?? "");
  if (center) view.center = center;
  if (said.has("on")) view.on = (said.get("on") || "").split(",").filter(Boolean);
  for (const [layer, share] of entries(said.getAll("op"))) {
    if (Number(share) >= 0.1 && Number(share) < 1) view.opacity[layer] = Number(share);
  }
  for (const [layer, filter] of entries(said.getAll("f"))) (view.filters[layer] ||= []).push(filter);
  view.base = said.get("base") || "";
  view.palette = said.get("pal") === "accessible" ? "accessible" : "official";
  view.selected = said.get("sel") || "";
  view.date = day(said.get("at") ?? "");
  view.when = day(said.get("t") ?? "");
  view.twin = (said.get("with") ?? "").slice(0, 200);
  view.compared = VERSION.exec(said.get("cmp") ?? "")?.[0] ?? "";
  const drawn = corners(said.get("site") ?? "");
  if (drawn.length >= 3 && drawn.length <= MOST_CORNERS) view.site = drawn.map(([lat, lon]) => [lon, lat]);
  view.question = question(said.get("ask") ?? "");
  view.table = TABLE.exec(said.get("tb") ?? "")?.[0] ?? "";
  view.figure = FIGURE.exec(said.get("fig") ?? "")?.[0] ?? "";
  return view;
}

/** @param {View} view @returns {string} */
export function formatView(view) {
  const said = new URLSearchParams();
  if (view.zoom !== null) said.set("z", String(view.zoom));
  if (view.center) said.set("c", view.center.map((x) => x.toFixed(5)).join(","));
  if (view.on) said.set("on", view.on.join(","));
  for (const [layer, share] of Object.entries(view.opacity)) said.append("op", `${layer}:${share}`);
  if (view.base) said.set("base", view.base);
  if (view.palette !== "official") said.set("pal", view.palette);
  if (view.selected) said.set("sel", view.selected);
  if (view.date) said.set("at", view.date);
  if (view.when) said.set("t", view.when);
  if (view.twin) said.set("with", view.twin);
  if (view.compared) said.set("cmp", view.compared);
  for (const [layer, filters] of Object.entries(view.filters)) {
    for (const filter of filters) said.append("f", `${layer}:${filter}`);
  }
  if (view.site) said.set("site", view.site.map(([lon, lat]) => `${lat.toFixed(7)},${lon.toFixed(7)}`).join(";"));
  if (view.question) said.set("ask", JSON.stringify(view.question));
  if (view.table) said.set("tb", view.table);
  if (view.figure) said.set("fig", view.figure);
  return `#${said.toString().replaceAll("%2C", ",").replaceAll("%2F", "/").replaceAll("%3A", ":").replaceAll("%40", "@").replaceAll("%3B", ";")}`;
}

/** A day of the calendar, or "". @param {string} said */
export function day(said) {
  const found = /^[1-9]\d{3}-\d{2}-\d{2}$/.test(said) ? new Date(`${said}T00:00:00Z`) : null;
  return found && !Number.isNaN(found.getTime()) && found.toISOString().startsWith(said) ? said : "";
}

/** Entries "layer:what". @param {string[]} said @returns {[string, string][]} */
function entries(said) {
  return said.flatMap((one) => {
    const cut = one.indexOf(":");
    return cut > 0 ? [/** @type {[string, string]} */ ([one.slice(0, cut), one.slice(cut + 1)])] : [];
  });
}

/** Points "latitude,longitude;…"; none at all when one of them is not valid. @param {string} said @returns {[number, number][]} */
function corners(said) {
  if (!said) return [];
  const points = said.split(";").map((one) => one.split(",").map((part) => (part.trim() ? Number(part) : NaN)));
  const valid = points.every((one) => one.length === 2 && one.every(Number.isFinite) && Math.abs(one[0]) <= 90 && Math.abs(one[1]) <= 180);
  return valid ? points.map(([lat, lon]) => [lat, lon]) : [];
}

/** @param {string} said @returns {Question | null} */
function question(said) {
  if (!said) return null;
  try {
    const read = JSON.parse(said);
    return typeof read?.function === "string" && read.inputs && typeof read.inputs === "object" ? read : null;
  } catch {
    return null; // not JSON: as if nothing had been asked
  }
}

/** @typedef {{kind: string, what: string, layer: string, number: number, newer: number}} Compared `newer`: the version the first map shows, 0 for what there is now */

/** What a comparison is with, as the address says it: `t:day`, `at:day`, `v:layer@number`, `v:layer@number~newer` or `view:id`. @param {string} text @returns {Compared | null} */
export function readTwin(text) {
  const cut = text.indexOf(":");
  const [kind, what] = [text.slice(0, cut), text.slice(cut + 1)];
  const version = /^([^@]+)@([1-9]\d{0,8})(?:~([1-9]\d{0,8}))?$/.exec(what);
  if ((kind === "t" || kind === "at") && day(what)) return { kind, what, layer: "", number: 0, newer: 0 };
  if (kind === "v" && version) {
    const [number, newer] = [Number(version[2]), Number(version[3] ?? 0)];
    return { kind, what, layer: version[1], number, newer: newer > number ? newer : 0 };
  }
  return kind === "view" && what ? { kind, what, layer: "", number: 0, newer: 0 } : null;
}
