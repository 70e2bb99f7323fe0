"""Names that stand several times in the data (the stops of one square) stand once where they are near."""

from __future__ import annotations

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from briefings.map.labels import Label, place_labels


def test_a_name_stands_once_in_half_a_map() -> None:
    figure = Figure(figsize=(10, 10), dpi=100)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, 100)
    axes.set_ylim(0, 100)
    square = [Label(("Square",), x, 50.0, 1.0, raised=True) for x in (20.0, 35.0, 45.0, 90.0)]
    other = Label(("Market",), 30.0, 20.0, 1.0, raised=True)
    assert place_labels(axes, [*square, other], points=9, taken=[]) == 3, "at 20, 90 and the other's"
