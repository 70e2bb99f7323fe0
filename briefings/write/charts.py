"""A chart drawn as a picture, with the numbers written on it as the table has them."""

from __future__ import annotations

import io
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from briefings.map.fonts import sized_font, width_em
from briefings.map.lettering import fit_line
from briefings.resolve.blocks import Chart
from geo.text import number_text

_BAR, _INK, _ASKED, _DPI = "#2f6f9f", "#14324a", "#b3261e", 200
_ROW_INCHES, _LINE_INCHES = 0.165, 0.11  # of a bar; of a second line of its label
_POINTS = 8.5
_ROOM = 2.2  # inches, of a picture's width of 6.5


def chart_inches(chart: Chart) -> float:
    """Return how high a chart is drawn: a row for each bar."""
    if chart.kind != "bars":
        return 1.8
    long = any(width_em(label) > _ROOM * 72 / _POINTS - 4 for label in chart.labels)
    return 0.75 + (_ROW_INCHES + _LINE_INCHES * long) * len(chart.labels)


def draw_chart(axes: Any, chart: Chart, *, points: float = _POINTS, room: float = _ROOM) -> None:  # noqa: ANN401 - matplotlib
    """Draw a chart into axes.

    Parameters
    ----------
    axes
        Of matplotlib.
    chart
        What is drawn.
    points
        Height of the letters.
    room
        Inches at the left of the bars for their labels, which break into two lines.
    """
    told = chart.texts or [number_text(value, chart.decimals) for value in chart.values]
    paint = [color or _BAR for color in chart.colors] or _BAR
    edge = {"edgecolor": _INK, "linewidth": 0.4} if chart.colors else {}  # pale colours of classes have an edge
    small, at = sized_font(points, "".join((*chart.labels, *told))), list(range(len(chart.labels)))
    with mpl.rc_context({"text.usetex": False, "text.parse_math": False}):
        if chart.kind == "bars":
            axes.barh(at, chart.values, color=paint, height=0.62, **edge)
            ems = room * 72 / points - 1
            labels = ["\n".join(fit_line(one, ems, lines=2)) for one in chart.labels]
            axes.set_yticks(at, labels, fontproperties=small)
            axes.invert_yaxis()
            axes.set_xlim(0, max(*chart.values, chart.target or 0.0, 1e-12) * 1.22)
            axes.set_xticks([])
            for i, text in enumerate(told):
                axes.text(chart.values[i], i, f" {text}", va="center", fontproperties=small, color=_INK)
        else:
            if chart.kind == "line":
                axes.plot(at, chart.values, "o-", color=_BAR, lw=2)
            else:
                axes.bar(at, chart.values, color=paint, width=0.62, **edge)
            axes.set_xticks(at, chart.labels, fontproperties=small)
            low, high = min(0.0, *chart.values), max(0.0, *chart.values, chart.target or 0.0)
            axes.set_ylim(low, low + (high - low or 1.0) * 1.2)
            axes.set_xlim(-0.6, len(at) - 0.4)
            axes.set_yticks([])
            for i, text in enumerate(told):
                axes.annotate(
                    text,
                    (i, chart.values[i]),
                    (0, 4),
                    textcoords="offset points",
                    ha="center",
                    fontproperties=small,
                    color=_INK,
                )
        if chart.target is not None and chart.kind != "line":
            line = axes.axvline if chart.kind == "bars" else axes.axhline
            line(chart.target, color=_ASKED, lw=1.2, ls="--", label=chart.target_name)
            axes.legend(prop=small, frameon=False, loc="best")
        axes.set_title(chart.name, fontproperties=sized_font(points + 1, chart.name), color=_INK, loc="left")
    axes.tick_params(length=0)
    for side in ("top", "right", "bottom" if chart.kind == "bars" else "left"):
        axes.spines[side].set_visible(False)


def chart_picture(
    chart: Chart, *, width_inches: float = 6.5, height_inches: float | None = None
) -> tuple[bytes, bytes]:
    """Return a chart as PNG and as SVG, as high as it usually is if nothing is said."""
    high = chart_inches(chart) if height_inches is None else height_inches
    figure = Figure(figsize=(width_inches, high), dpi=_DPI, facecolor="white")
    FigureCanvasAgg(figure)
    figure.set_layout_engine("tight")
    draw_chart(figure.add_subplot(), chart)
    bitmap, vector = io.BytesIO(), io.BytesIO()
    with mpl.rc_context({"svg.fonttype": "path", "svg.hashsalt": "planatlas", "text.parse_math": False}):
        figure.savefig(bitmap, format="png", metadata={"Software": None})
        figure.savefig(vector, format="svg", metadata={"Date": None, "Creator": None})
    return bitmap.getvalue(), vector.getvalue()
