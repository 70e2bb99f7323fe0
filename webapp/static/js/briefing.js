// @ts-check
/** The briefing page: pick views, numbers and text, put them in order, get a page, PDF, slides, a document or pictures. */
import { draftItems, draftWords, keepItems, keepWords, onDraftElsewhere } from "./draft-briefing.js";
import { byId, make } from "./element.js";
import { ask } from "./fetching.js";
import { choice, row } from "./form.js";
import { post, run } from "./jobs.js";
import { said, speak } from "./language.js";

const config = JSON.parse(byId("page-config").textContent || "{}");
speak(config.lang, await ask(config.urls.messages));

/** @typedef {{id: string, label: string}} Choice */
/** @import { Item } from "./draft-briefing.js" */

/** @type {Item[]} */
let items = draftItems();
const chosen = make("ol", { class: "briefing-items" });
const typed = draftWords();
const worded = () => keepWords([title.value, subtitle.value]);
const title = /** @type {HTMLInputElement} */ (make("input", { type: "text", maxlength: 200, value: typed[0] ?? config.title, oninput: worded }));
const subtitle = /** @type {HTMLInputElement} */ (make("input", { type: "text", maxlength: 400, value: typed[1] ?? "", oninput: worded }));
const FORMATS = ["pptx", "docx", "html", "pdf", "zip", "toml"];
const formats = FORMATS.map((kind) => /** @type {HTMLInputElement} */ (make("input", { type: "checkbox", name: "format", value: kind, checked: kind === "pptx", onchange: suit })));
const find = /** @type {HTMLInputElement} */ (make("input", { type: "search", id: "find", oninput: () => narrow.forEach((one) => one(find.value)) }));
/** @type {((query: string) => void)[]} each list of what may be added, narrowed to what holds some words */
const narrow = [];
const removed = make("div", { role: "status" });
const template = /** @type {HTMLInputElement} */ (make("input", { type: "file", accept: ".pptx,.docx", id: "template" }));
const own = /** @type {HTMLInputElement} */ (make("input", { type: "file", accept: ".toml", id: "own" }));
const using = make("div", { role: "status" });
/** @type {{label: string, file: string} | null} a declared briefing used instead of the picks */
let declared = null;
const shapes = /** @type {HTMLInputElement} */ (make("input", { type: "checkbox", id: "shapes" }));
const result = make("div", { role: "status" });
const text = /** @type {HTMLTextAreaElement} */ (make("textarea", { rows: 3, maxlength: 4000, "aria-label": said("briefing_text") }));
/** @type {HTMLTextAreaElement} where a number's place is put: the field one wrote in last */
let writing = text;
text.addEventListener("focus", () => (writing = text));
const bound = choice("bound", config.statistics.map((/** @type {Choice} */ one) => [one.id, one.label]));
const counted = make("p", { role: "status" });
const order = make("h2", { text: said("briefing_order") });
own.addEventListener("change", async () => own.files?.[0] && use({ label: own.files[0].name, file: await own.files[0].text() }));

const kept = choice("declared", config.briefings.map((/** @type {Choice} */ one) => [one.id, one.label]));
const take = make("button", { type: "button", id: "use", text: said("briefing_use"), disabled: !config.briefings.length, onclick: () => use(config.briefings[kept.selectedIndex]) });
const copy = make("button", { type: "button", id: "edit", text: said("briefing_edit"), disabled: !config.briefings.length, onclick: () => edit(config.briefings[kept.selectedIndex].draft) });

