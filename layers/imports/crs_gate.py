"""The gate of every imported coordinate: its CRS and datum are declared or chosen by a person, never guessed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from geo.arrays import Floats
from geo.errors import PlanAtlasError, RefusedDatum
from geo.measure.crs import ALLOWED_DATUMS, same_datum_transformer
from geo.measure.crs_words import crs_label
from geo.measure.shift import HUB, Ways, bound_by, metric_crs, named_rightly
from geo.text import Text
from layers.features.columns import Objects, Positions
from layers.imports.crs_offers import (
    SHIFTED,
    crs_candidates,
    finite_extent,
    offered_crs,
    to_wgs84,
    told_candidates,
)
from layers.imports.datum_parameters import DatumParameters, NeedsDatumParameters, moved_datum
from layers.imports.errors import UnreadableFile
from layers.imports.heights import infinite_rows, moved_flat
from layers.imports.strays import mixed_eastings, without_strays
from layers.plan.catalog import Plan
from layers.plan.operations import chosen_operation, published_operations

_AT_ONCE = 20_000  # shapes looked at together


class NeedsCRS(PlanAtlasError):
    """The file declares no CRS; what fits the plan's place is listed for a person to choose from."""

    code = "needs_crs"
    zh = "{file} 没有声明坐标系。请用 --crs 指定，可能的坐标系：{candidates_zh}。"
    en = "{file} declares no coordinate reference system. Say it with --crs; what would fit: {candidates_en}."


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


class UnnamedDatum(RefusedDatum):
    """A CRS that tells its ellipsoid and not its datum."""

    code = "unnamed_datum"
    zh = "{where} 的坐标系没有写明坐标基准（{found}），只有椭球 {ellipsoid}。请用 --crs 说明坐标系，系统不会猜测。"
    en = "{where} names no datum ({found}), only the ellipsoid {ellipsoid}. Say the CRS (--crs): none is guessed."


def needs_crs(shapes: Objects, plan: Plan, *, file: str, datum: str = "") -> NeedsCRS:
    """Return the error of a file without a CRS, with what would fit.

    Parameters
    ----------
    shapes
        Those with a place.
    plan
        What the candidates are measured against.
    file
        For the message.
    datum
        What the file says of its metres.
    """
    zh, en = told_candidates(offered_crs(shapes, plan, datum=datum))
    return NeedsCRS(file=file, candidates_zh=zh, candidates_en=en)


@dataclass(frozen=True)
class Admitted:
    """Geometry that passed the gate.

    Attributes
    ----------
    made
        Makes ``shapes``, which are not needed where edges are straight in the plane they came in.
    datum
        ``CGCS2000`` or ``WGS84``.
    plane
        The same shapes in the plane they came in, metres; None where they came in degrees.
    plane_crs, operation
        That plane as the catalog writes it (its code, or WKT where it has none), and the operation or parameters
        that lead from its datum to ``datum``; empty where there are none.
    accuracy_m
        Of the operation; None where none was needed, or nobody states one.
    notes
        What was done, to be said.
    way
        From the plane to degrees, where one way leads all shapes there.
    """

    made: Callable[[], Objects]
    datum: str
    plane: Objects | None = None
    plane_crs: str = ""
    operation: str = ""
    accuracy_m: float | None = None
    notes: tuple[Text, ...] = ()
    way: Transformer | Ways | None = None

    @property
    def shapes(self) -> Objects:
        """In longitude and latitude of ``datum``, whatever turn longitudes are on; made when asked for."""
        return self.made()

    def lost(self) -> Positions:
        """Return the rows with a coordinate that is not finite in degrees; what comes by a way is not all held."""
        if self.way is None or self.plane is None:
            return infinite_rows(self.shapes)
        found = [np.zeros(0, dtype=np.intp)]
        for start in range(0, len(self.plane), _AT_ONCE):
            found.append(start + infinite_rows(_through(self.way, self.plane[start : start + _AT_ONCE])))
        return np.concatenate(found)

    @property
    def kept(self) -> dict[str, Any]:
        """What a version remembers of how its datum was changed."""
        return {"datum_operation": self.operation or None, "datum_accuracy_m": self.accuracy_m}


