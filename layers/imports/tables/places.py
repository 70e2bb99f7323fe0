"""Where the rows of a table lie: from a column of geometries, two columns of coordinates, or one with both."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from geo.arrays import Bools, Floats
from geo.measure.crs_words import crs_label, is_plane
from geo.text import Text
from layers.arrow import encode_texts, if_else, texts_of
from layers.features.columns import Objects
from layers.imports.draft import Found, Undecided
from layers.imports.numbers import DecimalSign, NumberEvidence, clean, decimal_for, evidence_of, numbers_of
from layers.imports.options import ImportOptions
from layers.imports.tables.angles import is_marked, packed_question, parse_angle, parse_packed, side_of
from layers.imports.tables.columns import PlaceColumns, is_mostly, pair_parts
from layers.imports.tables.geometries import Geometries, read_geometries
from layers.imports.tables.headings import heading_of

SHIFTED = ("GCJ02", "BD09")
_TURN = 180
_AGAINST = re.compile(r"西[经經]|南[纬緯]|[(\[]\s*°?\s*[WS]\s*°?\s*[)\]]", re.IGNORECASE)


@dataclass(frozen=True)
class Places:
    """Geometry of each row, None where there is none, what declares its CRS, and what is to be said."""

    shapes: Objects
    crs: str | None
    used: tuple[str, ...]
    taken: str = ""  # the column that became the geometry and is no attribute any more
    notation: str = ""
    notes: tuple[Text, ...] = ()
    found: tuple[Found, ...] = ()
    questions: tuple[Undecided, ...] = field(default=())
    datum: str = ""  # of coordinates in metres, as the headings name it, by its degrees


@dataclass(frozen=True)
class RowTexts:
    """The rows of a table as texts.

    Attributes
    ----------
    cells
        The texts of every column, ``count`` each.
    count
        How many rows.
    lines
        The row of the file each stands in, for messages.
    separator
        Of the file's columns.
    """

    cells: Mapping[str, list[str]]
    count: int
    lines: Sequence[int]
    separator: str


def place_rows(columns: PlaceColumns, rows: RowTexts, options: ImportOptions, *, file: NumberEvidence) -> Places:
    """Return where the rows lie.

    Parameters
    ----------
    columns
        What holds the place.
    rows
        Their texts.
    options
        What a person said.
    file
        What its columns say of the decimal sign.
    """
    cells, count, lines, separator = rows.cells, rows.count, rows.lines, rows.separator
    empty = Places(np.full(count, None, dtype=object), None, ())
    by_geometry = empty
    if columns.geometry:
        by_geometry = _from_geometries(columns.geometry, read_geometries(cells[columns.geometry]), lines)
    missing = shapely.is_missing(by_geometry.shapes)
    if columns.geometry and (not (columns.x or columns.pair) or not missing.any()):
        return by_geometry
    if columns.pair:
        by_number = _from_pair(columns, cells[columns.pair], lines)
    elif columns.x:
        by_number = _from_columns(columns, cells, options, separator=separator, file=file, lines=lines)
    else:
        return by_geometry
    if not columns.geometry or missing.all():
        return by_number
    shapes = np.where(missing, by_number.shapes, by_geometry.shapes)
    rescued = int((missing & ~shapely.is_missing(by_number.shapes)).sum())
    notes = [*by_geometry.notes]
    if rescued:
        zh, en = "、".join(by_number.used), ", ".join(by_number.used)
        notes.append(
            Text(
                f"{rescued} 行的几何列不可读，改用 {zh}",
                f"{rescued} rows have no readable geometry; {en} are used",
            )
        )
    return replace(by_geometry, shapes=shapes, notes=tuple(notes), found=by_number.found if not rescued else ())


def _from_geometries(name: str, found: Geometries, lines: Sequence[int]) -> Places:
    notes = [
        Text(f"几何取自列 {name}（{found.kind}）", f"geometry taken from column {name} ({found.kind})"),
        *found.notes,
    ]
    problems: tuple[Found, ...] = ()
    if len(found.unread):
        at = _rows(found.unread, lines)
        notes.append(
            Text(
                f"{len(found.unread)} 行的几何无法读取（第 {at} 行）",
                f"{len(found.unread)} rows have a geometry that cannot be read (rows {at})",
            )
        )
        problems = (
            Found(
                "unreadable",
                "几何无法读取",
                "the geometry cannot be read",
                "left unplaced",
                tuple(map(int, found.unread)),
            ),
        )
    return Places(found.shapes, found.crs, (name,), name, notes=tuple(notes), found=problems)


def _from_columns(
    columns: PlaceColumns,
    cells: Mapping[str, list[str]],
    options: ImportOptions,
    *,
    separator: str,
    file: NumberEvidence,
    lines: Sequence[int],
) -> Places:
    said = {"degrees": "number", "metres": "number"}.get(options.notation, options.notation)
    notation = said or (
        "dms"
        if columns.unit == "dms" or any(is_mostly(cells[c], is_marked, share=0.3) for c in (columns.x, columns.y))
        else "number"
    )
    notes: list[Text] = []
    texts = [_texts(columns, axis, cells, notes) for axis in ("x", "y")]
    notation = "dms" if columns.parts or columns.sides else notation
    read = [
        _coordinates(some, notation, options.decimal if options.decimal != "auto" else "", separator, file)
        for some in texts
    ]
    (x, x_axis, x_asked), (y, y_axis, y_asked) = read
    x, y = _signed(columns.x, x, notes), _signed(columns.y, y, notes)
    if x_axis == "y" and y_axis == "x":
        x, y = y, x
        notes.append(
            Text(
                f"列 {columns.x} 写的是纬度，列 {columns.y} 写的是经度，已对调",
                f"column {columns.x} holds latitudes and {columns.y} longitudes, by their letters; exchanged",
            )
        )
    questions = []
    for name, asked in ((columns.x, x_asked), (columns.y, y_asked)):
        if asked:
            questions.append(decimal_question(name, cells[name]))
    heading = heading_of(columns.x)
    if heading is not None and heading.family == "lonlat" and notation == "number" and not said:
        x, y = _without_strays(x, y)
        questions += packed_question(columns.x, texts)
    places = _points(x, y, list(zip(*texts, strict=True)), lines, notes)
    used = (*columns.parts.get("x", (columns.x,)), *columns.parts.get("y", (columns.y,)))
    if notation == "dms":
        notes.insert(0, Text("坐标按度分秒读取", "coordinates are read as degrees, minutes and seconds"))
    degrees = _in_degrees(x, y)
    plane = is_plane(columns.datum)
    if columns.datum:
        named, what = crs_label(columns.datum), ("坐标系", "CRS") if plane else ("坐标基准", "datum")
        notes.append(Text(f"列名写明{what[0]}：{named.zh}", f"the headings name the {what[1]}: {named.en}"))
    if columns.datum in SHIFTED and not degrees:
        questions.append(_shifted_metres(columns.datum))
    kind = ("degrees" if degrees else "metres") if notation == "number" else notation
    return replace(
        places,
        used=used,
        crs=(columns.datum or None) if degrees or plane else None,
        datum="" if degrees or plane else columns.datum,
        notation=kind,
        notes=tuple(notes),
        questions=tuple(questions),
    )


def _without_strays(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return longitudes and latitudes without those that are none, such as 999, where at least half are such."""
    known = np.isfinite(x) & np.isfinite(y) & ((x != 0) | (y != 0))
    inside = known & (np.abs(x) <= _TURN) & (np.abs(y) <= _TURN)
    if not known.any() or 2 * int(inside.sum()) < int(known.sum()):
        return x, y
    stray = known & ~inside
    return np.where(stray, np.nan, x), np.where(stray, np.nan, y)


