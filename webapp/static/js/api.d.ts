/** What the service answers and takes, written by `python -m webapp.http.typescript`. */

export type Anomaly = {
  id: string;
  kind: Text;
  lines: number[];
  text: Text;
};

export type AnomalyList = {
  anomalies: {
    id: string;
    kind: Text;
    lines: number[];
    text: Text;
  }[];
};

export type Basemap = {
  id: string;
  label: Text;
  kind: "background" | "none" | "tiles";
  datum: "WGS84" | "CGCS2000" | "GCJ02" | "BD09";
  attribution: Text;
  url: string;
  default: boolean;
  max_zoom: number;
};

export type BriefingWanted = {
  template?: string;
  declaration?: string;
  title?: string;
  subtitle?: string;
  items?: (Record<string, unknown>)[];
  format?: string;
  formats?: string[];
  shapes?: boolean;
};

export type Catalog = {
  plan: Plan & {
    plane_name: string;
    plane_proj4: string;
  };
  blocks: {
    feature: string;
    label: Text;
    bounds: number[];
  }[];
  groups: (Group & {
    layers: string[];
  })[];
  basemaps: (Basemap & {
    fits: boolean;
  })[];
  layers: Record<string, Layer>;
  anomalies: Record<string, Anomaly>;
  problems: Fault[];
};

export type Column = {
  id: string;
  label: Text;
  unit: string;
  decimals: number | null;
};

export type Comparison = {
  layer: string;
  before: number;
  after: number;
  added: string[];
  removed: string[];
  changed: FeatureChange[];
  unchanged: number;
};

export type Condition = {
  field: string;
  equals: string | number | number | boolean | null;
  in_: (string | number | number | boolean)[] | null;
  null: boolean | null;
};

export type Contribution = {
  layer: string;
  feature: string;
  name: Text;
  amount: number;
  unit: string;
  share: number | null;
};

export type Dashboard = {
  day: string;
  parts: ({
    id: string;
    label: string;
    tiles: ({
      statistic: string;
      label: string;
      state: "waiting" | "failed" | "computed" | "not_computable";
      figure: string;
      problem: string;
      illustrative: boolean;
      meets: boolean | null;
      limit: string;
      sized: "" | "drawn" | "stated";
      zoned: boolean;
      timed: boolean;
      reason: string;
      unread: boolean;
      links: string[];
      colors: string[];
      shown: {
        value: string;
        sentence: string;
        heads: string[];
        numeric: boolean[];
        rows: ({
          kind: "part" | "rest" | "unknown" | "of_which" | "total";
          cells: string[];
          values: (number | string | null)[];
        })[];
        chart: {
          form: "bars" | "columns";
          name: string;
          column: string;
          unit: string;
          decimals: number;
          bars: ({
            label: string;
            value: number;
            text: string;
            kind: "part" | "rest" | "unknown" | "of_which" | "total";
          })[];
          left: number;
          target: number | null;
        } | null;
        unreached: {
          heads: string[];
          numeric: boolean[];
          rows: ({
            layer: string;
            feature: string;
            cells: string[];
            values: (number | string | null)[];
          })[];
        } | null;
        beside: string;
      } | null;
    })[];
  })[];
  targets: ({
    id: string;
    standing: "met" | "on_the_way" | "behind" | "undecided" | "not_computable";
    reason: string;
    tile: {
      statistic: string;
      label: string;
      state: "waiting" | "failed" | "computed" | "not_computable";
      figure: string;
      problem: string;
      illustrative: boolean;
      meets: boolean | null;
      limit: string;
      sized: "" | "drawn" | "stated";
      zoned: boolean;
      timed: boolean;
      reason: string;
      unread: boolean;
      links: string[];
      colors: string[];
      shown: {
        value: string;
        sentence: string;
        heads: string[];
        numeric: boolean[];
        rows: ({
          kind: "part" | "rest" | "unknown" | "of_which" | "total";
          cells: string[];
          values: (number | string | null)[];
        })[];
        chart: {
          form: "bars" | "columns";
          name: string;
          column: string;
          unit: string;
          decimals: number;
          bars: ({
            label: string;
            value: number;
            text: string;
            kind: "part" | "rest" | "unknown" | "of_which" | "total";
          })[];
          left: number;
          target: number | null;
        } | null;
        unreached: {
          heads: string[];
          numeric: boolean[];
          rows: ({
            layer: string;
            feature: string;
            cells: string[];
            values: (number | string | null)[];
          })[];
        } | null;
        beside: string;
      } | null;
    } | null;
  })[];
  indicators: ({
    id: string;
    standing: "met" | "on_the_way" | "behind" | "undecided" | "not_computable";
    reason: string;
    tile: {
      statistic: string;
      label: string;
      state: "waiting" | "failed" | "computed" | "not_computable";
      figure: string;
      problem: string;
      illustrative: boolean;
      meets: boolean | null;
      limit: string;
      sized: "" | "drawn" | "stated";
      zoned: boolean;
      timed: boolean;
      reason: string;
      unread: boolean;
      links: string[];
      colors: string[];
      shown: {
        value: string;
        sentence: string;
        heads: string[];
        numeric: boolean[];
        rows: ({
          kind: "part" | "rest" | "unknown" | "of_which" | "total";
          cells: string[];
          values: (number | string | null)[];
        })[];
        chart: {
          form: "bars" | "columns";
          name: string;
          column: string;
          unit: string;
          decimals: number;
          bars: ({
            label: string;
            value: number;
            text: string;
            kind: "part" | "rest" | "unknown" | "of_which" | "total";
          })[];
          left: number;
          target: number | null;
        } | null;
        unreached: {
          heads: string[];
          numeric: boolean[];
          rows: ({
            layer: string;
            feature: string;
            cells: string[];
            values: (number | string | null)[];
          })[];
        } | null;
        beside: string;
      } | null;
    } | null;
  })[];
  counts: Record<string, number>;
  waiting: number;
  problems: Text[];
};

