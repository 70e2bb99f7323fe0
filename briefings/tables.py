"""A figure's table and notes as plain cells, for every format alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from briefings.fonts import drawable
from layers.declare import Text
from layers.figures import Figure
from layers.outcome import SUMS
from layers.units import unit_name


def headings(figure: Figure, language: str) -> list[str]:
    """Return the heading of each column with its unit."""
    return [
        f"{c.label[language]} ({unit_name(c.unit, language)})" if c.unit else c.label[language]
        for c in figure.columns
    ]


def cells(figure: Figure, language: str) -> list[list[str]]:
    """Return the table as texts, numbers as the figure's page shows them."""
    return [[_cell(row.get(c.id), c.decimals, language) for c in figure.columns] for row in figure.rows]


def _cell(value: object, decimals: int | None, language: str) -> str:
    if isinstance(value, Text):
        return drawable(value[language])
    if isinstance(value, int | float) and not isinstance(value, bool) and decimals is not None:
        return f"{value:,.{decimals}f}"
    return "—" if value is None else drawable(value)


def chart_rows(figure: Figure, language: str, *, most: int = 12) -> tuple[str, list[tuple[str, float]]]:
    """Return what a bar chart of a figure shows: the name of the number, and labels with values, largest first."""
    amount = next(
        (
            c
            for c in figure.columns
            if c.decimals is not None and any(_number(r, c.id) is not None for r in figure.rows)
        ),
        None,
    )
    words = [c for c in figure.columns if c.decimals is None and c.id not in ("class", "from", "to")]
    if (
        amount is None or not words or figure.value is None
    ):  # without one value the rows do not compare: currencies
        return "", []
    rows = []
    for row in figure.rows:
        value = _number(row, amount.id)
        named = [row.get(c.id) for c in words]
        if value is None or value <= 0 or any(isinstance(n, Text) and n.en in SUMS for n in named):
            continue
        parts = [drawable(n[language] if isinstance(n, Text) else n, longest=24) for n in named if n]
        rows.append((_inert(" · ".join(parts)), value))
    title = (
        f"{amount.label[language]} ({unit_name(amount.unit, language)})" if amount.unit else amount.label[language]
    )
    return title, sorted(rows, key=lambda one: -one[1])[:most]


def _inert(text: str) -> str:
    """Return a label that the workbook behind a chart cannot take for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def _number(row: Mapping[str, Any], key: str) -> float | None:
    value = row.get(key)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def notes(figure: Figure, language: str) -> list[tuple[str, str]]:
    """Return how a number was computed: formula, source, method, layers with versions, address, command."""
    zh, statistic = language == "zh", figure.statistic
    rows = [
        ("公式" if zh else "Formula", statistic.formula[language]),
        ("依据" if zh else "Source", statistic.source[language]),
        ("方法" if zh else "Method", figure.method[language]),
        *(("说明" if zh else "Caveat", text[language]) for text in figure.caveats),
        ("图层" if zh else "Layers", ", ".join(f"{u.label[language]} {u.version[:12]}" for u in figure.layers)),
        ("地址" if zh else "Address", f"/figures/{figure.id}"),
        ("重算" if zh else "Reproduce", figure.command),
        ("计算" if zh else "Computed", f"{figure.computed_at} · PlanAtlas {figure.software}"),
    ]
    return [(name, drawable(text, longest=600)) for name, text in rows if text]
