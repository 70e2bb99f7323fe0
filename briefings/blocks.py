"""What a briefing consists of once it is resolved: sections of plain texts, tables, charts and pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from briefings.picture import Picture
from layers.figures import Figure
from layers.library import Library
from layers.views import View


@dataclass(frozen=True)
class Table:
    """A table as texts; ``numeric`` says which columns are numbers, ``strong`` which rows are sums."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    strong: tuple[int, ...] = ()


@dataclass(frozen=True)
class Chart:
    """Labels with values of one unit: bars (largest first), columns (in order of time) or a line over years.

    ``target`` is the value asked for, in the same unit.
    """

    kind: Literal["bars", "columns", "line"]
    name: str
    labels: tuple[str, ...]
    values: tuple[float, ...]
    decimals: int = 2
    target: float | None = None
    target_name: str = ""


@dataclass(frozen=True)
class Section:
    """One item of a briefing in one language; what it does not have is empty.

    ``source`` says where it comes from, with address and version. ``figure`` is the number it shows, ``moved``
    what that was before. ``view`` and ``library`` let a map be drawn again in another way.
    """

    kind: Literal["map", "figure", "text", "indicator", "dossier"]
    title: str
    value: str = ""
    sentence: str = ""
    paragraphs: tuple[str, ...] = ()
    picture: Picture | None = None
    chart: Chart | None = None
    tables: tuple[Table, ...] = ()
    caveats: tuple[str, ...] = ()
    source: str = ""
    moved: str = ""
    figure: Figure | None = None
    view: View | None = None
    library: Library | None = None


@dataclass(frozen=True)
class Resolved:
    """A briefing in one language on one state of the data.

    ``notes`` says of each figure how it was computed; ``numbers`` is what a later run compares with.
    """

    title: str
    subtitle: str
    dated: str
    language: str
    sections: tuple[Section, ...]
    figures: tuple[Figure, ...]
    changes: tuple[str, ...] = ()
    numbers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)

    def alt(self, section: Section) -> str:
        """Return the sentence that stands for a section's picture, chart or table."""
        return section.picture.alt[self.language] if section.picture else section.sentence or section.title
