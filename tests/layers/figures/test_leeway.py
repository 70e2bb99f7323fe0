"""What may lie on either side of a border is a range in its row, in every table that goes by zone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyproj
import pytest

from geo.text import Text
from layers.figures.answer import answer
from layers.figures.figure import Figure
from layers.figures.functions import leeway
from layers.figures.functions.leeway import Leeway, leeway_of
from layers.figures.inputs import gather
from layers.figures.presentation import present
from layers.figures.question import asked_statistic
from layers.figures.verification.sql import Plane
from layers.library.library import Library
from layers.plan.statistics import Input
from tests.question_plan import write_question_plan
from tests.small_plan import feature, point, square, write_layer

BORDER = 104.07  # between the zones a and b
METRE = 1 / pyproj.Geod(ellps="GRS80").line_length([BORDER, BORDER + 1e-3], [30.05, 30.05]) * 1e-3  # degrees


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = write_question_plan(tmp_path / "p")
    write_layer(
        made, "redline", [feature("a", square(104.05, 30.04, 0.02)), feature("b", square(BORDER, 30.04, 0.02))]
    )
    return made


def ask(folder: Path, function: str, items: str, **more: Any) -> Figure:
    role = "classes" if function == "tabulate" else "items"
    inputs = {role: {"layer": items}, "zones": {"layer": "redline"}}
    return answer(
        Library(folder),
        lambda _d, _t: None,
        asked_statistic({"function": function, "inputs": inputs, **more}),
        software="x",
    )


def rough(metres: float | None) -> dict[str, Any]:
    return {} if metres is None else {"position": "approximate", "uncertainty_m": metres}


def homes(folder: Path, metres: float | None) -> None:
    """Three homes: 30 m west of the border and sure, 10 m west of it, and 30 m from the outer edge of b."""
    places = {"sure": BORDER - 30 * METRE, "west": BORDER - 10 * METRE, "edge": BORDER + 0.02 - 30 * METRE}
    write_layer(
        folder,
        "homes",
        [
            feature(name, point(lon, 30.05), people=people, **({} if name == "sure" else rough(metres)))
            for (name, lon), people in zip(places.items(), (1, 10, 100), strict=True)
        ],
    )


def ranges(figure: Figure, column: str) -> dict[str, tuple[float, float, float]]:
    return {row["name"].en: (row[column], row["least"], row["most"]) for row in figure.rows if "least" in row}


def test_a_home_nearer_to_the_border_than_it_is_sure_may_be_in_either_zone(folder: Path) -> None:
    homes(folder, None)
    assert [column.id for column in ask(folder, "count", "homes").columns] == ["name", "count", "density"]
    homes(folder, 20)
    assert ranges(ask(folder, "count", "homes"), "count") == {"a": (2, 1, 2), "b": (1, 1, 2)}
    homes(folder, 40)
    assert ranges(ask(folder, "count", "homes"), "count") == {
        "a": (2, 1, 2),
        "b": (1, 0, 2),
        "outside the zones": (0, 0, 1),
    }
    shown = present(ask(folder, "count", "homes"), "zh")
    assert shown.heads[1:4] == ("个数", "至少", "至多")
    assert shown.rows[0].cells[1:4] == ("2", "1", "2")


def test_a_sum_by_zone_may_be_what_the_undecided_add(folder: Path) -> None:
    homes(folder, 40)
    found = ranges(ask(folder, "sum", "homes", field="people"), "value")
    ends = {"a": (11, 1, 11), "b": (100, 0, 110), "outside the zones": (None, 0, 100)}
    assert found == {**ends, "total": (111, 11, 111)}


def test_of_a_plot_the_part_that_near_to_the_border(folder: Path) -> None:
    """A square half in either zone: moved 20 m it has 20 m of its width more or less in each."""
    plot = square(BORDER - 0.001, 30.045, 0.002)
    write_layer(folder, "plots", [feature("p", plot, kind="x", invested=1, land_mu=1, **rough(20))])
    swing = 20 * METRE / 0.002
    parts = ask(folder, "count", "plots")
    assert parts.columns[1].label == Text("个数（跨界的按份额）", "Count (by share across borders)")
    for row in ranges(parts, "count").values():
        if row[0]:
            assert row == (
                pytest.approx(0.5),
                pytest.approx(0.5 - swing, abs=1e-5),
                pytest.approx(0.5 + swing, abs=1e-5),
            )


def test_areas_by_class_and_zone_say_what_lies_that_near_to_the_border(folder: Path) -> None:
    one, other = square(BORDER - 0.002, 30.045, 0.002), square(BORDER, 30.045, 0.002)
    made = {"invested": 1, "land_mu": 1}
    write_layer(folder, "plots", [feature("p", one, kind="x", **made), feature("q", other, kind="y", **made)])
    assert "least" not in {column.id for column in ask(folder, "tabulate", "plots", by="kind").columns}
    plots = [feature("p", one, kind="x", **made, **rough(20)), feature("q", other, kind="y", **made)]
    write_layer(folder, "plots", plots)
    figure = ask(folder, "tabulate", "plots", by="kind", unit="m2")
    side = pyproj.Geod(ellps="GRS80").line_length([BORDER, BORDER], [30.045, 30.047])
    rows = {(row["zone"].en, row["class"]): row for row in figure.rows if row["class"]}
    for zone, mine, its in (("a", "x", "y"), ("b", "y", "x")):
        here, there = rows[zone, mine], rows[zone, its]
        assert here["most"] == pytest.approx(here["m2"], rel=1e-6)
        assert here["m2"] - here["least"] == pytest.approx(20 * side, rel=1e-3)
        assert (there["m2"], there["least"]) == (0, 0)
        assert there["most"] == pytest.approx(20 * side, rel=1e-3)
    for mine in ("x", "y"):
        whole = rows["all zones", mine]
        assert whole["least"] == pytest.approx(whole["m2"]) == whole["most"], "far from the outer edge"
    assert any("by 20 m together" in one.en for one in figure.caveats)


def test_of_many_features_those_near_a_border_are_brought_with_the_same_answer(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a row of eleven plots 200 m wide, the two at the border and the one that reaches the outer edge."""
    side = 0.002
    write_layer(
        folder,
        "plots",
        [
            feature(
                f"p{n}",
                square(BORDER + (n - 1) * side, 30.045, side),
                kind=f"k{n % 3}",
                invested=1,
                land_mu=1,
                **rough(20),
            )
            for n in range(11)
        ],
    )
    asked = [("tabulate", {"by": "kind", "unit": "m2"}), ("count", {})]
    brought: list[int] = []
    bring = Plane.bring

    def counted(self: Plane, frame: gpd.GeoDataFrame, *, finely: bool = True) -> list[Any]:
        brought.append(len(frame))
        return bring(self, frame, finely=finely)

    monkeypatch.setattr(Plane, "bring", counted)
    all_of_them = [ask(folder, name, "plots", **more) for name, more in asked]
    assert brought == [2, 11, 2, 11]
    monkeypatch.setattr(leeway, "_FEW", 0)
    brought.clear()
    for (name, more), before in zip(asked, all_of_them, strict=True):
        found = ask(folder, name, "plots", **more)
        assert [row["name"] for row in found.rows] == [row["name"] for row in before.rows]
        for row, was in zip(found.rows, before.rows, strict=True):
            for end in {"least", "most"} & was.keys():
                assert row[end] == pytest.approx(was[end], rel=1e-7, abs=1e-6)
    assert brought == [2, 3, 2, 3], "two at the border, one at the outer edge"


