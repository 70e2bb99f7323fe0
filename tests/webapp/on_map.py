"""The map in a browser, as a hand meets it: places on the screen once the map is at rest, and corners drawn one by one."""

from __future__ import annotations

from collections.abc import Sequence

from playwright.sync_api import Locator, Page, expect

from tests.waiting import steady

PLACE = (
    "([lon, lat]) => { const p = window.map_plan.latLngToContainerPoint([lat, lon]);"
    " const b = window.map_plan.getContainer().getBoundingClientRect(); return [p.x + b.x, p.y + b.y]; }"
)


def place_of(page: Page, lon: float, lat: float) -> tuple[float, float]:
    """Return where a place lies on the screen, once the map does not move any more."""
    across, along = steady(page, lambda: page.evaluate(PLACE, [lon, lat]))
    return across, along


def click_at(page: Page, across: float, along: float) -> None:
    """Click on the map, so far across and along it, as shares of its width and height."""
    box = steady(page, lambda: page.locator("#map_plan").bounding_box())
    assert box
    page.mouse.click(box["x"] + box["width"] * across, box["y"] + box["height"] * along)


def draw_corners(page: Page, corners: Sequence[tuple[float, float]], drawn: Locator) -> None:
    """Click corners on the map, each once the one before is drawn: as marks, and from the second on a line or area."""
    for count, corner in enumerate(corners, 1):
        click_at(page, *corner)
        expect(drawn).to_have_count(count + (count > 1))
