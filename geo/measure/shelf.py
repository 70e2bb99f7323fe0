"""Where what was found of a layer's shapes outlasts the process."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from geo.arrays import Bools, Floats, Integers, Shapes

Arrays = tuple[Bools | Integers | Floats, ...]


class Shelf(Protocol):
    """Where facts of some shapes outlast the process; they are those of these very shapes, or none."""

    def read(self, name: str, count: int) -> Arrays | None:
        """Return what was found of ``count`` shapes, if it was written."""

    def write(self, name: str, count: int, found: Arrays) -> None:
        """Keep what was found; a shelf that cannot costs only the next finding."""

    def read_shapes(self, name: str, count: int) -> Shapes | None:
        """Return the shapes as they were moved, if they were written."""

    def write_shapes(self, name: str, count: int, blocks: Iterable[Shapes]) -> None:
        """Keep ``count`` moved shapes, given block by block."""
