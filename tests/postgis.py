"""A real PostGIS for tests that take `postgis`: one throwaway server a run, a schema of its own for every test.

On a machine without PostgreSQL and PostGIS these tests are left out, and the run's last lines say so; with
TEST_POSTGIS_REQUIRED set the run stops instead.
"""

import os
import secrets
from collections.abc import Iterator

import pytest

from benchmarks.postgresql import MISSING, Server, binaries
from tests.left_out import leave_out


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
    leave_out(config, items, _asks, f"{{count}} PostGIS tests left out: {MISSING}")


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
