"""Figure and ground: the plan's blocks as the lightest ground of a map, lifted off the land around them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import shapely
from matplotlib.axes import Axes

from briefings.map.frame import TILE, Frame
from briefings.map.grouping import NamedGroup
from briefings.map.labels import Label, labels_of
from briefings.map.layers import draw_shapes, features_near
from layers.features.snapshot import Snapshot
from layers.library.blocks import blocks_of
from layers.library.library import Library
from layers.plan.catalog import Layer
from layers.plan.style import Look, declared_style

_GROUND, _SHADOW, _EDGE = "#fffefb", "#3a3426", "#23485c"
_RINGS, _RING_PX, _SHADE = 6, 1.6, 0.022
_BAND_PX, _BANDS = (20.0, 16.0, 12.0, 8.0, 4.0), 0.09
_BAND_ORDER = 140.0
EDGE_LOOK = Look("#7d92a1", 3.0, 1.0, _GROUND, 1.0)  # the band in a legend: its middle tone
_CLUSTERS, _FOREIGN_RANK, _FOREIGN, _FOREIGN_SIZE = 3, 6, "#59636b", 1.1  # second-level names on other themes
_SEEN = 0.5  # of a block: with less of it on a map that it fills as much, the map is of a place in it
_CLOSER = 0.6  # paper is read closer than a screen
_EQUATOR_M = 2 * math.pi * 6_378_137.0  # as web maps have it


@dataclass(frozen=True)
class BlockGround:
    """The blocks of a plan that lie in a frame, in its plane; none where the plan declares none."""

    layer: str = ""
    shapes: tuple[shapely.Geometry, ...] = ()
    names: tuple[Label, ...] = ()


def sheet_zoom(axes: Axes, frame: Frame) -> float:
    """Return the zoom of a web map that shows as much as a map on paper does, read closer."""
    inches = axes.get_window_extent().width / axes.figure.dpi
    _, south, _, north = frame.lonlat
    metres = (frame.bounds[2] - frame.bounds[0]) * frame.ground_per_metre
    pixel_m = metres / (inches * 96) * _CLOSER
    world = _EQUATOR_M * math.cos(math.radians((south + north) / 2))
    return math.log2(world / TILE / pixel_m)


def block_ground(library: Library, frame: Frame, *, restricted: bool, language: str) -> BlockGround:
    """Return the blocks in a frame with their names.

    Parameters
    ----------
    library
        The open plan.
    frame
        The ground that is drawn.
    restricted
        Whether the reader may see restricted layers.
    language
        ``zh`` or ``en``.
    """
    layer, shapes = plane_blocks(library, frame, restricted=restricted)
    if layer is None:
        return BlockGround()
    return BlockGround(layer.id, shapes, tuple(_names(frame, library.snapshot(layer), language)))


def plane_blocks(
    library: Library, frame: Frame, *, restricted: bool
) -> tuple[Layer | None, tuple[shapely.Geometry, ...]]:
    """Return the layer of the blocks, and those of them that lie in a frame, in its plane.

    Parameters
    ----------
    library, frame, restricted
        As for ``block_ground``.
    """
    layer, found = blocks_of(library, restricted=restricted)
    if layer is None or not found:
        return None, ()
    shapes = frame.bring(np.array([one.geometry for one in found], dtype=object))
    return layer, tuple(one for one in shapes if not shapely.is_empty(one))


def _names(frame: Frame, snapshot: Snapshot, language: str) -> list[Label]:
    """Return the names of the blocks, and after them, in grey, those of the clusters in them."""
    named = [(declared_style(snapshot.layer, one.properties).label_rank or 0) for one in snapshot.features]
    out = []
    for rank in (1, _CLUSTERS):
        near = features_near([frame], snapshot.features.where([one == rank for one in named]))
        if rank == 1:  # a map of a place in a block needs no name of the block
            ground = frame.region
            seen = shapely.area(shapely.intersection(near.geometry, ground))
            inside = (seen < _SEEN * shapely.area(near.geometry)) & (seen > _SEEN * ground.area)
            near = near.where(~inside)
        mine = labels_of(frame, snapshot, near, language=language)
        if rank == 1:
            out += mine
        else:
            out += [
                replace(one, rank=_FOREIGN_RANK, color=_FOREIGN, size=_FOREIGN_SIZE, together=True) for one in mine
            ]
    return out


def lift_blocks(axes: Axes, frame: Frame, ground: BlockGround) -> None:
    """Draw the blocks' light ground, with a soft shadow around it."""
    if not ground.shapes:
        return
    shapes, pixel_m = np.array(ground.shapes, dtype=object), _pixel_m(axes, frame)
    inner = shapely.buffer(shapes, -_RING_PX * pixel_m, quad_segs=2)  # what the ground hides is not drawn
    with NamedGroup(axes, "blocks", 0.5):
        for ring in range(_RINGS, 0, -1):
            wide = shapely.buffer(shapes, ring * _RING_PX * pixel_m, quad_segs=4)
            wide = shapely.difference(wide, inner)
            draw_shapes(axes, "polygon", wide, Look(_SHADOW, 0, 0, _SHADOW, _SHADE), order=0.5)
        draw_shapes(axes, "polygon", shapes, Look(_GROUND, 0, 0, _GROUND, 1), order=0.5)


def edge_blocks(axes: Axes, frame: Frame, ground: BlockGround) -> None:
    """Draw the blocks' edge: a band inside it, as what is known by its locality has."""
    pixel_m = _pixel_m(axes, frame)
    with NamedGroup(axes, "block-edges", _BAND_ORDER):
        for shape in ground.shapes:
            for wide in _BAND_PX:
                band = shapely.difference(shape, shapely.buffer(shape, -wide / 2 * pixel_m, quad_segs=4))
                draw_shapes(
                    axes,
                    "polygon",
                    np.array([band], dtype=object),
                    Look(_EDGE, 0, 0, _EDGE, _BANDS),
                    order=_BAND_ORDER,
                )


def _pixel_m(axes: Axes, frame: Frame) -> float:
    points = axes.get_window_extent().width / axes.figure.dpi * 72
    return (frame.bounds[2] - frame.bounds[0]) / points * _CLOSER