export type DatabaseList = {
  databases: string[];
};

export type Distribution = {
  layer: string;
  field: string;
  measure: string;
  currency: string | null;
  form: "classes" | "times" | "ranges";
  count: number;
  matched: number;
  bars: DistributionBar[];
  conditions: ToldCondition[];
  question: Question | null;
};

export type DistributionBar = {
  kind: "part" | "rest" | "unknown" | "coarse";
  words: Text;
  where: string;
  count: number;
  sums: Total[];
  value: unknown;
};

export type Drawn = {
  polygon: Geometry;
  filters?: Record<string, string[]>;
  as_of?: string;
};

export type Edits = {
  expected: number | null;
  why?: string;
  edits: {
    feature?: string;
    geometry?: Geometry;
    properties?: Record<string, unknown>;
    gone?: boolean;
  }[];
};

export type ExportFormat = {
  ending: string;
  label: Text;
  lonlat_only: boolean;
  cannot: Text[];
  options: {
    name: string;
    label: Text;
    choices: {
      zh: string;
      en: string;
      value: string;
    }[];
  }[];
};

export type ExportList = {
  formats: ExportFormat[];
};

export type Fault = {
  code: string;
  zh: string;
  en: string;
};

export type Feature = {
  type: "Feature";
  id: string;
  geometry: Geometry;
  properties: Record<string, unknown>;
  layer_version?: number | null;
};

export type FeatureChange = {
  feature: string;
  fields: string[];
  values: {
    field: string;
    before: unknown;
    after: unknown;
  }[];
  geometry_changed: boolean;
  before_m2: number;
  after_m2: number;
};

export type FeatureCollection = {
  type: "FeatureCollection";
  features: Feature[];
  numberMatched?: number;
  numberReturned?: number;
};

export type Field = {
  id: string;
  label: Text;
  type: "text" | "number" | "integer" | "boolean" | "date" | "list" | "code";
  unit: string;
  decimals: number | null;
  popup: boolean;
  filter: boolean;
  values: Record<string, Text>;
  text: Text | null;
  raw: string;
  measure: "" | "additive" | "money" | "ratio" | "code" | "identifier" | "uncertainty";
  currency: string;
  table: string;
  source: Text | null;
  derived: {
    of: string;
    over: string;
  } | null;
  schedule: {
    start: string;
    end: string;
    done: string;
  } | null;
};

