"""Every function that can be asked for: one module each, found here; there is no second list.

A module of this package that holds a ``FUNCTION`` adds it. API, command line, the panel's form, verification,
briefings and docs read what it says of itself.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from geo.errors import PlanAtlasError
from layers.figures.functions.entry import Function


class FunctionTwice(PlanAtlasError):
    """Two modules add a function under the same name."""

    code = "function_twice"
    zh = "函数 {function} 有两个定义。"
    en = "The function {function} is defined twice."


def _found() -> dict[str, Function]:
    modules = (import_module(f"{__name__}.{one.name}") for one in iter_modules(__path__))
    entries = [one.FUNCTION for one in modules if hasattr(one, "FUNCTION")]
    out: dict[str, Function] = {}
    for entry in sorted(entries, key=lambda one: (one.order, one.id)):
        register(entry, out)
    return out


def register(entry: Function, registry: dict[str, Function] | None = None) -> None:
    """Add a function.

    Raises
    ------
    FunctionTwice
        There is one of that name.
    """
    known = FUNCTIONS if registry is None else registry
    if entry.id in known:
        raise FunctionTwice(function=entry.id)
    known[entry.id] = entry


FUNCTIONS: dict[str, Function] = _found()
