"""Two versions of a layer: what was added, removed and changed, and the land-use transition matrix."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.arrays import Floats, Ints, Shapes, is_empty_cell
from geo.errors import BadField, WrongCRS
from geo.measure.area import M2_PER_HA, area_m2, mu_of
from geo.measure.crs import Bench, crs_text, shapes_of
from geo.measure.measuring import measure
from geo.measure.validity import usable_report
from geo.overlay.covering import once_only
from geo.overlay.overlay import Overlay, overlay
from geo.overlay.zones import code_labels
from geo.parallel import UNWATCHED, Watch
from geo.result import Result, area_method, repairs_of, text_labels
from geo.text import Text, number_text


@dataclass(frozen=True, kw_only=True)
class Changes(Result):
    """Features added, removed and changed, by key.

    ``changed`` has key, geometry_changed, fields (names of changed fields), before_m2, after_m2.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: pd.DataFrame
    unchanged: int

    def to_frame(self) -> pd.DataFrame:
        """Return one row a difference."""
        rows = [(key, "removed", "") for key in self.removed] + [(key, "added", "") for key in self.added]
        rows += [(key, "changed", ", ".join(fields)) for key, fields in zip(self.changed.key, self.changed.fields)]
        return pd.DataFrame(rows, columns=["key", "change", "fields"])


def compare(before: gpd.GeoDataFrame, after: gpd.GeoDataFrame, *, key_field: str | None = None) -> Changes:
    """Return what changed between two versions of a layer, features matched by key (the index when None).

    A geometry is the same when its normalised vertices are equal: order and ring direction do not matter.

    Raises
    ------
    BadField
        When keys are null or repeated.
    WrongCRS
        When the versions are in different CRS.
    """
    if before.crs != after.crs:
        raise WrongCRS(found=str(after.crs), expected=str(before.crs))
    old, new = _keys(before, key_field, "before"), _keys(after, key_field, "after")
    both = [key for key in old if key in new]
    rows_old, rows_new = [old[key] for key in both], [new[key] for key in both]
    shape_old = shapely.normalize(shapes_of(before)[rows_old])
    shape_new = shapely.normalize(shapes_of(after)[rows_new])
    moved = ~shapely.equals_exact(shape_old, shape_new)
    moved &= ~(shapely.is_missing(shape_old) & shapely.is_missing(shape_new))
    changed_fields: list[list[str]] = [[] for _ in both]
    for field in sorted({*before.columns, *after.columns} - {before.geometry.name, after.geometry.name}, key=str):
        left = before[field].iloc[rows_old].tolist() if field in before.columns else [None] * len(both)
        right = after[field].iloc[rows_new].tolist() if field in after.columns else [None] * len(both)
        for row, (one, other) in enumerate(zip(left, right)):
            if not _same(one, other):
                changed_fields[row].append(str(field))
    rows = [row for row in range(len(both)) if moved[row] or changed_fields[row]]
    area_old, area_new = area_m2(before), area_m2(after)
    table = pd.DataFrame(
        {
            "key": [both[row] for row in rows],
            "geometry_changed": [bool(moved[row]) for row in rows],
            "fields": [changed_fields[row] for row in rows],
            "before_m2": [float(area_old[rows_old[row]]) for row in rows],
            "after_m2": [float(area_new[rows_new[row]]) for row in rows],
        }
    )
    return Changes(
        method=Text("按标识逐要素比较几何与属性。", "Features matched by key; geometry and fields compared."),
        added=tuple(key for key in new if key not in old),
        removed=tuple(key for key in old if key not in new),
        changed=table,
        unchanged=len(both) - len(rows),
    )


def _same(one: object, other: object) -> bool:
    if isinstance(one, list | dict | tuple | np.ndarray) or isinstance(other, list | dict | tuple | np.ndarray):
        return repr(one) == repr(other)
    return (is_empty_cell(one) and is_empty_cell(other)) or bool(one == other)


def _keys(frame: gpd.GeoDataFrame, field: str | None, where: str) -> dict[str, int]:
    names = text_labels(frame, field, where=where)
    keys = {name: row for row, name in enumerate(names) if name is not None}
    if len(keys) != len(names):
        text = {"why_zh": "标识为空或重复。", "why_en": "keys are null or repeated."}
        raise BadField(where=where, field=field, **text)
    return keys


def figure_changes(before: Result, after: Result) -> pd.DataFrame:
    """Return how the numbers of two results of one kind differ: before, after and change, row by row."""
    left, right = before.to_frame(), after.to_frame()
    text = [name for name in left.columns if not pd.api.types.is_numeric_dtype(left[name])]
    both = left.merge(right, on=text, how="outer", suffixes=("_before", "_after"))
    for name in [name for name in left.columns if name not in text]:
        both[f"{name}_change"] = both[f"{name}_after"] - both[f"{name}_before"]
    return both