export type FieldValues = {
  layer: string;
  fields: Record<string, {
    values: ([unknown, number])[];
    different: number;
  }>;
};

export type Figure = {
  id: string;
  statistic: Statistic;
  state: "computed" | "not_computable";
  value: number | null;
  meets: boolean | null;
  columns: Column[];
  rows: (Record<string, unknown>)[];
  presentation: Presentation;
  layers: LayerUse[];
  contributions: Contribution[];
  method: Text;
  crs: string;
  caveats: Text[];
  needs: Text[];
  sentence: Text;
  command: string;
  computed_at: string;
  software: string;
  evidence?: {
    pieces?: number;
    sha256?: string;
  } | null;
  unit?: string;
  decimals?: number | null;
  span?: (number | null)[] | null;
  sway?: (number | null)[] | null;
  headline?: Text | null;
  unreached?: Unreached[];
};

export type FigureChanges = {
  before: string;
  after: string;
  unit: string;
  value: Record<string, unknown>;
  columns: (Record<string, unknown>)[];
  rows: (Record<string, unknown>)[];
  presentation?: Record<string, unknown>;
  layers: (Record<string, unknown>)[];
  sentence: Text;
  sentences: {
    before: Text;
    after: Text;
  };
  causes: (Record<string, unknown>)[];
};

export type FigureShown = {
  value: string;
  sentence: string;
  heads: string[];
  numeric: boolean[];
  rows: ({
    kind: "part" | "rest" | "unknown" | "of_which" | "total";
    cells: string[];
    values: (Record<string, unknown>)[];
  })[];
  beside?: string;
  unreached?: {
    heads: string[];
    numeric: boolean[];
    rows: {
      layer: string;
      feature: string;
      cells: string[];
      values: (Record<string, unknown>)[];
    }[];
  } | null;
  chart?: {
    form: "bars" | "columns";
    name: string;
    column?: string;
    unit?: string;
    decimals?: number;
    left: number;
    target?: number | null;
    bars: ({
      label: string;
      value: number;
      text: string;
      kind: "part" | "rest" | "unknown" | "of_which" | "total";
    })[];
  } | null;
};

export type FunctionEntry = {
  id: string;
  name: Text;
  question: Text;
  slots: Slot[];
  options: Option[];
  units: Record<string, string[]>;
  additive: Text;
  decimals: number;
  verified: boolean;
  revision: number;
};

export type FunctionList = {
  functions: FunctionEntry[];
};

export type Geometry = {
  type: string;
  coordinates: unknown[];
} | null;

export type Group = {
  id: string;
  label: Text;
};

export type Health = {
  status: "ok" | "degraded";
  layers: number;
  unavailable: string[];
};

export type Hit = {
  layer: string;
  layer_label: Text;
  id: string;
  name: Text;
  placed: boolean;
  match: "whole" | "number" | "start" | "part" | "pinyin" | "initials" | "text" | "near" | "slip";
  field: Text | null;
  text: string;
  told: Text;
  center?: number[] | null;
  bounds?: number[] | null;
};

export type ImportWanted = {
  layer: string;
  label_zh?: string;
  label_en?: string;
  group?: string;
  source_zh?: string;
  source_en?: string;
  licence_zh?: string;
  licence_en?: string;
  new_version?: boolean;
  accept_changes?: boolean;
  why?: string;
  check_tiling?: boolean;
  edge_model?: "" | "geodesic" | "lonlat" | "plane";
  id_field?: string;
  class_field?: string;
  scheme?: string;
  sublayer?: string;
  encoding?: string;
  separator?: "" | "," | ";" | "auto" | "space" | "tab" | "|" | "\uff0c";
  decimal?: "" | "," | "." | "auto";
  header_rows?: string;
  totals?: string;
  rows_of?: string;
  sheet_table?: string;
  hidden?: "" | "auto" | "leave_out" | "read";
  x_column?: string;
  y_column?: string;
  notation?: "" | "auto" | "degrees" | "dms" | "metres" | "packed";
  geometry_column?: string;
  types?: Record<string, "boolean" | "date" | "integer" | "number" | "text">;
  measures?: Record<string, "" | "additive" | "code" | "identifier" | "money" | "ratio" | "uncertainty">;
  closed_lines?: "" | "areas" | "auto" | "lines";
  heights?: "" | "attribute" | "auto" | "drop" | "keep";
  unit?: "" | "auto" | "cm" | "ft" | "in" | "km" | "m" | "mm" | "us-ft";
  crs?: string;
  swapped?: boolean | null;
  datum?: "" | "CGCS2000" | "WGS84" | "auto";
  datum_parameters?: string;
  rotation?: "" | "auto" | "coordinate_frame" | "position_vector";
};

