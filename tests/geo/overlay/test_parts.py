from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import shapely

from geo import WkbLayer, declare_edges, tabulate, tabulate_parts
from geo.errors import EmptyLayer, WrongCRS
from tests.geo.shapes import BOW_TIE, layer, lonlat, messy, open_zones, square, tiling, zones

pytestmark = pytest.mark.slow


def in_parts(frame, count=5):
    cuts = np.array_split(np.arange(len(frame)), count)
    return [lambda rows=rows: frame.iloc[rows] for rows in cuts]


def in_binary(frame, count=5):
    """The parts as a GeoParquet reader has them."""
    held = [part() for part in in_parts(frame, count)]
    return [lambda part=part: binary(part) for part in held]


def binary(frame, offset=1):
    """A layer of well-known binary that begins inside its Arrow array, as a slice does."""
    rows = pa.array([b"x"] * offset + list(shapely.to_wkb(frame.geometry.to_numpy())), pa.binary())
    layer = WkbLayer.of(rows.slice(offset), pd.DataFrame(frame.drop(columns="geometry")), crs=frame.crs)
    return replace(layer, attrs=frame.attrs)


def odd():
    """What is no plain polygon: holes, several parts, z, nothing, empty."""
    frame = messy()
    hole = square(20, 20, 60).difference(square(40, 40, 10))
    both = shapely.union_all([square(620, 20, 30), square(700, 20, 30)])
    high = shapely.force_3d(square(20, 620, 40), 5.0)
    rows = [hole, both, high, None, shapely.Polygon()]
    return pd.concat([frame, layer(rows, **{"class": ["0701"] * len(rows)})], ignore_index=True)


def broken():
    frame = messy()
    frame.loc[len(frame)] = ["0701", shapely.affinity.translate(BOW_TIE, 100, 430)]
    return frame


def wet():
    """Water that lies on water, on land, and on both."""
    rows = [square(20, 420, 60), square(50, 430, 60), square(60, 400, 50), square(70, 440, 20)]
    more = layer(rows, **{"class": ["1701", "1701", "0701", "1701"]})
    return pd.concat([messy(), more], ignore_index=True)


@pytest.mark.parametrize("parcels", [tiling(), wet(), broken(), lonlat(messy())])
@pytest.mark.parametrize("areas", [zones(), open_zones()])
def test_parts_give_what_the_whole_gives(parcels, areas):
    areas = areas.to_crs(parcels.crs)
    options: dict[str, Any] = {"class_field": "class", "zone_field": "zone", "water_classes": {"1701"}}
    whole, parts = tabulate(parcels, areas, **options), tabulate_parts(in_parts(parcels), areas, **options)
    assert parts.classes == whole.classes
    assert parts.zones == whole.zones
    assert set(parts.repairs) == set(whole.repairs)  # the rows are the layer's, not the parts'
    for name in ("area_m2", "union_m2", "zone_area_m2", "overlap_m2", "unclassified_m2", "water_m2"):
        np.testing.assert_allclose(getattr(parts, name), getattr(whole, name), rtol=1e-9, atol=1e-5)
    assert parts.residual_share < 1e-9


@pytest.mark.parametrize("parcels", [tiling(), wet(), broken(), odd(), lonlat(messy())])
@pytest.mark.parametrize("areas", [zones(), open_zones()])
def test_binary_gives_what_frames_give(parcels, areas):
    areas = areas.to_crs(parcels.crs)
    options: dict[str, Any] = {"class_field": "class", "zone_field": "zone", "water_classes": {"1701"}}
    whole, parts = tabulate(parcels, areas, **options), tabulate_parts(in_binary(parcels), areas, **options)
    assert (parts.classes, parts.zones) == (whole.classes, whole.zones)
    assert set(parts.repairs) == set(whole.repairs)  # the rows are the layer's, not the parts'
    for name in ("area_m2", "union_m2", "zone_area_m2", "overlap_m2", "unclassified_m2", "water_m2"):
        np.testing.assert_allclose(getattr(parts, name), getattr(whole, name), rtol=1e-9, atol=1e-5)


def test_binary_is_moved_to_the_plane_its_edges_are_straight_in():
    stored = declare_edges(tiling().to_crs(4490), edge_model="plane", plane_crs="EPSG:4549")
    whole = tabulate(stored, zones(), class_field="class", zone_field="zone")
    parts = tabulate_parts(in_binary(stored), zones(), class_field="class", zone_field="zone")
    np.testing.assert_allclose(parts.area_m2, whole.area_m2, rtol=1e-9)


def test_what_cannot_be_measured_is_left_out_by_name_in_binary_too():
    frame = tiling()
    whole = tabulate(frame.iloc[1:], zones(), class_field="class", zone_field="zone")
    frame.loc[0, "geometry"] = shapely.Polygon([(0, 0), (np.inf, 0), (1, 1)])
    table = tabulate_parts(in_binary(frame), zones(), class_field="class", zone_field="zone")
    assert [(p.kind, p.row) for _, p in table.repairs] == [("coordinates", 0)]
    np.testing.assert_allclose(table.area_m2.sum(), whole.area_m2.sum(), rtol=1e-12)
    with pytest.raises(EmptyLayer):
        tabulate_parts([lambda: binary(tiling().iloc[:0])], zones(), class_field="class", zone_field="zone")


def test_rings_are_what_shapely_reads():
    frame = odd()
    rings = binary(frame).rings()
    shapes = frame.geometry.to_numpy()
    assert not {len(frame) - 1, len(frame) - 2, len(frame) - 3, len(frame) - 4, len(frame) - 5} & set(rings.rows)
    np.testing.assert_array_equal(np.column_stack([rings.x, rings.y]), shapely.get_coordinates(shapes[rings.rows]))
    np.testing.assert_array_equal(rings.box, shapely.bounds(shapes[rings.rows]))
    assert shapely.equals_exact(binary(frame).frame().geometry.to_numpy()[rings.rows], shapes[rings.rows]).all()


def test_refusals():
    with pytest.raises(EmptyLayer):
        tabulate_parts([], zones(), class_field="class")
    with pytest.raises(WrongCRS):
        tabulate_parts([tiling, lambda: lonlat(tiling())], zones(), class_field="class", zone_field="zone")