@dataclass(frozen=True, kw_only=True)
class Transition(Result):
    """Land-use transition matrix, ellipsoidal m2.

    Attributes
    ----------
    from_classes, to_classes
        Rows and columns; the matrix has one more of each: ground new in the later version (last row) and
        ground no longer covered (last column).
    matrix_m2
        Rows add up to ``before_m2`` and columns to ``after_m2``.
    """

    from_classes: tuple[str | None, ...]
    to_classes: tuple[str | None, ...]
    matrix_m2: Floats
    before_m2: Floats
    after_m2: Floats
    overlay: Overlay
    from_number: Ints
    to_number: Ints
    from_id: tuple[object, ...]
    to_id: tuple[object, ...]

    @property
    def closing_share(self) -> float:
        """How far rows and columns are from closing, relative: below 1e-9."""
        rows = self.matrix_m2[:-1].sum(axis=1) - self.before_m2
        columns = self.matrix_m2[:, :-1].sum(axis=0) - self.after_m2
        total = max(float(self.before_m2.sum()), float(self.after_m2.sum()))
        return float(max(np.abs(rows).max(initial=0.0), np.abs(columns).max(initial=0.0))) / total

    def to_frame(self) -> pd.DataFrame:
        """Return one row per pair of classes: m2, ha, mu."""
        old, new = [*self.from_classes, "+"], [*self.to_classes, "-"]
        rows = [
            (one, other, value, value / M2_PER_HA, mu_of(value))
            for one, line in zip(old, self.matrix_m2.tolist())
            for other, value in zip(new, line)
        ]
        return pd.DataFrame(rows, columns=["from", "to", "area_m2", "area_ha", "area_mu"])

    def cell(self, from_class: str | None, to_class: str | None) -> gpd.GeoDataFrame:
        """Return the polygons behind one cell."""
        cut = self.overlay
        one, other = self.from_classes.index(from_class), self.to_classes.index(to_class)
        rows = np.flatnonzero((self.from_number[cut.parcel] == one) & (self.to_number[cut.zone] == other))
        table = {
            "from_feature": [self.from_id[row] for row in cut.parcel[rows]],
            "to_feature": [self.to_id[row] for row in cut.zone[rows]],
            "area_m2": cut.area_m2[rows],
        }
        return gpd.GeoDataFrame(table, geometry=cut.evidence(rows).to_numpy(), crs=cut.bench.source)


def transition_matrix(
    before: gpd.GeoDataFrame,
    after: gpd.GeoDataFrame,
    *,
    class_field: str,
    watch: Watch = UNWATCHED,
) -> Transition:
    """Return the transition matrix of two land-use layers; ground a layer covers twice counts once, and is said.

    Parameters
    ----------
    before, after
        Polygons of the two states, n and m rows, in any CRS that may be measured in.
    class_field
        Field of the land-use class, in both.
    watch
        Is told how far it is, and may stop it by raising `Cancelled`.

    Raises
    ------
    MissingCRS, RefusedCRS, RefusedDatum, BadGeometry, WrongGeometryType, EmptyLayer, NoSuchField

    Examples
    --------
    >>> from shapely import box
    >>> old = gpd.GeoDataFrame({"class": ["01"]}, geometry=[box(5e5, 35e5, 5e5 + 100, 35e5 + 100)], crs=4549)
    >>> new = gpd.GeoDataFrame({"class": ["07"]}, geometry=[box(5e5, 35e5, 5e5 + 40, 35e5 + 100)], crs=4549)
    >>> [round(value / 1e4, 3) for value in transition_matrix(old, new, class_field="class").matrix_m2[0].tolist()]
    [0.4, 0.6]
    """
    left, right = usable_report(before, where="before"), usable_report(after, where="after")
    bench = Bench.of(left.frame, where="before")
    shapes: list[Shapes] = []
    notes = []
    for report in (left, right):
        mine = report.on(bench)
        mine, twice, _ = once_only(mine, bench.crs, first_row=True)
        shapes.append(mine)
        if twice > 0.0:
            which = Text("先前", "earlier") if report is left else Text("现在", "later")
            zh = f"{which.zh}图层自身重叠 {number_text(twice, 2)} 平方米，归先出现的图斑。"
            notes.append(
                Text(
                    zh,
                    f"The {which.en} layer overlaps itself by {number_text(twice, 2)} m2: the first row has it.",
                )
            )
    old, old_number = code_labels(left.frame, class_field, where="before")
    new, new_number = code_labels(right.frame, class_field, where="after")
    cut = overlay(bench, shapes[0], shapes[1], watch=watch)
    cell = old_number[cut.parcel] * len(new) + new_number[cut.zone]
    inner = np.bincount(cell, weights=cut.area_m2, minlength=len(old) * len(new)).reshape(len(old), len(new))
    was = np.bincount(old_number, weights=measure(shapes[0], cut.form).area_m2, minlength=len(old))
    now = np.bincount(new_number, weights=cut.zone_area_m2, minlength=len(new))
    matrix = np.zeros((len(old) + 1, len(new) + 1))
    matrix[:-1, :-1] = inner
    matrix[:-1, -1] = _nothing_small(was - inner.sum(axis=1), was)
    matrix[-1, :-1] = _nothing_small(now - inner.sum(axis=0), now)
    return Transition(
        method=area_method(crs_text(bench.crs), lonlat=bool(bench.crs.is_geographic)),
        caveats=tuple(notes),
        repairs=repairs_of(left, right),
        from_classes=old,
        to_classes=new,
        matrix_m2=matrix,
        before_m2=was.astype(float),
        after_m2=now.astype(float),
        overlay=cut,
        from_number=old_number,
        to_number=new_number,
        from_id=tuple(left.frame.index),
        to_id=tuple(right.frame.index),
    )


def _nothing_small(rest: Floats | Ints, whole: Floats | Ints) -> Floats:
    """Return what is left of each class; rounding dust (below 1e-10 of the class) is nothing."""
    return np.where(np.abs(rest) <= 1e-10 * whole, 0.0, rest)
