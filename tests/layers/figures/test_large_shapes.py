"""Limits are time and memory, not how many vertices a shape has: 100,000 come in, are mended and measured."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pyproj import Geod

from layers.figures.answer import answer
from layers.figures.question import asked_statistic
from layers.library.library import Library
from tests.layers.imports.bringing import bring
from tests.small_plan import feature, write_layer, write_plan

VERTICES = 100_000


def outline() -> np.ndarray:
    """A lobed outline of about 10 km with two neighbouring vertices changed over: it crosses itself once."""
    angle = np.linspace(0, 2 * np.pi, VERTICES, endpoint=False)
    radius = 0.1 + 0.01 * np.sin(7 * angle)
    xy = np.round(np.column_stack([104.1 + radius * np.cos(angle), 30.1 + radius * np.sin(angle)]), 9)
    xy[[40_000, 40_001]] = xy[[40_001, 40_000]]
    return xy


@pytest.mark.slow  # 100,000 vertices are looked at and mended: about 5 s
def test_an_outline_of_100_000_vertices_in_the_folder_is_mended_and_measured(tmp_path: Path) -> None:
    folder = write_plan(tmp_path / "plan")
    xy = outline()
    ring = [*xy.tolist(), xy[0].tolist()]
    write_layer(folder, "zones", [feature("big", {"type": "Polygon", "coordinates": [ring]})])
    library = Library(folder)
    asking: dict[str, Any] = {"function": "total", "inputs": {"items": {"layer": "zones"}}, "unit": "m2"}
    found = answer(library, lambda _d, _t: None, asked_statistic(asking), software="test")
    true = abs(Geod(ellps="GRS80").polygon_area_perimeter(*xy.T)[0])
    assert found.value == pytest.approx(true, rel=1e-8), "but for the vertices that were changed over"
    problems = library.snapshot(library.layer("zones")).problems
    assert any("mended" in str(one) for one in problems)
    report = bring(library, folder / "geojson" / "zones.geojson", "came")
    assert report.placed == 1
    asking["inputs"]["items"]["layer"] = "came"
    came = answer(library, lambda _d, _t: None, asked_statistic(asking), software="test")
    assert came.value == pytest.approx(true, rel=1e-8)
