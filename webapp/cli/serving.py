"""The commands that run the service and keep its keys: ``serve``, ``check-data``, ``token`` and a first link."""

from __future__ import annotations

import argparse
import sys
import threading
import time
from collections import deque
from typing import Protocol

from layers.library.library import Library
from layers.library.listing import describe_catalog
from webapp import ROOT, create_app
from webapp.accounts.accounts import Accounts
from webapp.accounts.own_files import OwnFileFails
from webapp.accounts.roles import CONSOLE
from webapp.cli.commands import Commands
from webapp.cli.loading import collected_later
from webapp.http.access import SCOPES, Keyring
from webapp.instance import instance_of
from webapp.messages import say_both
from webapp.settings import BadSetting, Settings
from webapp.state import AppState, state_of
from webapp.version import VERSION

_REST_S, _SOON_S = 60.0, 3.0
_LOADED = "webapp.loaded"  # what workers are forked from has imported it


class _Serve(Protocol):
    host: str
    port: int
    public_read: bool


class _Link(Protocol):
    address: str


class _Create(Protocol):
    scope: list[str]
    days: int
    label: str
    account: str


class _Revoke(Protocol):
    id: str


def add_serving(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Add the commands that run the service."""
    serve = commands.add_parser("serve", parents=[shared], help="启动服务 / start the service")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument("--public-read", action="store_true", help="允许其他机器阅读 / let other machines read")
    serve.add_argument("--public-address", help="读者所用的地址 / the address readers use, https://host")
    serve.set_defaults(run=_serve)

    check = commands.add_parser("check-data", parents=[shared], help="检查数据 / check the plan's data")
    check.set_defaults(run=_check)

    first = commands.add_parser(
        "administrator-link",
        parents=[shared],
        help="管理员一次性链接 / a one-time link for an administrator",
    )
    first.add_argument("--address", default="http://127.0.0.1:8000")
    first.set_defaults(run=_administrator_link)

    token = commands.add_parser("token", help="令牌 / tokens").add_subparsers(required=True, metavar="action")
    create = token.add_parser("create", parents=[shared], help="新建令牌 / make a token")
    create.add_argument("--scope", action="append", choices=SCOPES, required=True)
    create.add_argument("--days", type=int, default=30)
    create.add_argument("--label", default="", help="用途 / what it is for")
    create.add_argument(
        "--account", default=CONSOLE, help="属于哪个账户，随之失效 / whose rights it has and ends with"
    )
    create.set_defaults(run=_create_token)
    revoke = token.add_parser("revoke", parents=[shared], help="撤销令牌 / revoke a token")
    revoke.add_argument("id")
    revoke.set_defaults(run=_revoke_token)
    rotate = token.add_parser("rotate", parents=[shared], help="更换密钥 / put a new key first")
    rotate.set_defaults(run=_rotate)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _serve(options: _Serve, settings: Settings) -> int:
    from webapp.jobs.memory import share_heaps  # noqa: PLC0415 - what runs the service, for no other command
    from webapp.jobs.starting import begin_starting  # noqa: PLC0415

    begin_starting(_LOADED)
    share_heaps()
    with collected_later():
        from webapp.figures.tiles import begin_warming  # noqa: PLC0415 - beside the beginning of the workers
        from webapp.http.running import run  # noqa: PLC0415
        from webapp.http.server import listening_server  # noqa: PLC0415
        from webapp.jobs.sweeping import begin_sweeping  # noqa: PLC0415
        from webapp.sites.ahead import begin_looking_ahead  # noqa: PLC0415

        app = create_app(settings)
    state = state_of(app)
    state.library.open_small()  # what a first visitor sees; the rest is read beside
    server = listening_server(app, settings, host=options.host, port=options.port, public_read=options.public_read)
    threading.Thread(target=_warm, args=(state,), daemon=True).start()
    begin_sweeping(state)
    if settings.flag("warm_figures"):
        begin_warming(state)
        begin_looking_ahead(state)
    threading.Thread(target=_look_after, args=(state,), daemon=True).start()
    for problem in state.library.catalog.problems:
        _say(f"! {problem.message('zh')}\n! {problem.message('en')}")
    _say(f"PlanAtlas {VERSION}  http://{options.host}:{options.port}/   (Ctrl+C)")
    if state.accounts.empty:
        try:
            address = settings.text("public_address") or f"http://{options.host}:{options.port}"
            _say(_welcome(state.accounts, address))
        except OwnFileFails as error:  # reading is served all the same
            _say(f"! {error.message('zh')}\n! {error.message('en')}")
    run(server, close=state.close)
    return 0


def _warm(state: AppState) -> None:
    """Start the workers while visitors are served already, those that look at shapes first."""
    for workers in (state.looks, state.jobs):
        workers.warm(_LOADED)


def _look_after(state: AppState) -> None:
    """Read every layer while visitors are served already; then give back from time to time what is not needed."""
    from webapp.jobs.memory import give_back  # noqa: PLC0415 - as above

    library = state.library
    deque(library.readable(restricted=True), maxlen=0)
    time.sleep(_SOON_S)  # the first maps go before
    for one in library.rounded(state.settings.number("decimals")).readable(restricted=True):
        one.names.prepare()
    while True:
        time.sleep(_REST_S)
        library.rest()
        give_back()


def _welcome(accounts: Accounts, address: str) -> str:
    """Return how the first administrator comes in; a link that waits already stays as it is."""
    if not any(one.kind == "first" for one in accounts.links()):
        return _first_link(accounts, address)
    return say_both("cli_first_waits", "\n")


def _first_link(accounts: Accounts, address: str) -> str:
    link = f"{address}/welcome/{accounts.link('first', 'administrator')}"
    return f"{say_both('cli_first_link')}:\n{link}"


def _administrator_link(options: _Link, settings: Settings) -> int:
    _say(_first_link(Accounts(instance_of(settings, ROOT)), options.address))
    return 0


def _check(_options: object, settings: Settings) -> int:
    known = describe_catalog(Library(ROOT / settings.path("data"), store=settings.text("store")), restricted=True)
    faults = 0
    for problem in known["problems"]:
        _say(f"{problem['zh']}\n{problem['en']}")
        faults += 1
    for one in known["layers"].values():
        _say(f"{one['id']:18} {one['status']:6} {one.get('placed', 0)}/{one.get('count', 0)}")
        for problem in one["problems"]:
            _say(f"    {problem['zh']}\n    {problem['en']}")
            faults += 1
    return 1 if faults else 0


def _keyring(settings: Settings) -> Keyring:
    return Keyring(instance_of(settings, ROOT))


def _create_token(options: _Create, settings: Settings) -> int:
    accounts, owner = Accounts(instance_of(settings, ROOT)), options.account
    if owner != CONSOLE and owner not in {one.name for one in accounts.all()}:
        raise BadSetting(
            name="--account", found=owner[:40], expected_zh="没有这个账户", expected_en="no such account"
        )
    token, text = accounts.issue(
        _keyring(settings), tuple(options.scope), days=options.days, owner=owner, label=options.label
    )
    _say(f"id {token.id}\n{text}")
    return 0


def _revoke_token(options: _Revoke, settings: Settings) -> int:
    if not Accounts(instance_of(settings, ROOT)).tokens.revoke(options.id):
        raise BadSetting(name="id", found=options.id[:40], expected_zh="没有这个令牌", expected_en="no such token")
    return 0


def _rotate(_options: object, settings: Settings) -> int:
    _keyring(settings).rotate()
    return 0
