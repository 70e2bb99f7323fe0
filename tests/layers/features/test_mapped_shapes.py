"""A question asked of a large version makes the few shapes it looks at, as they are stored and in the plane."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import geo
from geo import total
from geo.access.demand import frame_dimensions
from geo.arrays import Ints, Shapes
from geo.measure import area, stored_shapes
from geo.measure.crs import geometry_column
from geo.measure.facts import shape_kinds
from layers.features.columns import Content, content_of, write_content
from layers.features.mapped_shapes import MappedShapes
from layers.features.opened import OpenedContent, open_version
from layers.features.snapshot import Features
from layers.figures import evidence
from layers.figures.evidence import Evidence

ACROSS = 60


def _written(folder: Path, over: float = 0.00005) -> Path:
    """Write parcels in rows, each ``over`` degrees over the next one."""
    x, y = (axis.ravel() * 1e-3 for axis in np.meshgrid(np.arange(ACROSS), np.arange(ACROSS)))
    shapes = np.asarray(shapely.box(120 + x, 31 + y, 120.001 + x + over, 31.001 + y + min(over, 0)), dtype=object)
    shapes[7] = None
    path = folder / "x.parquet"
    content = content_of([f"f{n}" for n in range(len(shapes))], shapes, [{}] * len(shapes))
    write_content(path, content, crs="EPSG:4490")
    return path


def _opened(path: Path) -> OpenedContent:
    found = open_version(path, path.parent / "opened")
    assert found is not None
    return found


def _frame(content: Content) -> gpd.GeoDataFrame:
    held = Features(content).placed
    column = geometry_column(held.stored, "EPSG:4490")
    frame = gpd.GeoDataFrame({"class": "a"}, index=held.ids, geometry=column)
    return geo.declare_edges(frame, edge_model="plane", plane_crs="EPSG:4549")


def _asked(content: Content) -> list[object]:
    """Ask for a river band both ways, and for the ground in a zone, of a layer that overlaps itself everywhere."""
    river = shapely.LineString([(120.02, 31.005), (120.03, 31.055)])
    near = gpd.GeoDataFrame(geometry=[river], crs=4490)
    zone = gpd.GeoDataFrame(geometry=[shapely.box(120.0102, 31.0102, 120.0207, 31.0207)], crs=4490)
    frame = _frame(content)
    band = geo.measure_proximity(frame, near, within_m=150)
    cover = geo.measure_coverage(frame, near, geo.ServiceRule(radius_m=150))
    table = geo.tabulate(frame, zone, class_field="class")
    return [
        (band.within.tolist(), band.within_amount.tolist(), band.within_once),
        (cover.covered.tolist(), cover.total.tolist()),
        table.to_frame().to_numpy().tolist(),
        frame_dimensions(frame).tolist(),
    ]


def _counting(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return how many shapes are made at a time, from now on, of a layer too large to hold them."""
    made: list[int] = []
    read = MappedShapes.read

    def counted(self: MappedShapes, rows: Ints) -> Shapes:
        made.append(len(rows))
        return read(self, rows)

    monkeypatch.setattr(MappedShapes, "read", counted)
    monkeypatch.setattr(stored_shapes, "HELD", 0)
    return made


def test_a_question_makes_the_shapes_it_looks_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _written(tmp_path)
    first = _opened(path)
    geo.find_facts(_frame(first))
    geo.find_ground_once(_frame(first), class_field="class")
    geo.find_ground_once(_frame(first))
    shape_kinds(first.stored(np.arange(len(first))))
    whole = _opened(path)
    assert whole.geometry[7] is None  # who has all of them in memory is given those
    expected = _asked(whole)
    made = _counting(monkeypatch)
    assert _asked(_opened(path)) == expected
    assert sum(made) < 1.2 * ACROSS**2  # of three questions; all shapes, as stored and moved, are two times that
    assert max(made) < 0.4 * ACROSS**2


def test_the_total_of_a_large_layer_makes_some_shapes_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _written(tmp_path, over=-0.0001)  # apart
    first = _opened(path)
    geo.find_facts(_frame(first))
    shape_kinds(first.stored(np.arange(len(first))))
    whole = _opened(path)
    assert whole.geometry[7] is None
    expected = geo.measure_totals(_frame(whole)), geo.area_m2(_frame(whole)), Evidence.of(_frame(whole))
    zone = gpd.GeoDataFrame(geometry=[shapely.box(120.0102, 31.0102, 120.0207, 31.0207)], crs=4490)
    around, cut = _outlines_and_zones(_frame(whole), zone)
    made = _counting(monkeypatch)
    monkeypatch.setattr(total, "BLOCK", 500)
    monkeypatch.setattr(area, "BLOCK", 500)
    monkeypatch.setattr(evidence, "_SHAPES", 500)
    frame = _frame(_opened(path))
    found, areas = geo.measure_totals(frame), geo.area_m2(frame)
    assert (found.amount, found.plane, found.once) == (expected[0].amount, expected[0].plane, expected[0].once)
    assert areas.tolist() == expected[1].tolist()
    assert sum(made) == ACROSS**2 - 1  # for what they are in the plane
    kept = Evidence.of(frame)
    assert kept is not None
    assert expected[2] is not None
    assert kept.frame().equals(expected[2].frame())
    assert sum(made) == 2 * (ACROSS**2 - 1)
    made.clear()
    lengths, table = _outlines_and_zones(frame, zone)
    assert lengths == around
    assert table.equals(cut)
    assert sum(made) < 3.5 * ACROSS**2  # lengths, found once; twice what they are in the plane; and what is cut
    assert max(made) <= 500


def _outlines_and_zones(frame: gpd.GeoDataFrame, zone: gpd.GeoDataFrame) -> tuple[object, pd.DataFrame]:
    found = geo.measure_totals(frame, measured="length")
    again = geo.length_m(frame).tolist()
    return (found.amount, found.plane, again), geo.measure_totals(frame, zones=zone).table
