"""Which coordinate reference systems may be measured in, how edges are read, and how layers meet in one plane.

CGCS2000 and WGS 84 are taken as one (they differ by centimetres to decimetres and PROJ has no transformation). A
CRS of any other datum is taken only when it is bound to WGS 84 by one operation (`geo.measure.shift`): PROJ would
choose another from place to place, or answer silently with the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Literal

import geopandas as gpd
import numpy as np
import shapely
from geopandas.array import GeometryArray, from_shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from geo.arrays import Floats, Shapes
from geo.errors import MissingCRS, RefusedCRS, RefusedDatum
from geo.measure import sound
from geo.measure.seam import joined_at_seam, on_seam, one_side
from geo.measure.shift import HUB, Way, Ways, to_hub
from geo.measure.stored_shapes import StoredGeometry, as_if_made, is_stored
from geo.parallel import in_threads, row_blocks

EdgeModel = Literal["plane", "lonlat"]
_Refusal = Callable[..., RefusedCRS | RefusedDatum]  # given the layer's name
EDGE_MODELS = ("plane", "lonlat")

CGCS2000, WGS84, CGCS2000_120E = "EPSG:4490", "EPSG:4326", "EPSG:4549"
ALLOWED_DATUMS = ("China 2000", "World Geodetic System 1984")
CONFORMAL = ("Transverse Mercator", "Lambert Conic Conformal", "Oblique Stereographic")
SPLIT_M = 100.0  # a 100 m edge bends by 0.1 mm between the two edge models at these latitudes
SPLIT_DEG = 0.0009
WIDE_M = 1_500_000.0
BLOCK = 50_000  # shapes moved at a time


def lonlat_crs(datum: str) -> str:
    """Return the CRS of longitude and latitude in which layers are kept.

    Parameters
    ----------
    datum
        ``CGCS2000`` or ``WGS84``.
    """
    return CGCS2000 if datum == "CGCS2000" else WGS84


@lru_cache(maxsize=256)
def crs_name(text: str) -> str:
    """Return what people call a CRS, with its code where it has one; text that is none as it is, cut.

    Examples
    --------
    >>> crs_name("EPSG:4549")
    'CGCS2000 / 3-degree Gauss-Kruger CM 120E (EPSG:4549)'
    """
    try:
        known = CRS.from_user_input(text)
    except CRSError:
        return text[:60]
    code = known.to_authority(min_confidence=100)
    return f"{known.name} ({':'.join(code)})" if code else str(known.name)


@lru_cache(maxsize=64)
def _crs_text(srs: str) -> str:
    return CRS.from_user_input(srs).to_string()


def crs_text(crs: CRS) -> str:
    """Return a CRS as text, looked up once: PROJ looks through its tables for it."""
    return _crs_text(crs.srs)


def _checked(crs: CRS, where: str, edges: bool = False) -> CRS:
    found, refused = _looked_at(crs.srs, edges)  # a CRS is known by its text: to hash one takes PROJ longer
    if refused is not None:
        raise refused(where=where)
    return found


@lru_cache(maxsize=64)
def _looked_at(srs: str, edges: bool) -> tuple[CRS, _Refusal | None]:
    """Return a CRS, and what is raised where it may not be measured in: looked at once, for whatever layer."""
    crs = CRS.from_user_input(srs)
    bound = crs.source_crs if crs.is_bound else None
    refused = _kind_refused(crs if bound is None else bound, edges)
    if refused is not None or bound is not None:
        return crs, refused
    base = crs.geodetic_crs
    datum = base.datum.name if base is not None and base.datum is not None else "unknown"
    return crs, None if datum.startswith(ALLOWED_DATUMS) else partial(RefusedDatum, found=datum)


def _kind_refused(crs: CRS, edges: bool) -> _Refusal | None:
    def refused(why: str) -> _Refusal:
        text = crs.to_string()
        return partial(RefusedCRS, found=text if len(text) < 40 else crs.name, why=why)

    if crs.is_geocentric or crs.is_vertical or crs.is_engineering or not (crs.is_projected or crs.is_geographic):
        return refused("not a map plane / 不是地图平面")
    if crs.is_projected:
        method = str(crs.coordinate_operation.method_name) if crs.coordinate_operation else ""
        if not edges and ("Pseudo" in method or "Web Mercator" in method or method.startswith("Mercator")):
            return refused("areas +39 % at 32 degrees / 在北纬 32 度面积偏大 39%")
        if any(axis.unit_name != "metre" for axis in crs.axis_info):
            return refused("not in metres / 单位不是米")
    return None


@lru_cache(maxsize=256)
def _equal(one: str, other: str) -> bool:
    return one == other or bool(CRS.from_user_input(one) == CRS.from_user_input(other))


def same_crs(one: CRS, other: CRS) -> bool:
    """Whether two CRS are equal; what was compared once is remembered, for PROJ takes milliseconds."""
    return one is other or _equal(one.srs, other.srs)


def checked_crs(data: object, *, where: str) -> CRS:
    """Return the CRS of a frame, series or CRS description when it may be measured in.

    Raises
    ------
    MissingCRS, RefusedCRS, RefusedDatum
        No CRS; web Mercator or not metric; another datum, not bound to WGS 84 (`geo.measure.shift`).

    Examples
    --------
    >>> checked_crs("EPSG:4549", where="parcels").axis_info[0].unit_name
    'metre'
    """
    crs = data.crs if isinstance(data, gpd.GeoDataFrame | gpd.GeoSeries) else data
    if crs is None:
        raise MissingCRS(where=where)
    return _checked(CRS.from_user_input(crs), where)


def base_crs(crs: CRS) -> CRS:
    """Return the longitude/latitude CRS coordinates are stored in: on the same datum, WGS 84 for a bound CRS.

    Raises
    ------
    RefusedCRS
        It stands on no datum.
    """
    base = CRS(HUB) if crs.is_bound else crs.geodetic_crs
    if base is None:
        raise RefusedCRS(where="data", found=crs.name, why="no datum / 没有基准")
    return base


def same_datum_transformer(source: CRS, target: CRS) -> Transformer | Ways | None:
    """Return the lon/lat-ordered way between two allowed CRS, or None when they share coordinates.

    Between the two allowed datums numbers pass unchanged (declared identity); PROJ is only asked for projections,
    and for the one operation a CRS is bound by.
    """
    source, target = _checked(source, "source", True), _checked(target, "target", True)
    if same_crs(source, target):
        return None
    if source.is_geographic and target.is_geographic and not (source.is_bound or target.is_bound):
        return None
    return _transformer(source, target)


def _way(crs: CRS, *, back: bool) -> tuple[Way, ...]:
    """Return the way from a CRS to longitude and latitude of its stored datum, or back from there."""
    if crs.is_bound:
        return (Way(to_hub(crs), back),)
    return (Way(Transformer.from_crs(crs, base_crs(crs), always_xy=True), back),) if crs.is_projected else ()


@lru_cache(maxsize=64)
def _transformer(source: CRS, target: CRS) -> Transformer | Ways:
    if source.is_bound or target.is_bound:
        return Ways((*_way(source, back=False), *_way(target, back=True)))
    if source.is_projected and target.is_projected and base_crs(source) != base_crs(target):
        return Transformer.from_crs(source, _with_base(target, source), always_xy=True)
    if source.is_projected and target.is_geographic:
        return Transformer.from_crs(source, base_crs(source), always_xy=True)
    if source.is_geographic and target.is_projected:
        return Transformer.from_crs(base_crs(target), target, always_xy=True)
    return Transformer.from_crs(source, target, always_xy=True)


def _with_base(target: CRS, source: CRS) -> CRS:
    """Return ``target``'s projection on ``source``'s datum, so that the datum step is the declared identity."""
    described = target.to_json_dict()
    described["base_crs"] = base_crs(source).to_json_dict()
    described.pop("id", None)
    return CRS.from_json_dict(described)


def move(shapes: Shapes, source: CRS, target: CRS) -> Shapes:
    """Return shapes with their vertices in ``target``; edges are not split. Two threads.

    Shapes in degrees that were cut at 180 (`geo.measure.seam`) are whole again in a plane.
    """
    transformer = same_datum_transformer(source, target)
    if transformer is None or not len(shapes):
        return shapes
    if source.is_geographic and not target.is_geographic and (cut := np.flatnonzero(on_seam(shapes))).size:
        shapes = shapes.copy()
        shapes[cut] = one_side(shapes[cut])
        moved_shapes = _moved(shapes, transformer)
        moved_shapes[cut] = joined_at_seam(moved_shapes[cut])
        return moved_shapes
    return _moved(shapes, transformer)


def _moved(shapes: Shapes, transformer: Transformer | Ways) -> Shapes:

    def moved(xy: Floats) -> Floats:
        return np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))

    def work(part: slice) -> Shapes:
        result: Shapes = shapely.transform(shapes[part], moved)
        return result

    return np.concatenate(in_threads(row_blocks(len(shapes), size=BLOCK), work))


def declare_edges(
    frame: gpd.GeoDataFrame, *, edge_model: EdgeModel, plane_crs: str | None = None
) -> gpd.GeoDataFrame:
    """Return the frame with its edge model declared (kept in ``frame.attrs``).

    ``plane`` edges are straight in ``plane_crs`` (by default the frame's own projected CRS), ``lonlat`` edges are
    straight in longitude and latitude (RFC 7946). Undeclared: projected data are ``plane``, the rest ``lonlat``.
    """
    result = frame.copy(deep=False)
    result.attrs = {**frame.attrs, "edge_model": edge_model, "plane_crs": plane_crs}
    return result


def edge_model_of(data: gpd.GeoDataFrame | gpd.GeoSeries) -> EdgeModel:
    """Return the declared edge model, or the one that follows from the CRS."""
    declared = data.attrs.get("edge_model")
    if declared not in EDGE_MODELS:
        declared = "plane" if data.crs is not None and data.crs.is_projected else "lonlat"
    return "plane" if declared == "plane" else "lonlat"


def edge_crs(data: gpd.GeoDataFrame | gpd.GeoSeries, *, where: str) -> CRS:
    """Return the CRS in which the layer's edges are straight: where it is cut and integrated.

    Raises
    ------
    MissingCRS
        The frame has none, or edges are declared ``plane`` on lon/lat data without a ``plane_crs``.
    """
    crs = checked_crs(data, where=where)
    if edge_model_of(data) == "lonlat":
        return crs if crs.is_geographic else checked_crs(base_crs(crs), where=where)
    plane = data.attrs.get("plane_crs")
    if plane is not None:
        return _checked(CRS.from_user_input(plane), where, True)
    if crs.is_geographic:
        raise MissingCRS(where=f"{where}: plane_crs")
    return crs


def shapes_of(data: gpd.GeoDataFrame | gpd.GeoSeries) -> Shapes:
    """Return the geometry column as an array of shapes (None where there is none); what is stored stays stored."""
    values = data.geometry.values
    if isinstance(values, StoredGeometry) and values.stored is not None:
        return as_if_made(values.stored)
    return np.asarray(values, dtype=object)


def geometry_column(shapes: Shapes, crs: CRS | str) -> GeometryArray:
    """Return shapes as the geometry column of a frame; what is stored stays stored."""
    return StoredGeometry(shapes, crs) if is_stored(shapes) else from_shapely(shapes, crs)


@dataclass(frozen=True)
class Bench:
    """The one plane several layers are brought to: the subject layer's edges stay straight in it."""

    crs: CRS
    source: CRS

    @classmethod
    def of(cls, subject: gpd.GeoDataFrame, *, where: str) -> Bench:
        """Return the bench of a subject layer."""
        return cls(edge_crs(subject, where=where), checked_crs(subject, where=where))

    def bring(self, data: gpd.GeoDataFrame | gpd.GeoSeries, *, where: str) -> Shapes:
        """Return a layer's shapes on the bench; edges of the other model are split every 100 m first."""
        own, stored = edge_crs(data, where=where), checked_crs(data, where=where)
        return self.take(move(shapes_of(data), stored, own), own)

    def take(self, shapes: Shapes, own: CRS) -> Shapes:
        """Return shapes whose edges are straight in ``own`` on the bench."""
        if same_crs(own, self.crs) or (own.is_geographic and self.crs.is_geographic):
            return shapes
        shapes = sound.split_edges(shapes, SPLIT_DEG if own.is_geographic else SPLIT_M)
        return move(shapes, own, self.crs)

    def give(self, shapes: Shapes) -> gpd.GeoSeries:
        """Return shapes in the subject layer's stored CRS."""
        return gpd.GeoSeries(move(shapes, self.crs, self.source), crs=self.source)

    @property
    def conformal(self) -> bool:
        """Whether distances are true up to a local scale, so that buffers stay round."""
        projection = self.crs.coordinate_operation if self.crs.is_projected else None
        return projection is not None and str(projection.method_name).startswith(CONFORMAL)


def measuring_crs(crs: CRS, bounds: tuple[float, float, float, float]) -> CRS:
    """Return the local conformal plane (transverse Mercator on the data's datum) centred on ``bounds``.

    Its scale is the same in every direction, so a distance divided by the scale in its middle is true to 1e-9.
    (An equal-area plane would not do: on the ellipsoid its scales differ by direction, 6e-7 at 3.5 km.) Over more
    than ``WIDE_M``, or near a pole, it is stereographic, which is conformal everywhere.
    """
    x, y = 0.5 * (bounds[0] + bounds[2]), 0.5 * (bounds[1] + bounds[3])
    transformer = same_datum_transformer(crs, base_crs(crs)) if crs.is_projected else None
    xy = np.array([x]), np.array([y])
    lon, lat = (float(v[0]) for v in (transformer.transform(*xy) if transformer else xy))
    datum = "+datum=WGS84" if str(base_crs(crs).datum).startswith("World") else "+ellps=GRS80"
    metres = 111_000.0 if crs.is_geographic else 1.0
    wide = max(bounds[2] - bounds[0], bounds[3] - bounds[1]) * metres > WIDE_M or abs(lat) > 84.0
    lon = (lon + 180.0) % 360.0 - 180.0
    local = CRS.from_user_input(
        f"+proj={'stere' if wide else 'tmerc'} +lon_0={lon:.4f} +lat_0={lat:.4f} +k=1 +x_0=0 +y_0=0 "
        f"{datum} +units=m +type=crs"
    )
    if datum == "+ellps=GRS80":
        described = local.to_json_dict()
        described["base_crs"] = base_crs(crs).to_json_dict()
        local = CRS.from_json_dict(described)
    return local
