"""Shapes that are made when asked for answer as the same shapes in an array do, whatever is asked of them."""

from __future__ import annotations

import pickle

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import geo
from geo.arrays import Bools, Ints, Shapes
from geo.measure import facts, stored_shapes
from geo.measure.crs import shapes_of
from geo.measure.stored_shapes import StoredGeometry, StoredShapes


class Kept:
    """A source of shapes that counts what is read."""

    def __init__(self, shapes: Shapes) -> None:
        self.binary = shapely.to_wkb(shapes)
        self.missing: Bools = np.asarray(shapely.is_missing(shapes), dtype=bool)
        self.many = 0

    def read(self, rows: Ints) -> Shapes:
        self.many += len(rows)
        made: Shapes = shapely.from_wkb(self.binary[rows])
        return made


def stored(shapes: Shapes) -> StoredShapes:
    return StoredShapes(Kept(shapes), len(shapes))


def frames(shapes: Shapes, **fields: object) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    plain = gpd.GeoDataFrame(fields, geometry=shapely.from_wkb(shapely.to_wkb(shapes)), crs=4549)
    return plain, gpd.GeoDataFrame(fields, geometry=StoredGeometry(stored(shapes), "EPSG:4549"), crs=4549)


def some_shapes(seed: int, *, odd: bool) -> Shapes:
    """Parcels side by side, some over others; odd: some that are missing, empty, broken or in parts."""
    rng = np.random.default_rng(seed)
    x, y = (5e5 + 100.0 * axis.ravel() for axis in np.meshgrid(np.arange(15.0), np.arange(15.0)))
    wide, high = 100.0 + np.where(rng.random((2, len(x))) < 0.1, 60.0 * rng.random((2, len(x))), 0.0)
    shapes = np.asarray(shapely.box(x, 3e6 + y, x + wide, 3e6 + y + high), dtype=object)
    if odd:
        a, b = float(x[40]), 3e6 + float(y[40])
        shapes[[3, 77]] = None
        shapes[5] = shapely.Polygon()
        shapes[40] = shapely.Polygon([(a, b), (a + 90, b + 90), (a + 90, b), (a, b + 90)])
        shapes[41] = shapely.union(shapes[41], shapely.transform(shapes[41], lambda at: at + 1e4))
    return shapes


@given(
    seed=st.integers(0, 10**6),
    odd=st.booleans(),
    held=st.booleans(),
    least=st.integers(0, 150),
    reach=st.floats(20.0, 400.0),
)
@settings(max_examples=15, deadline=None)
def test_every_question_has_the_same_answer(seed: int, odd: bool, held: bool, least: int, reach: float) -> None:
    shapes = some_shapes(seed, odd=odd)
    corner = (float(shapely.total_bounds(shapes)[0]), 3e6 + 5e5)
    zones = gpd.GeoDataFrame(
        geometry=[shapely.box(corner[0] + 130, corner[1] + 90, corner[0] + 700, corner[1] + 860)], crs=4549
    )
    line = shapely.LineString([(corner[0], corner[1] + 310), (corner[0] + 1500, corner[1] + 770)])
    ways = gpd.GeoDataFrame(geometry=[line], crs=4549)
    answers = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stored_shapes, "HELD", 225 if held else 0)
        both = frames(shapes, **{"class": [f"k{n % 3}" for n in range(len(shapes))]})
    for frame in both:
        facts.remember(shapes_of(frame))  # what is found of some rows is taken from what is found of all
        chosen = frame.iloc[least:]
        table = geo.tabulate(chosen, zones, class_field="class")
        cover = geo.measure_coverage(chosen, ways, geo.ServiceRule(radius_m=reach))
        near = geo.measure_proximity(chosen, ways, within_m=reach)
        answers.append(
            (
                table.to_frame().to_numpy().tolist(),
                [str(one) for one in table.repairs],
                shapely.to_wkb(table.pieces().geometry.to_numpy()).tolist(),
                (cover.covered.tolist(), cover.total.tolist(), [one.en for one in cover.caveats]),
                shapely.to_wkb(cover.covered_parts().geometry.to_numpy()).tolist(),
                (near.within.tolist(), near.within_amount.tolist(), near.within_once),
                near.near().to_numpy().tolist(),
                geo.area_m2(chosen).tolist(),
            )
        )
    for plain, kept in zip(*answers, strict=True):
        assert plain == kept


