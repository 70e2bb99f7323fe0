"""Sums, distances, crossings, overlaps, stated areas and shares against DuckDB spatial, on three sets of data."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import Geod

from geo import (
    CountRule,
    ServiceRule,
    StatedSize,
    WalkRule,
    aggregate,
    area_m2,
    compare_service_rules,
    compare_stated,
    constraint_overlap,
    find_crossings,
    find_nearest,
)
from tests.geo.shapes import ORIGIN, equal_area, layer, lonlat, parks, square, zones
from tests.geo.test_oracles import SETS, engine, load

__all__ = ["engine"]
ELLIPSOID = Geod(ellps="GRS80")
SMALL_M2 = 100.0  # below, the oracle's own coordinates of seven digits before the point decide


def valued(frame, seed=6):
    """Return the parcels with a value each, one in nine unknown."""
    rng = np.random.default_rng(seed)
    value = rng.uniform(1, 900, len(frame))
    value[rng.random(len(frame)) < 1 / 9] = np.nan
    return frame.assign(value=value, id=np.arange(len(frame)))


@pytest.mark.parametrize("name", SETS)
def test_sums_by_share(engine, name):
    parcels, areas, step = SETS[name]
    p, z = valued(parcels()), areas()
    p = p[area_m2(p) > SMALL_M2]
    load(engine, "p", equal_area(p.geometry, p.crs, step), value=p.value)
    load(engine, "z", equal_area(z.geometry, z.crs, step), zone=z.zone.astype(object))
    oracle = (
        engine.execute(
            "select zone, sum(value * ST_Area(ST_Intersection(p.g, z.g)) / ST_Area(p.g)) total, "
            "sum(ST_Area(ST_Intersection(p.g, z.g)) / ST_Area(p.g)) count "
            "from p join z on ST_Intersects(p.g, z.g) where value is not null and not isnan(value) group by 1"
        )
        .df()
        .set_index("zone")
    )
    found = aggregate(p, z, zone_field="zone", fields=["value"])
    table = found.table.set_index("zone")
    named = [zone for zone in found.zones if zone in oracle.index]
    assert named
    np.testing.assert_allclose(table.value[named], oracle.total[named], rtol=1e-9)
    known = found.shares.dropna(subset=["value"]).groupby("zone").share.sum()
    np.testing.assert_allclose(known[named], oracle["count"][named], rtol=1e-9)


def streets(count=40, seed=3):
    rng = np.random.default_rng(seed)
    at = rng.uniform(-50, 1050, (count, 4, 2)) + ORIGIN
    return layer([shapely.LineString(one) for one in at], id=range(count))


@pytest.mark.parametrize("name", SETS)
def test_crossings(engine, name):
    parcels, _, step = SETS[name]
    p = parcels()
    lines = streets() if step == 1.0 else lonlat(streets())
    for letter, frame in (("l", lines), ("p", p)):
        load(engine, letter, frame.geometry.values, id=np.arange(len(frame)))
    oracle = engine.execute(
        "select l.id one, p.id two, ST_Length(ST_Intersection(l.g, p.g)) m from l, p "
        "where ST_Crosses(l.g, p.g) order by one, two"
    ).df()
    found = find_crossings(lines, p.assign(id=np.arange(len(p))), line_field="id", reference_field="id")
    assert len(oracle) > 20
    assert list(zip(found.line.astype(int), found.reference.astype(int), strict=True)) == list(
        zip(oracle.one, oracle.two, strict=True)
    )
    np.testing.assert_allclose(shapely.length(found.geometry.values), oracle.m, rtol=1e-9)


@pytest.mark.parametrize("name", SETS)
def test_overlap_with_constraints(engine, name):
    parcels, areas, step = SETS[name]
    p, z = parcels(), areas()
    load(engine, "p", equal_area(p.geometry, p.crs, step), id=np.arange(len(p)))
    load(engine, "z", equal_area(z.geometry, z.crs, step), zone=z.zone.astype(object))
    oracle = engine.execute(
        "select id, zone, ST_Area(ST_Intersection(p.g, z.g)) m, ST_Area(p.g) whole "
        "from p join z on ST_Intersects(p.g, z.g) where m > 1e-3"
    ).df()
    found = constraint_overlap(p.assign(id=np.arange(len(p))), z, feature_field="id", constraint_field="zone")
    kept = found[found.overlap_m2 > 1e-3].assign(id=lambda one: one.feature.astype(int))
    both = kept.merge(oracle, left_on=["id", "constraint"], right_on=["id", "zone"])
    assert len(both) == len(oracle) == len(kept) > 20
    np.testing.assert_allclose(both.overlap_m2, both.m, rtol=1e-9, atol=1e-5)
    both = both[both.whole > SMALL_M2]
    np.testing.assert_allclose(both.share, both.m / both.whole, rtol=1e-9, atol=1e-5 / SMALL_M2)


@pytest.mark.parametrize("moved", [False, True])
def test_the_nearest_is_a_geodesic_away(engine, moved):
    """Which is nearest: DuckDB on the plane. How far: the geodesic, which the plane knows nothing of."""
    rng = np.random.default_rng(12)
    here = layer(shapely.points(rng.uniform(0, 1000, (300, 2)) + ORIGIN), id=range(300))
    there = layer(shapely.points(rng.uniform(0, 1000, (25, 2)) + ORIGIN), id=range(25))
    for letter, frame in (("h", here), ("t", there)):
        load(engine, letter, frame.geometry.values, id=np.arange(len(frame)))
    which = (
        engine.execute("select h.id, arg_min(t.id, ST_Distance(h.g, t.g)) other from h, t group by 1 order by 1")
        .df()
        .other
    )
    found = find_nearest(
        *((lonlat(here), lonlat(there)) if moved else (here, there)), feature_field="id", reference_field="id"
    )
    assert found.nearest.astype(int).tolist() == which.tolist()
    one, other = (np.array([p.coords[0] for p in frame.to_crs(4490).geometry]) for frame in (here, there))
    far = ELLIPSOID.inv(*one.T, *other[which].T)[2]
    np.testing.assert_allclose(found.distance_m, far, rtol=1e-9)


@pytest.mark.parametrize("name", SETS)
def test_stated_areas(engine, name):
    parcels, _, step = SETS[name]
    p = parcels().assign(stated=1.5)
    load(engine, "p", equal_area(p.geometry, p.crs, step), id=np.arange(len(p)))
    oracle = engine.execute("select ST_Area(g) m from p order by id").df().m.to_numpy()
    found = compare_stated(p, StatedSize(field="stated", unit="mu")).to_frame()
    assert len(found) == len(p)
    np.testing.assert_allclose(np.sort(found.measured_m2), np.sort(oracle), rtol=1e-9, atol=1e-5)


def test_every_rule_of_the_alternatives_is_the_coverage_asked_for_alone():
    """Each legitimate rule's row is the coverage under that rule; more reach never covers less."""
    rng = np.random.default_rng(2)
    homes = layer(shapely.points(rng.uniform(0, 1000, (400, 2)) + ORIGIN), people=rng.integers(0, 90, 400))
    gates = gpd.GeoDataFrame(geometry=parks().centroid, crs=parks().crs)
    rows = compare_service_rules(
        homes,
        parks(),
        ServiceRule(radius_m=200),
        walk=WalkRule(entrances=gates),
        count=CountRule(weight_field="people"),
    ).to_frame()
    assert set(zip(rows.start, rows.weight, strict=True)) == {
        ("edge", "amount"),
        ("edge", "people"),
        ("entrance", "amount"),
        ("entrance", "people"),
    }
    share = rows.set_index(["start", "weight"]).share
    for weight in ("amount", "people"):
        assert share["edge", weight] >= share["entrance", weight] > 0
    assert square(0, 0, 1).area == 1
    assert len(zones()) > 1
