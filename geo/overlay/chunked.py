"""Tabulation of a layer read part by part: the same numbers as `tabulate`, in the memory of a few parts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.arrays import Bools, Floats, Ints
from geo.errors import EmptyLayer, WrongCRS
from geo.measure.crs import Bench, crs_text, same_crs
from geo.measure.facts import overlapping_pairs
from geo.measure.measuring import BLOCK as RINGS
from geo.measure.measuring import measured_rings
from geo.measure.moments import join_moments
from geo.measure.starlike import find_validity
from geo.measure.validity import Problem, check, limit
from geo.overlay.ground import Ground, Tally
from geo.overlay.overlay import BLOCK, cut_block
from geo.overlay.tabulation import AreaTable, table_caveats, tabulate
from geo.overlay.twice import NOISE, held_twice_m2
from geo.overlay.wkb import WkbLayer
from geo.overlay.zones import ZoneSet, code_labels, zone_set
from geo.parallel import UNWATCHED, Watch, in_threads, row_blocks
from geo.result import area_method, repairs_of

Part = Callable[[], gpd.GeoDataFrame | WkbLayer]
Repairs = tuple[tuple[str, Problem], ...]


@dataclass(frozen=True)
class _Sums:
    """Some parcels' areas by their own classes, their tallies by zone, and what was mended in them."""

    classes: tuple[str | None, ...]
    area_m2: Floats
    tallies: tuple[Tally, ...]
    repairs: Repairs


def tabulate_parts(
    parts: Sequence[Part],
    zones: gpd.GeoDataFrame,
    *,
    class_field: str,
    zone_field: str | None = None,
    water_classes: Collection[str] = (),
    watch: Watch = UNWATCHED,
) -> AreaTable:
    """Tabulate a layer whose parts are read on demand (row groups of a file), two at a time.

    Zones that the parts provably tile need one pass and no more memory than two parts. For the others the parcels
    that reach them are read again and tabulated together, with overlaps and gaps as `tabulate` reports them.

    Parameters
    ----------
    zones, zone_field
        Polygons, and the field of their labels (the index when None).
    class_field
        Field of the parcels' class, in every part.
    water_classes
        Classes that are water, for the separate land and water totals.
    watch
        Is told how far it is in parts, and may stop it by raising `Cancelled`.
    parts
        Callables that each return one part, as a frame or (faster, in less memory) as well-known binary; they are
        called in worker threads, possibly twice.

    Raises
    ------
    EmptyLayer, WrongCRS
        No parts; parts in different CRS; and the errors of `tabulate`.

    Examples
    --------
    >>> from shapely import box
    >>> halves = [box(5e5 + x, 35e5, 5e5 + x + 50, 35e5 + 100) for x in (0, 50)]
    >>> parts = [lambda h=h: gpd.GeoDataFrame({"c": ["a"]}, geometry=[h], crs=4549) for h in halves]
    >>> zone = gpd.GeoDataFrame(geometry=[box(5e5, 35e5, 5e5 + 100, 35e5 + 100)], crs=4549)
    >>> round(float(tabulate_parts(parts, zone, class_field="c").share[0, 0]), 9)
    1.0
    """
    if not parts:
        raise EmptyLayer(where="parcels")
    first = check(_frame(parts[0]()), where="parcels", rings=False)
    bench = Bench.of(first.frame, where="parcels")
    areas = zone_set(zones, bench, zone_field=zone_field)
    ground = Ground.of(bench, areas.shapes, first.on(bench), times=len(parts))
    edges = _edges(first.frame)
    del first

    def work(part: Part) -> tuple[int, list[_Sums]]:
        read = part()
        return len(read), _part_sums(read, bench, ground, class_field, edges=edges)

    sizes, by_part = zip(*in_threads(parts, work, watch=watch), strict=True)
    before: list[int] = np.cumsum((0, *sizes)).tolist()  # rows of the layer before each part
    found = [sums for part in by_part for sums in part]
    classes = _all_classes(found)
    if not classes:
        raise EmptyLayer(where="parcels")
    area = np.zeros((len(classes), len(areas.labels)))
    for sums in found:
        area[[classes.index(label) for label in sums.classes]] += sums.area_m2
    whole, closed = ground.closed([tally for sums in found for tally in sums.tallies])
    mended = [
        _renumbered(sums.repairs, range(at, at + size))
        for at, size, part in zip(before[:-1], sizes, by_part, strict=True)
        for sums in part
    ]
    repairs = tuple(pair for pairs in mended for pair in pairs) + repairs_of(areas.report)
    table = _Table(classes, area, area.copy(), np.zeros(len(whole)), np.zeros(len(whole)))
    wet = [label in water_classes for label in classes]
    water: Floats = area[wet].sum(axis=0)
    if not closed.all():
        tree = shapely.STRtree(areas.shapes[~closed])
        read = [partial(_reaching, part, bench, tree, at) for part, at in zip(parts, before[:-1], strict=True)]
        frames = in_threads(read, lambda part: part(), watch=watch.silent)
        parcels = gpd.GeoDataFrame(pd.concat(frames), crs=bench.source)
        parcels.attrs = dict(frames[0].attrs)
        del frames
        rows, zoned = np.flatnonzero(~closed), _open(areas, closed, bench, parcels)
        doubled = _overlapping(parcels, bench)
        if doubled is None:
            again = _tabulated(parcels, zoned, class_field, water_classes, watch)
            table = table.with_open(again, rows)
            repairs = tuple(dict.fromkeys((*repairs, *again.repairs)))
            water[rows] = 0.0 if again.water_m2 is None else again.water_m2
        elif len(doubled):
            twice = _tabulated(parcels.iloc[doubled], zoned, class_field, water_classes, watch)
            table = table.with_overlaps(twice, rows)
            water[rows] -= _twice_water_m2(twice, water_classes)
        if doubled is not None:
            table = table.with_gaps(whole, rows)
    shared = held_twice_m2(areas.shapes, bench.crs)
    return AreaTable(
        method=area_method(crs_text(bench.crs), lonlat=bool(bench.crs.is_geographic)),
        caveats=tuple(table_caveats(table.classes, table.area, table.overlap, shared)),
        repairs=repairs,
        classes=table.classes,
        zones=areas.labels,
        area_m2=table.area,
        union_m2=table.union,
        zone_area_m2=whole,
        covered_m2=whole - table.gap,
        overlap_m2=table.overlap,
        unclassified_m2=table.gap,
        zone_overlap_m2=shared,
        water_m2=water if water_classes else None,
    )