@given(st.lists(st.integers(-225, 224), max_size=40), st.slices(225), st.integers(1, 3))
@settings(max_examples=40, deadline=None)
def test_it_is_taken_from_as_an_array_is(rows: list[int], part: slice, every: int) -> None:
    shapes = some_shapes(1, odd=True)
    kept, mask = stored(shapes), np.arange(len(shapes)) % every == 0
    same = (np.array(rows, dtype=np.int64), part, mask)
    for key in same:
        for of, plain in ((kept, shapes), (kept.take(part), shapes[part])):
            if len(of) != len(shapes) and key is not part:
                continue
            assert shapely.to_wkb(of[key]).tolist() == shapely.to_wkb(plain[key]).tolist()
            assert shapely.to_wkb(of.take(key)[:]).tolist() == shapely.to_wkb(plain[key]).tolist()
    assert not kept.made
    with pytest.raises(IndexError):
        kept[[len(shapes)]]


def test_what_is_known_of_a_layer_is_known_of_what_was_made_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Kept(some_shapes(2, odd=False))
    kept = StoredShapes(source, 225)
    facts.remember(shapes_of(gpd.GeoDataFrame(geometry=StoredGeometry(kept, "EPSG:4549"))))
    valid = facts.shape_validity(kept)  # type: ignore[arg-type]
    assert valid.all() and not kept.made  # found some at a time
    first = kept[np.arange(100, 220)]
    again = facts.known_facts(first[::2], "valid")
    assert again is not None and again.rows is not None
    assert again.rows.tolist() == list(range(100, 220, 2))
    assert facts.known_facts(shapely.from_wkb(shapely.to_wkb(first)), "valid") is None
    assert (
        kept.take(np.arange(0, 225, 9)).whole()[12] is first[8] and source.many == 225
    )  # of few, none made twice
    monkeypatch.setattr(stored_shapes, "HELD", 224)
    many = StoredShapes(source, 225)
    assert many[[108]][0] is not many[[108]][0] and source.many == 227


def test_geopandas_does_with_it_what_it_does_with_any() -> None:
    shapes = some_shapes(3, odd=True)
    plain, kept = frames(shapes, name=list("abcde") * 45)
    column = kept.geometry.values
    assert isinstance(column, StoredGeometry)
    assert kept.geometry.isna().tolist() == plain.geometry.isna().tolist()
    some = kept[kept["name"] == "b"].iloc[::-1].reset_index(drop=True)
    assert isinstance(some.geometry.values, StoredGeometry) and column.stored is not None
    assert not column.stored.made
    other = plain[plain["name"] == "b"].iloc[::-1].reset_index(drop=True)
    assert some.geometry.to_wkt().equals(other.geometry.to_wkt())
    changed = kept.copy()
    changed.geometry.values[3] = shapely.Point(1, 2)
    assert kept.geometry.iloc[3] is None and changed.geometry.iloc[3] == shapely.Point(1, 2)
    for one, other in (
        (pd.concat([kept, kept.iloc[:4]]), pd.concat([plain, plain.iloc[:4]])),
        (pickle.loads(pickle.dumps(kept)), plain),
        (kept.reindex([4, 500]), plain.reindex([4, 500])),
        (kept.to_crs(4490), plain.to_crs(4490)),
        (kept.sort_values("name"), plain.sort_values("name")),
    ):
        assert one.crs == other.crs and one.geometry.to_wkb().equals(other.geometry.to_wkb())
    with pytest.raises(ValueError, match="read-only"):
        np.asarray(column)[0] = None
