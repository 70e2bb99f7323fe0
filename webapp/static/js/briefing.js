// @ts-check
/** The briefing page: pick views, numbers and text, put them in order, get a page, PDF, slides, a document or pictures. */
import { draftItems, keepItems } from "./draft-briefing.js";
import { byId, make } from "./element.js";
import { ask } from "./fetching.js";
import { choice, row } from "./form.js";
import { post, run } from "./jobs.js";
import { said, speak } from "./language.js";

const config = JSON.parse(byId("page-config").textContent || "{}");
speak(config.lang, await ask(config.urls.messages));

/** @typedef {{id: string, label: string}} Choice */
/** @typedef {{kind: string, value: string, label: string}} Item */

/** @type {Item[]} */
let items = draftItems();
const chosen = make("ol", { class: "briefing-items" });
const title = /** @type {HTMLInputElement} */ (make("input", { type: "text", maxlength: 200, value: config.title }));
const subtitle = /** @type {HTMLInputElement} */ (make("input", { type: "text", maxlength: 400 }));
const format = choice("format", ["pptx", "docx", "html", "pdf", "zip", "toml"].map((kind) => [kind, said(`briefing_${kind}`)]));
const template = /** @type {HTMLInputElement} */ (make("input", { type: "file", accept: ".pptx,.docx", id: "template" }));
const own = /** @type {HTMLInputElement} */ (make("input", { type: "file", accept: ".toml", id: "own" }));
const using = make("div", { role: "status" });
/** @type {{label: string, file: string} | null} a declared briefing used instead of the picks */
let declared = null;
const shapes = /** @type {HTMLInputElement} */ (make("input", { type: "checkbox", id: "shapes" }));
const result = make("div", { role: "status" });
const text = /** @type {HTMLTextAreaElement} */ (make("textarea", { rows: 3, maxlength: 4000, "aria-label": said("briefing_text") }));
format.addEventListener("change", () => {
  shapes.disabled = format.value !== "pptx";
  template.disabled = !["pptx", "docx"].includes(format.value);
});
own.addEventListener("change", async () => own.files?.[0] && use({ label: own.files[0].name, file: await own.files[0].text() }));

const kept = choice("declared", config.briefings.map((/** @type {Choice} */ one) => [one.id, one.label]));
const take = make("button", { type: "button", id: "use", text: said("briefing_use"), disabled: !config.briefings.length, onclick: () => use(config.briefings[kept.selectedIndex]) });

byId("briefing").append(
  row("briefing_declared", make("span", { class: "buttons" }, kept, take)),
  row("briefing_own", own),
  using,
  row("briefing_title", title),
  row("briefing_subtitle", subtitle),
  adder("briefing_view", config.views, "view"),
  adder("briefing_number", config.statistics, "statistic"),
  adder("briefing_indicator", config.indicators, "indicator"),
  adder("briefing_feature", config.features, "feature"),
  row("briefing_text", text),
  make("p", { class: "hint", text: said("briefing_bound") }),
  make("button", { type: "button", text: said("briefing_add_text"), onclick: () => text.value.trim() && (add({ kind: "text", value: text.value, label: text.value.trim().slice(0, 60) }), (text.value = "")) }),
  make("h2", { text: said("briefing_order") }),
  chosen,
  row("briefing_format", format),
  row("briefing_template", template),
  row("briefing_shapes", shapes),
  make("p", {}, make("button", { type: "button", id: "make", text: said("briefing_make"), onclick: begin })),
  result,
);
const wished = new URLSearchParams(window.location.search).get("feature"); // from a site's dossier
const offered = config.features.find((/** @type {Choice} */ one) => one.id === wished);
if (offered && !items.some((one) => one.value === offered.id)) items.push({ kind: "feature", value: offered.id, label: offered.label });
show();
document.documentElement.dataset.ready = "true";

/** @param {Item} item */
function add(item) {
  if (items.length >= config.most) return;
  items.push(item);
  show();
}

function show() {
  keepItems(items);
  chosen.replaceChildren(...(items.length ? items.map(line) : [make("li", { class: "empty", text: said("briefing_empty") })]));
  /** @type {HTMLButtonElement} */ (byId("make")).disabled = !items.length && !declared;
}

/** Takes a declared briefing instead of the picks, or goes back to them. @param {typeof declared} one */
function use(one) {
  declared = one;
  using.replaceChildren(...(one ? [make("p", { text: said("briefing_using", { name: one.label }) }), make("button", { type: "button", text: said("briefing_drop"), onclick: () => use(null) })] : []));
  if (!one) own.value = "";
  show();
}

/** @param {Item} item @param {number} at */
function line(item, at) {
  const move = (/** @type {number} */ by) => {
    const [taken] = items.splice(at, 1);
    items.splice(at + by, 0, taken);
    show();
  };
  const kind = item.kind === "statistic" ? "briefing_number" : `briefing_${item.kind}`;
  const carried = make(
    "li",
    { draggable: "true" },
    make("span", { class: "data", text: item.label }),
    make("small", { text: ` ${said(kind)} ` }),
    make("button", { type: "button", "aria-label": said("briefing_up"), text: "↑", disabled: at === 0, onclick: () => move(-1) }),
    make("button", { type: "button", "aria-label": said("briefing_down"), text: "↓", disabled: at === items.length - 1, onclick: () => move(1) }),
    make("button", { type: "button", text: said("import_remove"), onclick: () => ((items = items.filter((_, i) => i !== at)), show()) }),
  );
  carried.addEventListener("dragstart", (event) => event.dataTransfer?.setData("text/plain", String(at)));
  carried.addEventListener("dragover", (event) => event.preventDefault());
  carried.addEventListener("drop", (event) => {
    event.preventDefault();
    const from = Number(event.dataTransfer?.getData("text/plain"));
    if (!Number.isInteger(from) || from < 0 || from >= items.length) return;
    const [taken] = items.splice(from, 1);
    items.splice(at, 0, taken);
    show();
  });
  return carried;
}

async function begin() {
  const told = await run(result, async () => {
    const content = declared ? { declaration: declared.file } : { title: title.value, subtitle: subtitle.value, items: items.map((one) => ({ [one.kind]: one.value })) };
    return post(`/api/briefings?lang=${config.lang}`, { ...content, format: format.value, shapes: shapes.checked, template: await brought() });
  });
  if (!told) return;
  const changes = told.rows.changes.map((/** @type {string} */ one) => make("li", { class: "data", text: one }));
  result.replaceChildren(make("a", { class: "button", href: `/briefings/${told.rows.file}`, text: said("briefing_download") }));
  if (changes.length) result.append(make("h2", { text: said("briefing_changes") }), make("ul", {}, ...changes));
}

/** Sends the template, if one is chosen; its name at the service. */
async function brought() {
  const file = template.files?.[0];
  if (!file || template.disabled) return "";
  const asked = new URLSearchParams({ lang: config.lang, kind: format.value, name: file.name });
  const told = await ask(`/api/briefings/templates?${asked}`, { method: "POST", headers: { Accept: "application/json", "Content-Type": "application/octet-stream" }, body: file });
  return told.template;
}

/** @param {string} key @param {Choice[]} options @param {string} kind */
function adder(key, options, kind) {
  const list = choice(kind, options.map((one) => [one.id, one.label]));
  const button = make("button", { type: "button", text: said("briefing_add"), disabled: !options.length, onclick: () => {
    const one = options[list.selectedIndex];
    add({ kind, value: one.id, label: one.label });
  } });
  return row(key, make("span", { class: "buttons" }, list, button));
}
