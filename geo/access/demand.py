"""The target of a coverage question, cut by zones: what is to be served, how much of it, and where."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.arrays import Floats, Integers, Ints, Shapes, as_rows
from geo.errors import BadField, WrongGeometryType
from geo.measure import sound
from geo.measure.area import shape_lengths_m, take_areas
from geo.measure.crs import Bench, shapes_of
from geo.measure.facts import overlapping_pairs, shape_boxes, shape_kinds
from geo.measure.seam import SEAM
from geo.measure.stored_shapes import take_rows
from geo.measure.validity import Report, usable_report
from geo.overlay.covering import once_only
from geo.overlay.overlay import overlay
from geo.overlay.points import points_by_zone
from geo.overlay.zones import ZoneSet, zone_set
from geo.parallel import UNWATCHED, Watch
from geo.result import column_numbers
from geo.text import Text, count_words, number_text

POINT, LINE, POLYGON = 0, 1, 2
COLLECTION = 7  # what shapely numbers one with
_DIMENSION = np.array([0, 1, 1, 2, 0, 1, 2, -1], dtype=np.int32)  # by shapely's number; the last is of None too


@dataclass(frozen=True)
class Demand:
    """Pieces of the target, each in one zone, with its owner row and the weight of one unit of amount.

    ``everything`` is the whole target, in a zone or not (in the unit of the weight, or of the amount).
    """

    bench: Bench
    kind: int
    shapes: Shapes
    owner: Ints
    zone: Ints
    zones: tuple[str, ...]
    areas: ZoneSet | None
    per_unit: Floats
    everything: float
    unknown_weights: int
    index: pd.Index
    reports: tuple[Report, ...]
    caveats: tuple[Text, ...]

    @property
    def zones_overlap(self) -> bool:
        """Whether some ground lies in more than one zone, so that zones do not add up."""
        return self.areas is not None and len(overlapping_pairs(self.areas.shapes)[0]) > 0


def demand_of(
    target: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame | None,
    *,
    zone_field: str | None,
    weight_field: str | None,
    overlap_once: bool = True,
    watch: Watch = UNWATCHED,
) -> Demand:
    """Check a target, count overlapping ground once (unless told not to), and cut it by zones.

    Parameters
    ----------
    target
        Points, lines or polygons of one kind, n rows.
    zones, zone_field
        Polygons it is cut by and the field of their labels; one zone when None.
    weight_field
        A number of each feature, spread evenly over it; its own area (m2), length (m) or count when None.
    overlap_once
        Whether ground that several features cover counts once.
    watch
        May stop it by raising `Cancelled`.

    Raises
    ------
    WrongGeometryType, BadField
        When the target mixes points, lines and polygons; when a weight is negative or not a number.
    """
    report = usable_report(target, where="target", kind="any")
    kind = _kind(report.edges)
    bench = Bench.of(report.frame, where="target")
    shapes = report.on(bench)
    caveats = []
    if kind == POLYGON and overlap_once:
        apart, twice, _ = once_only(shapes, bench.crs)
        shapes = shapes if weight_field else apart  # people are of their own shape, whatever lies over it
        caveats += [_overlap_told(twice, weighted=bool(weight_field))] if twice > 0.0 else []
    amount = feature_amounts(bench, shapes, kind)
    weight, unknown = amount if kind != POINT else np.ones(len(shapes)), 0
    if weight_field is not None:
        given = column_numbers(report.frame, weight_field, where="target")
        unknown, weight = int(np.isnan(given).sum()), np.nan_to_num(given)
        if (weight < 0.0).any():
            text = {"why_zh": "权重不能为负。", "why_en": "weights cannot be negative."}
            raise BadField(where="target", field=weight_field, **text)
    areas = None if zones is None else zone_set(zones, bench, zone_field=zone_field)
    pieces, owner, zone = _by_zone(bench, shapes, areas, kind, watch.silent)
    if unknown:
        zh = f"{unknown} 个要素的权重未知，未计入。"
        caveats.append(
            Text(zh, f"{count_words(unknown, 'row of unknown weight is', 'rows of unknown weight are')} left out.")
        )
    each = (amount > 0.0).astype(float) if weight is amount else weight / np.where(amount > 0.0, amount, 1.0)
    return Demand(
        bench=bench,
        kind=kind,
        shapes=pieces,
        owner=owner,
        zone=zone,
        zones=("",) if areas is None else areas.labels,
        areas=areas,
        per_unit=each[owner],
        everything=float(weight.sum()),
        unknown_weights=unknown,
        index=report.frame.index,
        reports=(report,) if areas is None else (report, areas.report),
        caveats=tuple(caveats),
    )


def _overlap_told(twice_m2: float, *, weighted: bool) -> Text:
    zh, en = (
        f"目标图层自身重叠 {number_text(twice_m2, 2)} 平方米",
        f"The target overlaps itself by {number_text(twice_m2, 2)} m2",
    )
    if weighted:
        return Text(f"{zh}：每个要素的权重各计各的。", f"{en}: each feature's own weight counts.")
    return Text(f"{zh}，只计一次。", f"{en}: counted once.")


def ground_apart(
    frame: gpd.GeoDataFrame, known: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, list[tuple[int, ...]]]:
    """Return the ground of polygons outside some known ones in parts that lie apart, and the rows each part is of.

    Each part lies in or out of every polygon as a whole, so that any choice of polygons is a choice of parts.

    Parameters
    ----------
    frame
        n polygons.
    known
        Polygons whose ground is left out.
    """
    report, others = usable_report(frame, where="target"), usable_report(known, where="target")
    bench = Bench.of(report.frame, where="target")
    shapes = np.concatenate([report.on(bench), others.on(bench)])
    mine = len(report.frame)
    left, right = overlapping_pairs(shapes)
    met = left < mine
    left, right = left[met], right[met]
    free = np.setdiff1d(np.arange(mine), np.concatenate([left, right]))
    parts = list(shapes[free])
    rows: list[tuple[int, ...]] = [(row,) for row in free.tolist()]
    if len(left):
        several = np.unique(np.concatenate([left, right]))
        faces = shapely.get_parts(shapely.polygonize([sound.union(shapely.boundary(shapes[several]))]))
        inside = shapely.point_on_surface(faces)
        face, at = as_rows(shapely.STRtree(inside).query(shapes[several], predicate="intersects"))[::-1]
        owners: dict[int, list[int]] = {}
        for one, row in zip(face.tolist(), several[at].tolist(), strict=True):
            owners.setdefault(one, []).append(row)
        for one, of in sorted(owners.items()):
            if max(of) < mine:
                parts.append(faces[one])
                rows.append(tuple(of))
    out = gpd.GeoDataFrame(geometry=bench.give(np.array(parts, dtype=object)).to_numpy(), crs=bench.source)
    out.attrs.update(frame.attrs)
    return out, rows


def feature_amounts(bench: Bench, shapes: Shapes, kind: int) -> Floats:
    """Return each shape's own amount: area (m2), length (m) or how many places it is."""
    if kind == POLYGON:
        return take_areas(shapes, bench.crs)
    if kind == LINE:
        return shape_lengths_m(shapes, bench.crs)
    if (shape_kinds(shapes) == POINT).all():  # the usual case
        return np.ones(len(shapes))
    return shapely.get_num_geometries(shapes).astype(float)


