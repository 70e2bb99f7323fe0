"""What was found of a version's shapes outlasts the process, and never the shapes it was found of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS

import geo
from geo.arrays import Shapes
from geo.measure import facts
from geo.measure.area import measure_shapes
from geo.measure.overlapping import find_overlapping
from geo.measure.validity import check
from geo.overlay.covering import once_only
from layers.features.columns import Content, content_of, write_content
from layers.features.lasting_facts import FactsFolder
from layers.features.opened import OpenedContent, open_version
from layers.store.folding import fold_content

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
    for finds in ("find_overlapping", "find_validity"):
        monkeypatch.setattr(facts, finds, _never)
    monkeypatch.setattr("geo.measure.validity.move", _never)  # even the shapes in the plane are kept
    assert _overlaps(_opened(path)) == COUNT - 1


def _frame(content: Content) -> gpd.GeoDataFrame:
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
    geo.find_ground_once(_frame(first), class_field="class")
    monkeypatch.setattr("geo.overlay.overlaps._Heap", _never)
    for finds in ("find_overlapping", "find_validity"):
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


def _edits(seed: int) -> dict[str, dict[str, object] | None]:
    """Some features moved onto others, made smaller, taken away or new; some beyond all that were there."""
    rng = np.random.default_rng(seed)
    states: dict[str, dict[str, object] | None] = {}
    for n in rng.choice(COUNT, int(rng.integers(1, 12)), replace=False).tolist():
        west, wide = 120 + n * 1e-3, float(rng.choice([2.5e-3, 5e-4, 1.1e-3]))
        shape = shapely.box(west, 31, west + wide, 31 + float(rng.choice([5e-4, 1e-3])))
        states[f"f{n}"] = (
            None if rng.random() < 0.3 else {"geometry": shapely.geometry.mapping(shape), "properties": {}}
        )
    for n in range(int(rng.integers(0, 3))):
        shape = shapely.box(120.01, 30.9995 - n * 1e-4, 120.02, 31.0001)
        states[f"new{n}"] = {"geometry": shapely.geometry.mapping(shape), "properties": {}}
    return states


@pytest.mark.parametrize("seed", range(8))
def test_facts_that_still_hold_of_an_edited_version_change_no_digit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    path = _written(tmp_path, apart=0.0011)
    zone = gpd.GeoDataFrame(geometry=[shapely.box(120.0003, 30.9999, 120.09, 31.0007)], crs=4490)
    known = _opened(path)
    geo.find_facts(_frame(known))
    loose = _frame(fold_content(_opened(path), _edits(seed)))
    loose = loose.set_geometry(gpd.GeoSeries(shapely.from_wkb(shapely.to_wkb(loose.geometry)), crs=4490))
    plain = geo.tabulate(loose, zone, class_field="class")
    pairs = facts.overlapping_pairs(check(loose).edges)
    monkeypatch.setattr(facts, "find_overlapping", _only_zones(find_overlapping))
    content = fold_content(_opened(path), _edits(seed))
    edited = _frame(content)
    kept = geo.tabulate(edited, zone, class_field="class")
    for name in ("area_m2", "union_m2", "overlap_m2", "unclassified_m2"):
        assert (getattr(kept, name) == getattr(plain, name)).all(), name
    edges = check(edited).edges
    for one, other in zip(facts.overlapping_pairs(edges), pairs, strict=True):
        assert one.tolist() == other.tolist()
    assert (facts.shape_boxes(edges) == shapely.bounds(edges)).all()
    assert len(pairs[0]) > COUNT / 2


def test_facts_of_a_version_much_edited_are_found_anew(tmp_path: Path) -> None:
    path = _written(tmp_path, apart=0.0011)
    known = _opened(path)
    geo.find_facts(_frame(known))
    states: dict[str, dict[str, object]] = {
        f"f{n}": {"geometry": None, "properties": {}} for n in range(0, COUNT, 3)
    }
    edited = fold_content(_opened(path), states)
    frame = gpd.GeoDataFrame(geometry=edited.geometry[~shapely.is_missing(edited.geometry)], crs=4490)
    edges = check(geo.declare_edges(frame, edge_model="plane", plane_crs="EPSG:4549")).edges
    left, right = facts.overlapping_pairs(edges)
    assert (shapely.area(shapely.intersection(edges[left], edges[right])) > 0).all()
    assert len(left) == np.count_nonzero(np.diff([n for n in range(COUNT) if n % 3]) == 1)


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


def test_what_changes_of_a_layer_changes_nothing_on_its_shelf(tmp_path: Path) -> None:
    plane = CRS.from_epsg(4549)
    before = np.array(
        [shapely.box(5e5 + 100.0 * n, 35e5, 5e5 + 100.0 * n + 101.0, 35e5 + 90.0) for n in range(COUNT)]
    )

    def kept() -> Shapes:
        shapes: Shapes = shapely.from_wkb(shapely.to_wkb(before))  # as another process makes them
        facts.remember(shapes, FactsFolder(tmp_path))
        return shapes

    shapes = kept()
    own = measure_shapes(shapes, plane).area_m2.copy()
    assert (facts.shape_boxes(shapes) == shapely.bounds(before)).all()
    after, twice, rows = once_only(shapes, plane)
    assert twice == pytest.approx(90.0 * (COUNT - 1), rel=1e-3) and len(rows) == COUNT - 1
    assert (facts.shape_boxes(after) == shapely.bounds(after)).all()
    assert measure_shapes(after, plane).area_m2 == pytest.approx(
        own - np.append(0.0, own[1:] * 90 / 9090), rel=1e-6
    )
    for again in (shapes, kept()):
        assert (facts.shape_boxes(again) == shapely.bounds(before)).all()
        assert (measure_shapes(again, plane).area_m2 == own).all()
