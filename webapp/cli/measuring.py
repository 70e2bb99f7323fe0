"""The command line's ``measure``: how the numbers of a field of an imported layer may be used."""

from __future__ import annotations

import argparse
import sys
from typing import Protocol

from layers.library.library import Library
from layers.library.upkeep import FieldWords, LayerWords, change_description
from layers.plan.catalog import FieldMeasure
from layers.plan.measures import NAMES, usage_of
from webapp import ROOT
from webapp.cli.commands import Commands
from webapp.messages import say_both
from webapp.settings import Settings


class _Measure(Protocol):
    layer: str
    field: str | None
    measure: FieldMeasure | None
    currency: str


def add_measure(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Add ``measure``."""
    one = commands.add_parser(
        "measure", parents=[shared], help="数值字段的用法 / how the numbers of a field may be used"
    )
    one.add_argument("layer", help="图层编号 / layer id")
    one.add_argument("field", nargs="?", help="字段；不写则列出全部 / a field; all are listed if not said")
    words = "; ".join(f"{key}: {name.zh} / {name.en}" for key, name in NAMES.items())
    one.add_argument("measure", nargs="?", choices=tuple(NAMES), help=words)
    one.add_argument("--currency", default="", help="金额的币种字段 / the field that holds its currencies")
    one.set_defaults(run=_measure)


def _measure(given: _Measure, settings: Settings) -> int:
    library = Library(ROOT / settings.path("data"), store=settings.text("store"))
    if given.field and given.measure:
        told = FieldWords(measure=given.measure, currency=given.currency)
        change_description(library, given.layer, LayerWords(fields={given.field: told}))
        library = Library(library.folder, store=settings.text("store"))
    layer = library.layer(given.layer, restricted=True)
    for one in layer.fields:
        if one.type not in ("number", "integer") or given.field not in (None, one.id):
            continue
        usage, name = usage_of(one, layer), NAMES[usage_of(one, layer).measure]
        how = "" if usage.said else f" ({say_both('cli_measure_guessed')})"
        money = f" ({usage.currency})" if usage.currency else ""
        sys.stdout.write(f"{one.id}\t{usage.measure}{money}\t{name.zh} / {name.en}{how}\n")
    return 0
