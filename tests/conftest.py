"""What all tests share: the browser, and what a run leaves out."""

import gc

import pytest
from hypothesis import settings

# A busy machine takes as long as it takes: no example has a bound on the clock.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

pytest_plugins = [
    "tests.left_out",
    "tests.chromium",
    "tests.bundled",
    "tests.postgis",
    "tests.mounting",
    "tests.qgis",
    "tests.run_folder",
]


def pytest_configure() -> None:
    """Look for garbage seldom: next to all of it goes by itself, and looking takes a tenth of a run."""
    gc.set_threshold(10_000, 20, 20)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Never look through what is there to the end: the modules and the tests themselves."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files with slow tests first, so that processes beside each other end together."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
