"""Which rows of an array hold some shapes: a shape never changes, so what is the same object is the same shape."""

from __future__ import annotations

import threading
from typing import cast

import numpy as np

from geo.arrays import Ints, Shapes


def object_numbers(shapes: Shapes) -> Ints:
    """Return which objects an array holds, as numbers."""
    return cast("Ints", np.frombuffer(np.ascontiguousarray(shapes), dtype=np.intp))


class ObjectRows:
    """The rows of objects, put in order when first needed.

    Parameters
    ----------
    objects
        Their numbers, (n,), of an array that lives as long.
    """

    def __init__(self, objects: Ints) -> None:
        self._objects = objects
        self._order: tuple[Ints, Ints] | None = None
        self._lock = threading.Lock()

    def find(self, objects: Ints) -> Ints | None:
        """Return where these objects are; None when one is not here, or is asked for twice."""
        if len(objects) > len(self._objects):
            return None
        if len(objects) == len(self._objects) and (objects == self._objects).all():
            return np.arange(len(objects))
        if len(objects) and not (self._objects == objects[0]).any():  # the usual case: nothing to put in order for
            return None
        with self._lock:
            if self._order is None:
                order = np.argsort(self._objects, kind="stable")
                self._order = order, self._objects[order]
            order, known = self._order
        for some in (objects[:: max(1, len(objects) // 8)], objects):
            at = np.minimum(np.searchsorted(known, some), len(known) - 1)
            if not (known[at] == some).all():
                return None
        rows: Ints = order[at]
        taken = np.zeros(len(known), dtype=bool)
        taken[rows] = True
        return rows if int(taken.sum()) == len(rows) else None