def _frame(part: gpd.GeoDataFrame | WkbLayer) -> gpd.GeoDataFrame:
    return part.frame() if isinstance(part, WkbLayer) else part


def _edges(part: gpd.GeoDataFrame | WkbLayer) -> tuple[object, object]:
    return part.attrs.get("edge_model"), part.attrs.get("plane_crs")


def _part_sums(
    part: gpd.GeoDataFrame | WkbLayer,
    bench: Bench,
    ground: Ground,
    class_field: str,
    *,
    edges: tuple[object, object],
) -> list[_Sums]:
    """Sum one part; of binary, only parcels near a boundary and what is no plain polygon become shapes."""
    if part.crs is None or not same_crs(part.crs, bench.source):
        raise WrongCRS(found=str(part.crs), expected=str(bench.source))
    if ground.grid is None or not isinstance(part, WkbLayer) or _edges(part) != edges:
        return [_frame_sums(_frame(part), bench, ground, class_field)]
    rings = part.rings()
    good = np.abs(rings.box) <= limit(geographic=bench.source.is_geographic)
    rings = rings.where(np.asarray(good.all(axis=1), dtype=bool))
    if not len(rings.rows):
        return [_frame_sums(part.frame(), bench, ground, class_field)]
    rings = rings.moved(bench.source, bench.crs)
    parcel, zone, unsure = ground.grid.sorted(rings.box)
    found = [measured_rings(*rings.block(block), ground.form) for block in row_blocks(len(rings.rows), size=RINGS)]
    sums = []
    if len(parcel):
        area = np.concatenate([one.area_m2 for one in found])[parcel]
        tally = ground.tally(zone, join_moments([one.moments for one in found]), parcel)
        classes, number = code_labels(part.table, class_field, where="parcels")
        cell = number[rings.rows[parcel]] * len(ground.zones) + zone
        sums.append(_Sums(classes, _by_cell(cell, area, classes, ground), (tally,), ()))
    rest = np.setdiff1d(np.arange(len(part)), rings.rows[~unsure])
    if len(rest):
        near = _frame_sums(part.frame(rest), bench, ground, class_field)
        sums.append(replace(near, repairs=_renumbered(near.repairs, rest.tolist())))
    return sums


def _by_cell(cell: Ints, area: Floats, classes: tuple[str | None, ...], ground: Ground) -> Floats:
    count = len(ground.zones)
    sums: Floats = np.bincount(cell, weights=area, minlength=len(classes) * count).astype(float)
    return sums.reshape(len(classes), count)


def _frame_sums(frame: gpd.GeoDataFrame, bench: Bench, ground: Ground, class_field: str) -> _Sums:
    report = check(frame, where="parcels", rings=False)
    classes, number = code_labels(report.frame, class_field, where="parcels")
    shapes = report.on(bench)
    count = len(ground.zones)
    area: Floats = np.zeros((len(classes), count))
    tallies: list[Tally] = []
    for block in row_blocks(len(shapes), size=BLOCK):
        pieces = cut_block(ground, shapes[block])
        cell = number[block][pieces.parcel] * count + pieces.zone
        area += _by_cell(cell, pieces.area_m2, classes, ground)
        tallies += pieces.tallies
    return _Sums(classes, area, tuple(tallies), repairs_of(report))


