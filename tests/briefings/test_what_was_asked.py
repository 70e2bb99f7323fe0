"""A picture and a file show what the view says: faded layers, the drawn outline, the figure that answers."""

from __future__ import annotations

import io
from pathlib import Path

import matplotlib.image
import numpy as np
import pytest
import shapely

from briefings.map.answered import answered_of
from briefings.map.layouts import Options
from briefings.map.picture import draw
from briefings.map.presets import read_size
from briefings.onefile.onefile import MapPage, one_file
from layers.library.library import Library
from layers.plan.views import read_view, view_text
from tests.small_plan import write_plan

ROOT = Path(__file__).parents[2]
SITE = "site=30.0600000,104.0600000;30.0600000,104.0800000;30.0800000,104.0800000"
FIGURE = {
    "label": {"zh": "覆盖率", "en": "Coverage"},
    "sentence": {"zh": "覆盖 50%。", "en": "50% is covered."},
    "pieces": [
        ("covered", shapely.to_wkb(shapely.box(104.05, 30.05, 104.07, 30.07))),
        ("not covered", shapely.to_wkb(shapely.box(104.07, 30.07, 104.09, 30.09))),
    ],
}


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(write_plan(tmp_path / "plan"))


def pixels(library: Library, text: str, figure: dict[str, object] | None = None) -> np.ndarray:
    made = draw(
        library,
        read_view(text),
        Options(size=read_size("640x480", ""), language="en"),
        answered=answered_of(figure),
    )
    return matplotlib.image.imread(io.BytesIO(made.data))[..., :3]


def test_a_faded_layer_is_fainter(library: Library) -> None:
    view = "z=13&c=30.07,104.07&on="
    full, faint, none = (pixels(library, view + more) for more in ("zones", "zones&op=zones:0.2", ""))
    strong, weak = np.abs(full - none).mean(), np.abs(faint - none).mean()
    assert 0 < weak < strong


def test_the_outline_and_the_evidence_are_on_the_picture_with_the_sentence(library: Library) -> None:
    view = "z=13&c=30.07,104.07&on=zones"
    plain = pixels(library, view)
    assert (np.abs(pixels(library, f"{view}&{SITE}") - plain).max(axis=2) > 0.1).sum() > 200
    made = draw(
        library,
        read_view(view),
        Options(size=read_size("640x480", ""), language="en"),
        kind="svg",
        answered=answered_of(FIGURE),
    )
    assert made.alt.en.endswith("50% is covered.")
    assert 'id="answered"' in made.data.decode()


def test_the_file_holds_the_outline_and_the_evidence(library: Library) -> None:
    page = one_file(
        library,
        read_view(f"on=zones&op=zones:0.5&{SITE}"),
        MapPage(packages=ROOT / "node_modules", language="en"),
        figure=FIGURE,
    ).data.decode()
    assert '"site":[[30.06,104.06],[30.06,104.08],[30.08,104.08]]' in page
    assert '"fillColor":"#2a9d5c"' in page
    assert "50% is covered." in page


@pytest.mark.parametrize(
    "text",
    [
        f"z=13&c=30.10000,104.10000&on=zones&op=zones:0.4&cmp=zones@3&{SITE}&fig=0123456789abcdef",
        "ask=%7B%22function%22:%22share%22,%22inputs%22:%7B%7D%7D",
    ],
)
def test_a_view_says_again_what_it_read(text: str) -> None:
    assert read_view(view_text(read_view(text))) == read_view(text)
    assert read_view(text) != read_view("z=13&c=30.1,104.1&on=zones")


@pytest.mark.parametrize(
    "text", ["op=zones:9&op=x:nan", "cmp=zones", "site=1,2;3,4", "site=1,2;3,4;999,0", "ask={", "fig=../x"]
)
def test_what_is_not_valid_is_left_out(text: str) -> None:
    assert read_view(text) == read_view("")
