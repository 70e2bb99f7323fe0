/** What the classic scripts put on the page before the modules run; Leaflet's `L` has its types from @types/leaflet. */
interface Projection {
  forward(point: [number, number]): [number, number];
  inverse(point: [number, number]): [number, number];
}
declare function proj4(from: string, to: string): Projection;

declare const geodesic: {
  Geodesic: { WGS84: { Polygon(polyline: boolean): GeodesicPolygon } };
};
interface GeodesicPolygon {
  AddPoint(latitude: number, longitude: number): void;
  Compute(reverse: boolean, sign: boolean): { perimeter?: number; area?: number };
}

interface Window {
  map_plan: import("leaflet").Map;
}
