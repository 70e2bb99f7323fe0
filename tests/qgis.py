"""Tests marked `qgis` look at files in QGIS; a run without it leaves them out, with one line."""

import shutil
import subprocess
from functools import cache

import pytest

from tests.left_out import leave_out

LEFT_OUT = "{count} QGIS tests left out: Debian's python3-qgis is not installed"


@cache
def qgis_python() -> str:
    """Return a Python that has QGIS, empty when there is none; Debian's lies beside the one of the tests."""
    for name in ("/usr/bin/python3", shutil.which("python3")):
        tried = [name, "-c", "import qgis.core"]
        if name and not subprocess.run(tried, capture_output=True, check=False).returncode:
            return name
    return ""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the tests out where QGIS is not."""
    if any(item.get_closest_marker("qgis") for item in items) and not qgis_python():
        leave_out(config, items, lambda item: item.get_closest_marker("qgis") is not None, LEFT_OUT)
