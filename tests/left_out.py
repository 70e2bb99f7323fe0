"""Tests that need what a machine may not have are left out, and a run's last lines say so; none is skipped silently."""

from collections.abc import Callable
from typing import Any

import pytest

_said_key = pytest.StashKey[list[str]]()


def leave_out(
    config: pytest.Config, items: list[pytest.Item], needs: Callable[[pytest.Item], bool], words: str
) -> None:
    """Take tests out of a run; ``words`` say why, with ``{count}`` of them."""
    gone = [item for item in items if needs(item)]
    if gone:
        items[:] = [item for item in items if not needs(item)]
        config.stash.setdefault(_said_key, []).append(words.format(count=len(gone)))
        config.hook.pytest_deselected(items=gone)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In one of several processes, tell the first one what was left out."""
    told = getattr(session.config, "workeroutput", None)
    if told is not None:
        told["left_out"] = session.config.stash.get(_said_key, [])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Keep what one of several processes left out: they all leave out the same."""
    if told := getattr(node, "workeroutput", {}).get("left_out"):  # one that broke tells nothing
        node.config.stash[_said_key] = told


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what was left out."""
    for line in config.stash.get(_said_key, []):
        terminalreporter.write_line(line)
