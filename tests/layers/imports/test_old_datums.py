"""Beijing 54 and Xian 80 come in only with parameters that a person supplies, moved as the numbers say."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS

from layers.exports import export_layer, read_asked
from layers.exports.exporter import Leaving
from layers.imports.datum_parameters import BadDatumParameters, NeedsDatumParameters, moved_datum, read_parameters
from layers.imports.options import ImportOptions
from layers.imports.preview import preview
from layers.library.library import Library
from layers.store import Change
from tests.layers.imports.bringing import bring
from tests.small_plan import write_plan

pytestmark = pytest.mark.slow

KRASSOWSKY, GRS80 = (6378245.0, 298.3), (6378137.0, 298.257222101)
SEVEN = "-15.3, 120.25, 44.1, 1.1, -0.7, 2.3, -3.5"
AT = (104.05, 30.05)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(write_plan(tmp_path / "p"))


def geocentric(lon: float, lat: float, ellipsoid: tuple[float, float]) -> np.ndarray:
    a, rf = ellipsoid
    e2 = (2 - 1 / rf) / rf
    x, y = np.radians([lon, lat])
    n = a / np.sqrt(1 - e2 * np.sin(y) ** 2)
    return np.array([n * np.cos(y) * np.cos(x), n * np.cos(y) * np.sin(x), n * (1 - e2) * np.sin(y)])


def geodetic(p: np.ndarray, ellipsoid: tuple[float, float]) -> tuple[float, float]:
    a, rf = ellipsoid
    e2 = (2 - 1 / rf) / rf
    across, lat = np.hypot(p[0], p[1]), np.arctan2(p[2], np.hypot(p[0], p[1]) * (1 - e2))
    for _ in range(20):
        n = a / np.sqrt(1 - e2 * np.sin(lat) ** 2)
        lat = np.arctan2(p[2] + e2 * n * np.sin(lat), across)
    return float(np.degrees(np.arctan2(p[1], p[0]))), float(np.degrees(lat))


def by_hand(lon: float, lat: float, text: str, convention: str) -> tuple[float, float]:
    """The Helmert transformation as the guidance note writes it: small angles, one matrix."""
    dx, dy, dz, *rotation, scale = map(float, text.split(","))
    rx, ry, rz = np.radians(np.array(rotation) / 3600) * (1 if convention == "position_vector" else -1)
    turn = np.array([[1, -rz, ry], [rz, 1, -rx], [-ry, rx, 1]])
    there = (1 + scale * 1e-6) * turn @ geocentric(lon, lat, KRASSOWSKY) + [dx, dy, dz]
    return geodetic(there, GRS80)


@pytest.mark.parametrize("convention", ["coordinate_frame", "position_vector"])
def test_seven_parameters_move_as_the_formula_says(convention: str) -> None:
    shapes = np.array([shapely.Point(AT), None], dtype=object)
    found = moved_datum(shapes, CRS("EPSG:4214"), read_parameters(SEVEN, convention))
    want = by_hand(*AT, SEVEN, convention)
    assert found[0].coords[0] == pytest.approx(want, abs=1e-10), "0.01 mm"
    assert found[1] is None
    assert abs(want[0] - AT[0]) * 96_000 > 10, "it is no small matter"


def test_the_two_conventions_differ_by_metres() -> None:
    one, two = (by_hand(*AT, SEVEN, name) for name in ("coordinate_frame", "position_vector"))
    assert np.hypot((one[0] - two[0]) * 96_000, (one[1] - two[1]) * 111_000) > 10


def test_a_drawing_in_beijing_54_waits_for_its_parameters(library: Library, tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"n": ["甲"]}, geometry=[shapely.Point(AT).buffer(0.002)], crs=4214)
    frame.to_crs(2422).to_file(tmp_path / "old.gpkg")
    before = (library.folder / "catalog.toml").read_bytes()
    with pytest.raises(NeedsDatumParameters, match="Beijing 1954"):
        bring(library, tmp_path / "old.gpkg")
    assert (library.folder / "catalog.toml").read_bytes() == before
    told = preview(library, tmp_path / "old.gpkg")["places"][0]
    assert (told["outline"], told["parameters"]) == (None, True)
    shown = preview(
        library, tmp_path / "old.gpkg", ImportOptions(datum_parameters=SEVEN, rotation="coordinate_frame")
    )["places"][0]
    assert shown["outline"]["geometries"]
    report = bring(library, tmp_path / "old.gpkg", datum_parameters=SEVEN, rotation="coordinate_frame")
    found = library.snapshot(library.layer("new"))
    assert found.layer.datum == "CGCS2000"
    assert found.geometry[0].centroid.coords[0] == pytest.approx(by_hand(*AT, SEVEN, "coordinate_frame"), abs=2e-9)
    assert report.version.about["datum_parameters"].endswith("-3.5 coordinate_frame"), "the decision stays"


def test_a_written_crs_is_shown_where_it_would_lie(library: Library, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,y\n408000,3325000\n")
    places = preview(library, tmp_path / "a.csv", ImportOptions(crs="EPSG:2422", datum_parameters="-10,100,40"))[
        "places"
    ]
    assert places[0]["asked"]
    assert places[0]["outline"]["geometries"]


@pytest.mark.parametrize(
    ("text", "convention"),
    [
        ("1,2", ""),
        ("1,2,3,4,5,6,7", ""),
        ("1,2,3,4,5,6,7", "bursa"),
        ("nan,1,2", ""),
        ("1e9,2,3", ""),
        ("5000,2,3", ""),
        ("1,2,3,200,0,0,1", "position_vector"),
        ("1,2,3,0,0,0,900", ""),
        ("1,2,3 +nadgrids=/etc/passwd", ""),
    ],
)
def test_what_are_no_parameters_is_refused(text: str, convention: str) -> None:
    with pytest.raises(BadDatumParameters) as found:
        read_parameters(text, convention)
    assert found.value.message("zh") != found.value.message("en")


@given(st.text(), st.text())
def test_any_text_is_read_or_refused(text: str, convention: str) -> None:
    try:
        found = read_parameters(text, convention)
    except BadDatumParameters:
        return
    assert found is None or len(found.translation_m) == 3


def test_parameters_that_are_not_needed_are_not_used_and_that_is_said(library: Library, tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"n": ["甲"]}, geometry=[shapely.Point(AT).buffer(0.002)], crs=4490)
    frame.to_file(tmp_path / "new.gpkg")
    report = bring(library, tmp_path / "new.gpkg", datum_parameters="-15.3 120.25 44.1")
    assert report.version.about["datum_parameters"] is None
    assert any("were not used" in note.en for note in report.notes)
    found = library.snapshot(library.layer("new"))
    assert found.geometry[0].centroid.coords[0] == pytest.approx(AT, abs=1e-9)
    assert found.came is not None
    assert "moved" not in found.came.en


def test_whoever_gets_the_layer_is_told_the_parameters(library: Library, tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame({"n": ["甲"]}, geometry=[shapely.Point(AT).buffer(0.002)], crs=4214)
    frame.to_crs(2422).to_file(tmp_path / "old.gpkg")
    bring(library, tmp_path / "old.gpkg", datum_parameters=SEVEN, rotation="coordinate_frame")
    store, layer = library.store, library.layer("new")
    first = library.snapshot(layer)
    change = Change("1", None, {"geometry": None, "properties": {"n": "乙"}})
    store.edit("new", [change], who="li", why="", expected=1)
    store.restore("new", 1, who="li", why="")
    for number in (1, 2, 3):
        assert library.snapshot_at(layer, number).came == first.came, "through edits and restorations"
    assert first.came is not None
    assert "Beijing 1954" in first.came.en
    assert "parameters -15.3, 120.25, 44.1, 1.1, -0.7, 2.3, -3.5 (translation" in first.came.en
    assert "coordinate frame)" in first.came.en
    assert "坐标框架" in first.came.zh
    out = tmp_path / "new.geojson"
    export_layer(first, read_asked("geojson"), out, Leaving(plan=library.catalog.plan, software="test"))
    assert "-15.3, 120.25, 44.1" in out.read_text("utf-8"), "in the file that leaves"
