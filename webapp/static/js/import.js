// @ts-check
/** The import page: each file is brought, looked at, decided on and imported on a card of its own. */
import { offer } from "./databases.js";
import { decision } from "./decision.js";
import { byId, make } from "./element.js";
import { ask } from "./fetching.js";
import { difference, problems } from "./import-report.js";
import { imported } from "./imported.js";
import { finished, post } from "./jobs.js";
import { joinTable } from "./joining.js";
import { number, said, speak, text } from "./language.js";
import { spokenHere, toldHere } from "./page-words.js";
import { bring, drop } from "./upload.js";

const config = JSON.parse(byId("page-config").textContent || "{}");
speak(config.lang, await ask(config.urls.messages));
const files = byId("files");
const zone = byId("drop");
const mapBox = byId("import-map");
/** @type {any} */
let map = null;
/** @type {any} */
let outline = null;

byId("choose").addEventListener("change", (event) => {
  const input = /** @type {HTMLInputElement} */ (event.target);
  [...(input.files ?? [])].forEach(fileCard);
  input.value = "";
});
for (const name of ["dragenter", "dragover"]) {
  zone.addEventListener(name, (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
}
zone.addEventListener("dragleave", () => zone.classList.remove("over"));
zone.addEventListener("drop", (event) => {
  event.preventDefault();
  zone.classList.remove("over");
  [...(/** @type {DragEvent} */ (event).dataTransfer?.files ?? [])].forEach(fileCard);
});
if (config.databases.length) offer(byId("databases"), config.databases, tableCard);
if (config.imported.length) imported(byId("imported"), config.imported, config.groups);
document.documentElement.dataset.ready = "true";

/** @param {File} file */
function fileCard(file) {
  card({ title: file.name, size: size(file.size), stem: file.name.replace(/\.[^.]*$/, ""), file });
}

/** @param {string} database @param {any} table */
function tableCard(database, table) {
  card({ title: table.name, size: said("database_from", { database }), stem: table.table, url: `/api/databases/${encodeURIComponent(database)}/take`, wanted: { table: table.name, geometry: table.geometry } });
}

/**
 * One card: a file to be brought, or a table to be read at the service; then the same steps.
 * @param {{title: string, size: string, stem: string, file?: File, url?: string, wanted?: any}} source
 */
function card(source) {
  document.getElementById("no-files")?.remove();
  const place = make("div", { class: "file-body" });
  const remove = make("button", { type: "button", text: said("import_remove"), onclick: close });
  const box = make("section", { class: "file-card", "aria-label": source.title }, make("h2", { class: "data", text: source.title }), make("p", {}, make("small", { class: "data", text: source.size }), " ", remove), place);
  const table = /\.(csv|tsv|txt|xlsx|xlsm|xls|ods)$/i.test(source.file?.name ?? "");
  const offered = make("button", { type: "button", text: said("join_offer"), hidden: "", onclick: join });
  if (table) remove.before(offered, " ");
  files.prepend(box);
  let upload = "";
  let running = "";
  let joining = false;
  const stop = new AbortController();
  start();

  function close() {
    stop.abort();
    if (running) post(`/api/jobs/${running}/cancel`);
    if (upload) drop(upload);
    outline?.remove();
    box.remove();
  }

  function join() {
    offered.hidden = true;
    joining = true; // what is still being looked at as a layer is not wanted any more
    if (running) post(`/api/jobs/${running}/cancel`);
    joinTable(place, { upload, stem: source.stem, layers: config.layers, job, done: () => drop(upload) });
  }

  async function start() {
    if (source.file) return arrive(source.file);
    const told = await job(said("database_reading"), source.url ?? "", source.wanted, start);
    if (!told) return;
    upload = told.upload;
    await look({});
  }

  /** @param {File} file */
  async function arrive(file) {
    if (file.size > config.most) return fail(said("import_too_large", { most: Math.floor(config.most / 1e6) }));
    const bar = /** @type {HTMLProgressElement} */ (make("progress", { max: 1, value: 0 }));
    const words = make("span", { role: "status" });
    place.replaceChildren(bar, words, make("button", { type: "button", text: said("import_cancel"), onclick: close }));
    const began = Date.now();
    try {
      const told = await bring(
        file,
        config.part,
        (share) => {
          bar.value = share;
          const spent = (Date.now() - began) / 1000;
          words.textContent = said("import_uploading", { percent: Math.round(share * 100), spent: Math.round(spent), left: Math.ceil(spent / share - spent) });
        },
        stop.signal,
      );
      upload = told.upload;
      offered.hidden = false;
      await look({});
    } catch (error) {
      fail(error, start);
    }
  }

  /** @param {Record<string, unknown>} asked */
  async function look(asked) {
    const before = [...place.children];
    const entered = before[0] instanceof HTMLFormElement ? new FormData(before[0]) : null;
    const seen = await job(said("import_looking"), `/api/uploads/${upload}/preview`, asked, () => (entered ? place.replaceChildren(...before) : look(asked)));
    if (!seen || joining) return;
    const form = decision(seen, source.stem, asked, config, { show, again: look, take: (wanted) => take(seen, { ...asked, ...wanted }) });
    if (entered) restore(form, entered);
    place.replaceChildren(form);
    form.querySelector(".places")?.after(mapBox);
    show(null);
    form.querySelector("input:checked")?.dispatchEvent(new Event("change"));
  }

  /** @param {SeenFile} seen @param {any} wanted */
  async function take(seen, wanted) {
    const before = [...place.children];
    const report = await job(said("import_do"), `/api/uploads/${upload}/import`, wanted, () => place.replaceChildren(...before));
    if (!report) return;
    drop(upload);
    upload = "";
    const { version } = report;
    if (!wanted.new_version) config.layers.push([version.layer, text({ zh: wanted.label_zh, en: wanted.label_en || wanted.label_zh })]);
    const kept = URL.createObjectURL(new Blob([JSON.stringify({ file: source.title, seen: { ...seen, places: undefined }, report }, null, 1)], { type: "application/json" }));
    place.replaceChildren(
      make("p", { class: "done", role: "status", text: said("import_done", { layer: version.layer, number: version.number, features: number(version.features, "", 0), placed: number(report.placed, "", 0) }) }),
      ...[difference(version), ...problems(report, zoom)].filter((one) => one !== null),
      mapBox,
      make("p", {}, make("a", { class: "button", href: `/#near=${encodeURIComponent(version.layer)}&on=${encodeURIComponent(version.layer)}`, text: said("import_see") }), " ", make("a", { class: "button", href: kept, download: `${version.layer}-report.json`, text: said("import_report") })),
    );
  }

  /** Runs a job; null when it failed, which is told with a way to go on. @param {string} title @param {string} url @param {any} body @param {() => void} again */
  async function job(title, url, body, again) {
    const bar = /** @type {HTMLProgressElement} */ (make("progress", { max: 1 }));
    const words = make("span", { role: "status", text: title });
    place.replaceChildren(bar, words);
    const before = joining;
    try {
      const started = await post(url, body);
      running = started.job;
      place.append(make("button", { type: "button", text: said("import_cancel"), onclick: () => post(`/api/jobs/${started.job}/cancel`) }));
      const began = Date.now();
      const told = await finished(started, (done) => {
        const spent = (Date.now() - began) / 1000;
        if (done > 0) bar.value = done;
        words.textContent = done > 0 ? said("import_working", { title, percent: Math.round(done * 100), spent: Math.round(spent), left: Math.ceil(spent / done - spent) }) : said("import_waiting", { title, spent: Math.round(spent) });
      });
      return toldHere(told.rows, config.options);
    } catch (error) {
      if (joining === before) fail(error, again);
      return null;
    } finally {
      running = "";
    }
  }

  /** @param {unknown} error @param {() => void} [again] */
  function fail(error, again) {
    const words = spokenHere(error instanceof Error ? error.message : String(error), config.options);
    place.replaceChildren(make("p", { class: "problem data", role: "alert", text: words }), again ? make("button", { type: "button", text: said("import_retry"), onclick: again }) : "");
  }
}

/** Puts back what a person had entered before the file was looked at again. @param {HTMLFormElement} form @param {FormData} entered */
function restore(form, entered) {
  const read = ["place", "other_crs", "swapped", "datum", "datum_parameters", "rotation", "mode", "existing", "accept_changes", ...config.options.filter((/** @type {any} */ one) => one.stage === "reading" && one.name !== "id_field" && one.name !== "class_field" && one.name !== "scheme").map((/** @type {any} */ one) => one.name)];
  for (const [name, value] of entered) {
    const control = form.elements.namedItem(name);
    if (read.includes(name) || !(control instanceof HTMLInputElement || control instanceof HTMLSelectElement)) continue;
    if (name === "id_field" && value === "") continue; // nothing was chosen: what the version before had stays
    if (control.type === "checkbox") /** @type {HTMLInputElement} */ (control).checked = true;
    else control.value = String(value);
    if (name === "class_field" || name === "id_field") control.dispatchEvent(new Event("change"));
  }
}

/** Goes to one example of a problem. @param {number} lon @param {number} lat */
function zoom(lon, lat) {
  if (!map) return;
  outline?.remove();
  outline = L.circleMarker([lat, lon], { color: "#b3261e", weight: 3, radius: 12, fill: false, interactive: false }).addTo(map);
  map.setView([lat, lon], 17, { animate: false });
  mapBox.scrollIntoView({ block: "nearest" });
}

/** Shows where a choice of CRS would put the data. @param {SeenPlace | null} candidate */
function show(candidate) {
  mapBox.hidden = false;
  if (!map) {
    map = window.map_plan;
    L.tileLayer("/basemap/{z}/{x}/{y}.svg", { maxZoom: 19 }).addTo(map);
    L.control.scale({ imperial: false }).addTo(map);
    L.control.zoom({ position: "topright", zoomInTitle: said("zoom_in"), zoomOutTitle: said("zoom_out") }).addTo(map);
  }
  map.invalidateSize();
  outline?.remove();
  outline = null;
  const [west, south, east, north] = config.bounds;
  const area = L.latLngBounds([south, west], [north, east]);
  if (candidate?.outline) {
    const style = { color: "#b3261e", weight: 2, fillOpacity: 0.15 };
    outline = L.geoJSON(candidate.outline, { style, interactive: false, pointToLayer: (/** @type {any} */ _f, /** @type {any} */ at) => L.circleMarker(at, { ...style, radius: 5 }) }).addTo(map);
    const there = outline.getBounds();
    if (there.isValid()) {
      map.fitBounds(there.pad(0.2), { animate: false, maxZoom: 17 });
      return;
    }
  }
  map.fitBounds(area, { animate: false });
}

/** @param {number} bytes */
function size(bytes) {
  if (bytes < 1e3) return `${number(bytes, "", 0)} B`;
  return bytes < 1e6 ? `${number(bytes / 1e3, "", 1)} kB` : `${number(bytes / 1e6, "", 1)} MB`;
}