byId("briefing").append(
  row("briefing_declared", make("span", { class: "buttons" }, kept, take, copy)),
  row("briefing_own", own),
  using,
);
const picks = make("div", {},
  row("briefing_title", title),
  row("briefing_subtitle", subtitle),
  row("briefing_find", find),
  adder("briefing_view", config.views, "view"),
  adder("briefing_number", config.statistics, "statistic"),
  adder("briefing_indicator", config.indicators, "indicator"),
  adder("briefing_feature", config.features, "feature"),
  ...(config.cut.length ? [make("p", { class: "hint data", text: said("briefing_cut", { layers: config.cut.join(" · "), most: config.sites }) })] : []),
  row("briefing_text", text),
  row("briefing_bound", make("span", { class: "buttons" }, bound, make("button", { type: "button", id: "bind", text: said("briefing_bind"), disabled: !config.statistics.length, onclick: bind }), make("button", { type: "button", text: said("briefing_add_text"), onclick: () => text.value.trim() && (add({ kind: "text", value: text.value, label: text.value.trim().slice(0, 60) }), (text.value = "")) }), make("button", { type: "button", id: "chapter", text: said("briefing_add_chapter"), onclick: () => text.value.trim() && (add({ kind: "chapter", value: text.value.trim().slice(0, 200), label: text.value.trim().slice(0, 60) }), (text.value = "")) }))),
  order,
  counted,
  chosen,
  removed,
);
byId("briefing").append(
  picks,
  make("fieldset", { class: "formats" }, make("legend", { text: said("briefing_format") }), ...formats.map((box) => make("label", {}, box, ` ${said(`briefing_${box.value}`)}`))),
  row("briefing_template", template),
  row("briefing_shapes", shapes),
  make("p", {}, make("button", { type: "button", id: "make", text: said("briefing_make"), onclick: () => begin(formats.filter((one) => one.checked).map((one) => one.value)) }), " ", make("button", { type: "button", id: "preview", text: said("briefing_preview"), onclick: () => begin(["pdf", "pages"], "briefing_look") })),
  result,
);
const wished = new URLSearchParams(window.location.search); // from a site's dossier
const offered = config.features.find((/** @type {Choice} */ one) => one.id === wished.get("feature"));
if (offered) bring({ kind: "feature", value: offered.id, label: offered.label });
const drawn = wished.get("site");
if (drawn) bring({ kind: "site", value: drawn, label: (wished.get("label") ?? "").slice(0, 120) || labelOf({ kind: "site", value: drawn }), title: wished.get("name") ?? "" });
suit();
show();
onDraftElsewhere(() => {
  items = draftItems();
  const [head, under] = draftWords(); // as typed in another tab: what is typed here next keeps both
  [title.value, subtitle.value] = [head ?? title.value, under ?? subtitle.value];
  show();
});
document.documentElement.dataset.ready = "true";

/** Adds what an address brings, once. @param {Item} item */
function bring(item) {
  if (items.length < config.most && !items.some((one) => one.kind === item.kind && one.value === item.value)) items.push(item);
}

/** @param {Item} item */
function add(item) {
  const full = items.length >= config.most;
  if (!full) items.push(item);
  show();
  if (full) counted.textContent = said("briefing_full", { count: items.length });
}

/** Puts the place of a number into the text one writes, where one is in it. */
function bind() {
  writing.setRangeText(`{${bound.value}}`, writing.selectionStart, writing.selectionEnd, "end");
  writing.dispatchEvent(new Event("input"));
  writing.focus();
}

function show() {
  keepItems(items);
  picks.hidden = Boolean(declared);
  counted.textContent = items.length ? said("briefing_taken", { count: items.length }) : "";
  chosen.replaceChildren(...(items.length ? items.map(line) : [make("li", { class: "empty", text: said("briefing_empty") })]));
  for (const id of ["make", "preview"]) /** @type {HTMLButtonElement} */ (byId(id)).disabled = !items.length && !declared;
}

/** What belongs to one format can be given where that is chosen. */
function suit() {
  const on = (/** @type {string} */ kind) => formats.some((one) => one.value === kind && one.checked);
  shapes.disabled = !on("pptx");
  template.disabled = !on("pptx") && !on("docx");
}

