"""Every statistic against an independent computation: DuckDB spatial on an equal-area plane, geopandas.overlay."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo import tabulate, transition_matrix
from tests.geo.shapes import (
    Frames,
    equal_area,
    lonlat,
    messy,
    open_zones,
    tiling,
    zones,
)

pytestmark = pytest.mark.slow

duckdb = pytest.importorskip("duckdb")
extensions = pytest.importorskip("duckdb_extensions")

SETS: dict[str, tuple[Frames, Frames, float]] = {
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


def once(engine, name):
    """Leave ground that rows of a table share to the earlier row, as DuckDB cuts it."""
    engine.execute(
        f"create or replace table {name} as select a.id, a.kind, "
        f"coalesce(ST_Difference(a.g, (select ST_Union_Agg(b.g) from {name} b "
        "where b.id < a.id and ST_Intersects(a.g, b.g))), a.g) g from " + name + " a"
    )


@pytest.mark.parametrize("name", SETS)
def test_transition(engine, name):
    old, new = SETS[name][0](), tiling(side=10, step=90.0, seed=8)
    new = new if old.crs.is_projected else lonlat(new)
    for letter, frame in (("a", old), ("b", new)):
        kinds = frame["class"].astype(object).where(frame["class"].notna(), "")
        load(
            engine,
            letter,
            equal_area(frame.geometry, frame.crs, SETS[name][2]),
            kind=kinds,
            id=np.arange(len(frame)),
        )
        once(engine, letter)
    rows = engine.execute(
        "select a.kind one, b.kind two, sum(ST_Area(ST_Intersection(a.g, b.g))) m "
        "from a join b on ST_Intersects(a.g, b.g) group by 1, 2"
    ).fetchall()
    matrix = transition_matrix(old, new, class_field="class")
    assert matrix.closing_share < 1e-9
    assert len(rows) >= 16
    for one, two, area in rows:
        cell = matrix.matrix_m2[matrix.from_classes.index(one or None), matrix.to_classes.index(two)]
        assert cell == pytest.approx(area, rel=1e-9, abs=1e-5)
    for column, frame in (("a", matrix.before_m2), ("b", matrix.after_m2)):
        whole = engine.execute(f"select sum(ST_Area(g)) from {column}").fetchone()[0]
        assert frame.sum() == pytest.approx(whole, rel=1e-9)
    assert matrix.cell("0701", "1001").area_m2.sum() == pytest.approx(
        matrix.matrix_m2[matrix.from_classes.index("0701"), matrix.to_classes.index("1001")], rel=1e-12
    )
