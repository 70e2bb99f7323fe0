"""The command line's ``import``: a file becomes a layer, or a new version of one."""

from __future__ import annotations

import argparse
import getpass
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

import orjson

from geo.text import Text, number_text
from layers.imports.database import Named, Origin, TakeBounds, spatial_tables, take_table
from layers.imports.database.origin import named_connection
from layers.imports.formats.registry import import_formats
from layers.imports.option_forms import add_options, options_from
from layers.imports.repair import RepairProblem
from layers.library.ahead import find_ahead
from layers.library.library import Library
from webapp import ROOT
from webapp.cli.commands import Commands
from webapp.messages import say, say_both
from webapp.settings import Settings


class _Import(Protocol):
    """What is asked; the options of an import stand beside these."""

    file: Path | None
    database: str
    table: str
    layer: str | None
    geometry_column: str | None
    look: bool
    report: Path | None


def add_import(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Add ``import``."""
    one = commands.add_parser("import", parents=[shared], help="导入图层 / import a layer")
    one.add_argument(
        "file",
        type=Path,
        nargs="?",
        help=", ".join(form.label.en for form in import_formats()),
    )
    one.add_argument(
        "--database",
        default="",
        metavar="NAME",
        help="设置 databases 中的数据库；单独使用则列出空间表 / one of the setting; alone, lists its tables",
    )
    one.add_argument("--table", metavar="SCHEMA.TABLE", default="", help="数据库中的表 / table of the database")
    add_options(one)
    one.add_argument("--look", action="store_true", help="只查看文件，不导入 / look at the file only")
    one.add_argument("--report", type=Path, help="把导入报告写成 JSON / write the report as JSON")
    one.set_defaults(run=_import)


def _import(options: _Import, settings: Settings) -> int:
    """Run ``import``: list a database's tables, or import a file or a table."""
    if options.database and not (options.table or options.file):
        return _list(named_connection(settings.databases, options.database))
    if bool(options.file) == bool(options.database and options.table) or not (options.layer or options.look):
        sys.stderr.write(say_both("cli_import_wants", "\n") + "\n")
        return 2
    if options.file and not options.file.is_file():
        sys.stderr.write(f"{say_both('cli_no_file')}: {options.file.name}\n")
        return 2
    if options.file:
        return _bring(options, settings, options.file, None)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{options.database}.parquet"
        origin = take_table(
            named_connection(settings.databases, options.database),
            options.table,
            path,
            bounds=TakeBounds(seconds=settings.number("max_import_seconds"), most=settings.number("max_upload")),
            geometry=options.geometry_column or "",
        )
        return _bring(options, settings, path, origin)


def _list(database: Named) -> int:
    for one in spatial_tables(database):
        rows = "-" if one.rows is None else f"~{one.rows:,}"
        kind = f"{one.kind} {'geography' if one.geography else ''}".strip()
        sys.stdout.write(
            f"{printable_name(one.name)}\t{printable_name(one.geometry)}\t{kind}\tSRID {one.srid}\t{rows}\n"
        )
    return 0


def printable_name(text: str) -> str:
    """Return a name out of a database without what would move a terminal's cursor."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def _bring(options: _Import, settings: Settings, path: Path, origin: Origin | None) -> int:
    from layers.imports.importer import import_layer  # noqa: PLC0415 - all readers of files, for no other command
    from layers.imports.preview import preview  # noqa: PLC0415

    library, wanted = Library(ROOT / settings.path("data"), store=settings.text("store")), options_from(options)
    if options.look:
        seen = preview(library, path, wanted, origin=origin)
        told = {**seen, "places": [{**place, "outline": None} for place in seen["places"]]}
        sys.stdout.write(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode() + "\n")
        return 0
    report = import_layer(library, path, wanted, who=getpass.getuser(), origin=origin)
    find_ahead(library, wanted.layer)
    version = report.version
    sys.stdout.write(
        f"{version.layer} v{version.number}: {version.features} ({report.placed} {say_both('cli_on_map')}), "
        f"{report.format}, {report.encoding}, {report.crs}\n"
    )
    for note in report.notes:
        sys.stdout.write(f"  {note.zh}\n  {note.en}\n")
    for problem in report.problems:
        sys.stdout.write(_written(problem))
    if options.report:
        options.report.write_bytes(orjson.dumps(asdict(report), option=orjson.OPT_INDENT_2))
    return 0


def _written(problem: RepairProblem) -> str:
    """Return a kind of problem in two lines, with where to look."""
    areas = f"{number_text(problem.area_before_m2, 2)} → {number_text(problem.area_after_m2, 2)} m2"
    places = "; ".join(
        f"{one.id} {one.name}".strip()
        + ("" if one.lon is None or one.lat is None else f" ({one.lon:.6f}, {one.lat:.6f})")
        for one in problem.examples
    )
    end = f", {areas}" if problem.area_before_m2 or problem.area_after_m2 else ""
    told = say(
        "cli_problem",
        kind=problem.kind,
        kinds=Text(problem.zh, problem.en),
        count=problem.count,
        done=say(f"cli_{problem.done.replace(' ', '_')}"),
        end=end,
    )
    return f"  {told.zh}\n  {told.en}\n" + (f"    {places}\n" if places else "")
