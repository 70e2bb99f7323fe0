"""Boxes, filters and search."""

from pathlib import Path

import pytest

from layers.errors import BadBox, BadFilter
from layers.features.filters import parse_filter
from layers.features.query import parse_box, search, select
from layers.library.library import Library
from tests.small_plan import write_plan


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(write_plan(tmp_path / "p"))


def _ids(library: Library, layer: str, *filters: str, box: str | None = None) -> list[str]:
    declared = library.layer(layer)
    chosen = select(
        library.snapshot(declared),
        box=parse_box(box) if box else None,
        filters=[parse_filter(f, declared) for f in filters],
    )
    return [f.id for f in chosen]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("kind=core", ["z-1"]),
        ("kind!=core", ["z-2"]),
        ("land_mu>=120.5", ["z-1"]),
        ("land_mu<120.5", []),
        ("land_mu=", ["z-2"]),
        ("land_mu!=", ["z-1"]),
        ("land_mu!=7", ["z-1"]),  # unknown is not "other than 7"
    ],
)
def test_filters(library: Library, text: str, ids: list[str]) -> None:
    assert _ids(library, "zones", text) == ids


def test_lists_and_booleans(library: Library) -> None:
    assert _ids(library, "sites", "phases=a") == ["s-1"]
    assert _ids(library, "sites", "phases!=a") == ["s-2"]
    assert _ids(library, "sites", "open=true") == ["s-1"]
    assert _ids(library, "sites", "open=false") == []


@pytest.mark.parametrize(
    "text",
    ["", "kind", "=core", "colour=red", "land_mu>ten", "land_mu>nan", "land_mu>inf", "land_mu>", "' or 1=1--"],
)
def test_a_filter_that_means_nothing_is_refused(library: Library, text: str) -> None:
    with pytest.raises(BadFilter, match="Declared fields: kind, land_mu"):
        parse_filter(text, library.layer("zones"))


def test_a_filter_must_fit_the_type(library: Library) -> None:
    for text in ("phases>a", "open=1"):
        with pytest.raises(BadFilter):
            parse_filter(text, library.layer("sites"))


def test_boxes(library: Library) -> None:
    assert _ids(library, "zones", box="104.04,30.04,104.06,30.06") == ["z-1"]
    assert _ids(library, "zones", box="104,30,104.2,30.2") == ["z-1", "z-2"]
    assert _ids(library, "sites", box="104,30,104.2,30.2") == ["s-1"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1,2,3",
        "a,b,c,d",
        "3,2,1,4",
        "1,4,3,2",
        "nan,0,1,1",
        "-181,0,1,1",
        "0,0,1,91",
        "0,0,1,1,1",
        "0,0,inf,1",
    ],
)
def test_a_bad_box_is_refused(text: str) -> None:
    with pytest.raises(BadBox):
        parse_box(text)


def test_search(library: Library) -> None:
    snapshot = library.snapshot(library.layer("sites"))

    def ids(text: str, most: int = 9) -> list[str]:
        return [one.feature.id for one in search([snapshot], text, most=most).hits]

    assert ids("plant one") == ["s-1"]
    assert ids("厂房") == ["s-1", "s-2"]
    assert ids("厂房", most=1) == ["s-1"]
    assert search([snapshot], "厂房", most=1).total == 2
    assert ids("S-2") == ["s-2"]
    assert ids("二号厂房") == ["s-2"]
    assert ids(" ") == []
    assert ids("plant nowhere") == []
