"""What was found of a version's shapes outlasts the process, and never the shapes it was found of."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

import geo
from geo.measure import facts
from geo.measure.validity import check
from layers.features.columns import content_of, write_content
from layers.features.lasting_facts import FactsFolder
from layers.features.opened import OpenedContent, open_version

COUNT = 160  # more than facts are worth keeping of


def _written(folder: Path, *, apart: float) -> Path:
    path = folder / "x.parquet"
    path.unlink(missing_ok=True)
    shapes = [shapely.box(120 + n * 1e-3, 31, 120 + n * 1e-3 + apart, 31.001) for n in range(COUNT)]
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
    assert facts.validity(edges).all()
    return len(facts.overlapping_pairs(edges)[0])


def _never(*_found: object) -> None:
    raise AssertionError("found a second time")


def test_a_fact_is_found_once_for_all_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _written(tmp_path, apart=0.0011)
    assert _overlaps(_opened(path)) == COUNT - 1
    assert len(list((tmp_path / "opened").glob("fact-*.npz"))) == 2
    monkeypatch.setattr(facts, "overlapping", _never)
    monkeypatch.setattr(facts, "_validity", _never)
    assert _overlaps(_opened(path)) == COUNT - 1


def test_other_shapes_have_other_facts(tmp_path: Path) -> None:
    assert _overlaps(_opened(_written(tmp_path, apart=0.0011))) == COUNT - 1
    assert _overlaps(_opened(_written(tmp_path, apart=0.0009))) == 0


@pytest.mark.parametrize("broken", [b"", b"PK\x03\x04 half", b"\x93NUMPY"])
def test_half_a_fact_is_none(tmp_path: Path, broken: bytes) -> None:
    path = _written(tmp_path, apart=0.0011)
    assert _overlaps(_opened(path)) == COUNT - 1
    for fact in (tmp_path / "opened").glob("fact-*.npz"):
        fact.write_bytes(broken)
    assert _overlaps(_opened(path)) == COUNT - 1


def test_a_fact_of_another_count_or_form_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = FactsFolder(tmp_path)
    shelf.write("valid", 3, (np.array([True, False, True]),))
    (found,) = shelf.read("valid", 3) or ()
    assert found.tolist() == [True, False, True]
    assert shelf.read("valid", 4) is None
    assert shelf.read("overlaps", 3) is None
    monkeypatch.setattr("layers.features.lasting_facts.FORM", 2)
    assert shelf.read("valid", 3) is None


def test_coordinates_that_leave_have_no_facts_on_the_shelf(tmp_path: Path) -> None:
    content = _opened(_written(tmp_path, apart=0.0011)).rounded(3)
    assert isinstance(content, OpenedContent)
    _overlaps(content)
    assert not list((tmp_path / "opened").glob("fact-*.npz"))
