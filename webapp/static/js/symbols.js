// @ts-check
/** Small pictures of a style, for the legend and the layer tree: the same options the map draws with. */
import { nothing, svg, html } from "lit-html";

/** @import { Look } from "./style.js" */

/** @param {Look} look @param {string} geometry */
export function symbol(look, geometry) {
  const width = Math.min(look.weight, 4);
  const dash = look.dashArray ?? nothing;
  const fill = look.fill ? look.fillColor : "none";
  const radius = Math.min(look.radius ?? 6, 7);
  const shape =
    geometry === "line"
      ? svg`<path d="M2 14C9 14 13 5 26 5" fill="none" stroke=${look.color} stroke-width=${width} stroke-opacity=${look.opacity} stroke-dasharray=${dash} />`
      : geometry === "point"
        ? svg`<circle cx="14" cy="9.5" r=${radius} fill=${fill} fill-opacity=${look.fillOpacity} stroke=${look.color} stroke-width=${width} stroke-opacity=${look.opacity} stroke-dasharray=${dash} />`
        : svg`<rect class=${look.className ?? nothing} x="2" y="2.5" width="24" height="14" rx="2" fill=${fill} fill-opacity=${look.fillOpacity} stroke=${look.color} stroke-width=${width} stroke-opacity=${look.opacity} stroke-dasharray=${dash} />`;
  return html`<svg class="symbol" width="28" height="19" viewBox="0 0 28 19" aria-hidden="true">${shape}</svg>`;
}