export type Indicator = {
  id: string;
  number: number;
  group: Text;
  name: Text;
  unit: Text;
  values: Record<string, number>;
  raw: Record<string, string>;
  lines: number[];
  unit_corrected: Text | null;
  cumulative: boolean;
  better: "more" | "less";
  anomalies: string[];
  statistic: string;
  note: Text | null;
  actual: Record<string, number>;
};

export type Indicators = {
  indicators: (Record<string, unknown>)[];
  targets: (Record<string, unknown>)[];
};

export type Input = {
  layer: string;
  where: string[];
  classes: string[];
  ids: string[];
  label: Text | null;
  version: number | null;
  when: string;
  as_of: string;
};

export type Inside = {
  layer: string;
  label: Text;
  features: {
    id: string;
    name: Text;
    note: Text;
  }[];
};

export type Job = {
  job: string;
  state: "waiting" | "running" | "done" | "failed" | "cancelled";
  done: number;
  figure?: string | null;
  figures?: string[];
  rows?: (Record<string, unknown>)[];
  error?: Text | null;
  advice?: Text | null;
  ahead?: number;
};

export type JoinWanted = {
  layer: string;
  label_zh?: string;
  label_en?: string;
  group?: string;
  source_zh?: string;
  source_en?: string;
  licence_zh?: string;
  licence_en?: string;
  new_version?: boolean;
  accept_changes?: boolean;
  why?: string;
  check_tiling?: boolean;
  edge_model?: "" | "geodesic" | "lonlat" | "plane";
  id_field?: string;
  class_field?: string;
  scheme?: string;
  sublayer?: string;
  encoding?: string;
  separator?: "" | "," | ";" | "auto" | "space" | "tab" | "|" | "\uff0c";
  decimal?: "" | "," | "." | "auto";
  header_rows?: string;
  totals?: string;
  rows_of?: string;
  sheet_table?: string;
  hidden?: "" | "auto" | "leave_out" | "read";
  x_column?: string;
  y_column?: string;
  notation?: "" | "auto" | "degrees" | "dms" | "metres" | "packed";
  geometry_column?: string;
  types?: Record<string, "boolean" | "date" | "integer" | "number" | "text">;
  measures?: Record<string, "" | "additive" | "code" | "identifier" | "money" | "ratio" | "uncertainty">;
  closed_lines?: "" | "areas" | "auto" | "lines";
  heights?: "" | "attribute" | "auto" | "drop" | "keep";
  unit?: "" | "auto" | "cm" | "ft" | "in" | "km" | "m" | "mm" | "us-ft";
  crs?: string;
  swapped?: boolean | null;
  datum?: "" | "CGCS2000" | "WGS84" | "auto";
  datum_parameters?: string;
  rotation?: "" | "auto" | "coordinate_frame" | "position_vector";
  table?: string;
  key?: string;
  layer_key?: string;
  period?: string;
  doubled?: "" | "first" | "none";
  columns?: string[];
};

export type Kept = {
  figure: string;
  kept: boolean;
};

export type KeptSite = {
  id: string;
  name: string;
  link: string;
  days: number;
};

export type LandClass = {
  scheme: string;
  code: string;
  name: Text;
  color: string;
  accessible: string;
  surface: string;
};

