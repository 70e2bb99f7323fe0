"""What an import refuses once a file is read: a doubtful place, shapes of another type, shapes without end."""

from __future__ import annotations

import numpy as np
import shapely

from layers.features.columns import Objects
from layers.features.geometry import FAMILIES
from layers.imports.crs_gate import needs_crs
from layers.imports.crs_offers import crs_candidates
from layers.imports.draft import Draft
from layers.imports.errors import UnreadableFile
from layers.imports.formats.dxf import wrong_unit
from layers.plan.catalog import Layer, Plan

_VERTICES = 5_000_000  # of one feature


def refuse_doubtful(draft: Draft, crs: str | None, plan: Plan, *, unit: str, file: str) -> None:
    """Raise where a drawing is in another unit than it says, or metres are of a datum that names no plane.

    Parameters
    ----------
    draft
        What the file holds.
    crs
        Said or declared.
    plan
        What places are measured against.
    unit
        Of the drawing, as a person says.
    file
        For messages.

    Raises
    ------
    UnreadableFile, NeedsCRS
        So it is.
    """
    doubt = wrong_unit(draft, lambda some: bool(crs_candidates(some, plan)))
    if doubt and not unit:
        raise UnreadableFile(file=file, why_zh=doubt.zh, why_en=doubt.en)
    if crs is None and draft.datum:
        raise needs_crs(draft.geometry[~shapely.is_missing(draft.geometry)], plan, file=file, datum=draft.datum)


def refuse_other_types(shapes: Objects, known: Layer, file: str) -> None:
    """Hold shapes against the layer's geometry type.

    Raises
    ------
    UnreadableFile
        Some are of another.
    """
    fits = np.isin([s.geom_type if s is not None else "" for s in shapes], [*FAMILIES[known.geometry], ""])
    if not fits.all():
        zh = f"{int((~fits).sum())} 个要素的几何类型与图层不符"
        en = f"{int((~fits).sum())} features are of another geometry type than the layer"
        raise UnreadableFile(file=file, why_zh=zh, why_en=en)


def refuse_endless(shapes: Objects, file: str) -> None:
    """Hold the vertices of a shape against what drawing and computing bear.

    Raises
    ------
    UnreadableFile
        One has more.
    """
    most = int(shapely.get_num_coordinates(shapes).max(initial=0))
    if most > _VERTICES:
        zh = f"一个要素有 {most:,} 个顶点，最多 {_VERTICES:,} 个；请先简化或拆分"
        en = f"a feature has {most:,} vertices where {_VERTICES:,} is the most; simplify or split it"
        raise UnreadableFile(file=file, why_zh=zh, why_en=en)
