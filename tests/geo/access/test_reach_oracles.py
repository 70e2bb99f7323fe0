"""What lies within a distance, against DuckDB spatial and geodesics, on three sets of data.

DuckDB makes the buffers too, of as many sides; the true length of a metre where a facility stands comes from a
200 m square on an equal-area plane, and lengths and distances are geodesics. Nothing of ours is used.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import CRS, Geod, Transformer

from geo import CountRule, ServiceRule, aggregate, find_nearest, length_m, measure_coverage, measure_proximity
from tests.geo.shapes import EAST, NORTH, ORIGIN, equal_area, layer, lonlat, parks
from tests.geo.test_oracles import SETS, engine, load

pytestmark = pytest.mark.slow

__all__ = ["engine"]
ELLIPSOID = Geod(ellps="GRS80")
SIDES = 72  # of a quarter circle
STEP_M, SPLIT_M, FINE_M = 1.0, 100.0, 0.5  # an edge of 100 m bends by 0.1 mm between lon/lat and a plane


def plane_of(frame):
    """Return the plane distances are declared to be taken in: the data's own, else one centred on them."""
    if frame.crs.is_projected:
        return frame.crs
    box = frame.total_bounds
    lon, lat = (round(float(v), 4) for v in (0.5 * (box[0] + box[2]), 0.5 * (box[1] + box[3])))
    return CRS.from_user_input(f"+proj=tmerc +lon_0={lon} +lat_0={lat} +k=1 +x_0=0 +y_0=0 +ellps=GRS80 +units=m")


def moved(shapes, crs, plane, split_m=SPLIT_M):
    if crs == plane:
        return np.asarray(shapes)
    turn = Transformer.from_crs(crs, plane, always_xy=True).transform
    split = shapely.segmentize(np.asarray(shapes), split_m / 111_000.0 if crs.is_geographic else split_m)
    return shapely.transform(split, lambda xy: np.column_stack(turn(*xy.T)))


def scale_of(shapes, plane):
    """Return how long a true metre is in the plane where each shape has its centroid."""
    middle = shapely.get_coordinates(shapely.centroid(shapes))
    around = shapely.box(*(middle - 100.0).T, *(middle + 100.0).T)
    return np.sqrt(shapely.area(around) / shapely.area(equal_area(around, plane, STEP_M)))


def reach_of(engine, facilities, centred, radius_m):
    """Return the facilities' service areas in the data's CRS, as DuckDB buffers them in the plane of distances.

    In longitude and latitude their sides, split every 100 m, are straight there, as those of all such data are.
    """
    plane = plane_of(centred)
    shapes = moved(facilities.geometry, facilities.crs, plane)
    load(engine, "f", shapes, r=radius_m * scale_of(shapes, plane))
    rows = engine.execute(f"select ST_AsWKB(ST_Buffer(g, r, {SIDES}::integer)) from f").fetchall()
    return moved(shapely.from_wkb([bytes(row[0]) for row in rows]), plane, facilities.crs), plane


@pytest.mark.parametrize("name", SETS)
def test_coverage_by_area(engine, name):
    parcels, _, step = SETS[name]
    p = parcels()
    homes = p[p["class"] == "0701"]
    facilities = parks() if p.crs.is_projected else lonlat(parks())
    areas, _ = reach_of(engine, facilities, gpd.GeoDataFrame(geometry=homes.geometry), 130.0)
    load(engine, "h", equal_area(homes.geometry, p.crs, step))
    load(engine, "r", equal_area(areas, p.crs, step))
    covered, total = engine.execute(
        "select ST_Area(ST_Intersection(h.g, r.g)), ST_Area(h.g) "
        "from (select ST_Union_Agg(g) g from h) h, (select ST_Union_Agg(g) g from r) r"
    ).fetchone()
    result = measure_coverage(homes, facilities, ServiceRule(radius_m=130))
    assert covered < 0.8 * total
    assert result.covered_once == pytest.approx(covered, rel=1e-9)
    assert result.total_once == pytest.approx(total, rel=1e-9)
    assert float(result.covered_parts().to_crs(4549).area.sum()) == pytest.approx(covered, rel=1e-4)


