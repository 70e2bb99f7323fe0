"""Finds in a file what this service wrote about it: the provenance with what each column is.

Looked for without opening the file with a library: a hostile file costs no more here than its first megabytes.
"""

from __future__ import annotations

import csv
import html
import io
import re
import sqlite3
import zipfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

from geo.text import Text
from layers.imports.draft import Draft
from layers.imports.own import OwnColumn, came_home, own_columns

_HEAD, _PROVENANCE = 2_000_000, 4_000_000
_BEGINS = (b'{"layer":', b"{&quot;layer&quot;:", b"{&#34;layer&#34;:")
_TOTALS = re.compile(r"(合计|Total) \([^()]{1,12}\)$")  # rows of sums that stood under a table
_CSV_MARK, _CSV_DESCRIBES = "planatlas", " columns="
_PROPERTY = re.compile(rb'name="planatlas"[^>]*>\s*<vt:lpwstr>(zh|en)</vt:lpwstr>')
_NOTE = Text(
    "文件由本系统导出，列名与类型按其中的说明还原",
    "the file was made by this service; names and types are as they left",
)
_SHEETS = {"zh": ("数据", "字段", "几何与原值"), "en": ("Data", "Fields", "Shapes and exact values")}
_CELLS = 20_000_000
_GUARDED = re.compile(r"^'+[=+\-@\t\r\n＝＋－＠]")


def as_it_left(draft: Draft, path: Path, *, said: Collection[str] = ()) -> Draft:
    """Return a draft whose columns are as they left, where the file says that it is one of ours.

    Parameters
    ----------
    draft
        As its format's reader gave it.
    path
        The file.
    said
        What a person said of how it is to be read: then nothing is taken from what it says of itself.
    """
    columns = () if said else own_columns(provenance_in(path))
    home = came_home(draft, columns, unwrap=draft.format == "OpenFileGDB") if columns else draft
    return replace(home, notes=(*home.notes, _NOTE)) if columns and home.settled else draft


