"""Embeds as a reader meets them: inside another site's page, sandboxed, by keyboard, on a phone, without scripts."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.landuse_plan import write_landuse_plan
from tests.waiting import until_on
from tests.webapp.conftest import Running
from tests.webapp.figures.test_figures import statistic
from webapp.state import state_of

pytestmark = pytest.mark.slow

SANDBOXES = ("allow-scripts", "allow-scripts allow-popups", "allow-scripts allow-same-origin")


@dataclass
class Intranet:
    """Another site, whose one page frames an address of ours."""

    origin: str = ""
    frame: str = ""
    asked: list[str] = field(default_factory=list)

    def shows(self, address: str, *, sandbox: str | None = "allow-scripts", width: int = 800) -> None:
        held = "" if sandbox is None else f' sandbox="{sandbox}"'
        self.frame = f'<iframe width="{width}" height="500" title="map"{held} src="{address}"></iframe>'


@contextmanager
def _intranet() -> Iterator[Intranet]:
    site = Intranet()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = f'<!doctype html><meta charset="utf-8"><p><a href="#">before</a></p>{site.frame}'.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    site.origin = f"http://127.0.0.1:{server.server_port}"
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def intranet() -> Iterator[Intranet]:
    with _intranet() as site:
        yield site


@pytest.fixture
def service(
    tmp_path: Path, intranet: Intranet, make_app: Callable[..., Flask], serve: Callable[[Flask], Running]
) -> Iterator[Running]:
    app = make_app(write_landuse_plan(tmp_path / "framed"), frames=intranet.origin)
    yield serve(app)
    state_of(app).close()


def opened(page: Page, intranet: Intranet) -> FrameLocator:
    page.goto(intranet.origin, wait_until="commit")
    frame = page.frame_locator("iframe")
    expect(frame.locator("html")).to_have_attribute("data-ready", "1")
    return frame


@pytest.mark.parametrize("sandbox", [None, *SANDBOXES])
def test_it_works_in_a_frame_however_it_is_sandboxed(
    page: Page, service: Running, intranet: Intranet, sandbox: str | None
) -> None:
    intranet.shows(f"{service.url}/embed/map?v=on%3Dzones&lang=zh&controls=yes", sandbox=sandbox)
    frame = opened(page, intranet)
    expect(frame.locator("#state")).to_have_text("最新数据")
    frame.locator("#search").fill("a")


def test_it_says_the_day_it_is_pinned_to_in_the_language_asked_for(
    page: Page, service: Running, intranet: Intranet
) -> None:
    for language, words in (("zh", "数据截至 2020-01-01（UTC）"), ("en", "data as of 2020-01-01 (UTC)")):
        intranet.shows(f"{service.url}/embed/map?v=on%3Dzones&lang={language}&as_of=2020-01-01&controls=yes")
        frame = opened(page, intranet)
        expect(frame.locator("#state")).to_contain_text(words)
        expect(frame.locator("html")).to_have_attribute("lang", "zh-CN" if language == "zh" else "en")


def test_it_is_used_by_keyboard_alone(page: Page, service: Running, intranet: Intranet) -> None:
    intranet.shows(f"{service.url}/embed/map?v=on%3Dzones&lang=en&controls=yes")
    frame = opened(page, intranet)
    page.get_by_text("before").focus()
    told = "e => [...e.querySelectorAll('body *')].indexOf(e.ownerDocument.activeElement)"  # -1 until it came in
    reached = [-1]
    for _ in range(40):
        page.keyboard.press("Tab")
        until_on(page, lambda: frame.locator("html").evaluate(told) not in (reached[-1], -1))
        reached.append(frame.locator("html").evaluate(told))
        if frame.locator("#search:focus").count():
            break
    expect(frame.locator("#search")).to_be_focused()
    page.keyboard.type("East")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    title = frame.locator(".leaflet-popup h3")
    expect(title).to_be_focused()
    page.keyboard.press("Escape")
    expect(title).to_have_count(0)
    container = frame.locator("#map")
    container.focus()
    assert container.evaluate("e => getComputedStyle(e, ':focus').outlineStyle !== 'none' || e.matches(':focus')")
    pane = frame.locator(".leaflet-map-pane")
    before = pane.get_attribute("style")
    page.keyboard.press("ArrowRight")
    expect(pane).not_to_have_attribute("style", before or "")
    scale = frame.locator(".leaflet-control-scale-line").first
    told = scale.text_content() or ""
    page.keyboard.press("+")
    page.keyboard.press("+")
    expect(scale).not_to_have_text(told)


def test_on_a_phone_it_is_as_wide_as_its_frame(page: Page, service: Running, intranet: Intranet) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    for controls in ("yes", "no"):
        intranet.shows(f"{service.url}/embed/map?v=on%3Dzones&lang=zh&controls={controls}", width=320)
        frame = opened(page, intranet)
        wide, room = frame.locator("html").evaluate("e => [e.scrollWidth, e.clientWidth]")
        assert wide <= room
        box = frame.locator("#map").bounding_box()
        assert box is not None
        assert box["width"] >= 300
        assert box["height"] >= 200


def test_a_figure_s_card_in_a_frame(page: Page, service: Running, intranet: Intranet) -> None:
    figure = statistic(service.app.test_client(), "structure")
    for language in ("zh", "en"):
        intranet.shows(f"{service.url}/embed/figure/{figure['id']}?lang={language}", sandbox="allow-popups")
        page.goto(intranet.origin, wait_until="load")
        frame = page.frame_locator("iframe")
        expect(frame.locator("body")).to_contain_text(figure["sentence"][language])
        expect(frame.get_by_role("link").first).to_have_attribute("href", f"{service.url}/figures/{figure['id']}")


def test_without_scripts_there_is_a_picture_and_a_sentence(
    browser: Browser, service: Running, intranet: Intranet
) -> None:
    for language, words in (("zh", "地图"), ("en", "Map")):
        intranet.shows(f"{service.url}/embed/map?v=on%3Dzones&lang={language}", sandbox="")
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.goto(intranet.origin, wait_until="load")
        frame = page.frame_locator("iframe")
        picture = frame.locator("noscript img, img").first
        expect(picture).to_be_visible()
        expect(picture).to_have_js_property("complete", True)
        assert words in (picture.get_attribute("alt") or "")
        told = frame.locator("noscript p").last.evaluate("e => e.textContent")
        assert told == picture.get_attribute("alt")
        box = picture.bounding_box()
        assert box is not None
        assert box["y"] < 200, "it stands where the map would, not below it"
        context.close()


def test_another_site_may_not_frame_it(page: Page, service: Running) -> None:
    page.expected_errors.extend(["frame-ancestors", "500"])  # type: ignore[attr-defined]
    with _intranet() as other:
        other.shows(f"{service.url}/embed/map?v=on%3Dzones", sandbox="allow-scripts")
        page.goto(other.origin, wait_until="load")
        expect(page.frame_locator("iframe").locator("#map")).to_have_count(0)