def spots(frame, seed=8):
    """Return where people live: a point in every parcel and points anywhere, some of them twice."""
    rng = np.random.default_rng(seed)
    inside = shapely.point_on_surface(frame.to_crs(4549).geometry.to_numpy())
    anywhere = shapely.points(rng.uniform(0, 1000, (300, 2)) + ORIGIN)
    at = layer([*inside, *anywhere, *anywhere[:40]])
    at["people"] = rng.integers(1, 90, len(at)).astype(float)
    return at if frame.crs.is_projected else lonlat(at)


@pytest.mark.parametrize("name", SETS)
def test_coverage_of_points(engine, name):
    homes = spots(SETS[name][0]())
    facilities = parks() if homes.crs.is_projected else lonlat(parks())
    _, plane = reach_of(engine, facilities, homes, 150.0)
    load(engine, "h", moved(homes.geometry, homes.crs, plane), people=homes.people)
    count, weight = engine.execute(
        "select count(*), sum(people) from h where exists (select 1 from f where ST_Distance(h.g, f.g) <= f.r)"
    ).fetchone()
    assert 50 < count < len(homes) - 50
    assert measure_coverage(homes, facilities, ServiceRule(radius_m=150)).covered_once == count
    assert (
        measure_coverage(
            homes, facilities, ServiceRule(radius_m=150), count=CountRule(weight_field="people")
        ).covered_once
        == weight
    )


def streets(frame, seed=7):
    """Return winding roads, some of them twice, some crossing themselves."""
    rng = np.random.default_rng(seed)
    roads = [shapely.LineString(rng.uniform(-50, 1050, (4, 2)) + ORIGIN) for _ in range(25)]
    roads += [frame.to_crs(4549).geometry.iloc[3].exterior, roads[2]]
    found = layer(roads)
    return found if frame.crs.is_projected else lonlat(found)


def true_length_m(shapes, crs):
    """Return the length of lines straight in their CRS, as geodesics of at most 100 m."""
    split = shapely.segmentize(shapes, SPLIT_M / 111_000.0 if crs.is_geographic else SPLIT_M)
    on_earth = gpd.GeoSeries(split, crs=crs).to_crs(4490)
    return sum(ELLIPSOID.geometry_length(one) for one in on_earth)


@pytest.mark.parametrize("name", SETS)
def test_coverage_of_lines(engine, name):
    roads = streets(SETS[name][0]())
    facilities = parks() if roads.crs.is_projected else lonlat(parks())
    areas, _ = reach_of(engine, facilities, roads, 150.0)
    load(engine, "l", roads.geometry.values)
    load(engine, "r", areas)
    rows = engine.execute(
        "select ST_AsWKB(ST_Intersection(l.g, u.g)) from l, (select ST_Union_Agg(g) g from r) u"
    ).fetchall()
    covered = true_length_m(shapely.from_wkb([bytes(row[0]) for row in rows]), roads.crs)
    result = measure_coverage(roads, facilities, ServiceRule(radius_m=150))
    assert covered < 0.9 * result.total_once
    assert result.covered_once == pytest.approx(covered, rel=1e-9)
    assert result.total_once == pytest.approx(true_length_m(roads.geometry.values, roads.crs), rel=1e-9)


def geodesic_m(rows, plane):
    """Return how far apart the ends of DuckDB's shortest lines are on the ellipsoid."""
    ends = shapely.get_coordinates(shapely.from_wkb([bytes(row[-1]) for row in rows])).reshape(-1, 2, 2)
    on_earth = Transformer.from_crs(plane, 4490, always_xy=True).transform
    return np.asarray(ELLIPSOID.inv(*on_earth(*ends[:, 0].T), *on_earth(*ends[:, 1].T))[2])


