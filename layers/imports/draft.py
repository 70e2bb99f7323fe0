"""What a file holds before anything is decided, and how its text is read."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from layers.content import Objects
from layers.declare import Text
from layers.imports.child import UnreadableFile


@dataclass(frozen=True)
class Draft:
    """What a file holds, nothing decided: ``geometry`` in the file's own coordinates, ``crs`` as it declares."""

    format: str
    properties: pa.Table
    geometry: Objects
    ids: tuple[str, ...] | None
    crs: str | None
    encoding: str
    notes: tuple[Text, ...] = ()
    layers: tuple[str, ...] = ()  # of a file with several


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
