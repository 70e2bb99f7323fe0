"""A layer that differs from a known one in a few rows is asked of these only, and answers as if it were new."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from geo.arrays import Shapes
from geo.measure import facts
from geo.measure.area import measure_shapes
from geo.measure.integrals import AreaForm
from geo.measure.measuring import Measures, measure_all
from geo.overlay.covering import once_only

PLANE = CRS.from_epsg(4549)


def _tiles(across: int) -> Shapes:
    x, y = (axis.ravel() * 100.0 for axis in np.meshgrid(np.arange(float(across)), np.arange(float(across))))
    return np.asarray(shapely.box(5e5 + x, 35e5 + y, 5e5 + x + 100.0, 35e5 + y + 100.0), dtype=object)


@given(st.sets(st.integers(12, 108), min_size=1, max_size=20), st.floats(1.0, 60.0))
@settings(max_examples=20, deadline=None)
def test_what_is_taken_over_is_what_would_be_found(wide: set[int], more: float) -> None:
    before = _tiles(11)
    before[list(wide)] = shapely.buffer(before[list(wide)], more, join_style="mitre")
    facts.remember(before)
    for kept in (facts.shape_boxes, facts.shape_kinds, facts.shape_validity):
        kept(before)
    measure_shapes(before, PLANE)
    after, twice, rows = once_only(before, PLANE)
    assert twice > 0.0 and len(rows)
    fresh = shapely.from_wkb(shapely.to_wkb(after))
    found, anew = measure_shapes(after, PLANE), measure_shapes(fresh, PLANE)
    assert np.array_equal(
        facts.shape_boxes(after), facts.shape_boxes(fresh), equal_nan=True
    )  # nothing may be left
    assert (facts.shape_validity(after) == facts.shape_validity(fresh)).all()
    assert found.area_m2 == pytest.approx(anew.area_m2, rel=1e-11, abs=1e-6)
    assert found.moments.values[0] == pytest.approx(anew.moments.values[0], rel=1e-11)


def test_only_what_changed_is_measured_and_that_once(monkeypatch: pytest.MonkeyPatch) -> None:
    before = _tiles(11)
    before[60] = shapely.buffer(before[60], 10.0, join_style="mitre")
    facts.remember(before)
    measure_shapes(before, PLANE)
    counts: list[int] = []

    def counted(shapes: Shapes, form: AreaForm) -> Measures:
        counts.append(len(shapes))
        return measure_all(shapes, form)

    for room in ("geo.measure.area", "geo.overlay.covering"):
        monkeypatch.setattr(f"{room}.measure_all", counted)
    after, twice, rows = once_only(before, PLANE)
    assert measure_shapes(after, PLANE).area_m2.sum() == pytest.approx(
        measure_shapes(before, PLANE).area_m2.sum() - 4 * 10.0 * 100.0 - 4 * 100.0, rel=1e-6
    )
    assert once_only(before, PLANE)[1] == twice
    assert counts == [len(rows)]
    before[60] = shapely.buffer(before[60], 10.0, join_style="mitre")
    assert once_only(before, PLANE)[1] == pytest.approx(twice + 4 * 10.0 * 120.0 + 4 * 100.0, rel=1e-3)


def test_a_layer_that_is_not_known_gives_nothing_over() -> None:
    before = _tiles(11)
    after = before.copy()
    after[3] = shapely.buffer(after[3], -10.0)
    facts.remember_changed(after, before, np.array([3]))
    assert measure_shapes(after, PLANE).area_m2[3] == pytest.approx(80.0 * 80.0, rel=1e-4)
