"""Four sets of places, each a small plan: bundled, messy, New York, and one across 180 degrees above 75 N.

Frames are in longitude and latitude with edges straight there; where they cross 180 degrees longitudes run on, so
that whoever checks a number needs to know nothing of the seam. What is written into the plan is cut there.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from tests.geo import shapes as messy_shapes
from tests.landuse_plan import CLASSES
from tests.question_plan import LAYER
from tests.small_plan import CATALOG, feature, write_layer, write_plan

ROOT = Path(__file__).parents[1]
REAL = ROOT.parent / "shared" / "real"
CODES = ("0701", "1001", "1401")
DAYS = ("2021-03-04", "2022-12-31", "2023-01-01", "2023-06-30", "2024-02-29")
_FIELD = '\n[[layers.{id}.fields]]\nid = "{field}"\nlabel = {{zh = "{field}", en = "{field}"}}\n{kind}\n'
_NUMBERS = {
    "value": 'type = "number"\nmeasure = "additive"',
    "stated": 'type = "number"\nunit = "m2"\nmeasure = "additive"',
    "people": 'type = "number"\nmeasure = "additive"',
    "kind": 'type = "text"\nfilter = true',
    "begun": 'type = "date"\nfilter = true',
    "begins": 'type = "date"',
    "ends": 'type = "date"',
    "state": 'type = "code"\nschedule = {start = "begins", end = "ends"}',
}
_SCHEME = 'class_field = "class"\nscheme = "S"'
FIELDS = {
    "parcels": ("value", "stated", "kind", "begun"),
    "areas": ("people",),
    "places": ("people", "begins", "ends", "state"),
}
KINDS = {
    "parcels": "polygon",
    "older": "polygon",
    "areas": "polygon",
    "ways": "line",
    "places": "point",
    "stops": "point",
}


@dataclass(frozen=True)
class Places:
    """A set's layers by name, longitudes running on."""

    frames: dict[str, gpd.GeoDataFrame]

    def write(self, folder: Path) -> Path:
        """Write the plan."""
        more = "".join(
            LAYER.format(
                id=name, zh=name, en=name, geometry=kind, more=_SCHEME if name in ("parcels", "older") else ""
            )
            + "".join(_FIELD.format(id=name, field=one, kind=_NUMBERS[one]) for one in FIELDS.get(name, ()))
            for name, kind in KINDS.items()
        )
        write_plan(folder, catalog=CATALOG + more)
        (folder / "landuse_classes.csv").write_text(CLASSES, "utf-8")
        for name, frame in self.frames.items():
            known = [one for one in (*FIELDS.get(name, ()), "class") if one in frame.columns]
            rows = []
            for at, (shape, said) in enumerate(zip(frame.geometry, frame[known].to_dict("records"), strict=True)):
                told = {str(key): None if pd.isna(value) else value for key, value in said.items()}
                rows.append(feature(f"{name}-{at}", json.loads(shapely.to_geojson(on_the_globe(shape))), **told))
            write_layer(folder, name, rows)
        return folder


def on_the_globe(shape: Any) -> Any:
    """Return a shape cut at 180 degrees, longitudes between -180 and 180: as RFC 7946 has it."""
    west, _, east, _ = shapely.bounds(shape)
    if east <= 180.0:
        return shape
    if west >= 180.0:
        return shapely.transform(shape, lambda xy: xy - [360.0, 0.0])
    parts = [
        shapely.intersection(shape, shapely.box(-180, -90, 180, 90)),
        shapely.transform(
            shapely.intersection(shape, shapely.box(180, -90, 540, 90)), lambda xy: xy - [360.0, 0.0]
        ),
    ]
    flat = [one for part in parts for one in shapely.get_parts(part)]
    return (shapely.multipolygons if shapely.get_dimensions(shape) == 2 else shapely.multilinestrings)(flat)


def described(parcels: list[Any], seed: int) -> gpd.GeoDataFrame:
    """Return parcels with a class (one in nine without), a kind, a value, a stated area, a day (one in seven without)."""
    rng = np.random.default_rng(seed)
    count = len(parcels)
    value, stated = np.round(rng.uniform(1, 900, count), 3), np.round(rng.uniform(1e3, 1e6, count), 1)
    value[rng.random(count) < 1 / 7], stated[rng.random(count) < 1 / 7] = np.nan, np.nan
    codes = pd.Series(rng.choice(CODES, count), dtype=object)
    codes[rng.random(count) < 1 / 9] = None
    kinds = rng.choice(["big", "small"], count)
    begun = pd.Series(rng.choice(DAYS, count), dtype=object)
    begun[rng.random(count) < 1 / 7] = None
    columns = {"class": codes, "kind": kinds, "value": value, "stated": stated, "begun": begun}
    return gpd.GeoDataFrame(columns, geometry=parcels, crs=4326)


