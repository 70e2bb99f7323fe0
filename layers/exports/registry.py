"""The formats a layer can leave in: one module of ``layers.exports.formats`` each, read by all that list them.

The API and its OpenAPI document, the command line, the page and ``docs/exports.md`` have no list of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from geo.text import Text
from layers.exports.bundle import ExportBundle
from layers.registry import gather_entries


@dataclass(frozen=True)
class ExportOption:
    """What a person may choose of a format: ``choices`` by their words, the first is taken when nothing is said.

    Without choices it is a text of their own.
    """

    name: str
    label: Text
    choices: Mapping[str, Text] = field(default_factory=dict)

    @property
    def default(self) -> str:
        """What is taken when nothing is said."""
        return next(iter(self.choices), "")


@dataclass(frozen=True)
class ExportFormat:
    """A format: its ending in an address and a file name, and what it cannot hold, which is told beforehand.

    ``write`` is handed the features in the CRS asked for, and adds to the bundle's notes what was lost in fact.
    ``lonlat_only`` formats know longitude/latitude of WGS 84 alone. ``most_features`` is None where there is no
    limit. ``order`` is where people find it in a list.
    """

    id: str
    ending: str
    label: Text
    media_type: str
    write: Callable[[ExportBundle, Path], None]
    cannot: tuple[Text, ...] = ()
    options: tuple[ExportOption, ...] = ()
    lonlat_only: bool = False
    most_features: int | None = None
    order: int = 100


def export_formats() -> tuple[ExportFormat, ...]:
    """Return every format, in the order people find them in."""
    found = gather_entries("layers.exports.formats", "FORMAT", ExportFormat)
    return tuple(sorted(found, key=lambda one: (one.order, one.id)))


def format_of(ending: str) -> ExportFormat | None:
    """Return the format with an ending; None when there is none."""
    return next((one for one in export_formats() if one.ending == ending), None)


def ending_of(name: str) -> str:
    """Return the ending of a file's name that a format has, the longest that fits; empty when none does."""
    endings = sorted((one.ending for one in export_formats()), key=len, reverse=True)
    return next((one for one in endings if name.lower().endswith(f".{one}")), "")


def export_options() -> tuple[ExportOption, ...]:
    """Return what can be chosen of any format, each name once with the choices of all formats that have it."""
    found: dict[str, ExportOption] = {}
    for one in (option for known in export_formats() for option in known.options):
        known = found.get(one.name)
        found[one.name] = (
            one if known is None else ExportOption(one.name, known.label, {**known.choices, **one.choices})
        )
    return tuple(found.values())


def told_formats() -> list[dict[str, Any]]:
    """Return the formats as plain values, for the API and the page."""
    return [
        {
            "id": one.id,
            "ending": one.ending,
            "label": _pair(one.label),
            "media_type": one.media_type,
            "lonlat_only": one.lonlat_only,
            "cannot": [_pair(text) for text in one.cannot],
            "options": [
                {
                    "name": option.name,
                    "label": _pair(option.label),
                    "choices": [{"value": value, **_pair(text)} for value, text in option.choices.items()],
                }
                for option in one.options
            ],
        }
        for one in export_formats()
    ]


def formats_table(language: str) -> str:
    """Return the formats as a Markdown table; a test compares it with ``docs/exports.md``."""
    heads = {
        "zh": "| 格式 | 扩展名 | 选项 | 装不下什么 |",
        "en": "| Format | Ending | Options | What it cannot hold |",
    }
    rows = [heads[language], "| --- | --- | --- | --- |"]
    for one in export_formats():
        options = "; ".join(
            f"`{o.name}`" + (f" = {' / '.join(f'`{value}`' for value in o.choices)}" if o.choices else "")
            for o in one.options
        )
        cannot = ("；" if language == "zh" else "; ").join(text[language] for text in one.cannot)
        rows.append(f"| {one.label[language]} | `.{one.ending}` | {options or '—'} | {cannot or '—'} |")
    return "\n".join(rows) + "\n"


def _pair(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