export type Layer = {
  id: string;
  group: string;
  label: Text;
  geometry: "polygon" | "line" | "point" | "mixed";
  source: Text;
  licence: Text;
  description: Text;
  datum: "WGS84" | "CGCS2000" | "GCJ02" | "BD09";
  edge_model: "lonlat" | "plane";
  plane_crs: string;
  datum_operation: string;
  datum_accuracy_m: number | null;
  restricted: boolean;
  visible: boolean;
  illustrative: boolean;
  order: number;
  attribution: Text | null;
  title: Text;
  short: Text | null;
  class_field: string;
  scheme: string;
  search: string[];
  map_labels: boolean;
  label_min_zoom: number;
  style: Style;
  rules: Rule[];
  fields: (Field & {
    names?: Record<string, Text>;
    measure_said?: boolean;
  })[];
  provenance: boolean;
  usual: string[];
  lived: string[];
  level: string;
  usual_level: string;
  numbered: {
    field: string;
    amount: string;
  } | null;
  guide: boolean;
  status: "ok" | "error";
  url: string;
  count: number;
  placed: number;
  version: string | null;
  number: number | null;
  came: Text | null;
  bounds: number[] | null;
  positions: string[];
  problem_count: number;
  problems: Text[];
  classes: LandClass[];
  other_classes: Text[];
};

export type LayerEntry = {
  id: string;
  group: string;
  color?: string;
  color_field?: string;
  title?: string;
  label: Text;
  labels?: boolean;
  fields: {
    id: string;
    unit: string;
    type: string;
    measure: string;
    guess: string;
    currency: string;
    label: Text;
  }[];
};

export type LayerList = {
  layers: Layer[];
};

export type LayerUse = {
  role: string;
  layer: string;
  label: Text;
  version: string;
  datum: string;
  edge_model: string;
  filters: string[];
  features: number;
  illustrative: boolean;
  day: string;
  states: string[];
};

export type LayerWords = {
  label_zh?: string;
  label_en?: string;
  group?: string;
  color?: string;
  color_field?: string | null;
  title?: string;
  labels?: boolean | null;
  fields?: Record<string, {
    label_zh?: string;
    label_en?: string;
    unit?: string;
    measure?: "" | "additive" | "code" | "identifier" | "money" | "ratio" | "uncertainty";
    currency?: string;
  }>;
};

export type LimitList = {
  limits: {
    setting: string;
    value: number;
    unit: string;
    zh: string;
    en: string;
  }[];
};

export type Link = {
  id: string;
  url: string;
  ends: number;
  qr: string;
};

export type LinkWanted = {
  path: string;
  days?: number;
};

export type ListedView = {
  id: string;
  state: string;
  link: string;
  owner?: string;
  made_at?: string;
  changed_at?: string;
  title: Text;
  description: Text;
  public: boolean;
  saved: boolean;
};

export type Messages = Record<string, Text>;

export type NearFeature = {
  id: string;
  name: Text;
  when: {
    label: Text;
    value: string;
  }[];
  distance_m?: number;
  class?: Text;
};

export type NearSite = {
  layer: string;
  layer_label: Text;
  feature: string;
  name: Text;
  distance_m: number;
  site_off_m: number | null;
  off_m: number | null;
  share: number | null;
  overlap_m2: number;
  told: Text;
};

export type OEmbed = {
  version: string;
  type: string;
  title: string;
  html: string;
  width: number;
  height: number;
};

export type Option = {
  id: "distance_m" | "other_distance_m" | "size_rules" | "radii" | "along" | "measure" | "field" | "stated_unit" | "less" | "divisor" | "by";
  label: Text;
  kind: "number" | "field" | "choice" | "sizes" | "radii";
  required: boolean;
  default: number | string | null;
  unit: string;
  role: string;
  measures: string[];
  choices: string[];
  words: Text[];
  finer: boolean;
  derived: boolean;
};

export type PictureTold = {
  sentence: Text;
  bounds: number[];
  scale_bar_m: number;
  table: ({
    label: Text;
    inside: number;
    features: number;
    version: string;
    number: number | null;
  })[];
  legend: (Record<string, unknown>)[];
  warnings: Text[];
  data_warnings: Text[];
};