@pytest.mark.parametrize("name", SETS)
def test_the_nearest_of_polygons(engine, name):
    p = SETS[name][0]().assign(id=lambda one: range(len(one)))
    parking = parks() if p.crs.is_projected else lonlat(parks())
    plane = plane_of(gpd.GeoDataFrame(geometry=[*p.geometry, *parking.geometry], crs=p.crs))
    for letter, frame in (("p", p), ("t", parking)):
        load(engine, letter, moved(frame.geometry, frame.crs, plane, FINE_M), id=np.arange(len(frame)))
    rows = engine.execute(
        "select p.id, arg_min(t.id, ST_Distance(p.g, t.g)), arg_min(ST_AsWKB(ST_ShortestLine(p.g, t.g)), "
        "ST_Distance(p.g, t.g)) from p, t group by 1 order by 1"
    ).fetchall()
    found = find_nearest(p, parking, feature_field="id", reference_field="id")
    far = geodesic_m(rows, plane)
    np.testing.assert_allclose(found.distance_m, far, rtol=1e-9, atol=1e-8)
    apart = far > 0.0
    assert apart.sum() > 30
    assert (~apart).sum() > 5
    assert found.nearest[apart].astype(int).tolist() == [
        row[1] for row, far in zip(rows, apart, strict=True) if far
    ]


def bank(frame):
    found = layer(
        [shapely.LineString([(EAST, NORTH - 400), (EAST + 500, NORTH - 300), (EAST + 1200, NORTH - 500)])]
    )
    return found if frame.crs.is_projected else lonlat(found)


@pytest.mark.parametrize("name", SETS)
def test_proximity(engine, name):
    """Which places are nearest: DuckDB on the plane. How far they are apart: the geodesic."""
    parcels, _, step = SETS[name]
    p = parcels()
    near = bank(p)
    band, plane = reach_of(
        engine, near, gpd.GeoDataFrame(geometry=[*p.geometry, *near.geometry], crs=p.crs), 600.0
    )
    load(engine, "p", moved(p.geometry, p.crs, plane, FINE_M), id=np.arange(len(p)))
    load(engine, "n", moved(near.geometry, near.crs, plane, FINE_M))
    rows = engine.execute("select ST_AsWKB(ST_ShortestLine(p.g, n.g)) from p, n order by id").fetchall()
    far = geodesic_m(rows, plane)
    found = measure_proximity(p, near, within_m=600)
    np.testing.assert_allclose(found.distance_m, far, rtol=1e-9)
    assert found.within.tolist() == (far <= 600).tolist()
    load(engine, "q", equal_area(p.geometry, p.crs, step), id=np.arange(len(p)))
    load(engine, "r", equal_area(band, p.crs, step))
    inside = engine.execute("select ST_Area(ST_Intersection(q.g, r.g)) m from q, r order by id").df().m.to_numpy()
    assert (inside > 0).sum() > 10
    np.testing.assert_allclose(found.within_amount, inside, rtol=1e-9, atol=1e-5)
    assert found.within_amount.sum() == pytest.approx(inside.sum(), rel=1e-9)


@pytest.mark.parametrize("name", SETS)
def test_lines_and_points_by_zone(engine, name):
    """Lengths by zone as geodesics of what DuckDB cuts; points as DuckDB finds them inside."""
    parcels, areas, _ = SETS[name]
    p, z = parcels(), areas()
    roads, homes = streets(p), spots(p)
    for letter, frame in (("l", roads), ("h", homes)):
        load(engine, letter, frame.geometry.values)
    load(engine, "z", z.geometry.values, zone=z.zone.astype(object))
    rows = engine.execute(
        "select zone, ST_AsWKB(ST_Intersection(l.g, z.g)) from l, z where ST_Intersects(l.g, z.g)"
    ).fetchall()
    cut = pd.DataFrame({"zone": [row[0] for row in rows], "g": shapely.from_wkb([bytes(row[1]) for row in rows])})
    lengths = cut.groupby("zone").g.agg(lambda g: true_length_m(g.to_numpy(), roads.crs))
    found = aggregate(roads, z, zone_field="zone")
    whole = dict(zip(range(27), length_m(roads), strict=True))
    amount = found.shares.share * [whole[int(i)] for i in found.shares.feature]
    ours = amount.groupby(found.shares.zone).sum()
    np.testing.assert_allclose(ours[lengths.index], lengths, rtol=1e-9)
    inside = dict(
        engine.execute("select zone, count(*) from h join z on ST_Within(h.g, z.g) group by 1").fetchall()
    )
    found = aggregate(homes, z, zone_field="zone")
    counted = dict(zip(found.zones, found.count, strict=True))
    assert {zone: counted[zone] for zone in inside} == inside
