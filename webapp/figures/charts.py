"""Small charts as plain numbers for the templates to draw in SVG; texts stay texts and are escaped there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from layers.figures.outcome import SUMS
from layers.units import measured

_WIDTH, _HEIGHT, _PAD = 300.0, 110.0, 22.0


@dataclass(frozen=True)
class Bar:
    """A row of a bar chart; ``length`` is 0 to 100."""

    label: str
    shown: str
    length: float


@dataclass(frozen=True)
class Line:
    """A line over years: SVG points, the labelled ends, and the height of the target's line."""

    width: float
    height: float
    points: tuple[tuple[float, float, str, str], ...]
    path: str
    target_y: float | None


def bars(figure: Mapping[str, Any], language: str) -> list[Bar]:
    """Return the bars of a figure's table: its share or last number column, totals left out."""
    numeric = [c for c in figure["columns"] if c["decimals"] is not None]
    named = next((c["id"] for c in figure["columns"] if c["id"] in ("name", "zone")), None)
    if not numeric or named is None:
        return []
    column = next(
        (c for c in numeric if c["id"] in ("share", "ha", "density", "count", "value", "amount")), numeric[-1]
    )
    rows = [r for r in figure["rows"] if isinstance(r.get(column["id"]), int | float)]
    rows = [r for r in rows if _text(r.get("name"), "en") not in SUMS]
    most = max((abs(r[column["id"]]) for r in rows), default=0.0)
    if most <= 0:
        return []
    zones = {_text(r.get("zone"), language) for r in rows if r.get("zone")}
    out = []
    for row in rows[:40]:
        label = _text(row.get("name") or row.get("zone"), language)
        if len(zones) > 1 and row.get("name"):
            label = f"{_text(row.get('zone'), language)} · {label}"
        value = row[column["id"]]
        text = measured(value, column["unit"], column["decimals"])
        out.append(Bar(label, text[language], 100 * abs(value) / most))
    return out


def _text(value: Any, language: str) -> str:  # noqa: ANN401 - a cell
    return str(value.get(language, "")) if isinstance(value, dict) else str(value or "")


def line(values: Mapping[str, float], raw: Mapping[str, str], *, target: float | None = None) -> Line:
    """Return a line over years, the axis from the smallest to the largest value with room around."""
    years = sorted(values)
    numbers = [values[y] for y in years] + ([target] if target is not None else [])
    low, high = min(numbers), max(numbers)
    room = (high - low) * 0.15 or abs(high) * 0.1 or 1.0
    low, high = low - room, high + room

    def place(i: int, value: float) -> tuple[float, float]:
        step = (_WIDTH - 2 * _PAD) / max(len(years) - 1, 1)
        return round(_PAD + i * step, 1), round(_height(value, low, high), 1)

    points = tuple((*place(i, values[y]), y, str(raw.get(y, values[y]))) for i, y in enumerate(years))
    path = " ".join(f"{x},{y}" for x, y, *_ in points)
    return Line(_WIDTH, _HEIGHT, points, path, None if target is None else round(_height(target, low, high), 1))


def _height(value: float, low: float, high: float) -> float:
    return _HEIGHT - _PAD - (value - low) / (high - low) * (_HEIGHT - 2 * _PAD)


def table_rows(figure: Mapping[str, Any], language: str) -> Sequence[Sequence[tuple[str, bool]]]:
    """Return a figure's table as shown: (text, whether a number) cells."""
    return [[_shown(row.get(c["id"]), c, language) for c in figure["columns"]] for row in figure["rows"]]


def _shown(value: Any, column: Mapping[str, Any], language: str) -> tuple[str, bool]:  # noqa: ANN401
    if isinstance(value, int | float) and not isinstance(value, bool) and column["decimals"] is not None:
        return f"{value:,.{column['decimals']}f}", True
    return ("—", column["decimals"] is not None) if value is None else (_text(value, language), False)


def change_rows(moved: Mapping[str, Any], language: str) -> list[list[tuple[str, bool]]]:
    """Return a difference of two figures as rows of texts (and whether each is a number), headings first."""
    zh = language == "zh"
    parts = (
        ("before", "先前" if zh else "before"),
        ("after", "现在" if zh else "after"),
        ("change", "变化" if zh else "change"),
    )
    heads: list[tuple[str, bool]] = []
    for column in moved["columns"]:
        label = column["label"][language]
        if column["decimals"] is None:
            heads.append((label, False))
        else:
            heads += [(f"{label} · {word}", True) for _, word in parts]
    out = [heads]
    for row in moved["rows"]:
        cells: list[tuple[str, bool]] = []
        for column in moved["columns"]:
            value, decimals = row.get(column["id"]), column["decimals"]
            if decimals is None:
                text = value.get(language) if isinstance(value, dict) else value
                cells.append(("" if text is None else str(text), False))
            else:
                for key, _ in parts:
                    sign = "+" if key == "change" else ""
                    number = value[key]
                    cells.append(("—" if number is None else f"{number:{sign},.{decimals}f}", True))
        out.append(cells)
    return out
