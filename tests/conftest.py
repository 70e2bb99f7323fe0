"""What all tests share: the browser, and what a run leaves out."""

pytest_plugins = ["tests.chromium", "tests.bundled", "tests.postgis"]
