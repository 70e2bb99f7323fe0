"""Closed lines as areas: in a drawing every area is one; elsewhere a person says so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely

from geo.arrays import Floats, Shape, Shapes
from geo.text import Text
from layers.imports.draft import Draft, Found

_LEAST_POINTS = 4


def close_lines(draft: Draft, *, wanted: str) -> Draft:
    """Return a draft whose closed lines are areas, where a person says so or in a drawing.

    A closed line of one height that is not zero is a contour and stays a line unless ``areas`` is said; one that
    crosses itself stays a line always. What was done is told, and so is that it could be.

    Parameters
    ----------
    draft
        As read.
    wanted
        ``areas``, ``lines`` or empty: areas in a drawing, lines elsewhere.
    """
    shapes = draft.geometry
    rings = np.flatnonzero(
        (shapely.get_type_id(shapes) == shapely.GeometryType.LINESTRING)
        & shapely.is_closed(shapes)
        & (shapely.get_num_coordinates(shapes) >= _LEAST_POINTS)
    )
    if not len(rings):
        return draft
    simple = shapely.is_simple(shapes[rings])
    rings, tangled = rings[simple], rings[~simple]
    drawing = draft.format == "DXF"
    if wanted == "lines" or (not wanted and not drawing):
        if wanted:
            return draft
        zh, en = f"{len(rings)} 条线是闭合的，仍为线", f"{len(rings)} lines are closed and stay lines"
        note = Text(f"{zh}（可选作为面）", f"{en} (they can be made areas)")
        return replace(draft, notes=(*draft.notes, note)) if len(rings) else draft
    contours = np.array([_is_contour(shape) for shape in shapes[rings]], dtype=bool) & (wanted != "areas")
    made = rings[~contours]
    out = shapes.copy()
    if len(made):
        out[made] = [shapely.Polygon(one) for one in _coordinates(shapes[made])]
    notes, found = list(draft.notes), list(draft.found)
    if len(made):
        notes.append(Text(f"{len(made)} 条闭合线作为面读取", f"{len(made)} closed lines are read as areas"))
        found.append(
            Found("closed_line", "闭合线作为面", "closed line read as an area", "mended", tuple(map(int, made)))
        )
    kept = int(contours.sum())
    if kept:
        notes.append(
            Text(
                f"{kept} 条闭合线有高程，视为等高线，仍为线",
                f"{kept} closed lines have a height, as contours do; they stay lines",
            )
        )
    if len(tangled):
        notes.append(
            Text(
                f"{len(tangled)} 条闭合线自相交，仍为线",
                f"{len(tangled)} closed lines cross themselves; they stay lines",
            )
        )
    return replace(draft, geometry=out, notes=tuple(notes), found=tuple(found))


def _is_contour(shape: Shape) -> bool:
    if not shapely.has_z(shape):
        return False
    z = shapely.get_coordinates(shape, include_z=True)[:, 2]
    return bool(np.isfinite(z).all() and z.min() == z.max() != 0.0)


def _coordinates(lines: Shapes) -> list[Floats]:
    return [shapely.get_coordinates(line, include_z=bool(shapely.has_z(line))) for line in lines]
