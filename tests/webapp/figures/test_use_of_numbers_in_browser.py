"""How a field's numbers may be used: asked on the import page, and in the panel when they are first added up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from layers.imports.importer import import_layer
from layers.imports.options import ImportOptions
from layers.library.library import Library
from tests.landuse_plan import write_landuse_plan
from tests.webapp.conftest import Running
from tests.webapp.layers.test_editing_in_browser import sign_in
from webapp.state import state_of

pytestmark = pytest.mark.slow

WELLS = "name,lon,lat,yield_t,level\na,104.06,30.06,10,3\nb,104.07,30.07,20,4\n"


@pytest.fixture
def service(
    tmp_path: Path, make_app: Callable[..., Flask], serve: Callable[[Flask], Running]
) -> Iterator[Running]:
    folder = write_landuse_plan(tmp_path / "l")
    (tmp_path / "wells.csv").write_text(WELLS)
    import_layer(Library(folder), tmp_path / "wells.csv", ImportOptions(layer="wells", crs="EPSG:4326"), who="li")
    app = make_app(folder)
    state_of(app).jobs.warm()
    yield serve(app)


def _ask_for_the_sum(page: Page, address: str) -> None:
    page.goto(f"{address}/?lang=en")
    page.wait_for_selector("html[data-ready]", state="attached")
    for name in ("Layers", "Legend"):
        page.locator("details.fold > summary", has_text=name).click()
    page.locator("details.fold > summary", has_text="Analysis").click()
    page.select_option("#ask-kind", "sum")
    page.select_option("select[name=items]", "wells")
    page.select_option("select[name=field]", "yield_t")


def test_a_visitor_is_told_that_nobody_said_it_and_gets_the_sum_with_the_caveat(
    page: Page, service: Running
) -> None:
    _ask_for_the_sum(page, service.url)
    expect(page.locator("[data-unsaid=yield_t]")).to_contain_text("Nobody said whether the numbers of “yield_t”")
    page.click("#ask button")
    expect(page.locator(".result")).to_contain_text("30")
    expect(page.locator(".result")).to_contain_text("does not say whether")


def test_an_editor_is_asked_once_and_the_answer_is_kept(page: Page, service: Running, tmp_path: Path) -> None:
    sign_in(page, service)
    page.expected_errors.append("422")  # type: ignore[attr-defined]
    _ask_for_the_sum(page, service.url)
    page.select_option("select[name=field_use]", "additive")
    page.screenshot(path=tmp_path / "asked.png")
    page.click("#ask button")
    expect(page.locator(".result")).to_contain_text("30")
    expect(page.locator(".result")).not_to_contain_text("does not say whether")
    field = next(one for one in Library(tmp_path / "l").layer("wells").fields if one.id == "yield_t")
    assert field.measure == "additive"
    expect(page.locator("select[name=field_use]")).to_have_count(0)


def test_the_import_page_says_what_a_number_looks_like_and_takes_the_answer(
    page: Page, service: Running, tmp_path: Path
) -> None:
    sign_in(page, service)
    (tmp_path / "more.csv").write_text(WELLS)
    page.goto(f"{service.url}/import?lang=en")
    page.wait_for_selector("html[data-ready]", state="attached")
    page.set_input_files("#choose", [str(tmp_path / "more.csv")])
    card = page.locator(".file-card", has_text="more.csv")
    use = card.get_by_label("How the numbers of yield_t may be used")
    expect(use).to_be_visible()
    expect(use.locator("option").first).to_have_text("looks like: a quantity that can be added up")
    expect(card.get_by_label("How the numbers of level may be used").locator("option").first).to_contain_text(
        "a code"
    )
    use.select_option("uncertainty")
    expect(use).to_have_value("uncertainty")
    page.screenshot(path=tmp_path / "import.png", full_page=True)
