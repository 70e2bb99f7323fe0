"""What lies within a distance is the same whether the band was looked at first or not."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import measure_proximity
from geo.access.links import Links
from geo.access.proximity import within_distance
from tests.geo.shapes import ORIGIN, layer, messy, square, tiling

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
        every, few = found.near(), found.near(asked=9)
        told = few["distance_m"].notna().to_numpy()
        assert every["distance_m"].notna().all() and told.sum() >= min(9, len(every))
        assert few["distance_m"][told].tolist() == pytest.approx(every["distance_m"][told].tolist(), rel=1e-9)
        nearest = np.sort(every["distance_m"])[:9]
        assert np.sort(few["distance_m"][told])[:9] == pytest.approx(nearest, rel=1e-9)


@pytest.mark.parametrize("crs", [4549, 4490])
def test_of_many_only_the_nearest_are_asked_how_far_off_they_are(crs, monkeypatch):
    """A row of parcels beside a river and inside a lake: those inside are nearest though its shore is far off."""
    lake = square(0, 0, 4000)
    homes = layer([square(4100 + 200 * n, 0, 90) for n in range(60)] + [square(1900, 1900, 50)]).to_crs(crs)
    found = measure_proximity(homes, layer([lake.buffer(1.0)]).to_crs(crs), within_m=20_000.0)
    asked, nearest = [], Links.nearest
    monkeypatch.setattr(
        Links, "nearest", lambda links, shapes: asked.append(len(shapes)) or nearest(links, shapes)
    )
    near = found.near(asked=3)
    told = near["distance_m"].notna()
    assert max(asked) < 20 and 3 <= told.sum() < 20
    assert np.flatnonzero(near["distance_m"] == 0.0).tolist() == [60]
    assert near["distance_m"][:2].tolist() == pytest.approx([99.0, 299.0], abs=0.5)
    assert near["distance_m"][60 - 5 :].isna().tolist() == [True] * 5 + [False]


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