def _shifted_metres(datum: str) -> Undecided:
    """Return what is asked of metres on a map's shifted datum: they are no web Mercator, and no plane we know."""
    zh = (
        f"列名写明 {datum}，数值却是米：地图厂商的米制坐标不是 EPSG:3857，当作它会偏离几公里。"
        "请用其接口转换成经纬度后再导入，或说明真实的坐标系"
    )
    en = (
        f"the headings say {datum} and the numbers are metres: metres of that map are no EPSG:3857, and read so "
        "they lie kilometres off. Turn them into longitudes and latitudes with the map's own service, or say the "
        "true coordinate reference system"
    )
    return Undecided("crs", Text(zh, en))


def _texts(columns: PlaceColumns, axis: str, cells: Mapping[str, list[str]], notes: list[Text]) -> list[str]:
    """Return the texts of one coordinate, its degrees, minutes, seconds and hemisphere put together."""
    name = columns.x if axis == "x" else columns.y
    parts, side = columns.parts.get(axis), columns.sides.get(axis, "")
    texts = cells[name]
    if parts:
        rows = zip(*(cells[part] for part in parts), strict=True)
        texts = [
            "".join(f"{n or '0'}{mark}" for n, mark in zip(row, "°'\"", strict=False)) if row[0] else ""
            for row in rows
        ]
        zh, en = "、".join(parts), ", ".join(parts)
        notes.append(
            Text(f"度、分、秒各占一列：{zh}", f"degrees, minutes and seconds stand in columns of their own: {en}")
        )
    if side:
        texts = [f"{text}{side_of(of)}" if text else "" for text, of in zip(texts, cells[side], strict=True)]
        notes.append(Text(f"列 {side} 说明东西或南北", f"column {side} says east or west, north or south"))
    return texts