def _all_classes(found: list[_Sums]) -> tuple[str | None, ...]:
    every = {label for sums in found for label in sums.classes}
    known: list[str | None] = [*sorted(label for label in every if label is not None)]
    return (*known, None) if None in every else tuple(known)


@dataclass(frozen=True)
class _Table:
    classes: tuple[str | None, ...]
    area: Floats
    union: Floats
    overlap: Floats
    gap: Floats

    def with_open(self, again: AreaTable, rows: Ints) -> _Table:
        """Return the table with the columns of open zones taken from an exact tabulation of them."""
        for label in again.classes:
            here, there = self.classes.index(label), again.classes.index(label)
            self.area[here, rows], self.union[here, rows] = again.area_m2[there], again.union_m2[there]
        for label in set(self.classes) - set(again.classes):
            self.area[self.classes.index(label), rows] = self.union[self.classes.index(label), rows] = 0.0
        self.overlap[rows], self.gap[rows] = again.overlap_m2, again.unclassified_m2
        return self

    def with_overlaps(self, twice: AreaTable, rows: Ints) -> _Table:
        """Return the table with what parcels that overlap others, tabulated alone, have twice in open zones."""
        for at, label in enumerate(twice.classes):
            self.union[self.classes.index(label), rows] -= twice.area_m2[at] - twice.union_m2[at]
        self.overlap[rows] = twice.overlap_m2
        return self

    def with_gaps(self, whole: Floats, rows: Ints) -> _Table:
        """Return the table with the ground of open zones that no parcel covers."""
        gap = whole[rows] - (self.area[:, rows].sum(axis=0) - self.overlap[rows])
        self.gap[rows] = np.where(gap <= NOISE * whole[rows], 0.0, gap)
        return self


def _renumbered(repairs: Repairs, rows: Sequence[int]) -> Repairs:
    """Return the parcels' repairs with the rows they have in the layer."""
    return tuple(
        (where, replace(problem, row=rows[problem.row]) if where == "parcels" else problem)
        for where, problem in repairs
    )


def _reaching(part: Part, bench: Bench, tree: shapely.STRtree, before: int) -> gpd.GeoDataFrame:
    """Return the rows of a part that reach a zone of the tree, and invalid ones, by their rows in the layer."""
    frame = _frame(part())
    shapes = bench.bring(frame, where="parcels")
    keep = np.zeros(len(shapes), dtype=bool)
    keep[tree.query(shapes)[0]] = True
    away = np.flatnonzero(~(keep | shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    keep[away] = ~find_validity(shapes[away])
    return frame.set_index(pd.RangeIndex(before, before + len(frame)))[keep]


def _open(areas: ZoneSet, closed: Bools, bench: Bench, like: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the zones that do not close, with their labels as ``zone``, and edges as a layer's."""
    names = [label for label, shut in zip(areas.labels, closed.tolist()) if not shut]
    zones = gpd.GeoDataFrame(
        {"zone": names}, geometry=bench.give(areas.shapes[~closed]).to_numpy(), crs=bench.source
    )
    zones.attrs = dict(like.attrs)
    return zones


def _overlapping(parcels: gpd.GeoDataFrame, bench: Bench) -> Ints | None:
    """Return the rows of parcels that overlap others; None where some are not sound, so that all is cut anew."""
    report = check(parcels, where="parcels")
    if report.problems:
        return None
    return np.unique(np.concatenate(overlapping_pairs(report.on(bench))))


def _tabulated(
    parcels: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame,
    class_field: str,
    water_classes: Collection[str],
    watch: Watch,
) -> AreaTable:
    """Tabulate parcels of the layer in zones that do not close.

    Parameters
    ----------
    parcels
        By their rows in the layer.
    zones
        As `_open` gives them.
    class_field, water_classes, watch
        As `tabulate_parts` takes them.
    """
    table = tabulate(
        parcels, zones, class_field=class_field, zone_field="zone", water_classes=water_classes, watch=watch.silent
    )
    return replace(table, repairs=_renumbered(table.repairs, parcels.index.tolist()))


def _twice_water_m2(table: AreaTable, water_classes: Collection[str]) -> Floats:
    """Return by zone what classes that are water cover more than once."""
    wet = [label in water_classes for label in table.classes]
    summed: Floats = table.area_m2[wet].sum(axis=0)
    return summed - (0.0 if table.water_m2 is None else table.water_m2)
