"""What questions of a layer need to know of its shapes, found before anybody asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import geopandas as gpd
import numpy as np

from geo.arrays import Shapes
from geo.measure.area import measure_shapes
from geo.measure.crs import checked_crs, edge_crs, move, shapes_of
from geo.measure.edges import edges_name, on_edges
from geo.measure.facts import overlapping_pairs, remember, shape_boxes, shape_kinds, shape_validity
from geo.measure.shelf import Shelf
from geo.measure.validity import check

POLYGONS = (3, 6)


def find_facts(frame: gpd.GeoDataFrame, *, where: str = "layer") -> None:
    """Find boxes, validity, areas and overlaps of a layer, where its edges are straight.

    They are kept with its shapes, on the shelf of `geo.measure.facts.remember` where they have one, so that a
    question finds them there. Of a layer with something to mend, areas and overlaps are those of the mended one.

    Parameters
    ----------
    frame
        n features of any kind.
    where
        The layer's name in errors.

    Raises
    ------
    MissingCRS, RefusedCRS, RefusedDatum
    """
    own = edge_crs(frame, where=where)
    stored = shapes_of(frame)
    remember(stored)
    shapes = on_edges(stored, checked_crs(frame, where=where), own)
    if not len(shapes) or not np.isin(shape_kinds(shapes), POLYGONS).all():
        shape_boxes(shapes), shape_kinds(shapes)
        return
    mended = check(frame, where=where).edges
    for found in (shapes, mended) if mended is not shapes else (mended,):
        if len(found) and np.isfinite(shape_boxes(found)).all():
            measure_shapes(found, own)
    if not shape_validity(mended).all():
        return  # what cannot be mended is told to whoever asks
    overlapping_pairs(mended)


def moved_ahead(
    declared: gpd.GeoDataFrame, shelf: Shelf, blocks: Iterable[Shapes], *, count: int, where: str = "layer"
) -> Shapes | None:
    """Return a layer's shapes where their edges are straight, put on its shelf block by block.

    The shapes as they are stored are never all held; whoever asks of the layer finds the moved ones on the shelf,
    and with them what is found of them from now on.

    Parameters
    ----------
    declared
        The layer's CRS and edge model; its rows do not matter.
    shelf
        Of the layer's shapes.
    blocks
        The shapes as they are stored, some at a time.
    count
        How many there are in all.
    where
        The layer's name in errors.

    Returns
    -------
    array of object, shape (count,), or None
        None where edges are straight as they are stored, or a full disk keeps nothing.

    Raises
    ------
    MissingCRS, RefusedCRS, RefusedDatum
    """
    source, own = checked_crs(declared, where=where), edge_crs(declared, where=where)
    name = edges_name(source, own)
    if not name:
        return None
    shapes = shelf.read_shapes(name, count)
    if shapes is None:
        moved: list[Shapes] = []
        shelf.write_shapes(name, count, _kept(moved, (move(block, source, own) for block in blocks)))
        shapes = np.concatenate([np.zeros(0, dtype=object), *moved])
    if len(shapes) < count:  # a full disk stopped it
        return None
    remember(shapes, shelf, seen=name)
    return shapes


def _kept(held: list[Shapes], blocks: Iterable[Shapes]) -> Iterator[Shapes]:
    """Give blocks on, and hold them."""
    for block in blocks:
        held.append(block)
        yield block
