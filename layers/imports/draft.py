"""What a file holds before anything is decided, and how its text is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pyarrow as pa

from geo.text import Text
from layers.features.columns import Objects
from layers.imports.readers.gdal import UnreadableFile

Done = Literal["mended", "left unplaced", "left out"]


@dataclass(frozen=True)
class Found:
    """A kind of problem met: which rows (from 0) or lines of the file, and what was done."""

    kind: str
    zh: str
    en: str
    done: Done
    rows: tuple[int, ...] = ()
    lines: tuple[int, ...] = ()
    count: int = 0  # where neither rows nor lines can be named


@dataclass(frozen=True)
class Draft:
    """What a file holds, nothing decided: ``geometry`` in the file's own coordinates, ``crs`` as it declares.

    ``declared`` holds what was recognised of a column beyond its type, as the catalog writes it: its ``unit``,
    the column ``raw`` with the text as it came, ``type`` date.
    """

    format: str
    properties: pa.Table
    geometry: Objects
    ids: tuple[str, ...] | None
    crs: str | None
    encoding: str
    notes: tuple[Text, ...] = ()
    layers: tuple[str, ...] = ()  # of a file with several
    declared: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    found: tuple[Found, ...] = ()
    scaled: float = 1.0  # what the coordinates were multiplied by to be metres
    origin: Mapping[str, Any] = field(default_factory=dict)  # of a table: what the record says of it


def refused(file: str, zh: str, en: str) -> UnreadableFile:
    """Return the error that says why a file is not taken."""
    return UnreadableFile(file=file, why_zh=zh, why_en=en)


def decoded(data: bytes, encoding: str = "") -> tuple[str, str]:
    """Return text and how it was read: a byte-order mark, else strict UTF-8, else GB18030.

    Examples
    --------
    >>> decoded("滨江公园".encode("gbk"))
    ('滨江公园', 'gb18030')
    """
    marks = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
    marked = [name for mark, name in marks.items() if data.startswith(mark)]
    for name in [encoding] if encoding else [*marked, "utf-8", "gb18030"]:
        try:
            return data.decode(name), name
        except (UnicodeDecodeError, LookupError):
            continue
    raise refused("-", "文字编码无法识别，请用 --encoding 指定", "its text encoding is unknown; say --encoding")
