"""The two questions, as SQL with each engine's spelling, and what they are called."""

DISTANCE_M, SEGMENTS = 500.0, 16
SUFFIX = {"k": 1_000, "m": 1_000_000}
QUESTIONS = ("tabulate", "cover_dissolved", "cover_local")

TABULATE = (
    "select zone, class, sum(ST_Area(ST_Intersection(p.geometry, z.geometry))) area "
    "from parcels p join zones z on ST_Intersects(p.geometry, z.geometry) group by zone, class"
)
COVER_DISSOLVED = (
    "select sum(ST_Area(ST_Intersection(h.geometry, r.geometry))) area "
    "from homes h join reach r on ST_Intersects(h.geometry, r.geometry)"
)
COVER_LOCAL = (
    "select sum(a) area from (select ST_Area({union}(ST_Intersection(h.geometry, r.geometry))) a "
    "from homes h join reach r on ST_Intersects(h.geometry, r.geometry) group by h.id) per_home"
)


def count_of(text: str) -> int:
    """Return ``20k`` as 20000."""
    return int(float(text[:-1]) * SUFFIX[text[-1].lower()]) if text[-1].lower() in SUFFIX else int(text)
