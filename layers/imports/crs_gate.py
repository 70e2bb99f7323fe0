"""The gate of every imported coordinate: its CRS and datum are declared or chosen by a person, never guessed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from pyproj import CRS, Geod, Transformer
from pyproj.exceptions import CRSError

from geo import convert_datum
from geo.errors import PlanAtlasError, RefusedDatum
from geo.measure.crs import ALLOWED_DATUMS, crs_name
from geo.text import Text
from layers.imports.crs_names import siblings
from layers.imports.datum_parameters import DatumParameters, NeedsDatumParameters, moved_datum
from layers.imports.heights import moved_flat
from layers.plan.catalog import Plan

SHIFTED = ("GCJ02", "BD09")
_NEAR_KM, _MOST = 150.0, 8
_GEOD = Geod(ellps="GRS80")
# CGCS2000 Gauss-Kruger: 3-degree zones with and without zone prefix, 6-degree zones likewise; and web Mercator.
_PLANES = (*range(4513, 4555), *range(4491, 4513), 3857)


class NeedsCRS(PlanAtlasError):
    """The file declares no CRS; what fits the plan's place is listed for a person to choose from."""

    code = "needs_crs"
    zh = "{file} 没有声明坐标系。可能的坐标系（选一个后用 --crs 指定）：{candidates_zh}。"
    en = "{file} declares no coordinate reference system. What would fit (choose one with --crs): {candidates_en}."


class ImplausibleCRS(PlanAtlasError):
    """The declared CRS does not fit the coordinates."""

    code = "implausible_crs"
    zh = "{file}：坐标 {seen} 与声明的坐标系 {crs} 不符。可能的坐标系：{candidates_zh}。"
    en = "{file}: coordinates such as {seen} do not fit the declared {crs}. What would fit: {candidates_en}."


class UnknownCRS(PlanAtlasError):
    """A CRS that nobody defines."""

    code = "unknown_crs"
    zh = "未知的坐标系“{crs}”。请写 EPSG:4490、EPSG:4549、GCJ02、BD09 等。"
    en = "Unknown coordinate reference system “{crs}”. Write EPSG:4490, EPSG:4549, GCJ02, BD09 or alike."


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


def candidates(shapes: Any, plan: Plan, *, declared: str | None = None) -> tuple[Candidate, ...]:  # noqa: ANN401 - arrays of shapely geometries
    """Return what would put the data near the plan, the nearest first.

    Where a CRS is ``declared`` that is a plane, others of the same datum are tried before any other: a wrong
    central meridian is commoner than a wrong datum, and the datum is not for us to change.
    """
    west, south, east, north = _extent(shapes)
    x, y = (west + east) / 2, (south + north) / 2
    own = [] if declared is None or declared in SHIFTED or not np.isfinite(x) else [
        _candidate(crs, swapped, lon, lat, plan)
        for swapped in (False, True)
        for crs, lon, lat in siblings(declared, *((y, x) if swapped else (x, y)), plan.center, km=_NEAR_KM)
        if crs != declared
    ]  # fmt: skip
    found = own or [
        one for swapped in (False, True) for one in _tried(*((y, x) if swapped else (x, y)), swapped, plan)
    ]
    return tuple(sorted((c for c in found if c.km_away <= _NEAR_KM), key=lambda c: (c.swapped, round(c.km_away))))[
        :_MOST
    ]


def km_between(bounds: Sequence[float], plan: Plan) -> float:
    """Return how far the middle of a box of degrees lies from the plan's, km."""
    lon, lat = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    return float(_GEOD.inv(lon, lat, plan.center[0], plan.center[1])[2]) / 1000.0


def _extent(shapes: Any) -> tuple[float, float, float, float]:  # noqa: ANN401 - arrays of shapely geometries
    """Return the extent of what has finite coordinates; NaN when nothing has."""
    box = shapely.bounds(shapes)
    box = box[np.isfinite(box).all(axis=1)]
    if not len(box):
        return (np.nan, np.nan, np.nan, np.nan)
    low, high = box[:, :2].min(axis=0), box[:, 2:].max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _tried(x: float, y: float, swapped: bool, plan: Plan) -> Iterator[Candidate]:
    if abs(x) <= 180 and abs(y) <= 90:
        for crs in ("EPSG:4490", *SHIFTED):
            lon, lat = (x, y) if crs not in SHIFTED else _shifted(crs, np.array([[x, y]]))[0]
            yield _candidate(crs, swapped, float(lon), float(lat), plan)
        return
    for code in _PLANES:
        lon, lat = Transformer.from_crs(code, 4326 if code == 3857 else 4490, always_xy=True).transform(x, y)
        if np.isfinite(lon) and np.isfinite(lat):
            yield _candidate(f"EPSG:{code}", swapped, lon, lat, plan)


