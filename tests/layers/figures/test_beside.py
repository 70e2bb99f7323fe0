"""A figure rests on the layers its filters look at as it rests on those in its roles: version, secrecy, history."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import shapely

from layers.figures.answer import answer, published_figure
from layers.figures.figure import Figure, FigureShelf
from layers.figures.kept_versions import as_published, publish_kept
from layers.figures.question import asked_statistic
from layers.figures.verification.recompute import verify
from layers.library import editing
from layers.library.editing import Edit
from layers.library.library import Library
from layers.plan.statistics import Input, Promises, leave_out_layers, restore_statistic
from layers.store import records
from tests.small_plan import write_plan


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(write_plan(tmp_path / "plan"))


def _move_zone(library: Library, west: float) -> None:
    newest = library.store.newest("zones")
    outline = json.loads(shapely.to_geojson(shapely.box(west, 30.05, west + 0.01, 30.08)))
    moved = Edit("z-1", geometry=outline, place=True)
    editing.edit(
        library, library.layer("zones"), [moved], who="li", why="", expected=newest.number if newest else None
    )


def _inside(library: Library, **more: object) -> Figure:
    items = {"layer": "sites", "where": ["@in=zones/z-1"], **more}
    return answer(
        library, _quiet, asked_statistic({"function": "count", "inputs": {"items": items}}), software="x"
    )


def _quiet(_done: float, _total: float) -> None:
    pass


def test_another_outline_is_another_figure(library: Library, tmp_path: Path) -> None:
    shelf = FigureShelf(tmp_path / "shelf")
    before = _inside(library)
    assert published_figure(library, before.statistic, shelf, software="x").value == before.value == 1
    (use,) = [one for one in before.layers if one.layer == "zones"]
    assert use.version == library.snapshot(library.layer("zones")).version
    assert "@in=zones/z-1" in use.role and use.features == 1
    _move_zone(library, 104.3)
    after = published_figure(library, before.statistic, shelf, software="x")
    assert after.value == 0 and after.id != before.id


def test_it_is_made_again_with_the_outline_it_had(library: Library, tmp_path: Path) -> None:
    shelf = FigureShelf(tmp_path / "shelf")
    before = _inside(library)
    publish_kept(shelf, before, library)
    _move_zone(library, 104.3)
    told = shelf.read(before.id)
    again = answer(as_published(library, shelf, told), _quiet, restore_statistic(told["statistic"]), software="x")
    assert (again.id, again.value) == (before.id, 1)
    (row,) = verify(library, shelf, software="x").rows
    assert (row.state, row.today) == ("data changed", 0)


def test_of_a_day_it_has_the_outline_of_that_day(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day, west in (("2026-01-10", 104.3), ("2026-03-10", 104.065)):
        monkeypatch.setattr(records, "journal_time", lambda day=day: f"{day}T08:00:00+00:00")
        _move_zone(library, west)
    shelf = FigureShelf(tmp_path / "shelf")
    then = _inside(library, as_of="2026-02-01")
    assert (then.value, _inside(library).value) == (0, 1)
    publish_kept(shelf, then, library)
    _move_zone(library, 104.2)
    told = shelf.read(then.id)
    again = answer(as_published(library, shelf, told), _quiet, restore_statistic(told["statistic"]), software="x")
    assert again.id == then.id
    assert [row.state for row in verify(library, shelf, software="x").rows] == ["same"]


def test_what_lies_in_a_restricted_layer_is_as_restricted(library: Library) -> None:
    items = {"layer": "sites", "where": ["@near(pipes)<=90000"]}
    question = asked_statistic({"function": "count", "inputs": {"items": items}})
    figure = answer(library, _quiet, question, software="x", restricted=True)
    assert "pipes" in {use.layer for use in figure.layers}  # by them readers are told apart
    known = Promises({"near": question}, {}, {}, ())
    assert leave_out_layers(known, {"pipes"}).statistics == {}
    assert leave_out_layers(known, {"rivers"}).statistics == {"near": question}


@pytest.mark.parametrize(
    ("text", "layer"),
    [
        ("@in=a/b", "a"),
        ("@in?=a", "a"),
        ("@near(a/b)<=5", "a"),
        ("@near?(a)>5", "a"),
        ("x=@in=a", ""),
        ("@outline=1,2", ""),
    ],
)
def test_the_layers_of_an_input(text: str, layer: str) -> None:
    assert Input("items", where=(text,)).layers == {"items", *([layer] if layer else [])}
