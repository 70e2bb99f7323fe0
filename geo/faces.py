"""What a room offers, taken from its modules only when it is asked for: a room's face costs no start time."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from functools import cache
from importlib import import_module


def lazy_face(room: str) -> Callable[[str], object]:
    """Return the ``__getattr__`` (PEP 562) of a room whose names stand under ``if TYPE_CHECKING:`` alone.

    The imports there are what type checkers and readers see; the same lines say where a name is found when it is
    first used.
    """

    def get_name(name: str) -> object:
        found = None if name.startswith("_") else face_of(room).get(name)
        if found is None:
            raise AttributeError(f"module {room!r} has no attribute {name!r}")
        return getattr(import_module(found), name)

    return get_name


@cache
def face_of(room: str) -> dict[str, str]:
    """Return the module of each name that a room offers lazily."""
    return {
        alias.name: node.module
        for block in ast.parse(inspect.getsource(import_module(room))).body
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for node in block.body
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }
