"""From a declaration to a figure: exact values on squares, honest answers where there is none."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest
from pyproj import Geod

from geo.text import Text
from layers.errors import BadFilter
from layers.figures.answer import answer
from layers.figures.figure import Figure, FigureShelf, UnknownFigure
from layers.figures.functions.entry import BadQuestion
from layers.figures.kept_versions import publish_kept
from layers.figures.question import asked_statistic
from layers.figures.verification.recompute import verify
from layers.figures.verification.sql import Geos
from layers.library.library import Library
from layers.plan.statistics import read_promises, restore_statistic
from tests.landuse_plan import write_landuse_plan
from tests.small_plan import feature, square, write_layer

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(write_landuse_plan(tmp_path / "p"))


def _figure(library: Library, **question: Any) -> Figure:
    return answer(library, lambda _done, _total: None, asked_statistic(question), software="test")


def _role(layer: str, **more: Any) -> dict[str, Any]:
    return {"layer": layer, **more}


def test_parts_sum_to_the_zone_and_the_zone_is_geodesic(library: Library) -> None:
    found = _figure(
        library, function="tabulate", unit="m2", inputs={"classes": _role("landuse"), "zones": _role("zones")}
    )
    ring = library.snapshot(library.layer("zones")).features[0].geometry.segmentize(1e-4)
    oracle = abs(Geod(ellps="WGS84").geometry_area_perimeter(ring)[0])
    rows = [r for r in found.rows if r["zone"].en == "East"]
    whole = next(r["m2"] for r in rows if r["name"].en == "total")
    assert whole == pytest.approx(oracle, rel=1e-8)
    assert math.fsum(r["m2"] for r in rows if r["name"].en != "total") == pytest.approx(whole, rel=1e-9)
    west = [r for r in found.rows if r["zone"].en == "West"]
    assert [r["name"].en for r in west] == ["unclassified", "total"]


def test_shown_values_add_up_to_the_shown_total(library: Library) -> None:
    found = _figure(library, function="tabulate", inputs={"classes": _role("landuse"), "zones": _role("zones")})
    rows = [r for r in found.rows if r["zone"].en == "East"]
    for column, decimals in (("ha", 2), ("mu", 1), ("share", 2)):
        parts = [Decimal(f"{r[column]:.{decimals}f}") for r in rows if r["name"].en != "total"]
        total = next(r[column] for r in rows if r["name"].en == "total")
        assert sum(parts) == Decimal(f"{total:.{decimals}f}")


def test_ground_counted_twice_is_told_and_taken_off(library: Library) -> None:
    rows = [
        feature("a", square(104.05, 30.05, 0.02), **{"class": "0701"}),
        feature("b", square(104.06, 30.05, 0.02), **{"class": "0701"}),
    ]
    write_layer(library.folder, "landuse", rows)
    found = _figure(
        library, function="tabulate", inputs={"classes": _role("landuse"), "zones": _role("zones", ids=["z-1"])}
    )
    named = {r["name"].en: r for r in found.rows}
    assert named["overlap (subtracted)"]["m2"] < 0
    assert named["Urban residential"]["share"] < 100 * named["Urban residential"]["m2"] / named["total"]["m2"]
    assert any("in class sums twice" in c.en for c in found.caveats)


def test_class_prefixes_choose(library: Library) -> None:
    homes = _figure(
        library, function="share", inputs={"part": _role("landuse", classes=["07"]), "whole": _role("landuse")}
    )
    assert homes.value == pytest.approx(25, abs=0.01)
    asked = asked_statistic(
        {
            "function": "share",
            "inputs": {"part": _role("landuse"), "whole": _role("landuse", classes=["10", "14"])},
        }
    )
    named = {role: replace(one, label=Text("建设用地", "Built land")) for role, one in asked.inputs.items()}
    whole = answer(library, lambda _done, _total: None, replace(asked, inputs=named), software="test")
    assert whole.value == pytest.approx(100, abs=1e-9)
    names = [row["name"].en for row in whole.rows]
    assert names == [homes.rows[-1]["name"].en, "Built land"], "a layer taken whole has its own name"


def test_unknown_is_counted_and_is_never_zero(library: Library) -> None:
    found = _figure(library, function="sum", unit="mu", field="land_mu", inputs={"items": _role("zones")})
    assert found.value == 120.5
    assert (found.rows[0]["known"], found.rows[0]["unknown"]) == (1, 1)
    assert any("left out, not 0" in c.en for c in found.caveats)


def test_currencies_are_never_added(library: Library) -> None:
    rows = [
        {"type": "Feature", "id": str(i), "geometry": None, "properties": {"kind": kind, "land_mu": value}}
        for i, (kind, value) in enumerate([("CNY", 100.0), ("CNY", 50.0), ("USD", 7.0), ("USD", None)])
    ]
    write_layer(library.folder, "zones", rows)
    found = _figure(library, function="sum", field="land_mu", by="kind", inputs={"items": _role("zones")})
    assert found.value is None
    assert {r["name"].en: r["value"] for r in found.rows} == {"CNY": 150.0, "USD": 7.0}
    assert any("never added" in c.en for c in found.caveats)


def test_a_ratio_is_a_ratio_of_sums(library: Library) -> None:
    write_layer(library.folder, "zones", [feature("z-1", square(104.05, 30.05, 0.04), land_mu=120.5, people=500)])
    found = _figure(
        library,
        function="ratio",
        unit="mu/person",
        field="land_mu",
        divisor="people",
        inputs={"items": _role("zones")},
    )
    assert found.value == pytest.approx(120.5 / 500)
    assert len(found.rows) == 2
    stated = next(f for f in library.layer("zones").fields if f.id == "land_mu")
    assert [(c.label.en, c.unit) for c in found.columns[1:3]] == [(stated.label.en, "mu"), ("people", "")]


def test_a_count_without_groups_is_only_the_total(library: Library) -> None:
    found = _figure(library, function="count", inputs={"items": _role("sites")})
    assert [r["name"].en for r in found.rows] == ["total"]


def test_counts_tell_what_is_not_placed(library: Library) -> None:
    found = _figure(library, function="count", inputs={"items": _role("sites"), "zones": _role("zones")})
    assert {r["name"].en: r["count"] for r in found.rows} == {
        "East": 1.0,
        "West": 0.0,
        "not on the map yet": 1.0,
        "total": 2.0,
    }


@pytest.mark.parametrize(
    ("question", "needs"),
    [
        (
            {
                "function": "coverage",
                "distance_m": 300,
                "inputs": {"demand": _role("landuse"), "facilities": _role("stops")},
            },
            "stops",
        ),
        (
            {
                "function": "tabulate",
                "inputs": {"classes": _role("landuse", classes=["99"]), "zones": _role("zones")},
            },
            "none fits",
        ),
        ({"function": "density", "inputs": {"part": _role("pipes"), "whole": _role("zones")}}, "pipes"),
    ],
)
def test_what_lacks_data_is_not_computable(library: Library, question: dict[str, Any], needs: str) -> None:
    found = _figure(library, **question)
    assert (found.state, found.value) == ("not_computable", None)
    assert needs in found.sentence.en
    assert found.rows == ()


def test_a_filter_on_an_undeclared_field_is_refused(library: Library) -> None:
    with pytest.raises(BadFilter):
        _figure(library, function="count", inputs={"items": _role("zones", where=["colour=red"])})


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ({}, "one of|tabulate"),
        ({"function": "tabulat", "inputs": {}}, "did you mean tabulate"),
        ({"function": "tabulate", "inputs": {"classes": _role("a")}}, "zones is missing"),
        (
            {"function": "tabulate", "inputs": {"classes": _role("a"), "zones": _role("b"), "zone": _role("c")}},
            "did you mean zones",
        ),
        ({"function": "coverage", "inputs": {"demand": _role("a"), "facilities": _role("b")}}, "distance_m"),
        (
            {
                "function": "coverage",
                "distance_m": True,
                "inputs": {"demand": _role("a"), "facilities": _role("b")},
            },
            "finite number",
        ),
        (
            {
                "function": "coverage",
                "distance_m": 5,
                "along": "network",
                "inputs": {"demand": _role("a"), "facilities": _role("b")},
            },
            "roads",
        ),
        ({"function": "sum", "inputs": {"items": _role("a")}}, "field"),
        (
            {"function": "tabulate", "unit": "acres", "inputs": {"classes": _role("a"), "zones": _role("b")}},
            "acres",
        ),
        ({"function": "count", "inputs": {"items": {"layer": "a", "clases": []}}}, "did you mean classes"),
        ({"function": "count", "inputs": {"items": {"layer": "a", "classes": "07"}}}, "list of texts"),
        ({"function": "count", "size": 1, "inputs": {"items": _role("a")}}, "size"),
    ],
)
def test_a_question_that_means_nothing_is_refused(question: dict[str, Any], said: str) -> None:
    with pytest.raises(BadQuestion, match=said) as caught:
        asked_statistic(question)
    assert caught.value.message("zh") != caught.value.message("en")


def test_the_same_question_has_the_same_id_in_every_process(library: Library) -> None:
    question = {"function": "count", "inputs": {"items": _role("sites")}}
    here = _figure(library, **question).id
    code = (
        "import sys, json; from pathlib import Path; from layers.library.library import Library;"
        "from layers.figures.answer import answer; from layers.figures.question import asked_statistic;"
        "print(answer(Library(Path(sys.argv[1])), lambda a, b: None, asked_statistic(json.loads(sys.argv[2])), software='x').id)"
    )
    out = subprocess.run(
        [sys.executable, "-c", code, str(library.folder), json.dumps(question)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert out.stdout.strip() == here


def test_a_published_figure_stays_as_it_was(library: Library, tmp_path: Path) -> None:
    shelf = FigureShelf(tmp_path / "shelf")
    found = _figure(library, function="count", inputs={"items": _role("sites")})
    shelf.publish(found)
    shelf.publish(found)
    assert shelf.ids() == [found.id]
    assert shelf.read(found.id)["value"] == 2
    assert restore_statistic(shelf.read(found.id)["statistic"]) == found.statistic
    orjson.dumps(found.plain())
    for bad in ("../x", "0" * 16, ""):
        with pytest.raises(UnknownFigure):
            shelf.read(bad)


@pytest.mark.parametrize("plain", [False, True])
def test_a_second_engine_agrees_and_drift_is_found(
    library: Library, tmp_path: Path, plain: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if plain:
        monkeypatch.setattr("layers.figures.verification.recompute.installed_engine", Geos)
    shelf = FigureShelf(tmp_path / "shelf")
    for statistic in read_promises(library.folder).statistics.values():
        figure = answer(library, lambda _done, _total: None, statistic, software="x", restricted=True)
        publish_kept(shelf, figure, library)
    rows = verify(library, shelf, software="x").rows
    assert len(rows) == 5
    assert {r.state for r in rows} == {"same"}
    assert sum(r.second is not None for r in rows) == 4
    victim = next(r for r in rows if r.second is not None)
    path = tmp_path / "shelf" / f"{victim.figure}.json"
    told = json.loads(path.read_text())
    told["value"] *= 1.001
    path.write_text(json.dumps(told))
    assert {r.figure for r in verify(library, shelf, software="x").rows if r.state == "drift"} == {victim.figure}


def test_land_and_water_stand_apart_where_the_scheme_tells_them(tmp_path: Path) -> None:
    folder = write_landuse_plan(tmp_path / "p")
    table = folder / "landuse_classes.csv"
    head, *rows = table.read_text("utf-8").splitlines()
    water = [f"{row},{'water' if ',1401,' in row else 'land'}" for row in rows]
    table.write_text("\n".join([f"{head},surface", *water]) + "\n", "utf-8")
    found = _figure(
        Library(folder), function="tabulate", inputs={"classes": _role("landuse"), "zones": _role("zones")}
    )
    rows_of = {r["name"].en: r for r in found.rows if r["zone"].en == "East"}
    park, land, whole = (rows_of[name]["m2"] for name in ("Park", "of which land", "total"))
    assert rows_of["of which water"]["m2"] == park
    rest = rows_of["unclassified"]["m2"]
    assert land + park + rest == pytest.approx(whole, rel=1e-9)
