"""Area per class and zone, with what is left over, what is counted twice, and totals that close."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.arrays import Floats, Ints
from geo.errors import BadRule, NoSuchField
from geo.measure.area import M2_PER, M2_PER_HA, mu_of, plane_area_m2
from geo.measure.crs import Bench, crs_text, shapes_of
from geo.measure.facts import shape_validity
from geo.measure.validity import Problem, usable_report
from geo.overlay.overlaps import Doubles, LayerGround, doubled_areas
from geo.overlay.overlay import CLOSES, Overlay, overlay
from geo.overlay.rounding import balance_parts, round_half_up
from geo.overlay.twice import NOISE, held_twice_m2
from geo.overlay.zones import code_labels, zone_set
from geo.parallel import UNWATCHED, Watch, begin_beside
from geo.result import NO_CLASS_EN, NO_CLASS_ZH, Result, area_method, repairs_of
from geo.text import Text, number_text

_NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, kw_only=True)
class AreaTable(Result):
    """Classes x zones, ellipsoidal m2.

    Attributes
    ----------
    classes, zones
        Labels of rows and columns; the class None holds parcels without a class.
    area_m2, union_m2
        Per class and zone: sum of the pieces; ground they cover, each point once (shares come from this).
    zone_area_m2, covered_m2, overlap_m2, unclassified_m2
        Per zone: its area; ground under any parcel; area counted more than once; ground under no parcel.
        ``area_m2.sum(0) - overlap_m2 + unclassified_m2 == zone_area_m2``.
    zone_overlap_m2
        Ground that lies in two zones: while it is not 0, totals over zones count it twice.
    water_m2
        Per zone, the union of the classes told to be water; None when none were told. Land is zone minus water.
    """

    classes: tuple[str | None, ...]
    zones: tuple[str, ...]
    area_m2: Floats
    union_m2: Floats
    zone_area_m2: Floats
    covered_m2: Floats
    overlap_m2: Floats
    unclassified_m2: Floats
    zone_overlap_m2: float
    water_m2: Floats | None

    @property
    def total_m2(self) -> float:
        """The zones' areas together."""
        return float(self.zone_area_m2.sum())

    @property
    def share(self) -> Floats:
        """Ground of each class over the area of its zone, 0 to 1 (from unions, never from naive sums)."""
        return self.union_m2 / self.zone_area_m2

    @property
    def residual_share(self) -> float:
        """The largest relative miss of parts against their zone: below 1e-9, or something is wrong."""
        parts = self.area_m2.sum(axis=0) - self.overlap_m2 + self.unclassified_m2
        return float(np.max(np.abs(parts - self.zone_area_m2) / self.zone_area_m2, initial=0.0))

    @property
    def land_m2(self) -> Floats | None:
        """Zone area that is not water, when water classes were told."""
        return None if self.water_m2 is None else self.zone_area_m2 - self.water_m2

    def to_frame(self) -> pd.DataFrame:
        """Return one row per zone and class, raw values: m2, ha, mu, union, overlap in the class, share."""
        rows = [(z, c) for z in range(len(self.zones)) for c in range(len(self.classes))]
        zone, kind = (np.array(part, dtype=int) for part in (zip(*rows) if rows else ((), ())))
        area, union = self.area_m2[kind, zone], self.union_m2[kind, zone]
        table = {
            "zone": [self.zones[z] for z in zone],
            "class": [self.classes[c] for c in kind],
            "area_m2": area,
            "area_ha": area / M2_PER_HA,
            "area_mu": mu_of(area),
            "union_m2": union,
            "overlap_m2": area - union,
            "share": self.share[kind, zone],
        }
        return pd.DataFrame(table)

    def shown(self, *, unit: str = "ha", decimals: int = 2, language: str = "zh") -> pd.DataFrame:
        """Return the table as shown: classes, unclassified, overlap (subtracted) and total by zone and altogether.

        Every column adds up to its shown total, and totals add up to the shown grand total (largest remainder).

        Raises
        ------
        BadRule
            For a unit that is not m2, ha, km2 or mu.
        """
        if unit not in M2_PER:
            raise BadRule(what="unit / 单位", found=unit, known=", ".join(M2_PER))
        size, chinese = M2_PER[unit], language == "zh"
        totals = balance_parts(self.zone_area_m2 / size, decimals=decimals)
        body = np.vstack([self.area_m2, self.unclassified_m2[None], -self.overlap_m2[None]]) / size
        columns = {}
        for z, zone in enumerate(self.zones):
            columns[zone] = balance_parts(body[:, z], decimals=decimals, total=float(totals[z]))
        no_class = NO_CLASS_ZH if chinese else NO_CLASS_EN
        names = [no_class if label is None else label for label in self.classes]
        names += ["未覆盖", "重叠（减）"] if chinese else ["unclassified", "overlap (subtracted)"]
        table = pd.DataFrame(columns, index=pd.Index(names), dtype=object)
        total, nothing = "合计" if chinese else "total", round_half_up(0, decimals=decimals)
        table[total] = np.array([sum(row, nothing) for row in table.to_numpy()], dtype=object)
        table.loc[total] = np.array([*totals, sum(totals, nothing)], dtype=object)
        return table


