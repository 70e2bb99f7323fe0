"""What all tests share: the browser, and what a run leaves out."""

pytest_plugins = [
    "tests.left_out",
    "tests.chromium",
    "tests.bundled",
    "tests.postgis",
    "tests.mounting",
    "tests.qgis",
]
