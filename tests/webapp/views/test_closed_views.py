"""Views that are not public: nobody hears of one by any address, but who has signed in or holds a link for it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from tests.webapp.conftest import Running
from tests.webapp.layers.test_editing_in_browser import sign_in
from tests.webapp.views.test_saved_views import bearer
from webapp.state import state_of
from webapp.views.saved import SavedViews

pytestmark = pytest.mark.slow

MARK = "zq7closed"
DECLARED = f"""[views.drafted]
title = {{zh = "草案{MARK}", en = "Draft {MARK}"}}
layers = ["zones"]
public = false

"""


@pytest.fixture
def closed_app(plan: Path, make_app: Callable[..., Flask]) -> Iterator[Flask]:
    catalog = plan / "catalog.toml"
    catalog.write_text(
        catalog.read_text("utf-8").replace("[layers.zones]", f"{DECLARED}[layers.zones]", 1), "utf-8"
    )
    app = make_app(plan)
    yield app
    state_of(app).close()


@pytest.fixture
def visitor(closed_app: Flask) -> FlaskClient:
    return closed_app.test_client()


def keep(client: FlaskClient, app: Flask) -> str:
    body = {"name": f"会审{MARK}", "state": "on=zones", "public": False}
    made = client.post("/api/views", json=body, headers=bearer(app, "views:write"))
    assert made.status_code == 201, made.text
    assert made.get_json()["public"] is False
    return str(made.get_json()["id"])


def addresses(view: str) -> list[str]:
    frame = urlencode({"url": f"http://localhost/embed/{view}"})
    page = urlencode({"url": f"http://localhost/?view={view}"})
    return [
        f"/?view={view}",
        f"/embed/{view}",
        f"/render/{view}.png",
        f"/render/{view}.svg",
        f"/render/{view}.pdf",
        f"/render/{view}.json",
        f"/export/{view}.html",
        f"/oembed?{frame}",
        f"/oembed?{page}",
    ]


def test_a_visitor_hears_nothing_of_it(closed_app: Flask, visitor: FlaskClient) -> None:
    for view in (keep(visitor, closed_app), "drafted"):
        for address in addresses(view):
            refused = visitor.get(address)
            assert refused.status_code == 404, address
            assert MARK not in refused.text, address
            assert "drafted" not in refused.text.replace(view, ""), address
    for address in ("/api/views", "/briefing", "/api/openapi.json", "/", "/render/nothing.png"):
        assert MARK not in visitor.get(address).text, address
    made = {"items": [{"view": "drafted"}], "title": "x"}
    assert visitor.post("/api/briefings", json=made).status_code in (401, 404)


def test_who_has_signed_in_opens_it_and_no_proxy_keeps_it(closed_app: Flask, visitor: FlaskClient) -> None:
    reader = bearer(closed_app)
    for view in (keep(visitor, closed_app), "drafted"):
        for address in addresses(view):
            opened = visitor.get(address, headers=reader)
            assert opened.status_code == 200, address
            assert "private" in opened.headers["Cache-Control"], address
            assert visitor.get(address).status_code == 404, f"{address} afterwards"
        assert view in {one["id"] for one in visitor.get("/api/views", headers=reader).get_json()["views"]}


@pytest.mark.parametrize("as_of", ["", "2026-01-01"])
def test_a_link_opens_just_this_view_its_picture_and_its_frame(
    closed_app: Flask, visitor: FlaskClient, as_of: str
) -> None:
    key, editor = keep(visitor, closed_app), bearer(closed_app, "views:write")
    pinned = f"?{urlencode({'as_of': as_of})}" if as_of else ""
    link = visitor.post("/api/links", json={"path": f"/embed/{key}{pinned}", "days": 3}, headers=editor).get_json()
    parts = urlsplit(link["url"])
    frame = visitor.get(f"{parts.path}?{parts.query}")
    assert frame.status_code == 200
    assert MARK in frame.text
    assert "private" in frame.headers["Cache-Control"]
    pictures = set(re.findall(r'"(?:http://localhost)?(/render/[^"]+)"', frame.text.replace("&amp;", "&")))
    assert len(pictures) == 2, "the fallback, and what other services show"
    for picture in pictures:
        assert visitor.get(picture).status_code == 200, picture
    told = visitor.get(f"/oembed?{urlencode({'url': link['url']})}")
    assert told.status_code == 200
    assert "key=" in told.get_json()["html"]
    assert visitor.get(told.get_json()["thumbnail_url"]).status_code == 200
    other = visitor.get(f"/embed/drafted?{parts.query}")
    assert other.status_code == 404
    assert visitor.get(f"/?view={key}&{parts.query}").status_code in (400, 404)
    renamed = visitor.patch(f"/api/views/{key}", json={"name": "终审"}, headers=editor_of(closed_app))
    assert renamed.status_code == 200
    assert "终审" in visitor.get(f"{parts.path}?{parts.query}").text
    state_of(closed_app).accounts.tokens.revoke(link["id"])
    for address in (f"{parts.path}?{parts.query}", *pictures):
        assert visitor.get(address).status_code == 401, address


def editor_of(app: Flask) -> dict[str, str]:
    return bearer(app, "views:write", "admin")


def test_opening_and_closing_a_view_is_one_change(closed_app: Flask, visitor: FlaskClient) -> None:
    key, admin = keep(visitor, closed_app), editor_of(closed_app)
    assert visitor.get(f"/?view={key}").status_code == 404
    assert visitor.patch(f"/api/views/{key}", json={"public": True}, headers=admin).get_json()["public"] is True
    assert visitor.get(f"/?view={key}").status_code == 200
    assert visitor.patch(f"/api/views/{key}", json={"name": "n"}, headers=admin).get_json()["public"] is True
    assert visitor.patch(f"/api/views/{key}", json={"public": "no"}, headers=admin).status_code == 400
    visitor.patch(f"/api/views/{key}", json={"public": False}, headers=admin)
    visitor.delete(f"/api/views/{key}", headers=admin)
    visitor.post(f"/api/views/{key}/restore", headers=admin)
    assert visitor.get(f"/?view={key}").status_code == 404, "as it was when it was deleted"


def test_views_kept_before_there_was_such_a_thing_stay_public(tmp_path: Path) -> None:
    kept = SavedViews(tmp_path, most=9)
    key = kept.add("旧", "", "on=zones", "li").id
    with sqlite3.connect(tmp_path / "views.sqlite") as file:
        file.execute("ALTER TABLE view DROP COLUMN public")
        file.execute("PRAGMA user_version=1")
    found = SavedViews(tmp_path, most=9).find(key)
    assert found is not None
    assert found.public
    assert not SavedViews(tmp_path, most=9).add("新", "", "", "li", public=False).public


def test_a_person_closes_a_view_and_undoes_it(
    page: Page, plan: Path, make_app: Callable[..., Flask], serve: Callable[[Flask], Running]
) -> None:
    service = serve(make_app(plan))
    sign_in(page, service)
    page.goto(f"{service.url}/?lang=zh")
    page.wait_for_selector("html[data-ready]", state="attached")
    page.click("#views")
    dialog = page.locator("dialog.views")
    dialog.get_by_label("名称").fill("内部底图")
    dialog.get_by_label("不公开：").check()
    dialog.get_by_role("button", name="保存当前视图").click()
    row = dialog.locator("li", has_text="内部底图")
    expect(row).to_contain_text("不公开")
    row.get_by_role("button", name="改为公开").click()
    expect(dialog.get_by_role("status")).to_contain_text("已公开")
    expect(row.get_by_role("button", name="改为不公开")).to_be_visible()
    dialog.get_by_role("button", name="撤销").click()
    expect(row).to_contain_text("不公开")
    expect(row.get_by_role("button", name="改为公开")).to_be_visible()
