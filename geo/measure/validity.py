"""All problems of a layer in one report, and the repaired layer beside it. Nothing is repaired in silence."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from geo.arrays import Bools, Floats, Ints, Shapes, fold_columns
from geo.errors import BadGeometry, EmptyLayer, WrongGeometryType
from geo.measure import sound
from geo.measure.area import form_of
from geo.measure.crs import Bench, base_crs, checked_crs, edge_crs, move, shapes_of
from geo.measure.edges import on_edges
from geo.measure.facts import known_facts, overlapping_pairs, remember, shape_boxes, shape_kinds, shape_validity
from geo.measure.measuring import measure
from geo.text import number_text

KINDS = {"point": 0, "line": 1, "polygon": 2}
PLAIN_TYPES = {"point": (0, 4), "line": (1, 2, 5), "polygon": (3, 6), "any": (0, 1, 2, 3, 4, 5, 6)}
KIND_ZH = {"point": "点", "line": "线", "polygon": "面"}
_AT = re.compile(r"^(.*?)\[(\S+) (\S+)\]$")


@dataclass(frozen=True)
class Problem:
    """One problem of one row. ``repaired`` tells whether the checked layer has it mended (or leaves it out).

    ``feature`` is the row's index label, ``place`` longitude and latitude in degrees (None where there is none).
    """

    row: int
    kind: str
    zh: str
    en: str
    repaired: bool
    before_m2: float = 0.0
    after_m2: float = 0.0
    feature: str = ""
    place: tuple[float, float] | None = None


@dataclass(frozen=True)
class Report:
    """The problems of one layer and the layer that can be computed with.

    ``edges`` are the frame's shapes in ``crs``, where their edges are straight and where they were checked.
    """

    where: str
    problems: tuple[Problem, ...]
    frame: gpd.GeoDataFrame
    edges: Shapes
    crs: CRS

    def on(self, bench: Bench) -> Shapes:
        """Return the shapes on a bench, valid there: what the way to another edge model rounds off is mended."""
        shapes = bench.take(self.edges, self.crs)
        if shapes is self.edges:
            return shapes
        bad = np.flatnonzero(~shape_validity(shapes) & (shapely.get_dimensions(shapes) == KINDS["polygon"]))
        if len(bad):
            shapes = shapes.copy()
            shapes[bad] = shapely.make_valid(shapes[bad], method="structure", keep_collapsed=False)
        return shapes

    @property
    def fatal(self) -> tuple[Problem, ...]:
        """Problems nothing can mend: no figure may be computed."""
        return tuple(problem for problem in self.problems if not problem.repaired)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a problem."""
        columns = ["row", "kind", "zh", "en", "repaired", "before_m2", "after_m2"]
        return pd.DataFrame([vars(problem) for problem in self.problems], columns=columns)

    def raise_if_fatal(self) -> Report:
        """Return self when everything could be repaired.

        Raises
        ------
        BadGeometry
            Lists every problem that could not.
        """
        if self.fatal:
            first = self.fatal[0]
            raise BadGeometry(
                where=self.where,
                count=len(self.fatal),
                first_zh=f"第 {first.row} 行：{first.zh}",
                first_en=f"row {first.row}: {first.en}",
                problems=[vars(problem) for problem in self.fatal],
            )
        return self


def check(frame: gpd.GeoDataFrame, *, where: str = "layer", kind: str = "polygon", rings: bool = True) -> Report:
    """Check a layer of one kind (``polygon``, ``line``, ``point`` or ``any``) and repair what can be repaired.

    Validity is that of the shapes where their edges are straight (`geo.measure.crs.edge_crs`), for there they are
    cut and measured. Missing and empty geometry, and coordinates that are not finite or leave the globe, are left
    out; invalid rings are rebuilt with the structure method, places and areas before and after stated; collections
    give their parts of the kind. Another kind of geometry is refused. ``rings=False`` leaves out the validity of
    rings.

    Parameters
    ----------
    frame
        The layer, n rows.
    where
        Its name in problems and errors.
    kind
        The geometry it is to have.
    rings
        Whether the validity of rings is looked at.

    Raises
    ------
    MissingCRS, RefusedCRS, RefusedDatum
        Before anything else, when the layer has no CRS that may be measured in.

    Examples
    --------
    >>> bow = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    >>> report = check(gpd.GeoDataFrame(geometry=[shapely.affinity.translate(bow, 5e5, 3.5e6)], crs=4549))
    >>> report.problems[0].kind, round(report.problems[0].after_m2, 3)
    ('invalid', 2.0)
    """
    own = edge_crs(frame, where=where)
    stored = shapes_of(frame)
    crs = checked_crs(frame, where=where)
    shapes = on_edges(stored, crs, own)
    degrees = bool(own.is_geographic)
    if _faultless(shapes, kind, geographic=degrees, rings=rings):
        return Report(where, (), frame, shapes, own)
    mending = _mending(shapes, own, kind, rings=rings, where=where)
    problems, kept = mending.problems, mending.kept
    if not problems:
        return Report(where, (), frame, shapes, own)
    result = frame.loc[kept] if kept.all() else frame[kept]
    changed = np.unique([p.row for p in problems if kept[p.row]]).astype(np.int64)
    if len(changed):
        held = stored.copy()
        held[changed] = move(mending.shapes[changed], own, crs)
        result = result.set_geometry(gpd.GeoSeries(held[kept], index=result.index, crs=frame.crs))
    result.attrs = dict(frame.attrs)
    labels = np.asarray(frame.index, dtype=object)
    named = (replace(p, feature=str(labels[p.row])) for p in problems)
    return Report(where, tuple(sorted(named, key=lambda p: (p.row, p.kind))), result, mending.edges, own)


