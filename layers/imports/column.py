"""A column being looked at, and what it was read as: what the rules for numbers, dates and said types share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from geo.text import Text
from layers.arrow import ArrowArray, ArrowColumn
from layers.imports.draft import Undecided
from layers.imports.numbers import DecimalSign, NumberEvidence
from layers.imports.units import Written, unit_in_header, unit_of
from layers.plan.catalog import Field
from layers.units import unit_name

_NO_EVIDENCE = NumberEvidence()
TABLES = ("CSV", "XLSX", "KML", "KMZ", "GPX", "GML", "Corners")  # where a number is written as text because all is


@dataclass(frozen=True)
class SeenColumn:
    """A column being looked at: its distinct texts, trimmed and in NFKC form, and where each stands."""

    name: str
    texts: ArrowArray
    indices: ArrowArray
    format: str
    declared: Field | None
    own: NumberEvidence = _NO_EVIDENCE
    decimal: DecimalSign = "."
    asked: bool = False
    lenient: bool = False  # its kind is said, by a person or by the catalog: codes are numbers then
    unit: str = ""  # of a row of units under the header

    def spread(self, values: ArrowArray) -> ArrowColumn:
        """Return values of the distinct texts for every row."""
        return pa.chunked_array([pc.take(values, self.indices)])

    def rows(self, chosen: ArrowArray) -> int:
        """Return how many rows hold the chosen of the distinct texts."""
        return int(pc.sum(pc.take(chosen.cast(pa.int64()), self.indices)).as_py() or 0)

    def example(self, chosen: ArrowArray) -> str:
        """Return one of the chosen texts."""
        return str(self.texts.filter(chosen)[0].as_py())[:20]


@dataclass(frozen=True)
class ReadColumn:
    """What a column was read as; no ``values`` when it stays as it is."""

    values: ArrowColumn | None = None
    declared: Mapping[str, str] = field(default_factory=dict)
    keep_raw: bool = False
    note: Text | None = None
    question: Undecided | None = None


def stated_unit(seen: SeenColumn) -> Written | None:
    """Return the unit a column has, whatever its cells say: by the catalog, a row of units, or its heading."""
    if seen.declared is not None and seen.declared.unit:
        return unit_of(seen.declared.unit)
    return unit_of(seen.unit) if seen.unit else unit_in_header(seen.name)


def left_as_text(seen: SeenColumn, zh: str, en: str) -> ReadColumn:
    """Return a column as it is, with the reason why."""
    return ReadColumn(note=Text(f"列 {seen.name} 保留为文本：{zh}", f"column {seen.name} stays text: {en}"))


def unit_from_header(name: str, unit: Written) -> Text:
    """Return what is said of a unit that stands in a heading."""
    return Text(
        f"列 {name} 的单位取自表头：{unit_name(unit.name, 'zh')}",
        f"the unit of column {name} is in its heading: {unit_name(unit.name, 'en')}",
    )
