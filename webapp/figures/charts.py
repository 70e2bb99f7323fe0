"""Lines over years as plain numbers for the templates to draw in SVG."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_WIDTH, _HEIGHT, _PAD = 300.0, 110.0, 22.0


@dataclass(frozen=True)
class Line:
    """A line over years: SVG points, the labelled ends, and the height of the target's line."""

    width: float
    height: float
    points: tuple[tuple[float, float, str, str], ...]
    path: str
    target_y: float | None


def chart_line(values: Mapping[str, float], raw: Mapping[str, str], *, target: float | None = None) -> Line:
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
