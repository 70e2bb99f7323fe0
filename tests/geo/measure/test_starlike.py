"""A polygon taken for valid without asking GEOS is one that GEOS holds valid."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.measure.facts import shape_validity
from geo.measure.starlike import are_starlike
from tests.geo.shapes import EAST, NORTH, ORIGIN, messy, tiling


def rings(rng, count, vertices, *, grid, turns):
    """Rings about points in turn and out of turn, on a coarse or fine grid, so that vertices meet edges."""
    angle = np.sort(rng.uniform(0.0, 2.0 * np.pi * turns, (count, vertices)), axis=1)
    angle += rng.normal(0.0, 0.2, angle.shape) * (rng.random((count, 1)) < 0.5)
    reach = 100.0 * (1.0 + 0.6 * rng.uniform(-1.0, 1.0, angle.shape))
    xy = np.round(reach[..., None] * np.stack([np.cos(angle), np.sin(angle)], axis=-1) / grid) * grid
    shapes = shapely.polygons(xy + ORIGIN * rng.integers(0, 2))
    backward = rng.random(count) < 0.5
    shapes[backward] = shapely.reverse(shapes[backward])
    return shapes


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    vertices=st.integers(3, 14),
    grid=st.sampled_from([1e-9, 1e-3, 10.0, 50.0]),
    turns=st.sampled_from([1, 1, 2, 3]),
)
def test_what_one_point_sees_whole_is_valid(seed, vertices, grid, turns):
    shapes = rings(np.random.default_rng(seed), 300, vertices, grid=grid, turns=turns)
    assert shapely.is_valid(shapes[are_starlike(shapes)]).all()
    assert (shape_validity(shapes) == shapely.is_valid(shapes)).all()


@pytest.mark.parametrize("make", [tiling, messy])
def test_validity_is_what_geos_says(make):
    shapes = np.append(make(seed=4).geometry.to_numpy(), [None, shapely.Point(1, 2), shapely.Polygon()])
    assert (shape_validity(shapes) == shapely.is_valid(shapes)).all()
    assert are_starlike(shapes).mean() > 0.5
    assert not are_starlike(shapes)[-3:].any()


def ring(*corners):
    with np.errstate(invalid="ignore"):  # a number that is none is meant
        return shapely.Polygon([(EAST + x, NORTH + y) for x, y in corners])


@pytest.mark.parametrize(
    "shape",
    [
        ring((0, 0), (2, 2), (2, 0), (0, 2)),  # a bow
        ring((0, 0), (4, 0), (4, 4), (0, 4), (0, 0), (4, 0), (4, 4), (0, 4)),  # twice round
        ring((0, 0), (4, 0), (2, 0)),  # no ground
        ring((0, 0), (6, 0), (3, 0), (3, 6)),  # there and back
        ring((0, 0), (4, 0), (float("nan"), 4), (0, 4)),
        ring((0, 0), (4, 0), (float("inf"), 4), (0, 4)),
        ring((0, 0), (1e200, 0), (0, 1e200), (-1e200, 0), (9e199, -1e199)),  # products beyond all numbers
    ],
)
def test_what_is_not_simple_is_not_taken_for_it(shape):
    shapes = np.array([shape, shapely.box(EAST, NORTH, EAST + 9, NORTH + 9)], dtype=object)
    assert not are_starlike(shapes)[0]
    assert shape_validity(shapes).tolist() == [False, True]
