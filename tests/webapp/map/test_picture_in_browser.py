"""The picture dialog: what the map shows now, in a format and size of choice, with its sentence and table."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.webapp.conftest import Running
from webapp.state import state_of

pytestmark = pytest.mark.slow


def test_a_picture_is_chosen_previewed_and_told(
    page: Page, plan: Path, make_app: Callable[..., Flask], serve: Callable[[Flask], Running]
) -> None:
    app = make_app(plan)
    service = serve(app)
    try:
        page.goto(f"{service.url}/?lang=en#z=12&c=30.1,104.1&on=zones")
        page.wait_for_selector("html[data-ready]", state="attached")
        page.click("#picture")
        dialog = page.locator("dialog.picture")
        expect(dialog.locator("tbody tr")).to_have_count(1)
        expect(dialog.get_by_label("The picture in a sentence")).to_have_value(re.compile("showing"))
        link = dialog.get_by_role("link", name="Download")
        expect(link).to_have_attribute("href", re.compile(r"/render/map\.png\?"))
        dialog.get_by_label("Format").select_option("svg")
        dialog.get_by_label("Size").select_option("a4-landscape")
        expect(dialog.get_by_label("Resolution")).to_be_enabled()
        for part in ("/render/map.svg?", "size=a4-landscape", "screen="):
            expect(link).to_have_attribute("href", re.compile(re.escape(part)))
        dialog.get_by_label("Format").select_option("html")
        expect(dialog.get_by_label("Size")).to_be_disabled()
        expect(link).to_have_attribute("href", re.compile(r"/export/map\.html\?"))
        dialog.get_by_role("button", name="Close").click()
        expect(dialog).to_be_hidden()
    finally:
        state_of(app).close()
