"""A question of a day is answered by the data of that day, and says so for every layer."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

import geo
from geo import declare_edges
from layers.figures.answer import answer
from layers.figures.figure import Figure, FigureShelf
from layers.figures.functions.entry import BadQuestion
from layers.figures.kept_versions import as_published, publish_kept
from layers.figures.question import asked_statistic, question_words
from layers.figures.verification.recompute import verify
from layers.library import editing
from layers.library.editing import Edit
from layers.library.library import Library
from layers.places.polygon import Sight, answer_inside
from layers.plan.statistics import restore_statistic
from layers.store import records
from tests.small_plan import write_plan

SMALL = shapely.box(104.05, 30.05, 104.06, 30.06)
LARGE = shapely.box(104.05, 30.05, 104.10, 30.10)


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    """A plan whose first zone had one outline in January and has another since March."""
    library = Library(write_plan(tmp_path / "plan"))
    zones = library.layer("zones")
    for day, shape in (("2026-01-10", SMALL), ("2026-03-10", LARGE)):
        monkeypatch.setattr(records, "journal_time", lambda day=day: f"{day}T08:00:00+00:00")
        before = library.store.newest("zones")
        edit = Edit("z-1", geometry=json.loads(shapely.to_geojson(shape)), place=True)
        editing.edit(library, zones, [edit], who="li", why="", expected=before.number if before else None)
    return library


def total(library: Library, as_of: str = "", **more: object) -> Figure:
    question = asked_statistic(
        {"function": "total", "inputs": {"items": {"layer": "zones", "as_of": as_of, **more}}}
    )
    return answer(library, lambda _d, _t: None, question, software="x")


def size(shape: shapely.Polygon) -> float:
    frame = declare_edges(gpd.GeoDataFrame(geometry=[shape], crs=4326), edge_model="lonlat")
    return float(geo.area_m2(frame)[0])


def test_the_area_is_that_of_the_day(library: Library) -> None:
    then, now = total(library, "2026-02-01", ids=["z-1"]), total(library, ids=["z-1"])
    assert then.value is not None and now.value is not None
    assert now.value / then.value == pytest.approx(size(LARGE) / size(SMALL), rel=1e-4)
    told = [one.en for one in then.caveats]
    assert any("2026-02-01" in one and "2026-01-10" in one and "version 2" in one for one in told), told
    assert not any("as of" in one.en for one in now.caveats)
    assert then.id != now.id


def test_a_day_before_all_versions_says_what_counts(library: Library) -> None:
    figure = total(library, "2020-01-01")
    assert any("2020-01-01" in one.zh and "现在" in one.zh for one in figure.caveats)


def test_the_figure_of_a_day_is_made_again_whatever_comes_after(library: Library, tmp_path: Path) -> None:
    shelf = FigureShelf(tmp_path / "shelf")
    for day in ("2026-02-01", "2020-01-01"):  # the second counts the newest data: they are kept with it
        publish_kept(shelf, total(library, day), library)
    first = {key: shelf.read(key) for key in shelf.ids()}
    newest = library.store.newest("zones")
    assert newest is not None
    outline = json.loads(shapely.to_geojson(shapely.box(104.05, 30.05, 104.07, 30.07)))
    moved = Edit("z-1", geometry=outline, place=True)
    editing.edit(library, library.layer("zones"), [moved], who="li", why="", expected=newest.number)
    for key, told in first.items():
        statistic = restore_statistic(told["statistic"])
        again = answer(as_published(library, shelf, told), lambda _d, _t: None, statistic, software="x")
        assert (again.id, again.value) == (key, told["value"])
    found = {row.figure: row.state for row in verify(library, shelf, software="x").rows}
    of_a_day = total(library, "2026-02-01").id
    assert found[of_a_day] == "same"
    assert set(found.values()) == {"same", "data changed"}


def test_the_question_of_a_day_comes_back_as_it_was_asked() -> None:
    plain = {"function": "total", "inputs": {"items": {"layer": "zones", "as_of": "2026-02-01"}}}
    assert question_words(asked_statistic(plain))["inputs"] == plain["inputs"]
    for wrong in ("2026-02-30", "yesterday", "2026-2-1", 7):
        with pytest.raises(BadQuestion):
            asked_statistic({"function": "total", "inputs": {"items": {"layer": "zones", "as_of": wrong}}})


def test_a_question_without_a_day_keeps_its_id(library: Library) -> None:
    question = asked_statistic({"function": "total", "inputs": {"items": {"layer": "zones"}}})
    assert total(library).id == answer(library, lambda _d, _t: None, question, software="x").id


def test_a_drawn_outline_is_asked_of_the_day(library: Library) -> None:
    drawn = gpd.GeoDataFrame(index=["drawn"], geometry=[shapely.box(104.08, 30.08, 104.09, 30.09)], crs=4326)
    found = [
        {
            row["layer"]
            for row in answer_inside(
                library, lambda _d, _t: None, (), drawn=drawn, software="x", sight=Sight(as_of=day)
            ).rows
        }
        for day in ("2026-02-01", "")
    ]
    assert "zones" not in found[0] and "zones" in found[1]
