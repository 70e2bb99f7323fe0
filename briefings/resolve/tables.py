"""A figure's table, chart and notes as plain texts and numbers, for every format alike."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from briefings.map.fonts import drawable
from briefings.resolve.blocks import Chart, Table
from geo.text import Text
from layers.figures.figure import Column, Figure
from layers.figures.outcome import SUMS
from layers.units import unit_name

_MOST_BARS = 12


def table_of(figure: Figure, language: str) -> Table:
    """Return the table, numbers as the figure's page shows them, headings with units."""
    strong = [i for i, row in enumerate(figure.rows) if _summed(row)]
    return Table(
        tuple(drawable(_heading(c, language)) for c in figure.columns),
        tuple(tuple(_cell(row.get(c.id), c.decimals, language) for c in figure.columns) for row in figure.rows),
        tuple(c.decimals is not None for c in figure.columns),
        tuple(strong),
    )


def _heading(column: Column, language: str) -> str:
    unit = unit_name(column.unit, language)
    return f"{column.label[language]} ({unit})" if unit else column.label[language]


def _summed(row: Mapping[str, Any]) -> bool:
    return any(isinstance(value, Text) and value.en in SUMS for value in row.values())


def _cell(value: object, decimals: int | None, language: str) -> str:
    if isinstance(value, Text):
        return drawable(value[language])
    if isinstance(value, int | float) and not isinstance(value, bool) and decimals is not None:
        return f"{value:,.{decimals}f}"
    return "—" if value is None else drawable(value)


def chart_of(figure: Figure, language: str) -> Chart | None:
    """Return the chart of a figure, in the figure's own unit; None where rows do not compare."""
    numeric = [
        c
        for c in figure.columns
        if c.decimals is not None and any(_number(r.get(c.id)) is not None for r in figure.rows)
    ]
    words = [c for c in figure.columns if c.decimals is None and c.id not in ("class", "from", "to")]
    if not numeric or not words or figure.value is None:  # without one value there are several currencies
        return None
    amount = next((c for c in numeric if c.unit == figure.statistic.unit), numeric[0])
    rows = []
    for row in figure.rows:
        value = _number(row.get(amount.id))
        if value is None or value < 0 or _summed(row):
            continue
        parts = [row.get(c.id) for c in words]
        label = " · ".join(
            drawable(p[language] if isinstance(p, Text) else p, longest=24) for p in parts if p is not None
        )
        rows.append((label, value))
    timely = all(re.fullmatch(r"(19|20)\d\d", label) for label, _ in rows)
    rows = rows if timely else sorted((one for one in rows if one[1] > 0), key=lambda one: -one[1])[:_MOST_BARS]
    if len(rows) < 2:
        return None
    labels, values = zip(*rows, strict=True)
    return Chart(
        "columns" if timely else "bars",
        drawable(_heading(amount, language)),
        labels,
        values,
        amount.decimals or 0,
        figure.threshold.value if figure.threshold and amount.unit == "%" else None,
        ("要求" if language == "zh" else "required") if figure.threshold else "",
    )


def inert(text: str) -> str:
    """Return a label that the workbook behind a chart cannot take for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def column_shares(table: Table) -> list[float]:
    """Return how a table's width is shared among its columns: by their longest texts, within reason."""
    wide = [
        max(
            min(max(sum(2 if ord(c) > 0x2E80 else 1 for c in row[i]) for row in (table.heads, *table.rows)), 44), 7
        )
        for i in range(len(table.heads))
    ]
    return [one / sum(wide) for one in wide]
