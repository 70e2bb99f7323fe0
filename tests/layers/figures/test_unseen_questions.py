"""Questions of an analyst who looks for faults: each value worked by hand, each figure heard by the witness."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from layers.figures.answer import answer, figure_id
from layers.figures.figure import Figure, FigureShelf
from layers.figures.kept_versions import publish_kept
from layers.figures.presentation import present
from layers.figures.question import asked_statistic
from layers.figures.verification.recompute import Verified, verify
from layers.library.library import Library
from tests.landuse_plan import CLASSES
from tests.question_plan import LAYER
from tests.small_plan import CATALOG, feature, write_layer, write_plan

_FIELD = (
    '\n[[layers.{id}.fields]]\nid = "{field}"\nlabel = {{zh = "{field}", en = "{field}"}}\nfilter = true\n{kind}\n'
)
NUMBER, TEXT = 'type = "number"\nmeasure = "additive"', 'type = "text"'
EAST_M, NORTH_M = 1 / 96_481.6, 1 / 110_862.0  # degrees a metre at 30 N 104 E, to 1e-4
LON, LAT = 104.05, 30.05


def at(x_m: float, y_m: float) -> list[float]:
    return [LON + x_m * EAST_M, LAT + y_m * NORTH_M]


def place(x_m: float, y_m: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": at(x_m, y_m)}


def way(*corners: tuple[float, float]) -> dict[str, Any]:
    return {"type": "LineString", "coordinates": [at(*one) for one in corners]}


def ground(*corners: tuple[float, float]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[at(*one) for one in (*corners, corners[0])]]}


def box(x_m: float, y_m: float, width_m: float, height_m: float) -> dict[str, Any]:
    far = (x_m + width_m, y_m + height_m)
    return ground((x_m, y_m), (far[0], y_m), far, (x_m, far[1]))


class Trial:
    """A small plan that questions are asked of."""

    def __init__(self, folder: Path, **layers: tuple[str, dict[str, str], list[dict[str, Any]]]) -> None:
        more = ""
        for name, (kind, fields, _) in layers.items():
            classed = 'class_field = "code"\nscheme = "S"' if "code" in fields else ""
            more += LAYER.format(id=name, zh=name, en=name, geometry=kind, more=classed)
            more += "".join(_FIELD.format(id=name, field=one, kind=told) for one, told in fields.items())
        self.folder = write_plan(folder / "plan", catalog=CATALOG + more)
        (self.folder / "landuse_classes.csv").write_text(CLASSES, "utf-8")
        for name, (_, _, rows) in layers.items():
            write_layer(self.folder, name, rows)
        self.shelf = FigureShelf(folder / "shelf")

    @property
    def library(self) -> Library:
        return Library(self.folder)

    def ask(self, function: str, inputs: dict[str, Any], **more: Any) -> Figure:
        told = {role: one if isinstance(one, dict) else {"layer": one} for role, one in inputs.items()}
        kinds = {one.id: one.geometry for one in self.library.layers()}
        question = asked_statistic({"function": function, "inputs": told, **more}, kinds=kinds)
        figure = answer(self.library, lambda _d, _t: None, question, software="x")
        publish_kept(self.shelf, figure, self.library)
        return figure

    def heard(self) -> dict[str, Verified]:
        return {row.figure: row for row in verify(self.library, self.shelf, software="x").rows}

    def all_the_same(self) -> bool:
        return all(row.state == "same" for row in self.heard().values())


ZONES = [
    feature("z1", box(0, 0, 1000, 1000), people=10_000),
    feature("z2", box(1000, 0, 1000, 1000), people=5_000),
    feature("z3", box(2000, 0, 1000, 1000), people=0),
    feature("z4", box(3000, 0, 1000, 1000), people=None),
]
ZONED = ("polygon", {"people": NUMBER}, ZONES)


def cells(figure: Figure, column: str) -> list[Any]:
    return [row.get(column) for row in figure.rows]


def test_a_small_change_of_class_is_told_in_every_unit_it_is_told_in(tmp_path: Path) -> None:
    lots = [feature("a", box(0, 0, 100, 100), code="0701"), feature("b", box(200, 0, 0.5, 0.5), code="0701")]
    now = [lots[0], feature("b", box(200, 0, 0.5, 0.5), code="1001")]
    trial = Trial(tmp_path, then=("polygon", {"code": TEXT}, lots), now=("polygon", {"code": TEXT}, now))
    figure = trial.ask("transition", {"before": "then", "after": "now"}, unit="ha")
    moved = next(row for row in figure.rows if row["kind"] == "part" and row["from"] != row["to"])
    per_m2 = {"m2": 1.0, "ha": 1e-4, "mu": 1.5e-3, "km2": 1e-6}
    assert {unit: moved[unit] for unit in per_m2} == pytest.approx({u: 0.25 * per_m2[u] for u in per_m2}, rel=1e-2)
    for language in ("zh", "en"):
        shown = present(figure, language)
        assert shown.value.startswith("0.000025") and shown.value in shown.sentence


def test_what_lies_along_a_border_is_of_one_zone_for_the_witness_too(tmp_path: Path) -> None:
    lines = [feature("along", way((1000, 0), (1000, 1000))), feature("over", way((0, 500), (2000, 500)))]
    places = [feature("p", place(1000, 500), people=7), feature("q", place(500, 500), people=1)]
    trial = Trial(tmp_path, wards=ZONED, lines=("line", {}, lines), places=("point", {"people": NUMBER}, places))
    zones = {"layer": "wards", "ids": ["z1", "z2"]}
    length = trial.ask("total", {"items": "lines", "zones": zones})
    assert cells(length, "amount")[:2] == [pytest.approx(2.0, rel=1e-3), pytest.approx(1.0, rel=1e-3)]
    density = trial.ask("density", {"part": "lines", "whole": zones})
    assert cells(density, "density")[:2] == [pytest.approx(2.0, rel=1e-3), pytest.approx(1.0, rel=1e-3)]
    number = trial.ask("density", {"part": "places", "whole": zones}, measure="count")
    assert cells(number, "amount")[:2] == [2, 0]
    people = trial.ask("sum", {"items": "places", "zones": zones}, field="people")
    assert cells(people, "value")[0] == 8 and people.value == 8
    crossed = trial.ask("crossing", {"part": "lines", "line": zones})
    assert crossed.value == 2  # "over" and both zones; what runs along crosses none
    covered = trial.ask("coverage", {"demand": "places", "facilities": "places", "zones": zones}, distance_m=10)
    assert cells(covered, "total")[:2] == [2, 0]
    assert trial.all_the_same(), [one.findings for one in trial.heard().values()]


def test_the_witness_has_what_runs_along_a_border_or_another_line_where_we_have_it(tmp_path: Path) -> None:
    """A border that lies inside another zone, the outer border of all, a line that only meets or runs along one."""
    zones = [*ZONES[:2], feature("z3", box(500, 250, 1000, 500), people=700)]
    roads = [
        feature("outer", way((-3000, 0), (3000, 0))),
        feature("inner", way((1000, 0), (1000, 1000))),
        feature("bent", way((0, 500), (500, 0), (500, 500))),
        feature("along", way((200, 0), (900, 0))),
    ]
    stops = [feature("s", place(500, 0))]
    trial = Trial(
        tmp_path,
        wards=("polygon", {"people": NUMBER}, zones),
        roads=("line", {}, roads),
        stops=("point", {}, stops),
    )
    apart = {"layer": "wards", "ids": ["z1", "z2"]}
    assert trial.ask("density", {"part": "roads", "whole": apart}).value == pytest.approx(2.4536, rel=1e-3)
    length = trial.ask("total", {"items": "roads", "zones": "wards"}, unit="m")
    assert cells(length, "amount")[2] == pytest.approx(500 + 250, rel=1e-3)
    trial.ask("per_head", {"part": "roads", "people": apart}, field="people", measure="length")
    trial.ask("coverage", {"demand": "roads", "facilities": "stops", "zones": apart}, distance_m=700)
    crossed = trial.ask("crossing", {"part": "roads", "line": "roads"})
    none = trial.ask("crossing", {"part": {"layer": "roads", "ids": ["inner"]}, "line": "roads"})
    assert (crossed.value, none.value) == (2, 0)  # the bent one meets two others between their ends
    assert trial.all_the_same(), [one.findings for one in trial.heard().values()]


def test_a_line_that_passes_by_a_corner_crosses_nothing_whatever_the_last_digits_say(tmp_path: Path) -> None:
    lines = [feature(f"l{d}", way((1000 - d, 1000 + d), (1000 + d, 1000 - d))) for d in range(101, 2000, 97)]
    ward = [feature("z", box(0, 0, 1000, 1000))]
    trial = Trial(tmp_path, lines=("line", {}, lines), wards=("polygon", {}, ward))
    assert trial.ask("crossing", {"part": "lines", "line": "wards"}).value == 0
    assert trial.all_the_same(), [one.findings for one in trial.heard().values()]


def test_a_field_that_the_catalog_does_not_declare_is_asked_like_any_other(tmp_path: Path) -> None:
    homes = [
        feature(f"h{n}", place(x, 0), heads=heads, kind="a") for n, (x, heads) in enumerate([(0, 3), (900, 9)])
    ]
    stops = [feature("s", place(0, 50), kind="tram"), feature("t", place(0, 60), kind="bus")]
    trial = Trial(tmp_path, homes=("point", {}, homes), stops=("point", {}, stops))
    asked = {"demand": "homes", "facilities": "stops"}
    assert trial.ask("coverage", asked, distance_m=100, measure="weight", field="heads").value == pytest.approx(25)
    assert trial.ask("coverage", asked, by="kind", radii={"bus": 40}).value == 0
    assert trial.ask("coverage", asked, by="kind", radii={"tram": 60, "bus": 40}).value == pytest.approx(50)
    assert trial.all_the_same(), [one.findings for one in trial.heard().values()]


def test_a_feature_of_several_points_is_shared_among_zones(tmp_path: Path) -> None:
    many = {"type": "MultiPoint", "coordinates": [at(500, 900), at(1500, 900), at(1600, 900), at(9000, 0)]}
    trial = Trial(
        tmp_path,
        wards=ZONED,
        places=("point", {"people": NUMBER}, [feature("m", many, people=100)]),
        stops=("point", {}, [feature("s", place(500, 900))]),
    )
    counted = trial.ask("count", {"items": "places", "zones": "wards"})
    assert [(row["kind"], row["count"]) for row in counted.rows] == [
        ("part", 0.25),
        ("part", 0.5),
        ("part", 0),
        ("part", 0),
        ("rest", 0.25),
        ("total", 1),
    ]
    people = trial.ask("sum", {"items": "places", "zones": "wards"}, field="people")
    assert people.value == pytest.approx(75)
    listed = trial.ask("listing", {"items": "places", "zones": "wards"})
    assert [row["count"] for row in listed.rows if row["kind"] == "of_which"][:2] == [1, 1]
    covered = trial.ask("coverage", {"demand": "places", "facilities": "stops"}, distance_m=100)
    assert covered.value == pytest.approx(25)
    assert trial.all_the_same(), [one.findings for one in trial.heard().values()]


def test_the_witness_walks_round_barriers_too(tmp_path: Path) -> None:
    """Round the river 816 m, round the wall 368 m, out of the ring never."""
    homes = [feature(f"h{n}", place(x, 0)) for n, x in enumerate((0, 450, 600))]
    trial = Trial(
        tmp_path,
        homes=("point", {}, homes),
        fac=("point", {}, [feature("f", place(100, 0))]),
        river=("line", {}, [feature("r", way((500, -300), (500, 300)))]),
        through=("line", {}, [feature("t", way((100, -50), (100, 0), (100, 50)))]),
        wall=("polygon", {}, [feature("w", box(300, -50, 50, 100))]),
        ring=("line", {}, [feature("o", way((50, -50), (150, -50), (150, 50), (50, 50), (50, -50)))]),
    )

    def share(barriers: str, metres: float) -> float | None:
        inputs = {"demand": "homes", "facilities": "fac", "barriers": barriers}
        return trial.ask("coverage", inputs, distance_m=metres).value

    third = pytest.approx(100 / 3)
    assert [share("river", m) for m in (800, 830)] == [pytest.approx(200 / 3), 100]
    assert [share("wall", m) for m in (362, 375)] == [third, pytest.approx(200 / 3)]
    assert share("ring", 5000) == 0
    on_it = trial.ask("coverage", {"demand": "homes", "facilities": "fac", "barriers": "through"}, distance_m=900)
    assert any("1 facility stands on a barrier" in one.en for one in on_it.caveats)
    heard = trial.heard()
    assert {row.state for row in heard.values()} == {"same"}
    assert all(row.second is not None for row in heard.values())


def test_the_witness_of_a_transition_knows_what_is_not_known(tmp_path: Path) -> None:
    before = [
        feature("a", box(0, 0, 200, 1000), code="0701"),
        feature("b", box(200, 0, 200, 1000), code=None),
        feature("c", box(100, 0, 100, 1000), code="1001"),  # upon a: the earlier has it
    ]
    after = [feature("d", box(0, 0, 100, 1000), code="1001"), feature("e", box(100, 0, 300, 1000), code="0701")]
    fields = {"code": TEXT}
    trial = Trial(tmp_path, before=("polygon", fields, before), after=("polygon", fields, after))
    assert trial.ask("transition", {"before": "before", "after": "after"}).value == pytest.approx(10, rel=1e-3)
    (row,) = trial.heard().values()
    assert (row.state, row.second) == ("same", pytest.approx(row.ours, rel=1e-6))


@pytest.mark.parametrize("zone", ["z3", "z4"])
def test_there_is_nothing_per_head_of_nobody(tmp_path: Path, zone: str) -> None:
    trial = Trial(tmp_path, wards=ZONED, parks=("polygon", {}, [feature("p", box(2100, 100, 1500, 100))]))
    people = {"layer": "wards", "ids": [zone]}
    figure = trial.ask("per_head", {"part": "parks", "people": people}, field="people")
    assert (figure.state, figure.value) == ("not_computable", None)
    assert "whose people are known and not 0" in figure.sentence.en


def test_a_mended_and_an_unusable_geometry_are_named_with_their_place(tmp_path: Path) -> None:
    parks = [
        feature("bow", ground((0, 0), (100, 100), (100, 0), (0, 100)), name_en="Bow"),
        feature("flat", ground((0, 500), (100, 500), (200, 500)), name_en="Flat"),
        feature("none", None, name_en="None"),
    ]
    trial = Trial(tmp_path, parks=("polygon", {}, parks))
    figure = trial.ask("total", {"items": "parks"}, unit="m2")
    assert figure.value == pytest.approx(5000, rel=1e-3)
    told = " ".join(one.en for one in figure.caveats)
    assert "1 feature of “parks” had a faulty geometry" in told and "Bow (mended: self-intersection at " in told
    assert "1 feature of “parks” cannot be put on the map" in told and "Flat" in told
    assert "1 feature of “parks” is not on the map and takes no part" in told


def test_a_filter_says_of_whom_it_cannot_tell(tmp_path: Path) -> None:
    said = [(5, "a"), (None, "b"), (50, " a"), (None, None)]
    homes = [feature(f"h{n}", place(n, 0), people=one, kind=kind) for n, (one, kind) in enumerate(said)]
    trial = Trial(tmp_path, homes=("point", {"people": NUMBER, "kind": TEXT}, homes))

    def told(*where: str) -> tuple[float | None, str]:
        figure = trial.ask("count", {"items": {"layer": "homes", "where": list(where)}})
        return figure.value, figure.caveats[0].en

    assert told("people>=10") == (
        1,
        "“homes” is filtered by “people ≥ 10”: 1 of 4 features count. Of 2 more nobody can tell whether they "
        "do: what is asked for is not known.",
    )
    value, words = told("people>=10", "kind=b")  # of one nobody can tell; the other is not known to be of b
    assert value == 0 and "Of 2 more nobody can tell" in words
    assert "nobody" not in told("people?>=10")[1]
    assert told("kind=a")[0] == 2  # as they are grouped: blanks before a word are no other word
    grouped = trial.ask("count", {"items": "homes"}, by="kind")
    assert {row["name"].en: row["count"] for row in grouped.rows} == {"a": 2, "b": 1, "not stated": 1, "total": 4}


def test_money_is_of_its_currency_whatever_unit_its_field_states(tmp_path: Path) -> None:
    rows = [
        feature(f"m{n}", place(n, 0), invest=value, ccy=ccy)
        for n, (value, ccy) in enumerate([(100, "CNY"), (40, "美元"), (7, "")])
    ]
    fields = {"invest": 'type = "number"\nunit = "万元"', "ccy": TEXT}
    figure = Trial(tmp_path, money=("point", fields, rows)).ask("sum", {"items": "money"}, field="invest")
    assert figure.value is None
    assert present(figure, "zh").value == "100 万元；40 万美元；7 万（未说明单位）"
    assert present(figure, "en").value == "100 × 10,000 CNY; 40 × 10,000 USD; 7 × 10,000 (of no stated unit)"
    assert figure.columns[1].unit == "万"


def test_parts_below_nothing_are_not_left_out_of_a_chart(tmp_path: Path) -> None:
    rows = [feature(f"m{n}", place(1000 * n + 500, 500), yield_t=one) for n, one in enumerate((9, -3, 4))]
    trial = Trial(tmp_path, wards=ZONED, money=("point", {"yield_t": NUMBER}, rows))
    figure = trial.ask("sum", {"items": "money", "zones": "wards"}, field="yield_t")
    assert figure.value == 10 and present(figure, "en").chart is None


def test_service_areas_that_just_meet_share_no_ground(tmp_path: Path) -> None:
    places = [feature("f", place(0, 0)), feature("g", place(500, 0))]
    trial = Trial(tmp_path, fac=("point", {}, places))
    inputs = {"facilities": {"layer": "fac", "ids": ["f"]}, "others": {"layer": "fac", "ids": ["g"]}}
    metres = trial.ask("nearest", {"part": inputs["facilities"], "line": inputs["others"]}).value
    assert metres is not None
    figure = trial.ask("shared_reach", inputs, distance_m=metres / 2, unit="m2")
    assert figure.value == pytest.approx(0, abs=1e-6)
    assert "0 pairs of service areas overlap" in figure.sentence.en
    assert len({row["name"].en for row in figure.rows if row["kind"] == "rest"}) == 2  # each by its own name


def test_zones_that_adjoin_one_another_share_each_stretch_once(tmp_path: Path) -> None:
    trial = Trial(tmp_path, wards=ZONED)
    figure = trial.ask("adjacency", {"part": "wards", "line": "wards"})
    assert figure.value == 4
    total = next(row for row in figure.rows if row["kind"] == "total")
    assert total["shared_m"] == pytest.approx(3000, rel=1e-3)
    some = trial.ask("adjacency", {"part": {"layer": "wards", "ids": ["z1"]}, "line": "wards"})
    assert next(row for row in some.rows if row["kind"] == "total")["shared_m"] == pytest.approx(1000, rel=1e-3)


def test_people_without_a_place_are_a_row_of_a_coverage(tmp_path: Path) -> None:
    homes = [feature("h", place(0, 0), people=30), feature("u", None, people=12), feature("v", None, people=None)]
    trial = Trial(tmp_path, homes=("point", {"people": NUMBER}, homes))
    inputs = {"demand": "homes", "facilities": "homes"}
    figure = trial.ask("coverage", inputs, distance_m=100, field="people")
    assert [(row["kind"], row["total"]) for row in figure.rows] == [("total", 30), ("unknown", 12)]


def test_a_state_is_told_of_the_plans_own_day_and_its_figure_does_not_go_stale(tmp_path: Path) -> None:
    state = 'type = "code"\nschedule = {start = "begun", end = "done"}'
    fields = {"begun": 'type = "date"', "done": 'type = "date"', "state": state, "size": NUMBER}
    rows = [
        feature("p", place(0, 0), begun="2023-01-01", done="2025-06-01", size=1),
        feature("q", place(9, 0), begun="2025-01-01", done="2027-01-01", size=2),
    ]
    trial = Trial(tmp_path, works=("point", fields, rows))

    def ask() -> tuple[Figure, Figure, Figure]:
        under = {"layer": "works", "where": ["state=under_construction"]}
        return (
            trial.ask("count", {"items": "works"}, by="state"),
            trial.ask("sum", {"items": under}, field="size"),
            trial.ask("sum", {"items": "works"}, field="size"),
        )

    by_state, under, size = ask()
    assert under.value == 1 and any("2024-05-01" in one.en for one in under.caveats)
    catalog = trial.folder / "catalog.toml"
    catalog.write_text(catalog.read_text("utf-8").replace("2024-05-01", "2026-05-01"), "utf-8")
    heard = trial.heard()
    assert [heard[one.id].state for one in (by_state, under, size)] == ["data changed", "data changed", "same"]
    assert "the plan's day (2024-05-01 → 2026-05-01)" in heard[under.id].findings[0].en
    assert (heard[under.id].ours, heard[under.id].today) == (1, 2)  # the old one comes out again, of its own day
    later = ask()
    assert later[1].value == 2
    assert [one.id == two.id for one, two in zip((by_state, under, size), later, strict=True)] == [
        False,
        False,
        True,
    ]


def test_a_figure_of_an_older_release_stays_and_is_told_as_such(tmp_path: Path) -> None:
    """Its id is of the function as it was; whatever else is wrong with it is still noticed."""
    trial = Trial(tmp_path, wards=ZONED)
    now = trial.ask("adjacency", {"part": "wards", "line": "wards"})
    trial.shelf.remove(now.id)
    older = replace(now, id=figure_id(now.statistic, now.layers, revision=1))
    publish_kept(trial.shelf, older, trial.library)
    (row,) = trial.heard().values()
    assert (row.state, row.figure) == ("same", older.id)
    assert now.id in row.findings[0].en and "older release" in row.findings[0].en
    (trial.shelf.folder / f"{older.id}.json").write_bytes(
        (trial.shelf.folder / f"{older.id}.json").read_bytes().replace(b'"value":4.0', b'"value":5.0')
    )
    assert [one.state for one in trial.heard().values()] == ["data changed"]