def around(parcels: gpd.GeoDataFrame, areas: list[Any], ways: list[Any], *, spread: float, seed: int) -> Places:
    """Return a set: an older land use, areas with people, places and stops are made for what is given."""
    rng = np.random.default_rng(seed)
    west, south, east, north = shapely.total_bounds(np.array(areas, dtype=object))

    def points(count: int) -> list[Any]:
        xy = rng.uniform([west - spread, south], [east, north + spread], (count, 2))
        return [shapely.Point(one) for one in np.round(xy, 7)]

    older = parcels.iloc[: max(3, len(parcels) // 2)].assign(**{"class": "1001"})
    older = older.set_geometry(
        shapely.transform(np.asarray(older.geometry), lambda xy: xy + np.array([spread / 9, spread / 7])), crs=4326
    )
    people = np.round(rng.uniform(10, 9_000, len(areas)))
    crowd = np.round(rng.uniform(1, 90, 60))
    begins, lasts = rng.integers(2015, 2024, 60), rng.integers(0, 4, 60)
    ends = [
        f"{year + more}-12" if at % 7 else None for at, (year, more) in enumerate(zip(begins, lasts, strict=True))
    ]
    dates = {"begins": [f"{year}{'' if at % 3 else '-05'}" for at, year in enumerate(begins)], "ends": ends}
    return Places(
        {
            "parcels": parcels,
            "older": older,
            "areas": gpd.GeoDataFrame({"people": people}, geometry=areas, crs=4326),
            "ways": gpd.GeoDataFrame(geometry=ways, crs=4326),
            "places": gpd.GeoDataFrame({"people": crowd, **dates}, geometry=points(60), crs=4326),
            "stops": gpd.GeoDataFrame(geometry=points(7), crs=4326),
        }
    )


def random_ways(box: tuple[float, float, float, float], seed: int, count: int = 12) -> list[Any]:
    """Return lines of four vertices over an extent."""
    rng = np.random.default_rng(seed)
    return [shapely.LineString(np.round(rng.uniform(box[:2], box[2:], (4, 2)), 7)) for _ in range(count)]


def bundled() -> Places:
    """A part of the bundled plan."""
    land = gpd.read_file(ROOT / "data" / "geojson" / "landuse.geojson").iloc[::9]
    zones = gpd.read_file(ROOT / "data" / "geojson" / "zones.geojson").dropna(subset="geometry")
    kept: list[Any] = []
    for one in sorted(zones.geometry, key=lambda shape: shape.area):  # nested zones are another test's
        if not any(one.intersects(other) for other in kept):
            kept.append(one)
    roads = gpd.read_file(ROOT / "data" / "geojson" / "roads.geojson").dropna(subset="geometry")
    return around(described(list(land.geometry), 1), kept, list(roads.geometry), spread=0.01, seed=2)


def messy() -> Places:
    """Overlaps, gaps, slivers, holes, several parts, repeats; bow ties, nested shells, doubled vertices, no area."""
    base = messy_shapes.messy().to_crs(4490)
    square = messy_shapes.square
    odd = [
        messy_shapes.BOW_TIE,
        shapely.MultiPolygon([square(300, 300, 90), square(320, 320, 40)]),
        shapely.Polygon(
            [*list(square(500, 30, 60).exterior.coords)[:2] * 2, *list(square(500, 30, 60).exterior.coords)[1:]]
        ),
        shapely.Polygon([(528_010, 3_530_010), (528_200, 3_530_200), (528_010, 3_530_010)]),
    ]
    more = gpd.GeoSeries(odd, crs=4549).to_crs(4490)
    areas = list(messy_shapes.open_zones().to_crs(4490).geometry)
    parcels = described([*base.geometry, *more], 3)
    box = shapely.total_bounds(np.array(areas, dtype=object))
    return around(parcels, areas, random_ways(tuple(box), 4), spread=0.001, seed=5)


def new_york() -> Places:
    """Neighbourhoods of New York as they were published, with rings invalid in their own plane."""
    hoods = gpd.read_file(f"zip://{REAL / 'nyc_neighborhoods.zip'}").to_crs(4326)
    hoods = hoods[hoods.BORONAME.isin(["Manhattan", "Queens"])]
    box = shapely.total_bounds(np.asarray(hoods.geometry))
    grid = [
        shapely.box(
            *np.round([box[0] + i * 0.09, box[1] + j * 0.08, box[0] + (i + 1) * 0.09, box[1] + (j + 1) * 0.08], 6)
        )
        for i in range(3)
        for j in range(3)
    ]
    streets = gpd.read_file(REAL / "nyc_streets.gpkg").to_crs(4326).iloc[::700]
    ways = [part for shape in streets.geometry for part in shapely.get_parts(shapely.force_2d(shape))]
    shapes = list(shapely.force_2d(np.asarray(hoods.geometry)))
    return around(described(shapes, 6), grid, ways, spread=0.01, seed=7)


def far_north() -> Places:
    """Across 180 degrees at 78 N: a wiggled net of parcels, four areas, ways across the seam."""
    rng = np.random.default_rng(8)
    x, y = np.meshgrid(179.6 + np.arange(10) * 0.08, 78.0 + np.arange(8) * 0.02, indexing="ij")
    x[1:-1, 1:-1] += rng.uniform(-0.02, 0.02, (8, 6))
    y[1:-1, 1:-1] += rng.uniform(-0.005, 0.005, (8, 6))
    p = np.round(np.stack([x, y], -1), 7)
    rings = np.stack([p[:-1, :-1], p[1:, :-1], p[1:, 1:], p[:-1, 1:], p[:-1, :-1]], 2).reshape(-1, 5, 2)
    areas = [shapely.box(179.65 + a, 78.01 + b, 179.95 + a, 78.06 + b) for a in (0, 0.3) for b in (0, 0.05)]
    parcels = described([shapely.Polygon(ring) for ring in rings], 9)
    return around(parcels, areas, random_ways((179.6, 78.0, 180.3, 78.14), 10), spread=0.02, seed=11)


SETS: dict[str, Callable[[], Places]] = {
    "bundled": bundled,
    "messy": messy,
    "New York": new_york,
    "across 180 at 78 N": far_north,
}


def places_of(name: str) -> Places:
    """Return a set, or leave the test out where its files are not here."""
    if name == "New York" and not REAL.is_dir():
        pytest.skip("the published sets are not here")
    return SETS[name]()
