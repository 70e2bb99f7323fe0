import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import convert_datum, outside_china
from geo.errors import BadRule

MILLIMETRE = 1e-3 / 111_320
inside = st.tuples(st.floats(73.5, 134.5), st.floats(18.5, 53.0))


def one(lon, lat, source, target):
    x, y = convert_datum(np.array([lon]), np.array([lat]), source=source, target=target)
    return float(x[0]), float(y[0])


def test_golden_points():
    assert one(120.3, 31.9, "WGS84", "GCJ02") == pytest.approx((120.30462841, 31.89806645), abs=6e-9)
    assert one(120.3, 31.9, "CGCS2000", "BD09") == pytest.approx((120.31120367, 31.90371141), abs=6e-9)


@given(inside)
def test_round_trips_are_below_a_millimetre(point):
    for target in ("GCJ02", "BD09"):
        there = one(point[0], point[1], "WGS84", target)
        assert one(there[0], there[1], target, "WGS84") == pytest.approx(point, abs=MILLIMETRE)
    there = one(point[0], point[1], "GCJ02", "BD09")
    assert one(there[0], there[1], "BD09", "GCJ02") == pytest.approx(point, abs=MILLIMETRE)


def test_outside_china_is_flagged_and_unchanged():
    lon, lat = np.array([2.35, 120.3]), np.array([48.85, 31.9])
    assert outside_china(lon, lat).tolist() == [True, False]
    x, _ = convert_datum(lon, lat, source="WGS84", target="GCJ02")
    assert x[0] == lon[0]
    assert x[1] != lon[1]


def test_unknown_datum():
    with pytest.raises(BadRule):
        one(120, 31, "WGS84", "Beijing54")
