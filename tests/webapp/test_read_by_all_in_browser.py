"""Every page can be read and used by all: axe finds nothing serious, in both languages, also with what opens on a page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.webapp.conftest import Running
from tests.webapp.walking import ROOT, WIDE, Walk, editor, page, service

__all__ = ["editor", "page", "service"]  # the fixtures
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
pytestmark = [
    pytest.mark.slow,  # the bundled plan in a browser
    pytest.mark.browser,
    pytest.mark.skipif(not AXE.is_file(), reason="axe-core is brought by `npm ci`"),
]
FIND = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations
  .filter((one) => ["serious", "critical"].includes(one.impact))
  .map((one) => `${one.id}: ${one.nodes.slice(0, 4).map((node) => node.target.join(" ")).join(" | ")}`)"""
PAGES = (
    "/dashboard?zone=zones%2Fz-qy",
    "/sites/projects/p-06",
    "/statistics",
    "/indicators",
    "/unplaced",
    "/about",
    "/briefing",
    "/import",
    "/account",
    "/accounts",
    "/admin",
    "/audit",
    "/limits",
)


def _findings(walk: Walk) -> list[str]:
    walk.page.evaluate(AXE.read_text("utf-8"))
    found: list[str] = walk.page.evaluate(FIND)
    return found


def _map(walk: Walk) -> None:
    walk.open("/")


def _table(walk: Walk) -> None:
    walk.open("/#f=projects%3Astart_iso%3D2021&sel=projects/p-06&tb=projects;-investment_value;")
    expect(walk.page.locator("#table tfoot")).to_be_visible()
    expect(walk.page.locator("#card .site-verdict .verdict").first).to_be_visible()


def _condition(walk: Walk) -> None:
    walk.press("#add-condition")
    expect(walk.page.locator(".condition-form")).to_be_visible()


def _site(walk: Walk) -> None:
    walk.open("/#z=14&c=31.905,120.305&on=zones,projects")
    walk.press("#check-open")
    walk.press("#site-aim")
    expect(walk.page.locator("#site-check .site-verdict .verdict").first).to_be_visible()


def _beside(walk: Walk) -> None:
    walk.open("/#on=zones,projects&with=t:2023-06-30")
    expect(walk.page.locator("#differences")).to_be_visible()


def _embed(walk: Walk) -> None:
    walk.open("/")
    walk.press("#embed")
    expect(walk.page.locator("dialog[open] textarea")).to_be_visible()


def _figure(walk: Walk) -> None:
    walk.open("/statistics")
    row = walk.page.locator("#projects_by_state")
    if row.locator("button.compute").count():
        walk.press(row.locator("button.compute"))
    walk.press(row.locator(".result a"))
    walk.ready()


OPENED: tuple[Callable[[Walk], None], ...] = (_map, _table, _condition, _site, _beside, _embed, _figure)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_serious_is_found(lang: str, page: Page, service: Running, tmp_path: Path) -> None:
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    walk = Walk(page, service, lang, tmp_path)
    found: dict[str, list[str]] = {}
    for step in OPENED:
        step(walk)
        found[step.__name__] = _findings(walk)
    for path in PAGES[lang == "en" :: 2]:  # what opens on a page in both languages, of plain pages every other
        walk.open(path)
        found[path] = _findings(walk)
    assert {place: one for place, one in found.items() if one} == {}