/** Takes a declared briefing's items as picks, to be changed; it stays as it is. @param {{title: string, subtitle: string, items: Omit<Item, "label">[]}} draft */
function edit(draft) {
  const before = { items, title: title.value, subtitle: subtitle.value };
  items = draft.items.slice(0, config.most).map((one) => ({ ...one, label: labelOf(one) }));
  [title.value, subtitle.value] = [draft.title || title.value, draft.subtitle];
  worded();
  use(null);
  order.scrollIntoView();
  const back = () => ((items = before.items), ([title.value, subtitle.value] = [before.title, before.subtitle]), worded(), offer(null), show());
  offer(before.items.length ? { words: said("briefing_removed", { name: before.items.map((one) => one.label).join(" · ").slice(0, 120) }), back } : null);
}

/** What an item is called. @param {Omit<Item, "label">} one */
function labelOf(one) {
  const known = { view: config.views, statistic: config.statistics, indicator: config.indicators, feature: config.features }[one.kind] ?? [];
  return known.find((/** @type {Choice} */ other) => other.id === one.value)?.label ?? one.title ?? one.value.slice(0, 60);
}

/** Says what was taken away and puts it back where that is asked for. @param {{words: string, back: () => void} | null} told */
function offer(told) {
  removed.replaceChildren(...(told ? [make("span", { class: "data", text: told.words }), " ", make("button", { type: "button", id: "put-back", text: said("briefing_put_back"), onclick: told.back })] : []));
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
    const buttons = chosen.children[at + by].querySelectorAll("button"); // the keyboard stays with what it moves
    (buttons[by < 0 ? 0 : 1].disabled ? buttons[by < 0 ? 1 : 0] : buttons[by < 0 ? 0 : 1]).focus();
  };
  const remove = () => {
    items = items.filter((_, i) => i !== at);
    offer({ words: said("briefing_removed", { name: item.title || item.label }), back: () => (items.splice(at, 0, item), offer(null), show()) });
    show();
  };
  const kind = item.kind === "statistic" ? "briefing_number" : `briefing_${item.kind}`;
  const named = /** @type {HTMLInputElement} */ (make("input", { type: "text", maxlength: 200, value: item.title ?? "", placeholder: said("briefing_own_title"), "aria-label": `${item.label}: ${said("briefing_own_title")}` }));
  named.addEventListener("input", () => ((item.title = named.value.trim()), keepItems(items)));
  const words = /** @type {HTMLTextAreaElement} */ (make("textarea", { rows: 2, maxlength: 4000, "aria-label": `${item.label}: ${said("briefing_text")}` }));
  words.value = item.value;
  const name = make("span", { class: "data", text: item.label });
  words.addEventListener("input", () => {
    item.value = words.value;
    name.textContent = item.label = words.value.trim().slice(0, 60) || said("briefing_text");
    keepItems(items);
  });
  words.addEventListener("focus", () => (writing = words));
  const carried = make(
    "li",
    { draggable: "true" },
    make("span", { class: "what" }, name, make("small", { text: ` ${said(kind)} ` })),
    named,
    make(
      "span",
      { class: "buttons" },
      make("button", { type: "button", "aria-label": said("briefing_up"), text: "↑", disabled: at === 0, onclick: () => move(-1) }),
      make("button", { type: "button", "aria-label": said("briefing_down"), text: "↓", disabled: at === items.length - 1, onclick: () => move(1) }),
      make("button", { type: "button", text: said("import_remove"), onclick: remove }),
    ),
    ...(["text", "chapter"].includes(item.kind) ? [words] : []),
  );
  for (const field of [named, words]) { // letters are chosen in a field, not the row carried away
    field.addEventListener("focus", () => (carried.draggable = false));
    field.addEventListener("blur", () => (carried.draggable = true));
  }
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

