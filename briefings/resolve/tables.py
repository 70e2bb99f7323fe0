"""A figure's table, chart and notes as plain texts and numbers, for every format alike."""

from __future__ import annotations

from briefings.map.fonts import drawable
from briefings.resolve.blocks import Chart, Table
from layers.figures.presentation import Shown


def table_of(shown: Shown) -> Table:
    """Return the table as the figure shows it; sums stand out."""
    return Table(
        tuple(map(drawable, shown.heads)),
        tuple(tuple(map(drawable, row.cells)) for row in shown.rows),
        shown.numeric,
        tuple(i for i, row in enumerate(shown.rows) if row.kind in ("total", "of_which")),
    )


def chart_of(shown: Shown, language: str) -> Chart | None:
    """Return the chart the figure shows, or None where it shows none."""
    told = shown.chart
    if told is None:
        return None
    return Chart(
        told.form,
        drawable(told.name),
        tuple(drawable(bar.label, longest=48) for bar in told.bars),
        tuple(bar.value for bar in told.bars),
        told.decimals,
        told.target,
        ("要求" if language == "zh" else "required") if told.target is not None else "",
        texts=tuple(bar.text for bar in told.bars),
        left=told.left,
    )


def inert(text: str) -> str:
    """Return a label that the workbook behind a chart cannot take for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def column_shares(table: Table) -> list[float]:
    """Return how a table's width is shared among its columns: by their longest texts, within reason."""
    wide = [
        max(
            min(max(sum(2 if ord(c) > 0x2E80 else 1 for c in row[i]) for row in (table.heads, *table.rows)), 44), 7
        )
        for i in range(len(table.heads))
    ]
    return [one / sum(wide) for one in wide]
