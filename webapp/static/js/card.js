// @ts-check
/** The card of a feature: what it is, how sure its place is, and the plan's own words for it. */
import { byId, make, announce } from "./element.js";
import { language, nameOf, number, said, text } from "./language.js";
import { rawBeside, shownValue } from "./values.js";

/** What had the focus before a card opened; kept while one card follows another. @type {Element | null} */
let opener = null;

/**
 * @param {any} layer
 * @param {any} feature
 * @param {{anomalies: Record<string, any>, onClose: () => void, onZoom: () => void, editor?: HTMLElement | null}} options
 */
export function showCard(layer, feature, options) {
  const card = byId("card");
  if (!card.contains(document.activeElement)) opener = document.activeElement;
  const close = () => {
    card.hidden = true;
    options.onClose();
    if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
  };
  const known = feature.properties;
  const name = feature.id ? nameOf(layer, feature) : said("edit_new");
  const title = make("h2", { id: "card-title", class: "data", tabindex: "-1", text: name });
  const other = known[layer.title[language() === "zh" ? "en" : "zh"]];
  const parts = [
    make(
      "header",
      {},
      make("p", { class: "card-layer" }, text(layer.label), badges(layer, known, feature)),
      make("button", { type: "button", class: "close", "aria-label": said("close"), title: said("close"), onclick: close }, "×"),
      title,
      other ? make("p", { class: "other-name data", lang: language() === "zh" ? "en" : "zh", text: other }) : null,
    ),
    ...(feature.id ? told(layer, feature, options) : []),
    options.editor ?? null,
  ];
  card.replaceChildren(...parts.filter((part) => part !== null));
  card.hidden = false;
  card.setAttribute("aria-labelledby", "card-title");
  card.onkeydown = (event) => {
    if (event.key === "Escape") close();
  };
  title.focus({ preventScroll: true });
  announce(`${text(layer.label)}: ${name}`);
}

/** What is known of a feature. @param {any} layer @param {any} feature @param {{anomalies: Record<string, any>, onZoom: () => void}} options */
function told(layer, feature, options) {
  const known = feature.properties;
  return [feature.geometry ? null : unplaced(known), fields(layer, known), ...odd(known, options.anomalies), actions(layer, feature, options)];
}

/** @param {any} layer @param {Record<string, unknown>} known @param {any} feature */
function badges(layer, known, feature) {
  const position = feature.geometry ? String(known.position ?? "") : "unplaced";
  const words = [layer.illustrative ? said("illustrative") : "", position ? said(`position_${position}`) : ""];
  const group = make("span", { class: "badges" });
  for (const word of words.filter(Boolean)) group.append(" ", make("span", { class: "badge", text: word }));
  if (typeof known.uncertainty_m === "number") {
    group.append(" ", make("span", { class: "badge", text: `± ${number(known.uncertainty_m, "m")}` }));
  }
  return group;
}

/** @param {Record<string, unknown>} known */
function unplaced(known) {
  const why = known[`unplaced_reason_${language()}`] || said("no_reason");
  return make("p", { class: "unplaced data" }, make("strong", { text: said("position_unplaced") }), " ", String(why));
}

/** @param {any} layer @param {Record<string, unknown>} known */
function fields(layer, known) {
  const list = make("dl");
  for (const field of layer.fields.filter((/** @type {any} */ one) => one.popup)) {
    const shown = shownValue(field, known);
    const raw = rawBeside(field, known, shown);
    const value = make("dd", { class: shown === null ? "unknown" : "data", lang: field.id === "quote" ? "zh" : null });
    value.textContent = shown ?? said("not_stated");
    if (raw) value.append(make("span", { class: "raw data" }, said("raw_text", { text: "" }), raw));
    list.append(make("dt", { text: text(field.label) }), value);
  }
  return list;
}

/** @param {Record<string, unknown>} known @param {Record<string, any>} anomalies */
function odd(known, anomalies) {
  const ids = Array.isArray(known.anomalies) ? known.anomalies.filter((id) => Object.hasOwn(anomalies, id)) : [];
  return ids.map((id) =>
    make(
      "p",
      { class: "anomaly" },
      make("a", { href: `/about#${encodeURIComponent(id)}`, text: `${id} ${text(anomalies[id].kind)}` }),
      ` ${text(anomalies[id].text)}`,
    ),
  );
}

/** @param {any} layer @param {any} feature @param {{onZoom: () => void}} options */
function actions(layer, feature, options) {
  const address = `/features/${encodeURIComponent(layer.id)}/${encodeURIComponent(feature.id)}`;
  return make(
    "p",
    { class: "actions" },
    feature.geometry ? make("button", { type: "button", text: said("zoom_to"), onclick: options.onZoom }) : null,
    make("button", { type: "button", text: said("copy_link"), onclick: copyAddress }),
    make("a", { href: address, text: "GeoJSON" }),
  );
}

/** Copies the map's address in the language it is read in, so that whoever gets it reads the same. */
export async function copyAddress() {
  const address = new URL(window.location.href);
  address.searchParams.set("lang", language());
  try {
    await navigator.clipboard.writeText(address.href);
    announce(said("copied"));
  } catch {
    announce(said("copy_by_hand"));
  }
}