def admit_shapes(
    shapes: Objects,
    crs: str | None,
    plan: Plan,
    *,
    swapped: bool,
    file: str,
    parameters: DatumParameters | None = None,
) -> Admitted:
    """Return geometries in longitude/latitude, the datum they are on, and the plane they came in.

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
        From an old datum to CGCS2000, or the operation of EPSG to take; used only where the CRS is of one.

    Raises
    ------
    NeedsCRS, ImplausibleCRS, UnknownCRS
        None is declared; the declared one does not fit the coordinates; nobody defines it.
    NeedsDatumParameters, RefusedDatum
        Beijing 54, Xian 80 and others whose relation nobody publishes for the place, and no parameters; the file
        names no datum.
    """
    placed = shapes[~shapely.is_missing(shapes)]
    if mixed := mixed_eastings(shapes):
        raise UnreadableFile(file=file, why_zh=mixed.zh, why_en=mixed.en)
    if crs is None:
        raise needs_crs(placed, plan, file=file)
    shapes, notes = without_strays(shapes, crs, swapped=swapped)
    came = _through_the_gate(shapes, crs, plan, swapped=swapped, file=file, parameters=parameters)
    came = _somewhere(came, placed, crs, plan, file=file)
    return replace(came, notes=(*came.notes, *notes)) if notes else came


def _somewhere(came: Admitted, placed: Objects, crs: str, plan: Plan, *, file: str) -> Admitted:
    """Return what came, where it lies on the Earth; a plane that reaches nowhere near is the wrong one.

    An easting with its zone's number before it, under a plane without one (or the other way round), is the
    commonest case: then nothing has a place, and the planes that would fit are named.
    """
    if came.plane is None:
        return came
    off = came.lost()
    if not len(off):
        return came  # what was made is made again where it is needed: a million shapes are held once
    made = came.shapes
    off = off[np.isfinite(shapely.bounds(came.plane[off])).all(axis=1)]
    if len(off) and len(off) == len(placed):
        west, south, _, _ = finite_extent(placed)
        zh, en = told_candidates(crs_candidates(placed, plan, declared=crs) or crs_candidates(placed, plan))
        named = crs if len(crs) < 40 else CRS.from_user_input(crs).name
        raise ImplausibleCRS(
            file=file, seen=f"{west:.6g}, {south:.6g}", crs=named, candidates_zh=zh, candidates_en=en
        )
    shapes, plane = made.copy(), came.plane.copy()
    for held in (shapes, plane):  # a stray feature costs itself: told as not finite
        held[off] = shapely.transform(held[off], lambda at: np.full_like(at, np.nan))
    return replace(came, made=lambda: shapes, plane=plane)


def _through_the_gate(
    shapes: Objects,
    crs: str,
    plan: Plan,
    *,
    swapped: bool,
    file: str,
    parameters: DatumParameters | None,
) -> Admitted:
    if swapped:
        shapes = moved_flat(shapes, lambda xy: xy[:, ::-1])
    if crs in SHIFTED:
        _refuse_misfit(shapes, crs, plan, file=file, degrees=True)
        return Admitted(lambda: moved_flat(shapes, lambda xy: to_wgs84(crs, xy)), "WGS84")
    try:
        known = named_rightly(CRS.from_user_input(crs).to_2d())
    except CRSError:
        raise UnknownCRS(crs=crs[:60]) from None
    base = known.geodetic_crs
    datum = base.datum.name if base is not None and base.datum is not None else "unknown"
    if base is None or datum.lower().startswith(("unknown", "not specified", "not_specified")):
        raise UnnamedDatum(where=file, found=datum, ellipsoid=known.ellipsoid.name if known.ellipsoid else "?")
    _refuse_misfit(shapes, crs, plan, file=file, degrees=known.is_geographic)
    if datum.startswith(ALLOWED_DATUMS):
        way, name = (
            same_datum_transformer(metric_crs(known), base),
            "CGCS2000" if datum.startswith("China") else "WGS84",
        )
        plane = _metres(shapes, known)
        own = shapes if plane is None else plane
        return Admitted(lambda: _through(way, own), name, plane, _written_crs(known, crs), way=way)
    if parameters is not None and not parameters.operation:
        plane = _metres(shapes, known)
        told = parameters.written if plane is not None else ""
        moved = moved_datum(shapes, known, parameters)
        return Admitted(lambda: moved, "CGCS2000", plane, _written_crs(known, crs), told)
    return _by_operation(shapes, known, crs, file=file, asked=parameters.operation if parameters else "")


