"""The yardstick: exact ground truth, and a page that states ratios and caps."""

import sys

import geopandas as gpd
import numpy as np
import pytest
import shapely

from benchmarks import __main__ as bench
from benchmarks import engines, generate, report, shapes
from benchmarks.measured import TIME_OVER, Measured
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


def answered(engine, question, count, query_s):
    return Measured(engine, question, count, 0.1, query_s, 100.0, 5.0)


def test_the_page_states_ratios_caps_and_what_is_lost(tmp_path):
    """Of five compared three are lost: points (5 s against 2), what has no answer, drawn of 1 km (30 ms against 3)."""
    nothing = (None, None, None, None)
    rows = [
        answered("PlanAtlas", "cover", 1000, 2.0),
        answered("DuckDB spatial", "cover_local", 1000, 6.0),
        Measured("DuckDB spatial", "cover_dissolved", 1000, *nothing, cap_s=80.0),
        answered("PlanAtlas", "points", 1000, 5.0),
        answered("PostGIS", "points", 1000, 2.0),
        answered("geopandas, tuned", "points", 1000, 4.0),
        answered("PlanAtlas", "tabulate", 1000, 1.0),
        Measured("PostGIS", "tabulate", 1000, *nothing, note="failed: no server"),
        Measured("PlanAtlas", "drawn", 1000, *nothing, drawn_s={1_000: 0.03, 5_000: 0.03, 20_000: 0.03}),
        Measured("PostGIS", "drawn", 1000, *nothing, drawn_s={1_000: 0.003, 5_000: 0.06}, cap_s=30.0),
        Measured("PlanAtlas", "points", 2000, *nothing, note=TIME_OVER),
        answered("PostGIS", "points", 2000, 2.0),
        Measured("PostGIS", "points", 2000, *nothing, note=TIME_OVER, yardstick="real"),
        Measured("PlanAtlas", "points", 2000, *nothing, cap_s=30.0, yardstick="real"),
        Measured("DuckDB spatial", "points", 2000, 0.1, 7.0, 100.0, 5.0, yardstick="real"),
    ]
    (tmp_path / "load.md").write_text("# Load\n\n## Viewers\n\n| page | 4 |\n", "utf-8")
    page = report.page(rows, load="0, 0", more=report.beside(tmp_path))
    assert page.endswith("\n## Load\n\n### Viewers\n\n| page | 4 |\n"), "what another command measured, below ours"
    assert "| 6.00 | 3.0 |" in page
    assert "| > 80 | > 40 |" in page
    assert "Of 5 questions and sizes that a peer answered too, 3 are lost by the clock" in page
    lines = page[page.index("## What we lose at") : page.index("## What has no answer")].splitlines()[6:-1]
    assert lines == [
        "| third | 2,000 | points | DuckDB spatial | 7e+03 | no answer |  |  |",
        "| first | 1,000 | drawn, 1 km | PostGIS | 3 | 30 | 10.00 |  |",
        "| first | 1,000 | points | PostGIS | 2e+03 | 5e+03 | 2.50 |  |",
    ]
    told = page[page.index("## What has no answer") : page.index("## First yardstick")]
    for line in (
        "| first | 1,000 | DuckDB spatial | stopped after 80 s | cover_dissolved |",
        "| first | 1,000 | PostGIS | failed: no server | tabulate |",
        "| first | 1,000 | PostGIS | 20 km: stopped after 30 s in all | drawn |",
        f"| first | 2,000 | PlanAtlas | {TIME_OVER} | points |",
        f"| third | 2,000 | PostGIS | {TIME_OVER} | points |",
        "| third | 2,000 | PlanAtlas | stopped after 30 s | points |",
    ):
        assert line in told
    assert count_of("1M") == 1_000_000
    assert count_of("20k") == 20_000


def test_a_run_that_was_stopped_goes_on(tmp_path, monkeypatch):
    """Three engines, two sizes, the facts of points once a size; who had no answer of few is not asked of more.

    The best peers are asked of all sizes before others are of any.

    Who failed is asked once more at once, and again when the command is given again.
    """
    asked, facts, fails = [], [], [True, True, True]

    def measure(engine, questions, folder, count, *, cap_s):
        asked.append((engine, *questions, count))
        if len(asked) == 2:
            raise KeyboardInterrupt
        query_s = None if engine == "DuckDB spatial" else float(len(asked))
        if (engine, count) == ("geopandas, tuned", 2000) and fails and fails.pop():
            return [Measured(engine, questions[0], count, None, None, None, None, note="failed: no server")]
        return [answered(engine, question, count, query_s) for question in questions]

    monkeypatch.setattr(bench, "run", measure)
    monkeypatch.setattr("os.getloadavg", lambda: (0.5, 0.5, 0.5))
    monkeypatch.setattr(bench, "facts_s", lambda *what, cap_s: facts.append(what) or 1.5)
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
    assert asked == [("PlanAtlas", "points", 1000), tuned, tuned, *of_more, ("DuckDB spatial", "points", 1000)]
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
    page = out.read_text()
    for count in ("1,000", "2,000"):
        for engine in engines.split(";"):
            assert f"| second | {count} | {engine} | not run: the time was over | points |" in page


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
