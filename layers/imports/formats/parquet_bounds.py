"""What a Parquet file makes of itself once it is read: a value that is kept once may stand in every row."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from layers.imports.draft import refuse_file
from layers.imports.tables.grid import refuse_many_columns

_NUMBERS, _TEXTS = 200_000_000, 800_000_000  # bytes of either that are read, however small the file
_SWELLS_NUMBERS, _SWELLS_TEXTS = 500, 20  # times its size: a file of so much that differs is itself large
_SHAPES = 200_000_000  # bytes of geometry: 12 million vertices
_BATCH = 65_536


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
    _refuse_large_shapes(file, name)
    texts = _texts_held(path, _repeating(file))
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


def _refuse_large_shapes(file: pq.ParquetFile, name: str) -> None:
    for field in file.schema_arrow:
        kind = field.type.storage_type if isinstance(field.type, pa.ExtensionType) else field.type
        shapes = pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_list(kind)
        size = kept_bytes(file, field.name) if shapes else 0
        if size > _SHAPES:
            held, most = f"{size // 1_000_000:,} MB", _SHAPES // 1_000_000
            zh = f"列 {field.name} 有 {held}，最多 {most}；请简化几何，或拆成几个文件"
            en = f"its column {field.name} is {held}, where {most} is the most; simplify its geometry, or split it"
            raise refuse_file(name, zh, en)


def _repeating(file: pq.ParquetFile) -> list[str]:
    """Return the columns of texts that may be long: as many values as there are, each as long as all kept."""
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
            if chunk.path_in_schema in most:
                most[chunk.path_in_schema] += chunk.num_values * chunk.total_uncompressed_size
    return [name for name, bytes_ in most.items() if bytes_ > _TEXTS]


def _texts_held(path: Path, names: list[str]) -> int:
    """Return how long all texts of columns are together, each kept text read once."""
    if not names:
        return 0
    total = 0
    with pq.ParquetFile(path, read_dictionary=names) as file:
        for batch in file.iter_batches(_BATCH, columns=names):
            for column in batch.columns:
                if isinstance(column, pa.DictionaryArray) and len(column.dictionary):
                    lengths = np.array([len(one or "") for one in column.dictionary.to_pylist()])
                    total += int(lengths[column.indices.drop_null().to_numpy()].sum())
    return total


def _swollen(name: str, size: int) -> Exception:
    zh = f"解开后约 {size // 1_000_000:,} MB，远大于文件本身，未读取；请减少行数或去掉重复的长文字"
    en = f"unpacked it is about {size // 1_000_000:,} MB, far more than the file; bring fewer rows, or take out "
    return refuse_file(name, zh, f"{en}long texts that are repeated")