export type Place = {
  longitude: number;
  latitude: number;
  east_m: number;
  north_m: number;
  within_m: number;
  plane_crs: string;
  layers: ({
    layer: string;
    label: Text;
    within: NearFeature[];
    near: NearFeature | null;
  })[];
};

export type Plan = {
  id: string;
  title: Text;
  subtitle: Text;
  document: Text;
  document_no: string;
  document_date: string;
  bounds: number[];
  center: number[];
  zoom: number;
  plane_crs: string;
  notice: Text;
  languages: string[];
  map_review_no: string;
  map_maker: string;
  blocks: {
    layer: string;
    when: Condition;
  } | null;
  near_words: string[][];
};

export type Presentation = {
  headline: string;
  chart: string;
  names: string[];
  form: "bars" | "columns";
  drawn: number[];
  left: number;
};

export type Preview = {
  layer?: string;
  label_zh?: string;
  label_en?: string;
  group?: string;
  source_zh?: string;
  source_en?: string;
  licence_zh?: string;
  licence_en?: string;
  new_version?: boolean;
  accept_changes?: boolean;
  why?: string;
  check_tiling?: boolean;
  edge_model?: "" | "geodesic" | "lonlat" | "plane";
  id_field?: string;
  class_field?: string;
  scheme?: string;
  sublayer?: string;
  encoding?: string;
  separator?: "" | "," | ";" | "auto" | "space" | "tab" | "|" | "\uff0c";
  decimal?: "" | "," | "." | "auto";
  header_rows?: string;
  totals?: string;
  rows_of?: string;
  sheet_table?: string;
  hidden?: "" | "auto" | "leave_out" | "read";
  x_column?: string;
  y_column?: string;
  notation?: "" | "auto" | "degrees" | "dms" | "metres" | "packed";
  geometry_column?: string;
  types?: Record<string, "boolean" | "date" | "integer" | "number" | "text">;
  measures?: Record<string, "" | "additive" | "code" | "identifier" | "money" | "ratio" | "uncertainty">;
  closed_lines?: "" | "areas" | "auto" | "lines";
  heights?: "" | "attribute" | "auto" | "drop" | "keep";
  unit?: "" | "auto" | "cm" | "ft" | "in" | "km" | "m" | "mm" | "us-ft";
  crs?: string;
  swapped?: boolean | null;
  datum?: "" | "CGCS2000" | "WGS84" | "auto";
  datum_parameters?: string;
  rotation?: "" | "auto" | "coordinate_frame" | "position_vector";
};

export type Problem = {
  type: string;
  status: number;
  code: string;
  title: string;
  title_zh: string;
  title_en: string;
  params?: Record<string, unknown>;
};

export type Question = {
  function: "tabulate" | "share" | "coverage" | "shared_reach" | "band" | "nearest" | "crossing" | "adjacency" | "overlap" | "together" | "density" | "per_head" | "total" | "transition" | "count" | "listing" | "timeline" | "sum" | "ratio" | "declared";
  inputs: Record<string, {
    layer: string;
    where?: string[];
    classes?: string[];
    ids?: string[];
    version?: number;
    as_of?: string;
  }>;
  unit?: string;
  polygon?: Geometry;
  by?: string;
  distance_m?: number;
  size_rules?: {
    min_m2: number;
    max_m2?: number;
    distance_m: number;
  }[];
  radii?: Record<string, number>;
  along?: "straight" | "network";
  measure?: "area" | "weight" | "length" | "count";
  field?: string;
  other_distance_m?: number;
  less?: string;
  divisor?: string;
  stated_unit?: "m2" | "ha" | "km2" | "mu" | "acre" | "ft2" | "m" | "km" | "ft" | "mile";
};

export type Restore = {
  version: number;
  why?: string;
};

export type RowGroup = {
  value: unknown;
  words: Text;
  count: number;
  totals: Total[];
  where: string;
};

