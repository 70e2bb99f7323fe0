"""Features that lie nowhere on the Earth, or far from all others of their file: told, and no cost to the file."""

from __future__ import annotations

import numpy as np
import shapely
from pyproj import CRS, Geod
from pyproj.exceptions import CRSError

from geo.arrays import Floats
from geo.text import Text
from layers.features.columns import Objects

_GEOD = Geod(ellps="GRS80")
_FAR_KM, _TIMES, _FEWEST = 500.0, 50.0, 3
_ZONE, _FIRST, _LAST = 1e6, 13, 45  # a zone's number stands before the six digits of an easting
_LEAST_NORTHING = 1e6
_NARROW = 3.0  # degrees: less than 500 km from corner to corner


def without_strays(shapes: Objects, crs: str, *, swapped: bool) -> tuple[Objects, tuple[Text, ...]]:
    """Return shapes in degrees without those beyond the Earth's, where they are fewer than half; and what is said.

    A point of which longitude and latitude were swapped, or a decimal point forgotten, is a fault of its row;
    where most rows are so, the CRS is wrong, and the gate refuses it.

    Parameters
    ----------
    shapes
        As the file has them.
    crs
        Declared or chosen; a plane has no such bound.
    swapped
        Whether north stands first.
    """
    if not _is_degrees(crs):
        return shapes, ()
    box = shapely.bounds(shapes)
    if swapped:
        box = box[:, [1, 0, 3, 2]]
    with np.errstate(invalid="ignore"):
        off = np.flatnonzero(
            (np.abs(box[:, [0, 2]]) > 360).any(axis=1) | (np.abs(box[:, [1, 3]]) > 90).any(axis=1)
        )
    off = off[np.isfinite(box[off]).all(axis=1)]
    if not len(off) or 2 * len(off) >= np.isfinite(box).all(axis=1).sum():
        return shapes, ()
    out = shapes.copy()
    out[off] = None
    x, y = box[off[0], :2]
    rows = ", ".join(str(int(i) + 1) for i in off[:8]) + ("…" if len(off) > 8 else "")
    some = f"{x:.8g}, {y:.8g}"
    zh = f"{len(off)} 个要素的坐标不在地球上（如 {some}；行 {rows}），可能经纬度颠倒或漏了小数点，作为未上图保留"
    en = (
        f"the coordinates of {len(off)} features are nowhere on the Earth (such as {some}; rows {rows}): "
        "perhaps swapped, or without their decimal point; kept unplaced"
    )
    return out, (Text(zh, en),)


def mixed_eastings(shapes: Objects) -> Text | None:
    """Return what is said of eastings of which some have their zone's number before them and others have not.

    Parameters
    ----------
    shapes
        As the file has them, in metres; either axis may be the easting.
    """
    box = shapely.bounds(shapes)
    for axis, other in ((0, 1), (1, 0)):
        with np.errstate(invalid="ignore"):
            east, north = box[:, axis], box[:, other]
            metres = (np.abs(north) > _LEAST_NORTHING) & (np.abs(north) < _ZONE * 10)
            bare = metres & (east > _ZONE / 10) & (east < _ZONE)
            zoned = metres & (east >= _FIRST * _ZONE) & (east < (_LAST + 1) * _ZONE)
        if bare.any() and zoned.any():
            few, with_number = (bare, False) if bare.sum() <= zoned.sum() else (zoned, True)
            at = np.flatnonzero(few)
            rows = ", ".join(str(int(i) + 1) for i in at[:8]) + ("…" if len(at) > 8 else "")
            zone = f"{int(east[np.flatnonzero(zoned)[0]] // _ZONE)}"
            zh = (
                f"东坐标有的带带号 {zone}、有的不带：第 {rows} 个要素{'带' if with_number else '不带'}"
                f"（如 {east[at[0]]:.10g}），其余相反；请统一后再导入"
            )
            en = (
                f"some eastings have the number of their zone, {zone}, before them and others have not: features "
                f"{rows} {'have it' if with_number else 'have it not'}, such as {east[at[0]]:.10g}, the others "
                f"{'have it not' if with_number else 'do'}; write all one way"
            )
            return Text(zh, en)
    return None


def far_away(shapes: Objects) -> tuple[Text, ...]:
    """Return what is said of shapes that lie far from all others, which stay where they are.

    Parameters
    ----------
    shapes
        In longitude and latitude.
    """
    box = shapely.bounds(shapes)
    at = np.flatnonzero(np.isfinite(box).all(axis=1))
    if len(at) < _FEWEST:
        return ()
    middles = (box[at, :2] + box[at, 2:]) / 2
    if (np.ptp(middles, axis=0) < _NARROW).all():
        return ()  # no two are that far apart: a million need not be measured
    away = _km_from_the_middle(middles)
    far = away > max(_FAR_KM, _TIMES * float(np.median(away)))
    if not far.any() or 3 * far.sum() > len(at):
        return ()
    rows, farthest = at[far], float(away[far].max())
    listed = ", ".join(str(int(i) + 1) for i in rows[:8]) + ("…" if len(rows) > 8 else "")
    zh = f"{len(rows)} 个要素离其余要素很远（最远 {farthest:,.0f} 公里；行 {listed}），请核对坐标"
    en = (
        f"{len(rows)} features lie far from all others, up to {farthest:,.0f} km (rows {listed}): "
        "look at their coordinates"
    )
    return (Text(zh, en),)


def _km_from_the_middle(places: Floats) -> Floats:
    """Return how far places in degrees lie from the middle one, km."""
    lon, lat = np.median(places, axis=0)
    metres = _GEOD.inv(np.full(len(places), lon), np.full(len(places), lat), places[:, 0], places[:, 1])[2]
    return np.asarray(metres, dtype=float) / 1000.0


def _is_degrees(crs: str) -> bool:
    if crs in ("GCJ02", "BD09"):
        return True
    try:
        return bool(CRS.from_user_input(crs).is_geographic)
    except CRSError:
        return False
