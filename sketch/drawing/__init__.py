"""The schematic drawing of the plan: places for items whose coordinates nobody published.

The drawing is made from the tables in ``tables/drawing`` inside a real city outline and river bank, true to the
plan's words and to itself, and every piece says how far it can be trusted. The same tables give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from shapely import Polygon

from sketch.drawing.assembly import Drawing
from sketch.drawing.placement import Placement
from sketch.drawing.sketch import Sketch

__all__ = ["Drawing", "Placement", "landuse", "place_all"]


def place_all(tables: Path) -> dict[str, dict[str, Placement]]:
    """Every placed item: layer id to item id to placement, degrees rounded to 7 decimals.

    Parameters
    ----------
    tables
        The folder of tables (the drawing's own lie in its ``drawing`` subfolder).
    """
    return Drawing.of(Sketch.read(tables)).placements()


def landuse(tables: Path, placed: Mapping[str, Mapping[str, Placement]]) -> list[tuple[str, str, Polygon]]:
    """The illustrative land use as (class code, block id, polygon in degrees): a valid coverage of the blocks.

    Parameters
    ----------
    tables
        The same folder that `placed` was made from.
    placed
        What `place_all` gave; the parcels add up to its blocks.

    Raises
    ------
    ValueError
        `placed` was made from other tables: a block is not the union of its parcels.
    """
    drawing = Drawing.of(Sketch.read(tables))
    for key, outline in drawing.block_outlines().items():
        if not any(key in layer and layer[key].geometry.equals_exact(outline, 0) for layer in placed.values()):
            raise ValueError(f"{key} of the placements is not the union of its parcels: made from other tables")
    return list(drawing.parcels)
