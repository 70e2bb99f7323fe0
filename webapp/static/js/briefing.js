// @ts-check
/** The briefing page: pick views, numbers and text, put them in order, get slides or a document. */
import { byId, make } from "./element.js";
import { ask } from "./fetching.js";
import { post, run } from "./jobs.js";
import { said, speak } from "./language.js";

const config = JSON.parse(byId("page-config").textContent || "{}");
speak(config.lang, await ask(config.urls.messages));

/** @type {{view?: string, statistic?: string, text?: string, label: string}[]} */
let items = [];
const chosen = make("ol", { class: "briefing-items" });
const title = /** @type {HTMLInputElement} */ (make("input", { type: "text", maxlength: 200, value: config.title }));
const subtitle = /** @type {HTMLInputElement} */ (make("input", { type: "text", maxlength: 400 }));
const format = select([["pptx", said("briefing_pptx")], ["docx", said("briefing_docx")]]);
const shapes = /** @type {HTMLInputElement} */ (make("input", { type: "checkbox", id: "shapes" }));
const result = make("div", { role: "status" });
const text = /** @type {HTMLTextAreaElement} */ (make("textarea", { rows: 3, maxlength: 4000, "aria-label": said("briefing_text") }));
format.addEventListener("change", () => (shapes.disabled = format.value !== "pptx"));

byId("briefing").append(
  row("briefing_title", title),
  row("briefing_subtitle", subtitle),
  adder("briefing_view", config.views, (one) => ({ view: one.id, label: one.label })),
  adder("briefing_number", config.statistics, (one) => ({ statistic: one.id, label: one.label })),
  row("briefing_text", text),
  make("p", { class: "hint", text: said("briefing_bound") }),
  make("button", { type: "button", text: said("briefing_add_text"), onclick: () => text.value.trim() && (add({ text: text.value, label: text.value.trim().slice(0, 60) }), (text.value = "")) }),
  make("h2", { text: said("briefing_order") }),
  chosen,
  row("briefing_format", format),
  make("label", { class: "row" }, make("span", { text: said("briefing_shapes") }), shapes),
  make("p", {}, make("button", { type: "button", id: "make", text: said("briefing_make"), onclick: begin })),
  result,
);
show();
document.documentElement.dataset.ready = "true";

/** @param {any} item */
function add(item) {
  if (items.length >= config.most) return;
  items.push(item);
  show();
}

function show() {
  chosen.replaceChildren(...(items.length ? items.map(line) : [make("li", { class: "empty", text: said("briefing_empty") })]));
  /** @type {HTMLButtonElement} */ (byId("make")).disabled = !items.length;
}

/** @param {any} item @param {number} at */
function line(item, at) {
  const move = (/** @type {number} */ by) => {
    const [taken] = items.splice(at, 1);
    items.splice(at + by, 0, taken);
    show();
  };
  const kind = item.view ? "briefing_view" : item.statistic ? "briefing_number" : "briefing_text";
  return make(
    "li",
    {},
    make("span", { class: "data", text: item.label }),
    make("small", { text: ` ${said(kind)} ` }),
    make("button", { type: "button", "aria-label": said("briefing_up"), text: "↑", disabled: at === 0, onclick: () => move(-1) }),
    make("button", { type: "button", "aria-label": said("briefing_down"), text: "↓", disabled: at === items.length - 1, onclick: () => move(1) }),
    make("button", { type: "button", text: said("import_remove"), onclick: () => ((items = items.filter((_, i) => i !== at)), show()) }),
  );
}

async function begin() {
  const asked = items.map(({ view, statistic, text: words }) => (view ? { view } : statistic ? { statistic } : { text: words }));
  const told = await run(result, () => post(`/api/briefings?lang=${config.lang}`, { title: title.value, subtitle: subtitle.value, items: asked, format: format.value, shapes: shapes.checked }));
  if (told) result.replaceChildren(make("a", { class: "button", href: `/briefings/${told.rows.file}`, text: said("briefing_download") }));
}

/** @param {string} key @param {any[]} options @param {(one: any) => any} made */
function adder(key, options, made) {
  const list = select(options.map((one) => [one.id, one.label]));
  const button = make("button", { type: "button", text: said("briefing_add"), disabled: !options.length, onclick: () => add(made(options[list.selectedIndex])) });
  return make("label", { class: "row" }, make("span", { text: said(key) }), make("span", { class: "buttons" }, list, button));
}

/** @param {string[][]} options @returns {HTMLSelectElement} */
function select(options) {
  return /** @type {HTMLSelectElement} */ (make("select", {}, ...options.map(([value, words]) => make("option", { value, text: words }))));
}

/** @param {string} key @param {HTMLElement} control */
function row(key, control) {
  return make("label", { class: "row" }, make("span", { text: said(key) }), control);
}