def _signed(name: str, values: Floats, notes: list[Text]) -> Floats:
    """Return coordinates with the sign their heading says: west and south are negative."""
    text = unicodedata.normalize("NFKC", name)
    with np.errstate(invalid="ignore"):
        written = bool((values < 0).any()) or not bool((np.abs(values) <= 180).any())
    if not _AGAINST.search(text) or written:
        return values
    notes.append(
        Text(
            f"列 {name} 为西经或南纬，数值取负",
            f"column {name} is of the west or the south; its numbers are negative",
        )
    )
    return -values


def decimal_question(name: str, cells: Sequence[str]) -> Undecided:
    """Return what is asked where a comma may end the whole part or group its digits."""
    one = next((cell for cell in cells if re.search(r"\d,\d{3}\b", cell)), "12,500")
    point, comma = one.replace(",", ""), one.replace(",", ".")
    return Undecided(
        "decimal",
        Text(
            f"列 {name} 的 {one} 可读作 {point}，也可读作 {comma}，请说明小数点",
            f"in column {name}, {one} may be {point} or {comma}; say the decimal sign",
        ),
        (".", ","),
    )


def _in_degrees(x: Floats, y: Floats) -> bool:
    with np.errstate(invalid="ignore"):
        return bool(np.nanmax(np.abs(x), initial=0) <= 180 and np.nanmax(np.abs(y), initial=0) <= 180)


def _coordinates(
    cells: list[str], notation: str, said: DecimalSign, separator: str, file: NumberEvidence
) -> tuple[Floats, str, bool]:
    """Return a column as numbers, NaN where it is none; the axis its letters name; whether its comma is open."""
    coded = encode_texts(pa.array(cells, pa.string()))
    texts = coded.dictionary
    axis, asked = "", False
    if notation == "dms":
        read = [parse_angle(text) for text in texts_of(texts)]
        values = np.array([value for value, _ in read], dtype=float)
        sides = {side for _, side in read if side}
        axis = next(iter(sides)) if len(sides) == 1 else ""
    elif notation == "packed":
        values = np.array([parse_packed(text) for text in texts_of(texts)], dtype=float)
    else:
        plain = clean(texts)
        decimal, asked = decimal_for(evidence_of(plain), said=said, file=file, separator=separator)
        found = numbers_of(plain, decimal)
        known = if_else(
            pc.is_in(pc.utf8_lower(found.unit), pa.array(["", "m", "米", "°", "度", "deg"])),
            found.number,
            pa.scalar(None, pa.string()),
        )
        values = np.array(pc.cast(known, pa.float64()).fill_null(np.nan), dtype=float)
    values = np.append(values, np.nan)
    return values[np.asarray(coded.indices)] if len(cells) else np.empty(0), axis, asked


