"""What a file holds before anything is decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pyarrow as pa

from geo.text import Text
from layers.arrow import ArrowArray
from layers.features.columns import Objects
from layers.imports.errors import UnreadableFile

Done = Literal["mended", "left unplaced", "left out"]


@dataclass(frozen=True)
class Found:
    """A kind of problem met: which rows (from 0) or lines of the file, and what was done."""

    kind: str
    zh: str
    en: str
    done: Done
    rows: tuple[int, ...] = ()
    lines: tuple[int, ...] = ()
    count: int = 0  # where neither rows nor lines can be named


@dataclass(frozen=True)
class Undecided:
    """What two readings of a file leave open: the option that decides it, its possible values.

    ``also`` is a second option that is chosen with it (the other column of a pair).
    """

    option: str
    text: Text
    choices: tuple[str, ...] = ()
    also: str = ""


@dataclass(frozen=True)
class Draft:
    """What a file holds, nothing decided: ``geometry`` in the file's own coordinates, ``crs`` as it declares.

    ``declared`` holds what was recognised of a column beyond its type, as the catalog writes it: its ``unit``,
    the column ``raw`` with the text as it came, ``type`` date. ``questions`` are readings that are open;
    ``reading`` is how it was read, in the words of the options; ``sample`` the first rows of a table as they
    stand. ``kind`` is the geometry a file declares where it holds no feature. ``datum`` is that of metres whose
    plane is not declared, by the CRS of its degrees.
    """

    format: str
    properties: pa.Table
    geometry: Objects
    ids: tuple[str, ...] | None
    crs: str | None
    encoding: str
    notes: tuple[Text, ...] = ()
    layers: tuple[str, ...] = ()  # of a file with several
    declared: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    settled: frozenset[str] = frozenset()  # columns whose values a file of ours says the type of
    found: tuple[Found, ...] = ()
    scaled: float = 1.0  # what the coordinates were multiplied by to be metres
    origin: Mapping[str, Any] = field(default_factory=dict)  # of a table: what the record says of it
    questions: tuple[Undecided, ...] = ()
    reading: Mapping[str, Any] = field(default_factory=dict)
    sample: tuple[tuple[str, ...], ...] = ()
    kind: str = ""
    tables: tuple[str, ...] = ()  # of a sheet with several beside each other, by their first headings
    datum: str = ""
    exact: Mapping[str, ArrowArray] = field(default_factory=dict)  # columns of mixed kinds, each value as JSON


def names_of(draft: Draft) -> tuple[str, ...]:
    """Return what a file calls its layers, its tables and its columns."""
    return (*draft.layers, *draft.tables, *map(str, draft.properties.schema.names))


def refuse_file(file: str, zh: str, en: str) -> UnreadableFile:
    """Return the error that says why a file is not taken."""
    return UnreadableFile(file=file, why_zh=zh, why_en=en)
