"""The blocks a plan's ground falls into, as the catalog declares them."""

from __future__ import annotations

import shapely

from layers.errors import LayerUnavailable, UnknownLayer
from layers.features.snapshot import Feature
from layers.library.library import Library
from layers.plan.catalog import Layer
from layers.plan.style import meets_condition


def blocks_of(library: Library, *, restricted: bool) -> tuple[Layer | None, list[Feature]]:
    """Return the layer that holds the blocks and the blocks, the largest first; one inside another is none.

    Parameters
    ----------
    library
        The open plan.
    restricted
        Whether the reader may see restricted layers.
    """
    declared = library.catalog.plan.blocks
    if declared is None:
        return None, []
    try:
        snapshot = library.snapshot(library.layer(declared.layer, restricted=restricted))
    except (UnknownLayer, LayerUnavailable):
        return None, []
    found = [
        f for f in snapshot.features if f.geometry is not None and meets_condition(declared.when, f.properties)
    ]
    found.sort(key=lambda f: (-shapely.area(f.geometry), str(f.id)))
    blocks: list[Feature] = []
    for feature in found:
        if not any(shapely.contains(one.geometry, shapely.point_on_surface(feature.geometry)) for one in blocks):
            blocks.append(feature)
    return snapshot.layer, blocks
