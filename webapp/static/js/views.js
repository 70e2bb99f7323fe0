// @ts-check
/** Views: those of the catalog and those people keep; open, keep, rename, replace, delete, undo. */
import { signal } from "@preact/signals-core";
import { html, nothing } from "lit-html";
import { live } from "lit-html/directives/live.js";
import { Dialog, into, ticked } from "./dialog.js";
import { announce } from "./element.js";
import { ask } from "./fetching.js";
import { post } from "./jobs.js";
import { said, text } from "./language.js";

/** @import { ListedView, ViewList } from "./api.js" */
/** @import { Page } from "./page.js" */
/** @typedef {{words: string, undo: (() => void) | null, failed: boolean}} News */

/** @param {Page} page @returns {Dialog} */
export function viewsDialog(page) {
  const { person } = page.config;
  const may = Boolean(person?.scopes.includes("views:write"));
  /** @type {import("@preact/signals-core").Signal<ListedView[]>} */
  const list = signal([]);
  /** @type {import("@preact/signals-core").Signal<News>} */
  const news = signal({ words: "", undo: null, failed: false });
  const [name, about, closed] = [signal(""), signal(""), signal(false)];
  /** The view that is being renamed, and to what. */
  const [renamed, title] = [signal(""), signal("")];
  const dialog = new Dialog("embed views", "views_heading", part);
  dialog.open.subscribe((open) => open && fill());
  return dialog;

  function part() {
    const { words, undo, failed } = news.value;
    return html`<ul class="view-list">${list.value.length ? list.value.map(row) : html`<li class="empty">${said("views_none")}</li>`}</ul>
      <p role="status" class=${failed ? "problem" : ""}>${words} ${undo ? html`<button type="button" @click=${undo}>${said("view_undo")}</button>` : nothing}</p>
      ${may ? keeping() : html`<p class="hint">${said("view_sign_in")}</p>`}`;
  }

  function keeping() {
    return html`<form class="view-save" @submit=${keep}>
      <label><span>${said("view_name")}</span>${input("view_name", name, 200)}</label>
      <label><span>${said("view_about")}</span>${input("view_about", about, 2000)}</label>
      <label class="view-closed"><input type="checkbox" id="view-closed" .checked=${live(closed.value)} @change=${ticked(closed)} /> ${said("view_not_public")}</label>
      <button>${said("view_save")}</button>
    </form>`;
  }

  async function fill() {
    try {
      /** @type {ViewList} */
      const told = await ask("/api/views");
      list.value = told.views;
    } catch (error) {
      fail(error);
    }
  }

  /** Opens a view in the open page. @param {Event} event @param {ListedView} view */
  function open(event, view) {
    const keys = /** @type {MouseEvent} */ (event);
    if (keys.ctrlKey || keys.metaKey || keys.shiftKey) return; // in a tab of its own
    event.preventDefault();
    dialog.element.close();
    page.open(`#${view.state}`);
  }

  /** @param {ListedView} view */
  function row(view) {
    const mine = view.saved && may && (view.owner === person?.name || person?.scopes.includes("admin"));
    const by = view.saved ? said("view_by", { owner: view.owner ?? "", day: (view.changed_at ?? "").slice(0, 10) }) : said("view_declared");
    const under = [text(view.description), by, view.public ? "" : said("view_closed")].filter(Boolean).join(" · ");
    return html`<li>
      <a href="${view.link}&lang=${page.config.lang}" class="data" @click=${(/** @type {Event} */ e) => open(e, view)}>${text(view.title)}</a>
      <small class="data">${under}</small>
      ${mine ? html`<span class="view-tools">${renamed.value === view.id ? renaming(view) : tools(view)}</span>` : nothing}
    </li>`;
  }

  /** @param {ListedView} view */
  function tools(view) {
    const rename = () => {
      title.value = text(view.title);
      renamed.value = view.id;
    };
    return html`<button type="button" @click=${rename}>${said("view_rename")}</button>
      <button type="button" @click=${() => act(() => send(view, "PATCH", { state: state() }), said("view_replaced"))}>${said("view_replace")}</button>
      <button type="button" @click=${() => opened(view, !view.public)}>${said(view.public ? "view_close" : "view_open")}</button>
      <button type="button" @click=${() => remove(view)}>${said("view_delete")}</button>`;
  }

  /** @param {ListedView} view */
  function renaming(view) {
    const save = async (/** @type {Event} */ event) => {
      event.preventDefault();
      await act(() => send(view, "PATCH", { name: title.peek() }), said("view_renamed"));
      renamed.value = "";
    };
    return html`<form @submit=${save}>${input("view_name", title, 200)}<button>${said("view_save_name")}</button></form>`;
  }

  /** @param {ListedView} view @param {boolean} to whether everybody may open it */
  async function opened(view, to) {
    const words = (/** @type {boolean} */ now) => said(now ? "view_made_open" : "view_made_closed", { name: text(view.title) });
    await act(() => send(view, "PATCH", { public: to }), words(to), () => act(() => send(view, "PATCH", { public: !to }), words(!to)));
  }

  /** @param {ListedView} view */
  async function remove(view) {
    const back = () => act(() => post(`${address(view)}/restore`), said("view_restored", { name: text(view.title) }));
    await act(() => send(view, "DELETE"), said("view_deleted", { name: text(view.title) }), back);
  }

  /** @param {Event} event */
  async function keep(event) {
    event.preventDefault();
    const kept = await act(() => post("/api/views", { name: name.peek(), description: about.peek(), state: state(), public: !closed.peek() }), said("view_saved", { name: name.peek() }));
    if (kept) [name.value, about.value, closed.value] = ["", "", false];
  }

  function state() {
    return page.store.address.peek().slice(1);
  }

  /** Does something, says so, and offers to take it back. @param {() => Promise<unknown>} what @param {string} words @param {(() => void) | null} [undo] */
  async function act(what, words, undo = null) {
    try {
      await what();
      news.value = { words, undo, failed: false };
      announce(words);
      await fill();
      return true;
    } catch (error) {
      fail(error);
      return false;
    }
  }

  /** @param {unknown} error */
  function fail(error) {
    news.value = { words: error instanceof Error ? error.message : String(error), undo: null, failed: true };
  }
}

/** @param {ListedView} view */
function address(view) {
  return `/api/views/${encodeURIComponent(view.id)}`;
}

/** @param {ListedView} view @param {string} method @param {Record<string, unknown>} [body] */
function send(view, method, body = {}) {
  return ask(address(view), { method, headers: { Accept: "application/json", "Content-Type": "application/json" }, body: method === "DELETE" ? undefined : JSON.stringify(body) });
}

/** @param {string} key @param {import("@preact/signals-core").Signal<string>} value @param {number} most */
function input(key, value, most) {
  return html`<input type="text" maxlength=${most} ?required=${key === "view_name"} aria-label=${said(key)} .value=${live(value.value)} @input=${into(value)} />`;
}
