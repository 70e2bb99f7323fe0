"""The command line's ``backup`` and ``restore``: a plan's data with all its versions, as one archive and back."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Protocol

from layers.library.backup import back_up, bring_back
from layers.store import schema_of
from webapp import ROOT
from webapp.cli.commands import Commands
from webapp.messages import say_both
from webapp.settings import Settings


class _Backup(Protocol):
    file: Path


class _Restore(Protocol):
    file: Path
    into: Path


def add_keeping(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Add ``backup`` and ``restore``."""
    one = commands.add_parser("backup", parents=[shared], help="备份数据与全部版本 / back up data and versions")
    one.add_argument("file", type=Path, help=".zip")
    one.set_defaults(run=_backup)
    other = commands.add_parser("restore", parents=[shared], help="恢复到新文件夹 / into a new folder")
    other.add_argument("file", type=Path)
    other.add_argument("--into", type=Path, required=True, help="新文件夹 / a folder that does not exist yet")
    other.set_defaults(run=_restore)


def _backup(options: _Backup, settings: Settings) -> int:
    count = back_up(ROOT / settings.path("data"), options.file)
    sys.stdout.write(f"{options.file.name}: {count} {say_both('cli_files')}\n")
    _tell_database(settings, "pg_dump")
    sys.stdout.write(say_both("cli_backup_leaves_out") + "\n")
    return 0


def _restore(options: _Restore, settings: Settings) -> int:
    count = bring_back(options.file, options.into)
    sys.stdout.write(f"{options.into}: {count} {say_both('cli_files')}. --data {options.into}\n")
    _tell_database(settings, "pg_restore")
    return 0


def _tell_database(settings: Settings, program: str) -> None:
    """Say how the versions are kept safe when a database has them: an archive of the folder does not."""
    if not settings.text("store"):
        return
    schema = schema_of(settings.text("store"))
    command = {
        "pg_dump": f"pg_dump --format=custom --schema={schema} --file=versions.dump …",
        "pg_restore": "pg_restore --dbname=… versions.dump",
    }[program]
    sys.stdout.write(say_both("cli_database_apart", "\n", command=command) + "\n")
