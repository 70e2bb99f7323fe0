"""Sums by zone, versions compared, stated areas, distances and constraints."""

import numpy as np
import pandas as pd
import pytest
import shapely

from geo import (
    StatedSize,
    aggregate,
    compare,
    compare_stated,
    constraint_overlap,
    figure_changes,
    find_crossings,
    find_nearest,
    measure_proximity,
    tabulate,
    transition_matrix,
)
from geo.errors import BadDistance, BadField, BadRule, NoSuchField, WrongCRS
from tests.geo.shapes import EAST, NORTH, layer, lonlat, square, tiling, zones


def line(*xy):
    return shapely.LineString([(EAST + x, NORTH + y) for x, y in xy])


def test_ten_sources_of_100_each_30_percent_inside_give_300():
    sources = layer([square(0, i * 20, 10) for i in range(10)] + [square(-10, 0, 10)], value=[100.0] * 11)
    zone = layer([square(0, -5, 3, 500)], zone=["a"])
    found = aggregate(sources, zone, zone_field="zone", fields=["value"])
    assert found.table.value[0] == pytest.approx(
        300, rel=1e-8
    )  # the ellipsoid's share of a strip is not the plane's
    assert found.count[0] == pytest.approx(3, rel=1e-8)
    assert len(found.shares) == 10


def test_currencies_stay_apart_and_unknowns_are_counted():
    plots = layer(
        [square(i * 20, 0, 10) for i in range(5)],
        invest=[10.0, 20.0, None, 7.0, 1.0],
        money=["CNY", "CNY", "CNY", "USD", "USD"],
        mu=[1.0, None, 3.0, 2.0, 2.0],
    )
    zone = layer([square(-5, -5, 300, 30), square(500, 0, 9)], zone=["a", "empty"])
    found = aggregate(plots, zone, zone_field="zone", fields=["invest", "mu"], currency_field="money")
    rows = found.table.query("field == 'invest'").set_index("currency")
    assert [float(rows[name]["CNY"]) for name in ("value", "known", "unknown")] == [30, 2, 1]
    assert rows.loc["USD", "value"] == 8
    assert found.caveats
    ratio = found.ratio("invest", "mu").set_index("currency")
    assert ratio.loc["CNY", "ratio"] == 10  # only the row that states both
    assert ratio.loc["USD", "ratio"] == 2
    assert found.density_per_km2[1] == 0
    empty = aggregate(plots, zone, zone_field="zone", fields=["invest"]).table.set_index("zone")
    assert np.isnan(float(empty["value"]["empty"]))
    with pytest.raises(BadField):
        aggregate(plots, zone, zone_field="zone", fields=["money"])
    with pytest.raises(BadField):
        found.ratio("invest", "people")
    with pytest.raises(BadRule):
        aggregate(plots, zone, zone_field="zone", fields=["share"])


def test_versions():
    old = tiling().assign(id=lambda f: [f"p{i}" for i in range(len(f))], note=None)
    new = old.drop(index=[3]).copy()
    new.loc[5, "class"] = "9999"
    new.loc[7, "geometry"] = shapely.affinity.scale(new.geometry[7], 0.5, 0.5)
    new.loc[9, "geometry"] = shapely.reverse(new.geometry[9])
    new.loc[999] = ["0701", square(2000, 0, 50), "new", None]
    found = compare(old, new, key_field="id")
    assert found.added == ("new",)
    assert found.removed == ("p3",)
    assert found.changed.key.tolist() == ["p5", "p7"]
    assert found.changed.geometry_changed.tolist() == [False, True]
    assert found.changed.after_m2[1] / found.changed.before_m2[1] == pytest.approx(0.25, rel=1e-6)
    assert len(found.to_frame()) == 4
    with pytest.raises(WrongCRS):
        compare(old, lonlat(new), key_field="id")
    with pytest.raises(BadField):
        compare(old.assign(id="x"), new, key_field="id")


def test_figures_of_two_versions():
    old, new = tiling(), tiling().assign(**{"class": "0701"})
    tables = [tabulate(frame, zones(), class_field="class", zone_field="zone") for frame in (old, new)]
    change = figure_changes(*tables)
    home = change[change["class"] == "0701"]
    np.testing.assert_allclose(home.area_m2_change, home.area_m2_after - home.area_m2_before)
    assert home.area_m2_after.sum() == pytest.approx(tables[0].total_m2, rel=1e-9)