def provenance_in(path: Path) -> object:
    """Return the provenance an exported file carries, as plain values; None where there is none that reads."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
        if head[:4] == b"PAR1":
            return orjson.loads((pq.read_schema(path).metadata or {}).get(b"planatlas", b"null"))
        if head[:2] == b"PK":
            return _in_zip(path)
        if head.startswith(b"SQLite format 3"):
            return _in_geopackage(path)
        return _in_text(head)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, sqlite3.Error, pa.ArrowException, RuntimeError):
        return None


def _in_zip(path: Path) -> object:
    with zipfile.ZipFile(path) as archive:
        member = next((m for m in archive.infolist() if m.filename == "provenance.json"), None)
        if member is None or member.file_size > _PROVENANCE:
            return None
        with archive.open(member) as file:
            return orjson.loads(file.read(_PROVENANCE))


def _in_geopackage(path: Path) -> object:
    uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(uri, uri=True)) as database:
        database.execute("pragma trusted_schema = off")
        kind = database.execute("select type from sqlite_master where name = 'gpkg_metadata'").fetchone()
        if kind != ("table",):
            return None
        for (text,) in database.execute(
            "select metadata from gpkg_metadata where length(metadata) < ?", (_PROVENANCE,)
        ):
            found = _in_text(str(text).encode())
            if found is not None:
                return found
    return None


def _in_text(data: bytes) -> object:
    """Return the JSON object that begins as our provenance does, as it stands or escaped for XML."""
    import json  # noqa: PLC0415 - orjson reads whole documents only

    for begin in _BEGINS:
        at = data.find(begin)
        if at < 0:
            continue
        text = data[at : at + _PROVENANCE].decode("utf-8", "ignore")
        try:
            found, _ = json.JSONDecoder().raw_decode(html.unescape(text) if b"&" in begin else text)
        except (ValueError, RecursionError):
            continue
        return found
    return None


def own_table(path: Path) -> Draft | None:
    """Return a CSV or Excel file of ours, cells exactly as they left; None for any other file."""
    try:
        with path.open("rb") as file:
            head = file.read(4)
        if head[:2] == b"PK":
            return _own_workbook(path)
        return _own_csv(path) if head[:3] == b"\xef\xbb\xbf" else None
    except (
        OSError,
        ValueError,
        KeyError,
        zipfile.BadZipFile,
        csv.Error,
        shapely.errors.ShapelyError,
        RuntimeError,
    ):
        return None  # not one of ours after all: read as any other


def _own_csv(path: Path) -> Draft | None:
    with path.open("rb") as file:
        first = file.read(200_000).split(b"\r\n", 1)[0]
    heads = next(csv.reader([first.decode("utf-8-sig", "strict")]), [])
    if not heads or not heads[-1].startswith(_CSV_MARK):
        return None
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))[1:]
    described: list[list[str]] = []
    for row in rows:  # a sorted table has it in another row
        if len(row) == len(heads) and _CSV_DESCRIBES in row[-1]:
            described = orjson.loads(row[-1].split(_CSV_DESCRIBES, 1)[1])
            break
    columns = own_columns(
        {"columns": [{"name": n, "property": p, "type": t, "like": like} for n, p, t, like in described]}
    )
    if not columns:
        return None
    place = next((one.name for one in columns if one.type == "wkt"), "")
    cells = {
        name: [_unguarded(row[i]) if i < len(row) else "" for row in rows] for i, name in enumerate(heads[:-1])
    }
    return _draft("CSV", cells, columns, place)


def _unguarded(text: str) -> str:
    return text[1:] if _GUARDED.match(text) else text


def _own_workbook(path: Path) -> Draft | None:
    with zipfile.ZipFile(path) as archive:
        member = next((m for m in archive.infolist() if m.filename == "docProps/custom.xml"), None)
        if member is None or member.file_size > 100_000:
            return None
        found = _PROPERTY.search(archive.read(member))
    if found is None:
        return None
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 - only for Excel files

    data, fields, shapes = _SHEETS[found[1].decode()]
    book = CalamineWorkbook.from_path(str(path))
    if data not in book.sheet_names or fields not in book.sheet_names:
        return None
    sheets = {name: book.get_sheet_by_name(name) for name in book.sheet_names if name in (data, fields, shapes)}
    if any(sheet.total_height * max(sheet.total_width, 1) > _CELLS for sheet in sheets.values()):
        return None
    told = sheets[fields].to_python(skip_empty_area=False)[1:]
    columns = own_columns({"columns": [_field(row) for row in told if row and row[0] != ""]})
    rows = sheets[data].to_python(skip_empty_area=False)
    if not columns or not rows:
        return None
    heads = [str(cell) for cell in rows[0]]
    rows[1:] = [row for row in rows[1:] if not (row and _TOTALS.match(str(row[0])))]
    cells = {name: [row[i] if i < len(row) else "" for row in rows[1:]] for i, name in enumerate(heads) if name}
    exact = sheets[shapes].to_python(skip_empty_area=False) if shapes in sheets else []
    return _workbook_draft(cells, columns, exact)


def _field(row: Sequence[Any]) -> dict[str, Any]:
    name, prop, kind, told, zh, en, like, code = (str(cell) for cell in (*row, *[""] * 8)[:8])
    unit = code or told  # older workbooks have the code alone
    label = {"zh": zh, "en": en} if zh and en else None
    return {"name": name, "property": prop, "type": kind, "unit": unit, "label": label, "like": like}


def _workbook_draft(cells: dict[str, list[Any]], columns: tuple[OwnColumn, ...], exact: list[list[Any]]) -> Draft:
    """Join shapes and exact values to the data by the ids; a cell somebody changed stays as changed."""
    id_name = next((one.name for one in columns if one.type == "id"), "")
    ids = [str(_whole(v)) for v in cells.get(id_name, [])]
    by_id: dict[str, list[Any]] = {}
    heads: list[str] = []
    if exact:
        heads = [str(cell) for cell in exact[0]]
        by_id = {str(row[0]): row for row in exact[1:]}
    parts = [i for i, name in enumerate(heads) if name == "wkt" or re.fullmatch(r"wkt_\d+", name)]
    if parts and not any(one.type == "wkt" for one in columns):
        texts = ["".join(str(by_id[i][p]) for p in parts if p < len(by_id[i])) if i in by_id else "" for i in ids]
        cells["\0wkt"] = texts
    for at, head in enumerate(heads):
        name = next((one.name for one in columns if head == f"={one.property}" and one.type not in ("name",)), "")
        if name in cells:
            cells[name] = [
                _exact(cell, by_id[i][at]) if i in by_id and at < len(by_id[i]) else cell
                for i, cell in zip(ids, cells[name], strict=True)
            ]
    place = next((one.name for one in columns if one.type == "wkt"), "\0wkt" if "\0wkt" in cells else "")
    return _draft("XLSX", cells, columns, place)


def _exact(cell: object, kept: object) -> object:
    """Return the value as it left where the cell still shows it, else the cell."""
    if kept in ("", None):
        return cell
    value = orjson.loads(str(kept)) if str(kept)[:1] in '[{"' else kept
    if isinstance(cell, int | float):
        try:
            return repr(float(str(kept))) if float(f"{float(str(kept)):.16G}") == float(cell) else cell
        except ValueError:
            return cell
    if value == "":
        return "\0" if cell == "" else cell
    return str(kept) if _shown(value) == cell else cell


def _shown(value: object) -> str:  # as `layers.exports.cells.shown` writes it
    if isinstance(value, dict):
        return "；".join(f"{key}: {_part(one)}" for key, one in value.items())
    if isinstance(value, list):
        return "；".join(_part(one) for one in value)
    return str(value)


def _part(value: object) -> str:
    if isinstance(value, list):
        return "、".join(map(_part, value))
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_part(one)}" for key, one in value.items())
    return "—" if value is None else str(value)


def _whole(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value


def _draft(kind: str, cells: dict[str, list[Any]], columns: tuple[OwnColumn, ...], place: str) -> Draft:
    """Return cells as a draft, each column by what the file says of it."""
    known = {one.name: one for one in columns}
    fields, arrays = [], []
    x, y = (next((one.name for one in columns if one.type == axis), "") for axis in "xy")
    shapes = np.full(len(next(iter(cells.values()), [])), None, dtype=object)
    if place:
        shapes[:] = [shapely.from_wkt(text) if text else None for text in map(str, cells[place])]
    elif x in cells and y in cells:
        pairs = zip(cells[x], cells[y], strict=True)
        shapes[:] = [
            shapely.Point(float(a), float(b)) if a not in ("", None) and b not in ("", None) else None
            for a, b in pairs
        ]
    for name, values in cells.items():
        if name == place:
            continue
        texts = list(_texts(values, known.get(name)))
        fields.append(pa.field(name, pa.string()))
        arrays.append(pa.array(texts, pa.string()))
    table = pa.table(arrays, schema=pa.schema(fields)) if fields else pa.table({})
    crs = next((one.like for one in columns if one.type == "id"), "") or None
    draft = Draft(kind, table, shapes, None, crs, "utf-8", (_NOTE,))
    return came_home(draft, [one for one in columns if one.name != place])


def _texts(values: Sequence[object], one: OwnColumn | None) -> Iterator[str | None]:
    for value in values:
        if value in ("", None):
            yield None
        elif value == "\0":
            yield ""
        elif isinstance(value, bool):
            yield "true" if value else "false"
        elif isinstance(value, float):
            yield str(_whole(value)) if one is not None and one.type != "number" else repr(value)
        elif isinstance(value, date):
            yield value.isoformat()
        else:
            text = str(value)
            if one is not None and one.type == "texts" and not text.startswith("["):
                text = orjson.dumps(text.split("；")).decode()
            elif one is not None and one.type == "json" and text[:1] not in '[{"':
                text = _scalar(text)
            yield text


def _scalar(text: str) -> str:
    """Return a cell of a column of mixed values as JSON: a number, true, or a text."""
    try:
        orjson.loads(text)
    except ValueError:
        return orjson.dumps(text).decode()
    return text
