"""Every dossier of the bundled plan, and its distances and overlaps computed a second time by another road."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import pytest
import shapely

from layers.library.library import Library
from layers.places.check import rules_of
from layers.places.site_facts import SiteDossier, site_dossier
from layers.places.subject import subject_of_feature
from layers.places.told import told_dossier

GEOD = pyproj.Geod(ellps="WGS84")
STEP_DEG = 1e-4  # an edge of some ten metres


@pytest.fixture(scope="module")
def bundled() -> Library:
    return Library(Path(__file__).parents[3] / "data")


def other_distance_m(one: Any, other: Any) -> float:
    """Return the distance by pyproj and shapely: flat nearest points in a local plane, then one geodesic."""
    x, y = one.centroid.x, one.centroid.y
    plane = pyproj.Proj(proj="aeqd", lat_0=y, lon_0=x, ellps="WGS84")
    flat = [
        shapely.transform(shapely.segmentize(shape, STEP_DEG), lambda xy: np.column_stack(plane(*xy.T)))
        for shape in (one, other)
    ]
    ends = shapely.get_coordinates(shapely.shortest_line(*flat))
    lon, lat = plane(ends[:, 0], ends[:, 1], inverse=True)
    return float(GEOD.inv(lon[0], lat[0], lon[1], lat[1])[2])


def other_area_m2(shape: Any) -> float:
    if shape.is_empty or shapely.get_dimensions(shape) < 2:
        return 0.0
    return abs(GEOD.geometry_area_perimeter(shapely.segmentize(shape, STEP_DEG))[0])


def agreeing(library: Library, found: SiteDossier) -> int:
    """Hold the dossier's distances and overlaps against the second computation; return how many there were."""
    site = found.subject.shape
    rows = (*found.within, *found.nearest, *found.neighbours)
    for one in rows:
        feature = library.snapshot(library.layer(one.layer)).find(one.feature)
        assert feature is not None
        told = (found.subject.feature, one.layer, one.feature)
        distance = other_distance_m(site, feature.geometry) if one.distance_m > 0 else 0.0
        assert one.distance_m == pytest.approx(distance, rel=2e-6, abs=0.02), told
        if one.distance_m == 0.0:
            assert site.intersects(feature.geometry), told
        if one.share is not None and shapely.get_dimensions(site) == 2:
            area = other_area_m2(site.intersection(feature.geometry))
            assert one.overlap_m2 == pytest.approx(area, rel=2e-6, abs=0.5), told
    return len(rows)


def held(library: Library, layer: str, every: int = 1) -> int:
    rules = rules_of(library)
    count = 0
    for at, feature in enumerate(library.snapshot(library.layer(layer)).features):
        if at % every:
            continue
        found = site_dossier(library, rules, subject_of_feature(library, rules, layer, feature.id))
        told = told_dossier(found)
        assert told["site"]["feature"] == feature.id
        assert told["where"]
        count += agreeing(library, found) if found.subject.shape is not None else 0
    return count


@pytest.mark.slow  # 53 dossiers with all their distances, each computed twice
def test_every_project_s_dossier_agrees_with_a_second_computation(bundled: Library) -> None:
    assert held(bundled, "projects") > 400


@pytest.mark.slow  # the dossiers of some hundred features, each with all its distances
def test_so_do_those_of_other_features(bundled: Library) -> None:
    layers = [one.id for one in bundled.layers() if one.id not in ("projects", "landuse")]
    assert sum(held(bundled, layer, every=4) for layer in layers) > 250
    assert held(bundled, "landuse", every=400) > 50


def test_a_project_without_a_place_has_a_dossier_that_says_so(bundled: Library) -> None:
    rules = rules_of(bundled)
    found = site_dossier(bundled, rules, subject_of_feature(bundled, rules, "projects", "p-50"))
    assert found.view == ""
    position = next(one for one in found.where if one.key == "position")
    assert position.value.zh.startswith("尚未上图")
    assert {one.key for one in found.keys} >= {"money", "dates"}
    assert next(one.value for one in found.keys if one.key == "money").zh == "29.00 亿元"
