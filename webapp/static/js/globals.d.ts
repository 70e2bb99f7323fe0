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

/** A text in both languages, as the service writes it. */
interface Said { zh: string; en: string }

/** Where one coordinate reference system would put a file that is looked at (`_places` of `layers/imports/preview.py`). */
interface SeenPlace {
  crs: string; name: { zh: string; en: string }; declared: boolean; asked: boolean; swapped: boolean; km_away: number | null;
  problem: Said | null; outline: GeoJSON.GeometryCollection | null; bounds?: number[]; parameters?: boolean;
}

/** What the service saw in a file that is to be imported (`preview` of `layers/imports/preview.py`). */
interface SeenFile {
  format: string; encoding: string; declared_crs: string | null; features: number; placed: number; invalid: number;
  kinds: string[]; sublayers: string[]; tables: string[];
  fields: { name: string; type: string; unit: string; unit_name: Said; measure: string; examples: string[]; missing: number; unique: boolean }[];
  schemes: { field: string; scheme: string; share: number; target: string }[];
  notes: Said[]; places: SeenPlace[];
  questions: ({ option: string; also: string[]; choices: string[] } & Said)[];
  changes: ({ field: string } & Said)[];
  reading: Record<string, string>; kept: { types?: Record<string, string>; id_field?: string; [option: string]: unknown }; sample: string[][]; rows: string[][];
  heights: boolean; closed: boolean;
}

/** An imported layer as the import page describes it. */
interface ImportedLayer {
  id: string; label: Said; group: string; title: string; labels: boolean; color: string; color_field: string;
  fields: { id: string; label: Said; unit: string; type: string; measure: string; guess: string; currency: string }[];
}

/** What Leaflet-Geoman puts onto Leaflet once it is loaded, as far as corners are moved by it. */
interface Geoman {
  setOptIn(on: boolean): void;
  reInitLayer(layer: import("leaflet").Layer | import("leaflet").Map): void;
}

/** A line or polygon whose corners can be moved. */
interface Movable extends L.Polyline {
  pm: { enable(how: Record<string, unknown>): void; disable(): void };
  options: import("leaflet").PolylineOptions & Ignored;
}

/** Which of Geoman's services a shape is left out of. */
interface Ignored { pmIgnore?: boolean; snapIgnore?: boolean }

/** A place on the map that knows the digits it came with. */
interface Placed extends L.LatLng { digits?: GeoJSON.Position }

/** Corners of a line or ring, or of several. */
type Corners = Placed[] | Corners[];
