"""Tests marked `bundle` need an archive made by `python run.py bundle`; a run without one leaves them out."""

from pathlib import Path

import pytest

from tests.left_out import leave_out

LEFT_OUT = (
    "{count} bundle tests left out: run `python run.py bundle`, then "
    "`python run.py test --bundle=dist/planatlas-....zip`"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --bundle."""
    parser.addoption(
        "--bundle", metavar="ZIP", help="archive made by `python run.py bundle`, to install and start"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the bundle tests out unless an archive is given."""
    if config.getoption("--bundle"):
        return
    leave_out(config, items, lambda item: item.get_closest_marker("bundle") is not None, LEFT_OUT)


@pytest.fixture
def bundle(request: pytest.FixtureRequest) -> Path:
    """The archive."""
    return Path(request.config.getoption("--bundle")).resolve()
