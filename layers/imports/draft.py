"""A layer as a file gives it, before anything is decided, and what was found on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pyarrow as pa

from layers.content import Objects

# "decide": the import cannot go on until a person chooses; "left_out": something is not in the layer any more.
Level = Literal["info", "warning", "repaired", "left_out", "decide"]


@dataclass(frozen=True)
class Finding:
    """One kind of thing found in a file, with how often and some rows (from 0) to look at."""

    code: str
    level: Level
    zh: str
    en: str
    count: int = 1
    rows: tuple[int, ...] = ()
    area_before_m2: float | None = None
    area_after_m2: float | None = None


@dataclass(frozen=True)
class Draft:
    """One layer of a file, nothing decided yet.

    ``geometry`` is in the coordinates of the file; ``crs`` is what the file declares ("EPSG:4549" or WKT),
    None when it declares nothing; ``ids`` are the file's own feature ids, None where it has none. ``encoding``
    is how its text was read.
    """

    name: str
    format: str
    properties: pa.Table
    geometry: Objects
    ids: tuple[str | None, ...] | None = None
    crs: str | None = None
    encoding: str = "utf-8"
    findings: tuple[Finding, ...] = ()

    def __len__(self) -> int:
        return len(self.geometry)


@dataclass(frozen=True)
class Limits:
    """What a file may cost; the numbers of /limits."""

    features: int = 2_000_000
    vertices_feature: int = 200_000
    vertices: int = 50_000_000
    columns: int = 500
    depth: int = 32
    inflated_bytes: int = 4_000_000_000
    members: int = 1000
    repair_vertices: int = 20_000


@dataclass(frozen=True)
class Options:
    """How a person said a file is to be read; empty means: as found.

    ``encoding`` overrides the text encoding; ``sheet`` and ``header_row`` (from 0) choose a table; ``x``, ``y``
    and ``wkt`` name coordinate columns; ``layer`` one layer of a file with several.
    """

    encoding: str = ""
    sheet: str = ""
    header_row: int | None = None
    x: str = ""
    y: str = ""
    wkt: str = ""
    layer: str = ""
    limits: Limits = field(default_factory=Limits)


Progress = Callable[[float, float], None]
# Every reader: a file inside a private folder -> the layers it holds.
Reader = Callable[[Path, Options, Progress], list[Draft]]
