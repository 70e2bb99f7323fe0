"""A corner is moved on the map: holes, parts and every corner nobody touched stay to the last digit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.small_plan import feature, write_layer, write_plan
from tests.webapp.conftest import Running
from tests.webapp.on_map import place_of
from webapp.state import state_of

pytestmark = pytest.mark.slow  # a browser

PASSWORD = "four white egrets over a river"
HOLE = [
    [104.06123456789, 30.0612],
    [104.07, 30.0612],
    [104.07, 30.07],
    [104.06123456789, 30.07],
    [104.06123456789, 30.0612],
]
OUTER = [[104.05, 30.05], [104.09, 30.05], [104.0912345678912, 30.09], [104.05, 30.09], [104.05, 30.05]]
OTHER = [[104.1, 30.05], [104.12, 30.05], [104.12, 30.07], [104.1, 30.05]]
SHAPE = {"type": "MultiPolygon", "coordinates": [[OUTER, HOLE], [OTHER]]}
NEIGHBOUR = [[104.13, 30.05], [104.15, 30.05], [104.15, 30.09], [104.13, 30.09], [104.13, 30.05]]


@pytest.fixture
def service(
    tmp_path: Path, make_app: Callable[..., Flask], serve: Callable[[Flask], Running]
) -> Iterator[Running]:
    folder = write_plan(tmp_path / "plan")
    write_layer(
        folder, "zones", [feature("z-1", SHAPE), feature("z-2", {"type": "Polygon", "coordinates": [NEIGHBOUR]})]
    )
    app = make_app(folder)
    state_of(app).looks.warm()
    accounts = state_of(app).accounts
    accounts.follow(accounts.link("first", "administrator"), "li", PASSWORD)
    yield serve(app)
    state_of(app).close()


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    for part in (0.3, 0.6, 0.9, 1.0):
        page.mouse.move(*(a + part * (b - a) for a, b in zip(start, end, strict=True)))
    page.mouse.up()


def test_one_corner_moves_and_everything_else_stays(page: Page, service: Running) -> None:
    problems: list[str] = []
    page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    page.goto(f"{service.url}/login?lang=en&next=/")
    page.fill("input[name=name]", "li")
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_selector("html[data-ready]", state="attached")
    page.goto(f"{service.url}/?lang=en#z=12&c=30.07,104.17&on=zones&sel=zones/z-1")
    page.reload()
    page.wait_for_selector("html[data-ready]", state="attached")
    page.locator(".edit-fold > summary").click()
    page.click("#edit-vertices")
    expect(page.locator(".marker-icon:not(.marker-icon-middle)")).to_have_count(4 + 4 + 3)
    expect(page.locator("#vertices-done")).to_be_disabled()
    start = place_of(page, *OTHER[1])
    near = place_of(page, *NEIGHBOUR[0])
    drag(page, start, (near[0] - 5, near[1] + 4))  # near a corner of the neighbour: caught by it
    page.click("#vertices-done")
    with page.expect_response("**/api/layers/zones/edits") as saved:
        page.click("[data-position=exact]")
    assert saved.value.ok, saved.value.text()
    found = page.request.get(f"{service.url}/features/zones/z-1").json()["geometry"]
    assert found["type"] == "MultiPolygon"
    assert found["coordinates"][0] == [OUTER, HOLE], "what nobody touched keeps every digit"
    assert found["coordinates"][1][0] == [OTHER[0], NEIGHBOUR[0], OTHER[2], OTHER[0]], "caught by the corner"
    assert not problems, problems
