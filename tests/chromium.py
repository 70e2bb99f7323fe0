"""A real Chromium for tests marked `browser`, cut off from everything but this machine.

Fixtures: `browser` (one a session), `page` (one a test). A `page` fails its test on a console error, an uncaught
exception, a Content-Security-Policy violation, or a request to any host but 127.0.0.1. A test that provokes
errors names them by regular expression: `page.expected_errors.append("404")`; a request elsewhere has no excuse.
On a machine without a browser these tests are left out, and the run's last lines say so.
"""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.left_out import leave_out
from tests.waiting import LONGEST_S

# The engine without a window's own parts comes first: the same pages for a third less of the processor.
NAMES = (
    "chromium-headless-shell",
    "chrome-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
    "microsoft-edge",
)
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
LEFT_OUT = (
    "{count} browser tests left out: no Chromium found. Install Chromium, Chrome or Edge "
    "(Debian: apt install chromium), or name one: TEST_BROWSER=/path/to/it"
)
REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`CSP violation: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`);
});
"""
LOCAL_HOST = "127.0.0.1"
expect.set_options(timeout=LONGEST_S * 1000)  # what must come may take its time on a busy machine


def browser_path() -> str | None:
    """Return the browser to use: TEST_BROWSER, else the first known one on the path or in its usual place."""
    named = os.environ.get("TEST_BROWSER")
    if named:
        return named
    found = (shutil.which(name) for name in NAMES)
    return next((path for path in found if path), None) or next((p for p in PLACES if Path(p).is_file()), None)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what uses the browser, and leave it out when there is none."""
    for item in items:
        given = getattr(item, "callspec", None)  # a parameter may be called `page` as well
        if {"browser", "page"} & (set(getattr(item, "fixturenames", ())) - set(given.params if given else ())):
            item.add_marker("browser")
            item.add_marker(pytest.mark.flaky(reruns=1))  # told as a rerun: see CONTRIBUTING.md
    if browser_path() is not None:
        return
    if os.environ.get("TEST_BROWSER_REQUIRED"):
        raise pytest.UsageError("TEST_BROWSER_REQUIRED is set, and no Chromium was found")
    leave_out(config, items, lambda item: item.get_closest_marker("browser") is not None, LEFT_OUT)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=browser_path(), args=list(FLAGS))
        yield started
        started.close()


class Watch:
    """What went wrong on a page so far."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        self.elsewhere: list[str] = []
        self.expected: list[str] = []

    def attach(self, page: Page) -> None:
        """Listen to a page; nothing is intercepted, so caching and timing are a visitor's."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(f"uncaught: {error}"))
        page.on("request", lambda request: self._address(request.url))
        page.on("websocket", lambda socket: self._address(socket.url))

    def faults(self) -> list[str]:
        """Return everything that no test expected."""
        unexpected = [
            error for error in self.errors if not any(re.search(pattern, error) for pattern in self.expected)
        ]
        return [f"request to {url}" for url in self.elsewhere] + unexpected

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            place = message.location
            self.errors.append(f"{message.text} ({place.get('url', '')}:{place.get('lineNumber', '')})")

    def _address(self, url: str) -> None:
        parts = urlsplit(url)
        local = parts.scheme in ("data", "blob", "about") or parts.hostname == LOCAL_HOST
        if not local:
            self.elsewhere.append(url)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh profile: no cookies, no cache."""
    fresh = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    fresh.set_default_timeout(LONGEST_S * 1000)
    fresh.add_init_script(REPORT_VIOLATIONS)
    yield fresh
    fresh.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """An empty page that fails its test on any fault; `page.expected_errors` excuses the named ones."""
    watch = Watch()
    context.on("page", watch.attach)
    opened = context.new_page()
    opened.expected_errors = watch.expected  # type: ignore[attr-defined]
    yield opened
    faults = watch.faults()
    assert not faults, "the page reported:\n" + "\n".join(faults)
