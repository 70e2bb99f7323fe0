// @ts-check
/** Makes page elements. Text only ever becomes text: nothing here, or anywhere else, parses markup. */

/**
 * @param {string} tag
 * @param {Record<string, unknown>} [properties] attributes; `on*` are listeners, `text` is the text, false and null are left out
 * @param {...(Node | string | null | undefined)} children
 * @returns {HTMLElement}
 */
export function make(tag, properties = {}, ...children) {
  return /** @type {HTMLElement} */ (fill(document.createElement(tag), properties, children));
}

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {string} tag
 * @param {Record<string, unknown>} [properties]
 * @param {...(Node | string)} children
 * @returns {SVGElement}
 */
export function draw(tag, properties = {}, ...children) {
  return /** @type {SVGElement} */ (fill(document.createElementNS(SVG, tag), properties, children));
}

/**
 * @param {Element} element
 * @param {Record<string, unknown>} properties
 * @param {(Node | string | null | undefined)[]} children
 */
function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === false || value === null || value === undefined) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else if (name === "text") element.textContent = String(value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(.../** @type {(Node | string)[]} */ (children.filter((child) => child !== null && child !== undefined)));
  return element;
}

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no element #${id}`);
  return found;
}

const SHOWN_MS = 5000;

/** What an action said last, while it is shown. */
let deed = "";
let timer = 0;
/** @type {{words: string, act: () => void} | undefined} what takes it back */
let undoing;

/** Says what an action did, to screen readers as well, and shows it for a moment; with a button that takes it back, if it can be. @param {string} text @param {{words: string, act: () => void}} [back] */
export function announce(text, back) {
  deed = text;
  undoing = back;
  show(text, back);
}

/** Says what comes of itself, or follows an action: beside what that said, never in its place. @param {string} text */
export function announceToo(text) {
  show(deed ? `${deed} · ${text}` : text, deed ? undoing : undefined);
}

/** Says to screen readers what everybody else sees anyway. @param {string} text */
export function announceQuietly(text) {
  const status = document.getElementById("status");
  if (deed) announceToo(text);
  else if (status) status.textContent = text;
}

/** Takes back what asked for a deed: it is done, or nobody means to do it any more. */
export function hush() {
  window.clearTimeout(timer);
  deed = "";
  document.getElementById("status")?.classList.remove("shown");
}

/** @param {string} text @param {{words: string, act: () => void}} [back] */
function show(text, back) {
  const status = document.getElementById("status");
  if (!status) return; // a page that says it in a place of its own
  const act = () => {
    hush();
    back?.act();
  };
  status.textContent = text;
  if (back) status.append(" ", make("button", { type: "button", text: back.words, onclick: act }));
  status.classList.add("shown");
  window.clearTimeout(timer);
  timer = window.setTimeout(() => {
    if (back && status.matches(":hover, :focus-within")) return show(text, back); // who is about to press it has the time
    deed = "";
    status.classList.remove("shown");
    if (back) status.textContent = text;
  }, back ? 2 * SHOWN_MS : SHOWN_MS);
}
