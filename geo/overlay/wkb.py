"""A layer as its file holds it: polygons in well-known binary, read into vertex arrays without an object each."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS

from geo.arrays import Bools, Floats, Ints, as_list
from geo.measure.crs import same_datum_transformer

_HEADER = np.dtype([("order", "u1"), ("kind", "<u4"), ("rings", "<u4"), ("points", "<u4")])
_POLYGON, _VERTEX = 3, 16  # type of a polygon without z; bytes of a vertex


@dataclass(frozen=True)
class Rings:
    """Polygons of one ring each: their rows, vertices one ring after the other, and where each ring begins."""

    rows: Ints
    x: Floats
    y: Floats
    starts: Ints

    @property
    def box(self) -> Floats:
        """West, south, east, north of every ring; NaN where a coordinate is."""
        if not len(self.rows):
            return np.zeros((0, 4))
        sides = [(np.minimum, self.x), (np.minimum, self.y), (np.maximum, self.x), (np.maximum, self.y)]
        return np.column_stack([side.reduceat(values, self.starts) for side, values in sides])

    def where(self, keep: Bools) -> Rings:
        """Return only some rings."""
        if keep.all():
            return self
        length = np.diff(self.starts, append=len(self.x))
        vertices = np.repeat(keep, length)
        starts = np.cumsum(length[keep]) - length[keep]
        return Rings(self.rows[keep], self.x[vertices], self.y[vertices], starts)

    def moved(self, source: CRS, target: CRS) -> Rings:
        """Return the rings with their vertices in ``target``; edges are not split."""
        transformer = same_datum_transformer(source, target)
        if transformer is None:
            return self
        x, y = transformer.transform(self.x, self.y)
        return replace(self, x=x, y=y)

    def block(self, rings: slice) -> tuple[Floats, Floats, Ints]:
        """Return the vertices of consecutive rings, and where each begins among them."""
        starts = self.starts[rings]
        end = self.starts[rings.stop] if rings.stop < len(self.starts) else len(self.x)
        return self.x[starts[0] : end], self.y[starts[0] : end], starts - starts[0]


@dataclass(frozen=True)
class WkbLayer:
    """Features whose geometry is still well-known binary.

    Parameters
    ----------
    data, offsets
        All bytes, and where each row begins and the last one ends; a row without bytes has no geometry.
    table
        Attributes.
    crs, attrs
        As of a geopandas frame; ``attrs`` holds the edge model (`geo.declare_edges`).
    """

    data: npt.NDArray[np.uint8]
    offsets: Ints
    table: pd.DataFrame
    crs: CRS
    attrs: Mapping[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.table)

    @classmethod
    def of(cls, geometry: Any, table: pd.DataFrame, *, crs: Hashable) -> WkbLayer:  # noqa: ANN401 - an Arrow array
        """Return a layer of an Arrow array of binary geometry (a column of GeoParquet), nothing copied."""
        chunk = geometry.combine_chunks() if hasattr(geometry, "combine_chunks") else geometry
        wide = "large" in str(chunk.type)
        _, offsets, data = chunk.buffers()
        starts = np.frombuffer(offsets, dtype=np.int64 if wide else np.int32)
        rows: Ints = starts[chunk.offset : chunk.offset + len(chunk) + 1].astype(np.int64)
        held = np.frombuffer(data, dtype=np.uint8) if data is not None else np.zeros(0, dtype=np.uint8)
        return cls(held, rows, table, _crs(crs))

    def frame(self, rows: Ints | None = None) -> gpd.GeoDataFrame:
        """Return rows, or all, as an ordinary frame."""
        rows = np.arange(len(self.offsets) - 1) if rows is None else rows
        begin, end = self.offsets[rows], self.offsets[rows + 1]
        first = int(begin.min(initial=len(self.data)))
        held = self.data[first : int(end.max(initial=first))].tobytes()  # cut five times as fast as arrays
        binary = [held[a:b] if b > a else None for a, b in zip(as_list(begin - first), as_list(end - first))]
        shapes = shapely.from_wkb(np.array(binary, dtype=object))
        frame = gpd.GeoDataFrame(self.table.iloc[rows], geometry=shapes, crs=self.crs)
        frame.attrs = dict(self.attrs.items())
        return frame

    def rings(self) -> Rings:
        """Return the polygons that are one ring of plain coordinates, and nothing else there is."""
        start, size = self.offsets[:-1], np.diff(self.offsets)
        long_enough = np.flatnonzero(size >= _HEADER.itemsize + 4 * _VERTEX)
        header = _gathered(self.data, start[long_enough], _HEADER.itemsize).view(_HEADER)
        points = header["points"].astype(np.int64)
        plain: Bools = (header["order"] == 1) & (header["kind"] == _POLYGON) & (header["rings"] == 1)
        plain &= size[long_enough] == _HEADER.itemsize + points * _VERTEX
        rows, points = long_enough[plain], points[plain]
        starts = np.cumsum(points) - points
        at = np.arange(0, _VERTEX * int(points.sum()), _VERTEX)
        at += np.repeat(start[rows] + _HEADER.itemsize - _VERTEX * starts, points)
        xy = _gathered(self.data, at, _VERTEX).view("<f8").reshape(-1, 2)
        last = starts + points - 1
        closed = (xy[starts] == xy[last]).all(axis=1)
        x, y = np.ascontiguousarray(xy[:, 0]), np.ascontiguousarray(xy[:, 1])
        return Rings(rows.astype(np.int64), x, y, starts).where(closed)


@lru_cache(maxsize=16)
def _crs(given: Hashable) -> CRS:
    return CRS.from_user_input(given)


def _gathered(data: npt.NDArray[np.uint8], at: Ints, size: int) -> npt.NDArray[np.void]:
    """Return ``size`` bytes from each place: places need not be aligned."""
    if not len(at):
        return np.zeros(0, dtype=f"V{size}")
    every = np.lib.stride_tricks.as_strided(data[:size].view(f"V{size}"), (len(data) - size + 1,), (1,))
    found: npt.NDArray[np.void] = every[at]
    return found
