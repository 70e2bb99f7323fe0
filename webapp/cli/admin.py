"""The command line's ``admin``: what is open or kept of everybody, and ending or clearing it, as at /admin."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Protocol

from layers.figures.figure import FigureShelf
from layers.library.library import Library
from webapp import ROOT
from webapp.accounts.accounts import Accounts
from webapp.accounts.storage import CLEARABLE, clear, measure_storage, newest_figures, remove_figure
from webapp.accounts.tokens import TokenKind
from webapp.cli.commands import Commands
from webapp.instance import instance_of
from webapp.jobs.outside import end_outside, jobs_outside
from webapp.settings import BadSetting, Settings

_MOST = 200  # figures listed
_KINDS: tuple[TokenKind, ...] = ("token", "link")


class _List(Protocol):
    what: str


class _End(Protocol):
    what: str
    id: str


class _Clear(Protocol):
    what: str
    days: float


def add_admin(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Add ``admin`` with its verbs."""
    parser = commands.add_parser("admin", help="管理 / sessions, tokens, links, jobs, storage")
    actions = parser.add_subparsers(required=True, metavar="action")
    known = ("sessions", "tokens", "links", "jobs", "figures", "storage")
    listed = actions.add_parser("list", parents=[shared], help="列出 / list")
    listed.add_argument("what", choices=known)
    listed.set_defaults(run=_list)
    ended = actions.add_parser("end", parents=[shared], help="结束或撤销 / end or revoke")
    ended.add_argument("what", choices=known[:-1])
    ended.add_argument("id")
    ended.set_defaults(run=_end)
    cleared = actions.add_parser("clear", parents=[shared], help="清理 / clear")
    cleared.add_argument("what", choices=CLEARABLE)
    cleared.add_argument("--days", type=float, default=30, help="早于多少天 / older than so many days")
    cleared.set_defaults(run=_clear)


def _date(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="minutes").replace("+00:00", "Z")


def _library(settings: Settings) -> Library:
    return Library(ROOT / settings.path("data"), store=settings.text("store"))


def _list(options: _List, settings: Settings) -> int:
    instance = instance_of(settings, ROOT)
    accounts = Accounts(instance)
    rows: Sequence[tuple[str, ...]]
    if options.what == "sessions":
        rows = [(s.id, s.name, s.role, s.address, _date(s.seen)) for s in accounts.sessions.all()]
    elif options.what == "tokens":
        rows = [
            (t.id, t.owner, t.kind, t.label, _date(t.ends)) for kind in _KINDS for t in accounts.tokens.all(kind)
        ]
    elif options.what == "links":
        rows = [(one.id, one.kind, one.role, _date(one.ends)) for one in accounts.links()]
    elif options.what == "jobs":
        rows = [(job["id"], job["who"], job["what"], _date(job["began"])) for job in jobs_outside(instance)]
    elif options.what == "figures":
        shelved = newest_figures(FigureShelf(instance / "figures"), most=_MOST)
        rows = [
            (f.id, f.label["zh"], f.label["en"], _date(f.at), "passing" if f.passing else "kept") for f in shelved
        ]
    else:
        shelf = FigureShelf(instance / "figures")
        rows = [
            (one.what, str(one.files), f"{one.size_b / 1e6:,.1f} MB")
            for one in measure_storage(instance, shelf, _library(settings))
        ]
    for row in rows:
        sys.stdout.write("\t".join(row) + "\n")
    return 0


def _end(options: _End, settings: Settings) -> int:
    instance = instance_of(settings, ROOT)
    accounts = Accounts(instance)
    ways: dict[str, Callable[[str], bool]] = {
        "sessions": accounts.sessions.end,
        "tokens": accounts.tokens.revoke,
        "links": accounts.end_link,
        "figures": lambda key: remove_figure(FigureShelf(instance / "figures"), key),
        "jobs": lambda key: end_outside(instance, key),
    }
    if not ways[options.what](options.id):
        raise BadSetting(name="id", found=options.id[:40], expected_zh="没有这一项", expected_en="there is none")
    return 0


def _clear(options: _Clear, settings: Settings) -> int:
    instance = instance_of(settings, ROOT)
    count = clear(options.what, instance, FigureShelf(instance / "figures"), _library(settings), days=options.days)
    sys.stdout.write(f"{options.what}: {count}\n")
    return 0
