"""Parcels of one class are one area on a map, without a line between neighbours."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from briefings.map.layers import _dissolved
from layers.plan.style import Look

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
