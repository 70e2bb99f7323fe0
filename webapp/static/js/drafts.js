// @ts-check
/** What somebody has entered and drawn but not saved: kept by this tab, through a reload, another language, a sign-in. */

/**
 * @typedef {object} Draft
 * @property {[number, number][]} [corners] of an outline that is being drawn: longitude, latitude in degrees
 * @property {import("geojson").Geometry} [geometry] a place that is drawn and not saved
 * @property {string} [why]
 * @property {Record<string, string>} [fields] what the controls hold, by field
 */

/** @param {string} layer @param {string} feature "" for a new one */
const keyOf = (layer, feature) => `planatlas-draft ${layer}/${feature}`;

/** @param {string} layer @param {string} feature @returns {Draft | null} */
export function keptDraft(layer, feature) {
  try {
    const found = JSON.parse(sessionStorage.getItem(keyOf(layer, feature)) ?? "null");
    return found && typeof found === "object" ? found : null;
  } catch {
    return null; // a browser that keeps nothing, or what is no draft
  }
}

/** Keeps more of a draft; what is undefined is let go. @param {string} layer @param {string} feature @param {Draft} more */
export function keepDraft(layer, feature, more) {
  const draft = { ...keptDraft(layer, feature), ...more };
  try {
    if (Object.values(draft).some((one) => one !== undefined && one !== "" && !(Array.isArray(one) && !one.length))) sessionStorage.setItem(keyOf(layer, feature), JSON.stringify(draft));
    else sessionStorage.removeItem(keyOf(layer, feature));
  } catch {
    // a browser that keeps nothing keeps this neither
  }
}

/** @param {string} layer @param {string} feature */
export function dropDraft(layer, feature) {
  try {
    sessionStorage.removeItem(keyOf(layer, feature));
  } catch {
    // there is none
  }
}
