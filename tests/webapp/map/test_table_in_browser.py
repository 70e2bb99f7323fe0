"""The list of projects a planner asks for: filtered, sorted, added up, read by keyboard, handed on as XLSX."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from briefings.resolve.feature_tables import table_section
from layers.library.library import Library
from tests.waiting import until_on
from tests.webapp.conftest import Running

pytestmark = pytest.mark.slow  # the bundled plan in a browser
DATA = Path(__file__).parents[3] / "data"
ASKED = ("start_iso=2021", "investment_value>=100000", "@in=zones/z-hq")
WORDS = {
    "zh": (
        "9 / 53",
        "开工：2021 年",
        "总投资 ≥ 10 亿",
        "在“高新区本部”内",
        "272.30 亿元",
        "10.00 亿美元",
        "长电微系统",
    ),
    "en": (
        "9 / 53",
        "Start: 2021",
        "Investment ≥ 1 bn",
        "in High-tech Zone main area",
        "¥27.23 bn",
        "US$1.00 bn",
        "JCET",
    ),
}


@pytest.fixture
def service(make_app: Callable[..., Flask], serve: Callable[[Flask], Running]) -> Running:
    return serve(make_app(DATA))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_projects_of_a_zone_over_a_billion_that_start_in_2021(page: Page, service: Running, language: str) -> None:
    asked = "&".join("f=" + quote(f"projects:{one}", safe="") for one in ASKED)
    page.goto(
        f"{service.url}/?lang={language}#{asked}&tb={quote('projects;;@name,investment_value,land_mu,category')}"
    )
    count, *conditions, yuan, dollars, first = WORDS[language]
    expect(page.locator("[data-chip-layer=projects]")).to_contain_text(count)
    for words in conditions:
        expect(page.locator("#chips .chip-words", has_text=words)).to_have_count(1)
    page.click("[data-sort=investment_value]")  # numbers downwards first
    expect(page.locator("th[aria-sort=descending] [data-sort=investment_value]")).to_have_count(1)
    expect(page.locator("#table tbody tr:not(.spacer)").first).to_contain_text(first)
    foot = page.locator("#table tfoot")
    expect(foot).to_contain_text(yuan)
    expect(foot).to_contain_text(dollars)
    page.click("#table-to-briefing")  # as it is seen: filtered, sorted, with its columns
    (item,) = page.evaluate("JSON.parse(localStorage.getItem('planatlas-briefing'))")
    assert item["kind"] == "table"
    (taken,) = table_section(Library(DATA), item["value"], language).tables
    assert len(taken.heads) == 5, "money with its currency beside it"
    assert len([row for at, row in enumerate(taken.rows) if at not in taken.strong]) == 9
    assert first in taken.rows[0][0]
    link = page.locator("#table-xlsx")
    expect(link).to_have_attribute("href", re.compile("sort=-investment_value"))
    address = link.get_attribute("href") or ""
    file = io.BytesIO(page.request.get(service.url + address).body())
    whole = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()
    rows = [row for row in whole if not str(row[0]).startswith(("合计", "Total"))]
    assert [x for row in whole[len(rows) :] for x in row if isinstance(x, int | float) and x > 1e5] == [2_723_000]
    amounts = [x for row in rows for x in row if isinstance(x, int | float) and x >= 100_000]
    assert amounts == [1_000_000, 518_000, 500_000, 300_000, 105_000, *[100_000] * 4]  # the last one in dollars
    yuan_, dollars_ = {"zh": ("人民币", "美元"), "en": ("CNY", "USD")}[language]
    assert [dollars_ in row for row in rows if yuan_ in row or dollars_ in row] == [*[False] * 8, True]

    page.locator(".table-columns > summary").click()
    later = page.locator(
        ".table-columns [data-of='name table_later'], .table-columns [data-of='@name table_later']"
    )
    later.press("Enter")
    expect(later).to_be_focused()  # it goes with its column
    expect(page.locator("#table th").first.locator("[data-sort=investment_value]")).to_have_count(1)
    later.locator("..").locator("button").first.press("Enter")
    page.locator(".table-columns > summary").click()
    expect(page.locator("#table th").nth(1).locator("[data-sort=investment_value]")).to_have_count(1)

    page.locator('#table [data-cell="0,0"]').focus()
    for key in ("ArrowDown", "End", "Home"):
        page.keyboard.press(key)
    expect(page.locator('#table [data-cell="1,0"]')).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#table tr[aria-selected=true]")).to_have_count(1)
    expect(page.locator("#card-title")).to_be_visible()

    def clear() -> bool:
        card, dock = page.locator("#card").bounding_box(), page.locator("#dock").bounding_box()
        return bool(card and dock and card["y"] + card["height"] <= dock["y"] + 1)

    until_on(page, clear)  # the card stays on the map: the table is not under it
    page.locator("#chart-field").select_option("category")
    page.locator("#chart .press").first.press("Enter")
    until_on(page, lambda: "projects%3Acategory%3D" in page.url or "projects:category" in unquote(page.url))
    expect(page.locator("#chips .chip-words")).to_have_count(4)
    expect(page.locator("#chart .press:focus")).to_have_count(1)  # the bar that was pressed, drawn anew
    page.locator("#chips .chip-off").last.click()
    expect(page.locator("#chips .chip-words")).to_have_count(3)
    page.locator("#chips [data-where='start_iso=2021']").click()
    form = page.locator(".condition-form")
    form.locator("[name=value]").fill("1")
    page.click("#condition-apply")  # no date: it is not sent
    expect(form.locator("[name=value]:invalid")).to_be_focused()
    form.locator("[name=value]").fill("2020")
    page.click("#condition-apply")
    expect(page.locator("#chips .chip-words[data-where='start_iso=2020']")).to_have_count(1)