def _from_pair(columns: PlaceColumns, cells: list[str], lines: Sequence[int]) -> Places:
    """Read a column that holds both coordinates; which stands first: by letters, size, or name."""
    count = len(cells)
    first, second = np.full(count, np.nan), np.full(count, np.nan)
    letters: set[tuple[str, str]] = set()
    for i, cell in enumerate(cells):
        parts = pair_parts(cell) if cell else None
        if parts:
            (first[i], a), (second[i], b) = parse_angle(parts[0]), parse_angle(parts[1])
            letters.add((a, b))
    letters.discard(("", ""))
    notes: list[Text] = []
    with np.errstate(invalid="ignore"):
        if ("y", "x") in letters or (
            not letters and np.nanmax(np.abs(second), initial=0) > 90 >= np.nanmax(np.abs(first), initial=0)
        ):
            order = "y"
        elif letters or np.nanmax(np.abs(first), initial=0) > 90:
            order = "x"
        else:
            order = columns.pair_first or "x"
    x, y = (second, first) if order == "y" else (first, second)
    places = _points(x, y, [[cell] for cell in cells], lines, notes)
    words = ("纬度在前", "latitude first") if order == "y" else ("经度在前", "longitude first")
    notes.insert(
        0,
        Text(
            f"坐标取自列 {columns.pair}（{words[0]}）",
            f"coordinates taken from column {columns.pair} ({words[1]})",
        ),
    )
    return replace(places, used=(columns.pair,), notation="pair", notes=tuple(notes))


def _points(
    x: Floats, y: Floats, written: Sequence[Sequence[str]], lines: Sequence[int], notes: list[Text]
) -> Places:
    """Return points, and what is said of cells that are no coordinates and of zeros that stand for nothing."""
    good = np.isfinite(x) & np.isfinite(y)
    null: Bools = good & (x == 0) & (y == 0)
    shapes: Objects = np.full(len(x), None, dtype=object)
    good &= ~null
    shapes[good] = shapely.points(x[good], y[good])
    wrong = np.array([i for i in np.flatnonzero(~good & ~null).tolist() if any(written[i])], dtype=np.intp)
    problems = []
    if len(wrong):
        one, at = " ".join(written[int(wrong[0])])[:40], _rows(wrong, lines)
        notes.append(
            Text(
                f"{len(wrong)} 行的坐标无法读取（如“{one}”，第 {at} 行）",
                f"{len(wrong)} rows have coordinates that cannot be read, such as “{one}” (rows {at})",
            )
        )
        problems.append(
            Found(
                "unreadable_coordinates",
                "坐标无法读取",
                "coordinates cannot be read",
                "left unplaced",
                tuple(map(int, wrong)),
            )
        )
    if null.any():
        count, at = int(null.sum()), _rows(np.flatnonzero(null), lines)
        notes.append(
            Text(
                f"{count} 行的坐标为 0, 0，视为没有坐标（第 {at} 行）",
                f"{count} rows have the coordinates 0, 0, which is taken as none (rows {at})",
            )
        )
    return Places(shapes, None, (), found=tuple(problems))


def _rows(at: Any, lines: Sequence[int]) -> str:  # noqa: ANN401 - an index array
    return ", ".join(str(lines[int(i)]) for i in at[:8]) + ("…" if len(at) > 8 else "")
