"""How much there is of a layer: area, length, perimeter, by class and zone, on the ellipsoid and in a plane.

Polygons: what classes and zones add up to, and the ground they cover once. Lines: every line at its length, and
how much of it lies where another line lies too.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.access.demand import LINE, POINT, POLYGON, demand_of, shape_dimensions
from geo.arrays import Floats, Ints, Shapes
from geo.errors import BadRule, EmptyLayer
from geo.measure import sound
from geo.measure.area import form_of, shape_lengths_m, take_areas
from geo.measure.crs import Bench
from geo.measure.facts import overlapping_pairs, shape_boxes
from geo.measure.measuring import measure
from geo.measure.stored_shapes import BLOCK
from geo.measure.validity import Report, usable_report
from geo.overlay.zones import code_labels, zone_set
from geo.parallel import UNWATCHED, Watch, row_blocks
from geo.result import Result, area_method, repairs_of
from geo.text import Text, number_text

OUTSIDE = None  # the label of what lies in no zone
MEASURES = ("area", "length")
CLOSES = 1e-9
_MOST_LINES = 200_000  # vertices of lines whose doubles are looked for
_NO_ROWS: Ints = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, kw_only=True)
class Totals(Result):
    """Amounts by class and zone.

    Attributes
    ----------
    table
        One row per zone and class that holds anything: zone (None: outside all), class (None: not stated), count
        (features with a part there), amount (m2, or m), plane (the same in the plane edges are straight in; NaN
        where they are straight in degrees).
    amount, plane
        Of the whole layer, in zones or not, each feature once.
    once
        Ground covered, each point once (m2); of lines the length without what is covered twice (m).
    shared
        What lies in more than one zone, counted once for every zone beyond the first: rows less the whole.
    features
        How many features were measured.
    unit
        ``m2`` or ``m``.
    plane_name
        Of the plane, "" where there is none.
    """

    table: pd.DataFrame
    amount: float
    plane: float
    once: float
    shared: float
    features: int
    unit: str
    plane_name: str

    def to_frame(self) -> pd.DataFrame:
        """Return one row per zone and class."""
        return self.table


def measure_totals(
    features: gpd.GeoDataFrame,
    *,
    measured: str = "area",
    class_field: str | None = None,
    zones: gpd.GeoDataFrame | None = None,
    zone_field: str | None = None,
    watch: Watch = UNWATCHED,
) -> Totals:
    """Return how much there is of a layer, by class and zone.

    Parameters
    ----------
    features
        Polygons or lines, n rows.
    watch
        May stop it by raising `Cancelled`.
    measured
        ``area`` of polygons; ``length`` of lines, perimeter of polygons.
    class_field
        What rows are told apart by.
    zones, zone_field
        Features are cut by them; what lies in no zone is told as such. Perimeters are not cut.

    Raises
    ------
    BadRule
        The features have no such measure; perimeters by zone.
    EmptyLayer, NoSuchField, BadField, WrongGeometryType, MissingCRS, RefusedCRS, RefusedDatum

    Examples
    --------
    >>> roads = [shapely.LineString([(5e5, 35e5), (5e5, 35e5 + 100)])] * 2
    >>> found = measure_totals(gpd.GeoDataFrame(geometry=roads, crs=4549), measured="length")
    >>> round(found.plane, 6), round(found.once / found.amount, 6)
    (200.0, 0.5)
    """
    if measured not in MEASURES:
        raise BadRule(what="measure", found=measured, known=", ".join(MEASURES))
    report = usable_report(features, where="items", kind="any")
    bench = Bench.of(report.frame, where="items")
    shapes = report.on(bench)
    kinds = shape_dimensions(shapes)
    wanted = POLYGON if measured == "area" else LINE
    if (kinds < wanted).any() or (measured == "area" and (kinds != POLYGON).any()):
        known = {POINT: "count", LINE: "length, count", POLYGON: "area, length, count"}[int(kinds.min())]
        raise BadRule(what="measure", found=measured, known=known)
    if not len(shapes):
        raise EmptyLayer(where="items")
    classes: tuple[str | None, ...] = (None,)
    number = np.zeros(len(shapes), dtype=np.int64)
    if class_field is not None:
        classes, number = code_labels(report.frame, class_field, where="items")
    amount, plane = _amounts(bench, shapes, measured)
    labels: tuple[str | None, ...] = (OUTSIDE,)
    reports: tuple[Report, ...] = (report,)
    if zones is None:
        owner, zone, part, part_plane = (
            np.arange(len(shapes)),
            np.zeros(len(shapes), dtype=np.int64),
            amount,
            plane,
        )
    else:
        if measured == "length" and (kinds == POLYGON).any():
            raise BadRule(what="zones", found="perimeter", known="area, count / 面积、个数")
        demand = demand_of(
            report.frame, zones, zone_field=zone_field, weight_field=None, overlap_once=False, watch=watch.silent
        )
        owner, zone, reports = demand.owner, demand.zone, demand.reports
        part, part_plane = _amounts(bench, demand.shapes, measured)
        areas = zone_set(zones, bench, zone_field=zone_field)
        beyond = _beyond(bench, shapes, areas.shapes, measured, (amount, plane))
        labels = (*demand.zones, OUTSIDE)
        owner = np.concatenate([owner, beyond[0]])
        zone = np.concatenate([zone, np.full(len(beyond[0]), len(demand.zones), dtype=np.int64)])
        part, part_plane = np.concatenate([part, beyond[1]]), np.concatenate([part_plane, beyond[2]])
    once = _once(bench, shapes, amount, measured)
    shared = float(part.sum() - amount.sum())
    shared = shared if shared > CLOSES * float(amount.sum()) else 0.0
    name = bench.crs.name if bench.crs.is_projected else ""
    return Totals(
        method=_method(bench, measured),
        caveats=(*_caveats(float(amount.sum()), once, measured, classes), *_in_two(shared, measured)),
        repairs=repairs_of(*reports),
        table=_table(labels, classes, number[owner], zone, (part, part_plane)),
        amount=float(amount.sum()),
        plane=float(plane.sum()),
        once=once,
        shared=shared,
        features=len(shapes),
        unit="m2" if measured == "area" else "m",
        plane_name=name.removesuffix(" (m)"),
    )


def ground_m2(features: gpd.GeoDataFrame) -> float:
    """Return the ground that polygons cover, each point once, m2 on the ellipsoid.

    Raises
    ------
    EmptyLayer, BadGeometry, WrongGeometryType, MissingCRS, RefusedCRS, RefusedDatum

    Examples
    --------
    >>> plots = gpd.GeoDataFrame(geometry=[shapely.box(5e5, 35e5, 5e5 + 10, 35e5 + 10)] * 2, crs=4549)
    >>> round(ground_m2(plots), 1)
    100.0
    """
    report = usable_report(features, where="items")
    bench = Bench.of(report.frame, where="items")
    shapes = report.on(bench)
    return _once(bench, shapes, take_areas(shapes, bench.crs), "area")


def _amounts(bench: Bench, shapes: Shapes, measured: str) -> tuple[Floats, Floats]:
    """Return ellipsoidal and plane amounts; NaN where edges are straight in degrees."""
    amount = take_areas(shapes, bench.crs) if measured == "area" else shape_lengths_m(shapes, bench.crs)
    if not bench.crs.is_projected:
        return amount, np.full(len(shapes), np.nan)
    size = shapely.area if measured == "area" else shapely.length
    blocks = row_blocks(len(shapes), size=BLOCK)  # of shapes that are stored so many are made, and none is held
    return amount, np.concatenate([np.zeros(0), *(size(shapes[part]) for part in blocks)])


def _beyond(
    bench: Bench, shapes: Shapes, zones: Shapes, measured: str, amounts: tuple[Floats, Floats]
) -> tuple[Ints, Floats, Floats]:
    """Return what of the features lies in no zone: owners and amounts.

    Parameters
    ----------
    bench
        The plane of both.
    shapes, zones
        n features, and polygons.
    measured
        What of them is told.
    amounts
        Of the whole features: whoever meets no zone has all of it outside.
    """
    tree, whole = shapely.STRtree(zones), sound.union(zones)
    shapely.prepare(whole)
    met = _meeting_boxes(shapes, tree)
    out = np.ones(len(shapes), dtype=bool)  # whole features that meet no zone
    rows: list[Ints] = [_NO_ROWS]
    pieces: list[Shapes] = [np.zeros(0, dtype=object)]
    for part in row_blocks(len(met), size=BLOCK):
        made = shapes[met[part]]
        at = np.unique(tree.query(made, predicate="intersects")[0])
        out[met[part][at]] = False
        at = at[~shapely.contains_properly(whole, made[at])]  # of what lies within nothing is left
        left = sound.subtract_pairs(made[at], whole)
        there = ~shapely.is_empty(left)
        rows.append(met[part][at[there]])
        pieces.append(left[there])
    cut = np.concatenate(rows)
    owner = np.concatenate([np.flatnonzero(out), cut])
    amount, plane = (
        np.concatenate([all_of_it[out], some])
        for all_of_it, some in zip(amounts, _amounts(bench, np.concatenate(pieces), measured), strict=True)
    )
    order = np.argsort(owner, kind="stable")
    order = order[amount[order] > 0.0]
    return owner[order], amount[order], plane[order]


def _meeting_boxes(shapes: Shapes, tree: shapely.STRtree) -> Ints:
    """Return the shapes whose boxes meet that of a shape of a tree; of stored ones none is made."""
    box, near = shape_boxes(shapes), np.zeros(len(shapes), dtype=bool)
    for part in row_blocks(len(shapes), size=BLOCK):
        near[part.start + tree.query(shapely.box(*box[part].T))[0]] = True
    return np.flatnonzero(near)


def _once(bench: Bench, shapes: Shapes, amount: Floats, measured: str) -> float:
    """Return ground covered once, or the length of lines without what is covered twice; NaN if not looked for."""
    if measured == "area":
        left, right = overlapping_pairs(shapes)
        if not len(left):
            return float(amount.sum())
        rows = np.unique(np.concatenate([left, right]))
        union = np.array([sound.union(shapes[rows])], dtype=object)
        return float(amount.sum() - amount[rows].sum() + measure(union, form_of(bench.crs, union)).area_m2[0])
    if (shape_dimensions(shapes) != LINE).any() or _many_corners(shapes):
        return float("nan")
    return float(shape_lengths_m(np.array([sound.union(shapes)], dtype=object), bench.crs)[0])


def _many_corners(lines: Shapes) -> bool:
    """Whether doubles of lines are not looked for: they have too many corners."""
    count = 0
    for part in row_blocks(len(lines), size=BLOCK):
        count += int(shapely.get_num_coordinates(lines[part]).sum())
        if count > _MOST_LINES:
            return True
    return False


def _table(
    zones: tuple[str | None, ...],
    classes: tuple[str | None, ...],
    number: Ints,
    zone: Ints,
    amounts: tuple[Floats, Floats],
) -> pd.DataFrame:
    cell = zone * len(classes) + number
    cells, at = np.unique(cell, return_inverse=True)
    return pd.DataFrame(
        {
            "zone": pd.Series([zones[c // len(classes)] for c in cells.tolist()], dtype=object),
            "class": pd.Series([classes[c % len(classes)] for c in cells.tolist()], dtype=object),
            "count": np.bincount(at, minlength=len(cells)),
            "amount": np.bincount(at, weights=amounts[0], minlength=len(cells)),
            "plane": np.bincount(at, weights=amounts[1], minlength=len(cells)),
        }
    )


def _method(bench: Bench, measured: str) -> Text:
    name, lonlat = bench.crs.name.removesuffix(" (m)"), bool(bench.crs.is_geographic)
    if measured == "area":
        return area_method(name, lonlat=lonlat)
    zh = "椭球长度，逐条计量" + ("" if lonlat else f"（边在 {name} 平面内为直线）")
    en = "Length on the ellipsoid, every line at its length"
    return Text(f"{zh}。", f"{en}{'' if lonlat else f' (edges straight in the plane of {name})'}.")


def _in_two(shared: float, measured: str) -> tuple[Text, ...]:
    if not shared:
        return ()
    unit, both = ("平方米", "m2") if measured == "area" else ("米", "m"), number_text(shared, 2)
    zh = f"分区相互重叠：{both} {unit[0]}同时计入两个以上分区，各行相加多出这些；总量只计一次。"
    en = f"Zones overlap: {both} {unit[1]} lie in more than one; rows add up to so much more than the total."
    return (Text(zh, en),)


def _caveats(amount: float, once: float, measured: str, classes: tuple[str | None, ...]) -> tuple[Text, ...]:
    notes = []
    twice = amount - once
    if np.isfinite(once) and twice > 1e-9 * amount:
        if measured == "area":
            zh = f"要素相互重叠：各要素面积之和多计 {number_text(twice, 2)} 平方米。"
            notes.append(
                Text(
                    zh, f"Features overlap: their areas add up to {number_text(twice, 2)} m2 more than the ground."
                )
            )
        else:
            zh = f"有 {number_text(twice, 2)} 米与其他线重合（各线仍按其长度计）。"
            notes.append(
                Text(zh, f"{number_text(twice, 2)} m lie where another line lies (every line is counted).")
            )
    if None in classes and len(classes) > 1:
        notes.append(Text("部分要素未注明类别。", "Some features state no class."))
    return tuple(notes)
