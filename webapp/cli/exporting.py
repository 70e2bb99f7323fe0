"""The command line's ``export``: a layer, a filter or a version of it, as a file."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from layers.exports import (
    BadExport,
    ending_of,
    export_formats,
    export_options,
    export_snapshot,
    read_asked,
)
from layers.features.query import parse_box
from layers.files import discard
from layers.library.library import Library
from layers.plan.field_lists import read_fields
from webapp import ROOT
from webapp.cli.commands import Commands
from webapp.messages import say_both
from webapp.settings import Settings
from webapp.version import VERSION


class _Export(Protocol):
    """What is asked; the options of the formats stand beside these, as ``option_…``."""

    layer: str
    output: Path | None
    formats: bool
    lang: str
    crs: str
    decimals: str
    where: list[str]
    columns: str
    sort: str
    bbox: str
    version: int | None
    restricted: bool


def add_export(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Add ``export``."""
    one = commands.add_parser("export", parents=[shared], help="导出图层 / a layer as a file")
    one.add_argument("layer", nargs="?", default="")
    endings = " ".join(f".{known.ending}" for known in export_formats())
    one.add_argument("-o", "--output", type=Path, help=endings)
    one.add_argument(
        "--formats", action="store_true", help="列出格式 / list the formats and what each cannot hold"
    )
    for option in export_options():
        words = " ".join(option.choices) or option.name.upper()
        text = f"{option.label.zh} / {option.label.en}: {words}"
        one.add_argument(f"--{option.name}", dest=f"option_{option.name}", default="", metavar="…", help=text)
    one.add_argument("--lang", choices=("zh", "en"), default="zh", help="列名的语言 / language of headings")
    one.add_argument("--crs", default="", help="EPSG:4326, EPSG:4490, EPSG:4549, GCJ02, BD09 …")
    one.add_argument("--decimals", default="", help="坐标小数位数 / decimals of coordinates, 3–15")
    one.add_argument("--where", action="append", default=[], help="字段=值 / field=value")
    one.add_argument("--columns", default="", help="列，逗号分隔 / columns, commas: @name,land_mu")
    one.add_argument("--sort", default="", help="排序，- 为降序 / sort by, - for downwards: --sort=-land_mu")
    one.add_argument("--bbox", default="", help="西,南,东,北 / west,south,east,north")
    one.add_argument("--version", type=int, help="版本号 / a stored version")
    one.add_argument("--restricted", action="store_true", help="可导出受限图层 / let a restricted layer leave")
    one.set_defaults(run=_export)


def _export(options: _Export, settings: Settings) -> int:
    if options.formats:
        return _list()
    if not options.layer or not options.output:
        sys.stderr.write(say_both("cli_export_wants", "\n") + "\n")
        return 2
    library = Library(ROOT / settings.path("data"), store=settings.text("store")).rounded(
        settings.number("decimals")
    )
    layer = library.layer(options.layer, restricted=options.restricted)
    asked = read_asked(
        ending_of(options.output.name),
        crs=options.crs,
        decimals=options.decimals,
        filters=tuple(options.where),
        options={known.name: getattr(options, f"option_{known.name}") for known in export_options()},
        language=options.lang,
    )
    columns = tuple(read_fields(options.columns))
    asked = replace(asked, columns=columns, sort=options.sort)
    snapshot = library.snapshot(layer) if options.version is None else library.snapshot_at(layer, options.version)
    box = parse_box(options.bbox) if options.bbox else None
    if not options.output.parent.is_dir():
        raise BadExport(why_zh="目标文件夹不存在", why_en="the folder does not exist")
    part = options.output.with_name(f".part-{options.output.name}")  # written whole or not at all
    discard(part)
    try:
        made = export_snapshot(library, snapshot, asked, part, software=f"PlanAtlas {VERSION}", box=box)
        part.replace(options.output)
    finally:
        discard(part)
    sys.stdout.write(f"{layer.id}: {made.features} ({made.placed} {say_both('cli_on_map')}), {asked.crs}\n")
    for note in made.notes:
        sys.stdout.write(f"  {note.zh}\n  {note.en}\n")
    return 0


def _list() -> int:
    for known in export_formats():
        sys.stdout.write(f".{known.ending}\t{known.label.zh} / {known.label.en}\n")
        for text in known.cannot:
            sys.stdout.write(f"\t{text.zh}\n\t{text.en}\n")
        for option in known.options:
            words = ", ".join(option.choices)
            sys.stdout.write(f"\t--{option.name} {words}\t{option.label.zh} / {option.label.en}\n")
    return 0
