"""What touches, what two facilities both serve, what lies in a zone by name: numbers worked out by hand."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from pyproj import Geod

import geo
from geo.errors import BadField
from layers.figures.answer import answer
from layers.figures.figure import Figure
from layers.figures.functions.entry import BadQuestion
from layers.figures.inputs import gather
from layers.figures.presentation import present
from layers.figures.question import asked_statistic
from layers.figures.verification.second_engine import recompute_value
from layers.figures.verification.sql import Geos
from layers.library.library import Library
from tests.question_plan import QUESTIONS, write_question_plan
from tests.small_plan import feature, point, square, write_layer

GEOD = Geod(ellps="WGS84")
EAST, NORTH = 500_000.0, 3_500_000.0


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(write_question_plan(tmp_path / "p"))


def _figure(library: Library, question: dict[str, Any], **more: Any) -> Figure:
    return answer(library, lambda _done, _total: None, asked_statistic({**question, **more}), software="test")


def _box(x: float, y: float, wide: float, high: float) -> shapely.Polygon:
    return shapely.box(EAST + x, NORTH + y, EAST + x + wide, NORTH + y + high)


def _layer(*shapes: Any) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"id": [f"f{i}" for i in range(len(shapes))]}, geometry=list(shapes), crs=4549
    ).set_index("id")


def _plane(found: geo.Adjacency, at: int = 0) -> float:
    """A shared length in the plane's own metres: the plots lie on the central meridian, where the scale is 1."""
    return float(found.table["shared_m"].iloc[at])


def test_the_shared_edge_needs_no_shared_vertex() -> None:
    found = geo.find_adjacency(_layer(_box(0, 0, 30, 40)), _layer(_box(30, 10, 60, 80)))
    assert found.table["distance_m"].tolist() == [0.0]
    assert _plane(found) == pytest.approx(30, rel=1e-6)


def test_corners_that_meet_and_lines_that_cross_share_nothing() -> None:
    corner = geo.find_adjacency(_layer(_box(0, 0, 30, 30)), _layer(_box(30, 30, 30, 30)))
    assert (corner.table["distance_m"].tolist(), _plane(corner)) == ([0.0], 0.0)
    road = shapely.LineString([(EAST - 50, NORTH + 11), (EAST + 80, NORTH + 19)])
    crossed = geo.find_adjacency(_layer(road), _layer(_box(0, 0, 30, 30)))
    assert (crossed.table["distance_m"].tolist(), _plane(crossed)) == ([0.0], 0.0)


def test_an_edge_a_millimetre_off_runs_along_and_two_centimetres_off_does_not() -> None:
    for gap, shared, count in ((0.001, 30.0, 1), (0.02, None, 0)):
        found = geo.find_adjacency(_layer(_box(0, 0, 30, 40)), _layer(_box(30 + gap, 10, 60, 80)))
        assert len(found.table) == count
        assert shared is None or _plane(found) == pytest.approx(shared, rel=1e-4)


def test_what_two_neighbours_share_counts_once_in_all() -> None:
    twice = _layer(_box(30, 0, 30, 40), _box(30, 20, 50, 40))  # the second repeats half of the edge
    found = geo.find_adjacency(_layer(_box(0, 0, 30, 40)), twice)
    assert sorted(found.table["shared_m"].round(3)) == [20.0, 40.0]
    assert float(found.shared_once.sum()) == pytest.approx(40, rel=1e-6)


def test_a_hole_is_an_edge_and_a_layer_is_no_neighbour_of_itself() -> None:
    ring = _box(0, 0, 100, 100).difference(_box(40, 40, 20, 20))
    found = geo.find_adjacency(_layer(ring, _box(40, 40, 20, 20)), _layer(ring, _box(40, 40, 20, 20)), apart=True)
    assert found.table["shared_m"].round(3).tolist() == [80.0, 80.0]


@pytest.mark.parametrize("crs", [4326, 32606, 4549])
def test_distances_are_geodesics_and_lengths_do_not_depend_on_who_is_asked(crs: int) -> None:
    lon, lat = {4326: (179.99, 80.0), 32606: (-147.0, 64.8), 4549: (120.3, 31.9)}[crs]
    step = 0.002
    left = gpd.GeoSeries([shapely.box(lon - step, lat, lon, lat + step)], crs=4326).to_crs(crs)
    right = gpd.GeoSeries([shapely.box(lon, lat, lon + step, lat + 2 * step)], crs=4326).to_crs(crs)
    far = gpd.GeoSeries([shapely.Point(lon + 3 * step, lat + step)], crs=4326).to_crs(crs)
    one, two, away = (gpd.GeoDataFrame(geometry=series) for series in (left, right, far))
    there, back = geo.find_adjacency(one, two), geo.find_adjacency(two, one)
    assert _plane(there) == pytest.approx(_plane(back), rel=1e-9)
    if crs == 4326:
        assert _plane(there) == pytest.approx(GEOD.inv(lon, lat, lon, lat + step)[2], rel=1e-9)
        apart = geo.find_adjacency(two, away, within_m=5_000.0)
        expected = GEOD.inv(lon + step, lat + step, lon + 3 * step, lat + step)[2]
        assert apart.table["distance_m"][0] == pytest.approx(expected, rel=1e-6)  # the link leaves the meridian


def test_adjacency_counts_features_and_the_distance_is_a_choice(library: Library) -> None:
    found = _figure(library, QUESTIONS["adjacency"])
    assert (found.value, found.rows[-2]["features"], found.rows[-1]["features"]) == (4, 4, 0)
    near = _figure(library, QUESTIONS["adjacency within a distance"])
    wide = _figure(library, {**QUESTIONS["adjacency within a distance"], "distance_m": 50_000})
    assert (near.value, wide.value) == (1, 3)
    assert "450 m" in near.sentence.en and "450 米" in near.sentence.zh