export type Rule = {
  color: string | null;
  fill: string | null;
  fill_opacity: number | null;
  opacity: number | null;
  width: number | null;
  dash: string | null;
  radius: number | null;
  label: Text | null;
  label_rank: number | null;
  label_size: number | null;
  label_color: string | null;
  label_zoom: number | null;
  fades_at: string | null;
  when: Condition;
};

export type RuleFinding = {
  rule: SiteRule;
  verdict: "conflict" | "undecided" | "conditional" | "needs_layer" | "noted" | "allowed" | "not_applicable";
  drawn: "conflict" | "undecided" | "conditional" | "needs_layer" | "noted" | "allowed" | "not_applicable";
  verdict_label: Text;
  drawn_label: Text;
  told: Text;
  unit: string;
  value: number | null;
  low: number | null;
  high: number | null;
  limit: number | null;
  settles: number | null;
  evidence: SiteEvidence[];
};

export type RuleList = {
  declared: boolean;
  sites: string[];
  rules: SiteRule[];
  industries: {
    id: string;
    label: Text;
  }[];
  kinds: {
    id: string;
    label: Text;
    about: Text;
  }[];
  problems: {
    zh: string;
    en: string;
  }[];
};

export type SavedView = {
  id: string;
  state: string;
  owner: string;
  link: string;
  public: boolean;
};

export type SearchResult = {
  query: string;
  total: number;
  results: Hit[];
  places: {
    lon: number;
    lat: number;
    crs: string;
  }[];
  conditions: {
    layer: string;
    layer_label: Text;
    where: string[];
    words: Text;
    when: string;
  }[];
};

export type SiteAbout = {
  layer: string;
  feature: string;
  name: Text;
  uncertainty_m: number | null;
  industries: string[] | null;
  area_m2: number | null;
  perimeter_m: number;
};

export type SiteAsked = {
  polygon?: Record<string, unknown>;
  lon?: number;
  lat?: number;
  layer?: string;
  feature?: string;
  name?: string;
  industries?: string[];
  uncertainty_m?: number;
  day?: string;
};

export type SiteCheck = {
  site: SiteAbout;
  day: string;
  verdict: "conflict" | "undecided" | "conditional" | "needs_layer" | "noted" | "allowed" | "not_applicable" | null;
  drawn: "conflict" | "undecided" | "conditional" | "needs_layer" | "noted" | "allowed" | "not_applicable" | null;
  verdict_label: Text;
  drawn_label: Text;
  said: Text;
  settles: Text;
  counts: {
    conflict: number;
    undecided: number;
    conditional: number;
    needs_layer: number;
    noted: number;
    allowed: number;
    not_applicable: number;
  };
  rules: RuleFinding[];
  versions: Record<string, string>;
};

export type SiteDossier = {
  site: SiteAbout;
  kind: Text;
  geometry: Geometry;
  keys: {
    key: string;
    label: Text;
    value: Text;
  }[];
  where: {
    key: string;
    label: Text;
    value: Text;
  }[];
  within: NearSite[];
  nearest: NearSite[];
  neighbours: NearSite[];
  check: SiteCheck;
  quote: string;
  quoted_at: Text;
  watch: Text[];
  versions: Record<string, string>;
  view: string;
  address: string;
};

export type SiteEvidence = {
  shown: "overlap" | "link" | "outside";
  layer: string;
  feature: string;
  name: Text;
  uncertainty_m: number | null;
  amount_m: number | null;
  amount_m2: number | null;
  geometry: Geometry;
};

export type SiteRule = {
  id: string;
  label: Text;
  text: Text;
  source: Text;
  read_label: Text;
  severity_label: Text;
  kind_label: Text;
  needs: Text;
  read: "read" | "second_hand" | "to_check" | "own";
  severity: "forbids" | "condition" | "notes";
  kind: string;
  lines: number[];
  layers: Record<string, string>;
  tolerance_mm: number;
  valid_from: string;
  valid_to: string;
};

export type Slot = {
  id: string;
  label: Text;
  geometry: ("point" | "line" | "polygon")[];
  optional: boolean;
  classed: boolean;
  drawn: boolean;
  finer: boolean;
  usual: string;
};