/** Makes the briefing in some formats, from one state of the data. @param {string[]} kinds @param {string} [key] what the link says */
async function begin(kinds, key = "briefing_download") {
  if (!kinds.length) {
    result.replaceChildren(make("span", { class: "problem", role: "alert", text: said("briefing_no_format") }));
    return;
  }
  /** @type {Awaited<ReturnType<typeof brought>>[]} */
  const own = []; // brought once, however often the briefing is asked for
  const told = await run(result, async () => {
    const picked = items.map((one) => ({ [one.kind]: one.value, ...(one.title ? { title: one.title } : {}) }));
    const content = declared ? { declaration: declared.file } : { title: title.value, subtitle: subtitle.value, items: picked };
    if (!own.length) own.push(await brought(kinds));
    return post(`/api/briefings?lang=${config.lang}`, { ...content, formats: kinds, shapes: shapes.checked, template: own[0].template });
  });
  if (!told) return;
  const preview = key === "briefing_look";
  const links = kinds.filter((kind) => kind !== "pages").map((kind) => make("p", {}, make("a", { class: "button", href: `/briefings/${told.rows.files[kind]}${preview ? "?look=1" : ""}`, target: preview ? "_blank" : "_self", text: preview ? said(key) : `${said(key)} · ${said(`briefing_${kind}`)}` })));
  result.replaceChildren(...links);
  if (told.rows.pages.length) result.append(pictured(told.rows.pages));
  const listed = (/** @type {string} */ head, /** @type {string[]} */ lines) => lines.length && result.append(make("h2", { text: said(head) }), make("ul", {}, ...lines.map((one) => make("li", { class: "data", text: one }))));
  listed("briefing_lacks", own.flatMap((one) => one.lacks).map((one) => one[/** @type {"zh" | "en"} */ (config.lang)]));
  listed("briefing_layouts", own.flatMap((one) => one.uses).map((one) => one[/** @type {"zh" | "en"} */ (config.lang)]));
  listed("briefing_changes", told.rows.changes);
}

/** The pages as small pictures, each read when it comes into view. @param {string[]} pages */
function pictured(pages) {
  return make("ol", { class: "briefing-pages" }, ...pages.map((file, at) => {
    const told = said("briefing_page_of", { page: at + 1, of: pages.length });
    return make("li", {}, make("img", { src: `/briefings/${file}?look=1`, alt: told, loading: "lazy", width: 331, height: 468 }), make("span", { text: told }));
  }));
}

/** Sends the template, if one is chosen that suits a format. @param {string[]} kinds @returns {Promise<{template: string, lacks: {zh: string, en: string}[], uses: {zh: string, en: string}[]}>} */
async function brought(kinds) {
  const file = template.files?.[0];
  const kind = file?.name.split(".").pop()?.toLowerCase() ?? "";
  if (!file || template.disabled || !kinds.includes(kind)) return { template: "", lacks: [], uses: [] };
  const asked = new URLSearchParams({ lang: config.lang, kind, name: file.name });
  return ask(`/api/briefings/templates?${asked}`, { method: "POST", headers: { Accept: "application/json", "Content-Type": "application/octet-stream" }, body: file });
}

/** @param {string} key @param {Choice[]} options @param {string} kind */
function adder(key, options, kind) {
  let listed = options;
  const list = choice(kind, options.map((one) => [one.id, one.label]));
  const button = /** @type {HTMLButtonElement} */ (make("button", { type: "button", text: said("briefing_add"), disabled: !options.length, onclick: () => {
    const one = listed[list.selectedIndex];
    add({ kind, value: one.id, label: one.label });
  } }));
  narrow.push((query) => {
    const words = query.trim().toLowerCase();
    listed = options.filter((one) => one.label.toLowerCase().includes(words));
    list.replaceChildren(...(listed.length ? listed.map((one) => make("option", { value: one.id, text: one.label })) : [make("option", { text: said("briefing_nothing_found") })]));
    list.disabled = button.disabled = !listed.length;
  });
  return row(key, make("span", { class: "buttons" }, list, button));
}
