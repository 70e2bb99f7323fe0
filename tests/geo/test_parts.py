import numpy as np
import pytest
import shapely

from geo import tabulate, tabulate_parts
from geo.errors import EmptyLayer, WrongCRS
from tests.geo.shapes import BOW_TIE, lonlat, messy, open_zones, tiling, zones


def in_parts(frame, count=5):
    cuts = np.array_split(np.arange(len(frame)), count)
    return [lambda rows=rows: frame.iloc[rows] for rows in cuts]


def broken():
    frame = messy()
    frame.loc[len(frame)] = ["0701", shapely.affinity.translate(BOW_TIE, 100, 430)]
    return frame


@pytest.mark.parametrize("parcels", [tiling(), messy(), broken(), lonlat(messy())])
@pytest.mark.parametrize("areas", [zones(), open_zones()])
def test_parts_give_what_the_whole_gives(parcels, areas):
    areas = areas.to_crs(parcels.crs)
    options = {"class_field": "class", "zone_field": "zone", "water_classes": {"1701"}}
    whole, parts = tabulate(parcels, areas, **options), tabulate_parts(in_parts(parcels), areas, **options)
    assert parts.classes == whole.classes
    assert parts.zones == whole.zones
    assert len(parts.repairs) == len(whole.repairs)
    for name in ("area_m2", "union_m2", "zone_area_m2", "overlap_m2", "unclassified_m2", "water_m2"):
        np.testing.assert_allclose(getattr(parts, name), getattr(whole, name), rtol=1e-9, atol=1e-5)
    assert parts.residual_share < 1e-9


def test_refusals():
    with pytest.raises(EmptyLayer):
        tabulate_parts([], zones(), class_field="class")
    with pytest.raises(WrongCRS):
        tabulate_parts([tiling, lambda: lonlat(tiling())], zones(), class_field="class", zone_field="zone")
