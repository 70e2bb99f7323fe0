/** What the classic scripts put on the page before the modules run. */
declare const L: any;
declare const proj4: any;
declare const geodesic: any;
interface Window {
  map_plan: any;
}
