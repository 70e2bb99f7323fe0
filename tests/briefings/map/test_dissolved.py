"""Parcels of one class are one area on a map, without a line between neighbours."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from briefings.map.layers import LayerLook, _alike, _dissolved, _outlines, draw_shapes
from layers.features.columns import content_of
from layers.features.snapshot import Features
from layers.library.library import Library
from layers.plan.catalog import Condition, Rule
from layers.plan.style import GeometryKind, Look, look_of

DATA = Path(__file__).parents[3] / "data"

LOOK = Look("#ffffff", 0.4, 1.0, "#ffff2d", 0.85)


def test_neighbours_are_one_area_and_a_slit_between_them_is_closed() -> None:
    ring = shapely.box(0, 0, 10, 10).difference(shapely.box(2, 2, 8, 8))
    shapes = np.array([ring, shapely.box(2, 2, 7.99, 8), shapely.box(20, 0, 30, 10)], dtype=object)
    drawn, look = _dissolved(shapes, LOOK, many=False, least_m=0.1)
    assert sorted(shapely.area(drawn)) == pytest.approx([100, 100]), "a gap of 0.01 is none, of 0.1 it would be"
    assert look == LOOK
    wide, _ = _dissolved(shapes, LOOK, many=False, least_m=0.001)
    assert sorted(shapely.area(wide)) == pytest.approx([100 - 0.06, 100])


def test_very_many_have_no_lines_and_crossed_outlines_are_drawn_as_they_are() -> None:
    shapes = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)], dtype=object)
    drawn, look = _dissolved(shapes, LOOK, many=True, least_m=1.0)
    assert len(drawn) == 2
    assert (look.color, look.fill) == ("#ffff2d", "#ffff2d")
    bow = shapely.polygons([[(0, 0), (2, 2), (2, 0), (0, 2)], [(0, 0), (3, 2), (3, 0), (0, 2)]])
    assert list(_dissolved(bow, LOOK, many=False, least_m=1.0)[0]) == list(bow)


def test_outlines_made_together_are_those_made_one_by_one_in_their_order() -> None:
    """Neighbours that overlap are drawn in the order of the file, however many corners each has."""
    corners = [1 if n == 5 else 2 + n % 2 for n in range(40)]
    shapes = np.array([shapely.Point(n, 0).buffer(1, quad_segs=k) for n, k in enumerate(corners)], dtype=object)
    rings: Any = [shapely.get_coordinates(shape) for shape in shapes]
    one_by_one = PolyCollection(rings).get_paths()
    made = _outlines(shapes)
    for path, other in zip(made, one_by_one, strict=True):
        np.testing.assert_array_equal(path.to_polygons(), other.to_polygons())


def test_areas_with_a_pattern_are_one_path_whose_holes_stay_open() -> None:
    """A pattern is made anew for each path: a hundred areas took a third of a sheet's time."""
    canvas = FigureCanvasAgg(Figure(figsize=(1, 1), dpi=100))
    axes = canvas.figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, 10), ylim=(0, 10))
    square, hole = ([(a, a), (b, a), (b, b), (a, b)] for a, b in ((0, 9), (3, 6)))
    over = shapely.polygons([(1, 1), (1, 2), (2, 2), (2, 1)])  # turns the other way
    shapes = np.array([shapely.polygons(square, [hole]), over, *[shapely.box(9, n, 10, n + 1) for n in range(9)]])
    draw_shapes(axes, "polygon", shapes, replace(LOOK, fill="#000000", pattern="xx"), order=1)
    (made,) = axes.collections
    assert len(made.get_paths()) == 1
    canvas.draw()
    grey = np.asarray(canvas.buffer_rgba())[:, :, 0]
    assert grey[100 - 45, 45] == 255, "the hole"
    assert [grey[100 - y, x] < 255 for x, y in ((5, 5), (15, 15), (95, 45))] == [True] * 3


def test_features_of_the_same_values_are_looked_at_once_and_look_as_each_one_would() -> None:
    """1 is 1.0 to a rule, but neither true nor the text "1"; None is no value."""
    values = [1, True, "1", 1.0, None, False, 0, ["1"], "b", 1]
    rules = (
        Rule(color="#110000", when=Condition("v", equals=1)),
        Rule(color="#220000", when=Condition("v", equals="1")),
        Rule(color="#330000", when=Condition("v", in_=(True, 0))),
        Rule(color="#440000", when=Condition("v", null=True)),
    )
    layer = replace(Library(DATA).catalog.layers["parks"], rules=rules, illustrative=False)
    shapes = [shapely.box(n, 0, n + 1, 1) if n < 8 else shapely.Point(n, 0) for n in range(len(values))]
    rows = [{"v": value, "position": "schematic" if n > 7 else None} for n, value in enumerate(values)]
    shown = Features(content_of([str(n) for n in range(len(values))], shapes, rows))
    how = LayerLook(classes=(), palette="official")
    found = {row: key for key, alike in _alike(layer, shown, how, shown.geometry).items() for row in alike}
    for row, one in enumerate(shown):
        kind: GeometryKind = "polygon" if row < 8 else "point"
        assert found[row] == (kind, look_of(layer, one.properties, kind, (), "official"))
    assert [found[row][1].color for row in range(3)] == ["#110000", "#330000", "#220000"]
