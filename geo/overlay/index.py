"""A layer prepared once, so that a polygon drawn on the map is answered at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.arrays import Floats, Ints, Shape, Shapes, as_list
from geo.errors import NotComputable
from geo.measure import sound
from geo.measure.area import form_of, measure_shapes
from geo.measure.crs import Bench, checked_crs, edge_crs, same_crs
from geo.measure.facts import known_facts, layer_extent, overlapping_pairs, shape_boxes
from geo.measure.integrals import AreaForm
from geo.measure.known import Known
from geo.measure.measuring import Measures
from geo.measure.validity import Problem, limit, usable_report
from geo.overlay.few import FewParcels, are_few
from geo.overlay.overlaps import LayerGround, found_grounds
from geo.overlay.overlay import overlay
from geo.overlay.tabulation import ParcelClasses, Tabulation, tabulate_overlay
from geo.overlay.zones import code_labels
from geo.result import repairs_of


@dataclass(frozen=True)
class Index:
    """A checked layer on its bench with a spatial index; safe to share between threads for reading.

    Examples
    --------
    >>> field = shapely.box(5e5, 35e5, 5e5 + 90, 35e5 + 90)
    >>> parcels = gpd.GeoDataFrame({"class": ["01"]}, geometry=[field], crs=4549)
    >>> drawn = gpd.GeoSeries([shapely.box(5e5, 35e5, 5e5 + 45, 35e5 + 90)], crs=4549)
    >>> round(float(Index.of(parcels, class_field="class").tabulate(drawn).share[0, 0]), 9)
    1.0
    """

    bench: Bench
    shapes: Shapes
    known: Known | None
    classes: tuple[str | None, ...]
    number: Ints
    ids: pd.Index
    tree: shapely.STRtree
    frame: gpd.GeoDataFrame
    repairs: tuple[object, ...]
    ground: LayerGround | None
    measures: Measures
    extent: Floats
    form: AreaForm

    @classmethod
    def of(cls, parcels: gpd.GeoDataFrame, *, class_field: str) -> Index:
        """Check a layer and index it.

        Raises
        ------
        MissingCRS, RefusedCRS, RefusedDatum, BadGeometry, WrongGeometryType, EmptyLayer, NoSuchField
        """
        report = usable_report(parcels, where="parcels")
        bench = Bench.of(report.frame, where="parcels")
        shapes = np.asarray(report.on(bench))  # all of them are in the tree
        measures = measure_shapes(shapes, bench.crs)  # found now, kept with the shapes, taken for every polygon
        shape_boxes(shapes)
        overlapping_pairs(shapes)
        classes, number = code_labels(report.frame, class_field, where="parcels")
        ids = report.frame.index
        if isinstance(ids, pd.RangeIndex):  # some rows of one take longer
            ids = pd.Index(ids.to_numpy())
        tree = shapely.STRtree(shapes)
        known, ground = known_facts(shapes), found_grounds(shapes, bench.crs, number)
        extent, form = layer_extent(shapes), form_of(bench.crs, shapes)
        return cls(
            bench,
            shapes,
            known,
            classes,
            number,
            ids,
            tree,
            report.frame,
            repairs_of(report),
            ground,
            measures,
            extent,
            form,
        )

    def tabulate(
        self, drawn: gpd.GeoDataFrame | gpd.GeoSeries, *, water_classes: Collection[str] = ()
    ) -> Tabulation:
        """Return the land use under a drawn polygon (all its parts are one zone named ``drawn``).

        Raises
        ------
        NotComputable
            When nothing was drawn or it has no area; and the errors of an unusable geometry.
        """
        outline, repairs = self._outline(drawn)
        shape = sound.union(outline)
        if shape.is_empty:
            raise NotComputable(needs_zh="有面积的图形", needs_en="a shape with an area")
        rows = np.sort(self.tree.query(shape))
        near, whole = self.shapes[rows], self.ground
        ground = None if whole is None else LayerGround(whole.ground, whole.of_label, whole.rows[rows])
        number, doubled = self.number[rows], None
        if ground is not None and are_few(near, shape):
            few = FewParcels(
                self.bench, self._form(shape), near, self.measures[rows], number, len(self.classes), ground
            )
            cut, doubled = few.cut(shape)
        else:
            near = near if self.known is None else self.known.part(rows, self.shapes)
            cut = overlay(self.bench, near, np.array([shape], dtype=object))
        return tabulate_overlay(
            cut,
            ParcelClasses(self.classes, number, water_classes, ground, doubled),
            names=("drawn",),
            ids=self.ids[rows],
            repairs=repairs,
        )

    def _form(self, shape: Shape) -> AreaForm:
        """Return what measures within a polygon; of one inside the layer's extent the layer's own."""
        (west, south, east, north), (left, bottom, right, top) = (
            shapely.bounds(shape).tolist(),
            as_list(self.extent),
        )
        if left <= west and bottom <= south and east <= right and north <= top:
            return self.form
        return form_of(self.bench.crs, self.shapes, np.array([shape], dtype=object))

    def _outline(self, drawn: gpd.GeoDataFrame | gpd.GeoSeries) -> tuple[Shapes, tuple[tuple[str, Problem], ...]]:
        """Return what was drawn on the bench, and what was mended of it; one sound polygon has nothing to mend."""
        column = drawn.geometry.values  # what a column of pandas is asked for again and again adds up
        stored = checked_crs(column.crs, where="drawn")
        crs = edge_crs(drawn, where="drawn") if drawn.attrs else stored
        if len(column) == 1 and same_crs(crs, self.bench.crs) and same_crs(stored, crs):
            shapes = np.asarray(column, dtype=object)
            inside = np.abs(shapely.bounds(shapes)) <= limit(geographic=bool(crs.is_geographic))  # false for NaN
            if shapely.get_type_id(shapes[0]) == 3 and inside.all() and shapely.is_valid(shapes[0]):
                return shapes, ()
        report = usable_report(gpd.GeoDataFrame(geometry=drawn.geometry), where="drawn")
        return report.on(self.bench), repairs_of(report)
