"""The yardstick: exact ground truth, and a page that states ratios and caps."""

import sys

import geopandas as gpd
import numpy as np
import pytest
import shapely

from benchmarks import __main__ as bench
from benchmarks import engines, generate, report, shapes
from benchmarks.questions import DRAWN_ONCE, count_of
from geo import ServiceRule, measure_coverage, tabulate

pytestmark = pytest.mark.slow


def test_parcels_tile_the_square_and_our_pieces_tile_it_too():
    rng = np.random.default_rng(7)
    parcels, zones = generate.parcels(900, rng), generate.zones(rng, count=30)
    assert parcels.area.sum() == pytest.approx(generate.SIDE_M**2, rel=1e-12)
    table = tabulate(parcels, zones, class_field="class", zone_field="zone")
    assert table.pieces().area.sum() == pytest.approx(generate.SIDE_M**2, rel=1e-11)
    assert table.overlay.closed.all()
    homes, parks = parcels[parcels["class"] == "0701"], generate.parks(rng, count=40)
    reach = parks.buffer(500, quad_segs=16).union_all()
    ours = measure_coverage(homes, parks, ServiceRule(radius_m=500, quad_segs=16)).covered_parts().area.sum()
    assert ours == pytest.approx(homes.intersection(reach).area.sum(), rel=1e-4)


def test_the_page_states_ratios_and_caps(tmp_path):
    rows = [
        report.Measured("PlanAtlas", "cover_local", 1000, 0.1, 2.0, 100.0, 5.0),
        report.Measured("DuckDB spatial", "cover_local", 1000, 0.1, 6.0, 100.0, 5.0),
        report.Measured("DuckDB spatial", "cover_dissolved", 1000, None, None, None, None, cap_s=80.0),
    ]
    (tmp_path / "load.md").write_text("# Load\n\n## Viewers\n\n| page | 4 |\n", "utf-8")
    page = report.page(rows, load="0, 0", more=report.beside(tmp_path))
    assert page.endswith("\n## Load\n\n### Viewers\n\n| page | 4 |\n"), "what another command measured, below ours"
    assert "| 6.00 | 3.0 |" in page
    assert "| > 80 | > 40 |" in page
    assert count_of("1M") == 1_000_000
    assert count_of("20k") == 20_000


def answered(engine, question, count, query_s):
    return report.Measured(engine, question, count, 0.1, query_s, 100.0, 5.0)


def test_a_run_that_was_stopped_goes_on(tmp_path, monkeypatch):
    """Two engines, two sizes, the facts of points once a size; who had no answer of few is not asked of more.

    Who failed is asked once more at once, and again when the command is given again.
    """
    asked, facts, fails = [], [], [True, True, True]

    def measure(engine, questions, folder, count, *, cap_s):
        asked.append((engine, *questions, count))
        if len(asked) == 2:
            raise KeyboardInterrupt
        query_s = None if engine == "DuckDB spatial" else float(len(asked))
        if (engine, count) == ("geopandas, tuned", 2000) and fails and fails.pop():
            return [report.Measured(engine, questions[0], count, None, None, None, None, note="failed: no server")]
        return [answered(engine, question, count, query_s) for question in questions]

    monkeypatch.setattr(bench, "run", measure)
    monkeypatch.setattr("os.getloadavg", lambda: (0.5, 0.5, 0.5))
    monkeypatch.setattr(bench, "facts_s", lambda *what: facts.append(what) or 1.5)
    monkeypatch.setattr(bench, "_write", lambda *_: None)
    out, engines = tmp_path / "page.md", "PlanAtlas;geopandas, tuned;DuckDB spatial"
    options = [f"--folder={tmp_path}", f"--out={out}", "--sizes=1k,2k", f"--engines={engines}"]
    monkeypatch.setattr("sys.argv", ["benchmarks", "--yardsticks=irregular", "--questions=points", *options])
    with pytest.raises(KeyboardInterrupt):
        bench.main()
    with (tmp_path / "measured.jsonl").open("a") as file:
        file.write('{"engine": "half a li')
    bench.main()
    tuned = ("geopandas, tuned", "points", 1000)
    of_more = [("PlanAtlas", "points", 2000), ("geopandas, tuned", "points", 2000)]
    of_more += of_more[1:]
    assert asked == [("PlanAtlas", "points", 1000), tuned, tuned, ("DuckDB spatial", "points", 1000), *of_more]
    assert [count for *_, count in facts] == [1000, 2000]
    page = out.read_text()
    assert "| 1,000 | PlanAtlas |" in page and "| 3.00 | 3.0 |" in page and "not asked: no answer of fewer" in page
    assert "| points | 1,000 | geopandas, tuned | 3.0 |" in page
    assert "failed: no server" in page
    bench.main()
    assert asked[7:] == of_more[1:]
    assert "failed" not in out.read_text()
    bench.main()
    assert len(asked) == 9
    monkeypatch.setattr("sys.argv", [*sys.argv, "--anew", "--minutes=0"])
    bench.main()
    assert len(asked) == 9  # nothing is begun after the time


