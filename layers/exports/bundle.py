"""What the writers are handed, and the words that go along inside every file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import orjson

from geo.text import Text
from layers.features.columns import Content
from layers.library.ordering import Total
from layers.messages import say
from layers.plan.catalog import Field, LandClass, Layer

ColumnType = Literal[
    "id",
    "label",
    "text",
    "integer",
    "number",
    "boolean",
    "texts",
    "json",
    "date",
    "moment",
    "wkt",
    "x",
    "y",
    "name",
]


@dataclass(frozen=True)
class FileColumn:
    """A column of the file: its name there, the property it holds and of what type, so that it can come back.

    ``like`` is how moments were written: a value with every digit as 0, and the zone they have in common; after
    ``UTC`` where the file has them in that.
    """

    name: str
    property: str
    type: ColumnType
    like: str = ""


@dataclass(frozen=True)
class AddedColumn:
    """A column that a table to be sent on has beside its properties: what it is called, and a text a feature."""

    label: Text
    values: tuple[Text, ...]


@dataclass(frozen=True)
class ExportBundle:
    """Features ready to be written.

    ``content`` has its geometry in ``crs`` already; ``wkt`` is None where no CRS names the coordinates.
    ``about`` is the provenance; writers add to ``notes`` what their format could not hold and to ``columns`` what
    their columns are. ``names`` has, for a property that holds ids or codes, what each of them is called.
    ``options`` are those of the format, all of them. ``group`` is where the layer stands in the catalog.
    ``ordered`` says that somebody chose the columns and their order; ``totals`` are of their rows. ``heading`` is
    what the file holds, part by part; ``added`` is what a table says of its rows beside their properties.
    """

    layer: Layer
    content: Content
    crs: str
    wkt: str | None
    classes: tuple[LandClass, ...]
    about: dict[str, Any]
    notes: list[Text]
    columns: list[FileColumn] = field(default_factory=list)
    names: Mapping[str, Mapping[str, Text]] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    group: Text = Text("", "")
    language: str = "zh"
    ordered: bool = False
    totals: tuple[Total, ...] = ()
    heading: tuple[Text, ...] = ()
    added: tuple[AddedColumn, ...] = ()

    def told(self) -> dict[str, Any]:
        """Return the provenance with the notes and what the columns are, as plain values."""
        columns = [
            {k: v for k, v in asdict(one).items() if v} | self._described(one.property) for one in self.columns
        ]
        return self.about | {"notes": [asdict(note) for note in self.notes], "columns": columns}

    def as_json(self) -> str:
        """Return the provenance as JSON."""
        return orjson.dumps(self.told()).decode()

    def label_of(self, name: str) -> Text | None:
        """Return what a property is called; None when the catalog does not say."""
        if not name:  # a column that holds no property: the id, the place
            return None
        for one in self.layer.fields:
            if one.id == name:
                return one.label
            if one.raw == name:
                return say("export_as_written", label=one.label)
            if one.text and name == one.text.zh:
                return say("export_in_chinese", label=one.label)
            if one.text and name == one.text.en:
                return say("export_in_english", label=one.label)
        if name in (self.layer.title.zh, self.layer.title.en):
            both = self.layer.title.zh == self.layer.title.en
            if name == self.layer.title.zh:
                return say("export_name" if both else "export_name_zh")
            return say("export_name_en")
        return None

    def field_of(self, name: str) -> Field | None:
        """Return a property's declaration; None when the catalog has none."""
        return next((one for one in self.layer.fields if one.id == name), None)

    def _conditions(self) -> list[str]:
        """Return each condition in words, with what an address says of it."""
        told = self.about.get("conditions") or [None] * len(self.about["filters"])
        return [
            f"{words['zh']} / {words['en']} ({written})" if words else str(written)
            for written, words in zip(self.about["filters"], told, strict=True)
        ]

    def _described(self, name: str) -> dict[str, Any]:
        """Return what the catalog says of a property and an import may take over."""
        label, declared = self.label_of(name), self.field_of(name)
        told: dict[str, Any] = {"label": asdict(label)} if label else {}
        if declared is not None:
            told |= {"unit": declared.unit} if declared.unit else {}
            told |= {"decimals": declared.decimals} if declared.decimals is not None else {}
        return told

    def lines(self) -> list[tuple[str, str]]:
        """Return the provenance line by line, both languages."""
        about = self.about
        rows = [
            (_both("layer"), f"{about['label']['zh']} / {about['label']['en']} ({about['layer']})"),
            (_both("plan"), f"{about['plan']['zh']} / {about['plan']['en']}"),
            (_both("document"), f"{about['document']['zh']} / {about['document']['en']}"),
            (_both("source"), f"{about['source']['zh']} / {about['source']['en']}"),
            (_both("licence"), f"{about['licence']['zh']} / {about['licence']['en']}"),
            (_both("version"), f"{about['version']} ({about['stored_version'] or 'file'})"),
            (_both("import"), f"{came['zh']} / {came['en']}" if (came := about["came_in"]) else "—"),
            (_both("crs"), f"{self.crs}"),
            (_both("filters"), "; ".join(self._conditions()) or "—"),
            *(((_both("when"), str(about["when"])),) if about.get("when") else ()),
            (_both("features"), f"{about['features']} ({about['placed']} {_both('on_the_map')})"),
            (_both("software"), str(about["software"])),
        ]
        rows += [(_both("note"), f"{note.zh} / {note.en}") for note in self.notes]
        return rows


def _both(key: str) -> str:
    told = say(f"provenance_{key}")
    return f"{told.zh} / {told.en}"
