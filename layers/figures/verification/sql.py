"""An engine that is not ours: set operations and areas by DuckDB spatial, or by GEOS where that is not installed.

Shapes are brought to a local equal-area plane (Lambert azimuthal on the ellipsoid, centred on the data) with their
edges split first, so that plane areas are ellipsoidal areas to about 1e-8.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

Shapes = Sequence[Any]
_SPLIT_DEGREES, _ROAD_DEGREES = 0.0001, 0.0005  # at 60 N chords are 1 and 30 micrometres off their edges
_MOST_SPLIT = 1_000_000  # pieces of a frame's edges: what is very long is split less finely
_SEGMENTS = 64
_INSERT_A = "insert into a select i, ST_GeomFromWKB(wkb) from staged"
_INSERT_B = "insert into b select i, ST_GeomFromWKB(wkb) from staged"
_CUT_AREA = "select a.i, b.i, ST_Area(ST_Intersection(a.g, b.g)) from a, b where ST_Intersects(a.g, b.g)"
_COMMON = "select a.i, b.i, ST_AsWKB(ST_Intersection(a.g, b.g)) from a, b where ST_Intersects(a.g, b.g)"
_UNION_CUT = (
    "select ST_Area(ST_Union_Agg(ST_Intersection(a.g, b.g))) from a, "
    "(select ST_Union_Agg(g) g from b) b where ST_Intersects(a.g, b.g)"
)
_BUFFER = "select ST_AsWKB(ST_Buffer(g, ?::double, ?::integer)) from a order by i"


def _sound(shapes: Any) -> Any:  # noqa: ANN401 - an array of shapes
    """Return shapes rebuilt by their ring structure where they are invalid, as everything here means them."""
    bad = ~shapely.is_valid(shapes) & (shapely.get_dimensions(shapes) == 2)
    if not bad.any():
        return shapes
    out = np.array(shapes, dtype=object)
    out[bad] = shapely.make_valid(out[bad], method="structure", keep_collapsed=False)
    return out


@lru_cache(maxsize=64)
def _moving(source: str, plane: str) -> pyproj.Transformer:
    """Return the way onto a plane, made once: making it takes longer than moving some hundred shapes."""
    return pyproj.Transformer.from_crs(source, pyproj.CRS.from_proj4(plane), always_xy=True)


class Plane:
    """A local equal-area plane for some frames in longitude/latitude (or a projected CRS)."""

    def __init__(self, frames: Sequence[gpd.GeoDataFrame]) -> None:
        bounds = np.array([f.to_crs(4326).total_bounds for f in frames])
        west, east = float(bounds[:, 0].min()), float(bounds[:, 2].max())
        if east - west > 180:  # on both sides of 180 degrees
            every = np.concatenate(
                [shapely.get_coordinates(f.to_crs(4326).geometry.to_numpy())[:, 0] for f in frames]
            )
            west, east = float((every % 360).min()), float((every % 360).max())
        lon = ((west + east) / 2 + 180) % 360 - 180
        lat = (bounds[:, 1].min() + bounds[:, 3].max()) / 2
        self._plane = f"+proj=laea +lat_0={lat} +lon_0={lon} +ellps=WGS84 +units=m"
        self._crs = pyproj.CRS.from_proj4(self._plane)

    def bring(self, frame: gpd.GeoDataFrame, *, finely: bool = True) -> list[BaseGeometry]:
        """Return the frame's shapes on the plane, edges split where they are straight."""
        if frame.attrs.get("edge_model") == "plane" and frame.attrs.get("plane_crs"):
            split = shapely.segmentize(_sound(frame.to_crs(frame.attrs["plane_crs"]).geometry.to_numpy()), 50.0)
            source = pyproj.CRS.from_user_input(frame.attrs["plane_crs"]).to_wkt()
        else:
            shapes = _sound(frame.geometry.to_numpy())
            split = shapely.segmentize(
                shapes,
                max(
                    _SPLIT_DEGREES if finely else _ROAD_DEGREES, float(shapely.length(shapes).sum()) / _MOST_SPLIT
                ),
            )
            source = "EPSG:4326"
        move = _moving(source, self._plane)
        return list(shapely.transform(split, lambda xy: np.column_stack(move.transform(xy[:, 0], xy[:, 1]))))

    @cached_property
    def to_lonlat(self) -> pyproj.Transformer:
        """Back to longitude and latitude."""
        return pyproj.Transformer.from_crs(self._crs, 4326, always_xy=True)

    def length_m(self, lines: Sequence[Any]) -> float:
        """Return the geodesic length of lines together: an equal-area plane keeps no lengths."""
        back, geod = self.to_lonlat, pyproj.Geod(ellps="WGS84")
        placed = shapely.transform(
            np.asarray(lines, dtype=object), lambda xy: np.column_stack(back.transform(xy[:, 0], xy[:, 1]))
        )
        return float(sum(geod.geometry_length(one) for one in placed if shapely.get_dimensions(one) == 1))

    def geodesic_m(self, link: Any) -> float:  # noqa: ANN401 - a line of the plane
        """Return the length of a straight link on the plane as a geodesic on the ellipsoid."""
        return float(
            pyproj.Geod(ellps="WGS84").line_length(*self.to_lonlat.transform(*shapely.get_coordinates(link).T))
        )


