"""What a sheet's legend says of its ground: background that no shown layer explains, and the blocks' edge."""

from __future__ import annotations

from collections.abc import Collection

import shapely

from briefings.map.block_ground import EDGE_LOOK
from briefings.map.frame import Frame
from briefings.map.grey_patterns import grey_patterns
from briefings.messages import say
from layers.errors import LayerUnavailable, UnknownLayer
from layers.library.blocks import blocks_of
from layers.library.library import Library
from layers.plan.catalog import BackgroundLayer
from layers.plan.style import LegendEntry, LegendSection, Look

_MOST = 0.5  # of a map, that an area takes which needs no sign: the land everything lies on


def ground_section(
    library: Library, frame: Frame, palette: str, shown: Collection[str], *, restricted: bool
) -> LegendSection:
    """Return the section of what is drawn below the layers, each once: a line, or an area with its edge.

    Parameters
    ----------
    library, frame, palette
        The open plan, the ground that is drawn, and one of ``PALETTES``.
    shown
        Ids of the layers that have a section of their own.
    restricted
        Whether the reader may see restricted layers.
    """
    marks = grey_patterns(library.catalog, palette)
    blocks, _ = blocks_of(library, restricted=restricted)
    block = "" if blocks is None else blocks.id
    drawn = [one for one in library.catalog.background if one.min_zoom <= 11 and one.layer not in (*shown, block)]
    entries = [entry for one in drawn for entry in _entries(library, one, frame, marks.get(one.layer, ""))]
    if blocks is not None and block not in shown:
        entries.append(LegendEntry(EDGE_LOOK, "polygon", say("legend_block_edge")))
    return LegendSection("ground", say("legend_ground"), illustrative=False, entries=tuple(entries))


def _entries(library: Library, one: BackgroundLayer, frame: Frame, mark: str) -> list[LegendEntry]:
    try:
        snapshot = library.snapshot(library.layer(one.layer))
    except (UnknownLayer, LayerUnavailable):
        return []
    near = snapshot.content.shapes(snapshot.content.meeting(frame.region))
    area = bool((shapely.get_dimensions(near) == 2).any())
    taken = float(shapely.area(shapely.intersection(near, frame.region)).sum())
    if not len(near) or taken > _MOST * frame.region.area:
        return []
    look = Look(
        one.stroke or one.fill,
        one.width if one.stroke else 0.0,
        1,
        one.fill if area else None,
        1,
        pattern=mark if area else "",
    )
    return [LegendEntry(look, "polygon" if area else "line", snapshot.layer.label)]
