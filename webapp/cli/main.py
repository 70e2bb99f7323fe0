"""The command line: ``python -m webapp.cli <command>``; ``python run.py`` passes its other words here."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module

from geo.errors import PlanAtlasError
from webapp import ROOT
from webapp.cli.loading import collected_later
from webapp.cli.parser import SpokenParser
from webapp.instance import FOLDER, bring_along, instance_of
from webapp.messages import say_both
from webapp.settings import read_settings
from webapp.version import VERSION

# The modules with commands, those that load least first: only what stands before a command's own is loaded for it.
COMMANDS = (
    "webapp.cli.analyses:add_commands",
    "webapp.cli.exporting:add_export",
    "webapp.cli.importing:add_import",
    "webapp.cli.joining:add_join",
    "webapp.cli.measuring:add_measure",
    "webapp.cli.keeping:add_keeping",
    "webapp.cli.checking:add_checking",
    "webapp.cli.docs:add_docs",
    "webapp.cli.rendering:add_render",
    "webapp.cli.admin:add_admin",
    "webapp.cli.serving:add_serving",
)

_NOBODY_READS = 141  # as a shell tells it of any command


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status and prints errors in one line, Chinese and English."""
    try:
        try:
            return _run(arguments)
        finally:
            sys.stdout.flush()  # what nobody reads is noticed here and not when Python ends
    except BrokenPipeError:
        if not _let_go_of_output():
            raise
        return _NOBODY_READS


def _run(arguments: Sequence[str] | None) -> int:
    given_words = sys.argv[1:] if arguments is None else list(arguments)
    options = read_words(given_words)
    given = {name: text for name in ("data", "public_address") if (text := getattr(options, name, None))}
    try:
        settings = read_settings(os.environ, given)
        own = instance_of(settings, ROOT)
        if not settings.text("instance") and own.parent.is_dir() and bring_along(ROOT / FOLDER, own):
            sys.stderr.write(f"{say_both('cli_moved')} {own}\n")
        return int(options.run(options, settings))
    except PlanAtlasError as error:
        sys.stderr.write(f"{error.message('zh')}\n{error.message('en')}\n")
        return 2


def _let_go_of_output() -> bool:
    """Whether it is this command's own output that nobody reads any more (``| head``); then it is thrown away."""
    try:
        sys.stdout.write("\n")  # unbuffered output forgets what it could not write: one more word tells
        sys.stdout.flush()
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
        return True
    return False


def read_words(given: Sequence[str]) -> argparse.Namespace:
    """Return what the words of a command ask for; what the command does not know is told by the command itself."""
    command = given[0] if given else ""
    whole, commands = _parsers(command)
    options, unknown = whole.parse_known_args(given)
    if unknown:
        commands.get(command, whole).error(f"unrecognized arguments: {' '.join(unknown)}")
    return options


def build_parser(command: str = "") -> argparse.ArgumentParser:
    """Return the command line's parser, complete as far as the module that has ``command``; else altogether."""
    return _parsers(command)[0]


def _parsers(command: str) -> tuple[argparse.ArgumentParser, Mapping[str, argparse.ArgumentParser]]:
    """Return the command line's parser, and those of its commands."""
    whole = SpokenParser(prog="planatlas", description="PlanAtlas 规划图集")
    whole.add_argument("--version", action="version", version=VERSION)
    commands = whole.add_subparsers(required=True, metavar="command")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--data", help="规划数据目录 / folder of the plan's data")
    with collected_later():
        for place in COMMANDS:
            module, add = place.split(":")
            getattr(import_module(module), add)(commands, shared)
            if command in commands.choices:
                break
    return whole, commands.choices


if __name__ == "__main__":
    sys.exit(main())
