"""Rows with coordinate columns: CSV and Excel sheets, the header where it is, the columns by their names."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date, time
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from geo.text import Text
from layers.features.columns import table_of
from layers.imports.draft import Draft, Found, decoded, refused
from layers.imports.telling import Progress, counted

_NESTED = 32
csv.field_size_limit(1 << 28)  # a polygon as WKT can be long
_X = ("经度", "lon", "lng", "longitude", "long", "x", "东坐标", "easting", "x坐标")
_Y = ("纬度", "lat", "latitude", "y", "北坐标", "northing", "y坐标")
_WKT = ("wkt", "geometry", "geom", "几何")


def read_delimited(file: str, data: bytes, encoding: str, progress: Progress) -> Draft:
    """Read text with separators; which one is counted, how it is encoded is found unless said.

    ``progress`` is told the rows whose place is read.
    """
    text, read_as = decoded(data, encoding)
    sample = text[:4000]
    delimiter = max(",;\t|", key=sample.count)
    rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(cell.strip() for cell in row)]
    return _tabular(file, rows, "CSV", read_as, progress)


def read_sheet(path: Path, sheet: str, progress: Progress) -> Draft:
    """Read one sheet of an Excel file, the first if not said; values only, formulas are not run.

    ``progress`` is told the rows whose place is read.
    """
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 - only for Excel files

    try:
        book = CalamineWorkbook.from_path(str(path))
        name = sheet or book.sheet_names[0]
        if name not in book.sheet_names:
            known = ", ".join(book.sheet_names)
            raise refused(path.name, f"没有工作表 {name}；有 {known}", f"it has no sheet {name}; it has {known}")
        rows = [[_cell(c) for c in row] for row in book.get_sheet_by_name(name).to_python()]
    except CalamineError as error:
        raise refused(
            path.name, f"不是完好的 Excel 文件（{error}）", f"it is no sound Excel file ({error})"
        ) from error
    found = _tabular(path.name, [row for row in rows if any(row)], "XLSX", "utf-8", progress)
    return replace(found, layers=tuple(book.sheet_names))


def _cell(value: object) -> str:
    """Return a cell as text: a whole number without a point, a date without the midnight it is stored with."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _tabular(file: str, rows: list[list[str]], kind: str, encoding: str, progress: Progress) -> Draft:
    notes = []
    at = next((i for i, row in enumerate(rows[:5]) if sum(bool(c.strip()) for c in row) >= 2), None)
    if at is None:
        raise refused(file, "没有表头", "it has no header")
    if at:
        notes.append(
            Text(f"表头在第 {at + 1} 行，其上为标题", f"the header is row {at + 1}; what stands above is a title")
        )
    names: list[str] = []
    for i, cell in enumerate(rows[at]):
        name = cell.strip() or f"column_{i + 1}"
        names.append(name if name not in names else f"{name}_{i + 1}")
    body = [dict(zip(names, [*row, *[""] * len(names)], strict=False)) for row in rows[at + 1 :]]
    lower = {name.lower().strip(): name for name in names}
    x, y, wkt = (next((lower[w] for w in words if w in lower), "") for words in (_X, _Y, _WKT))
    if not (x and y) and not wkt:
        zh = f"没有坐标列（经度、纬度，x、y，或 wkt）；列名：{'、'.join(names)[:120]}"
        raise refused(
            file,
            zh,
            f"it has no coordinate columns (lon and lat, x and y, or wkt); it has {', '.join(names)[:120]}",
        )
    shapes = np.empty(len(body), dtype=object)
    for i, row in enumerate(counted(body, progress)):
        shapes[i] = _place(row.get(wkt, ""), row.get(x, ""), row.get(y, ""))
    unplaced = tuple(np.flatnonzero(shapely.is_missing(shapes)).tolist())
    found = (Found("no_coordinates", "没有可用坐标", "no usable coordinates", "left unplaced", unplaced),)
    missing = len(unplaced)
    if missing:
        notes.append(
            Text(
                f"{missing} 行没有可用坐标，作为未上图保留",
                f"{missing} rows have no usable coordinates; kept unplaced",
            )
        )
    used = Text(wkt or f"{x}、{y}", wkt or f"{x}, {y}")
    notes.append(Text(f"坐标取自列 {used.zh}", f"coordinates taken from {used.en}"))
    properties = table_of([{k: (v.strip() or None) for k, v in row.items() if k != wkt} for row in body])
    return Draft(kind, properties, shapes, None, None, encoding, tuple(notes), found=found if missing else ())


def _place(wkt: str, x: str, y: str) -> Any:  # noqa: ANN401 - shapely geometries
    try:
        if wkt.strip():
            deep = wkt.upper().count("COLLECTION") > _NESTED  # GEOS reads nested ones by recursion
            return None if deep else shapely.from_wkt(wkt)
        east, north = float(x), float(y)
    except (ValueError, shapely.GEOSException):
        return None
    return shapely.Point(east, north) if np.isfinite(east) and np.isfinite(north) else None
