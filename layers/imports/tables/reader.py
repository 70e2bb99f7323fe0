"""Rows with a place: a sheet of cells becomes a draft; header, totals and coordinates as found or said."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from geo.text import Text, count_words
from layers.arrow import encode_texts
from layers.imports.draft import Draft, Found, Undecided, refuse_file
from layers.imports.numbers import NumberEvidence, clean, evidence_of, merged_evidence
from layers.imports.options import ImportOptions
from layers.imports.tables.body import read_body
from layers.imports.tables.columns import PlaceColumns, find_columns
from layers.imports.tables.grid import Merge, Rows, TableHead, find_head
from layers.imports.tables.places import RowTexts, place_rows
from layers.imports.tables.several import OneTable, above_another, beside_another
from layers.imports.telling import Progress

SHOWN_ROWS, SHOWN_COLUMNS, SHOWN_TEXT = 12, 40, 60
_LEAST_COLUMNS = 2
_FORMULA = re.compile(r'^="(.*)"$')


@dataclass(frozen=True)
class Sheet:
    """Cells as text, merged ranges (rows and columns from 0), and what is known of where they come from."""

    rows: Rows
    format: str
    encoding: str = "utf-8"
    separator: str = ""
    merges: Sequence[Merge] = ()
    notes: tuple[Text, ...] = ()
    layers: tuple[str, ...] = ()


def read_table(
    file: str, sheet: Sheet, options: ImportOptions, progress: Progress, *, placeless: bool = False
) -> Draft:
    """Return a sheet as a draft; ``placeless`` rows need no place and get none.

    Parameters
    ----------
    file
        Its name in errors.
    sheet
        The cells.
    options
        What was said of the import.
    progress
        ``progress(done, total)`` in rows.
    placeless
        Whether rows need no place.

    Raises
    ------
    UnreadableFile
        It has no header, a column that was named is not there, or nothing says where its rows lie.
    """
    head, one = _one_table(file, sheet, options)
    rows = one.rows
    which = {"sheet_table": str(one.kept + 1)} if one.tables else {}
    first = _columns(head, rows[head.body : head.body + 2000])
    columns = PlaceColumns() if placeless else find_columns(file, head.names, first, options)
    if not columns.names and not placeless:
        if len(head.names) < _LEAST_COLUMNS or len(rows) <= head.body:
            raise _no_place(file, head)
        columns = replace(columns, questions=columns.questions or (_where(head),))
    at = [head.names.index(name) for name in columns.names]
    body = read_body(rows, head, merges=sheet.merges, totals=_plain(options.totals), placed=at, progress=progress)
    cells = _columns(head, body.rows)
    texts = {name: encode_texts(pa.array(column, pa.string())).dictionary for name, column in cells.items()}
    file_says = merged_evidence(evidence_of(clean(one)) for name, one in texts.items() if name != columns.geometry)
    count = len(body.rows)
    if not columns.names:
        return Draft(
            sheet.format,
            _properties(cells, without="", count=count),
            np.full(count, None, dtype=object),
            None,
            None,
            sheet.encoding,
            (*sheet.notes, *head.notes, *one.notes, *body.notes),
            sheet.layers,
            declared={name: {"unit": unit} for name, unit in head.units.items()},
            found=(*one.found, *body.found),
            questions=columns.questions,
            reading=_reading(sheet, head, columns, "", file_says) | which,
            sample=_sample(sheet.rows),
            tables=one.tables,
        )
    placed = place_rows(columns, RowTexts(cells, count, body.lines, sheet.separator), options, file=file_says)
    notes = [*sheet.notes, *head.notes, *one.notes, *body.notes, *columns.notes, *placed.notes]
    found = [*one.found, *body.found, *placed.found]
    if placed.notation != "pair" and len(placed.used) == 2:
        notes.append(
            Text(f"坐标取自列 {'、'.join(placed.used)}", f"coordinates taken from {', '.join(placed.used)}")
        )
    missing = np.flatnonzero(shapely.is_missing(placed.shapes))
    told = {row for one in placed.found for row in one.rows}
    if len(missing):
        zh, en = (
            f"{len(missing)} 行没有可用坐标，作为未上图保留",
            f"{len(missing)} rows have no usable coordinates; kept unplaced",
        )
        notes.append(Text(zh, en))
        silent = tuple(int(i) for i in missing if int(i) not in told)
        if silent:
            found.append(Found("no_coordinates", "没有可用坐标", "no usable coordinates", "left unplaced", silent))
    properties = _properties(cells, without=placed.taken, count=count)
    notes += _unnamed(head, properties)
    return Draft(
        sheet.format,
        properties,
        placed.shapes,
        None,
        placed.crs,
        sheet.encoding,
        tuple(notes),
        sheet.layers,
        declared={name: {"unit": unit} for name, unit in head.units.items()},
        found=tuple(found),
        questions=(*columns.questions, *placed.questions),
        reading=_reading(sheet, head, columns, placed.notation, file_says) | which,
        sample=_sample(sheet.rows),
        tables=one.tables,
        datum=placed.datum,
    )


def _one_table(file: str, sheet: Sheet, options: ImportOptions) -> tuple[TableHead, OneTable]:
    """Return the header and the rows of the one table of a sheet that is read."""
    said = _plain(options.header_rows)
    head = find_head(file, sheet.rows, merges=sheet.merges, said=said)
    above = above_another(sheet.rows, head)
    named = {options.id_field, options.class_field, options.x_column, options.y_column, options.geometry_column}
    one = beside_another(above.rows, head, named=named - {""}, chosen=_plain(options.sheet_table))
    if one.narrowed:
        head = find_head(file, one.rows, merges=sheet.merges, said=said)
    return head, replace(one, notes=(*above.notes, *one.notes), found=(*above.found, *one.found))


def _reading(
    sheet: Sheet, head: TableHead, columns: PlaceColumns, notation: str, file: NumberEvidence
) -> dict[str, Any]:
    """Return how the table was read, in the words of the options."""
    rows = (
        "0"
        if head.last < 0
        else (str(head.last + 1) if head.first == head.last else f"{head.first + 1}-{head.last + 1}")
    )
    separator = {"\t": "tab", " ": "space"}.get(sheet.separator, sheet.separator)
    told = {
        "separator": separator,
        "decimal": file.decimal,
        "header_rows": rows,
        "geometry_column": columns.geometry,
        "x_column": columns.x or columns.pair,
        "y_column": columns.y or columns.pair,
        "notation": notation if notation in ("degrees", "dms", "packed", "metres") else "",
    }
    return {name: value for name, value in told.items() if value}


def _sample(rows: Rows) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(cell[:SHOWN_TEXT] for cell in row[:SHOWN_COLUMNS]) for row in rows[:SHOWN_ROWS])


def _columns(head: TableHead, rows: Rows) -> dict[str, list[str]]:
    width = len(head.names)
    if not rows:
        return {name: [] for name in head.names}
    padded = (row if len(row) == width else [*row[:width], *[""] * (width - len(row))] for row in rows)
    return {
        name: list(map(str.strip, column))
        for name, column in zip(head.names, zip(*padded, strict=True), strict=True)
    }


def _properties(cells: Mapping[str, list[str]], *, without: str, count: int) -> pa.Table:
    columns, fields = [], []
    for name, values in cells.items():
        if name == without or (re.fullmatch(r"column_\d+", name) and not any(values)):
            continue
        column = [(_FORMULA.sub(r"\1", value) or None) if value[:1] == "=" else value or None for value in values]
        columns.append(pa.array(column, pa.string()))
        fields.append(pa.field(name, pa.string()))
    return pa.table(columns, schema=pa.schema(fields)) if columns else pa.table({})


def _unnamed(head: TableHead, properties: pa.Table) -> list[Text]:
    """Return what is said of columns that hold something and have no heading: cells may have been moved."""
    bare = [one for one in properties.schema.names if head.last >= 0 and re.fullmatch(r"column_\d+", one)]
    if not bare:
        return []
    rows = max(len(properties) - properties.column(one).null_count for one in bare)
    zh = f"没有列名的列记作 {'、'.join(bare[:5])}（{rows} 行在其中有值）；如各列因此错位，请检查文件的引号与分隔符"
    held = count_words(rows, "row holds", "rows hold")
    en = f"columns without a heading are called {', '.join(bare[:5])} ({held} something there)"
    return [Text(zh, f"{en}; if cells have moved, look at the file's quotes and separators")]


def _plain(value: str) -> str:
    return "" if value == "auto" else value


def _where(head: TableHead) -> Undecided:
    """Return what is asked where no column says where its rows lie; which they are is for a person to say."""
    return Undecided(
        "x_column",
        Text(
            f"没有认出坐标列（列名：{'、'.join(head.names)[:120]}）。请选择坐标所在的列或几何列；"
            "没有位置的表请连接到一个图层",
            f"none of its columns is known to hold coordinates (it has {', '.join(head.names)[:120]}). "
            "Choose the columns of coordinates or of geometries; a table without places is joined to a layer",
        ),
        also="y_column",
    )


def asks_where(draft: Draft) -> bool:
    """Tell whether it is not known where the rows of a draft lie."""
    return any(one.option == "x_column" and not one.choices for one in draft.questions)


def _no_place(file: str, head: TableHead) -> Exception:
    zh = f"没有坐标列（经度、纬度，x、y，或几何）；列名：{'、'.join(head.names)[:120]}"
    zh += "。请说明哪一列是坐标（x_column、y_column 或 geometry_column）"
    en = (
        f"it has no coordinate columns (lon and lat, x and y, or a geometry); "
        f"it has {', '.join(head.names)[:120]}. "
        "Say which columns hold them (x_column and y_column, or geometry_column)"
    )
    return refuse_file(file, zh, en)
