"""The command line's ``import``: a file becomes a layer, or a new version of one."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path
from typing import Any

from layers.declare import Text
from layers.imports.layer import Wanted, import_layer
from layers.library import Library
from webapp import ROOT
from webapp.settings import Settings


def add_import(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own type is private
    """Add ``import``."""
    one = commands.add_parser("import", parents=[shared], help="导入图层 / import a layer")
    one.add_argument(
        "file", type=Path, help="GeoJSON, CSV, XLSX, zip (Shapefile), GPKG, FGB, GeoParquet, KML, DXF"
    )
    one.add_argument("--layer", required=True, help="图层编号 / id of the layer")
    one.add_argument("--label-zh", default="")
    one.add_argument("--label-en", default="")
    one.add_argument("--group", default="", help="目录分组 / group of the catalogue")
    one.add_argument("--crs", default="", help="EPSG:4549, GCJ02, BD09 …")
    one.add_argument("--swap-axes", action="store_true", help="北坐标在前 / north stands first")
    one.add_argument("--sublayer", default="", help="文件中的图层或工作表 / layer or sheet of the file")
    one.add_argument("--encoding", default="")
    one.add_argument("--id-field", default="")
    one.add_argument("--class-field", default="")
    one.add_argument("--scheme", default="")
    one.add_argument("--edges", choices=("lonlat", "plane"), default="", help="边的模型 / edge model")
    one.add_argument("--source", default="", help="来源 / source")
    one.add_argument("--licence", default="", help="许可 / licence")
    one.add_argument("--new-version", action="store_true", help="作为已有图层的新版本 / as a new version")
    one.add_argument("--why", default="")
    one.set_defaults(run=_import)


def _import(options: argparse.Namespace, settings: Settings) -> int:
    library = Library(ROOT / settings.path("data"))
    zh, en = (
        options.label_zh or options.label_en or options.layer,
        options.label_en or options.label_zh or options.layer,
    )
    wanted = Wanted(
        layer=options.layer,
        label=Text(zh, en),
        group=options.group,
        crs=options.crs,
        swapped=options.swap_axes,
        sublayer=options.sublayer,
        encoding=options.encoding,
        id_field=options.id_field,
        class_field=options.class_field,
        scheme=options.scheme,
        edge_model=options.edges,
        source=Text(options.source, options.source),
        licence=Text(options.licence, options.licence),
        new_version=options.new_version,
        why=options.why,
    )
    if not options.file.is_file():
        sys.stderr.write(f"文件不存在 / no such file: {options.file.name}\n")
        return 2
    report = import_layer(library, options.file, wanted, who=getpass.getuser())
    version = report.version
    sys.stdout.write(
        f"{version.layer} v{version.number}: {version.features} ({report.placed} 上图 / on the map), "
        f"{report.format}, {report.encoding}, {report.crs}\n"
    )
    for note in report.notes:
        sys.stdout.write(f"  {note.zh}\n  {note.en}\n")
    return 0
