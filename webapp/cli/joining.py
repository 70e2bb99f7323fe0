"""The command line's ``join``: a table without places joins a layer by a key."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from layers.imports.option_forms import add_options, options_from
from layers.library.ahead import find_ahead
from layers.library.library import Library
from webapp import ROOT
from webapp.cli.commands import Commands
from webapp.messages import say_both
from webapp.settings import Settings

if TYPE_CHECKING:
    from layers.imports.joining import Doubled

_LISTS = ("unmatched_rows", "unmatched_features", "doubled_rows", "doubled_features")


class _Join(Protocol):
    """What is asked; the options of an import stand beside these."""

    file: Path
    table: str
    key: str
    layer_key: str
    column: list[str]
    period: str
    doubled: Doubled
    look: bool


def add_join(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Add ``join``."""
    one = commands.add_parser("join", parents=[shared], help="连接没有位置的表格 / join a table without places")
    one.add_argument("file", type=Path, help="CSV, XLSX")
    one.add_argument("--table", default="", help="表的编号，各年份相同 / id of the table, the same for every year")
    one.add_argument("--key", default="", help="表中作为键的列 / column of the table that is the key")
    one.add_argument(
        "--layer-key", default="", help="图层中的字段，不写为要素编号 / field of the layer, its ids if not said"
    )
    one.add_argument(
        "--column", action="append", default=[], help="要连接的列，可重复 / a column to take, repeatable"
    )
    one.add_argument("--period", default="", help="数值的时期，如 2024 / what the values are of, such as 2024")
    one.add_argument("--doubled", choices=("first", "none"), default="", help="键重复时 / where a key is doubled")
    add_options(one)
    one.add_argument("--look", action="store_true", help="只查看对应情况，不连接 / look only")
    one.set_defaults(run=_join)


def _join(given: _Join, settings: Settings) -> int:
    from layers.imports.joining import JoinWish, join_table, preview_join  # noqa: PLC0415 - all readers of files

    options = options_from(given)
    if not given.file.is_file() or not options.layer:
        sys.stderr.write(say_both("cli_join_wants", "\n") + "\n")
        return 2
    library = Library(ROOT / settings.path("data"), store=settings.text("store"))
    wish = JoinWish(
        options.layer,
        given.table,
        given.key,
        given.layer_key,
        tuple(given.column),
        given.period,
        options.source,
        given.doubled,
        options.why,
    )
    told = preview_join(library, given.file, wish, options)
    sys.stdout.write(
        f"{given.file.name}: {told['rows']} {say_both('cli_rows')}; "
        f"{options.layer}: {told['features']} {say_both('cli_features')}; "
        f"{told['key']} = {told['layer_key'] or 'id'}: {told['matched']} {say_both('cli_matched')}\n"
    )
    for name in _LISTS:
        found = told.get(name, {"count": 0, "examples": []})
        if found["count"]:
            examples = ", ".join(found["examples"][:10])
            sys.stdout.write(f"  {say_both(f'cli_{name}')}: {found['count']} ({examples})\n")
    if given.look:
        for pair in told["keys"]:
            sys.stdout.write(
                f"  --key {pair['key']} --layer-key {pair['layer_key'] or 'id'}: {pair['share']:.0%}\n"
            )
        return 0
    if not given.key or not given.table:
        sys.stderr.write(say_both("cli_join_wants_keys", "\n") + "\n")
        return 2
    done = join_table(library, given.file, wish, options, who=getpass.getuser())
    find_ahead(library, wish.layer)
    sys.stdout.write(f"{done['layer']} v{done['version']}: {', '.join(done['fields'])}\n")
    for note in done["notes"]:
        sys.stdout.write(f"  {note['zh']}\n  {note['en']}\n")
    return 0
