"""What a Parquet file makes of itself once it is read: a value that is kept once may stand in every row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from layers.imports.draft import refuse_file
from layers.imports.tables.grid import refuse_many_columns

_NUMBERS, _TEXTS = 200_000_000, 800_000_000  # bytes of either that are read, however small the file
_SWELLS_NUMBERS, _SWELLS_TEXTS = 500, 20  # times its size: a file of so much that differs is itself large
_SHAPES = 200_000_000  # bytes of geometry: 12 million vertices
_HELD, _EACH = 245_000_000, 88  # of shapes with what each costs beside its vertices, so that 1 GiB holds them
_LARGE, _SWELLS_SHAPES = 720_000_000, 3  # of a file itself so large: a million irregular parcels, 2.2 GB in all
_BATCH, _BUFFER = 16_384, 4 << 20
_FIRST = 256
_DICTIONARY = {"RLE_DICTIONARY", "PLAIN_DICTIONARY"}
_AS_OFTEN_AS_SAID = {"PLAIN", "RLE", "BIT_PACKED", "DELTA_LENGTH_BYTE_ARRAY"}  # a value stands there once a row


def refuse_swollen_parquet(path: Path, file: pq.ParquetFile, name: str) -> None:
    """Refuse a file that would fill the memory, before its columns are read.

    Parameters
    ----------
    path, file
        The file, and opened.
    name
        What people call it.

    Raises
    ------
    UnreadableFile
        It swells to far more than it is.
    """
    size, about = path.stat().st_size, file.metadata
    refuse_many_columns(name, len(file.schema_arrow))
    numbers = about.num_rows * about.num_columns * 8
    if numbers > max(_NUMBERS, _SWELLS_NUMBERS * size):
        raise _swollen(name, numbers)
    _refuse_large_shapes(size, file, name)
    texts = _texts_held(path, _repeating(path, file))
    if texts > max(_TEXTS, _SWELLS_TEXTS * size):
        raise _swollen(name, texts)


def kept_bytes(file: pq.ParquetFile, column: str) -> int:
    """Return the bytes of a column, unpacked, what is kept once counted once."""
    about = file.metadata
    chunks = (about.row_group(g).column(c) for g in range(about.num_row_groups) for c in range(about.num_columns))
    return sum(
        int(one.total_uncompressed_size)
        for one in chunks
        if one.path_in_schema.split(".", maxsplit=1)[0] == column
    )


def _refuse_large_shapes(file_size: int, file: pq.ParquetFile, name: str) -> None:
    for field in file.schema_arrow:
        kind = field.type.storage_type if isinstance(field.type, pa.ExtensionType) else field.type
        shapes = pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_list(kind)
        size = kept_bytes(file, field.name) if shapes else 0
        rows = file.metadata.num_rows
        swells = size > _SWELLS_SHAPES * file_size
        most = max(min(_SHAPES, _HELD - _EACH * rows) if swells else _LARGE - _EACH * rows, 0)
        if size > most:
            held, least = f"{size // 1_000_000:,} MB", f"{most // 1_000_000:,}"
            zh = f"列 {field.name} 有 {held}，{rows:,} 个要素最多 {least}；请简化几何，或拆成几个文件"
            en = f"its column {field.name} is {held}, where {least} is the most of {rows:,} features; simplify "
            raise refuse_file(name, zh, f"{en}its geometry, or split it")


def _repeating(path: Path, file: pq.ParquetFile) -> list[str]:
    """Return the columns of texts or shapes that may be long: as many as there are, each as long as the longest.

    A value that is kept once stands in its dictionary, which a batch brings along.
    """
    about, schema = file.metadata, file.schema_arrow
    most = dict.fromkeys(
        (
            field.name
            for field in schema
            if pa.types.is_string(field.type)
            or pa.types.is_binary(field.type)
            or pa.types.is_dictionary(field.type)
        ),
        0,
    )
    for group in range(about.num_row_groups):
        for at in range(about.num_columns):
            chunk = about.row_group(group).column(at)
            name = chunk.path_in_schema
            if name not in most:
                continue
            kept = chunk.total_uncompressed_size
            if set(chunk.encodings) <= _AS_OFTEN_AS_SAID:
                most[name] += kept
            elif set(chunk.encodings) <= _AS_OFTEN_AS_SAID | _DICTIONARY and chunk.num_values * kept > _TEXTS:
                most[name] += kept + chunk.num_values * _longest_kept(path, group, name)
            else:
                most[name] += chunk.num_values * kept
    return [name for name, bytes_ in most.items() if bytes_ > _TEXTS]


def _longest_kept(path: Path, group: int, name: str) -> int:
    """Return how long the longest value of a dictionary is."""
    with pq.ParquetFile(path, read_dictionary=[name], buffer_size=_BUFFER) as file:
        batch = next(file.iter_batches(_FIRST, row_groups=[group], columns=[name]), None)
    held = batch.column(0) if batch is not None else None
    if not isinstance(held, pa.DictionaryArray) or not len(held.dictionary):
        return 0
    return int(_lengths(held).max(initial=0))


def _texts_held(path: Path, names: list[str]) -> int:
    """Return how long all texts of columns are together, each kept text read once."""
    if not names:
        return 0
    total = 0
    with pq.ParquetFile(path, read_dictionary=names, buffer_size=_BUFFER) as file:
        for batch in file.iter_batches(_BATCH, columns=names):
            for column in batch.columns:
                if isinstance(column, pa.DictionaryArray) and len(column.dictionary):
                    lengths = _lengths(column)
                    total += int(lengths[column.indices.drop_null().to_numpy()].sum())
    return total


def _lengths(column: pa.DictionaryArray[Any, Any]) -> NDArray[np.int64]:
    """Return how many bytes each value of a column's dictionary has."""
    values: Any = column.dictionary  # of whatever type
    lengths: NDArray[np.int64] = np.asarray(pc.binary_length(values).fill_null(0)).astype(np.int64)
    return lengths


def _swollen(name: str, size: int) -> Exception:
    zh = f"解开后约 {size // 1_000_000:,} MB，远大于文件本身，未读取；请减少行数或去掉重复的长文字"
    en = f"unpacked it is about {size // 1_000_000:,} MB, far more than the file; bring fewer rows, or take out "
    return refuse_file(name, zh, f"{en}long texts that are repeated")
