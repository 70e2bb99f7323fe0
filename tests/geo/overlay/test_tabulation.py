from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
import shapely

from geo import Index, Watch, tabulate
from geo.errors import BadField, BadRule, NoSuchField
from tests.geo.shapes import Frames, layer, lonlat, messy, open_zones, square, tiling, zones

pytestmark = pytest.mark.slow

DATA: dict[str, tuple[Frames, Frames]] = {
    "tiling": (tiling, zones),
    "messy": (messy, zones),
    "messy beyond the zones": (messy, open_zones),
    "lon/lat": (lambda: lonlat(messy()), lambda: lonlat(zones())),
    "plane parcels, lon/lat zones": (messy, lambda: lonlat(open_zones())),
}


def table_of(name, **options):
    parcels, areas = DATA[name]
    return tabulate(parcels(), areas(), class_field="class", zone_field="zone", **options)


@pytest.mark.parametrize("name", DATA)
def test_parts_sum_to_the_whole(name):
    table = table_of(name)
    assert table.residual_share < 1e-9
    assert table.pieces().area_m2.sum() == pytest.approx(table.area_m2.sum(), rel=1e-12)
    shown = table.shown(unit="mu", decimals=1, language="en")
    body = shown.drop(index="total")
    assert (body.sum() == shown.loc["total"]).all()


def test_a_tiling_has_no_gap_and_no_overlap():
    table = table_of("tiling")
    assert table.overlay.closed.all()
    assert table.unclassified_m2.sum() == table.overlap_m2.sum() == 0
    assert table.share.sum(axis=0) == pytest.approx(np.ones(6), rel=1e-9)


def test_a_parcel_moved_inside_its_zone_is_a_gap_and_an_overlap():
    """Its area is unchanged, so sums alone would not notice."""
    parcels = tiling()
    row = 50
    parcels.loc[row, "geometry"] = shapely.affinity.translate(parcels.geometry[row], 3, 2)
    zone = layer([shapely.union_all(tiling().geometry)], zone=["all"])
    table = tabulate(parcels, zone, class_field="class", zone_field="zone")
    assert not table.overlay.closed.any()
    assert table.overlap_m2[0] == pytest.approx(table.unclassified_m2[0], rel=1e-6)
    assert table.overlap_m2[0] > 100


def test_overlap_within_a_class_leaves_the_share_at_the_union():
    parcels = layer([square(0, 0, 100), square(50, 0, 100), square(0, 0, 50)], **{"class": ["a", "a", "b"]})
    table = tabulate(parcels, layer([square(0, 0, 200, 100)], zone=["z"]), class_field="class", zone_field="zone")
    assert table.share[:, 0] == pytest.approx([0.75, 0.125], rel=1e-4)
    assert table.area_m2[0, 0] / table.union_m2[0, 0] == pytest.approx(4 / 3, rel=1e-4)
    assert table.covered_m2[0] / table.zone_area_m2[0] == pytest.approx(0.75, rel=1e-4)
    assert any("overlap" in note.en for note in table.caveats)


def test_land_water_and_total_are_separate():
    table = table_of("messy", water_classes={"1701"})
    water = table.classes.index("1701")
    assert table.water_m2 == pytest.approx(table.union_m2[water], rel=1e-12)
    assert table.land_m2 + table.water_m2 == pytest.approx(table.zone_area_m2)


def test_plane_area_stands_beside_and_above():
    table = table_of("messy")
    plane = table.plane_m2(plane_crs="EPSG:4549")
    some = table.area_m2 > 1
    excess = plane[some] / table.area_m2[some] - 1
    assert ((excess > 0) & (excess < 1e-4)).all()


def test_null_class_is_its_own_row_and_is_said():
    table = table_of("messy")
    assert table.classes[-1] is None
    assert table.area_m2[-1].sum() > 0
    assert "未注明类别" in table.shown().index


def test_overlapping_zones_are_said():
    areas = layer([square(0, 0, 500), square(400, 0, 500)], zone=["a", "b"])
    table = tabulate(tiling(), areas, class_field="class", zone_field="zone")
    assert table.zone_overlap_m2 == pytest.approx(100 * 500, rel=1e-4)
    assert table.caveats


def test_rows_of_one_label_are_one_zone():
    areas = zones()
    whole = tabulate(tiling(), areas.assign(zone="one"), class_field="class", zone_field="zone")
    assert whole.zones == ("one",)
    assert whole.total_m2 == pytest.approx(table_of("tiling").total_m2, rel=1e-12)


def test_evidence_of_a_cell():
    table = table_of("messy")
    cell = table.pieces(zone="z1", class_="1001")
    expected = table.area_m2[table.classes.index("1001"), table.zones.index("z1")]
    assert cell.area_m2.sum() == pytest.approx(expected, rel=1e-12)
    assert (cell.share_of_feature <= 1 + 1e-12).all()
    with pytest.raises(NoSuchField):
        table.pieces(zone="nowhere")


def test_a_notebook_shows_it_and_escapes_data():
    parcels = tiling().assign(**{"class": "<b>x</b>"})
    html = tabulate(parcels, zones(), class_field="class", zone_field="zone")._repr_html_()
    assert "&lt;b&gt;" in html
    assert "<b>x" not in html


def test_progress_counts_up():
    seen = []
    table_of("messy", watch=Watch(progress=lambda done, total: seen.append((done, total))))
    assert seen
    assert seen[-1][0] == seen[-1][1]


def test_fields_are_checked():
    with pytest.raises(NoSuchField):
        tabulate(tiling(), zones(), class_field="klass", zone_field="zone")
    with pytest.raises(BadField):
        tabulate(tiling(), zones().assign(zone=[None, *"abcde"]), class_field="class", zone_field="zone")
    with pytest.raises(BadRule):
        table_of("tiling").shown(unit="acre")


def test_an_index_answers_many_threads_at_once():
    index, areas = Index.of(messy(), class_field="class"), open_zones()
    drawn = [areas.geometry.iloc[[i % len(areas)]] for i in range(48)]
    alone = [index.tabulate(shape).area_m2 for shape in drawn]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda shape: index.tabulate(shape).area_m2, drawn))
    for one, other in zip(alone, together):
        np.testing.assert_array_equal(one, other)


def test_a_drawn_polygon_gives_what_tabulate_gives():
    parcels, areas = messy(), open_zones()
    index = Index.of(parcels, class_field="class")
    for zone in ("z0", "z4"):
        drawn = areas[areas.zone == zone].geometry
        one = index.tabulate(drawn)
        many = tabulate(parcels, areas[areas.zone == zone], class_field="class", zone_field="zone")
        pd.testing.assert_frame_equal(one.to_frame().drop(columns="zone"), many.to_frame().drop(columns="zone"))
        assert one.unclassified_m2 == pytest.approx(many.unclassified_m2)
