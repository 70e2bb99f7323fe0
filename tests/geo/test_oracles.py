"""Every statistic against an independent computation: DuckDB spatial on an equal-area plane, geopandas.overlay."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo import coverage, proximity, tabulate, transition
from tests.geo.shapes import (
    EAST,
    NORTH,
    ORIGIN,
    equal_area,
    layer,
    lonlat,
    messy,
    open_zones,
    square,
    tiling,
    zones,
)

duckdb = pytest.importorskip("duckdb")
extensions = pytest.importorskip("duckdb_extensions")

SETS = {
    "tiling": (tiling, zones, 1.0),
    "messy": (messy, open_zones, 1.0),
    "lon/lat": (lambda: lonlat(messy(seed=9)), lambda: lonlat(open_zones()), 1e-5),
}


@pytest.fixture(scope="module")
def engine():
    extensions.import_extension("spatial")
    connection = duckdb.connect(config={"threads": 2})
    connection.load_extension("spatial")
    yield connection
    connection.close()


def load(engine, name, shapes, **columns):
    engine.register("staged", pd.DataFrame({**columns, "wkb": list(shapely.to_wkb(np.asarray(shapes)))}))
    engine.execute(f"create or replace table {name} as select * exclude wkb, ST_GeomFromWKB(wkb) g from staged")
    engine.unregister("staged")


@pytest.mark.parametrize("name", SETS)
def test_tabulation(engine, name):
    parcels, areas, step = SETS[name]
    p, z = parcels(), areas()
    load(engine, "p", equal_area(p.geometry, p.crs, step), kind=p["class"].astype(object))
    load(engine, "z", equal_area(z.geometry, z.crs, step), zone=z.zone.astype(object))
    cells = engine.execute(
        "select zone, kind, sum(ST_Area(ST_Intersection(p.g, z.g))) naive, "
        "ST_Area(ST_Union_Agg(ST_Intersection(p.g, z.g))) once "
        "from p join z on ST_Intersects(p.g, z.g) group by 1, 2"
    ).df()
    rest = engine.execute(
        "select zone, ST_Area(z.g) whole, ST_Area(ST_Difference(z.g, u.g)) gap "
        "from z, (select ST_Union_Agg(g) g from p) u"
    ).df()
    table = tabulate(p, z, class_field="class", zone_field="zone")
    found = table.to_frame()
    merged = found.merge(cells, left_on=["zone", "class"], right_on=["zone", "kind"], how="left").fillna(
        {"naive": 0.0, "once": 0.0}
    )
    np.testing.assert_allclose(merged.area_m2, merged.naive, rtol=1e-9, atol=1e-5)
    np.testing.assert_allclose(merged.union_m2, merged.once, rtol=1e-9, atol=1e-5)
    rest = rest.set_index("zone").loc[list(table.zones)]
    np.testing.assert_allclose(table.zone_area_m2, rest.whole, rtol=1e-9)
    np.testing.assert_allclose(table.unclassified_m2, rest.gap, rtol=1e-9, atol=1e-9 * table.zone_area_m2.max())


@pytest.mark.parametrize("name", ["tiling", "messy"])
def test_plane_pieces_against_geopandas(name):
    parcels, areas, _ = SETS[name]
    p, z = parcels(), areas()
    cut = gpd.overlay(p, z, how="intersection", keep_geom_type=True)
    pieces = tabulate(p, z, class_field="class", zone_field="zone").pieces()
    ours = pieces.assign(plane=pieces.area).groupby("zone").plane.sum()
    theirs = cut.assign(plane=cut.area).groupby("zone").plane.sum()
    np.testing.assert_allclose(ours, theirs, rtol=1e-9)


def parks(count=14, seed=4):
    rng = np.random.default_rng(seed)
    at = rng.uniform(-150, 1100, (count, 2)) + ORIGIN
    shapes = [shapely.Point(x, y).buffer(r, quad_segs=3) for (x, y), r in zip(at, rng.uniform(5, 40, count))]
    return layer(shapes, id=range(count))


@pytest.mark.parametrize("name", ["tiling", "messy"])
def test_coverage_by_area(engine, name):
    """The service areas are the plane's own buffers, scaled; everything after them is the oracle's."""
    p = SETS[name][0]()
    homes = p[p["class"] == "0701"]
    result = coverage(homes, parks(), radius_m=130)
    scale = np.sqrt(parks().area / equal_area_of(parks()))
    reach = shapely.buffer(parks().geometry.values, 130 * scale, quad_segs=72)
    load(engine, "h", equal_area(homes.geometry, 4549, 1.0))
    load(engine, "r", equal_area(reach, 4549, 1.0))
    covered, total = engine.execute(
        "select ST_Area(ST_Intersection(h.g, r.g)), ST_Area(h.g) "
        "from (select ST_Union_Agg(g) g from h) h, (select ST_Union_Agg(g) g from r) r"
    ).fetchone()
    assert float(result.covered[0]) == pytest.approx(covered, rel=1e-8)
    assert float(result.total[0]) == pytest.approx(total, rel=1e-9)
    assert result.covered_parts().area.sum() == pytest.approx(covered, rel=1e-4)


def equal_area_of(frame):
    return shapely.area(equal_area(frame.geometry, frame.crs, 1.0))


def test_coverage_of_points_and_lines(engine):
    rng = np.random.default_rng(8)
    at = rng.uniform(0, 1000, (400, 2)) + ORIGIN
    people = rng.integers(1, 90, 400).astype(float)
    homes = layer(shapely.points(at), people=people)
    load(engine, "h", homes.geometry.values, people=people)
    load(engine, "f", parks().geometry.values)
    scale = float(np.sqrt(parks().area / equal_area_of(parks())).mean())
    count, weight = engine.execute(
        f"select count(*), sum(people) from h "
        f"where exists (select 1 from f where ST_Distance(h.g, f.g) <= {150 * scale})"
    ).fetchone()
    assert coverage(homes, parks(), radius_m=150).covered[0] == count
    assert coverage(homes, parks(), radius_m=150, weight_field="people").covered[0] == weight
    lines = layer([shapely.LineString(at[i : i + 2]) for i in range(0, 60, 2)])
    reach = shapely.union_all(parks().geometry.buffer(150 * scale, quad_segs=72))
    expected = float(lines.intersection(reach).length.sum()) / scale
    assert coverage(lines, parks(), radius_m=150).covered[0] == pytest.approx(expected, rel=1e-7)


def test_proximity(engine):
    bank = layer(
        [shapely.LineString([(EAST, NORTH - 400), (EAST + 500, NORTH - 300), (EAST + 1200, NORTH - 500)])]
    )
    load(engine, "b", bank.geometry.values)
    load(engine, "p", messy().geometry.values, id=np.arange(len(messy())))
    oracle = engine.execute("select ST_Distance(p.g, b.g) d from p, b order by id").df().d.to_numpy()
    found = proximity(messy(), bank, within_m=600)
    scale = float(np.sqrt(parks().area / equal_area_of(parks())).mean())
    np.testing.assert_allclose(found.distance_m, oracle / scale, rtol=1e-6)
    assert found.within.sum() == (oracle / scale <= 600).sum()


def test_transition(engine):
    old, new = tiling(), tiling(side=10, step=90.0, seed=8)
    load(engine, "a", equal_area(old.geometry, 4549, 1.0), kind=old["class"].astype(object))
    load(engine, "b", equal_area(new.geometry, 4549, 1.0), kind=new["class"].astype(object))
    rows = engine.execute(
        "select a.kind one, b.kind two, sum(ST_Area(ST_Intersection(a.g, b.g))) m "
        "from a join b on ST_Intersects(a.g, b.g) group by 1, 2"
    ).fetchall()
    matrix = transition(old, new, class_field="class")
    assert matrix.closing_share < 1e-9
    for one, two, area in rows:
        cell = matrix.matrix_m2[matrix.from_classes.index(one), matrix.to_classes.index(two)]
        assert cell == pytest.approx(area, rel=1e-9, abs=1e-5)
    assert matrix.cell("0701", "1001").area_m2.sum() == pytest.approx(matrix.matrix_m2[0, 1], rel=1e-12)
    assert square(0, 0, 1).area == 1