@dataclass(frozen=True, kw_only=True)
class Tabulation(AreaTable):
    """An area table with the pieces behind it (`pieces`)."""

    overlay: Overlay
    parcel_class: Ints
    parcel_id: pd.Index

    def plane_m2(self, *, plane_crs: str) -> Floats:
        """Return classes x zones as areas in a projected plane (投影面积), to stand beside the ellipsoid's."""
        shapes = gpd.GeoSeries(self.overlay.shapes(), crs=self.overlay.bench.crs)
        cell = self.parcel_class[self.overlay.parcel] * len(self.zones) + self.overlay.zone
        area = plane_area_m2(shapes, plane_crs=plane_crs, where="pieces")
        sums = np.bincount(cell, weights=area, minlength=self.area_m2.size)
        return sums.astype(float).reshape(self.area_m2.shape)

    def pieces(self, *, zone: str | None = None, class_: str | None = None) -> gpd.GeoDataFrame:
        """Return the evidence: the pieces of one cell, one zone, one class or all, in the layer's stored CRS."""
        rows = np.arange(len(self.overlay.parcel))
        if zone is not None:
            rows = rows[self.overlay.zone[rows] == _position(self.zones, zone, "zones")]
        if class_ is not None:
            kind = _position(self.classes, class_, "classes")
            rows = rows[self.parcel_class[self.overlay.parcel[rows]] == kind]
        parcel, area = self.overlay.parcel[rows], self.overlay.area_m2[rows]
        table = {
            "zone": np.array(self.zones, dtype=object)[self.overlay.zone[rows]],
            "class": np.array(self.classes, dtype=object)[self.parcel_class[parcel]],
            "feature": np.asarray(self.parcel_id[parcel], dtype=object),
            "area_m2": area,
            "share_of_feature": area / self.overlay.parcel_area_m2[parcel],
        }
        return gpd.GeoDataFrame(table, geometry=self.overlay.evidence(rows).array)


def _position(known: tuple[str | None, ...], wanted: str, where: str) -> int:
    if wanted not in known:
        raise NoSuchField(where=where, field=wanted, known=", ".join(str(label) for label in known))
    return known.index(wanted)


def tabulate(
    parcels: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame,
    *,
    class_field: str,
    zone_field: str | None = None,
    water_classes: Collection[str] = (),
    watch: Watch = UNWATCHED,
) -> Tabulation:
    """Tabulate area per class and zone.

    Parcels are cut where their edges are straight (`geo.declare_edges`) and measured on the ellipsoid.

    Parameters
    ----------
    parcels, zones
        n and m polygons, in any CRS that may be measured in.
    class_field, zone_field
        The parcels' class; the zones' label (the index when None; rows with one label are one zone).
    water_classes
        Classes that are water, for the separate land and water totals.
    watch
        Is told how far it is, and may stop it by raising `Cancelled`.

    Raises
    ------
    MissingCRS, RefusedCRS, RefusedDatum, BadGeometry, WrongGeometryType, EmptyLayer, NoSuchField, BadField

    Examples
    --------
    >>> import shapely
    >>> def square(**field):
    ...     return gpd.GeoDataFrame(field, geometry=[shapely.box(5e5, 35e5, 5e5 + 100, 35e5 + 100)], crs=4549)
    >>> farm, zone = square(**{"class": ["0101"]}), square(zone=["a"])
    >>> farm.geometry = farm.geometry.intersection(shapely.box(5e5, 35e5, 5e5 + 60, 35e5 + 100))
    >>> table = tabulate(farm, zone, class_field="class", zone_field="zone")
    >>> round(float(table.share[0, 0]), 6), round(float(table.unclassified_m2[0]) / table.total_m2, 6)
    (0.6, 0.4)
    """
    report = usable_report(parcels, where="parcels", rings=False)
    bench = Bench.of(report.frame, where="parcels")
    areas = zone_set(zones, bench, zone_field=zone_field)
    shapes = report.on(bench)
    zones_m2 = begin_beside(lambda: held_twice_m2(areas.shapes, bench.crs))
    cut = overlay(bench, shapes, areas.shapes, watch=watch)
    tiled = cut.sound and bool(cut.closed.all())  # rings need no check where the pieces provably tile their zone
    if not (tiled or shape_validity(report.edges).all()):
        again = usable_report(parcels, where="parcels")
        if len(again.problems) > len(report.problems):
            report, shapes = again, again.on(bench)
            cut = overlay(bench, shapes, areas.shapes, watch=watch)
    frame = report.frame
    classes, number = code_labels(frame, class_field, where="parcels")
    return tabulate_overlay(
        replace(cut, stored=shapes_of(frame)),
        ParcelClasses(classes, number, water_classes),
        names=areas.labels,
        ids=frame.index,
        repairs=repairs_of(report, areas.report),
        zones_m2=zones_m2,
    )


