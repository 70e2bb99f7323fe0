"""A real PostGIS for tests that take `postgis`: one throwaway server a run, a schema of its own for every test.

On a machine without PostgreSQL and PostGIS these tests are left out, and the run's last lines say so; with
TEST_POSTGIS_REQUIRED set the run stops instead.
"""

import os
import secrets
from collections.abc import Iterator

import pytest

from benchmarks.postgresql import MISSING, Server, binaries

LEFT_OUT = "{count} PostGIS tests left out: {missing}"
left_out_key = pytest.StashKey[int]()


def _asks(item: pytest.Item) -> bool:
    given = getattr(getattr(item, "callspec", None), "params", {})
    needs = {"postgis", "postgis_server"} & set(getattr(item, "fixturenames", ()))
    return bool(needs) or given.get("address") == "postgis"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs the server when there is none."""
    if binaries() is not None:
        return
    if os.environ.get("TEST_POSTGIS_REQUIRED"):
        raise pytest.UsageError(f"TEST_POSTGIS_REQUIRED is set: {MISSING}")
    left_out = [item for item in items if _asks(item)]
    if left_out:
        items[:] = [item for item in items if not _asks(item)]
        config.stash[left_out_key] = len(left_out)
        config.hook.pytest_deselected(items=left_out)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what was left out."""
    count = config.stash.get(left_out_key, 0)
    if count:
        terminalreporter.write_line(LEFT_OUT.format(count=count, missing=MISSING))


@pytest.fixture(scope="session")
def postgis_server() -> Iterator[Server]:
    """One server for the whole run."""
    server = Server("planatlas-test-", ["fsync=off", "max_connections=60"])
    yield server
    server.close()


@pytest.fixture
def postgis(postgis_server: Server) -> str:
    """The address of an empty schema."""
    return f"{postgis_server.address}?schema=s{secrets.token_hex(6)}"


@pytest.fixture(params=["embedded", "postgis"])
def address(request: pytest.FixtureRequest) -> str:
    """Where a store is: nothing for the folder, or the address of an empty schema."""
    return "" if request.param == "embedded" else str(request.getfixturevalue("postgis"))
