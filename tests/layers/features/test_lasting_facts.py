"""What was found of a version's shapes outlasts the process, and never the shapes it was found of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

import geo
from geo.arrays import Shapes
from geo.measure import facts
from geo.measure.validity import check
from layers.features.columns import content_of, write_content
from layers.features.lasting_facts import FactsFolder
from layers.features.opened import OpenedContent, open_version

COUNT = 160  # more than facts are worth keeping of


def _written(folder: Path, *, apart: float, bow: bool = False) -> Path:
    path = folder / "x.parquet"
    path.unlink(missing_ok=True)
    shapes = [shapely.box(120 + n * 1e-3, 31, 120 + n * 1e-3 + apart, 31.001) for n in range(COUNT)]
    if bow:
        shapes[7] = shapely.Polygon([(120.007, 31), (120.0081, 31.001), (120.0081, 31), (120.007, 31.001)])
    write_content(path, content_of([f"f{n}" for n in range(COUNT)], shapes, [{}] * COUNT), crs="EPSG:4490")
    return path


def _opened(path: Path) -> OpenedContent:
    found = open_version(path, path.parent / "opened")
    assert found is not None
    return found


def _overlaps(content: OpenedContent) -> int:
    frame = geo.declare_edges(
        gpd.GeoDataFrame(geometry=content.geometry, crs=4490), edge_model="plane", plane_crs="EPSG:4549"
    )
    edges = check(frame).edges
    assert facts.shape_validity(edges).all()
    return len(facts.overlapping_pairs(edges)[0])


def _never(*_found: object, **_more: object) -> None:
    raise AssertionError("found a second time")


def _only_zones(find: Callable[..., object]) -> Callable[..., object]:
    """Find only of few shapes."""

    def found(shapes: Shapes, *more: object) -> object:
        return _never() if len(shapes) > 2 else find(shapes, *more)

    return found


def test_a_fact_is_found_once_for_all_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _written(tmp_path, apart=0.0011)
    assert _overlaps(_opened(path)) == COUNT - 1
    for finds in ("find_overlapping", "_validity"):
        monkeypatch.setattr(facts, finds, _never)
    monkeypatch.setattr("geo.measure.validity.move", _never)  # even the shapes in the plane are kept
    assert _overlaps(_opened(path)) == COUNT - 1


def _frame(content: OpenedContent) -> gpd.GeoDataFrame:
    kinds = [f"k{n % 3}" for n in range(len(content))]
    frame = gpd.GeoDataFrame({"class": kinds}, geometry=content.geometry, crs=4490)
    return geo.declare_edges(frame, edge_model="plane", plane_crs="EPSG:4549")


@pytest.mark.parametrize("bow", [False, True])
def test_kept_facts_change_no_digit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bow: bool) -> None:
    path = _written(tmp_path, apart=0.0011, bow=bow)
    zone = gpd.GeoDataFrame(geometry=[shapely.box(120.0003, 31.0002, 120.09, 31.0007)], crs=4490)
    loose = _frame(_opened(path))
    loose = loose.set_geometry(gpd.GeoSeries(shapely.from_wkb(shapely.to_wkb(loose.geometry)), crs=4490))
    plain = geo.tabulate(loose, zone, class_field="class")
    first = _opened(path)
    geo.find_facts(_frame(first))
    for finds in ("find_overlapping", "_validity"):
        monkeypatch.setattr(facts, finds, _only_zones(getattr(facts, finds)))
    monkeypatch.setattr("geo.measure.area.measure_all", _never)
    again = _opened(path)
    kept = geo.tabulate(_frame(again), zone, class_field="class")
    for name in ("area_m2", "union_m2", "overlap_m2", "unclassified_m2"):
        assert (getattr(kept, name) == getattr(plain, name)).all(), name
    assert kept.repairs == plain.repairs and len(plain.repairs) == bow


def test_an_edited_layer_asks_nothing_of_the_old_facts(tmp_path: Path) -> None:
    zone = gpd.GeoDataFrame(geometry=[shapely.box(119.9, 30.9, 121, 32)], crs=4490)
    found = []
    for apart in (0.0011, 0.0009):
        content = _opened(_written(tmp_path, apart=apart))
        geo.find_facts(_frame(content))
        found.append(geo.tabulate(_frame(content), zone, class_field="class"))
    assert found[0].overlap_m2[0] > 1.0 > found[1].overlap_m2[0]
    assert found[0].area_m2.sum() > 1.1 * found[1].area_m2.sum()


def test_other_shapes_have_other_facts(tmp_path: Path) -> None:
    assert _overlaps(_opened(_written(tmp_path, apart=0.0011))) == COUNT - 1
    assert _overlaps(_opened(_written(tmp_path, apart=0.0009))) == 0


@pytest.mark.parametrize("broken", [b"", b"PK\x03\x04 half", b"\x93NUMPY"])
def test_half_a_fact_is_none(tmp_path: Path, broken: bytes) -> None:
    path = _written(tmp_path, apart=0.0011)
    assert _overlaps(_opened(path)) == COUNT - 1
    kept = [file for file in (tmp_path / "opened").glob("fact-*/*") if file.is_file()]
    assert {file.suffix for file in kept} == {".npy", ".arrow"}
    for file in kept:
        file.unlink()  # a new file, for the old one is still mapped
        file.write_bytes(broken)
    assert _overlaps(_opened(path)) == COUNT - 1


def test_a_fact_of_another_count_or_form_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = FactsFolder(tmp_path)
    shelf.write("valid", 3, (np.array([True, False, True]),))
    (found,) = shelf.read("valid", 3) or ()
    assert found.tolist() == [True, False, True]
    assert shelf.read("valid", 4) is None
    assert shelf.read("overlaps", 3) is None
    monkeypatch.setattr("layers.features.lasting_facts.FORM", 999)
    assert shelf.read("valid", 3) is None


def test_coordinates_that_leave_have_no_facts_on_the_shelf(tmp_path: Path) -> None:
    content = _opened(_written(tmp_path, apart=0.0011)).rounded(3)
    assert isinstance(content, OpenedContent)
    _overlaps(content)
    assert not list((tmp_path / "opened").glob("fact-*"))
