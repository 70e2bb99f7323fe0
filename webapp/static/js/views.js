// @ts-check
/** Views: those of the catalogue and those people keep; open, keep, rename, replace, delete, undo. */
import { announce, make } from "./element.js";
import { ask } from "./fetching.js";
import { post } from "./jobs.js";
import { said, text } from "./language.js";

/** @param {any} config of the page @param {() => string} state what the address says after # */
export function viewsButton(config, state) {
  const may = config.person?.scopes.includes("views:write");
  const list = make("ul", { class: "view-list" });
  const news = make("p", { role: "status" });
  const name = input("view_name", 200);
  const about = input("view_about", 2000);
  const closed = /** @type {HTMLInputElement} */ (make("input", { type: "checkbox", id: "view-closed" }));
  const save = make(
    "form",
    { class: "view-save", onsubmit: keep },
    make("label", {}, make("span", { text: said("view_name") }), name),
    make("label", {}, make("span", { text: said("view_about") }), about),
    make("label", { class: "view-closed" }, closed, " ", said("view_not_public")),
    make("button", { text: said("view_save") }),
  );
  const dialog = /** @type {HTMLDialogElement} */ (
    make("dialog", { class: "embed views", "aria-label": said("views_heading") }, make("h2", { text: said("views_heading") }), list, news, may ? save : make("p", { class: "hint", text: said("view_sign_in") }), make("form", { method: "dialog" }, make("button", { text: said("close") })))
  );
  document.body.append(dialog);
  return make("button", { type: "button", id: "views", text: said("views_heading"), onclick: () => (fill(), dialog.showModal()) });

  async function fill() {
    try {
      const told = await ask("/api/views");
      list.replaceChildren(...told.views.map(row));
      if (!told.views.length) list.replaceChildren(make("li", { class: "empty", text: said("views_none") }));
    } catch (error) {
      tell(error);
    }
  }

  /** @param {any} view */
  function row(view) {
    const mine = view.saved && may && (view.owner === config.person.name || config.person.scopes.includes("admin"));
    const link = make("a", { href: `${view.link}&lang=${config.lang}`, class: "data", text: text(view.title) });
    const under = [text(view.description), view.saved ? said("view_by", { owner: view.owner, day: view.changed_at.slice(0, 10) }) : said("view_declared"), view.public ? "" : said("view_closed")].filter(Boolean).join(" · ");
    return make("li", {}, link, make("small", { class: "data", text: under }), mine ? tools(view) : null);
  }

  /** @param {any} view */
  function tools(view) {
    const url = `/api/views/${encodeURIComponent(view.id)}`;
    const place = make("span", { class: "view-tools" });
    const buttons = [
      make("button", { type: "button", text: said("view_rename"), onclick: rename }),
      make("button", { type: "button", text: said("view_replace"), onclick: () => act(() => send(url, "PATCH", { state: state() }), said("view_replaced")) }),
      make("button", { type: "button", text: said(view.public ? "view_close" : "view_open"), onclick: () => opened(!view.public) }),
      make("button", { type: "button", text: said("view_delete"), onclick: remove }),
    ];
    place.append(...buttons);
    return place;

    function rename() {
      const field = input("view_name", 200);
      field.value = text(view.title);
      const form = make("form", { onsubmit: (/** @type {Event} */ e) => (e.preventDefault(), act(() => send(url, "PATCH", { name: field.value }), said("view_renamed"))) }, field, make("button", { text: said("view_save_name") }));
      place.replaceChildren(form);
      field.focus();
    }

    /** @param {boolean} to whether everybody may open it */
    async function opened(to) {
      const words = (/** @type {boolean} */ now) => said(now ? "view_made_open" : "view_made_closed", { name: text(view.title) });
      await act(() => send(url, "PATCH", { public: to }), words(to));
      undo(() => send(url, "PATCH", { public: !to }), words(!to));
    }

    async function remove() {
      await act(() => send(url, "DELETE"), said("view_deleted", { name: text(view.title) }));
      undo(() => post(`${url}/restore`), said("view_restored", { name: text(view.title) }));
    }

    /** @param {() => Promise<any>} what @param {string} words */
    function undo(what, words) {
      if (news.className !== "problem") news.append(" ", make("button", { type: "button", text: said("view_undo"), onclick: () => act(what, words) }));
    }
  }

  /** @param {Event} event */
  async function keep(event) {
    event.preventDefault();
    await act(() => post("/api/views", { name: name.value, description: about.value, state: state(), public: !closed.checked }), said("view_saved", { name: name.value }));
    name.value = about.value = "";
    closed.checked = false;
  }

  /** Does something and says so. @param {() => Promise<any>} what @param {string} words */
  async function act(what, words) {
    try {
      await what();
      news.className = "";
      news.textContent = words;
      announce(words);
      await fill();
    } catch (error) {
      tell(error);
    }
  }

  /** @param {unknown} error */
  function tell(error) {
    news.className = "problem";
    news.textContent = error instanceof Error ? error.message : String(error);
  }
}

/** @param {string} url @param {string} method @param {any} [body] */
function send(url, method, body = {}) {
  return ask(url, { method, headers: { Accept: "application/json", "Content-Type": "application/json" }, body: method === "DELETE" ? undefined : JSON.stringify(body) });
}

/** @param {string} key @param {number} most @returns {HTMLInputElement} */
function input(key, most) {
  return /** @type {HTMLInputElement} */ (make("input", { type: "text", maxlength: most, required: key === "view_name", "aria-label": said(key) }));
}
