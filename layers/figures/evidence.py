"""A figure's evidence geometry: every piece that counted, kept as GeoParquet beside the figure."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from geo.arrays import Floats, Shapes
from geo.measure.crs import shapes_of
from geo.parallel import row_blocks

DECIMALS = 7  # of longitude and latitude on the way out: a centimetre
MOST_SHOWN = 20_000  # pieces a page draws; files hold all of them
_BLOCK = 5_000
_SHAPES = 16_384  # made and written at a time
_COMPRESSION: Final = "zstd"


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
        shapes = shapes_of(frame)
        if len(frame) <= _SHAPES:
            _held(table, shapes).to_parquet(out, compression=_COMPRESSION)
        else:
            _write_blocks(table, shapes, out)
        data = out.getvalue()
        return cls(len(frame), hashlib.sha256(data).hexdigest(), data)

    def plain(self) -> dict[str, Any]:
        """Return what is told of evidence where its geometry is not."""
        return {"pieces": self.pieces, "sha256": self.sha256}

    def frame(self, *, decimals: int = DECIMALS) -> gpd.GeoDataFrame:
        """Return the pieces in longitude and latitude."""
        return evidence_frame(self.data, decimals=decimals)


def _held(table: pd.DataFrame, shapes: Shapes) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(table, geometry=np.asarray(shapes, dtype=object), crs="EPSG:4326")


def _write_blocks(table: pd.DataFrame, shapes: Shapes, out: io.BytesIO) -> None:
    """Write many pieces as few are written, shapes some thousand at a time: of stored ones no more are made."""
    bare = io.BytesIO()
    _held(table, np.full(len(table), None, dtype=object)).to_parquet(bare)
    rows = pq.read_table(bare)
    metadata = dict(rows.schema.metadata)
    geo = orjson.loads(metadata.pop(b"geo"))
    at = rows.schema.get_field_index(geo["primary_column"])
    kinds: set[str] = set()
    boxes: list[Floats] = []
    with pq.ParquetWriter(out, rows.schema.with_metadata(metadata), compression=_COMPRESSION) as writer:
        for part in row_blocks(len(table), size=_SHAPES):
            made = shapes[part]
            wkb = pa.array(shapely.to_wkb(made, flavor="iso"), pa.binary())
            block = rows.slice(part.start, len(made)).set_column(at, rows.schema.field(at), wkb)
            writer.write_table(block.replace_schema_metadata(metadata))
            kinds |= _kinds(made)
            boxes.append(shapely.total_bounds(made))
        about = geo["columns"][geo["primary_column"]]
        about["geometry_types"] = sorted(kinds)
        every = np.array(boxes)
        box: Floats = np.append(np.fmin.reduce(every[:, :2]), np.fmax.reduce(every[:, 2:]))
        if np.isfinite(box).all():
            about["bbox"] = box.tolist()
        writer.add_key_value_metadata({"geo": orjson.dumps(geo).decode()})


def _kinds(shapes: Shapes) -> set[str]:
    """Return the types of shapes as GeoParquet names them."""
    coded = np.where(shapely.is_missing(shapes), -1, 2 * shapely.get_type_id(shapes) + shapely.has_z(shapes))
    samples = (shapes[row] for row in np.unique(coded, return_index=True)[1] if coded[row] >= 0)
    return {str(one.geom_type) + " Z" * bool(one.has_z) for one in samples}


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