def test_nobody_says_how_far_off_they_are(folder: Path) -> None:
    write_layer(folder, "homes", [feature("h", point(104.06, 30.05), people=1, position="schematic")])
    figure = ask(folder, "count", "homes")
    assert any("nobody says how far off" in one.en for one in figure.caveats)


@pytest.mark.parametrize(
    ("of_homes", "of_zones", "open_ends"),
    [
        (("EPSG:26918", "EPSG:1188"), ("EPSG:26918", "EPSG:1188"), False),
        (("EPSG:26918", "EPSG:1188"), ("EPSG:26917", "EPSG:1188"), True),
        (("EPSG:26918", "EPSG:1188"), ("", ""), True),
        (("", ""), ("", ""), True),
    ],
)
def test_layers_moved_together_lie_to_one_another_as_they_were_measured(
    folder: Path, of_homes: tuple[str, str], of_zones: tuple[str, str], open_ends: bool
) -> None:
    """A datum's shift good to 50 m leaves nothing open between two layers that were shifted alike."""
    homes(folder, None)
    inputs = {"items": Input("homes"), "zones": Input("redline")}
    roles = gather(Library(folder), inputs, drawn=None).roles
    moved = []
    for role, (plane, operation) in ((roles["items"], of_homes), (roles["zones"], of_zones)):
        assert role.layer is not None
        more: dict[str, Any] = {"plane_crs": plane, "datum_operation": operation, "datum_accuracy_m": 50.0}
        moved.append(replace(role, layer=replace(role.layer, **more)))
    assert bool(leeway_of(*moved)) is open_ends


def test_what_is_left_where_all_may_be_elsewhere_is_nothing() -> None:
    """147.32 km of roads, each of which may lie outside but for a rounding of its share."""
    ends = Leeway({"zone": {"a": (1 - 3e-9, 0.0), "b": (1 - 2e-9, 0.0)}})
    assert ends.between("zone", 147.32, {"a": 100.0, "b": 47.32})["least"] == 0.0
    few = Leeway({"zone": {"a": (0.999, 0.0)}}).between("zone", 100.0, {"a": 100.0})
    assert few["least"] == pytest.approx(0.1), "a thousandth is something"
