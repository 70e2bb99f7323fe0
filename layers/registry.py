"""Registries: a package with one module an entry, found by the name they all give it; there is no second list."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, TypeVar

from geo.errors import PlanAtlasError


class RegistryEntry(Protocol):
    """What stands in a registry: it has an id of its own."""

    @property
    def id(self) -> str:
        """The word it is called by."""
        ...


Entry = TypeVar("Entry", bound=RegistryEntry)


class EntryTwice(PlanAtlasError):
    """Two modules of a registry have an entry of the same id."""

    code = "entry_twice"
    zh = "{package} 中“{id}”有两个定义：{first} 与 {second}；请给其中一个另起编号。"
    en = "{package} has “{id}” twice, in {first} and in {second}; give one of them another id."


def gather_entries(package: str, attribute: str, kind: type[Entry]) -> list[Entry]:
    """Return the entries of a package's modules, by the modules' names; a module without one adds none.

    Raises
    ------
    EntryTwice
        An id is there twice.
    TypeError
        What a module gives is no entry of the kind.
    """
    return list(_gathered(package, tuple(import_module(package).__path__), attribute, kind))


@lru_cache(maxsize=32)
def _gathered(package: str, folders: tuple[str, ...], attribute: str, kind: type[Entry]) -> tuple[Entry, ...]:
    """Look into the folders once: requests ask for their formats again and again."""
    found: dict[str, tuple[str, Entry]] = {}
    for name in sorted(one.name for one in iter_modules(folders)):
        entry: object = getattr(import_module(f"{package}.{name}"), attribute, None)
        if entry is None:
            continue
        if not isinstance(entry, kind):
            raise TypeError(f"{package}.{name}.{attribute} is no {kind.__name__}")
        if entry.id in found:
            raise EntryTwice(package=package, id=entry.id, first=found[entry.id][0], second=name)
        found[entry.id] = (name, entry)
    return tuple(entry for _, entry in found.values())
