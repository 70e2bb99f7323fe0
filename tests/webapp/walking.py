"""A planner at the service, job after job in one browser: what is pressed is counted, what is seen may become a picture.

With ``TEST_PICTURES=1`` every job is walked in both languages and what stands on the screen at its end is written
into docs/jobs/, small enough to be kept with the guide.
"""

from __future__ import annotations

import io
import os
import shutil
import threading
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.chromium import REPORT_VIOLATIONS, Watch
from tests.waiting import LONGEST_S
from tests.webapp.conftest import Running, close
from webapp import create_app
from webapp.http.server import listening_server
from webapp.settings import read_settings
from webapp.state import state_of

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "jobs"
DRAWING = bool(os.environ.get("TEST_PICTURES"))
SCRIPTED = ("/", "/import", "/statistics")  # pages that say when their scripts have run
WIDE, PHONE = (1280, 800), (390, 844)
_QUALITY = 55  # of a WebP: letters stay sharp, a screen takes about 50 kB
WORDS = {
    key: text
    for file in sorted((ROOT / "webapp" / "messages").glob("*.toml"))
    for key, text in tomllib.loads(file.read_text("utf-8")).items()
}


@dataclass
class Walk:
    """One job in one language."""

    page: Page
    service: Running
    lang: str
    folder: Path  # for files that are brought
    pressed: int = 0
    seen: list[Path] = field(default_factory=list)

    def word(self, key: str, **values: object) -> str:
        """Return what the page says for a key."""
        return str(WORDS[key][self.lang]).format(**values)

    def open(self, path: str = "/") -> None:
        """Go to an address as a link leads there."""
        path, _, state = path.partition("#")
        sign = "&" if "?" in path else "?"
        self.page.goto("about:blank")  # the same page with another state is loaded anew
        self.page.goto(f"{self.service.url}{path}{sign}lang={self.lang}{'#' + state if state else ''}")
        if path in SCRIPTED:
            self.ready()

    def ready(self) -> None:
        """Wait until the page's scripts have run."""
        expect(self.page.locator("html[data-ready]")).to_be_attached()

    def press(self, what: str | Locator) -> None:
        """Press something."""
        self.pressed += 1
        (self.page.locator(what) if isinstance(what, str) else what).click()

    def named(self, key: str, role: str = "button", inside: str = "body") -> Locator:
        """Return the first part of a role that is called by a key's words."""
        return self.page.locator(inside).get_by_role(role, name=self.word(key), exact=True).first  # type: ignore[arg-type]

    def write(self, where: str, words: str) -> None:
        """Write into a field."""
        self.pressed += 1
        self.page.locator(where).fill(words)

    def choose(self, where: str | Locator, value: str) -> None:
        """Choose from a list."""
        self.pressed += 1
        (self.page.locator(where) if isinstance(where, str) else where).select_option(value)

    def picture(self, name: str) -> None:
        """Keep what stands on the screen, if pictures are wanted."""
        if not DRAWING:
            return
        self.page.wait_for_timeout(800)  # maps and panels come to rest
        path = PICTURES / f"{name}.{self.lang}.webp"
        path.parent.mkdir(exist_ok=True)
        Image.open(io.BytesIO(self.page.screenshot())).save(path, quality=_QUALITY, method=6)
        self.seen.append(path)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One service for all jobs, with workers that stand ready."""
    folder = tmp_path_factory.mktemp("jobs")
    shutil.copytree(
        ROOT / "data", folder / "data", ignore=shutil.ignore_patterns("store", "instance")
    )  # it is edited
    told = {"data": str(folder / "data"), "instance": str(folder / "instance"), "warm_figures": "no"}
    app = create_app(read_settings({}, told))
    state_of(app).jobs.warm()
    server: Any = listening_server(app, state_of(app).settings, host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield Running(app, int(server.effective_port))
    close(server, thread)
    state_of(app).close()


@pytest.fixture(scope="module")
def editor(browser: Browser, service: Running) -> Iterator[BrowserContext]:
    """One profile for all jobs, signed in once as one who may edit."""
    made = browser.new_context(locale="zh-CN", viewport={"width": WIDE[0], "height": WIDE[1]})
    made.set_default_timeout(LONGEST_S * 1000)
    made.add_init_script(REPORT_VIOLATIONS)
    page = made.new_page()
    page.goto(f"{service.url}/welcome/{state_of(service.app).accounts.link('first', 'administrator')}?lang=zh")
    page.fill("input[name=name]", "李工")
    page.fill("input[name=password]", "四月的河边有三只白鹭飞过")
    page.locator("main button").first.click()
    page.wait_for_selector("html[data-ready]", state="attached")
    page.close()
    yield made
    made.close()


@pytest.fixture
def page(editor: BrowserContext) -> Iterator[Page]:
    """A new page of that profile, which fails its test on any fault."""
    watch = Watch()
    opened = editor.new_page()
    watch.attach(opened)
    yield opened
    opened.close()
    assert not watch.faults(), "the page reported:\n" + "\n".join(watch.faults())
