"""The command line's ``import``: a file becomes a layer, or a new version of one."""

from __future__ import annotations

import argparse
import getpass
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson

from geo.text import Text
from layers.imports.database import Named, Origin, spatial_tables, take_table
from layers.imports.database.origin import named
from layers.imports.datum_parameters import CONVENTIONS
from layers.imports.importer import Wanted, import_layer
from layers.imports.readers.dxf import UNITS
from layers.imports.repair import Problem
from layers.library.library import Library
from webapp import ROOT
from webapp.settings import Settings

_DONE = {"mended": "已修复", "left unplaced": "未上图", "left out": "已略过"}


def add_import(commands: Any, shared: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own type is private
    """Add ``import``."""
    one = commands.add_parser("import", parents=[shared], help="导入图层 / import a layer")
    one.add_argument(
        "file",
        type=Path,
        nargs="?",
        help="GeoJSON, CSV, XLSX, zip (Shapefile), GPKG, FGB, GeoParquet, KML, KMZ, DXF",
    )
    one.add_argument(
        "--database", metavar="NAME",
        help="设置 databases 中的数据库；单独使用则列出空间表 / one of the setting; alone, lists its tables",
    )  # fmt: skip
    one.add_argument("--table", metavar="SCHEMA.TABLE", default="", help="数据库中的表 / table of the database")
    one.add_argument("--geometry", default="", help="几何列（有多个时）/ geometry column, where there are several")
    one.add_argument("--layer", default="", help="图层编号 / id of the layer")
    one.add_argument("--label-zh", default="")
    one.add_argument("--label-en", default="")
    one.add_argument("--group", default="", help="目录分组 / group of the catalog")
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
    one.add_argument("--unit", choices=UNITS, default="", help="图形单位（DXF）/ unit of a drawing")
    one.add_argument(
        "--datum-parameters", default="", metavar="'X,Y,Z[,RX,RY,RZ,S]'",
        help="北京54、西安80 等到 CGCS2000：米、角秒、ppm / from an old datum to CGCS2000: m, arc-seconds, ppm",
    )  # fmt: skip
    one.add_argument("--rotation", choices=CONVENTIONS, default="", help="旋转约定 / convention of the rotations")
    one.add_argument("--check-tiling", action="store_true", help="检查重叠与缝隙 / look for overlaps and gaps")
    one.add_argument("--report", type=Path, help="把导入报告写成 JSON / write the report as JSON")
    one.set_defaults(run=_import)


def _import(options: argparse.Namespace, settings: Settings) -> int:
    """Run ``import``: list a database's tables, or import a file or a table."""
    if options.database and not (options.table or options.file):
        return _list(named(settings.databases, options.database))
    if bool(options.file) == bool(options.database and options.table) or not options.layer:
        sys.stderr.write(
            "请给出文件或 --database NAME --table SCHEMA.TABLE 之一，以及 --layer。\n"
            "Give a file, or --database NAME --table SCHEMA.TABLE; and --layer.\n"
        )
        return 2
    if options.file and not options.file.is_file():
        sys.stderr.write(f"文件不存在 / no such file: {options.file.name}\n")
        return 2
    if options.file:
        return _bring(options, settings, options.file, None)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{options.database}.parquet"
        origin = take_table(
            named(settings.databases, options.database), options.table, path, geometry=options.geometry,
            seconds=settings.number("max_import_seconds"), most=settings.number("max_upload"),
        )  # fmt: skip
        return _bring(options, settings, path, origin)


def _list(database: Named) -> int:
    for one in spatial_tables(database):
        rows = "-" if one.rows is None else f"~{one.rows:,}"
        kind = f"{one.kind} {'geography' if one.geography else ''}".strip()
        sys.stdout.write(f"{printable(one.name)}\t{printable(one.geometry)}\t{kind}\tSRID {one.srid}\t{rows}\n")
    return 0


def printable(text: str) -> str:
    """Return a name out of a database without what would move a terminal's cursor."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def _bring(options: argparse.Namespace, settings: Settings, path: Path, origin: Origin | None) -> int:
    library = Library(ROOT / settings.path("data"), store=settings.text("store"))
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
        check_tiling=options.check_tiling,
        unit=options.unit,
        datum_parameters=options.datum_parameters,
        rotation=options.rotation,
    )
    report = import_layer(library, path, wanted, who=getpass.getuser(), origin=origin)
    version = report.version
    sys.stdout.write(
        f"{version.layer} v{version.number}: {version.features} ({report.placed} 上图 / on the map), "
        f"{report.format}, {report.encoding}, {report.crs}\n"
    )
    for note in report.notes:
        sys.stdout.write(f"  {note.zh}\n  {note.en}\n")
    for problem in report.problems:
        sys.stdout.write(_written(problem))
    if options.report:
        options.report.write_bytes(orjson.dumps(asdict(report), option=orjson.OPT_INDENT_2))
    return 0


def _written(problem: Problem) -> str:
    """Return a kind of problem in two lines, with where to look."""
    areas = f"{problem.area_before_m2:,.2f} → {problem.area_after_m2:,.2f} m2"
    places = "; ".join(
        one.id if one.lon is None or one.lat is None else f"{one.id} ({one.lon:.6f}, {one.lat:.6f})"
        for one in problem.examples
    )
    end = f", {areas}" if problem.area_before_m2 or problem.area_after_m2 else ""
    return (
        f"  [{problem.kind}] {problem.zh}：{problem.count}，{_DONE[problem.done]}{end}\n"
        f"  [{problem.kind}] {problem.en}: {problem.count}, {problem.done}{end}\n"
        + (f"    {places}\n" if places else "")
    )
