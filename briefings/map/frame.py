"""The ground a picture shows: in the plan's plane coordinates, true to shape, with its true scale."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import shapely
from pyproj import Geod, Transformer
from shapely.geometry.base import BaseGeometry

from layers.plan.catalog import Plan
from layers.plan.views import View

TILE = 256.0  # a web map's tile, in pixels
SCREEN = (1000.0, 640.0)  # of a map on the page, in pixels, where nobody says how large it is
_MARGIN = 0.04
_RICH = 12  # vertices from which a line is worth simplifying
_DEGREE_M = 111_700.0  # of a degree of latitude or longitude at most
_STRAIGHT_M = 500.0  # of a shape, times the root of how exact it is: edges as straight in degrees as in the plane
_GEOD = Geod(ellps="GRS80")


@lru_cache(maxsize=16)
def plane_transformer(crs: str) -> Transformer:
    """Return the way from degrees to a plane, made once: it takes a tenth of a second a time."""
    return Transformer.from_crs("EPSG:4490", crs, always_xy=True)


@dataclass(frozen=True)
class Frame:
    """West, south, east, north in metres of the plane CRS ``crs``."""

    bounds: tuple[float, float, float, float]
    crs: str

    @cached_property
    def _to_plane(self) -> Transformer:
        return plane_transformer(self.crs)

    def bring(self, shapes: Any, *, exact_m: float = 0.0) -> Any:  # noqa: ANN401 - arrays of shapely geometries
        """Return longitude/latitude geometries in the plane, cut a little outside the frame.

        What lies beyond the picture is not in its file; of a geometry that lies elsewhere an empty one is left.

        Parameters
        ----------
        exact_m
            How far a drawn line may lie from the true one: vertices that change less are left out.
        """
        small = np.zeros(len(shapes), dtype=bool)
        if exact_m > 0:
            shapes, small = self._slimmed(shapes, exact_m)
        out = self.plane(shapes)
        west, south, east, north = self.bounds
        more = (east - west) * 0.02
        window = (west - more, south - more, east + more, north + more)
        cut = ~shapely.contains_properly(shapely.box(*window), out)
        out[cut] = shapely.clip_by_rect(out[cut], *window)
        if exact_m > 0:
            rich = (shapely.get_num_coordinates(out) > _RICH) & ~small
            out[rich] = _slim(out[rich], exact_m)
        return out

    def _slimmed(self, shapes: Any, exact_m: float) -> tuple[Any, Any]:  # noqa: ANN401
        """Leave out vertices of small shapes before they are brought, which takes long; and tell which those are.

        A parallel is bent in the plane by the square of its length: of what is small, by nothing that is seen.
        """
        west, south, east, north = shapely.bounds(shapes).T
        most = _STRAIGHT_M * math.sqrt(exact_m) / _DEGREE_M
        small = (np.fmax(east - west, north - south) < most) & (shapely.get_num_coordinates(shapes) > _RICH)
        out = np.array(shapes, dtype=object)
        out[small] = _slim(out[small], exact_m * self.ground_per_metre / _DEGREE_M)
        return out, small

    def plane(self, shapes: Any) -> Any:  # noqa: ANN401
        """Return longitude/latitude geometries in the plane."""

        def move(lonlat: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
            return np.column_stack(self._to_plane.transform(lonlat[:, 0], lonlat[:, 1]))

        return shapely.transform(shapes, move)

    @cached_property
    def lonlat(self) -> tuple[float, float, float, float]:
        """The frame's box in degrees; where it lies across 180 degrees its west is greater than its east."""
        west, south, east, north = self._to_plane.transform_bounds(
            *self.bounds, direction="INVERSE", densify_pts=21
        )
        return west, south, east, north

    @cached_property
    def region(self) -> BaseGeometry:
        """The frame's box in degrees as a shape: two boxes where it lies across 180 degrees."""
        west, south, east, north = self.lonlat
        if west <= east:
            return shapely.box(west, south, east, north)
        return shapely.union(shapely.box(west, south, 180.0, north), shapely.box(-180.0, south, east, north))

    @cached_property
    def ground_per_metre(self) -> float:
        """Ellipsoidal metres on the ground of one plane metre, eastwards at the frame's centre."""
        x, y = (self.bounds[0] + self.bounds[2]) / 2, (self.bounds[1] + self.bounds[3]) / 2
        lons, lats = self._to_plane.transform([x - 500, x + 500], [y, y], direction="INVERSE")
        return float(_GEOD.line_length(lons, lats)) / 1000.0

    @cached_property
    def north_deg(self) -> float:
        """How far true north lies from the top, clockwise, at the frame's centre (meridian convergence)."""
        x, y = (self.bounds[0] + self.bounds[2]) / 2, (self.bounds[1] + self.bounds[3]) / 2
        lon, lat = self._to_plane.transform(x, y, direction="INVERSE")
        east, north = self._to_plane.transform(lon, lat + 0.01)
        return float(np.degrees(np.arctan2(east - x, north - y)))


def _slim(shapes: Any, most: float) -> Any:  # noqa: ANN401 - arrays of shapely geometries
    """Return shapes without vertices that change them by less; what would vanish stays as it is."""
    slim = shapely.simplify(shapes, most, preserve_topology=False)
    return np.where(shapely.is_empty(slim), shapes, slim)


def ground_frame(plan: Plan, view: View, *, shape: float, screen: tuple[float, float] = SCREEN) -> Frame:
    """Return what a view shows on paper of a shape (width over height): at least what the screen showed.

    Parameters
    ----------
    plan
        Gives the plane CRS, and the extent when the view has none.
    view
        Its centre and zoom, if it has them.
    shape
        Width over height of the map's part of the picture.
    screen
        Width and height in pixels of the map on the page: all that it showed is in the frame.
    """
    west, south, east, north = shown_box(plan, view, screen=screen)
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    width, height = (east - west) * (1 + _MARGIN), (north - south) * (1 + _MARGIN)
    width, height = max(width, height * shape), max(height, width / shape)
    bounds = (middle_x - width / 2, middle_y - height / 2, middle_x + width / 2, middle_y + height / 2)
    return Frame(bounds, plan.plane_crs)


def shown_box(
    plan: Plan, view: View, *, screen: tuple[float, float] = SCREEN
) -> tuple[float, float, float, float]:
    """Return the box in the plane that a screen of so many pixels shows of a view; the plan's without a centre.

    Parameters
    ----------
    plan, view, screen
        As for `ground_frame`.
    """
    if view.center and view.zoom is not None:
        lon, lat = view.center
        wide, high = (180.0 * side / (TILE * 2.0**view.zoom) for side in screen)
        high *= float(np.cos(np.radians(lat)))
        box = (lon - wide, lat - high, lon + wide, lat + high)
    else:
        box = tuple(plan.bounds)  # type: ignore[assignment]
    west, south, east, north = plane_transformer(plan.plane_crs).transform_bounds(*box, densify_pts=21)
    return west, south, east, north


def bar_m(frame: Frame, *, share: float = 0.2) -> float:
    """Return the scale bar's length on the ground: the longest round number that fits a share of the map."""
    return _round_down((frame.bounds[2] - frame.bounds[0]) * frame.ground_per_metre * share)


def _round_down(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    return float(max(step for step in (1, 2, 5) if step * power <= value) * power)