@dataclass(frozen=True)
class ParcelClasses:
    """The class of each of n parcels.

    Attributes
    ----------
    labels
        k classes; None stands for what has none.
    number
        Each parcel's place among them, (n,).
    water
        Those that are water.
    whole
        What is known of the layer the parcels are of, as `geo.overlay.overlaps.doubled_areas` takes it.
    doubled
        What is counted twice, where that was found before.
    """

    labels: tuple[str | None, ...]
    number: Ints
    water: Collection[str] = ()
    whole: LayerGround | None = None
    doubled: Doubles | None = None


def tabulate_overlay(
    cut: Overlay,
    classed: ParcelClasses,
    *,
    names: tuple[str, ...],
    ids: pd.Index,
    repairs: tuple[tuple[str, Problem], ...] = (),
    zones_m2: Callable[[], float] | None = None,
) -> Tabulation:
    """Return the tabulation of an overlay.

    Parameters
    ----------
    cut
        The overlay of n parcels by m zones.
    classed
        The parcels' classes.
    names
        Of the zones, m.
    ids
        Names of the parcels that problems are told by, (n,).
    repairs
        What was mended before, with the layer's name.
    zones_m2
        Gives the ground that lies in more than one zone, where that was begun before.
    """
    classes, number, water_classes = classed.labels, classed.number, classed.water
    count = len(names)
    cell = number[cut.parcel] * count + cut.zone
    area: Floats = np.bincount(cell, weights=cut.area_m2, minlength=len(classes) * count).astype(float)
    area = area.reshape(len(classes), count)
    twice = classed.doubled or doubled_areas(cut, number, len(classes), whole=classed.whole)
    covered: Floats = area.sum(axis=0) - twice.by_zone_m2
    gap = cut.zone_area_m2 - covered
    gap = np.where(cut.closed | (gap <= NOISE * cut.zone_area_m2), 0.0, gap)
    overlap = np.where(cut.closed, 0.0, twice.by_zone_m2)
    shared = held_twice_m2(cut.zones, cut.bench.crs) if zones_m2 is None else zones_m2()
    wet = None
    if water_classes:
        is_water = np.array([label in water_classes for label in classes], dtype=np.int64)
        again = doubled_areas(cut, is_water[number], 2).by_label_m2[1] if twice.pairs else 0.0
        wet = area[is_water == 1].sum(axis=0) - again
    return Tabulation(
        method=area_method(crs_text(cut.bench.crs), lonlat=bool(cut.bench.crs.is_geographic)),
        caveats=tuple(table_caveats(classes, area, overlap, shared)),
        repairs=repairs,
        classes=classes,
        zones=names,
        area_m2=area,
        union_m2=area - twice.by_label_m2,
        zone_area_m2=cut.zone_area_m2,
        covered_m2=covered,
        overlap_m2=overlap,
        unclassified_m2=gap,
        zone_overlap_m2=shared,
        water_m2=wet,
        overlay=cut,
        parcel_class=number,
        parcel_id=ids,
    )


def table_caveats(classes: tuple[str | None, ...], area: Floats, overlap: Floats, shared: float) -> list[Text]:
    """Return what to beware of in an area table.

    Parameters
    ----------
    classes
        k labels; None stands for what has none.
    area
        Of each class in each zone, (k, m), m2.
    overlap
        Ground that parcels cover more than once, by zone, (m,), m2.
    shared
        Ground that several zones hold, m2.
    """
    notes = []
    twice = float(overlap.sum())
    if twice > CLOSES * float(area.sum()):
        zh = f"图斑相互重叠，{number_text(twice, 2)} 平方米被重复计入各类之和；占比按并集计算。"
        en = f"Parcels overlap: {number_text(twice, 2)} m2 are in class sums twice; shares come from unions."
        notes.append(Text(zh, en))
    if shared > CLOSES * float(area.sum()):
        zh = f"分区相互重叠 {number_text(shared, 2)} 平方米，各分区相加会重复计入。"
        notes.append(
            Text(zh, f"Zones overlap by {number_text(shared, 2)} m2: adding the zones up counts it twice.")
        )
    if None in classes:
        lost = number_text(float(area[classes.index(None)].sum()), 2)
        notes.append(
            Text(
                f"{lost} 平方米的图斑未注明类别。",
                f"Parcels of {lost} m2 state no class.",
            )
        )
    return notes