def test_transition_counts_new_and_lost_ground():
    old = layer([square(0, 0, 100), square(100, 0, 100)], **{"class": ["01", None]})
    new = layer([square(50, 0, 200, 100), square(60, 0, 10)], **{"class": ["07", "07"]})
    found = transition_matrix(old, new, class_field="class")
    assert found.to_frame().area_m2.round(-1).tolist() == [5000, 5000, 10000, 0, 5000, 0]
    assert any("itself" in note.en for note in found.caveats)
    assert found.to_frame().area_mu.sum() == pytest.approx(found.matrix_m2.sum() * 3 / 2000)


def test_stated_areas():
    plots = layer(
        [square(0, 0, 100), square(0, 0, 100), None, square(0, 0, 100)],
        id=list("abcd"),
        mu=[15.0, 22.5, 3.0, None],
        line=[1, 2, 3, 4],
    )
    found = compare_stated(plots, StatedSize(field="mu"), id_field="id", keep=("line",))
    assert found.table.state.tolist() == ["compared", "compared", "not drawn", "not stated"]
    assert found.mismatches[["id", "line"]].to_numpy().tolist() == [["b", 2]]
    assert found.table.relative[1] == pytest.approx(-1 / 3, rel=1e-3)
    assert found.caveats
    with pytest.raises(BadRule):
        compare_stated(plots, StatedSize(field="mu", unit="rood"))


BANK = layer([line((0, 0), (5000, 0))], name=["bank"])


def test_the_band_along_the_bank():
    plants = layer(
        [
            square(100, 995, 10),
            square(300, 1000.2, 10),
            shapely.Point(EAST, NORTH + 500),
            line((0, 900), (0, 1100)),
        ]
    )
    found = measure_proximity(plants, BANK, within_m=1000, reference_field="name")
    assert found.within.tolist() == [True, False, True, True]
    assert found.distance_m[1] == pytest.approx(1000.2, rel=2e-5)
    assert found.within_amount[0] == pytest.approx(50, rel=3e-3)
    assert found.within_amount[3] == pytest.approx(100, rel=1e-3)
    assert found.nearest[0] == "bank"
    degrees = measure_proximity(lonlat(plants), BANK, within_m=1000)
    np.testing.assert_allclose(degrees.distance_m, found.distance_m, rtol=1e-5)
    assert "inf" not in found._repr_html_()


@pytest.mark.parametrize("distance", [0, -1, np.nan, np.inf, 1e7])
def test_useless_bands(distance):
    with pytest.raises(BadDistance):
        measure_proximity(BANK, BANK, within_m=distance)


def test_nearest_crossings_and_constraints():
    stops = layer([shapely.Point(EAST + x, NORTH + 30) for x in (0, 400)], id=["s1", "s2"])
    homes = layer([square(20, 0, 10), square(300, 0, 10)], id=["h1", "h2"])
    table = find_nearest(homes, stops, feature_field="id", reference_field="id")
    assert table.nearest.tolist() == ["s1", "s2"]
    assert table.distance_m[0] == pytest.approx(np.hypot(20, 20), rel=2e-5)
    roads = layer(
        [line((100, -50), (100, 50)), line((0, 0), (50, 0)), line((200, 0), (200, 60))], id=["a", "b", "c"]
    )
    found = find_crossings(roads, BANK, line_field="id", reference_field="name")
    assert found.line.tolist() == ["a"]
    red = layer([square(0, 0, 100)], id=["red"])
    plots = layer([square(90, 0, 20), square(100, 0, 20), square(99.99, 50, 20)], id=list("xyz"))
    over = constraint_overlap(plots, red, feature_field="id", constraint_field="id")
    assert over.feature.tolist() == ["x", "z"]
    assert over.above.tolist() == [True, False]
    with pytest.raises(BadDistance):
        constraint_overlap(plots, red, tolerance_m2=-1)
    with pytest.raises(NoSuchField):
        find_nearest(homes, stops, feature_field="nope")
    assert isinstance(over, pd.DataFrame)
