"""Ground counted twice is found parcel by parcel; here it is joined over each zone instead, as one would by hand."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geo import Index, find_ground_once, tabulate
from geo.measure.area import form_of
from geo.measure.facts import known_facts, remember
from geo.measure.measuring import measure
from geo.measure.row_ground import RowGround
from geo.overlay import covering, few, near, once_only, overlaps
from geo.overlay.covering import keep_left
from geo.overlay.few import FewParcels
from tests.geo.shapes import ORIGIN, layer, messy, open_zones, square, tiling, zones

PLANE = CRS.from_epsg(4549)


def heap(seed, count=60, largest=160):
    """Shapes that lie over one another, some in others, some twice, with holes and of several parts."""
    rng = np.random.default_rng(seed)
    at = rng.uniform(0, 700, (count, 2)) + ORIGIN
    size = rng.uniform(10, largest, count)
    shapes: list[BaseGeometry] = [
        shapely.Point(xy).buffer(r, quad_segs=int(q)) for xy, r, q in zip(at, size, rng.integers(1, 20, count))
    ]
    for row in range(0, count, 7):
        shapes[row] = shapes[row].difference(shapely.Point(at[row]).buffer(size[row] * 0.4))
    for row in range(3, count - 1, 11):
        shapes[row] = shapes[row].union(shapes[row + 1])
    shapes += [shapes[5], shapes[5], square(0, 0, 100), square(100, 0, 100), square(50, 0, 100)]
    lines = [shapely.LineString(rng.uniform(0, 900, (3, 2)) + ORIGIN) for _ in range(20)]
    shapes += [line.buffer(4.5, cap_style="flat", quad_segs=2) for line in lines]
    return layer(shapes, **{"class": rng.choice(["a", "b", "c"], len(shapes))})


def overlapping_zones():
    frame = zones()
    return layer([*frame.geometry, square(150, 130, 500)], zone=[*frame.zone, "over all"])


def by_hand(parcels, areas, label=None):
    """What the plane counts twice in every zone, of one class or of all."""
    mine = parcels if label is None else parcels[parcels["class"] == label]
    found = []
    for zone in areas.geometry:
        cut = shapely.intersection(mine.geometry.to_numpy(), zone)
        found.append(shapely.area(cut).sum() - shapely.union_all(cut[shapely.get_dimensions(cut) == 2]).area)
    return np.array(found)


@pytest.mark.parametrize("deep", [0.0, 5.0, np.inf], ids=["zone by zone", "as measured", "parcel by parcel"])
@pytest.mark.parametrize("areas", [zones, open_zones, overlapping_zones])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_counted_twice_is_areas_less_the_ground_they_cover(seed, areas, deep, monkeypatch):
    """Also where every shape is one of many vertices, which is looked at only about each zone it meets."""
    monkeypatch.setattr(overlaps, "DEEP", deep)
    monkeypatch.setattr(near, "MANY", near.MANY if seed == 1 else 8)
    monkeypatch.setattr(near, "FEW", near.FEW if seed == 1 else 8)
    parcels, ground = heap(seed), areas()
    table = tabulate(parcels, ground, class_field="class", zone_field="zone")
    order = [list(ground.zone).index(name) for name in table.zones]
    plane = ground.area.to_numpy()[order] / table.zone_area_m2
    cut = [shapely.area(shapely.intersection(parcels.geometry.to_numpy(), zone)).sum() for zone in ground.geometry]
    assert table.area_m2.sum(axis=0) * plane == pytest.approx(np.array(cut)[order], rel=1e-6)
    pieces = table.pieces()
    assert pieces.area.groupby(pieces["zone"]).sum()[list(table.zones)].tolist() == pytest.approx(
        (table.area_m2.sum(axis=0) * plane).tolist(), rel=1e-6
    )
    assert table.overlap_m2 * plane == pytest.approx(by_hand(parcels, ground)[order], rel=1e-6, abs=1e-4)
    for row, label in enumerate(table.classes):
        twice = (table.area_m2 - table.union_m2)[row]
        assert twice * plane == pytest.approx(by_hand(parcels, ground, label)[order], rel=1e-6, abs=1e-4)
    assert table.residual_share < 1e-9


def test_the_order_of_parcels_changes_nothing():
    parcels = messy()
    turned = parcels.iloc[::-1].reset_index(drop=True)
    one, other = (tabulate(p, zones(), class_field="class", zone_field="zone") for p in (parcels, turned))
    assert other.overlap_m2 == pytest.approx(one.overlap_m2, rel=1e-11)
    place = [other.classes.index(name) for name in one.classes]
    assert other.union_m2[place] == pytest.approx(one.union_m2, rel=1e-11)
    assert one.overlap_m2.sum() > 1000.0


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("first_row", [False, True])
def test_ground_given_to_one_is_what_those_before_it_leave(seed, first_row, monkeypatch):
    """Before it are the larger ones, or the earlier rows; found of a few shapes at a time, or of one."""
    monkeypatch.setattr(covering, "SOME", {1: 7, 2: 1}[seed])
    shapes = heap(seed).geometry.to_numpy()
    form = form_of(PLANE, shapes)
    kept, twice, rows = once_only(shapes, PLANE, first_row=first_row)
    order = list(range(len(shapes))) if first_row else np.argsort(-shapely.area(shapes), kind="stable").tolist()
    for at, row in enumerate(order):
        left = shapes[row].difference(shapely.union_all(shapes[order[:at]]))
        assert shapely.area(left.symmetric_difference(kept[row])) < 1e-5
    same = np.setdiff1d(np.arange(len(shapes)), rows)
    assert all(kept[row] is shapes[row] for row in same)
    assert twice == pytest.approx(
        measure(shapes, form).area_m2.sum() - measure(kept, form).area_m2.sum(), rel=1e-9
    )


def unkept(parcels):
    """The same parcels, of which nothing is known."""
    return layer(shapely.from_wkb(shapely.to_wkb(parcels.geometry.to_numpy())), **{"class": parcels["class"]})


def told(parcels, areas):
    return tabulate(parcels, areas, class_field="class", zone_field="zone")


@settings(max_examples=3, deadline=None)
@given(seed=st.integers(0, 2**31))
def test_ground_kept_with_a_layer_is_that_of_any_zones_classes_and_order(seed):
    """What was found for one question serves the next, and is what joining each zone anew gives."""
    rng = np.random.default_rng(seed)
    parcels = heap(seed, count=110, largest=60)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(overlaps, "DEEP", np.inf)
        told(parcels, zones())
    assert known_facts(parcels.geometry.to_numpy(), "doubled EPSG:4549").facts.held("doubled EPSG:4549")
    asked = [parcels, parcels.iloc[rng.permutation(len(parcels))], parcels.iloc[::2]]
    asked.append(parcels.assign(**{"class": rng.choice(["a", "b"], len(parcels))}))
    for frame, make in zip(asked, (open_zones, overlapping_zones) * 2, strict=True):
        areas = make()
        kept = told(frame, areas)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(overlaps, "DEEP", -1.0)
            joined = told(unkept(frame), areas)
        assert kept.overlap_m2 == pytest.approx(joined.overlap_m2, rel=1e-9, abs=1e-5)
        assert kept.union_m2 == pytest.approx(joined.union_m2, rel=1e-9, abs=1e-5)


def test_ground_is_found_once_and_not_kept_of_a_layer_that_changed(monkeypatch):
    parcels, found = heap(7, count=110, largest=60), []
    ground = overlaps._Heap.ground
    monkeypatch.setattr(overlaps._Heap, "ground", lambda *given: found.append(1) or ground(*given))
    first = told(parcels, zones())
    assert found == [1, 1]  # of all, and of each class
    assert (told(parcels, open_zones()).overlap_m2 > 0.0).any() and found == [1, 1]
    parcels.loc[9, "geometry"] = square(0, 0, 900)
    changed = told(parcels, zones())
    assert len(found) == 4
    assert changed.overlap_m2.sum() > first.overlap_m2.sum() + 1e5
    assert changed.overlap_m2 == pytest.approx(told(unkept(parcels), zones()).overlap_m2, rel=1e-11)


def test_what_is_left_is_kept_with_rows_that_have_no_shape():
    shapes = np.insert(heap(3, count=110, largest=60).geometry.to_numpy(), [4, 60], None)
    remember(shapes)
    placed = shapes[~shapely.is_missing(shapes)]
    for some in (placed, placed, placed[::-1], placed[:50]):
        fresh = shapely.from_wkb(shapely.to_wkb(some))
        kept, plain = once_only(some, PLANE), once_only(fresh, PLANE)
        assert shapely.to_wkb(kept[0]).tolist() == shapely.to_wkb(plain[0]).tolist()
        assert (
            kept[1] == pytest.approx(plain[1], rel=1e-9)
            and plain[1] > 1.0
            and kept[2].tolist() == plain[2].tolist()
        )


def test_what_is_left_is_found_ahead_and_never_held_all_at_once(monkeypatch):
    monkeypatch.setattr(covering, "SOME", 20)
    parcels = heap(4, count=150, largest=60)
    shapes, held, made = parcels.geometry.to_numpy(), [], RowGround.shapes
    remember(shapes)
    with monkeypatch.context() as patch:
        patch.setattr(RowGround, "shapes", lambda left, at: held.append(len(at)) or made(left, at))
        find_ground_once(parcels)
    left = keep_left(shapes)
    assert 0 < max(held) <= 20 < sum(held) // 2 == len(left.row)
    assert (np.diff(left.row) > 0).all()
    ahead = once_only(shapes, PLANE)
    assert known_facts(shapes).facts.found(f"parted larger {PLANE.srs}")
    fresh = once_only(shapely.from_wkb(shapely.to_wkb(shapes)), PLANE)
    assert ahead[1] == pytest.approx(fresh[1], rel=1e-12) and ahead[2].tolist() == fresh[2].tolist()


@settings(max_examples=20, deadline=None)
@given(labels=st.lists(st.integers(-1, 6), max_size=40), shift=st.permutations(range(8)))
def test_classes_that_part_a_layer_alike_are_one_text(labels, shift):
    """Whatever number each class has; one row more in another class is another text."""
    one = np.array(labels, dtype=np.int64)
    again = np.array(shift)[one + 1] - 1
    assert overlaps._digest(one) == overlaps._digest(again)
    if len(set(labels)) > 1:
        assert overlaps._digest(one) != overlaps._digest(np.full(len(one), 3))


@pytest.mark.parametrize("class_field", [None, "class"])
def test_layers_without_overlaps_are_looked_at_too(class_field):
    """Nothing is twice, nothing is left out, whether one parcel is in the layer or many are."""
    for parcels in (tiling(), tiling().iloc[:1]):
        shapes = parcels.geometry.to_numpy()
        remember(shapes)
        find_ground_once(parcels, class_field=class_field)
        assert len(keep_left(shapes).row) == 0 and once_only(shapes, PLANE)[1] == 0.0


@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 2**31), edges=st.sampled_from([-1, few.BY_EDGES]))
def test_a_drawn_polygon_takes_the_ground_kept_with_the_layer(seed, edges):
    """Few parcels at once, as shapes or by edges, or many by cells: what joining anew gives; some lie on edges."""
    rng = np.random.default_rng(seed)
    parcels = heap(seed, count=110, largest=60)
    drawn: list[BaseGeometry] = [
        square(0, 0, 100),
        square(350, 0, 70),
        square(-5000, 0, 10),
        square(100, 130, 400),
    ]
    middle = shapely.Point(rng.uniform(100, 600, 2) + ORIGIN)
    drawn += [middle.buffer(70).difference(middle.buffer(30)), square(10, 0, 60).union(square(300, 90, 50))]
    plain = [Index.of(unkept(parcels), class_field="class").tabulate(layer([one])) for one in drawn]
    made, cuts = FewParcels.cut, []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(overlaps, "DEEP", np.inf)
        find_ground_once(parcels, class_field="class")
        index = Index.of(parcels, class_field="class")
        patch.setattr(overlaps, "_Heap", None)
        patch.setattr(few, "BY_EDGES", edges)
        patch.setattr(FewParcels, "cut", lambda parcels, zone: cuts.append(zone) or made(parcels, zone))
        for one, before in zip(drawn, plain, strict=True):
            for now in (index.tabulate(layer([one])), tabulate(parcels, layer([one]), class_field="class")):
                for name in ("area_m2", "union_m2", "covered_m2", "overlap_m2", "unclassified_m2", "zone_area_m2"):
                    assert getattr(now, name) == pytest.approx(getattr(before, name), rel=1e-9, abs=1e-6), name
                assert now.pieces().area.sum() == pytest.approx(before.pieces().area.sum(), rel=1e-9, abs=1e-6)
    assert plain[3].overlap_m2[0] > 1000.0 and len(cuts) >= 4


def test_a_drawn_polygon_that_few_parcels_tile_has_no_gap():
    """As they are laid out, some of them together; where one is missing, its ground is the gap."""
    parcels = tiling()
    remember(parcels.geometry.to_numpy())
    find_ground_once(parcels, class_field="class")
    whole = shapely.union_all(parcels.geometry.to_numpy()[:4])
    for frame, gap in ((parcels, 0.0), (parcels.iloc[1:], parcels.geometry.iloc[0].area)):
        remember(frame.geometry.to_numpy())
        find_ground_once(frame, class_field="class")
        table = Index.of(frame, class_field="class").tabulate(layer([whole]))
        assert bool(table.overlay.closed[0]) == (gap == 0.0)
        assert table.unclassified_m2[0] == pytest.approx(gap, rel=1e-4) and table.overlap_m2[0] == 0.0
