"""What is held against what came out again: plain values, and the evidence file of a figure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geo.text import Text
from layers.figures.evidence import evidence_frame
from layers.figures.figure import Figure, FigureShelf
from layers.figures.kept import DamagedEvidence, KeptFigure
from layers.figures.verification.second_answer import is_apart
from layers.messages import say

AGAIN = 1e-9  # relative, of our own engine on the same data: other machines may differ in the last digits


def is_alike(published: object, now: object) -> bool:
    """Whether what was published is what comes out, numbers but for the last digits.

    Examples
    --------
    >>> is_alike([1.0, {"a": "b"}], [1.0 + 1e-12, {"a": "b"}]), is_alike(1.0, 1.001)
    (True, False)
    """
    if isinstance(published, dict) and isinstance(now, dict):
        return published.keys() == now.keys() and all(is_alike(published[key], now[key]) for key in now)
    if isinstance(published, list) and isinstance(now, list):
        return len(published) == len(now) and all(is_alike(*pair) for pair in zip(published, now, strict=True))
    if isinstance(published, int | float) and isinstance(now, int | float) and not isinstance(now, bool):
        return not is_apart(published, now, AGAIN)
    return bool(published == now)


def evidence_damage(shelf: FigureShelf, told: KeptFigure, again: Figure | None) -> Iterator[Text]:
    """Say what is wrong with a figure's evidence: the file cut or changed, or not what comes out again.

    Parameters
    ----------
    shelf, told
        Where the figure is kept, and the figure.
    again
        Made again; None where it cannot be.
    """
    try:
        kept = shelf.evidence(told["id"])
    except DamagedEvidence as error:
        yield Text(error.message("zh"), error.message("en"))
        return
    if again is None:
        return
    made, stated = again.evidence, told["evidence"]
    if (made is None) != (stated is None):
        yield say("differs_evidence_there")
    elif made is not None and stated is not None and made.plain() != stated:
        fresh = evidence_frame(made.data)
        if made.pieces != stated.get("pieces", made.pieces) or not _same_shapes(kept, fresh):
            yield say("differs_evidence", count=len(kept), count2=len(fresh))
        elif not is_alike(_attributes(kept), _attributes(fresh)):
            yield say("differs_evidence_columns")


def _same_shapes(kept: gpd.GeoDataFrame, fresh: gpd.GeoDataFrame) -> bool:
    if len(fresh) != len(kept):
        return False
    one, other = (shapely.normalize(each.geometry.to_numpy()) for each in (fresh, kept))
    return bool(np.all(shapely.equals_exact(one, other, 2e-7)))


def _attributes(pieces: gpd.GeoDataFrame) -> dict[str, list[Any]]:
    """Return what is said of each piece, by column; what is not known is None."""
    told = pieces.drop(columns=pieces.geometry.name).astype(object)
    return {str(name): told[name].where(told[name].notna(), None).tolist() for name in told.columns}
