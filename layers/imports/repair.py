"""Mends what can be mended of imported geometry; says of each kind of problem where, how much, what was done."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import shapely

from geo.arrays import Bools, Floats, Ints, Shape, Shapes
from geo.text import Text, number_text
from layers.features.columns import Objects, Positions
from layers.features.geometry import FAMILIES, is_tangled
from layers.features.invalid import REASON_AT, REASONS
from layers.imports.draft import Done, Found
from layers.imports.heights import infinite_rows

Measure = Callable[[Objects], "np.ndarray[Any, np.dtype[np.float64]]"]
_EXAMPLES = 5
_TYPES = (
    "Point",
    "LineString",
    "LinearRing",
    "Polygon",
    "MultiPoint",
    "MultiLineString",
    "MultiPolygon",
    "GeometryCollection",
)


@dataclass(frozen=True)
class Example:
    """A feature with a problem, and where to look: longitude and latitude in degrees, None where there is none."""

    id: str
    lon: float | None
    lat: float | None
    name: str = ""


@dataclass(frozen=True)
class RepairProblem:
    """A kind of problem of an import: how many features, some of them, ellipsoidal areas in m2, what was done."""

    kind: str
    zh: str
    en: str
    count: int
    examples: tuple[Example, ...]
    area_before_m2: float
    area_after_m2: float
    done: Done


def mend_shapes(
    shapes: Objects,
    ids: Objects,
    notes: list[Text],
    *,
    measure: Measure,
    degrees: Callable[[Objects], Objects] = lambda shapes: shapes,
) -> tuple[Objects, tuple[RepairProblem, ...]]:
    """Return geometry that can be used, and what was wrong; what cannot be mended stays without a place.

    Parameters
    ----------
    shapes
        Where their edges are straight, for there they are measured; None without a place.
    ids
        Of the features.
    notes
        Gets one line on what was mended, one on what stays without a place.
    measure, degrees
        Give the ellipsoidal areas of geometries (m2), and their places in longitude and latitude.
    """
    out = shapes.copy()
    problems: list[RepairProblem] = []
    empty = np.flatnonzero(shapely.is_empty(shapes))
    infinite = infinite_rows(shapes)
    out[empty] = out[infinite] = None
    problems += repair_problems("empty", ("几何为空", "empty geometry"), ids, degrees(shapes[empty]), empty)
    told = ("坐标不是有限数，面积未知", "coordinates are not finite: area unknown")
    problems += repair_problems("not_finite", told, ids, shapes[infinite], infinite)
    bad = np.flatnonzero(~(shapely.is_missing(out) | shapely.is_valid(out)))
    large = np.array([is_tangled(shape) for shape in out[bad]], dtype=bool)
    too_large, small = bad[large], bad[~large]
    told = ("几何无效且过于复杂，未修复，面积未知", "invalid, and too complex to mend: area unknown")
    problems += repair_problems("too_complex", told, ids, degrees(shapes[too_large]), too_large)
    out[too_large] = None
    if len(small):
        before = measure(out[small])
        good = shapely.make_valid(out[small], method="structure", keep_collapsed=False)
        good[shapely.is_empty(good)] = None
        out[small] = good
        after = measure(good)
        was, now = number_text(before.sum(), 2), number_text(after.sum(), 2)
        zh = f"修复了 {len(small)} 个无效几何，面积由 {was} 变为 {now} 平方米"
        en = f"{len(small)} invalid geometries mended, from {was} to {now} m2"
        notes.append(Text(f"{zh}（行 {_rows(small)}）", f"{en} (rows {_rows(small)})"))
        problems += _by_reason(
            ids, shapes, _Mended(small, before, after, shapely.is_missing(good)), degrees=degrees
        )
    lost = np.flatnonzero(shapely.is_missing(out) & ~shapely.is_missing(shapes))
    if len(lost):
        notes.append(lost_note(lost))
    return out, tuple(problems)


def lost_note(rows: Positions) -> Text:
    """Return what is said of rows that stay without a place."""
    zh = f"{len(rows)} 个几何不可用，作为未上图保留（行 {_rows(rows)}）"
    return Text(zh, f"{len(rows)} geometries are unusable; kept unplaced (rows {_rows(rows)})")


def without_collections(
    shapes: Objects, ids: Objects, notes: list[Text]
) -> tuple[Objects, tuple[RepairProblem, ...]]:
    """Return shapes without geometry collections, which no layer holds.

    One whose parts are all points, all lines or all areas becomes the multi-part geometry of them; any other is
    left without a place. Both are said.
    """
    known = np.array([name in FAMILIES["mixed"] for name in _TYPES])
    types = shapely.get_type_id(shapes)
    odd = np.flatnonzero((types >= 0) & ~known[types])
    if not len(odd):
        return shapes, ()
    out = shapes.copy()
    for i in odd:
        out[i] = _of_one_kind(shapes[i])
    lost = odd[shapely.is_missing(out[odd])]
    joined = len(odd) - len(lost)
    if joined:
        zh, en = (
            f"{joined} 个几何集合已合为多部分几何",
            f"{joined} geometry collections became multi-part geometries",
        )
        notes.append(Text(zh, en))
    if not len(lost):
        return out, ()
    zh = f"{len(lost)} 个几何集合含点、线、面中的几种，未上图；要上图，请先按种类拆成几个要素"
    en = f"{len(lost)} geometry collections of several kinds are left unplaced; to place them, split each into "
    notes.append(Text(zh, f"{en}features of one kind"))
    return out, repair_problems("collection", ("几何集合", "geometry collection"), ids, shapes[lost], lost)


def _of_one_kind(shape: Shape) -> Shape | None:
    if isinstance(shape, shapely.LinearRing):
        return shapely.LineString(shape)
    parts = shapely.get_parts(shapely.get_parts(shape))
    kinds = {part.geom_type for part in parts}
    makers: dict[str, Callable[[Shapes], Any]] = {
        "Point": shapely.multipoints,
        "LineString": shapely.multilinestrings,
        "Polygon": shapely.multipolygons,
    }
    if len(kinds) != 1 or (kind := next(iter(kinds))) not in makers:
        return None
    made: Shape = makers[kind](parts)
    return made if shapely.is_valid(made) else shapely.make_valid(made, method="structure", keep_collapsed=False)


def met_problems(found: Iterable[Found], ids: Objects) -> tuple[RepairProblem, ...]:
    """Return what was met while reading as problems of features; lines of no feature are named by their number."""
    problems = []
    for one in found:
        examples = [Example(str(ids[row]), None, None) for row in one.rows[:_EXAMPLES]]
        examples += [Example(f"line {line}", None, None) for line in one.lines[:_EXAMPLES]]
        count = one.count or len(one.rows) + len(one.lines)
        problems.append(RepairProblem(one.kind, one.zh, one.en, count, tuple(examples), 0.0, 0.0, one.done))
    return tuple(problems)


class _Mended(NamedTuple):
    """The rows that were mended, n, their areas before and after, m2, and whether nothing was left."""

    rows: Ints
    before: Floats
    after: Floats
    gone: Bools


def _by_reason(
    ids: Objects,
    shapes: Objects,
    mended: _Mended,
    *,
    degrees: Callable[[Objects], Objects],
) -> list[RepairProblem]:
    """Return one problem for each reason of invalidity and each outcome."""
    rows, before, after, gone = mended
    told = [REASON_AT.match(text) for text in shapely.is_valid_reason(shapes[rows])]
    reasons = np.array([one[1] if one else "invalid" for one in told], dtype=object)
    problems = []
    for reason, lost in sorted({(str(r), bool(g)) for r, g in zip(reasons, gone, strict=True)}):
        at = np.flatnonzero((reasons == reason) & (gone == lost))
        examples = []
        for i in at[:_EXAMPLES]:
            place = told[i]
            spot = shapely.Point(float(place[2]), float(place[3])) if place else None
            spot = degrees(np.array([spot], dtype=object))[0] if spot is not None else None
            lon, lat = (float(spot.x), float(spot.y)) if spot is not None else (None, None)
            examples.append(Example(str(ids[rows[i]]), lon, lat))
        zh, kind = REASONS.get(reason, reason), re.sub(r"\W+", "_", reason.lower())
        end = ("，修复后没有面积", ", nothing left of it") if lost else ("", "")
        done: Done = "left unplaced" if lost else "mended"
        totals = float(before[at].sum()), float(after[at].sum())
        problems.append(
            RepairProblem(
                kind,
                f"几何无效：{zh}{end[0]}",
                f"invalid: {reason.lower()}{end[1]}",
                len(at),
                tuple(examples),
                *totals,
                done,
            )
        )
    return problems


def repair_problems(
    kind: str,
    told: tuple[str, str],
    ids: Objects,
    shapes: Objects,
    rows: Positions,
    *,
    done: Done = "left unplaced",
) -> tuple[RepairProblem, ...]:
    """Return one problem of rows, whose shapes in degrees are given, with the middles of some as places.

    Parameters
    ----------
    kind
        The word for it.
    told
        What it is, zh and en.
    ids
        Of all features, (n,).
    shapes
        Of the rows, in degrees, (m,).
    rows
        Which features it is, (m,).
    done
        What became of them.
    """
    if not len(rows):
        return ()
    box = shapely.bounds(shapes[:_EXAMPLES])
    middle = np.column_stack([(box[:, 0] + box[:, 2]) / 2, (box[:, 1] + box[:, 3]) / 2])
    examples = tuple(
        Example(str(ids[row]), *((float(x), float(y)) if np.isfinite([x, y]).all() else (None, None)))
        for row, (x, y) in zip(rows[:_EXAMPLES], middle, strict=True)
    )
    return (RepairProblem(kind, *told, len(rows), examples, 0.0, 0.0, done),)


def _rows(at: Positions) -> str:
    return ", ".join(str(int(i) + 1) for i in at[:8]) + ("…" if len(at) > 8 else "")
