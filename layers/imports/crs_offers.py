"""Which CRS would put coordinates near the plan: what a person may choose from where a file declares none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from pyproj import CRS, Geod
from pyproj.exceptions import CRSError

from geo import convert_datum
from geo.arrays import Floats
from geo.measure.crs import ALLOWED_DATUMS
from geo.text import Text
from layers.features.columns import Objects
from layers.imports.crs_names import datum_of, is_where_cgcs2000_is, planes_near, sibling_crs, to_degrees
from layers.plan.catalog import Plan

SHIFTED = ("GCJ02", "BD09")
WEB_MERCATOR = "EPSG:3857"
_NEAR_KM, _MOST = 150.0, 10
_SAME_KM = 25.0  # within it, datums lie together: then the commoner stands first
_NOT_BAIDU = Text("；百度地图的米制坐标不是它", "; metres of Baidu maps are not it")
_GEOD = Geod(ellps="GRS80")


@dataclass(frozen=True)
class Candidate:
    """A CRS that would put the data near the plan: where, and how far its middle lies from the plan's."""

    crs: str
    swapped: bool
    lon: float
    lat: float
    km_away: float

    @property
    def written(self) -> str:
        """How a person asks for it."""
        return f"{self.crs}{' --swap-axes' if self.swapped else ''}"


def crs_candidates(
    shapes: Objects, plan: Plan, *, declared: str | None = None, datum: str = ""
) -> tuple[Candidate, ...]:
    """Return what would put the data near the plan, the nearest first.

    Where a CRS is ``declared``, others of the same datum are tried before any other: a wrong central meridian is
    commoner than a wrong datum, and the datum is not for us to change; so of a ``datum`` that headings name.

    Parameters
    ----------
    shapes
        Those with a place.
    plan
        What they are measured against.
    declared, datum
        By the file: its CRS, or the datum of its metres alone.
    """
    west, south, east, north = finite_extent(shapes)
    x, y = (west + east) / 2, (south + north) / 2
    own = (
        []
        if declared is None or declared in SHIFTED or not np.isfinite(x)
        else [
            _candidate(crs, swapped, lon, lat, plan)
            for swapped in (False, True)
            for crs, lon, lat in sibling_crs(declared, *((y, x) if swapped else (x, y)), plan.center, km=_NEAR_KM)
            if crs != declared
        ]
    )
    found = own or [
        one for swapped in (False, True) for one in _tried(*((y, x) if swapped else (x, y)), swapped, plan)
    ]
    near = sorted((c for c in found if c.km_away <= _NEAR_KM), key=lambda c: (c.swapped, c.km_away // _SAME_KM))
    if declared is not None and declared not in SHIFTED:  # no other old datum than its own
        near = [c for c in near if c.crs in SHIFTED or _is_likely(c.crs, declared)]
    if datum in SHIFTED:
        near = [c for c in near if c.crs != WEB_MERCATOR]
    elif datum:
        near = [c for c in near if c.crs not in SHIFTED and datum_of(c.crs) == datum_of(datum)]
    return tuple(near[:_MOST])


def _is_likely(crs: str, declared: str) -> bool:
    try:
        return datum_of(crs).startswith(ALLOWED_DATUMS) or datum_of(crs) == datum_of(declared)
    except CRSError:
        return True


def offered_crs(
    shapes: Objects, plan: Plan, *, declared: str | None = None, datum: str = ""
) -> tuple[Candidate, ...]:
    """Return what a person may choose from: `crs_candidates`, and where none is near, degrees far from the plan.

    Parameters
    ----------
    shapes
        Those with a place.
    plan
        What the candidates are measured against.
    declared, datum
        By the file: its CRS, or the datum of its metres alone.
    """
    near = crs_candidates(shapes, plan, declared=declared, datum=datum)
    west, south, east, north = finite_extent(shapes)
    if near or not (max(abs(west), abs(east)) <= 180 and max(abs(south), abs(north)) <= 90):
        return near
    return (_candidate("EPSG:4326", False, (west + east) / 2, (south + north) / 2, plan),)


def km_between(bounds: Sequence[float], plan: Plan) -> float:
    """Return how far the middle of a box of degrees lies from the plan's, km."""
    lon, lat = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    return float(_GEOD.inv(lon, lat, plan.center[0], plan.center[1])[2]) / 1000.0


def finite_extent(shapes: Objects) -> tuple[float, float, float, float]:
    """Return the extent of what has finite coordinates; NaN when nothing has."""
    box = shapely.bounds(shapes)
    box = box[np.isfinite(box).all(axis=1)]
    if not len(box):
        return (np.nan, np.nan, np.nan, np.nan)
    low, high = box[:, :2].min(axis=0), box[:, 2:].max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _tried(x: float, y: float, swapped: bool, plan: Plan) -> Iterator[Candidate]:
    if abs(x) <= 180 and abs(y) <= 90:
        for crs in ("EPSG:4490", *SHIFTED) if is_where_cgcs2000_is(*plan.center) else ("EPSG:4326",):
            lon, lat = (x, y) if crs not in SHIFTED else to_wgs84(crs, np.array([[x, y]]))[0]
            yield _candidate(crs, swapped, float(lon), float(lat), plan)
        return
    met: set[tuple[str, float, float]] = set()
    for code, datum in (*_own_plane(plan.plane_crs), *planes_near(*plan.center), (WEB_MERCATOR, "")):
        lon, lat = map(float, to_degrees(code).transform(x, y))
        same = (datum, round(lon, 9), round(lat, 9))  # a zone of 3 degrees and one of 6 about one meridian
        if np.isfinite([lon, lat]).all() and same not in met:
            met.add(same)
            yield _candidate(code, swapped, lon, lat, plan)


def _own_plane(crs: str) -> Iterator[tuple[str, str]]:
    """Yield the plan's own plane with its datum, where it names one."""
    try:
        if CRS.from_user_input(crs).is_projected:
            yield crs, datum_of(crs)
    except CRSError:
        return


def _candidate(crs: str, swapped: bool, lon: float, lat: float, plan: Plan) -> Candidate:
    away = _GEOD.inv(lon, lat, plan.center[0], plan.center[1])[2] / 1000.0
    return Candidate(crs, swapped, lon, lat, float(away))


def told_candidates(found: tuple[Candidate, ...]) -> tuple[str, str]:
    """Return candidates in words, Chinese and English."""
    written = [
        (
            f"{c.written}（{c.lon:.4f}, {c.lat:.4f}，距规划中心 {c.km_away:.1f} km{beware.zh}）",
            f"{c.written} ({c.lon:.4f}, {c.lat:.4f}, {c.km_away:.1f} km from the plan's centre{beware.en})",
        )
        for c in found
        for beware in [_NOT_BAIDU if c.crs == WEB_MERCATOR else Text("", "")]
    ]
    zh, en = "；".join(one for one, _ in written), "; ".join(one for _, one in written)
    return zh or "没有一个落在规划附近", en or "none puts it near the plan"


def to_wgs84(crs: str, xy: Floats) -> Floats:
    """Return degrees of a shifted datum on WGS 84."""
    return np.column_stack(convert_datum(xy[:, 0], xy[:, 1], source=crs, target="WGS84"))
