"""The `page` fixture catches what it promises to."""

import http.server
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.chromium import FLAGS, REPORT_VIOLATIONS, Watch
from tests.waiting import until_on

PAGES = {
    "/quiet": "<!doctype html><link rel=icon href='data:,'><p>quiet</p>",
    "/throws": "<!doctype html><link rel=icon href='data:,'><script>throw new Error('planted')</script>",
    "/logs": "<!doctype html><link rel=icon href='data:,'><script>console.error('planted')</script>",
    "/missing": "<!doctype html><link rel=icon href='data:,'><img src=/nowhere>",
    "/abroad": "<!doctype html><link rel=icon href='data:,'><img src=http://planted.example/x.png>",
    "/numbered": "<!doctype html><link rel=icon href='data:,'><img src=http://192.0.2.1/x.png>",
    "/inline": "<!doctype html><link rel=icon href='data:,'><p style='color:red'>planted</p>",
}


class _Pages(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = PAGES.get(self.path)
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        if self.path == "/inline":
            self.send_header("Content-Security-Policy", "style-src 'self'")
        self.end_headers()
        self.wfile.write((body or "").encode())

    def log_message(self, *_):
        pass


@pytest.fixture
def site() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Pages) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def watched(context: BrowserContext) -> tuple[Page, Watch]:
    watch = Watch()
    context.on("page", watch.attach)
    return context.new_page(), watch


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("/throws", "uncaught: planted"),
        ("/logs", "planted"),
        ("/missing", "404"),
        ("/abroad", "request to http://planted.example/x.png"),
        ("/numbered", "request to http://192.0.2.1/x.png"),
        ("/inline", "CSP violation: style-src-attr"),
    ],
)
def test_a_fault_is_caught(site, watched, path, fault):
    page, watch = watched
    page.goto(site + path)
    until_on(page, lambda: any(fault in seen for seen in watch.faults()))


def test_a_quiet_page_has_no_fault(site, page):
    page.goto(site + "/quiet")
    assert page.inner_text("p") == "quiet"


def test_a_named_error_is_excused_but_a_request_elsewhere_is_not(site, watched):
    page, watch = watched
    watch.expected.append("404|ERR_NAME_NOT_RESOLVED")
    page.goto(site + "/missing")
    page.wait_for_timeout(100)
    assert watch.faults() == []
    page.goto(site + "/abroad")
    until_on(page, lambda: watch.faults() == ["request to http://planted.example/x.png"])


def test_no_name_but_this_machine_resolves(browser: Browser):
    assert any("MAP * ~NOTFOUND" in flag for flag in FLAGS)
    with browser.new_context() as context:
        page = context.new_page()
        answer = page.evaluate("fetch('http://planted.example/', {mode: 'no-cors'}).then(() => 'yes', () => 'no')")
        assert answer == "no"


def test_the_violation_listener_is_installed():
    assert "securitypolicyviolation" in REPORT_VIOLATIONS
