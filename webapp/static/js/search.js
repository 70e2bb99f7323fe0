// @ts-check
/** The search box: a combobox over all layers; what has no place yet is found as well. */
import { announce, make } from "./element.js";
import { Refused, ask } from "./fetching.js";
import { said, text } from "./language.js";

/**
 * @param {HTMLElement} place
 * @param {string} url
 * @param {(layer: string, feature: string) => void} onChoose
 */
export function addSearch(place, url, onChoose) {
  const input = /** @type {HTMLInputElement} */ (
    make("input", {
      id: "search",
      type: "search",
      role: "combobox",
      autocomplete: "off",
      maxlength: 100,
      "aria-expanded": "false",
      "aria-controls": "search-results",
      "aria-autocomplete": "list",
      placeholder: said("search_hint"),
    })
  );
  const list = make("ul", { id: "search-results", role: "listbox", "aria-label": said("search_results"), hidden: true });
  place.append(make("label", { for: "search", class: "visually-hidden", text: said("search") }), input, list);
  /** @type {any[]} */
  let hits = [];
  let active = -1;
  let timer = 0;
  let asked = new AbortController();

  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  /** @param {number} index */
  const choose = (index) => {
    const hit = hits[index];
    if (!hit) return;
    close();
    onChoose(hit.layer, hit.id);
  };
  /** @param {number} index */
  const move = (index) => {
    if (!hits.length) return;
    active = (index + hits.length) % hits.length;
    [...list.children].forEach((row, i) => row.setAttribute("aria-selected", String(i === active)));
    input.setAttribute("aria-activedescendant", `hit-${active}`);
    list.children[active].scrollIntoView({ block: "nearest" });
  };
  const find = async () => {
    const words = input.value.trim();
    asked.abort();
    if (!words) return close();
    asked = new AbortController();
    try {
      const answer = await ask(`${url}?limit=20&q=${encodeURIComponent(words)}`, { signal: asked.signal });
      hits = answer.results;
      active = -1;
      list.replaceChildren(...(hits.length ? hits.map(row) : [make("li", { class: "empty", text: said("search_none") })]));
      list.hidden = false;
      input.setAttribute("aria-expanded", "true");
      announce(said("search_count", { count: answer.total }));
    } catch (error) {
      if (error instanceof Refused) {
        list.replaceChildren(make("li", { class: "empty", text: error.message }));
        list.hidden = false;
      }
    }
  };
  /** @param {any} hit @param {number} i */
  const row = (hit, i) =>
    make(
      "li",
      { id: `hit-${i}`, role: "option", "aria-selected": "false", onmousedown: (/** @type {Event} */ e) => e.preventDefault(), onclick: () => choose(i) },
      make("span", { class: "data", text: text(hit.name) }),
      make("small", {}, text(hit.layer_label), hit.placed ? null : ` · ${said("position_unplaced")}`),
    );

  input.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(find, 180);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") move(active + 1);
    else if (event.key === "ArrowUp") move(active - 1);
    else if (event.key === "Enter") choose(active < 0 ? 0 : active);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  input.addEventListener("blur", () => window.setTimeout(close, 150));
  input.addEventListener("focus", () => input.value.trim() && hits.length && find());
}