def test_irregular_parcels_tile_the_square_with_bent_edges():
    parcels = shapes.irregular_parcels(900, np.random.default_rng(3))
    assert parcels.is_valid.all()
    assert parcels.area.sum() == pytest.approx(generate.SIDE_M**2, rel=1e-6)
    vertices = parcels.geometry.count_coordinates()
    assert vertices.max() > 2 * vertices.min()


@pytest.mark.parametrize("question", ["tabulate", "cover", "points", "band"])
def test_every_engine_is_asked_the_same(tmp_path, question):
    """On the ellipsoid and in the plane areas differ by the projection's scale, 2e-5 of them here."""
    shapes.write(tmp_path, count=400, parcels=shapes.irregular_parcels)
    answers = []
    for engine in (engines.PlanAtlas(), engines.Tuned(), engines.DuckDB()):
        engine.load(tmp_path, 400, question)
        answers.append(engine.answer(question))
    assert answers[0] > 0.0
    assert answers == pytest.approx([answers[1]] * 3, rel=3e-4)
    if question == "points":
        assert len(set(answers)) == 1


def test_where_parcels_overlap_every_engine_tells_ground_once(tmp_path):
    """Sums of every class and the ground they cover, and that of all; what is served; in the plane, 2e-5 apart."""

    def heaped(count, rng):
        parcels = shapes.irregular_parcels(count, rng)
        return parcels.assign(geometry=parcels.buffer(150.0))

    shapes.write(tmp_path, count=400, parcels=heaped)
    ours, tuned, duckdb = engines.PlanAtlas(), engines.Tuned(), engines.DuckDB()

    def load(question):
        for engine in (ours, tuned, duckdb):
            engine.load(tmp_path, 400, question)

    load("band_covered")
    served = [engine.answer("band_covered") for engine in (ours, tuned, duckdb)]
    assert served == pytest.approx([served[1]] * 3, rel=3e-4) and served[0] < 0.8 * ours.answer("band")
    load("tabulate")
    zones, parcels = ours.others["zones"], ours.subject
    table = tabulate(parcels, zones, class_field="class", zone_field="zone")
    rows = duckdb.connection.execute(
        f"select zone, coalesce(class, ''), area, ground from ({duckdb.tabulate_once})"
    )
    told = {(str(zone), kind): (area, ground) for zone, kind, area, ground in rows.fetchall()}
    for z, zone in enumerate(table.zones[:30]):
        found = tuned.classes_inside(zones.geometry.iloc[z])
        assert told[zone, ""] == pytest.approx(found.pop(-1), rel=1e-9)
        assert told[zone, ""][1] == pytest.approx(table.covered_m2[z], rel=3e-4)
        mine = sorted(told[zone, kind] for kind in table.classes if (zone, kind) in told)
        assert np.array(mine) == pytest.approx(np.array(sorted(found.values())), rel=1e-9)
        for k, kind in enumerate(table.classes):
            assert told.get((zone, kind), (0, 0))[1] == pytest.approx(table.union_m2[k, z], rel=3e-4, abs=1.0)
    load("drawn")
    shape = shapely.box(*(generate.CORNER + 5_000.0), *(generate.CORNER + 11_000.0))
    table = ours.index.tabulate(gpd.GeoSeries([shape], crs=4549))
    found = tuned.classes_inside(shape)
    total, once = found.pop(-1)
    assert once < 0.9 * total and once == pytest.approx(float(table.covered_m2[0]), rel=3e-4)
    areas = sorted(row for row in zip(table.area_m2[:, 0], table.union_m2[:, 0], strict=True) if row[0] > 0.0)
    assert np.array(sorted(found.values())) == pytest.approx(np.array(areas), rel=3e-4)
    query = DRAWN_ONCE.format(shape=f"ST_GeomFromText('{shape.wkt}')", union="ST_Union_Agg")
    told = duckdb.connection.execute(query).fetchone()[0]
    assert told == pytest.approx(sum(map(sum, found.values())) + total + once, rel=1e-9)