@dataclass(frozen=True)
class _Mending:
    """What is wrong with n shapes, the shapes mended, which of them are kept, and those."""

    problems: tuple[Problem, ...]
    shapes: Shapes
    kept: Bools
    edges: Shapes


def _mending(shapes: Shapes, own: CRS, kind: str, *, rings: bool, where: str) -> _Mending:
    """Mend a layer; a layer whose facts are kept once, and what is then found of the mended one is kept too."""

    def mend(every: Shapes) -> _Mending:
        return _mend(every, own, kind, rings=rings, where=where)

    name = f"mended {own.srs} {kind} {rings} "
    found = known_facts(shapes, name)
    if found is None or found.rows is not None:
        return mend(shapes)
    mending = found.facts.get(name, mend)
    remember(mending.edges, found.facts.shelf, seen=found.facts.seen + name)
    return mending


def _mend(shapes: Shapes, own: CRS, kind: str, *, rings: bool, where: str) -> _Mending:
    degrees = bool(own.is_geographic)
    problems: list[Problem] = []
    gone = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    for row in np.flatnonzero(gone):
        missing = shapes[row] is None
        zh, en = ("没有几何", "no geometry") if missing else ("几何为空", "empty geometry")
        name = "missing" if missing else "empty"
        problems.append(Problem(int(row), name, f"{zh}，不参与计算", f"{en}: left out", True))
    use = ~gone
    valid = shape_validity(shapes) if rings else np.ones(len(shapes), dtype=bool)
    lost = use & ~_on_the_globe(shapes, valid, geographic=degrees)
    for row in np.flatnonzero(lost):
        zh = "坐标不是有限数或超出经纬度范围，面积未知，不参与计算；请更正"
        en = "coordinates not finite or off the globe: left out, its area is unknown; correct them"
        problems.append(Problem(int(row), "coordinates", zh, en, True))
    use &= ~lost
    shapes, mended = _of_kind(shapes, use, kind, where)
    problems += mended
    use &= ~shapely.is_empty(shapes)
    shapes, mended = _valid(shapes, own, np.flatnonzero(use & ~valid))
    problems += mended
    kept = use & ~shapely.is_empty(shapes)
    return _Mending(tuple(problems), shapes, kept, shapes[kept])


def _faultless(shapes: Shapes, kind: str, *, geographic: bool, rings: bool) -> bool:
    """Tell whether there is nothing to report: the usual case, and a quick answer to it."""
    return bool(
        np.isin(shape_kinds(shapes), PLAIN_TYPES[kind]).all()
        and _all_within(shape_boxes(shapes), limit(geographic=geographic))
        and (not rings or shape_validity(shapes).all())
    )


def _all_within(box: Floats, most: Floats) -> bool:
    """Tell whether no side of any box is beyond its limit, nor nothing (NaN)."""
    if not len(box):
        return True
    low, high = fold_columns(np.minimum, box), fold_columns(np.maximum, box)
    return bool(((-most <= low) & (high <= most)).all())


def limit(*, geographic: bool) -> Floats:
    """Return how large a box's sides may be, CRS units."""
    return np.array([180.0, 90.0, 180.0, 90.0]) if geographic else np.full(4, 1e9)


def _on_the_globe(shapes: Shapes, valid: Bools, *, geographic: bool) -> Bools:
    within = np.abs(shape_boxes(shapes)) <= limit(geographic=geographic)  # false for NaN
    good = np.asarray(within.all(axis=1), dtype=bool)
    suspect = np.flatnonzero(~valid)  # bounds ignore NaN inside a ring, validity does not
    xy, row = shapely.get_coordinates(shapes[suspect], return_index=True)
    good[suspect[np.unique(row[~np.isfinite(xy).all(axis=1)])]] = False
    return good