class Duck:
    """DuckDB spatial."""

    name = "DuckDB spatial"

    def __init__(self) -> None:
        import duckdb  # noqa: PLC0415 - only where it is installed
        from duckdb_extensions import import_extension  # noqa: PLC0415

        import_extension("spatial")
        self._db = duckdb.connect()
        self._db.load_extension("spatial")

    def _load(self, left: Shapes, right: Shapes = ()) -> None:
        """Fill the tables ``a`` and ``b``."""
        self._db.execute("create or replace table a (i integer, g geometry)")
        self._db.execute("create or replace table b (i integer, g geometry)")
        for insert, shapes in ((_INSERT_A, left), (_INSERT_B, right)):
            if len(shapes):
                wkb = list(shapely.to_wkb(np.asarray(shapes, dtype=object)))
                self._db.register("staged", pd.DataFrame({"i": np.arange(len(wkb), dtype=np.int32), "wkb": wkb}))
                self._db.execute(insert)
                self._db.unregister("staged")

    def areas(self, shapes: Shapes) -> list[float]:
        """Return each shape's area."""
        self._load(shapes)
        return [row[0] for row in self._db.execute("select ST_Area(g) from a order by i").fetchall()]

    def cut(self, left: Shapes, right: Shapes) -> dict[tuple[int, int], float]:
        """Return the area two lists of shapes have in common, by pair."""
        self._load(left, right)
        return {(i, j): value for i, j, value in self._db.execute(_CUT_AREA).fetchall()}

    def common(self, left: Shapes, right: Shapes) -> list[Any]:
        """Return what each pair of two lists of shapes has in common."""
        self._load(left, right)
        return [shapely.from_wkb(bytes(row[2])) for row in self._db.execute(_COMMON).fetchall()]

    def union_cut(self, left: Sequence[Any], right: Shapes) -> float:
        """Return the area of what the left shapes cover together inside what the right ones cover together."""
        self._load(left, right)
        return float(self._db.execute(_UNION_CUT).fetchone()[0] or 0.0)  # type: ignore[index]

    def crossing(self, left: Shapes, right: Shapes) -> set[tuple[int, int]]:
        """Return the pairs that cross."""
        self._load(left, right)
        return set(self._db.execute("select a.i, b.i from a, b where ST_Crosses(a.g, b.g)").fetchall())

    def union_area(self, shapes: Shapes) -> float:
        """Return the area the shapes cover together."""
        self._load(shapes)
        return float(self._db.execute("select ST_Area(ST_Union_Agg(g)) from a").fetchone()[0] or 0.0)  # type: ignore[index]

    def buffers(self, shapes: Shapes, distance_m: float) -> list[Any]:
        """Return each shape's surroundings."""
        self._load(shapes)
        found = self._db.execute(_BUFFER, [distance_m, _SEGMENTS]).fetchall()
        return [shapely.from_wkb(bytes(row[0])) for row in found]


class Geos:
    """GEOS through shapely, one plain operation after another."""

    name = "GEOS"

    def areas(self, shapes: Shapes) -> list[float]:
        """Return each shape's area."""
        return [float(shape.area) for shape in shapes]

    def cut(self, left: Sequence[BaseGeometry], right: Sequence[BaseGeometry]) -> dict[tuple[int, int], float]:
        """Return the area two lists of shapes have in common, by pair."""
        return {
            (i, j): float(one.intersection(other).area)
            for j, other in enumerate(right)
            for i, one in enumerate(left)
            if one.intersects(other)
        }

    def common(self, left: Sequence[BaseGeometry], right: Sequence[BaseGeometry]) -> list[Any]:
        """Return what each pair of two lists of shapes has in common."""
        return [one.intersection(other) for other in right for one in left if one.intersects(other)]

    def union_cut(self, left: Sequence[Any], right: Shapes) -> float:
        """Return the area of what the left shapes cover together inside what the right ones cover together."""
        return float(shapely.union_all(left).intersection(shapely.union_all(right)).area)

    def crossing(self, left: Sequence[BaseGeometry], right: Sequence[BaseGeometry]) -> set[tuple[int, int]]:
        """Return the pairs that cross."""
        return {(i, j) for i, one in enumerate(left) for j, other in enumerate(right) if one.crosses(other)}

    def union_area(self, shapes: Shapes) -> float:
        """Return the area the shapes cover together."""
        return float(shapely.union_all(shapes).area)

    def buffers(self, shapes: Shapes, distance_m: float) -> list[Any]:
        """Return each shape's surroundings."""
        return [shape.buffer(distance_m, quad_segs=_SEGMENTS) for shape in shapes]


def installed_engine() -> Duck | Geos:
    """Return DuckDB where it is installed, else GEOS."""
    try:
        return Duck()
    except ImportError:
        return Geos()
