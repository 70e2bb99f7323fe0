"""What came becomes what is stored: mended where its edges are straight, in degrees, cut at the 180th meridian."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely

from geo.text import Text
from layers.features.columns import Objects
from layers.imports.crs_gate import Admitted
from layers.imports.plane import EdgePlane
from layers.imports.repair import RepairProblem, lost_note, mend_shapes, repair_problems


def placed_shapes(
    came: Admitted,
    plane: EdgePlane,
    ids: Objects,
    notes: list[Text],
    *,
    names: Sequence[str],
    geodesic: bool,
) -> tuple[Objects, tuple[RepairProblem, ...]]:
    """Return shapes as they are stored, and what was wrong with them; what cannot be used stays without a place.

    Parameters
    ----------
    came, plane
        What passed the gate, which is used up: its plane is emptied; and where its edges are straight.
    ids, names
        Of the features; names are told beside ids, "" where there is none.
    notes
        Gets what was done.
    geodesic
        Whether edges are geodesics.
    """
    shapes = plane.edges(came)
    problems: tuple[RepairProblem, ...] = ()
    if plane.plane is None:  # an edge across 180 is no edge right round the Earth: first unwound, then checked
        shapes, problems = _wound(shapes, plane, ids, notes, geodesic=geodesic)
    shapes, found = mend_shapes(shapes, ids, notes, measure=plane.measured, degrees=plane.degrees)
    if plane.plane is not None:
        spent = [shapes] if came.plane is None else [shapes, came.plane]
        shapes, problems = _wound(shapes, plane, ids, notes, geodesic=False, spent=spent)
    told = {example.id for one in (*found, *problems) for example in one.examples}
    named = {key: name for one, name in zip(ids, names, strict=True) if told and (key := str(one)) in told}
    every = [
        replace(one, examples=tuple(replace(e, name=named.get(e.id, "")) for e in one.examples))
        for one in (*found, *problems)
    ]
    return shapes, tuple(every)


def _wound(
    shapes: Objects,
    plane: EdgePlane,
    ids: Objects,
    notes: list[Text],
    *,
    geodesic: bool,
    spent: Sequence[Objects] = (),
) -> tuple[Objects, tuple[RepairProblem, ...]]:
    cut = plane.cut(shapes, geodesic=geodesic, spent=spent)
    out, problems = cut.shapes, []
    if len(cut.cut):
        told = ("跨越 180 度经线，已在该处分开", "crosses the 180th meridian: cut there")
        problems += list(repair_problems("antimeridian", told, ids, out[cut.cut], cut.cut, done="mended"))
        zh = f"{len(cut.cut)} 个要素跨越 180 度经线（超过半圈的边按短的一侧理解），已在该处分开（RFC 7946）"
        en = f"{len(cut.cut)} features cross the 180th meridian (an edge over half a turn goes the short way)"
        notes.append(Text(zh, f"{en}: cut there (RFC 7946)"))
    if len(cut.shifted):
        zh = f"{len(cut.shifted)} 个要素的经度超出 ±180，已换为同一地点的 ±180 以内的经度"
        en = f"{len(cut.shifted)} features had longitudes beyond ±180, told as the same places within them"
        notes.append(Text(zh, en))
    if len(cut.polar):  # without an inside
        told = (
            "环绕极点，在经纬度中没有内部；请以极地平面坐标系（如 EPSG:3031、EPSG:3413）提供，或说明边为测地线"
            "（--edges geodesic）",
            "runs round a pole and has no inside in longitude and latitude: give it in a polar plane (such as "
            "EPSG:3031 or EPSG:3413), or say that edges are geodesics (--edges geodesic)",
        )
        problems += list(repair_problems("polar", told, ids, shapes[cut.polar], cut.polar))
        notes.append(lost_note(cut.polar))
    empty = np.asarray(shapely.is_empty(out) & ~shapely.is_empty(shapes), dtype=bool)  # what was, is told later
    if empty.any():
        out = out.copy()
        out[empty] = None
    return out, tuple(problems)
