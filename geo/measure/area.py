"""Area and length on the ellipsoid, and the plane area beside it.

References
----------
Snyder, Map Projections: A Working Manual, USGS Professional Paper 1395, 1987: radii of curvature (4-18 to 4-20).
Karney, Algorithms for geodesics, Journal of Geodesy 87, 2013, for lengths (through PROJ).
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.polynomial.legendre import leggauss
from pyproj import CRS, Geod

from geo.arrays import Bools, Floats, Ints, Shapes, as_list, as_rows
from geo.errors import ExtentTooLarge
from geo.measure import sound
from geo.measure.crs import Bench, base_crs, checked_crs, edge_crs, measuring_crs, move, shapes_of
from geo.measure.edges import on_edges
from geo.measure.edgewise import EdgewiseForm
from geo.measure.facts import known_facts, layer_extent
from geo.measure.integrals import AreaForm, area_form
from geo.measure.measuring import BLOCK, Measures, measure, measure_all
from geo.measure.seam import on_seam, take_outlines
from geo.measure.stored_shapes import as_if_made, is_stored
from geo.parallel import row_blocks

CHORD_M = 200.0
FOOT_M = 0.3048
M2_PER_HA, M2_PER_KM2 = 10_000.0, 1_000_000.0
M2_PER = {"m2": 1.0, "ha": M2_PER_HA, "km2": M2_PER_KM2, "mu": 2000.0 / 3.0}  # the units areas are told in
M2_PER_STATED = {**M2_PER, "acre": 43_560 * FOOT_M**2, "ft2": FOOT_M**2}  # those a field may state them in
MU_PER_M2_NUMERATOR, MU_PER_M2_DENOMINATOR = 3.0, 2000.0  # 1 mu = 2000/3 m2 exactly


def mu_of(area_m2: Floats | float) -> Floats | float:
    """Return square metres as mu (亩), 1 mu = 2000/3 m2 exactly."""
    return area_m2 * MU_PER_M2_NUMERATOR / MU_PER_M2_DENOMINATOR


@dataclass(frozen=True, order=True)
class Area:
    """An area: square metres inside, shown in the unit asked for.

    Examples
    --------
    >>> Area(2000.0).mu
    3.0
    >>> Area.from_mu(15).ha
    1.0
    """

    m2: float

    @classmethod
    def from_mu(cls, mu: float) -> Area:
        """Return the area of so many mu."""
        return cls(mu * MU_PER_M2_DENOMINATOR / MU_PER_M2_NUMERATOR)

    @classmethod
    def from_ha(cls, ha: float) -> Area:
        """Return the area of so many hectares."""
        return cls(ha * M2_PER_HA)

    @property
    def ha(self) -> float:
        """Hectares."""
        return self.m2 / M2_PER_HA

    @property
    def km2(self) -> float:
        """Square kilometres."""
        return self.m2 / M2_PER_KM2

    @property
    def mu(self) -> float:
        """Mu (亩): 2000/3 m2."""
        return float(mu_of(self.m2))

    def __add__(self, other: Area) -> Area:
        return Area(self.m2 + other.m2)

    def __sub__(self, other: Area) -> Area:
        return Area(self.m2 - other.m2)


def finite_bounds(*arrays: Shapes, crs: CRS) -> tuple[float, float, float, float]:
    """Return the common extent of shapes in CRS units (a dot at the origin when there is nothing).

    Raises
    ------
    ExtentTooLarge
        When coordinates are not finite or longitudes and latitudes leave the globe.
    """
    boxes = [box for shapes in arrays if len(shapes) and np.isfinite(box := layer_extent(shapes)).any()]
    if not boxes:
        return (0.0, 0.0, 0.0, 0.0)
    every = np.array(boxes)
    lowest: Floats = every[:, :2].min(axis=0)
    highest: Floats = every[:, 2:].max(axis=0)
    (west, south), (east, north) = as_list(lowest), as_list(highest)
    globe = not crs.is_geographic or (west >= -360.0 and east <= 360.0 and south >= -90.0 and north <= 90.0)
    if not (np.isfinite([west, south, east, north]).all() and globe):
        raise ExtentTooLarge(found=crs.to_string())
    return west, south, east, north


def form_of(crs: CRS, *arrays: Shapes) -> AreaForm:
    """Return the area form of a CRS over the extent of some shapes."""
    return form_over(crs, finite_bounds(*arrays, crs=crs))


def form_over(crs: CRS, bounds: tuple[float, float, float, float]) -> AreaForm:
    """Return the area form of a CRS over an extent: fitted where one polynomial holds it, else edge by edge."""
    try:
        return area_form(crs, bounds)
    except ExtentTooLarge:
        if crs.is_geographic:
            raise
        return EdgewiseForm.of(crs)


def measure_shapes(shapes: Shapes, crs: CRS, *, form: AreaForm | None = None) -> Measures:
    """Return areas and moments of shapes whose edges are straight in ``crs``, kept with them where they are.

    ``form`` is one over their extent, for shapes of which nothing is kept.
    """

    def find(every: Shapes) -> Measures:
        return measure_all(every, form_of(crs, every))

    name = f"measures {crs.srs}"
    found = known_facts(shapes, name)
    if found is None:
        return find(shapes) if form is None else measure(shapes, form)
    return found.by_row(name, find)


def take_areas(shapes: Shapes, crs: CRS, rows: Ints | None = None) -> Floats:
    """Return ellipsoidal areas of some rows of shapes, or of all, m2; of what is known of them no more is read.

    Parameters
    ----------
    shapes
        n shapes whose edges are straight in ``crs``.
    crs
        Of their coordinates.
    rows
        None twice.
    """
    name = f"measures {crs.srs}"
    found = known_facts(shapes, name)
    many = rows is None or 2 * len(rows) >= len(shapes)
    if found is None or not (found.facts.follows or found.facts.found(name) or (found.much and many)):
        some = shapes if rows is None else shapes[rows]
        return measure_all(some, form_of(crs, shapes)).area_m2
    every = found.facts.get(f"areas {crs.srs}", lambda whole: measure_shapes(whole, crs).area_m2)
    whose = rows if found.rows is None else found.rows if rows is None else found.rows[rows]
    return every if whose is None else every[whose]


def area_m2(data: gpd.GeoDataFrame | gpd.GeoSeries, *, where: str = "layer") -> Floats:
    """Return each feature's ellipsoidal area, m2; lines, points and nothing count 0.

    Edges are straight where the layer's edge model says (`declare_edges`); the ellipsoid is the CRS's own.
    Agrees with geodesic areas of densely split edges and with the official trapezoid formula to 1e-9.

    Examples
    --------
    The 1:10,000 map sheet at 120.3 E:

    >>> sheet = shapely.box(120.25, 31.875, 120.3125, 31.875 + 1 / 24)
    >>> round(float(area_m2(gpd.GeoSeries([sheet], crs=4490))[0]), 4)
    27316925.1426
    """
    own, source = edge_crs(data, where=where), checked_crs(data, where=where)
    shapes = shapes_of(data)
    if is_stored(shapes):  # what was found of their layer is kept with it: none is made
        return take_areas(on_edges(as_if_made(shapes), source, own), own)
    return measure_shapes(move(shapes, source, own), own).area_m2


def plane_area_m2(data: gpd.GeoDataFrame | gpd.GeoSeries, *, plane_crs: str, where: str = "layer") -> Floats:
    """Return each feature's area in a named projected plane (投影面积), m2: above the ellipsoid's by its scale."""
    target = gpd.GeoSeries([], crs=plane_crs)
    bench = Bench(edge_crs(target, where="plane_crs"), edge_crs(target, where="plane_crs"))
    areas: Floats = shapely.area(bench.bring(data, where=where))
    return np.where(np.isnan(areas), 0.0, areas)


def length_m(data: gpd.GeoDataFrame | gpd.GeoSeries, *, where: str = "layer") -> Floats:
    """Return each line's ellipsoidal length, m (polygons: perimeter; points 0), edges as the layer declares.

    Examples
    --------
    >>> one_minute_north = shapely.LineString([(120.3, 31.9), (120.3, 31.9 + 1 / 60)])
    >>> round(float(length_m(gpd.GeoSeries([one_minute_north], crs=4490))[0]), 3)
    1848.087
    """
    own, source = edge_crs(data, where=where), checked_crs(data, where=where)
    shapes = shapes_of(data)
    if is_stored(shapes):
        return shape_lengths_m(on_edges(as_if_made(shapes), source, own), own)
    return shape_lengths_m(move(shapes, source, own), own)


def shape_lengths_m(shapes: Shapes, crs: CRS) -> Floats:
    """Return ellipsoidal lengths of shapes whose edges are straight in ``crs``; stored ones are made in blocks."""
    if not is_stored(shapes):
        return _lengths(shapes, crs, None)
    found = known_facts(as_if_made(shapes))

    def find(every: Shapes) -> Floats:
        form = form_of(crs, every)
        blocks = row_blocks(len(every), size=BLOCK)
        return np.concatenate([np.zeros(0), *(_lengths(every[part], crs, form) for part in blocks)])

    return find(as_if_made(shapes)) if found is None else found.by_row(f"lengths {crs.srs}", find)


def _lengths(shapes: Shapes, crs: CRS, form: AreaForm | None) -> Floats:
    """Return lengths of shapes; ``form`` is one over an extent that holds them, where it is known."""
    curved = crs.is_projected and (
        not Bench(crs, crs).conformal or isinstance(form or form_of(crs, shapes), EdgewiseForm)
    )
    total = np.zeros(len(shapes))
    if crs.is_geographic and on_seam(shapes).any():
        shapes = take_outlines(shapes)
    whole = np.flatnonzero(shapely.get_dimensions(shapes) >= 1)
    parts, owner = shapely.get_parts(shapes[whole], return_index=True)
    for dimension in (1, 2):
        chosen: Bools = shapely.get_dimensions(parts) == dimension
        lines, row = parts[chosen], whole[owner[chosen]]
        if dimension == 2:
            lines, part = shapely.get_rings(lines, return_index=True)
            row = row[part]
        if len(lines):
            np.add.at(total, row, _chord_lengths(lines, crs) if curved else _line_lengths(lines, crs, form))
    return total


def _chord_lengths(lines: Shapes, crs: CRS) -> Floats:
    """Sum geodesics along lines of any plane, split so finely that they are no shorter than the edges.

    An edge of L bends by L tan(latitude) / R at the most, which makes it longer by L^3 / 24 R^2 times its square.
    """
    base = base_crs(crs)
    xy, line = shapely.get_coordinates(move(sound.split_edges(lines, CHORD_M), crs, base), return_index=True)
    ellipsoid = base.ellipsoid
    if ellipsoid is None:
        raise ExtentTooLarge(found=crs.to_string())
    geod = Geod(a=ellipsoid.semi_major_metre, b=ellipsoid.semi_minor_metre)
    inside: Bools = line[1:] == line[:-1]
    x, y = as_rows(xy.T)
    metres: Floats = geod.inv(x[:-1][inside], y[:-1][inside], x[1:][inside], y[1:][inside])[2]
    total: Floats = np.bincount(line[1:][inside], weights=metres, minlength=len(lines)).astype(float)
    return total


def _line_lengths(lines: Shapes, crs: CRS, form: AreaForm | None) -> Floats:
    xy, line = shapely.get_coordinates(lines, return_index=True)
    inside: Bools = line[1:] == line[:-1]
    start, step = xy[:-1][inside], (xy[1:] - xy[:-1])[inside]
    share = np.zeros(len(start))
    form = form or form_of(crs, lines)
    nodes, weights = leggauss(form.nodes + 2)
    for node, weight in zip(as_list(nodes), as_list(weights)):
        x, y = as_rows((start + 0.5 * (1.0 + node) * step).T)
        if crs.is_geographic:
            e2, phi = form.f * (2.0 - form.f), np.radians(y)
            w2 = 1.0 - e2 * np.sin(phi) ** 2
            east = np.radians(step[:, 0]) * np.cos(phi) * form.a_m / np.sqrt(w2)
            north = np.radians(step[:, 1]) * form.a_m * (1.0 - e2) / (w2 * np.sqrt(w2))
            share += 0.5 * weight * np.hypot(east, north)
        else:
            share += 0.5 * weight * np.hypot(step[:, 0], step[:, 1]) / np.sqrt(form.areal_scale(x, y))
    total: Floats = np.bincount(line[1:][inside], weights=share, minlength=len(lines)).astype(float)
    return total


def distance_plane(bench: Bench, *arrays: Shapes) -> CRS:
    """Return the plane distances are measured in.

    The bench itself when it is conformal, else a local conformal plane centred on the data, across 180 degrees
    too; its scale is corrected feature by feature.
    """
    if bench.conformal:
        return bench.crs
    if bench.crs.is_geographic:
        west, south, east, north = finite_bounds(*arrays, crs=bench.crs)
        if east - west > 180.0:
            lon = np.concatenate([shapely.get_coordinates(shapes)[:, 0] for shapes in arrays]) % 360.0
            west, east = float(np.nanmin(lon)), float(np.nanmax(lon))
            if east - west > 180.0:
                north, south = (90.0, 90.0) if north + south > 0.0 else (-90.0, -90.0)
        return measuring_crs(bench.crs, (west, south, east, north))
    return measuring_crs(bench.crs, finite_bounds(*arrays, crs=bench.crs))
