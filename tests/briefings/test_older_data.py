"""A picture and a file show the day and the older version that the view says, and name both."""

from __future__ import annotations

import io
from pathlib import Path

import matplotlib.image
import numpy as np
import pytest
import shapely

from briefings.map.layouts import Options
from briefings.map.picture import Picture, draw
from briefings.map.presets import read_size
from briefings.onefile.onefile import MapPage, one_file
from layers.library import editing
from layers.library.editing import Edit
from layers.library.library import Library
from layers.plan.views import read_view, view_text
from layers.store import records
from tests.small_plan import write_plan

ROOT = Path(__file__).parents[2]
VIEW = "z=13&c=30.07,104.07&on=zones"
NEW = shapely.box(104.10, 30.05, 104.12, 30.07)


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    """A plan whose zones were edited on two days; the second time one moved."""
    library = Library(write_plan(tmp_path / "plan"))
    zones = library.layer("zones")
    for day, edit in (
        ("2026-01-10", Edit("z-1", properties={"name_zh": "丘上", "name_en": "Hilltop"})),
        (
            "2026-03-10",
            Edit("z-1", properties={"name_zh": "低地", "name_en": "Lowland"}, geometry=NEW.__geo_interface__),
        ),
    ):
        monkeypatch.setattr(records, "journal_time", lambda day=day: f"{day}T08:00:00+00:00")
        before = library.store.newest("zones")
        editing.edit(library, zones, [edit], who="li", why="", expected=before.number if before else None)
    return library


def drawn(library: Library, text: str, kind: str = "png") -> Picture:
    return draw(library, read_view(text), Options(size=read_size("640x480", ""), language="en"), kind=kind)  # type: ignore[arg-type]


def pixels(library: Library, text: str) -> np.ndarray:
    return matplotlib.image.imread(io.BytesIO(drawn(library, text).data))[..., :3]


def page_of(library: Library, text: str) -> str:
    made = one_file(library, read_view(text), MapPage(packages=ROOT / "node_modules", language="en"))
    return made.data.decode()


def test_the_picture_is_of_the_day_the_view_says(library: Library) -> None:
    then = drawn(library, f"{VIEW}&at=2026-02-01", "svg")
    assert then.table[0]["number"] == 2
    assert "Data as of 2026-02-01" in then.data.decode()
    newest = drawn(library, VIEW, "svg")
    assert newest.table[0]["number"] == 3
    assert "Data as of" not in newest.data.decode()
    assert (np.abs(pixels(library, f"{VIEW}&at=2026-02-01") - pixels(library, VIEW)).max(axis=2) > 0.1).sum() > 200


def test_the_one_file_map_is_of_the_day_the_view_says(library: Library) -> None:
    then, now = page_of(library, f"{VIEW}&at=2026-02-01"), page_of(library, VIEW)
    assert "Hilltop" in then and "Data as of 2026-02-01" in then
    assert "Hilltop" not in now and "Lowland" in now


def test_a_pin_is_never_passed_by_a_later_day(library: Library) -> None:
    pinned = library.as_of("2026-02-01T00:00:00")
    assert pinned.as_of("2026-12-31").moment == "2026-02-01T00:00:00"
    assert pinned.as_of("2026-02-01").moment == "2026-02-01T00:00:00", "the day ends later than its first hour"
    assert library.as_of("2026-12-31").as_of("2026-01-11").moment == "2026-01-11"
    assert drawn(library.pinned(), f"{VIEW}&at=2026-02-01").table[0]["number"] == 2


def test_the_version_compared_with_is_drawn_and_named(library: Library) -> None:
    made = drawn(library, f"{VIEW}&cmp=zones@2", "svg")
    text = made.data.decode()
    assert made.alt.en.endswith("Zones, version 2.")
    assert "#b4009e" in text and "Zones, version 2" in text
    assert "#b4009e" not in drawn(library, VIEW, "svg").data.decode()
    assert (np.abs(pixels(library, f"{VIEW}&cmp=zones@2") - pixels(library, VIEW)).max(axis=2) > 0.1).sum() > 50
    page = page_of(library, f"{VIEW}&cmp=zones@2")
    assert "#b4009e" in page and "Zones, version 2" in page
    assert "#b4009e" not in page_of(library, VIEW)


@pytest.mark.parametrize("compared", ["zones@9", "nothing@1"])
def test_a_version_that_is_not_there_is_told(library: Library, compared: str) -> None:
    made = drawn(library, f"{VIEW}&cmp={compared}")
    assert len(made.warnings) == 1
    assert compared.split("@", maxsplit=1)[0] in made.warnings[0].en


def test_a_day_survives_the_address_and_nonsense_is_no_day() -> None:
    assert view_text(read_view("at=2026-02-28&cmp=zones@3")) == "at=2026-02-28&cmp=zones@3"
    for text in ("2026-02-30", "20260228", "2026-W09-6", "x", "2026-2-3"):
        assert read_view(f"at={text}").date == ""
