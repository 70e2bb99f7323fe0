"""Tests marked `bundle` need an archive made by `python run.py bundle`; a run without one leaves them out."""

from pathlib import Path

import pytest

LEFT_OUT = (
    "{count} bundle tests left out: run `python run.py bundle`, then "
    "`python run.py test --bundle=dist/planatlas-....zip`"
)
left_out_key = pytest.StashKey[int]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --bundle."""
    parser.addoption(
        "--bundle", metavar="ZIP", help="archive made by `python run.py bundle`, to install and start"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the bundle tests out unless an archive is given."""
    if config.getoption("--bundle"):
        return
    left_out = [item for item in items if item.get_closest_marker("bundle")]
    if left_out:
        items[:] = [item for item in items if not item.get_closest_marker("bundle")]
        config.stash[left_out_key] = len(left_out)
        config.hook.pytest_deselected(items=left_out)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what was left out."""
    count = config.stash.get(left_out_key, 0)
    if count:
        terminalreporter.write_line(LEFT_OUT.format(count=count))


@pytest.fixture
def bundle(request: pytest.FixtureRequest) -> Path:
    """The archive."""
    return Path(request.config.getoption("--bundle")).resolve()
