"""A body as text that can be compared: when, where and on which port it was made is taken out."""

from __future__ import annotations

import hashlib
import io
import json
import re
import sqlite3
import tempfile
import zipfile
from pathlib import Path
from typing import Any

_WHEN = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?")
_PDF_OWN = re.compile(rb"/(CreationDate|ModDate|ID)\s*(\([^)]*\)|\[[^\]]*\])")
_ZIPPED = {"xlsx", "docx", "pptx", "zip", "shp.zip"}


def canonical(name: str, body: bytes, masks: dict[str, str]) -> str:
    """Return a body as text.

    Parameters
    ----------
    name
        A file name or an address; its ending says what the body is.
    body
        The bytes.
    masks
        Texts that differ from run to run (folder, port), and what is written for each.
    """
    path = name.partition("?")[0]
    ending = "shp.zip" if path.endswith(".shp.zip") else path.rpartition(".")[2].lower()
    if ending in _ZIPPED and body.startswith(b"PK"):
        return _zipped(body, masks)
    if body.startswith(b"SQLite format 3"):
        return _masked(_geopackage(body), masks)
    if body.startswith(b"PAR1"):
        return _masked(_parquet(body), masks)
    if body.startswith(b"\x89PNG"):
        return _picture(body)
    if body.startswith(b"%PDF"):
        return f"pdf {len(body)} bytes {_sum(_PDF_OWN.sub(b'', body))}"
    if ending == "dbf":
        return _sum(body[:1] + body[4:])
    try:
        text = _masked(body.decode(), masks)
    except UnicodeDecodeError:
        return f"{len(body)} bytes {_sum(body)}"
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=1, sort_keys=True)
    except ValueError:
        return text


def _sum(body: bytes) -> str:
    return f"sha256 {hashlib.sha256(body).hexdigest()}"


def _masked(text: str, masks: dict[str, str]) -> str:
    for found, written in masks.items():
        text = text.replace(found, written)
    return _WHEN.sub("<time>", text)


def _zipped(body: bytes, masks: dict[str, str]) -> str:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return "\n".join(
            f"== {one}\n{canonical(one, archive.read(one), masks)}" for one in sorted(archive.namelist())
        )


def _picture(body: bytes) -> str:
    from PIL import Image

    with Image.open(io.BytesIO(body)) as image:
        return f"png {image.size[0]} x {image.size[1]} {_sum(image.convert('RGBA').tobytes())}"


def _geopackage(body: bytes) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "one.gpkg"
        path.write_bytes(body)
        known = sqlite3.connect(path)
        try:
            names = [row[0] for row in known.execute("select name from sqlite_master where type = 'table'")]
            lines = []
            for name in sorted(n for n in names if not n.startswith(("rtree_", "sqlite_"))):
                rows = [[_cell(c) for c in row] for row in known.execute(f'select * from "{name}"')]
                lines += [f"== {name}", *sorted(json.dumps(row, ensure_ascii=False) for row in rows)]
        finally:
            known.close()
    return "\n".join(lines)


def _cell(value: object) -> object:
    return _sum(value) if isinstance(value, bytes) else value


def _parquet(body: bytes) -> str:
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(io.BytesIO(body))
    told: dict[str, Any] = {
        (key.decode()): value.decode("utf-8", "replace") for key, value in (table.schema.metadata or {}).items()
    }
    told.pop("ARROW:schema", None)
    rows = [
        json.dumps({k: _cell(v) for k, v in row.items()}, ensure_ascii=False, default=str)
        for row in table.to_pylist()
    ]
    return "\n".join([json.dumps(told, ensure_ascii=False, sort_keys=True), str(table.schema.names), *rows])