def _candidate(crs: str, swapped: bool, lon: float, lat: float, plan: Plan) -> Candidate:
    away = _GEOD.inv(lon, lat, plan.center[0], plan.center[1])[2] / 1000.0
    return Candidate(crs, swapped, lon, lat, float(away))


def admitted(
    shapes: Any,  # noqa: ANN401 - arrays of shapely geometries
    crs: str | None,
    plan: Plan,
    *,
    swapped: bool,
    file: str,
    parameters: DatumParameters | None = None,
) -> tuple[Any, str]:
    """Return geometries in longitude/latitude and the datum they are on (``CGCS2000`` or ``WGS84``).

    Parameters
    ----------
    shapes
        As the file has them.
    crs
        Declared or chosen: ``EPSG:...``, WKT, ``GCJ02`` or ``BD09``; None when there is none.
    plan
        What the candidates are measured against.
    swapped
        Whether north stands first.
    file
        For messages.
    parameters
        From an old datum to CGCS2000; used only where the CRS is of one.

    Raises
    ------
    NeedsCRS, ImplausibleCRS, UnknownCRS
        None is declared; the declared one does not fit the coordinates; nobody defines it.
    NeedsDatumParameters, RefusedDatum
        Beijing 54, Xian 80 and others without a published transformation, and no parameters; nothing known of it.
    """
    placed = shapes[~shapely.is_missing(shapes)]
    if crs is None:
        zh, en = _told(candidates(placed, plan))
        raise NeedsCRS(file=file, candidates_zh=zh, candidates_en=en)
    if swapped:
        shapes = moved_flat(shapes, lambda xy: xy[:, ::-1])
    if crs in SHIFTED:
        _refuse_misfit(shapes, crs, plan, file=file, degrees=True)
        return moved_flat(shapes, lambda xy: _shifted(crs, xy)), "WGS84"
    try:
        known = CRS.from_user_input(crs)
    except CRSError:
        raise UnknownCRS(crs=crs[:60]) from None
    base = known.geodetic_crs
    datum = base.datum.name if base is not None and base.datum is not None else "unknown"
    if base is None or datum.startswith("Unknown"):
        raise RefusedDatum(where=file, found=datum)
    if not datum.startswith(ALLOWED_DATUMS):
        if parameters is None:
            raise NeedsDatumParameters(where=file, found=datum)
        _refuse_misfit(shapes, crs, plan, file=file, degrees=known.is_geographic)
        return moved_datum(shapes, known, parameters), "CGCS2000"
    _refuse_misfit(shapes, crs, plan, file=file, degrees=known.is_geographic)
    if not known.is_geographic:
        transformer = Transformer.from_crs(known, base, always_xy=True)
        shapes = moved_flat(shapes, lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1])))
    return shapes, "CGCS2000" if datum.startswith("China") else "WGS84"


def applied(parameters: DatumParameters | None, crs: str) -> tuple[DatumParameters | None, tuple[Text, ...]]:
    """Return the parameters `admitted` moves a CRS with, and what is to be said of those it has no use for."""
    if parameters is None:
        return None, ()
    base = None if crs in SHIFTED else CRS.from_user_input(crs).geodetic_crs
    if base is not None and base.datum is not None and not base.datum.name.startswith(ALLOWED_DATUMS):
        return parameters, ()
    zh = f"坐标系 {crs_name(crs)} 不需要基准转换参数，所填参数没有使用"
    return None, (Text(zh, f"{crs_name(crs)} needs no datum parameters; those given were not used"),)


def _shifted(crs: str, xy: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.column_stack(convert_datum(xy[:, 0], xy[:, 1], source=crs, target="WGS84"))


def _refuse_misfit(shapes: Any, crs: str, plan: Plan, *, file: str, degrees: bool) -> None:  # noqa: ANN401
    west, south, east, north = _extent(shapes)
    if np.isnan(west):
        return
    fits_degrees = max(abs(west), abs(east)) <= 180 and max(abs(south), abs(north)) <= 90
    if degrees == fits_degrees:
        return
    zh, en = _told(candidates(shapes[~shapely.is_missing(shapes)], plan))
    named = crs if len(crs) < 40 else CRS.from_user_input(crs).name
    raise ImplausibleCRS(file=file, seen=f"{west:.6g}, {south:.6g}", crs=named, candidates_zh=zh, candidates_en=en)


def _told(found: tuple[Candidate, ...]) -> tuple[str, str]:
    zh = "；".join(f"{c.written}（{c.lon:.4f}, {c.lat:.4f}，距规划中心 {c.km_away:.1f} km）" for c in found)
    en = "; ".join(
        f"{c.written} ({c.lon:.4f}, {c.lat:.4f}, {c.km_away:.1f} km from the plan's centre)" for c in found
    )
    return zh or "没有一个落在规划附近", en or "none puts it near the plan"
