"""Whether polygons tile the ground: where two cover the same, and where none covers what they enclose."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

import geo
from geo.arrays import Shape, Shapes, as_rows, as_shapes
from geo.measure import sound
from geo.measure.crs import edge_crs, shapes_of
from geo.measure.edges import on_edges
from geo.measure.facts import overlapping_pairs, shape_boxes
from geo.measure.overlapping import unshared_rows
from geo.text import Text, number_text
from layers.features.columns import Objects

MOST_FEATURES = 200_000
_LEAST_M2, _EXAMPLES = 0.01, 5  # below, it is rounding of coordinates
_POLYGONS = (3, 6)


def tiling_notes(frame: gpd.GeoDataFrame, ids: Objects) -> tuple[Text, ...]:
    """Return what is to be said of overlaps and enclosed gaps of a layer; lines and points are left aside.

    Parameters
    ----------
    frame
        Valid geometry with its CRS and edge model (`geo.declare_edges`), None without a place.
    ids
        Of its features.

    Returns
    -------
    tuple of Text
        Number and ellipsoidal area (m2) of overlaps, then of gaps, each with up to five features; anything below
        0.01 m2 is taken for rounding. Above 200,000 polygons the check is left out, and said.
    """
    at = np.flatnonzero(np.isin(shapely.get_type_id(shapes_of(frame)), _POLYGONS))
    if len(at) > MOST_FEATURES:
        zh = f"要素超过 {MOST_FEATURES:,} 个，未检查重叠与缝隙"
        return (Text(zh, f"over {MOST_FEATURES:,} features: overlaps and gaps were not looked for"),)
    if len(at) < 2:
        return ()
    part = frame.iloc[at]
    part.attrs = dict(frame.attrs)
    return _overlaps(part, ids[at]), _gaps(part, ids[at])


def _overlaps(frame: gpd.GeoDataFrame, ids: Objects) -> Text:
    pairs = geo.self_overlaps(frame)
    pairs = pairs[pairs["overlap_m2"] >= _LEAST_M2].sort_values(["overlap_m2", "row"], ascending=[False, True])
    if not len(pairs):
        return Text("未发现重叠", "no overlaps")
    first = pairs.head(_EXAMPLES)
    named = [
        f"{ids[a]} × {ids[b]} {number_text(m2, 2)} m2"
        for a, b, m2 in first[["row", "other", "overlap_m2"]].itertuples(index=False)
    ]
    count, total = len(pairs), float(pairs["overlap_m2"].sum())
    return Text(
        f"{count} 处重叠，共 {number_text(total, 2)} 平方米：{'；'.join(named)}",
        f"{count} overlaps, {number_text(total, 2)} m2 together: {'; '.join(named)}",
    )


def _gaps(frame: gpd.GeoDataFrame, ids: Objects) -> Text:
    own = edge_crs(frame, where="layer")
    flat = on_edges(shapes_of(frame), geo.checked_crs(frame, where="layer"), own)
    holes = _holes(flat)
    area = geo.area_m2(gpd.GeoSeries(holes, crs=own)) if len(holes) else np.zeros(0)
    order = np.argsort(-area, kind="stable")
    order = order[area[order] >= _LEAST_M2]
    if not len(order):
        return Text("未发现被要素围住的缝隙", "no gaps enclosed by features")
    beside, feature = as_rows(shapely.STRtree(flat).query(holes[order[:_EXAMPLES]], predicate="intersects"))
    named = [
        f"{ids[feature[beside == i].min()]} {number_text(area[order[i]], 2)} m2"
        for i in range(min(len(order), _EXAMPLES))
        if (beside == i).any()
    ]
    count, total = len(order), float(area[order].sum())
    return Text(
        f"{count} 处被围住的缝隙，共 {number_text(total, 2)} 平方米，旁边的要素：{'；'.join(named)}",
        f"{count} enclosed gaps, {number_text(total, 2)} m2 together, beside: {'; '.join(named)}",
    )


def _holes(flat: Shapes) -> Shapes:
    """Return the enclosed ground that no polygon covers, islands in it taken out."""
    whole = _ground(flat)
    parts = shapely.get_parts(whole)
    rings, owner = shapely.get_rings(parts, return_index=True)
    inner = np.diff(owner, prepend=-1) == 0
    holes = as_shapes(shapely.polygons(rings[inner]))
    islands = as_shapes(
        shapely.polygons(shapely.get_exterior_ring(parts))
    )  # filled: their own holes are counted apart
    hole, island = as_rows(shapely.STRtree(islands).query(holes, predicate="contains"))
    for i in np.unique(hole):
        holes[i] = shapely.difference(holes[i], shapely.union_all(islands[island[hole == i]]))
    return holes


def _ground(flat: Shapes) -> Shape:
    """Return the ground polygons cover together.

    Those that overlap no other, and every edge of which a neighbour has too, are a coverage without looking: what
    they have in common is only taken away. Most of a layer is that, so the others are few where they are joined.
    """
    plain = np.ones(len(flat), dtype=bool)
    plain[unshared_rows(flat, shape_boxes(flat))] = False
    for side in overlapping_pairs(flat):
        plain[side] = False
    if not plain.any():
        return sound.union(flat)
    joined = shapely.coverage_union_all(flat[plain])
    return sound.union(np.append(flat[~plain], np.array([joined], dtype=object)))
