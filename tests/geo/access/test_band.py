"""What lies within a distance is the same whether the band was looked at first or not."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import measure_proximity
from geo.access.proximity import within_distance
from tests.geo.shapes import ORIGIN, layer, messy, tiling

pytestmark = pytest.mark.slow


def river(rng, away):
    """A line that runs along parcels, so that some just reach the distance and some just do not."""
    x = np.linspace(-900.0, 900.0, 60)
    y = away + np.cumsum(rng.uniform(-6.0, 6.0, 60))
    return layer([shapely.LineString(np.column_stack([x, y]) + ORIGIN)])


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**31), away=st.floats(-300.0, 300.0), within=st.floats(20.0, 600.0))
def test_polygons_held_against_the_band_first(seed, away, within):
    rng = np.random.default_rng(seed)
    bank = river(rng, away)
    for parcels in (tiling(seed=seed % 1000), messy(seed=seed % 1000)):
        found = measure_proximity(parcels, bank, within_m=within)
        known = within_distance(parcels, bank, within_m=within)
        assert len(found.within) == len(known) and (found.within == known).all()
        assert (found.within_amount[~found.within] == 0.0).all()


@pytest.mark.parametrize("off_mm", [-3000, -300, -30, -3, 3, 30, 300, 3000])
def test_a_polygon_millimetres_from_the_distance(off_mm):
    """The band's edge is off by more than that: the exact distance decides."""
    east, north = ORIGIN.tolist()
    bank = layer([shapely.LineString([(east - 500, north), (east + 500, north)])])
    low = north + 200 + off_mm / 1000
    rows = [shapely.box(east + x, low, east + x + 40, north + 300) for x in range(-400, 400, 40)]
    scale = measure_proximity(layer([shapely.Point(east, north + 200)]), bank, within_m=300).distance_m[0] / 200.0
    found = measure_proximity(layer(rows), bank, within_m=200.0 * scale)
    assert found.within.tolist() == [off_mm < 0] * len(rows)
    assert found.within.tolist() == within_distance(layer(rows), bank, within_m=200.0 * scale).tolist()