def _by_operation(shapes: Objects, known: CRS, crs: str, *, file: str, asked: str) -> Admitted:
    """Carry shapes of another datum to WGS 84 by a published operation, the one asked for or the one that fits."""
    offered = published_operations(known, _some_places(shapes, known))
    chosen = (
        next((one for one in offered if one.code == asked), None) if asked else chosen_operation(known, offered)
    )
    base = known.geodetic_crs
    datum = base.datum.name if base is not None and base.datum is not None else "unknown"
    if chosen is None:
        zh = "；".join(one.written.zh for one in offered[:6]) or "EPSG 没有收录适用于此地的转换"
        en = "; ".join(one.written.en for one in offered[:6]) or "EPSG lists none for this place"
        raise NeedsDatumParameters(where=file, found=datum, offered_zh=zh, offered_en=en)
    bound = bound_by(known, chosen.code)
    plane = _metres(shapes, known)
    moved = _through(same_datum_transformer(bound, CRS(HUB)), shapes if plane is None else plane)
    zh = f"由 {datum} 按 {chosen.written.zh} 转到 WGS 84：位置精度 {chosen.accuracy_m:g} 米"
    en = f"moved from {datum} to WGS 84 by {chosen.written.en}: positions are good to {chosen.accuracy_m:g} m"
    if plane is not None:
        zh, en = f"{zh}；边、面积与长度仍按原平面", f"{en}; edges stay straight in the file's own plane"
    if chosen.covers < 1.0:
        zh = f"{zh}；{100 * (1 - chosen.covers):.0f}% 的坐标在其适用范围之外"
        en = f"{en}; {100 * (1 - chosen.covers):.0f} % of the coordinates lie outside its area"
    written = _written_crs(known, crs)
    operation = chosen.code if plane is not None else ""
    return Admitted(lambda: moved, "WGS84", plane, written, operation, chosen.accuracy_m, (Text(zh, en),))


def _metres(shapes: Objects, known: CRS) -> Objects | None:
    """Return shapes of a plane in metres; None for degrees."""
    if not known.is_projected:
        return None
    per = float(known.axis_info[0].unit_conversion_factor)
    return shapes if per == 1.0 else moved_flat(shapes, lambda xy: xy * per)


def _through(way: Transformer | Ways | None, shapes: Objects) -> Objects:
    if way is None:
        return shapes
    return moved_flat(shapes, lambda xy: np.column_stack(way.transform(xy[:, 0], xy[:, 1])))


def _written_crs(known: CRS, crs: str) -> str:
    """Return a plane as the catalog keeps it; nothing for degrees."""
    if not known.is_projected:
        return ""
    code = known.to_authority(min_confidence=100)
    return ":".join(code) if code else (crs if len(crs) < 40 else known.to_wkt())


def _some_places(shapes: Objects, known: CRS) -> Floats:
    """Return some hundreds of the data's places in degrees of their own datum."""
    xy = shapely.get_coordinates(shapes)
    xy = xy[np.isfinite(xy).all(axis=1)][:: max(1, len(xy) // 500)]
    if known.is_projected and known.geodetic_crs is not None:
        xy = np.column_stack(Transformer.from_crs(known, known.geodetic_crs, always_xy=True).transform(*xy.T))
    return xy[np.isfinite(xy).all(axis=1)]


def applied_parameters(
    parameters: DatumParameters | None, crs: str
) -> tuple[DatumParameters | None, tuple[Text, ...]]:
    """Return the parameters `admit_shapes` moves a CRS with, and what is to be said of those it has no use for."""
    if parameters is None:
        return None, ()
    base = None if crs in SHIFTED else named_rightly(CRS.from_user_input(crs)).geodetic_crs
    if base is not None and base.datum is not None and not base.datum.name.startswith(ALLOWED_DATUMS):
        return parameters, ()
    named = crs_label(crs)
    zh = f"坐标系 {named.zh} 不需要基准转换参数，所填参数没有使用"
    return None, (Text(zh, f"{named.en} needs no datum parameters; those given were not used"),)


def _refuse_misfit(shapes: Objects, crs: str, plan: Plan, *, file: str, degrees: bool) -> None:
    west, south, east, north = finite_extent(shapes)
    if np.isnan(west):
        return
    widest = 360 if degrees else 180  # some write longitudes from 0 to 360
    fits_degrees = max(abs(west), abs(east)) <= widest and max(abs(south), abs(north)) <= 90
    if degrees == fits_degrees:
        return
    zh, en = told_candidates(crs_candidates(shapes[~shapely.is_missing(shapes)], plan))
    named = crs if len(crs) < 40 else CRS.from_user_input(crs).name
    raise ImplausibleCRS(file=file, seen=f"{west:.6g}, {south:.6g}", crs=named, candidates_zh=zh, candidates_en=en)
