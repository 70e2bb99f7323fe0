"""In GDAL's own process: layers become one Parquet, batch by batch; curves become segments, one by one.

A single curve among thousands of features is read again through the reader that makes segments of it; a layer
whose columns differ from the first's gives its own, and the others have none there.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyogrio

from layers.arrow import ArrowArray, fill_null

FOLDER, WKB = "folder", "__wkb__"
_BATCH = 65_536
_CURVES = frozenset(range(8, 15))
_TRIANGLE = 17
_SURFACES = (15, 16, _TRIANGLE)  # PolyhedralSurface, TIN


class Rows:
    """Takes layers and writes what they hold.

    Parameters
    ----------
    out
        The Parquet to be made.
    folders
        Whether the name of each feature's layer stands beside it.
    """

    def __init__(self, out: str, *, folders: bool) -> None:
        self._out, self._folders = out, folders
        self._writer: pq.ParquetWriter | None = None
        self._schema: pa.Schema | None = None
        self._tables: list[pa.Table] = []
        self.curves = 0
        self.surfaces = 0
        self.broken: dict[str, int] = {}
        self.crs: str | None = None
        self.kind = ""
        self.count = 0

    def take(self, path: str, layer: str, options: dict[str, str]) -> Iterator[int]:
        """Read one layer, yielding how many of its features are read."""
        read = 0
        with pyogrio.open_arrow(
            path,
            layer=layer,
            use_pyarrow=True,
            batch_size=_BATCH,
            return_fids=True,
            datetime_as_string=True,
            **dict[str, Any](options),
        ) as (meta, batches):
            geometry = meta["geometry_name"] or "wkb_geometry"
            fid = meta["fid_column"] or "OGC_FID"
            if self.crs is None and meta["crs"]:
                self.crs = meta["crs"]
            self.kind = self.kind or str(meta["geometry_type"] or "")
            kept = [field for field in batches.schema if field.name not in (geometry, fid)]
            there = geometry in batches.schema.names
            fields = [pa.field(f.name, _code_type(f.type), metadata=f.metadata) for f in kept]
            schema = pa.schema(
                [*fields, *([pa.field(FOLDER, pa.string())] if self._folders else []), pa.field(WKB, pa.binary())]
            )
            for batch in batches:
                wkb = batch.column(geometry) if there else pa.nulls(batch.num_rows, pa.binary())
                wkb = self._linear(path, layer, wkb, batch.column(fid), options)
                columns = [self._legible(_codes(batch.column(f.name)), f.name) for f in kept]
                if self._folders:
                    columns.append(pa.array([layer] * batch.num_rows, pa.string()))
                self._write(pa.table([*columns, wkb], schema=schema))
                read += batch.num_rows
                self.count += batch.num_rows
                yield read
            if not read:
                self._write(pa.table([pa.array([], f.type) for f in schema], schema=schema))

    def _write(self, table: pa.Table) -> None:
        if self._folders:  # layers of a KML are small, and their columns differ
            self._tables.append(table)
            return
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._out, table.schema)
        self._writer.write_table(table)

    def close(self) -> dict[str, Any]:
        """Finish the file; returns what is told of it."""
        if self._folders:
            held = [table for table in self._tables if table.num_rows] or self._tables[:1]
            whole = pa.concat_tables(held, promote_options="permissive")
            order = [name for name in whole.schema.names if name not in (FOLDER, WKB)]
            pq.write_table(whole.select([*order, FOLDER, WKB]), self._out)
        elif self._writer is not None:
            self._writer.close()
        return {
            "crs": self.crs,
            "features": self.count,
            "kind": self.kind,
            "curves": self.curves,
            "surfaces": self.surfaces,
            "broken": self.broken,
        }

    def _legible(self, column: ArrowArray, name: str) -> ArrowArray:
        """Return a column whose texts are texts: bytes that are no UTF-8 are read as GB18030, or let off."""
        if not pa.types.is_string(column.type):
            return column
        try:
            column.validate(full=True)
        except pa.ArrowInvalid:
            raw = column.view(pa.binary()).to_pylist()
            values = [None if one is None else decode_legibly(one) for one in raw]
            told = sum((text or "").encode() != (one or b"") for one, text in zip(raw, values, strict=True))
            self.broken[name] = self.broken.get(name, 0) + told
            return pa.array(values, pa.string())
        return column

    def _as_polygons(self, wkb: ArrowArray, heads: ArrowArray, faces: list[bytes]) -> ArrowArray:
        at = np.flatnonzero(np.asarray(fill_null(pc.is_in(heads, pa.array(faces, pa.binary())), False)))
        values = wkb.to_pylist()
        for i in at:
            values[i] = as_multipolygon(values[i] or b"")
        self.surfaces += len(at)
        return pa.array(values, pa.binary())

    def _linear(
        self, path: str, layer: str, wkb: ArrowArray, fids: ArrowArray, options: dict[str, str]
    ) -> ArrowArray:
        """Return WKB with curves as segments."""
        wkb = wkb.cast(pa.binary())
        heads = pc.binary_slice(wkb, 0, 5)
        unique = pc.unique(heads).to_pylist()
        faces = [head for head in unique if head is not None and len(head) == 5 and _kind(head) in _SURFACES]
        if faces:
            wkb = self._as_polygons(wkb, heads, faces)
        curved = [head for head in unique if head is not None and len(head) == 5 and _holds_curves(head)]
        if not curved:
            return wkb
        at = np.flatnonzero(np.asarray(fill_null(pc.is_in(heads, pa.array(curved, pa.binary())), False)))
        numbers = np.asarray(fids)[at]
        made = pyogrio.raw.read(path, layer=layer, fids=numbers, columns=[], **dict[str, Any](options))[2]
        values = wkb.to_pylist()
        for i, one in zip(at, made, strict=True):
            if values[i] != one:
                values[i] = one
                self.curves += 1
        return pa.array(values, pa.binary())


def decode_legibly(raw: bytes) -> str:
    """Return a text of bytes: UTF-8, cut within a character at most; else GB18030; else what can be read of it.

    Examples
    --------
    >>> decode_legibly("说明".encode()[:-1]), decode_legibly("滨江".encode("gbk"))
    ('说', '滨江')
    """
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            return raw[: error.start].decode()
    try:
        return raw.decode("gb18030")
    except UnicodeDecodeError:
        return raw.decode("utf-8", "replace")


def as_multipolygon(wkb: bytes) -> bytes:
    """Return WKB of a TIN or polyhedral surface as that of a multipolygon: its faces are polygons.

    References
    ----------
    OGC 06-103r4, 8.2.9: TIN (16), PolyhedralSurface (15) and Triangle (17) are written as multipolygons are.
    """
    out = bytearray(wkb)
    order = "<I" if wkb[0] == 1 else ">I"
    dimensions, faces = struct.unpack_from(order, wkb, 1)[0] - _kind(wkb[:5]), 0
    size = 16 + 8 * _more(dimensions)
    if _kind(wkb[:5]) == _TRIANGLE:
        struct.pack_into(order, out, 1, dimensions + 3)
        return bytes(out)
    struct.pack_into(order, out, 1, dimensions + 6)
    faces = struct.unpack_from(order, wkb, 5)[0]
    at = 9
    for _ in range(faces):
        struct.pack_into(order, out, at + 1, dimensions + 3)
        rings = struct.unpack_from(order, wkb, at + 5)[0]
        at += 9
        for _ in range(rings):
            at += 4 + size * struct.unpack_from(order, wkb, at)[0]
    return bytes(out)


def _more(dimensions: int) -> int:
    """Return how many values a vertex has beyond x and y, by ISO's thousands or by the bits of EWKB."""
    if dimensions & 0xF0000000:
        return bool(dimensions & 0x80000000) + bool(dimensions & 0x40000000)
    return {0: 0, 3000: 2}.get(dimensions, 1)


def _kind(head: bytes) -> int:
    return int(struct.unpack("<I" if head[0] == 1 else ">I", head[1:5])[0] & 0x0FFFFFFF) % 1000


def _holds_curves(head: bytes) -> bool:
    """Tell whether WKB that begins so is a curve, or a collection that may hold one."""
    return _kind(head) in _CURVES


def _code_type(kind: pa.DataType) -> pa.DataType:
    return kind.index_type if pa.types.is_dictionary(kind) else kind


def _codes(column: ArrowArray) -> ArrowArray:
    """Return a column of coded values as its codes: GDAL gives a domain's words as a dictionary by code."""
    return column.indices if isinstance(column, pa.DictionaryArray) else column
