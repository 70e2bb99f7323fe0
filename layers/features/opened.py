"""A large version open for many: its columns in memory that all processes share, shapes made of what is touched.

Beside the file of a large version lies a folder with the same features as the system maps them into memory: an
uncompressed Arrow file, and the boxes. It holds nothing that is not in the version's file: it is made when it is
missing or older than that, and goes when the version goes.

References
----------
Arrow columnar format, IPC files, https://arrow.apache.org/docs/format/Columnar.html
"""

from __future__ import annotations

import mmap
import os
import secrets
import shutil
import weakref
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely

from geo.measure.facts import remember
from geo.measure.stored_shapes import StoredShapes, as_if_made, take_rows
from layers.features.columns import Bools, Boxes, Content, Objects, Positions, rounded_shapes
from layers.features.lasting_facts import FactsFolder
from layers.features.mapped_shapes import MappedShapes, map_table

ROWS = 16_384  # of a batch
_COLUMNS, _BOXES, _ABOUT = "columns.arrow", "boxes.npy", "about.json"
_VERTEX_B = 16  # of a vertex in WKB
_FORM = 1  # of the folder; another one is made anew


class OpenedContent(Content):
    """A layer's features that stay in their file; ``layers.features.columns.Content`` to whoever reads it.

    Parameters
    ----------
    folder
        As ``open_version`` makes it; mapped into memory until the last reader lets go.
    """

    def __init__(self, folder: Path) -> None:
        whole, mapped = map_table(folder / _COLUMNS)
        about: dict[str, str] = orjson.loads(whole.schema.metadata[b"planatlas"])
        self._wkb = MappedShapes(whole.column(about["geometry"]))
        self._names = whole.column(about["id"])
        table = whole.drop_columns([about["id"], about["geometry"]]).replace_schema_metadata()
        self._put(folder=folder, mapped=mapped, properties=table, boxes=np.load(folder / _BOXES, mmap_mode="r"))
        self._put(holds=True, _made={}, _lent=weakref.WeakValueDictionary())

    def _put(self, **values: object) -> None:
        self.__dict__.update(values)

    folder: Path
    mapped: mmap.mmap
    decimals: int | None = None  # of the coordinates as they are told; None: all
    holds: bool  # whether what was made for somebody stays for the next one
    _made: dict[str, Objects]
    _lent: weakref.WeakValueDictionary[str, Objects]

    def __len__(self) -> int:
        return len(self._names)

    def _kept(self, name: str, make: Callable[[], Objects]) -> Objects:
        found = self._lent.get(name)
        if found is None:
            found = make()
            self._lent[name] = found
        if self.holds:
            self._made[name] = found
        return found

    @property
    def ids(self) -> Objects:
        """All ids, as texts."""
        return self._kept("ids", lambda: np.asarray(self._names.to_numpy(), dtype=object))

    @property
    def geometry(self) -> Objects:
        """All shapes: a gigabyte for a million parcels. Who wants some asks ``shapes``."""
        return self._kept("geometry", self._whole)

    def _whole(self) -> Objects:
        shapes = self._read(np.arange(len(self)))
        if self.holds and self.decimals is None:
            remember(shapes, self.shelf)
        return shapes

    def stored(self, positions: Positions) -> Objects:
        """Return the shapes at some positions to who looks at few of them: each is made when it is asked for."""
        if self.decimals is not None or "geometry" in self._lent:
            return self.shapes(positions)
        return take_rows(self._kept("stored", self._layer), positions)

    def _layer(self) -> Objects:
        layer = as_if_made(StoredShapes(self._wkb, len(self)))
        remember(layer, self.shelf)
        return layer

    @property
    def shelf(self) -> FactsFolder:
        """Where what is found of its shapes outlasts the process."""
        return FactsFolder(self.folder)

    def blocks(self) -> Iterator[Objects]:
        """Yield all shapes, some at a time; none is held, nor the pages they were read from."""
        for start in range(0, len(self), ROWS):
            yield self._read(np.arange(start, min(start + ROWS, len(self))))
            self.rest()

    def rest(self) -> None:
        """Give the pages that were read back to the system, which has them still; whoever reads goes on."""
        if hasattr(mmap, "MADV_DONTNEED"):
            self.mapped.madvise(mmap.MADV_DONTNEED)

    @cached_property
    def missing(self) -> Bools:
        """Which features have no place."""
        return self._wkb.missing

    def shapes(self, positions: Positions) -> Objects:
        """Return the shapes at some positions."""
        if 4 * len(positions) >= len(self) or "geometry" in self._lent:
            return self.geometry[positions]
        return self._read(positions)

    def _read(self, positions: Positions) -> Objects:
        made = self._wkb.read(positions)
        return made if self.decimals is None else rounded_shapes(made, self.decimals)

    @property
    def vertices(self) -> int:
        """About how many vertices all shapes have, by the bytes they take: none is made."""
        return int(self._wkb.column.nbytes) // _VERTEX_B

    @property
    def bounds(self) -> tuple[float, ...]:
        """West, south, east, north of all features in degrees; NaN when nothing is placed."""
        least, most = np.fmin.reduce(self.boxes[:2], axis=1), np.fmax.reduce(self.boxes[2:], axis=1)
        whole = np.concatenate([least, most])
        return tuple(map(float, whole if self.decimals is None else np.round(whole, self.decimals)))

    def near(self, box: Sequence[float]) -> Positions:
        """Return the features whose boxes meet a box; a few more where coordinates are rounded."""
        pad = self.slack
        return super().near((box[0] - pad, box[1] - pad, box[2] + pad, box[3] + pad))

    @property
    def slack(self) -> float:
        """By how many degrees rounding may move a feature out of its box."""
        return 0.0 if self.decimals is None else 10.0**-self.decimals

    def rounded(self, decimals: int) -> Content:
        """Return the features with so many decimals of a degree, each rounded when it is read."""
        told = OpenedContent.__new__(OpenedContent)
        told._put(**self.__dict__, decimals=decimals)
        told._put(_made={}, _lent=weakref.WeakValueDictionary())
        return told

    def id_at(self, position: int) -> str:
        """Return the id of the feature at a position."""
        return str(self._names[position].as_py())

    def ids_at(self, positions: Positions) -> Objects:
        """Return the ids at some positions."""
        made = self._lent.get("ids")
        if made is not None or len(positions) == len(self):
            return self.ids[positions]
        return np.asarray(self._names.take(positions).to_numpy(), dtype=object)

    def position_of(self, feature_id: str) -> int | None:
        """Return where the feature of that id is."""
        at = pc.index(self._names, pa.scalar(feature_id, self._names.type)).as_py()
        return None if at < 0 else int(at)

    def positions_of(self, ids: Collection[str]) -> Positions:
        """Return where the features of these ids are."""
        there = pc.is_in(self._names, value_set=pa.array(list(ids), self._names.type))
        return np.flatnonzero(there.to_numpy())


