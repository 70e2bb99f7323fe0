"""Reads a file people bring into columns, and says what it found: format, encoding, CRS, what was left out."""

from __future__ import annotations

import csv
import lzma
import sqlite3
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import orjson
import pyarrow as pa
import shapely

from layers.imports.database import Origin
from layers.imports.draft import Draft, refuse_file
from layers.imports.formats.gdal import DISK_FAILS
from layers.imports.formats.geoparquet import read_geoparquet
from layers.imports.formats.registry import Source, file_source, import_format_of, import_formats
from layers.imports.library_words import words_of_library
from layers.imports.options import ImportOptions
from layers.imports.own_files import as_it_left, own_table
from layers.imports.telling import Progress, tell_nobody
from layers.store import StoreUnavailable

# What the readers' libraries raise on a broken file, each seen on one of the bad files of the tests or named in
# their documentation (zipfile: NotImplementedError, RuntimeError; deep nesting: RecursionError).
_FOREIGN = (
    csv.Error,
    sqlite3.Error,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    pa.ArrowException,
    shapely.errors.ShapelyError,
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    EOFError,
    RecursionError,
    NotImplementedError,
    RuntimeError,
)


# what a person may say without taking from a file of ours what it says of its columns
_OF_PLACES = {
    "crs",
    "swapped",
    "datum",
    "datum_parameters",
    "rotation",
    "edge_model",
    "sublayer",
    "class_field",
    "scheme",
    "heights",
}


def read_source(
    path: Path,
    options: ImportOptions | None = None,
    *,
    progress: Progress = tell_nobody,
    origin: Origin | None = None,
    placeless: bool = False,
) -> Draft:
    """Read a file; what it is, is told by its content.

    Parameters
    ----------
    path
        Of any of the formats of the registry.
    options
        What a person said of it.
    progress
        Is told the features read and how many there are.
    origin
        Of a file that was taken from a database: what the database knew.
    placeless
        Whether its rows need no place: a table to be joined to a layer.

    Raises
    ------
    UnreadableFile
        None of these, damaged, or unsafe to open; says why.
    StoreUnavailable
        The disk for what is read on the way is full or fails.
    """
    options = options or ImportOptions()
    try:
        return (
            _table(path, origin, options, progress)
            if origin
            else _read(file_source(path, options, progress, placeless=placeless))
        )
    except OSError as error:
        if error.errno in DISK_FAILS:
            raise StoreUnavailable(why=error.strerror or "I/O") from error
        if error.errno is None:  # what pyarrow says of a file that ends too early
            raise refuse_file(path.name, "文件损坏", "it is damaged") from error
        why = words_of_library(error.strerror or "I/O")
        raise refuse_file(path.name, f"打不开（{why.zh}）", f"it cannot be opened ({why.en})") from error
    except (*_FOREIGN, orjson.JSONDecodeError) as error:  # whatever a library says of a broken file is its fault
        why = words_of_library(str(error).replace(str(path.parent), "")[:120])
        en = f"it is damaged ({why.en}); export or download it again"
        raise refuse_file(path.name, f"文件损坏（{why.zh}）；请重新导出或下载", en) from error


def _read(source: Source) -> Draft:
    if not source.head:
        raise refuse_file(source.name, "文件是空的", "the file is empty")
    found = import_format_of(source)
    if found is None:
        names = [one.label for one in import_formats()]
        zh, en = "、".join(one.zh for one in names), ", ".join(one.en for one in names)
        raise refuse_file(source.name, f"不是支持的格式（{zh}）", f"it is none of the formats taken ({en})")
    said = set(source.options.said()) - _OF_PLACES
    whole = None if said or source.options.sublayer or source.placeless else own_table(source.path)
    return whole if whole is not None else as_it_left(found.read(source), source.path, said=said)


def _table(path: Path, origin: Origin, options: ImportOptions, progress: Progress) -> Draft:
    """Read a table taken from a database; a primary key of one column gives the ids."""
    draft = read_geoparquet(file_source(path, options, progress))
    ids = tuple(map(str, draft.properties.column(origin.id_field).to_pylist())) if origin.id_field else None
    properties, notes = origin.settled(draft.properties)
    return replace(
        draft,
        format="PostGIS",
        properties=properties,
        ids=ids,
        crs=origin.crs,
        encoding=origin.encoding,
        notes=(*origin.notes, *notes),
        origin=origin.told,
    )
