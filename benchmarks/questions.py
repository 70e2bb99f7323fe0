"""The questions, as SQL with each engine's spelling, and what they are called.

Where parcels or homes lie over one another, ours tells the ground they cover, once: of each class, of all and of
what is served. There the peers are asked for it too, each by its best query (``_ONCE``); a band by `band` is a sum
of parcels for all.
"""

DISTANCE_M, BAND_M, SEGMENTS = 500.0, 1000.0, 16
SUFFIX = {"k": 1_000, "m": 1_000_000}
QUESTIONS = ("tabulate", "cover_dissolved", "cover_local", "cover", "band", "band_covered", "points", "drawn")
LAYERS = {  # that a question asks of, beside homes, parcels or points of the size
    "tabulate": ("parcels", "zones"),
    "cover_dissolved": ("homes", "parks"),
    "cover_local": ("homes", "parks"),
    "cover": ("homes", "parks"),
    "band": ("parcels", "rivers"),
    "band_covered": ("parcels", "rivers"),
    "points": ("points", "zones"),
    "drawn": ("parcels",),
}
BESIDE = ("band_covered",)  # for which something is found of a layer beside what all others of it need
SIZED = ("parcels", "homes", "points")
DRAWN_M = (1_000, 5_000, 20_000)  # across
SO_FAR = "drawn_so_far"  # a line of what was asked of drawn polygons before a process was stopped

TABULATE = (
    "select zone, class, sum(ST_Area(ST_Intersection(p.geometry, z.geometry))) area "
    "from parcels p join zones z on ST_Intersects(p.geometry, z.geometry) group by zone, class"
)
TABULATE_SPLIT = (  # against zones in parts; what lies inside one is not cut
    "select zone, class, sum(case when ST_CoveredBy(p.geometry, z.geometry) then ST_Area(p.geometry) "
    "else ST_Area(ST_Intersection(p.geometry, z.geometry)) end) area "
    "from parcels p join parts z on ST_Intersects(p.geometry, z.geometry) group by zone, class"
)
TABULATE_ONCE = (  # sums, and ground once: of each class (all of them: null) in each zone
    "select zone, class, sum(a) area, sum(g) ground from (select zone, class, part, sum(ST_Area(cut)) a, "
    "ST_Area({union}(cut)) g from (select zone, class, {part} part, "
    "case when ST_CoveredBy(p.geometry, z.geometry) then p.geometry "
    "else ST_Intersection(p.geometry, z.geometry) end cut "
    "from parcels p join {zones} z on ST_Intersects(p.geometry, z.geometry)) c "
    "group by grouping sets ((zone, part, class), (zone, part))) t group by zone, class"
)
COVER_DISSOLVED = (
    "select sum(ST_Area(ST_Intersection(h.geometry, r.geometry))) area "
    "from homes h join reach r on ST_Intersects(h.geometry, r.geometry)"
)
COVER_LOCAL = (
    "select sum(a) area from (select ST_Area({union}(ST_Intersection(h.geometry, r.geometry))) a "
    "from homes h join reach r on ST_Intersects(h.geometry, r.geometry) group by h.id) per_home"
)
COVER = (  # service areas dissolved, in parts; what lies inside one is not cut
    "select sum(case when ST_CoveredBy(h.geometry, r.geometry) then ST_Area(h.geometry) "
    "else ST_Area(ST_Intersection(h.geometry, r.geometry)) end) area "
    "from {table} h join reach r on ST_Intersects(h.geometry, r.geometry)"
)
COVER_ONCE = (  # the parts of the service areas do not overlap
    "select sum(g) area from (select ST_Area({union}(case when ST_CoveredBy(h.geometry, r.geometry) "
    "then h.geometry else ST_Intersection(h.geometry, r.geometry) end)) g "
    "from {table} h join reach r on ST_Intersects(h.geometry, r.geometry) group by r.id) t"
)
COVER_HITS = (  # who lies in one service area whole is not cut, and only the others' service areas are dissolved
    "create table hits as select h.id, ST_CoveredBy(h.geometry, r.geometry) held, h.geometry, r.geometry around "
    "from homes h join reach r on ST_Intersects(h.geometry, r.geometry)"
)
COVER_TWO_STEPS = (
    "with whole as (select id, any_value(geometry) geometry from hits group by id having bool_or(held)), "
    "rest as (select any_value(geometry) geometry, ST_Union_Agg(around) around from hits "
    "where id not in (select id from whole) group by id) "
    "select coalesce((select sum(ST_Area(geometry)) from whole), 0) + "
    "coalesce((select sum(ST_Area(ST_Intersection(geometry, around))) from rest), 0)"
)
POINTS = "select count(*) from points p join zones z on ST_Contains(z.geometry, p.geometry)"
DRAWN = (
    "select coalesce(sum(a), 0) from (select class, sum(ST_Area(ST_Intersection(geometry, {shape}))) a "
    "from parcels where ST_Intersects(geometry, {shape}) group by class) t"
)
DRAWN_ONCE = (  # where parcels overlap: ground once, of each class and of all
    "select coalesce(sum(a + g), 0) from (select class, sum(ST_Area(cut)) a, ST_Area({union}(cut)) g from "
    "(select class, ST_Intersection(geometry, {shape}) cut from parcels where ST_Intersects(geometry, {shape})) c "
    "group by grouping sets ((class), ())) t"
)


def reach_of(question: str) -> tuple[str, str, float]:
    """Return whose area is asked for, around what, within how many metres."""
    return ("parcels", "rivers", BAND_M) if question.startswith("band") else ("homes", "parks", DISTANCE_M)


def count_of(text: str) -> int:
    """Return ``20k`` as 20000."""
    return int(float(text[:-1]) * SUFFIX[text[-1].lower()]) if text[-1].lower() in SUFFIX else int(text)
