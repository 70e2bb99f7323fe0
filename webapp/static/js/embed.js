// @ts-check
/** The map inside another page: the frame's code to copy, pinned or following, and links that end. */
import { announce, make } from "./element.js";
import { ask } from "./fetching.js";
import { post } from "./jobs.js";
import { said, text } from "./language.js";

/** @param {any} config of the page @param {() => string} state what the address says after # */
export function embedButton(config, state) {
  const code = /** @type {HTMLTextAreaElement} */ (make("textarea", { readonly: true, rows: 4, "aria-label": said("embed_code") }));
  const named = config.named ? make("option", { value: config.named.id, text: said("embed_named", { name: text(config.named.title) }) }) : null;
  const what = /** @type {HTMLSelectElement} */ (make("select", {}, named, make("option", { value: "map", text: said("embed_now") })));
  const controls = box("embed_controls");
  const pinned = box("embed_pinned");
  const result = make("div", { class: "embed-link" });
  const warnings = make("div", {});
  const path = () => {
    const asked = new URLSearchParams(what.value === "map" ? { v: state(), lang: config.lang } : { lang: config.lang });
    if (controls.checked) asked.set("controls", "yes");
    if (pinned.checked) asked.set("as_of", new Date().toISOString().slice(0, 19));
    return `/embed/${what.value}?${asked}`;
  };
  const fill = () => {
    const address = escaped(window.location.origin + path());
    code.value = `<iframe src="${address}" width="800" height="500" title="${escaped(document.title)}" sandbox="allow-scripts allow-popups" loading="lazy" style="border:0"></iframe>`;
    result.replaceChildren();
    beware();
  };
  /** What to check before the data leave: how much ground of a large scale the frame would cover. */
  const beware = async () => {
    const asked = what.value === "map" ? `?${new URLSearchParams({ v: state() })}` : "";
    try {
      const told = await ask(`/render/${encodeURIComponent(what.value)}.json${asked}`);
      warnings.replaceChildren(...told.data_warnings.map((/** @type {any} */ one) => make("p", { class: "problem", text: text(one) })));
    } catch {
      warnings.replaceChildren(); // the frame itself will say what is wrong
    }
  };
  for (const one of [what, controls, pinned]) one.addEventListener("change", fill);
  const copy = async () => {
    code.select();
    try {
      await navigator.clipboard.writeText(code.value);
      announce(said("copied"));
    } catch {
      announce(said("copy_by_hand"));
    }
  };
  const days = /** @type {HTMLSelectElement} */ (make("select", {}, ...[7, 30, 90, 365].map((n) => make("option", { value: n, text: said("embed_days", { days: n }) }))));
  const link = async () => {
    try {
      const told = await post("/api/links", { path: path(), days: Number(days.value) });
      const until = new Date(told.ends * 1000).toISOString().slice(0, 10);
      result.replaceChildren(
        make("input", { type: "text", readonly: true, value: told.url, "aria-label": said("embed_link") }),
        make("img", { src: told.qr, alt: said("embed_qr"), width: 200 }),
        make("p", { class: "hint", text: said("embed_until", { day: until }) }),
      );
    } catch (error) {
      result.replaceChildren(make("p", { class: "problem", role: "alert", text: error instanceof Error ? error.message : "" }));
    }
  };
  const may = config.person?.scopes.includes("views:write");
  const dialog = /** @type {HTMLDialogElement} */ (
    make(
      "dialog",
      { class: "embed", "aria-label": said("embed_heading") },
      make("h2", { text: said("embed_heading") }),
      make("p", { class: "hint", text: said("embed_intro") }),
      named ? make("label", {}, said("embed_what"), " ", what) : null,
      make("label", {}, controls, " ", said("embed_controls")),
      make("label", {}, pinned, " ", said("embed_pinned")),
      warnings,
      code,
      make("p", { class: "buttons" }, make("button", { type: "button", text: said("embed_copy"), onclick: copy }), make("a", { class: "button", target: "_blank", text: said("embed_try"), onclick: (/** @type {Event} */ e) => /** @type {HTMLElement} */ (e.target).setAttribute("href", path()), href: "/embed/map" })),
      may ? make("p", { class: "buttons" }, days, make("button", { type: "button", text: said("embed_make_link"), onclick: link })) : null,
      result,
      make("form", { method: "dialog" }, make("button", { text: said("close") })),
    )
  );
  document.body.append(dialog);
  return make("button", { type: "button", id: "embed", text: said("embed_heading"), onclick: () => (fill(), dialog.showModal()) });
}

/** @param {string} key @returns {HTMLInputElement} */
function box(key) {
  return /** @type {HTMLInputElement} */ (make("input", { type: "checkbox", id: key }));
}

/** Text for an attribute in double quotes. @param {string} text */
function escaped(text) {
  return text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;");
}