def shape_dimensions(shapes: Shapes) -> Integers:
    """Return the dimension of every shape: points 0, lines 1, polygons 2, None -1, collections their largest."""
    kinds = shape_kinds(shapes)
    found = _DIMENSION[kinds]
    mixed = np.flatnonzero(kinds == COLLECTION)
    found[mixed] = shapely.get_dimensions(shapes[mixed])
    return found


def frame_dimensions(frame: gpd.GeoDataFrame) -> Integers:
    """Return the dimension of every feature; where it is known, no stored shape is made."""
    return shape_dimensions(shapes_of(frame))


def _kind(shapes: Shapes) -> int:
    kinds = shape_dimensions(shapes)
    odd = np.flatnonzero(kinds != kinds[0])
    if len(odd):
        row = int(odd[0])
        expected = {"expected_zh": "同一种几何类型", "expected_en": "one kind of geometry"}
        raise WrongGeometryType(where="target", found=shapes[row].geom_type, row=row, **expected)
    return int(kinds[0])


def _by_zone(
    bench: Bench, shapes: Shapes, areas: ZoneSet | None, kind: int, watch: Watch
) -> tuple[Shapes, Ints, Ints]:
    if areas is None:
        parts, owner = (shapes, np.arange(len(shapes))) if kind != POINT else _places(shapes)
        return parts, owner, np.zeros(len(parts), dtype=np.int64)
    if kind == POLYGON:
        cut = overlay(bench, shapes, areas.shapes, watch=watch.silent)
        return cut.shapes(), cut.parcel, cut.zone
    if kind == POINT:
        places, owner = _places(shapes)
        row, zone = points_by_zone(places, areas.shapes)
        met = _on_seam(bench, places)
        if met.size:  # a border of zones on either side: the first has it
            others, beyond = points_by_zone(_across(places[met]), areas.shapes)
            row, zone = np.append(row, met[others]), np.append(zone, beyond)
            order = np.lexsort([zone, row])
            row, zone = row[order], zone[order]
            again = np.isin(row, met) & (np.diff(row, prepend=-1) == 0)
            row, zone = row[~again], zone[~again]
        return take_rows(places, row), owner[row], zone
    twins = _on_seam(bench, shapes)
    held, own = np.append(shapes, _across(shapes[twins])), np.append(np.arange(len(shapes)), twins)
    row, zone = as_rows(shapely.STRtree(areas.shapes).query(held, predicate="intersects"))
    order = np.lexsort([zone, own[row]])
    row, zone = row[order], zone[order]
    pieces = sound.intersect_pairs(held[row], areas.shapes[zone])
    border = sound.intersect_pairs(pieces, shapely.boundary(areas.shapes[zone]))
    turned = row >= len(shapes)
    pieces[turned], border[turned], row = _across(pieces[turned]), _across(border[turned]), own[row]
    taken: dict[int, shapely.Geometry] = {}
    for at in np.flatnonzero(shapely.length(border) > 0.0).tolist():
        line = int(row[at])
        if line in taken:  # a line along a shared border belongs to the first zone
            pieces[at] = sound.subtract_pairs(pieces[at], sound.intersect_pairs(border[at], taken[line]))
        taken[line] = border[at] if line not in taken else shapely.union(taken[line], border[at])
    keep = shapely.length(pieces) > 0.0
    return pieces[keep], row[keep].astype(np.int64), zone[keep].astype(np.int64)


def _on_seam(bench: Bench, shapes: Shapes) -> Ints:
    """Return which shapes lie on the 180th meridian, where longitudes begin again, and nowhere else."""
    if not bench.crs.is_geographic:
        return np.zeros(0, dtype=np.int64)
    west, _, east, _ = as_rows(shape_boxes(shapes).T)
    return np.flatnonzero((np.abs(west) == SEAM) & (west == east))


def _across(shapes: Shapes) -> Shapes:
    """Return shapes on the 180th meridian as they are written on its other side."""
    result: Shapes = shapely.transform(shapes, lambda at: at * [-1.0, 1.0])
    return result


def _places(points: Shapes) -> tuple[Shapes, Ints]:
    """Return points one by one, many of one feature apart, and whose they are."""
    if (shape_kinds(points) == POINT).all():  # the usual case; what is known of these shapes stays known
        return points, np.arange(len(points), dtype=np.int64)
    parts, owner = shapely.get_parts(points, return_index=True)
    return np.asarray(parts, dtype=object), owner.astype(np.int64)