def test_two_circles_share_their_lens() -> None:
    wells = _layer(shapely.Point(EAST, NORTH), shapely.Point(EAST + 100, NORTH))
    lens = geo.shared_reach(wells, radius_m=100.0)
    exact = 2 * 100**2 * math.acos(0.5) - 50 * math.sqrt(4 * 100**2 - 100**2)
    assert lens.both_m2 == pytest.approx(exact, rel=1e-5)  # sides of arcs: 1.2e-6 of the radius short
    assert lens.table["distance_m"].tolist() == [pytest.approx(100, rel=1e-6)]
    other = geo.shared_reach(wells.iloc[[0]], wells.iloc[[1]], radius_m=100.0, other_radius_m=30.0)
    assert other.both_m2 < lens.both_m2 and other.second_m2 == pytest.approx(math.pi * 900, rel=1e-5)


def test_service_areas_that_just_meet_are_told_and_share_no_ground() -> None:
    wells = _layer(_box(0, 0, 10, 10), _box(110, 0, 10, 10), _box(500, 0, 10, 10))
    found = geo.shared_reach(wells, radius_m=50.0)
    assert found.both_m2 == pytest.approx(0.0, abs=0.1)
    assert found.table["distance_m"].round(3).tolist() == [100.0]


def test_ground_that_three_serve_counts_once(library: Library) -> None:
    write_layer(library.folder, "homes", [feature(f"h{i}", point(104.07 + i * 1e-6, 30.06)) for i in range(3)])
    found = _figure(library, QUESTIONS["shared reach of one layer"], distance_m=500.0)
    assert found.value == pytest.approx(math.pi * 25, rel=1e-5)
    assert sum(row["kind"] == "part" for row in found.rows) == 3


def test_names_stand_in_every_zone_they_lie_in_and_count_once(library: Library) -> None:
    plots = [
        feature("in", square(104.055, 30.055, 0.004), kind="big"),
        feature("between", square(104.04, 30.06, 0.02), kind="big"),
        feature("far", square(104.5, 30.5, 0.01), kind="small"),
        feature("nowhere", None, kind="small"),
    ]
    write_layer(library.folder, "plots", plots)
    found = _figure(library, QUESTIONS["listing"])
    east = [row["name"].en for row in found.rows if row["zone"].en == "East" and row["kind"] == "part"]
    assert east == ["in", "between"]
    assert [row["name"].en for row in found.rows if row["kind"] == "rest"] == ["between", "far"]
    assert [row["name"].en for row in found.rows if row["kind"] == "unknown"] == ["nowhere"]
    assert found.value == 2
    assert "1 wholly outside" in found.sentence.en
    assert present(found, "en").value == "at least 2", "one may lie anywhere"


def test_a_stated_length_or_an_area_in_a_unit_nobody_declared_is_compared(library: Library) -> None:
    plots = [feature("p", square(104.055, 30.055, 0.004), invested=14.9, land_mu=1)]
    write_layer(library.folder, "plots", plots)
    question = {**QUESTIONS["declared"], "field": "invested"}
    with pytest.raises(BadField, match="stated_unit"):
        _figure(library, question)
    area = _figure(library, question, stated_unit="ha", unit="ha")
    assert area.rows[0]["stated"] == pytest.approx(14.9)
    length = _figure(library, question, stated_unit="km", unit="km")
    around = abs(GEOD.geometry_area_perimeter(square_shape(104.055, 30.055, 0.004))[1]) / 1000
    assert length.value == pytest.approx(around, rel=1e-5)
    assert length.columns[1].unit == "km"
    told = _figure(library, QUESTIONS["declared"], stated_unit="ha")
    assert any("as asked" in one.en and "mu" in one.en for one in told.caveats)
    with pytest.raises(BadField, match="lengths"):
        _figure(library, question, stated_unit="km", measure="area", unit="ha")


def square_shape(lon: float, lat: float, size: float) -> shapely.Polygon:
    return shapely.box(lon, lat, lon + size, lat + size)


def test_by_is_refused_with_the_reason_where_nothing_is_grouped() -> None:
    for name in ("share", "band by area", "nearest", "crossing", "overlap", "density of count", "adjacency"):
        with pytest.raises(BadQuestion, match="has no such option"):
            asked_statistic({**QUESTIONS[name], "by": "kind"})


def test_a_polygon_that_only_touches_a_zone_gives_the_second_engine_no_share_of_it(library: Library) -> None:
    """Its shared edge is a line: its length was once taken for an area."""
    plots = [
        feature("in", square(104.055, 30.055, 0.004), invested=10),
        feature("beside", square(104.08, 30.055, 0.01), invested=1000),
    ]
    write_layer(library.folder, "zones", [feature("z", square(104.05, 30.05, 0.03))])
    write_layer(library.folder, "plots", plots)
    statistic = asked_statistic(QUESTIONS["sum by zone"])
    assert answer(library, lambda _d, _t: None, statistic, software="x").value == pytest.approx(10, rel=1e-9)
    assert recompute_value(statistic, gather(library, statistic.inputs, drawn=None), Geos()) == pytest.approx(
        10, rel=1e-9
    )


def test_an_unknown_weight_leaves_the_second_engine_its_number(library: Library) -> None:
    statistic = asked_statistic(QUESTIONS["coverage of people"])  # one home states no people
    again = recompute_value(statistic, gather(library, statistic.inputs, drawn=None), Geos())
    found = answer(library, lambda _d, _t: None, statistic, software="x").value
    assert again is not None and again == pytest.approx(found, rel=1e-6)
