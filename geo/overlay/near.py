"""The part of a large shape near a small one: nothing small ever meets all vertices of something large."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.lib import clip_by_rect  # shapely's own looks at its arguments for twice as long as it clips

from geo.arrays import Bools, Floats, Ints, Shape, Shapes, as_list, box_polygons, is_new
from geo.measure import sound
from geo.overlay.cells import number_each
from geo.parallel import THREADS, in_threads, row_blocks

FEW = 48  # vertices up to which a shape is left as it is
MANY = 2_000  # vertices from where a shape is looked at only about what it is held against
CLIPS, SHARES = 512, 16  # clipped at a time at the most; parts that threads share, some shapes being larger
RUNS = 500  # shapes joined by a thread at a time
MARGIN = 0.05  # of a shape's extent
WAYS = 4  # parts a shape and its boxes are split into at a time
HUGE = 2_000  # vertices from where what is clipped is proved by its area: GEOS may take seconds to prove it valid
PROVED = 1e-10  # of a box, what an area may be off by: sums over a million edges round


def areal_parts(shapes: Shapes) -> Shapes:
    """Return only the polygon parts of intersections (touching lines and points have no area)."""
    types = shapely.get_type_id(shapes)
    mixed = np.flatnonzero(types == 7)
    if len(mixed):
        shapes = shapes.copy()
    for row in as_list(mixed):
        parts = shapely.get_parts(shapes[row])
        parts = shapely.get_parts(parts[shapely.get_dimensions(parts) == 2])
        shapes[row] = parts[0] if len(parts) == 1 else shapely.multipolygons(parts)
    return shapes


def gather_windows(box: Floats, of: Ints, *, size: float) -> tuple[Ints, Ints, Floats]:
    """Gather boxes that are near one another, and of one owner, into windows.

    Returns
    -------
    window, owner, boxes
        For every box its window; for every window whose it is, and an extent that holds its boxes with a margin.
    """
    cell = np.floor(0.5 * (box[:, :2] + box[:, 2:]) / size).astype(np.int64)
    cell -= cell.min(axis=0, initial=np.iinfo(np.int64).max) if len(cell) else 0
    wide: Ints = cell.max(axis=0, initial=0) + 1
    key = (of * wide[0] + cell[:, 0]) * wide[1] + cell[:, 1]
    order = np.argsort(key, kind="stable")
    begins = is_new(key[order])
    first = np.flatnonzero(begins)
    window = np.empty(len(key), dtype=np.int64)
    window[order] = np.cumsum(begins) - 1
    if not len(first):
        return window, of[:0], np.zeros((0, 4))
    low = np.minimum.reduceat(box[order, :2], first, axis=0)
    high = np.maximum.reduceat(box[order, 2:], first, axis=0)
    margin = max(0.05 * size, 64.0 * float(np.spacing(np.abs(box).max())))
    return window, of[order[first]], np.hstack([low - margin, high + margin])


def near_parts(shapes: Shapes, of: Ints, boxes: Floats, *, few: int = FEW) -> Shapes:
    """Return for every box the polygon ``shapes[of]`` as it is there: the same inside the box, cut off beyond.

    A shape is parted with the boxes it is asked for, and again, until it has few vertices or one box is left:
    every vertex is looked at as often as the boxes can be parted, not once for every box.

    Parameters
    ----------
    shapes
        n polygons.
    of, boxes
        For m boxes which polygon each is of, (m,), and its sides, (m, 4).
    few
        Vertices up to which a polygon is left as it is.
    """
    result = shapes[of]
    rows = np.flatnonzero(shapely.get_num_coordinates(result) > few)
    if not len(rows):
        return result
    rows = rows[np.argsort(of[rows], kind="stable")]
    begins = is_new(of[rows])
    pieces = result[rows[begins]]
    while len(rows):
        node = np.cumsum(begins) - 1
        first = np.flatnonzero(begins)
        low = np.minimum.reduceat(boxes[rows, :2], first, axis=0)
        high = np.maximum.reduceat(boxes[rows, 2:], first, axis=0)
        pieces = clip_to_boxes(pieces, np.hstack([low, high]))
        count = np.diff(first, append=len(rows))
        ready: Bools = (count == 1) | (shapely.get_num_coordinates(pieces) <= few)
        done = ready[node]
        result[rows[done]] = pieces[node[done]]
        keep = np.flatnonzero(~ready)
        rows, node, pieces, count = rows[~done], node[~done], pieces[keep], count[keep]
        if not len(rows):
            break
        axis: Ints = np.argmax((high - low)[keep], axis=1)
        number = np.repeat(np.arange(len(keep)), count)
        side = axis[number]
        at = boxes[rows, side] + boxes[rows, side + 2]
        order = np.lexsort([at, number])
        rows = rows[order]
        _, place = number_each(count)
        share = (place * WAYS) // count[number]
        begins = is_new(number) | is_new(share)
        pieces = pieces[number[begins]]
    return result


def parts_about(shapes: Shapes, of: Ints, about: Ints) -> Shapes:
    """Return what is of ``shapes[of]`` about ``shapes[about]``; where it is cut off, it does not touch them.

    Parameters
    ----------
    shapes
        n polygons.
    of, about
        Rows of them, pair by pair, (m,).
    """
    return near_parts(shapes, of, _with_margin(shapely.bounds(shapes[about])))


def _with_margin(box: Floats) -> Floats:
    margin = MARGIN * (box[:, 2:] - box[:, :2]).max(axis=1) + 64.0 * np.spacing(np.abs(box).max(axis=1))
    grown: Floats = box + margin[:, None] * np.array([-1.0, -1.0, 1.0, 1.0])
    return grown


def trim_shapes(shapes: Shapes, of: Ints, boxes: Floats) -> tuple[Shapes, Bools]:
    """Return ``shapes[of]`` as they are in boxes, where they have many vertices, and which of them reach beyond.

    What meets thousands of others is not gone through vertex by vertex for each of them.

    Parameters
    ----------
    shapes
        n polygons.
    of, boxes
        For m boxes which polygon each is of, (m,), and its sides, (m, 4).
    """
    trimmed, beyond = shapes[of], np.zeros(len(of), dtype=bool)
    if len(shapes) <= len(of) and not (shapely.get_num_coordinates(shapes) > MANY).any():  # the usual case
        return trimmed, beyond
    rows = np.flatnonzero(shapely.get_num_coordinates(trimmed) > MANY)
    box = shapely.bounds(trimmed[rows])
    rows = rows[~((box[:, :2] >= boxes[rows, :2]) & (box[:, 2:] <= boxes[rows, 2:])).all(axis=1)]
    beyond[rows] = True
    if len(rows):
        trimmed[rows] = near_parts(shapes, of[rows], _with_margin(boxes[rows]), few=MANY)
    return trimmed, beyond


def join_runs(parts: Shapes, begins: Ints) -> Shapes:
    """Return the ground that runs of polygons cover together, in two threads.

    Parameters
    ----------
    parts
        n polygons, run by run.
    begins
        The row each run begins with, the first 0, (m,).
    """
    joined, count = parts[begins], np.diff(begins, append=len(parts))
    tasks = []
    for many in as_list(np.unique(count[count > 1])):
        here = np.flatnonzero(count == many)
        tasks += [here[part] for part in row_blocks(len(here), size=max(1, RUNS // many))]

    def work(here: Ints) -> None:
        """Join runs of one length: no two tasks write to the same place."""
        joined[here] = sound.unite_rows(parts[begins[here][:, None] + np.arange(count[here[0]])])

    in_threads(tasks, work)
    return joined


def clip_to_boxes(shapes: Shapes, boxes: Floats, *, threads: int = THREADS) -> Shapes:
    """Return polygons cut to boxes.

    The quick way leaves shapes now and then that are not valid, or along the box more than there is: they are cut
    the sound way, as is what it leaves nothing of although it meets the box.

    Parameters
    ----------
    shapes
        n polygons.
    boxes
        West, south, east, north of each, (n, 4).
    threads
        How many work at once.
    """
    box = shapely.bounds(shapes)
    over = ~((box[:, :2] >= boxes[:, :2]) & (box[:, 2:] <= boxes[:, 2:])).all(axis=1)
    result = shapes.copy()

    def work(rows: Ints) -> None:
        """Cut what lies over its box: no two tasks write to the same place."""
        here, frame = shapes[rows], boxes[rows]
        cut = np.empty(len(here), dtype=object)
        for row, (shape, sides) in enumerate(zip(here.tolist(), frame.tolist(), strict=True)):
            cut[row] = clip_by_rect(shape, *sides)
        doubt: Bools = ~np.isin(shapely.get_type_id(cut), (3, 6))
        huge: Bools = ~doubt & (shapely.get_num_coordinates(cut) > HUGE)
        doubt[~huge] |= ~shapely.is_valid(cut[~huge])
        for row in as_list(np.flatnonzero(huge)):
            whole, sides = area_in_box(here[row], frame[row]), frame[row]
            doubt[row] = abs(whole - shapely.area(cut[row])) > PROVED * (sides[2] - sides[0]) * (
                sides[3] - sides[1]
            )
        nothing = np.flatnonzero(shapely.is_empty(cut))
        doubt[nothing] = shapely.intersects(box_polygons(frame[nothing]), here[nothing])
        cut[nothing] = shapely.Polygon()
        again = np.flatnonzero(doubt)
        cut[again] = areal_parts(sound.intersect_pairs(here[again], box_polygons(frame[again])))
        cut[again[shapely.get_dimensions(cut[again]) < 2]] = shapely.Polygon()  # what only touches
        result[rows] = cut

    rows = np.flatnonzero(over)
    size = CLIPS if threads == 1 else min(CLIPS, max(1, len(rows) // SHARES))
    in_threads([rows[part] for part in row_blocks(len(rows), size=size)], work, threads=threads)
    return result


def area_in_box(shape: Shape, box: Floats) -> float:
    """Return the area a valid polygon has in a box, in square units, by its edges alone.

    Parameters
    ----------
    shape
        A polygon, in parts and with holes as may be.
    box
        West, south, east, north.

    Examples
    --------
    >>> area_in_box(shapely.Polygon([(0, 0), (4, 0), (0, 4)]), np.array([1.0, 1.0, 9.0, 9.0]))
    2.0
    """
    west, south, east, north = box.tolist()
    parts = shapely.get_parts(shape)
    rings, part = shapely.get_rings(parts, return_index=True)
    (x, y), ring = (
        shapely.get_coordinates(rings).T,
        np.repeat(np.arange(len(rings)), shapely.get_num_coordinates(rings)),
    )
    one = np.flatnonzero(ring[1:] == ring[:-1])
    x0, y0, x1, y1 = x[one] - west, y[one] - south, x[one + 1] - west, y[one + 1] - south
    step = np.where(y1 == y0, 1.0, y1 - y0)
    low, high = np.clip(y0, 0.0, north - south), np.clip(y1, 0.0, north - south)
    x0, x1 = x0 + (x1 - x0) * (low - y0) / step, x1 - (x1 - x0) * (y1 - high) / step
    shares = (high - low) * _mean_between(x0, x1, east - west)
    sums = np.bincount(ring[one], weights=shares, minlength=len(rings))
    hole: Bools = ~is_new(part)
    return float((np.where(hole, -1.0, 1.0) * np.abs(sums)).sum())


def _mean_between(start: Floats, end: Floats, most: float) -> Floats:
    """Return the mean, along ways from start to end, of how much lies between 0 and the most."""

    def grown(at: Floats) -> Floats:
        """The integral from 0 of what is clipped."""
        inside = np.clip(at, 0.0, most)
        result: Floats = 0.5 * inside * inside + most * np.maximum(at - most, 0.0)
        return result

    way = end - start
    level: Bools = np.abs(way) < 1e-9 * most
    mean = (grown(end) - grown(start)) / np.where(level, 1.0, way)
    return np.where(level, np.clip(0.5 * (start + end), 0.0, most), mean)


def clip_lines(lines: Shapes, boxes: Floats) -> Shapes:
    """Return lines cut to boxes, those with nothing there empty.

    Parameters
    ----------
    lines
        n lines.
    boxes
        West, south, east, north of each, (n, 4).
    """
    cut = np.empty(len(lines), dtype=object)
    for row, (line, sides) in enumerate(zip(lines.tolist(), boxes.tolist(), strict=True)):
        cut[row] = clip_by_rect(line, *sides)
    return cut
