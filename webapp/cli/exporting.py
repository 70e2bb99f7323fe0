"""The command line's ``export``: a layer, a filter or a version of it, as a file."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from layers.exports import KINDS, BadExport, export_snapshot, read_asked
from layers.features.query import parse_box
from layers.library.library import Library
from webapp import ROOT
from webapp.settings import Settings
from webapp.version import VERSION


def add_export(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own type is private
    """Add ``export``."""
    one = commands.add_parser("export", parents=[shared], help="导出图层 / a layer as a file")
    one.add_argument("layer")
    one.add_argument("-o", "--output", type=Path, required=True, help=" ".join(f".{kind}" for kind in KINDS))
    one.add_argument("--crs", default="", help="EPSG:4326, EPSG:4490, EPSG:4549, GCJ02, BD09 …")
    one.add_argument("--decimals", default="", help="坐标小数位数 / decimals of coordinates, 3–15")
    one.add_argument("--where", action="append", default=[], help="字段=值 / field=value")
    one.add_argument("--bbox", default="", help="西,南,东,北 / west,south,east,north")
    one.add_argument("--version", type=int, help="版本号 / a stored version")
    one.add_argument("--restricted", action="store_true", help="可导出受限图层 / let a restricted layer leave")
    one.set_defaults(run=_export)


def _export(options: argparse.Namespace, settings: Settings) -> int:
    library = Library(ROOT / settings.path("data"), store=settings.text("store")).rounded(
        settings.number("decimals")
    )
    layer = library.layer(options.layer, restricted=options.restricted)
    kind = next((k for k in sorted(KINDS, key=len, reverse=True) if options.output.name.endswith(f".{k}")), "")
    asked = read_asked(kind, crs=options.crs, decimals=options.decimals, filters=tuple(options.where))
    snapshot = library.snapshot(layer) if options.version is None else library.snapshot_at(layer, options.version)
    box = parse_box(options.bbox) if options.bbox else None
    if not options.output.parent.is_dir():
        raise BadExport(why_zh="目标文件夹不存在", why_en="the folder does not exist")
    part = options.output.with_name(f".part-{options.output.name}")  # written whole or not at all
    part.unlink(missing_ok=True)
    try:
        made = export_snapshot(library, snapshot, asked, part, software=f"PlanAtlas {VERSION}", box=box)
        part.replace(options.output)
    finally:
        part.unlink(missing_ok=True)
    sys.stdout.write(f"{layer.id}: {made.features} ({made.placed} 上图 / on the map), {asked.crs}\n")
    for note in made.notes:
        sys.stdout.write(f"  {note.zh}\n  {note.en}\n")
    return 0
