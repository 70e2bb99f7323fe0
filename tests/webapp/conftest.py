"""The app on the small plan, and a real waitress server for the tests that need a socket."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from waitress import wasyncore
from werkzeug.routing import Rule

from tests.small_plan import write_plan
from tests.waiting import LONGEST_S
from tests.warm import ABLE, warm_context
from webapp import create_app
from webapp.accounts.passwords import Passwords
from webapp.http.assets import Assets
from webapp.http.server import listening_server
from webapp.settings import read_settings
from webapp.state import state_of


@pytest.fixture(scope="session", autouse=True)
def workers_begin_warm() -> None:
    """Workers are forked from one process that has loaded everything; a `Service` starts its own anew, as users' do."""
    if ABLE:
        warm_context()


@pytest.fixture(scope="session", autouse=True)
def what_no_test_changes_is_made_once() -> Iterator[None]:
    """Reading the front end's files and compiling the addresses is two thirds of making the service."""
    first = Rule._compile_builder
    builders: dict[object, Callable[..., tuple[str, str]]] = {}

    def compiled(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown
        if key not in builders:
            builders[key] = first(rule, append_unknown)
        return builders[key]

    read = functools.cache(Assets)

    @functools.wraps(Assets, updated=())
    def copied(packages: Path) -> Assets:
        made = copy(read(packages))
        made.by_url = dict(made.by_url)  # an app adds files of its own
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", compiled)
        patch.setattr("webapp.http.assets.Assets", copied)
        yield


@pytest.fixture(autouse=True)
def cheap_passwords(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep passwords with the least work, but where the work itself is looked at (marked `dear_passwords`)."""
    if not request.node.get_closest_marker("dear_passwords"):
        monkeypatch.setattr(Passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    return write_plan(tmp_path / "plan")


@pytest.fixture
def make_app(tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    apps: list[Flask] = []

    def make(folder: Path, **given: str) -> Flask:
        told = {"data": str(folder), "instance": str(tmp_path / "instance"), **given}
        apps.append(create_app(read_settings({}, told)))
        return apps[-1]

    yield make
    for one in apps:
        state_of(one).close()


@pytest.fixture
def app(plan: Path, make_app: Callable[..., Flask]) -> Flask:
    return make_app(plan)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def issue(app: Flask, *scopes: str, days: int = 1) -> dict[str, str]:
    """Return the header of a token made at the machine itself."""
    made = state_of(app)
    return {"Authorization": "Bearer " + made.accounts.issue(made.keyring, tuple(scopes), days=days)[1]}


def close(server: Any, thread: threading.Thread | None = None) -> None:
    """Stop a waitress server and everything it has open, inside its own loop when that runs."""
    server.task_dispatcher.shutdown()
    if thread is None:
        wasyncore.close_all(server._map, ignore_all=True)
    else:
        server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map, ignore_all=True))
        thread.join(LONGEST_S)


@dataclass(frozen=True)
class Running:
    """A server that listens on a free loopback port."""

    app: Flask
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture
def serve() -> Iterator[Callable[[Flask], Running]]:
    servers: list[tuple[Any, threading.Thread]] = []

    def start(app: Flask) -> Running:
        server: Any = listening_server(app, state_of(app).settings, host="127.0.0.1", port=0)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        servers.append((server, thread))
        return Running(app, int(server.effective_port))

    yield start
    for server, thread in servers:
        close(server, thread)


@pytest.fixture
def running(app: Flask, serve: Callable[[Flask], Running]) -> Running:
    return serve(app)
