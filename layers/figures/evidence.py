"""A figure's evidence geometry: every piece that counted, kept as GeoParquet beside the figure."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import shapely

DECIMALS = 7  # of longitude and latitude on the way out: a centimetre
MOST_SHOWN = 20_000  # pieces a page draws; files hold all of them
_BLOCK = 5_000


@dataclass(frozen=True)
class Evidence:
    """The pieces behind a figure: how many, the SHA-256 of the file they are kept in, and the file."""

    pieces: int
    sha256: str
    data: bytes = field(default=b"", repr=False)

    @classmethod
    def of(cls, frame: gpd.GeoDataFrame | None) -> Evidence | None:
        """Return evidence as a file, whole (a million pieces are a matter of seconds); None when there is none."""
        if frame is None or frame.empty:
            return None
        out = io.BytesIO()
        table = pd.DataFrame(frame.drop(columns=frame.geometry.name)).reset_index(drop=True)
        held = gpd.GeoDataFrame(table, geometry=frame.geometry.to_numpy(), crs="EPSG:4326")
        held.to_parquet(out, compression="zstd")
        data = out.getvalue()
        return cls(len(frame), hashlib.sha256(data).hexdigest(), data)

    def plain(self) -> dict[str, Any]:
        """Return what is told of evidence where its geometry is not."""
        return {"pieces": self.pieces, "sha256": self.sha256}

    def frame(self, *, decimals: int = DECIMALS) -> gpd.GeoDataFrame:
        """Return the pieces in longitude and latitude."""
        return evidence_frame(self.data, decimals=decimals)


def no_pieces() -> gpd.GeoDataFrame:
    """Return evidence without a piece."""
    return gpd.GeoDataFrame({"feature": []}, geometry=[], crs="EPSG:4326")


def evidence_frame(data: bytes, *, decimals: int = DECIMALS) -> gpd.GeoDataFrame:
    """Return the pieces of an evidence file, coordinates rounded to ``decimals``, at most ``DECIMALS``."""
    frame = gpd.read_parquet(cast("str", io.BytesIO(data)))  # takes any file, its stub only a path
    return _rounded(frame, min(decimals, DECIMALS))


def _rounded(frame: gpd.GeoDataFrame, decimals: int) -> gpd.GeoDataFrame:
    shapes = shapely.transform(frame.geometry.to_numpy(), lambda xy: np.round(xy, decimals))
    return frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))


def shown_evidence(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return what a page can draw: at most ``MOST_SHOWN`` pieces, the largest."""
    if len(frame) <= MOST_SHOWN:
        return frame
    size = shapely.area(frame.geometry.to_numpy()) + shapely.length(frame.geometry.to_numpy())
    return frame.iloc[np.sort(np.argsort(-size, kind="stable")[:MOST_SHOWN])]


def evidence_geojson(frame: gpd.GeoDataFrame, also: Mapping[str, Any] | None = None) -> Iterator[bytes]:
    """Yield evidence as one GeoJSON feature collection, some thousand features at a time.

    Parameters
    ----------
    frame
        The pieces in longitude and latitude.
    also
        Further members of the collection.
    """
    columns = [name for name in frame.columns if name != frame.geometry.name]
    yield b'{"type":"FeatureCollection",'
    for name, value in (also or {}).items():
        yield orjson.dumps(name) + b":" + orjson.dumps(value) + b","
    yield b'"features":['
    for start in range(0, len(frame), _BLOCK):
        block = frame.iloc[start : start + _BLOCK]
        rows = block[columns].to_dict("records")
        features = [
            b'{"type":"Feature","geometry":'
            + (shape.encode() if shape else b"null")
            + b',"properties":'
            + orjson.dumps(row, option=orjson.OPT_SERIALIZE_NUMPY)
            + b"}"
            for shape, row in zip(shapely.to_geojson(block.geometry.to_numpy()), rows, strict=True)
        ]
        yield (b"," if start else b"") + b",".join(features)
    yield b"]}"
