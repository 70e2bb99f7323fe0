"""What a one-file map opens with: the plan's blocks, as sheets have them, or the place a person chose."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from briefings.map.grounds import grounds_of
from briefings.onefile.packed import packed_shapes
from layers.library.blocks import blocks_of
from layers.library.library import Library
from layers.plan.style import declared_style
from layers.plan.views import View

_SHAPE = 1.5  # width over height of a usual frame


def about_blocks(library: Library, view: View, *, restricted: bool) -> bool:
    """Whether a view is one of the plan's blocks, as on paper, and of no place a person chose."""
    if view.site or (view.center and not view.id):
        return False
    return not view.center or grounds_of(library, view, shape=_SHAPE, restricted=restricted).subject is not None


def block_shapes(library: Library, language: str, decimals: int, *, restricted: bool) -> list[dict[str, Any]]:
    """Return the plan's blocks with their bounds, outline and name, the largest first.

    Parameters
    ----------
    library
        The open plan.
    language
        ``zh`` or ``en``.
    decimals
        Of the coordinates, in degrees.
    restricted
        Whether the reader may see restricted layers.
    """
    layer, found = blocks_of(library, restricted=restricted)
    if layer is None:
        return []
    out = []
    for one in found:
        west, south, east, north = shapely.bounds(one.geometry).tolist()
        style = declared_style(layer, one.properties)
        out.append(
            {
                "name": one.short_name(layer, language),
                "bounds": [[south, west], [north, east]],
                "layer": layer.id,
                "shape": packed_shapes(np.array([one.geometry], dtype=object), decimals)[0],
                "color": style.label_color,
                "size": style.label_size,
            }
        )
    return out
