"""The kinds of everyday questions once more, south of the equator and in another plane: values worked by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from geo.text import Text
from layers.figures.figure import Figure
from layers.figures.presentation import present
from layers.plan.measures import NotAdditive
from tests.layers.figures.test_unseen_questions import NUMBER, TEXT, Trial
from tests.small_plan import feature

LON, LAT = -70.65, -33.45
EAST_M, NORTH_M = 1 / 92_996.0, 1 / 110_914.0  # degrees a metre at 33.45 S, to 1e-4
PLOT_HA = 0.01 * 19 * 19  # 190 m by 190 m


def spot(x_m: float, y_m: float) -> list[float]:
    return [LON + x_m * EAST_M, LAT + y_m * NORTH_M]


def place(x_m: float, y_m: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": spot(x_m, y_m)}


def way(*corners: tuple[float, float]) -> dict[str, Any]:
    return {"type": "LineString", "coordinates": [spot(*one) for one in corners]}


def box(x_m: float, y_m: float, width_m: float, height_m: float) -> dict[str, Any]:
    far = (x_m + width_m, y_m + height_m)
    ring = [(x_m, y_m), (far[0], y_m), far, (x_m, far[1]), (x_m, y_m)]
    return {"type": "Polygon", "coordinates": [[spot(*one) for one in ring]]}


def row_of(figure: Figure, name: str, column: str = "name") -> dict[str, Any]:
    (found,) = (dict(row) for row in figure.rows if getattr(row.get(column), "en", None) == name)
    return found


def texts(figure: Figure) -> str:
    told: list[Text] = [figure.sentence, *figure.caveats]
    return "\n".join([*(one.zh for one in told), *(one.en for one in told)])


BEFORE = ["0701", "1001", None, "ZZ9", "1401", "  ", "0701", "Q-1"]
AFTER = ["1001", "1001", "0701", "1401", None, "  ", "0701", "Q-1"]
PLACES = [
    feature("p1", box(0, 0, 400, 400), people=300),
    feature("p2", box(400, 0, 600, 400), people=200),
    feature("p3", box(1000, 0, 500, 400), people=None),
]
HOMES = [
    feature("near", place(100, 10), people=4, kind="a"),
    feature("far", place(900, 10), people=2, kind="b"),
    feature("off", place(700, 5000), people=None, kind="a"),
    feature("cut", place(700, 3000), people=1, kind="a"),
]
WORKS = [
    feature("w1", place(100, 100), costo=100, moneda="EUR", rol=7, rate=0.5, floor="no", land=10),
    feature("w2", place(200, 100), costo=250, moneda="CLP", rol=9, rate=0.7, floor="no", land=20),
    feature("w3", place(300, 100), costo=30, moneda="EUR", rol=11, rate=0.1, floor="yes", land=4),
]


@pytest.fixture
def south(tmp_path: Path) -> Trial:
    """Land use of eight plots in a row, places with people, homes, roads, walls, works that cost money."""
    land = {"code": TEXT}
    trial = Trial(
        tmp_path,
        uso=("polygon", land, [feature(f"u{n}", box(200 * n, 0, 190, 190), code=c) for n, c in enumerate(BEFORE)]),
        luego=(
            "polygon",
            land,
            [feature(f"u{n}", box(200 * n, 0, 190, 190), code=c) for n, c in enumerate(AFTER)],
        ),
        zonas=("polygon", {}, [feature("z", box(0, -10, 1600, 210))]),
        doble=("polygon", {}, [feature("z1", box(0, 0, 1000, 1000)), feature("z2", box(500, 0, 1000, 1000))]),
        lugares=("polygon", {"people": NUMBER}, PLACES),
        casas=("point", {"people": NUMBER, "kind": TEXT}, HOMES),
        puntos=("point", {}, [feature("q0", place(0, 0)), feature("q1", place(0, 500))]),
        centros=("point", {}, [feature("c", place(0, 0)), feature("d", None)]),
        otro=("point", {}, [feature("o", place(600, 0))]),
        calles=(
            "line",
            {},
            [feature("r", way((0, 0), (1500, 0.01))), feature("alone", way((600, 3000), (800, 3000)))],
        ),
        muro=("line", {}, [feature("m", way((300, -200), (300, 400)))]),
        lago=("polygon", {}, [feature("l", box(250, -200, 100, 600))]),
        obras=(
            "point",
            {"costo": 'type = "number"', "moneda": TEXT, "rol": 'type = "number"', "rate": 'type = "number"'}
            | {"floor": TEXT, "land": NUMBER},
            WORKS,
        ),
    )
    catalog = trial.folder / "catalog.toml"
    catalog.write_text(catalog.read_text("utf-8").replace("EPSG:4544", "EPSG:32719"), "utf-8")
    return trial


@pytest.mark.parametrize(
    ("wall", "metres", "share"),
    [
        ("muro", 720, 0),
        ("muro", 722, 50),
        ("muro", 815, 50),
        ("muro", 818, 100),
        ("lago", 739, 0),
        ("lago", 742, 50),
    ],
)
def test_the_way_round_decides(south: Trial, wall: str, metres: float, share: float) -> None:
    """Round the wall 721.1 m and over it 816.2 m; round the lake 740.3 m."""
    inputs = {"demand": "puntos", "facilities": "otro", "barriers": wall}
    assert south.ask("coverage", inputs, distance_m=metres).value == pytest.approx(share)


def test_ground_behind_a_wall_is_refused_with_what_to_ask(south: Trial) -> None:
    figure = south.ask("coverage", {"demand": "uso", "facilities": "otro", "barriers": "muro"}, distance_m=900)
    assert figure.value is None and "points as demand" in figure.sentence.en and "点状的需求" in figure.sentence.zh


def test_change_is_of_known_classes_alone(south: Trial) -> None:
    """Two plots changed, one of them from a code outside the scheme, which is told as such; two became or ceased."""
    figure = south.ask("transition", {"before": "uso", "after": "luego"}, unit="ha")
    assert figure.value == pytest.approx(2 * PLOT_HA, rel=1e-3)
    assert "ZZ9 (not in the scheme)" in {row["from_name"].en for row in figure.rows}
    became = row_of(figure, "whose class became known or unknown", "from_name")
    assert became["ha"] == pytest.approx(2 * PLOT_HA, abs=0.01)
    odd = row_of(figure, "of which from or to a code outside the scheme", "from_name")
    assert odd["ha"] == pytest.approx(PLOT_HA, abs=0.01)
    assert "which land it means is not known" in texts(figure)


def test_unknown_classes_are_a_range_of_a_share(south: Trial) -> None:
    """Two plots of 0701 and four unknown in 33.6 ha: 21.49 % to 64.46 %."""
    table = south.ask("tabulate", {"classes": "uso", "zones": "zonas"}, unit="ha")
    unknown = row_of(table, "of which unknown")
    assert unknown["share"] == pytest.approx(100 * 4 * PLOT_HA / 33.6, abs=0.02)
    assert {"ZZ9 (not in the scheme)", "Q-1 (not in the scheme)"} <= {row["name"].en for row in table.rows}
    assert "“ZZ9”" in texts(table) and "“Q-1”" in texts(table)
    share = south.ask("share", {"part": {"layer": "uso", "classes": ["0701"]}, "whole": "zonas"})
    assert share.span is not None
    assert share.span[0] == pytest.approx(21.488, abs=0.02) and share.span[1] == pytest.approx(64.464, abs=0.02)
    for language, said in (("en", "21.49% to 64.46%"), ("zh", "21.49% 至 64.46%")):
        shown = present(share, language)
        assert shown.value == said and said in shown.sentence


def test_zones_that_overlap_count_ground_once(south: Trial) -> None:
    figure = south.ask("tabulate", {"classes": "uso", "zones": "doble"}, unit="ha")
    assert figure.value == pytest.approx(150, rel=1e-3)
    assert row_of(figure, "zones added up (what overlaps counts again)")["ha"] == pytest.approx(200, rel=1e-3)
    (unknown,) = (row for row in figure.rows if (row["zone"].en, row["name"].en) == ("all zones", "not stated"))
    assert f"Parcels of {unknown['m2']:,.2f} m2 state no class" in texts(figure), "ground in two zones once"
    count = south.ask("count", {"items": "casas", "zones": "doble"})
    assert (count.value, [row["count"] for row in count.rows]) == (4, [2, 1, 2, 4]), "two lie outside"


def test_no_road_no_way_and_too_far_are_three(south: Trial) -> None:
    inputs = {"demand": "casas", "facilities": {"layer": "centros", "ids": ["c"]}, "roads": "calles"}
    figure = south.ask("coverage", inputs, distance_m=500)
    assert figure.value == pytest.approx(25)
    assert row_of(figure, "of which not reachable", "zone")["total"] == 2
    assert "1 has no road near and 1 lies on roads that lead to no facility" in texts(figure)
    assert "1 个附近没有道路，1 个所在的道路不通往任何设施" in texts(figure)


def test_facilities_nobody_placed_make_it_at_least(south: Trial) -> None:
    figure = south.ask("coverage", {"demand": "casas", "facilities": "centros"}, distance_m=500)
    assert figure.span is not None and figure.span[1] is None
    assert figure.span[0] == pytest.approx(25)
    assert present(figure, "en").value == "at least 25.00%"
    assert present(figure, "zh").value == "至少 25.00%" and "为至少 25.00%" in figure.sentence.zh


def test_one_unknown_home_in_two_zones_is_one_row(south: Trial) -> None:
    both = {"layer": "casas", "where": ["kind=a"]}
    figure = south.ask("sum", {"items": both, "zones": "doble"}, field="people")
    assert figure.value == 4
    assert "1 item states none" in texts(figure) and "1 项未说明" in texts(figure)
    assert "3 of 4 features count" in texts(figure), "the filter is told"


def test_length_and_count_per_head_leave_out_where_the_people_are_unknown(south: Trial) -> None:
    """1,000 m along places of 500 people: 2 m a head; 500 m more where nobody knows the people."""
    inputs = {"part": {"layer": "calles", "ids": ["r"]}, "people": "lugares"}
    length = south.ask("per_head", inputs, field="people", measure="length")
    assert length.value == pytest.approx(2, rel=1e-3)
    assert row_of(length, "where the people are unknown")["amount"] == pytest.approx(500, rel=1e-2)
    count = south.ask("per_head", {"part": "obras", "people": "lugares"}, field="people", measure="count")
    assert count.value == pytest.approx(3 / 500)


def test_money_stays_within_its_currency_and_what_is_no_quantity_is_refused(south: Trial) -> None:
    figure = south.ask("sum", {"items": "obras"}, field="costo")
    assert figure.value is None
    assert all(one in figure.sentence.en for one in ("130 EUR", "250 CLP")) and "380" not in texts(figure)
    assert "130 欧元" in figure.sentence.zh and "250 智利比索" in figure.sentence.zh
    with pytest.raises(NotAdditive):
        south.ask("sum", {"items": "obras"}, field="rate")


def test_what_a_filter_leaves_out_of_a_sum_stands_beside_it(south: Trial) -> None:
    figure = south.ask("sum", {"items": {"layer": "obras", "where": ["floor=no"]}}, field="land")
    assert figure.value == 30
    assert "1 item, 4 together, left out; with them 34 (3 items)" in figure.sentence.en
    assert "另有 1 项 4 未计入，连同它们为 34（共 3 项）" in figure.sentence.zh


def test_every_one_of_them_is_witnessed(south: Trial) -> None:
    south.ask("transition", {"before": "uso", "after": "luego"}, unit="ha")
    south.ask("tabulate", {"classes": "uso", "zones": "doble"}, unit="ha")
    south.ask("share", {"part": {"layer": "uso", "classes": ["0701"]}, "whole": "zonas"})
    south.ask("coverage", {"demand": "puntos", "facilities": "otro", "barriers": "lago"}, distance_m=742)
    inputs = {"part": {"layer": "calles", "ids": ["r"]}, "people": "lugares"}
    south.ask("per_head", inputs, field="people", measure="length")
    assert south.all_the_same(), {key: one.findings for key, one in south.heard().items()}