export type Statistic = {
  id: string;
  label: Text;
  family: Text;
  definition: Text;
  formula: Text;
  source: Text;
  function: string;
  unit: string;
  inputs: Record<string, Input>;
  demand_rule?: Text;
  distance_rule?: Text;
  measure?: "area" | "length" | "count" | "weight";
  distance_m?: number | null;
  other_distance_m?: number | null;
  size_rules?: ({
    min_m2: number;
    distance_m: number;
    max_m2?: number | null;
  })[];
  radii?: Record<string, number>;
  along?: "straight" | "network";
  field?: string;
  stated_unit?: string;
  divisor?: string;
  less?: string;
  by?: string;
  decimals?: number;
  threshold?: {
    operator: ">=" | "<=" | ">" | "<" | "=";
    value: number;
    source: Text;
    read?: boolean;
  } | null;
  reference?: string;
  confidence?: Text;
  read?: boolean;
};

export type StatisticList = {
  statistics: (Record<string, unknown>)[];
  problems: (Record<string, unknown>)[];
};

export type Style = {
  color: string | null;
  fill: string | null;
  fill_opacity: number | null;
  opacity: number | null;
  width: number | null;
  dash: string | null;
  radius: number | null;
  label: Text | null;
  label_rank: number | null;
  label_size: number | null;
  label_color: string | null;
  label_zoom: number | null;
  fades_at: string | null;
};

export type TableList = {
  database: string;
  tables: (Record<string, unknown>)[];
};

export type TableRows = {
  layer: string;
  version: string;
  number: number | null;
  found: number | null;
  count: number;
  matched: number;
  placed: number;
  offset: number;
  columns: string[];
  rows: {
    id: string;
    placed: boolean;
    cells: unknown[];
  }[];
  totals: Total[];
  groups: RowGroup[];
  conditions: ToldCondition[];
};

export type TableWanted = {
  table: string;
  geometry?: string;
};

export type Target = {
  id: string;
  name: Text;
  unit: Text;
  raw: string;
  year: number;
  kind: Text;
  computation: Text;
  lines: number[];
  value: number | null;
  operator: ">=" | "<=" | ">" | "<" | "=";
  anomalies: string[];
  statistic: string;
  needs: Text | null;
};

export type Template = {
  template: string;
  lacks: Text[];
  uses: Text[];
};

export type Text = {
  zh: string;
  en: string;
};

export type Timeline = {
  layer: string;
  usual: string;
  features: number;
  placed: number;
  field: string;
  days: string[];
  states: Record<string, number[]>;
};

export type ToldCondition = {
  where: string;
  words: Text;
  unknown: number;
  currencies: {
    currency: string;
    words: Text;
    met: number;
    left: number;
    where: string;
    told: Text;
  }[];
};

export type Total = {
  field: string;
  sum: number;
  known: number;
  unknown: number;
  currency: string | null;
  said: boolean;
};

export type Unreached = {
  layer: string;
  feature: string;
  name: Text;
  zone: Text;
  amount: number;
  unit: string;
  share: number | null;
  distance_m: number | null;
};

export type Upload = {
  upload: string;
  name: string;
  size: number;
  have: number;
};

export type UploadBegin = {
  name: string;
  size: number;
};

export type Version = {
  layer: string;
  number: number;
  kind: "import" | "edit" | "restore" | "file";
  digest: string;
  parent: number | null;
  features: number;
  made_at: string;
  who: string;
  why: string;
  about: Record<string, unknown>;
  came?: Text | null;
};

export type VersionChanges = {
  layer: string;
  number: number;
  kind: "import" | "edit" | "restore" | "file";
  digest: string;
  parent: number | null;
  features: number;
  made_at: string;
  who: string;
  why: string;
  about: Record<string, unknown>;
  came?: Text | null;
  changes: (Record<string, unknown>)[];
};

export type VersionList = {
  layer: string;
  versions: Version[];
};

export type ViewList = {
  views: ListedView[];
};

export type ViewWanted = {
  name?: string;
  description?: string;
  state?: string;
  public?: boolean;
};
