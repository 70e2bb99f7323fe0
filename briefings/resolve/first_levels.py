"""A long table of classes by zone as a short one: first levels as rows, zones as columns; a slide holds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from briefings.map.fonts import drawable_text
from briefings.resolve.blocks import Table
from geo.text import Text, number_text
from layers.figures.figure import Column, Figure
from layers.figures.presentation import column_heading, shown_decimals
from layers.plan.catalog import LandClass

_MOST_ZONES = 4  # beside each other; of more the last alone, which is all of them together
_ASKED = ("zone", "class", "name")  # columns that a table of classes by zone has


@dataclass(frozen=True)
class _Cells:
    """What stands in a row, by zone and column: the shown numbers of the rows it holds, added up."""

    label: str
    strong: bool
    sums: dict[tuple[str, str], float]


def first_level_table(figure: Figure, classes: Sequence[LandClass], language: str) -> Table | None:
    """Return a figure's table of classes by zone, of first levels and in one unit; None where it is none.

    What is shown adds up: each number is the sum of the numbers the whole table shows.

    Parameters
    ----------
    figure
        The figure.
    classes
        Of the scheme its classes are of.
    language
        ``zh`` or ``en``.
    """
    columns = {column.id: column for column in figure.columns}
    if not all(one in columns for one in _ASKED):
        return None
    numeric = [column for column in figure.columns if column.decimals is not None]
    shown = [numeric[0], *(column for column in numeric[1:] if column.id == "share")] if numeric else []
    zones = list(dict.fromkeys(_word(row["zone"], language) for row in figure.rows if row["kind"] == "total"))
    kept = zones if len(zones) <= _MOST_ZONES else zones[-1:]
    known = {one.code: one.name for one in classes}
    rows = dict[str, _Cells]()
    for row in figure.rows:
        zone, code = _word(row["zone"], language), str(row["class"])
        if zone not in kept:
            continue
        level = next((code[:end] for end in range(1, len(code) + 1) if code[:end] in known), code)
        label = drawable_text(known[level][language] if level in known else _word(row["name"], language))
        strong = row["kind"] in ("total", "of_which")
        mine = rows.setdefault(f"{row['kind'] if strong else ''} {label}", _Cells(label, strong, {}))
        for column in shown:
            value = row.get(column.id)
            if isinstance(value, int | float):
                mine.sums[zone, column.id] = mine.sums.get((zone, column.id), 0.0) + value
    told = [rows[key] for key in sorted(rows, key=lambda key: rows[key].strong)]
    told = [one for one in told if one.strong or any(one.sums.values())]
    heads = (columns["name"].label[language], *(_head(zone, one, language) for zone in kept for one in shown))
    cells = [(one.label, *(_cell(one, zone, column) for zone in kept for column in shown)) for one in told]
    sums = tuple(i for i, one in enumerate(told) if one.strong)
    return Table(heads, tuple(cells), (False, *[True] * (len(heads) - 1)), sums)


def _head(zone: str, column: Column, language: str) -> str:
    share = column.id == "share"
    return drawable_text(column_heading(column if share else replace(column, label=Text(zone, zone)), language))


def _cell(row: _Cells, zone: str, column: Column) -> str:
    value = row.sums.get((zone, column.id))
    return "—" if value is None else number_text(value, shown_decimals(value, column))


def _word(value: object, language: str) -> str:
    return value[language] if isinstance(value, Text) else str(value)
