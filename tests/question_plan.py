"""A plan with something for every function to answer, and questions that ask every function of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.landuse_plan import write_landuse_plan
from tests.small_plan import feature, line, point, square, write_layer

LAYER = """
[layers.{id}]
file = "geojson/{id}.geojson"
group = "space"
label = {{zh = "{zh}", en = "{en}"}}
geometry = "{geometry}"
source = {{zh = "测试", en = "tests"}}
licence = {{zh = "CC0", en = "CC0"}}
{more}
"""
_FIELD = '\n[[layers.{id}.fields]]\nid = "{field}"\nlabel = {{zh = "{field}", en = "{field}"}}\n{kind}\n'
_NUMBER, _TEXT = 'type = "number"', 'type = "text"'

CATALOG = (
    LAYER.format(id="streets", zh="道路", en="Streets", geometry="line", more="")
    + LAYER.format(id="gates", zh="入口", en="Gates", geometry="point", more="")
    + _FIELD.format(id="gates", field="state", kind='type = "code"\nschedule = {start = "opens", end = "closes"}')
    + _FIELD.format(id="gates", field="opens", kind='type = "date"')
    + _FIELD.format(id="gates", field="closes", kind='type = "date"')
    + LAYER.format(id="redline", zh="红线", en="Red line", geometry="polygon", more="")
    + LAYER.format(id="homes", zh="住户", en="Homes", geometry="point", more="")
    + _FIELD.format(id="homes", field="people", kind=_NUMBER)
    + _FIELD.format(id="homes", field="tax", kind=_NUMBER)
    + _FIELD.format(id="homes", field="money", kind=_TEXT)
    + LAYER.format(
        id="older",
        zh="旧用地",
        en="Older land use",
        geometry="polygon",
        more='class_field = "class"\nscheme = "S"',
    )
    + LAYER.format(id="plots", zh="地块", en="Plots", geometry="polygon", more="")
    + _FIELD.format(id="plots", field="invested", kind=_NUMBER)
    + _FIELD.format(id="plots", field="land_mu", kind=_NUMBER)
    + _FIELD.format(id="plots", field="kind", kind=_TEXT)
)

DRAWN = {
    "type": "Polygon",
    "coordinates": [
        [[104.0553, 30.0557], [104.0871, 30.0561], [104.0824, 30.0863], [104.061, 30.0792], [104.0553, 30.0557]]
    ],
}


def write_question_plan(folder: Path) -> Path:
    """Write the land-use plan with streets, gates, red lines, homes, plots and an older land use."""
    write_landuse_plan(folder)
    catalog = folder / "catalog.toml"
    catalog.write_text(catalog.read_text("utf-8") + CATALOG, "utf-8")
    streets = [
        feature("e", line((104.05, 30.0585), (104.072, 30.0585), (104.09, 30.0588))),
        feature("n", line((104.0723, 30.05), (104.0723, 30.09))),
        feature("far", line((104.12, 30.06), (104.14, 30.08), (104.16, 30.08))),
    ]
    homes = [
        feature("h-1", point(104.0702, 30.056), people=120, tax=3.5, money="CNY"),
        feature("h-2", point(104.0801, 30.0712), people=40, tax=7.0, money="CNY"),
        feature("h-3", point(104.0555, 30.0848), people=None, tax=1.25, money="USD"),
        feature("h-4", point(104.1312, 30.0712), people=77, tax=None, money="USD"),
    ]
    plots = [
        feature("p-1", square(104.03, 30.06, 0.04), invested=100, land_mu=300, kind="big"),
        feature("p-2", square(104.115, 30.055, 0.01), invested=55.5, land_mu=40, kind="small"),
        feature("p-3", square(104.12, 30.08, 0.004), invested=None, land_mu=12, kind="small"),
    ]
    write_layer(folder, "streets", streets)
    write_layer(
        folder,
        "gates",
        [
            feature("g-1", point(104.07, 30.0525), opens="2021", closes="2023-06"),
            feature("g-2", point(104.0751, 30.0531), opens="2022-03"),
        ],
    )
    write_layer(
        folder,
        "redline",
        [feature("r-1", square(104.06, 30.06, 0.013)), feature("r-2", square(104.07, 30.07, 0.011))],
    )
    write_layer(folder, "homes", homes)
    write_layer(folder, "plots", plots)
    old = [
        feature("o-1", square(104.05, 30.05, 0.03), **{"class": "0701"}),
        feature("o-2", square(104.08, 30.05, 0.01), **{"class": "1001"}),
    ]
    write_layer(folder, "older", old)
    return folder


def _of(layer: str, **more: Any) -> dict[str, Any]:
    return {"layer": layer, **more}


_REACH = {"demand": _of("landuse", classes=["0701"]), "facilities": _of("parks")}
_WALK = {**_REACH, "roads": _of("streets"), "barriers": _of("rivers")}
QUESTIONS: dict[str, dict[str, Any]] = {
    "tabulate": {"function": "tabulate", "inputs": {"classes": _of("landuse"), "zones": _of("zones")}},
    "tabulate by a field": {
        "function": "tabulate",
        "by": "kind",
        "unit": "mu",
        "inputs": {"classes": _of("plots"), "zones": _of("zones")},
    },
    "tabulate a drawn polygon": {
        "function": "tabulate",
        "unit": "m2",
        "polygon": DRAWN,
        "inputs": {"classes": _of("landuse"), "zones": _of("@drawn")},
    },
    "share": {"function": "share", "inputs": {"part": _of("landuse", classes=["07"]), "whole": _of("landuse")}},
    "coverage": {
        "function": "coverage",
        "distance_m": 700,
        "inputs": {**_REACH, "zones": _of("zones", ids=["z-1"])},
    },
    "coverage by size": {
        "function": "coverage",
        "size_rules": [{"min_m2": 5000, "distance_m": 500}, {"min_m2": 2000, "max_m2": 5000, "distance_m": 300}],
        "inputs": _REACH,
    },
    "coverage by class": {
        "function": "coverage",
        "by": "kind",
        "radii": {"big": 500, "small": 900.5},
        "inputs": {"demand": _of("landuse"), "facilities": _of("plots")},
    },
    "coverage from entrances": {
        "function": "coverage",
        "distance_m": 800,
        "inputs": {**_REACH, "entrances": _of("gates")},
    },
    "coverage of people": {
        "function": "coverage",
        "distance_m": 400,
        "measure": "weight",
        "field": "people",
        "inputs": {"demand": _of("homes"), "facilities": _of("parks")},
    },
    "coverage of streets": {
        "function": "coverage",
        "distance_m": 400,
        "inputs": {"demand": _of("streets"), "facilities": _of("parks"), "zones": _of("zones")},
    },
    "coverage on foot": {"function": "coverage", "distance_m": 900, "along": "network", "inputs": _WALK},
    "people on foot": {
        "function": "coverage",
        "distance_m": 2600,
        "along": "network",
        "measure": "weight",
        "field": "people",
        "inputs": {"demand": _of("homes"), "facilities": _of("parks"), "roads": _of("streets")},
    },
    "density of length": {"function": "density", "inputs": {"part": _of("streets"), "whole": _of("zones")}},
    "density of count": {
        "function": "density",
        "measure": "count",
        "inputs": {"part": _of("homes"), "whole": _of("zones")},
    },
    "per head": {
        "function": "per_head",
        "field": "land_mu",
        "inputs": {"part": _of("plots"), "people": _of("zones")},
    },
    "band by area": {
        "function": "band",
        "distance_m": 1000,
        "unit": "mu",
        "inputs": {"part": _of("plots"), "line": _of("rivers")},
    },
    "band by length": {
        "function": "band",
        "distance_m": 300,
        "measure": "length",
        "inputs": {"part": _of("streets"), "line": _of("parks")},
    },
    "band by count": {
        "function": "band",
        "distance_m": 2500,
        "unit": "count",
        "inputs": {"part": _of("homes"), "line": _of("parks")},
    },
    "nearest": {"function": "nearest", "inputs": {"part": _of("homes"), "line": _of("parks")}},
    "crossing": {"function": "crossing", "inputs": {"part": _of("streets"), "line": _of("redline")}},
    "overlap": {"function": "overlap", "inputs": {"part": _of("plots"), "constraints": _of("redline")}},
    "overlap of a drawn polygon": {
        "function": "overlap",
        "polygon": DRAWN,
        "inputs": {"part": _of("@drawn"), "constraints": _of("redline")},
    },
    "count": {"function": "count", "inputs": {"items": _of("plots"), "zones": _of("zones")}},
    "sum": {"function": "sum", "field": "tax", "by": "money", "unit": "万元", "inputs": {"items": _of("homes")}},
    "sum by zone": {
        "function": "sum",
        "field": "invested",
        "inputs": {"items": _of("plots"), "zones": _of("zones")},
    },
    "ratio": {"function": "ratio", "field": "invested", "divisor": "land_mu", "inputs": {"items": _of("plots")}},
    "ratio by group": {
        "function": "ratio",
        "field": "tax",
        "divisor": "people",
        "by": "money",
        "inputs": {"items": _of("homes")},
    },
    "sum of a difference": {
        "function": "sum",
        "field": "invested",
        "less": "land_mu",
        "inputs": {"items": _of("plots"), "zones": _of("zones")},
    },
    "together": {
        "function": "together",
        "inputs": {
            "first": _of("plots"),
            "second": _of("redline"),
            "third": _of("landuse"),
            "whole": _of("zones"),
        },
    },
    "together in all": {
        "function": "together",
        "unit": "m2",
        "inputs": {"first": _of("plots"), "second": _of("older")},
    },
    "declared": {"function": "declared", "field": "land_mu", "inputs": {"items": _of("plots")}},
    "total area": {"function": "total", "by": "kind", "unit": "ha", "inputs": {"items": _of("plots")}},
    "total length": {
        "function": "total",
        "measure": "length",
        "unit": "m",
        "inputs": {"items": _of("streets"), "zones": _of("zones")},
    },
    "total by group": {
        "function": "total",
        "by": "kind",
        "unit": "m2",
        "inputs": {"items": _of("plots"), "zones": _of("zones")},
    },
    "perimeter": {"function": "total", "measure": "length", "unit": "km", "inputs": {"items": _of("plots")}},
    "declared length": {
        "function": "declared",
        "field": "invested",
        "stated_unit": "m",
        "inputs": {"items": _of("plots")},
    },
    "adjacency": {"function": "adjacency", "inputs": {"part": _of("landuse"), "line": _of("landuse")}},
    "adjacency within a distance": {
        "function": "adjacency",
        "distance_m": 450,
        "inputs": {"part": _of("plots"), "line": _of("redline")},
    },
    "shared reach": {
        "function": "shared_reach",
        "distance_m": 900,
        "other_distance_m": 1200,
        "unit": "ha",
        "inputs": {"facilities": _of("parks"), "others": _of("gates")},
    },
    "shared reach of one layer": {
        "function": "shared_reach",
        "distance_m": 1500,
        "inputs": {"facilities": _of("homes")},
    },
    "listing": {"function": "listing", "by": "kind", "inputs": {"items": _of("plots"), "zones": _of("zones")}},
    "timeline": {"function": "timeline", "inputs": {"items": _of("gates")}},
    "transition": {"function": "transition", "inputs": {"before": _of("older"), "after": _of("landuse")}},
}