def open_version(file: Path, folder: Path) -> OpenedContent | None:
    """Return the content of a version's file for shared use, making its folder where it is not there yet.

    Parameters
    ----------
    file
        Of ``write_content``.
    folder
        Where its opened form lies or is put, whole or not at all.

    Returns
    -------
    OpenedContent or None
        None where nothing can be written there.
    """
    stamp = _stamp(file)
    try:
        if _about(folder) != stamp:
            _make(file, folder, stamp)
        return OpenedContent(folder)
    except OSError:  # a full or read-only disk: it is read the usual way
        return None


def _stamp(file: Path) -> dict[str, int]:
    found = file.stat()
    return {"form": _FORM, "bytes": found.st_size, "changed_ns": found.st_mtime_ns}


def _about(folder: Path) -> object:
    try:
        return orjson.loads((folder / _ABOUT).read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return None


def _make(file: Path, folder: Path, stamp: dict[str, int]) -> None:
    """Write the folder under a passing name and give it its own; another process may do the same meanwhile."""
    part = folder.with_name(f".tmp-{os.getpid()}-{secrets.token_hex(6)}")
    part.mkdir(mode=0o700, parents=True)
    try:
        with pq.ParquetFile(file) as source:
            boxes = np.empty((4, source.metadata.num_rows))  # a mapped file would end us on a full disk
            _write(source, part / _COLUMNS, boxes)
            np.save(part / _BOXES, boxes)
        (part / _ABOUT).write_bytes(orjson.dumps(stamp))
        if folder.exists():
            shutil.rmtree(folder, ignore_errors=True)
        try:
            part.rename(folder)
        except OSError:
            if _about(folder) != stamp:  # no other process was first
                raise
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _write(source: pq.ParquetFile, path: Path, boxes: Boxes) -> None:
    about: dict[str, str] = orjson.loads(source.schema_arrow.metadata[b"planatlas"])
    at = 0
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, source.schema_arrow) as out:
        for batch in _even(source):
            shapes = shapely.from_wkb(batch.column(about["geometry"]).to_numpy(zero_copy_only=False))
            boxes[:, at : at + len(batch)] = shapely.bounds(shapes).T
            out.write_batch(batch)
            at += len(batch)


def _even(source: pq.ParquetFile) -> Iterator[pa.RecordBatch]:
    """Yield batches, none of which runs over a row group."""
    for group in range(source.num_row_groups):
        yield from source.iter_batches(ROWS, row_groups=[group])
