"""Where what was found of a layer's shapes outlasts the process."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from geo.arrays import Bools, Floats, Integers, Shapes
from geo.measure.measuring import Measures
from geo.measure.moments import Moments
from geo.measure.row_ground import RowGround

Arrays = tuple[Bools | Integers | Floats, ...]
LASTING = (
    "valid",
    "overlaps",
    "box",
    "kind",
    "measures",
    "doubled",
    "left",
    "parted",
    "twice",
    "cells",
)  # first words of its facts


class Shelf(Protocol):
    """Where facts of some shapes outlast the process; they are those of these very shapes, or none."""

    def read(self, name: str, count: int, *, own: bool = False) -> Arrays | None:
        """Return what was found of ``count`` shapes, if it was written; the caller's ``own`` may be changed."""

    def write(self, name: str, count: int, found: Arrays) -> None:
        """Keep what was found; a shelf that cannot costs only the next finding."""

    def read_shapes(self, name: str, count: int) -> Shapes | None:
        """Return the shapes as they were moved, if they were written."""

    def write_shapes(self, name: str, count: int, blocks: Iterable[Shapes]) -> None:
        """Keep ``count`` moved shapes, given block by block."""


def pack_fact(fact: Any) -> Arrays:  # noqa: ANN401 - what a fact is, its name says
    """Return a fact as the arrays a shelf keeps."""
    if isinstance(fact, Measures):
        return fact.area_m2, fact.moments.x, fact.moments.y, fact.moments.values
    if isinstance(fact, RowGround):
        return fact.row, fact.area_m2, fact.begins, fact.wkb
    return fact if isinstance(fact, tuple) else (fact,)


def unpack_fact(kind: str, arrays: Any) -> Any:  # noqa: ANN401
    """Return a fact of a kind, given the arrays a shelf kept; None where it kept none."""
    if arrays is None:
        return None
    if kind in ("measures", "parted"):
        return Measures(arrays[0], Moments(*arrays[1:]))
    if kind in ("doubled", "left"):
        return RowGround(*arrays)
    return arrays if kind in ("overlaps", "cells") else arrays[0]