def _of_kind(shapes: Shapes, use: Bools, kind: str, where: str) -> tuple[Shapes, list[Problem]]:
    """Take the parts of the wanted kind out of collections; refuse any other kind."""
    if kind == "any":
        return shapes, []
    wanted = KINDS[kind]
    types, dimensions = shapely.get_type_id(shapes), shapely.get_dimensions(shapes)
    wrong = np.flatnonzero(use & (dimensions != wanted) & (types != 7))
    if len(wrong):
        row = int(wrong[0])
        expected = {"expected_zh": KIND_ZH[kind], "expected_en": f"{kind}s"}
        raise WrongGeometryType(where=where, found=shapes[row].geom_type, row=row, **expected)
    problems, result = [], shapes
    for row in np.flatnonzero(use & (types == 7)).tolist():
        result = shapes.copy() if result is shapes else result
        parts = shapely.get_parts(np.array([shapes[row]], dtype=object))
        parts = shapely.get_parts(parts)
        parts = parts[shapely.get_dimensions(parts) == wanted]
        result[row] = sound.union(parts) if wanted == 2 else shapely.geometrycollections(parts)
        if wanted != 2 and len(parts):
            result[row] = shapely.multilinestrings(parts) if wanted == 1 else shapely.multipoints(parts)
        zh, en = f"几何集合，只取其中的{KIND_ZH[kind]}", f"geometry collection: only its {kind}s are used"
        problems.append(Problem(row, "collection", zh, en, True))
    return result, problems


def _valid(shapes: Shapes, own: CRS, rows: Ints) -> tuple[Shapes, list[Problem]]:
    rows = rows[~shapely.is_valid(shapes[rows])]
    if not len(rows):
        return shapes, []
    bad = shapes[rows]
    good = _mended(bad)
    result = shapes.copy()
    result[rows] = good
    lines = shapely.get_dimensions(bad) < KINDS["polygon"]
    before, after = _areas(bad, own), _areas(good, own)
    problems = []
    for index, row in enumerate(rows.tolist()):
        if lines[index] and not shapely.is_empty(good[index]):
            continue
        why, place = _where(bad[index], own)
        at = f"，位于 {place[0]:.6f}, {place[1]:.6f}" if place else ""
        at_en = f" at {place[0]:.6f}, {place[1]:.6f}" if place else ""
        told = f"{number_text(before[index], 2)} → {number_text(after[index], 2)}"
        zh = f"几何无效（{why}{at}），已按环结构修复，面积 {told} 平方米"
        en = f"invalid geometry ({why}{at_en}), rebuilt by ring structure, {told} m2"
        if shapely.is_empty(good[index]):
            zh = f"几何无效（{why}{at}），修复后没有面积，不参与计算"
            en = f"invalid geometry ({why}{at_en}), nothing left: left out"
        problem = Problem(row, "invalid", zh, en, True, place=place)
        problems.append(replace(problem, before_m2=float(before[index]), after_m2=float(after[index])))
    return result, problems


def _mended(bad: Shapes) -> Shapes:
    """Return shapes rebuilt by their ring structure, one by one where one of them cannot be; that one is empty."""
    try:
        return np.asarray(shapely.make_valid(bad, method="structure", keep_collapsed=False), dtype=object)
    except shapely.GEOSException:
        if len(bad) > 1:
            return np.concatenate([_mended(bad[at : at + 1]) for at in range(len(bad))])
        return np.array([shapely.Polygon()], dtype=object)


def _where(shape: shapely.Geometry, own: CRS) -> tuple[str, tuple[float, float] | None]:
    """Return why a shape is invalid, and where, in degrees."""
    told = _AT.match(shapely.is_valid_reason(shape))
    if told is None:
        return shapely.is_valid_reason(shape), None
    spot = move(np.array([shapely.Point(float(told[2]), float(told[3]))], dtype=object), own, base_crs(own))[0]
    return told[1], (float(spot.x), float(spot.y))


def _areas(shapes: Shapes, own: CRS) -> Floats:
    return measure(shapes, form_of(own, shapes)).area_m2


def usable_report(frame: gpd.GeoDataFrame, *, where: str, kind: str = "polygon", rings: bool = True) -> Report:
    """Return a report whose layer can be computed with.

    Parameters
    ----------
    frame
        The layer, n rows.
    where
        Its name in errors.
    kind
        The geometry it is to have: ``polygon``, ``line``, ``point`` or ``any``.
    rings
        Whether the validity of rings is looked at.

    Raises
    ------
    BadGeometry, WrongGeometryType, EmptyLayer
        Problems that cannot be repaired; nothing usable left.
    """
    report = check(frame, where=where, kind=kind, rings=rings).raise_if_fatal()
    if not len(report.frame):
        raise EmptyLayer(where=where)
    return report


def self_overlaps(frame: gpd.GeoDataFrame, *, where: str = "layer") -> pd.DataFrame:
    """Return the pairs of rows that cover the same ground, with the area counted twice (ellipsoidal m2)."""
    own = edge_crs(frame, where=where)
    shapes = on_edges(shapes_of(frame), checked_crs(frame, where=where), own)
    left, right = overlapping_pairs(shapes)
    shared = sound.intersect_pairs(shapes[left], shapes[right])
    return pd.DataFrame({"row": left, "other": right, "overlap_m2": _areas(shared, own)})
