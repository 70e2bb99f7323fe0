// @ts-check
/** What differs between two states of a layer: added, removed, placed, moved, changed; told feature by feature. */

/** @import { Feature, Layer } from "./api.js" */

export const KINDS = /** @type {const} */ (["added", "removed", "placed", "unplaced", "moved", "changed"]);

/**
 * @typedef {typeof KINDS[number]} Kind `placed` and `unplaced`: only one of the states knows where it is
 * @typedef {{field: string, before: unknown, after: unknown}} Change of a declared field
 * @typedef {{kind: Kind, feature: Feature, before: Feature | null, changes: Change[]}} Difference `feature` is the later state, the earlier where it is gone
 */

/**
 * Returns the differences in the order of the features; a feature that moved and changed is told as moved, with its changes.
 * @param {Layer} layer
 * @param {Feature[]} before
 * @param {Feature[]} after
 * @returns {Difference[]}
 */
export function differences(layer, before, after) {
  const known = new Map(before.map((one) => [String(one.id), one]));
  const left = new Set(known.keys());
  const names = [...new Set(layer.fields.flatMap((field) => (field.text ? [field.text.zh, field.text.en] : [field.id])).concat(layer.title.zh, layer.title.en))];
  /** @type {Difference[]} */
  const found = [];
  for (const feature of after) {
    const id = String(feature.id);
    const earlier = known.get(id);
    left.delete(id);
    if (!earlier) {
      found.push({ kind: "added", feature, before: null, changes: [] });
      continue;
    }
    const changes = names.filter((name) => !alike(earlier.properties[name], feature.properties[name])).map((name) => ({ field: name, before: earlier.properties[name] ?? null, after: feature.properties[name] ?? null }));
    const kind = alike(earlier.geometry, feature.geometry) ? "changed" : !earlier.geometry ? "placed" : !feature.geometry ? "unplaced" : "moved";
    if (kind !== "changed" || changes.length) found.push({ kind, feature, before: earlier, changes });
  }
  for (const id of left) {
    const gone = known.get(id);
    if (gone) found.push({ kind: "removed", feature: gone, before: gone, changes: [] });
  }
  return found;
}

/** Whether two values say the same; what is missing is unknown. @param {unknown} a @param {unknown} b */
function alike(a, b) {
  return (a ?? null) === (b ?? null) || (typeof a === "object" && JSON.stringify(a) === JSON.stringify(b));
}
