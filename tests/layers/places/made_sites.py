"""A plan made for checks: a site, and one feature a case, put at distances known by construction."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import shapely
from pyproj import Geod

from geo.text import Text
from layers.plan.rules import SiteRule
from layers.plan.statistics import Input
from tests.small_plan import PLAN, feature, layer_table, write_plan

GEOD = Geod(ellps="WGS84")
WEST, SOUTH, SIDE = 104.1, 30.1, 0.002  # of the site, degrees
NORTH, EAST = SOUTH + SIDE, WEST + SIDE
SITE = shapely.box(WEST, SOUTH, EAST, NORTH)
TOLERANCE_MM = 1.0
FIELDS = """
[[layers.things.fields]]
id = "uncertainty_m"
label = {zh = "误差", en = "Off by"}
type = "number"
measure = "uncertainty"
unit = "m"
[[layers.things.fields]]
id = "class"
label = {zh = "地类", en = "Class"}
"""


@dataclass(frozen=True)
class Made:
    """A case: its feature, the rule, the distance it was made with and how far off the feature may be."""

    id: str
    rule: SiteRule
    features: tuple[dict[str, Any], ...]
    truth: str


def north_of(metres: float) -> float:
    """Return the latitude so many metres north of the site's northern side (south when negative)."""
    return float(GEOD.fwd(WEST, NORTH, 0.0 if metres >= 0 else 180.0, abs(metres))[1])


def _ground(gap_m: float) -> shapely.Geometry:
    """Return a block whose southern side lies so far north of the site's northern one; all other sides are far."""
    return shapely.box(WEST - 0.02, north_of(gap_m), EAST + 0.02, NORTH + 0.06)


def _around(margin_m: float) -> shapely.Geometry:
    """Return a ground that holds the site, its northern side so far beyond the site's own."""
    return shapely.box(WEST - 0.03, SOUTH - 0.03, EAST + 0.03, north_of(margin_m))


def rule_of(kind: str, role: str, ids: tuple[str, ...], **more: Any) -> SiteRule:
    text = Text(kind, kind)
    uses = {role: Input("things", ids=ids)}
    return SiteRule(kind, text, text, text, kind, "forbids", layers=uses, tolerance_mm=TOLERANCE_MM, **more)


def _expected(spare_m: float, off_m: float) -> str:
    """Return the verdict when what a rule asks for is met with so much to spare, as drawn."""
    tolerance = TOLERANCE_MM / 1000.0
    if spare_m - off_m >= -tolerance:
        return "allowed"
    return "conflict" if spare_m + off_m < -tolerance else "undecided"


# By how much a rule is kept (+) or broken (-) beyond what the uncertainty allows, m: by mm, and by far.
STEPS = (-40.0, -0.5, -0.02, -0.003, -0.0005, 0.0005, 0.02, 3.0)


def made_cases() -> list[Made]:
    """Return the cases: every kind, at either end of what is sure, missed or kept by millimetres and by metres."""
    cases: list[Made] = []
    kinds = ("no_overlap", "keep_distance", "band", "within", "reach", "classes", "line", "point")
    for kind, off, end, step in product(kinds, (0.0, 5.0, 30.0), (-1, 1), STEPS):
        if off == 0.0 and end < 0:
            continue  # both ends are one
        spare = end * off + step
        key = f"{kind}-{off:g}-{end}-{step:g}"
        cases.append(_made(key, kind, spare, off))
    return cases


def _made(key: str, kind: str, spare: float, off: float) -> Made:
    told = {"uncertainty_m": off, "position": "exact" if off == 0 else "schematic", "class": "01"}

    def placed(shape: shapely.Geometry, name: str = key, **more: str) -> dict[str, Any]:
        return feature(name, json.loads(shapely.to_geojson(shape)), name_zh=name, name_en=name, **told | more)

    truth = _expected(spare, off)
    if kind == "no_overlap":
        return Made(key, rule_of("no_overlap", "of", (key,)), (placed(_ground(spare)),), truth)
    if kind == "keep_distance":
        rule = rule_of("keep_distance", "from", (key,), distance_m=200.0)
        return Made(key, rule, (placed(_ground(200.0 + spare)),), truth)
    if kind == "band":
        bank = shapely.LineString([(WEST - 0.05, north_of(300.0 + spare)), (EAST + 0.05, north_of(300.0 + spare))])
        return Made(key, rule_of("band", "along", (key,), distance_m=300.0), (placed(bank),), truth)
    if kind == "within":
        return Made(key, rule_of("within", "in", (key,)), (placed(_around(spare)),), truth)
    if kind == "reach":
        point = shapely.Point((WEST + EAST) / 2, north_of(500.0 - spare))
        return Made(key, rule_of("reach", "to", (key,), distance_m=500.0), (placed(point),), truth)
    if kind == "classes":
        other = f"{key}-other"
        rule = rule_of("classes", "land", (key, other), classes=("01",))
        ground = shapely.box(WEST - 0.03, SOUTH - 0.03, EAST + 0.03, north_of(spare))
        rest = placed(
            shapely.box(WEST - 0.03, north_of(spare), EAST + 0.03, NORTH + 0.06), other, **{"class": "17"}
        )
        return Made(key, rule, (placed(ground), rest), truth)
    if kind == "line":  # a road beside the site
        road = shapely.LineString([(WEST - 0.05, north_of(12.0 + spare)), (EAST + 0.05, north_of(12.0 + spare))])
        return Made(key, rule_of("keep_distance", "from", (key,), distance_m=12.0), (placed(road),), truth)
    well = shapely.Point((WEST + EAST) / 2, north_of(50.0 + spare))
    return Made(key, rule_of("keep_distance", "from", (key,), distance_m=50.0), (placed(well),), truth)


def write_made(folder: Path, cases: list[Made]) -> Path:
    """Write the plan of the cases."""
    more = f'class_field = "class"\nscheme = "made"\n{FIELDS}'
    layer = layer_table("things", "东西", "Things", geometry="mixed", more=more)
    features = [one for case in cases for one in case.features]
    written = write_plan(folder, catalog=PLAN + layer, layers={"things": features})
    classes = "scheme,code,name_zh,name_en,color,accessible\nmade,01,地,land,#aaaaaa,#aaaaaa\nmade,17,水,water,#0000aa,#0000aa\n"
    (written / "landuse_classes.csv").write_text(classes, "utf-8")
    return written
