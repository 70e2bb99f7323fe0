"""The columns of a sheet people read: labels for headings, names beside codes, dates as dates, digits kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from geo.text import Text
from layers.arrow import ArrowColumn, ArrowField
from layers.exports.bundle import ExportBundle
from layers.exports.cells import exact_text, point_coordinates, shapes_wkt, shown_cell, type_of, unmistaken_cell
from layers.exports.columns import as_days, as_moments
from layers.features.columns import Content
from layers.library.drawn_area import DRAWN_AREA
from layers.messages import say
from layers.plan.catalog import Field
from layers.units import unit_name

_WORDS = {
    "id": say("sheet_id"),
    "lon": say("sheet_lon"),
    "lat": say("sheet_lat"),
    "x": say("sheet_x"),
    "y": say("sheet_y"),
    "code": say("sheet_code"),
    "wkt": say("sheet_wkt"),
}
_DEGREES = "0.0000000"
_AREAS = ("mu", "m2", "ha", "km2")
_PARTS = 200  # cells a shape may take on the sheet of shapes


@dataclass(frozen=True)
class SheetColumn:
    """A column: its heading, which property it holds and of what type, its unit, its values.

    ``number_format`` is how numbers are shown, ``like`` how moments were written.
    """

    heading: str
    property: str
    type: str
    values: Callable[[], Iterator[Any]]
    unit: str = ""
    number_format: str = ""
    like: str = ""


def sheet_columns(bundle: ExportBundle) -> list[SheetColumn]:
    """Return the columns of the data: the id, the fields in the catalog's order, the place; no heading twice."""
    content, lang = bundle.content, bundle.language
    found = [SheetColumn(_WORDS["id"][lang], "", "id", lambda: iter(map(str, content.ids)), like=bundle.crs)]
    for name in _spoken(bundle) if as_seen(bundle) else _in_order(bundle):
        found += _of_property(bundle, name)
    for one in bundle.added:
        words = [text[lang] for text in one.values]
        found.append(SheetColumn(one.label[lang], "", "name", lambda words=words: iter(words)))  # type: ignore[misc]
    points = point_coordinates(content)
    if points is not None:
        degrees = bundle.wkt is None or '"metre"' not in bundle.wkt
        for axis, values in zip(("x", "y"), points, strict=True):
            word = _WORDS[{"x": "lon", "y": "lat"}[axis] if degrees else axis][lang]
            form = _DEGREES if degrees else "0.000"
            found.append(SheetColumn(word, "", axis, lambda values=values: iter(values), number_format=form))  # type: ignore[misc]
    if bundle.options.get("shape") == "column":
        found.append(SheetColumn(_WORDS["wkt"][lang], "", "wkt", lambda: map(shapes_wkt, content.geometry)))
    return _distinct(found)


def column_label(bundle: ExportBundle, column: SheetColumn) -> Text:
    """Return what a column is called in both languages: as the catalog says, or what the sheet itself adds."""
    if column.property:
        return bundle.label_of(column.property) or Text("", "")
    if column.type == "name":
        return next(one.label for one in bundle.added if one.label[bundle.language] == column.heading)
    degrees = column.number_format == _DEGREES
    return _WORDS[{"x": "lon", "y": "lat"}.get(column.type, column.type) if degrees else column.type]


def as_seen(bundle: ExportBundle) -> bool:
    """Whether a sheet is to look as the page's table: one language, names instead of codes."""
    return bundle.options.get("words") == "seen"


def _spoken(bundle: ExportBundle) -> list[str]:
    """Return the properties without those that say the same in the other language."""
    layer, lang, names = bundle.layer, bundle.language, bundle.content.names
    pairs = [layer.title, *(one.text for one in layer.fields if one.text)]
    other = {
        left
        for one in pairs
        for left, kept in ((one.en, one.zh), (one.zh, one.en))
        if kept == one[lang] and kept in names and left != kept
    }
    return [name for name in _in_order(bundle) if name not in other]


def code_rows(bundle: ExportBundle) -> list[tuple[str, str, str, str]]:
    """Return the codes that stand behind the names of a sheet: column, code, Chinese and English name."""
    found = []
    for name, named in bundle.names.items():
        if name not in bundle.content.names:
            continue
        label = bundle.label_of(name)
        held = {str(value) for value in bundle.content.values(name) if value is not None}
        found += [
            (label[bundle.language] if label else name, code, text.zh, text.en)
            for code, text in named.items()
            if code in held
        ]
    return found


@dataclass(frozen=True)
class TotalRow:
    """A row under a table: what it is called, and a sum or a remark for each of some properties."""

    label: str
    cells: dict[str, float | str]


def total_rows(bundle: ExportBundle) -> list[TotalRow]:
    """Return the rows of sums under a table, as the page shows them: amounts of two currencies are never added."""
    if any(one.known and _is_area(bundle, one.field) for one in bundle.totals):
        bundle.notes.append(say("sheet_areas_stated"))
    lang, times = bundle.language, Counter(one.field for one in bundle.totals)
    all_rows, unstated = f"{len(bundle.content):,}", say("sheet_not_stated")[lang]
    rows: dict[str, dict[str, float | str]] = {all_rows: {}}
    for one in bundle.totals:
        if one.known:
            of = one.currency if times[one.field] > 1 and one.currency else all_rows
            rows.setdefault(of, {})[one.field] = one.sum
    unknown: dict[str, float | str] = {
        one.field: say("sheet_unknown", count=one.unknown)[lang] for one in bundle.totals if one.unknown
    }
    rows |= {unstated: unknown} if unknown else {}
    return [TotalRow(say("sheet_total", of=of)[lang], cells) for of, cells in rows.items() if cells]


