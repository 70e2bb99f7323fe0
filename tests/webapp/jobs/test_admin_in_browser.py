"""The administrator's page, opened: what is shown is ended and cleared by its buttons, in both languages."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.small_plan import write_plan
from tests.waiting import LONGEST_S, until
from tests.webapp.conftest import Running, issue
from webapp.state import state_of

pytestmark = pytest.mark.slow
PASSWORD = "four white egrets over a river"


def test_what_is_open_is_seen_ended_and_cleared(
    page: Page, tmp_path: Path, make_app: Callable[..., Flask], serve: Callable[[Flask], Running]
) -> None:
    app = make_app(write_plan(tmp_path / "plan"))
    state = state_of(app)
    accounts, service = state.accounts, serve(app)
    accounts.follow(accounts.link("first", "administrator"), "boss", PASSWORD)
    accounts.follow(accounts.link("invitation", "editor"), "wang", PASSWORD)
    accounts.sessions.sign_in("wang", PASSWORD, address="10.1.2.3")
    accounts.link("invitation", "reader")
    issue(app, "layers:write")
    (state.instance / "briefings").mkdir()
    old = state.instance / "briefings" / "0123456789abcdef.docx"
    old.write_bytes(b"x" * 2_000_000)
    os.utime(old, (1, 1))
    question = {"function": "total", "unit": "ha", "inputs": {"items": {"layer": "zones"}}}
    asked = app.test_client().post("/api/figures", json=question).get_json()
    state.jobs.result(state.jobs.find(asked["job"]), wait_s=LONGEST_S)
    until(lambda: len(state.shelf.ids()) == 1)
    page.goto(f"{service.url}/login?lang=en&next=/admin")
    page.fill("input[name=name]", "boss")
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/admin")
    for lang, words in (("zh", ("存储", "会话")), ("en", ("Clear", "Revoke"))):
        page.goto(f"{service.url}/admin?lang={lang}")
        for word in words:
            expect(page.locator("main")).to_contain_text(word)
        page.screenshot(path=str(tmp_path / f"admin-{lang}.png"), full_page=True)
        kept = os.environ.get("TEST_PICTURES")
        if kept:
            page.screenshot(path=f"{kept}/admin-{lang}.png", full_page=True)
    row = page.locator("#sessions + .scroll tr", has_text="wang")
    expect(row).to_contain_text("10.1.2.3")
    row.get_by_role("button").click()
    expect(page.locator("#sessions + .scroll tr", has_text="wang")).to_have_count(0)
    page.locator("#tokens + .scroll tbody tr").first.get_by_role("button").click()
    expect(page.locator("#tokens + .scroll")).to_have_count(0)
    page.locator("#links + .scroll tbody tr").first.get_by_role("button").click()
    expect(page.locator("#links + .scroll")).to_have_count(0)
    figures = page.locator("#figures ~ .scroll").first.locator("tbody tr")
    expect(figures).to_have_count(1)
    expect(figures).to_contain_text("goes by itself")
    expect(figures.locator("time")).to_contain_text("UTC")
    figures.get_by_role("button", name="Remove").click()
    expect(page.locator("#figures + p")).to_have_text("None.")
    assert state.shelf.ids() == []
    briefings = page.locator("#storage + .scroll tr", has_text="Briefings made")
    expect(briefings).to_contain_text("2.0")
    briefings.locator("input[name=days]").fill("10")
    briefings.get_by_role("button").click()
    expect(page.locator("#storage + .scroll tr", has_text="Briefings made")).to_contain_text("0.0")
    assert not old.exists()
    assert [one.name for one in accounts.sessions.all()] == ["boss"]
    assert accounts.tokens.all("token") == []
    assert accounts.links() == []
