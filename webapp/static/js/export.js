// @ts-check
/** A layer as a file: format, CRS and precision of choice, with the filters in force on the map. */
import { make } from "./element.js";
import { said } from "./language.js";

const KINDS = ["gpkg", "geojson", "shp.zip", "fgb", "parquet", "kml", "csv", "xlsx"];

/** @param {any} layer @param {string} plane the plan's plane CRS @param {() => string[]} filters those in force now */
export function exportForm(layer, plane, filters) {
  const kind = choice(KINDS.map((one) => [one, said(`export_${one.replace(".", "_")}`)]));
  const crs = choice([["EPSG:4326", "WGS 84 (EPSG:4326)"], ["EPSG:4490", "CGCS2000 (EPSG:4490)"], [plane, said("export_plane", { crs: plane })], ["GCJ02", said("export_gcj02")], ["BD09", said("export_bd09")]]);
  const decimals = choice([["", said("export_all_decimals")], ...[8, 7, 6, 5, 4].map((n) => [String(n), String(n)])]);
  const link = make("a", { class: "button", download: "", text: said("export_do") });
  const note = make("p", { class: "hint", role: "status" });
  const sync = () => {
    const lonlat = kind.value === "kml";
    crs.disabled = lonlat;
    const asked = new URLSearchParams({ crs: lonlat ? "EPSG:4326" : crs.value });
    if (decimals.value) asked.set("decimals", decimals.value);
    const conditions = filters();
    for (const condition of conditions) asked.append("where", condition);
    link.setAttribute("href", `/export/${encodeURIComponent(layer.id)}.${kind.value}?${asked}`);
    note.textContent = [conditions.length ? said("export_filtered", { count: conditions.length }) : "", crs.value.startsWith("EPSG") || lonlat ? "" : said("export_shifted")].filter(Boolean).join(" ");
  };
  for (const one of [kind, crs, decimals]) one.addEventListener("change", sync);
  const fold = /** @type {HTMLDetailsElement} */ (
    make(
      "details",
      { class: "export" },
      make("summary", { text: said("export_heading") }),
      make(
        "div",
        { class: "filters" },
        make("label", {}, make("span", { text: said("export_kind") }), kind),
        make("label", {}, make("span", { text: said("export_crs") }), crs),
        make("label", {}, make("span", { text: said("export_decimals") }), decimals),
        note,
        make("p", {}, link),
      ),
    )
  );
  fold.addEventListener("toggle", sync);
  link.addEventListener("focus", sync);
  link.addEventListener("pointerenter", sync);
  return fold;
}

/** @param {string[][]} options value and words @returns {HTMLSelectElement} */
function choice(options) {
  return /** @type {HTMLSelectElement} */ (make("select", {}, ...options.map(([value, text]) => make("option", { value, text }))));
}