def _is_area(bundle: ExportBundle, name: str) -> bool:
    field = bundle.field_of(name)
    return field is not None and field.unit in _AREAS and name != DRAWN_AREA


def _unlike(value: object) -> str | None:
    """Return a text of a column of mixed kinds as JSON where it looks like a number, else None."""
    written = unmistaken_cell(value)
    return str(written) if written != value else None


def exact_rows(
    bundle: ExportBundle, columns: Sequence[SheetColumn], *, cell: int
) -> tuple[list[str], Iterator[list[str | None]], int]:
    """Return headings and rows of the sheet with shapes and values as they are, and how many are too long.

    Parameters
    ----------
    bundle
        What leaves.
    columns
        Of the data's sheet.
    cell
        The characters a cell holds; a longer shape goes on in the next.
    """
    content, long = bundle.content, 0
    heads = ["feature_id"]
    parts = 0
    if bundle.options.get("shape", "sheet") in ("", "sheet"):
        longest = max((len(shapes_wkt(s) or "") for s in content.geometry), default=0)
        parts = min(-(-longest // cell), _PARTS)
        long = sum(len(shapes_wkt(s) or "") > cell * _PARTS for s in content.geometry)
        heads += [f"wkt_{n + 1}" if n else "wkt" for n in range(parts)]
    held = [one.property for one in columns if one.property and one.type not in ("name", "wkt", "x", "y")]
    mixed = {one.property for one in columns if one.type == "json"}
    kept: list[tuple[str, list[str | None]]] = []
    for name in held:
        texts = [exact_text(value) for value in content.values(name)]
        if name in mixed:
            texts = [_unlike(value) or text for value, text in zip(content.values(name), texts, strict=True)]
        if any(text is not None for text in texts):
            long += sum(text is not None and len(text) > cell for text in texts)
            kept.append((name, texts))
    heads += [f"={name}" for name, _ in kept]

    def rows() -> Iterator[list[str | None]]:
        for i, shape in enumerate(content.geometry):
            wkt = (shapes_wkt(shape) or "") if parts else ""
            wkt = wkt if len(wkt) <= cell * _PARTS else ""
            pieces = [wkt[n * cell : (n + 1) * cell] or None for n in range(parts)]
            values = [text if (text := texts[i]) is None or len(text) <= cell else None for _, texts in kept]
            yield [str(content.ids[i]), *pieces, *values]

    return (heads if len(heads) > 1 else []), rows(), long


def _in_order(bundle: ExportBundle) -> list[str]:
    """Return the properties: titles first, then as the catalog declares them, then the rest."""
    layer, names = bundle.layer, bundle.content.names
    if bundle.ordered:
        return list(names)
    declared = [layer.title.zh, layer.title.en]
    for one in layer.fields:
        declared += [one.id, *((one.text.zh, one.text.en) if one.text else ()), one.raw]
    wanted = [name for name in dict.fromkeys(declared) if name in names]
    return [*wanted, *(name for name in names if name not in wanted)]


def _of_property(bundle: ExportBundle, name: str) -> list[SheetColumn]:
    content, lang = bundle.content, bundle.language
    field, declared = content.properties.schema.field(name), bundle.field_of(name)
    label = bundle.label_of(name)
    word, unit = label[lang] if label else name, declared.unit if declared else ""
    spoken = unit_name(unit, lang)
    heading = f"{word} ({spoken})" if spoken and spoken not in word else word
    named = bundle.names.get(name)
    found = []
    if named:
        words = {key: text[lang] for key, text in named.items()}
        if as_seen(bundle):
            values = [None if v is None else words.get(str(v), str(v)) for v in content.values(name)]
            return [SheetColumn(word, name, "text", lambda: iter(values))]
        found.append(SheetColumn(word, name, "name", lambda: (words.get(str(v)) for v in content.values(name))))
        heading = f"{word} {_WORDS['code'][lang]}"
    return [*found, _typed(content, name, field, heading=heading, unit=unit, declared=declared)]


def _typed(
    content: Content, name: str, field: ArrowField, *, heading: str, unit: str, declared: Field | None
) -> SheetColumn:
    kind = type_of(field)
    if kind == "text":
        column = content.properties.column(name)
        days = as_days(column)
        if days is not None:
            return SheetColumn(heading, name, "date", lambda: iter(_early(days)), unit, "yyyy-mm-dd")
        moments = as_moments(column)
        if moments is not None and not moments[2]:
            form = "yyyy-mm-dd hh:mm:ss" if moments[1].count(":") > 1 else "yyyy-mm-dd hh:mm"
            form += ".000" * ("." in moments[1])
            return SheetColumn(heading, name, "moment", lambda: iter(moments[0]), unit, form, moments[1])
    form = ""
    if kind in ("number", "integer") and declared is not None and declared.decimals is not None:
        form = "#,##0" + ("." + "0" * declared.decimals if declared.decimals else "")
    return SheetColumn(heading, name, kind, lambda: map(shown_cell, content.values(name)), unit, form)


def _early(days: ArrowColumn) -> list[date | None]:
    found: list[date | None] = days.to_pylist()
    return found


def _distinct(columns: list[SheetColumn]) -> list[SheetColumn]:
    """Return columns whose headings differ without regard to case: those that do not get the id beside."""
    count = Counter(one.heading.casefold() for one in columns)
    out: list[SheetColumn] = []
    used: set[str] = set()
    for one in columns:
        heading = one.heading
        if count[heading.casefold()] > 1 and one.property:
            heading = f"{heading} [{one.property}]"
        base, number = heading, 1
        while heading.casefold() in used:
            number += 1
            heading = f"{base} {number}"
        used.add(heading.casefold())
        out.append(replace(one, heading=heading))
    return out
