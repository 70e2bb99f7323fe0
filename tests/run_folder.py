"""The folder that the processes of one run share; made when somebody asks for it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_factories: list[pytest.TempPathFactory] = []


@pytest.fixture(scope="session", autouse=True)
def run_folder_is_known(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Know where it is, from any function."""
    _factories.append(tmp_path_factory)


def run_folder() -> Path:
    """Return it."""
    own = _factories[-1].getbasetemp()
    return own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own
