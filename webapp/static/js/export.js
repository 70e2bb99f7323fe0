// @ts-check
/** A layer as a file: format, CRS and precision of choice, with the filters in force on the map. */
import { make } from "./element.js";
import { ask } from "./fetching.js";
import { language, said } from "./language.js";

/** @typedef {{ zh: string, en: string }} Pair */
/** @typedef {{ name: string, label: Pair, choices: (Pair & { value: string })[] }} Option */
/** @typedef {{ ending: string, label: Pair, lonlat_only: boolean, cannot: Pair[], options: Option[] }} Format */

/** @type {Promise<Format[]> | undefined} */
let asked;

/** The formats, as the service lists them. */
function formats() {
  asked ??= ask("/api/exports").then((told) => told.formats);
  return asked;
}

/** @param {any} layer @param {string} plane the plan's plane CRS @param {() => string[]} filters those in force now */
export function exportForm(layer, plane, filters) {
  /** @type {Format[]} */
  let known = [];
  const kind = choice([]);
  const crs = choice([["EPSG:4326", "WGS 84 (EPSG:4326)"], ["EPSG:4490", "CGCS2000 (EPSG:4490)"], [plane, said("export_plane", { crs: plane })], ["GCJ02", said("export_gcj02")], ["BD09", said("export_bd09")]]);
  const decimals = choice([["", said("export_all_decimals")], ...[8, 7, 6, 5, 4].map((n) => [String(n), String(n)])]);
  const link = make("a", { class: "button", download: "", text: said("export_do") });
  const note = make("p", { class: "hint", role: "status" });
  const limits = make("ul", { class: "hint" });
  const own = make("div", { class: "filters" });

  const sync = () => {
    const format = known.find((one) => one.ending === kind.value);
    if (!format) return;
    crs.disabled = format.lonlat_only;
    const query = new URLSearchParams({ crs: format.lonlat_only ? "EPSG:4326" : crs.value, lang: language() });
    if (decimals.value) query.set("decimals", decimals.value);
    for (const field of own.querySelectorAll("select, input")) {
      const { name, value } = /** @type {HTMLInputElement} */ (field);
      if (value) query.set(name, value);
    }
    const conditions = filters();
    for (const condition of conditions) query.append("where", condition);
    link.setAttribute("href", `/export/${encodeURIComponent(layer.id)}.${format.ending}?${query}`);
    const shifted = !format.lonlat_only && !crs.value.startsWith("EPSG");
    note.textContent = [conditions.length ? said("export_filtered", { count: conditions.length }) : "", shifted ? said("export_shifted") : ""].filter(Boolean).join(" ");
  };
  const another = () => {
    const format = known.find((one) => one.ending === kind.value);
    if (!format) return;
    own.replaceChildren(...format.options.map((option) => make("label", {}, make("span", { text: option.label[language()] }), field(option))));
    const told = format.cannot.map((text) => make("li", { text: text[language()] }));
    limits.replaceChildren(...(told.length ? [make("li", { text: said("export_cannot") }), ...told] : []));
    sync();
  };
  /** @param {Event} event */
  const fetched = async (event) => {
    event.preventDefault();
    note.textContent = said("export_making");
    const answer = await fetch(link.getAttribute("href") || "");
    if (!answer.ok) {
      note.textContent = (await answer.json().catch(() => ({})))[`title_${language()}`] || said("request_failed", { status: answer.status });
      return;
    }
    const name = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") || "")?.[1] || layer.id;
    const address = URL.createObjectURL(await answer.blob());
    make("a", { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
    const told = JSON.parse(answer.headers.get("X-PlanAtlas-Notes") || "[]");
    note.textContent = [said("export_made", { file: name }), ...told].join(" ");
  };
  kind.addEventListener("change", another);
  for (const one of [crs, decimals, own]) one.addEventListener("change", sync);
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
        own,
        limits,
        note,
        make("p", {}, link),
      ),
    )
  );
  fold.addEventListener("toggle", async () => {
    if (!known.length) {
      known = await formats();
      kind.replaceChildren(...known.map((one) => make("option", { value: one.ending, text: one.label[language()] })));
      another();
    }
    sync();
  });
  link.addEventListener("focus", sync);
  link.addEventListener("pointerenter", sync);
  link.addEventListener("click", fetched);
  return fold;
}

/** @param {Option} option */
function field(option) {
  if (!option.choices.length) return make("input", { name: option.name, maxlength: "60" });
  const found = choice(option.choices.map((one) => [one.value, one[language()]]));
  found.name = option.name;
  return found;
}

/** @param {string[][]} options value and words @returns {HTMLSelectElement} */
function choice(options) {
  return /** @type {HTMLSelectElement} */ (make("select", {}, ...options.map(([value, text]) => make("option", { value, text }))));
}
