"""Views people keep: named, opened by a link that survives renaming, changed by their owner, deleted and back again."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from tests.webapp.conftest import Running
from tests.webapp.layers.test_editing_in_browser import sign_in
from webapp.state import state_of
from webapp.views.saved import SavedViews

pytestmark = pytest.mark.slow


def bearer(app: Flask, *scopes: str) -> dict[str, str]:
    made = state_of(app)
    return {"Authorization": "Bearer " + made.accounts.issue(made.keyring, scopes, days=1)[1]}


STATE = "z=13&c=30.05,104.05&on=zones,sites&f=sites:position=exact"


def test_a_view_is_kept_renamed_replaced_deleted_and_back(app: Flask, client: FlaskClient) -> None:
    mine = bearer(app, "views:write")
    made = client.post(
        "/api/views", json={"name": "报审 <b>", "description": "两行", "state": STATE}, headers=mine
    )
    told = made.get_json()
    assert made.status_code == 201
    assert told["title"]["en"] == "报审 <b>"
    assert told["link"] == f"/?view={told['id']}"
    url = f"/api/views/{told['id']}"
    assert client.patch(url, json={"name": "送审"}, headers=mine).get_json()["id"] == told["id"]
    assert client.patch(url, json={"state": "on=zones"}, headers=mine).get_json()["state"] == "on=zones"
    listed = {v["id"]: v for v in client.get("/api/views").get_json()["views"]}
    assert listed[told["id"]]["title"]["zh"] == "送审"
    page = client.get(told["link"]).text
    assert "on=zones" in page
    assert client.delete(url, headers=mine).status_code == 200
    assert client.get(told["link"]).status_code == 404
    assert told["id"] not in {v["id"] for v in client.get("/api/views").get_json()["views"]}
    assert client.post(f"{url}/restore", headers=mine).status_code == 200
    assert client.get(told["link"]).status_code == 200


def test_only_the_owner_and_administrators_change_it(app: Flask, client: FlaskClient) -> None:
    key = client.post(
        "/api/views", json={"name": "a", "state": ""}, headers=bearer(app, "views:write")
    ).get_json()["id"]
    url = f"/api/views/{key}"
    for headers, status in ((bearer(app, "views:write"), 403), (bearer(app), 403), ({}, 401)):
        assert client.patch(url, json={"name": "b"}, headers=headers).status_code == status
        assert client.delete(url, headers=headers).status_code == status
    admin = bearer(app, "views:write", "admin")
    assert client.patch(url, json={"name": "b"}, headers=admin).status_code == 200
    assert client.patch("/api/views/000000000000", json={"name": "b"}, headers=admin).status_code == 404
    assert client.post("/api/views", json={"name": "b"}).status_code == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": ""}, 422),
        ({"name": " "}, 422),
        ({"name": "x" * 201}, 422),
        ({"name": "a\u202eb"}, 422),
        ({"name": "a\x00"}, 422),
        ({"name": "a", "description": "x" * 2001}, 422),
        ({"name": "a", "state": "x" * 4001}, 422),
        ({"name": 1}, 400),
        ({"name": "a", "owner": "b"}, 400),
    ],
)
def test_bad_views_are_told(app: Flask, client: FlaskClient, body: dict[str, object], status: int) -> None:
    refused = client.post("/api/views", json=body, headers=bearer(app, "views:write"))
    assert refused.status_code == status, refused.text
    assert client.get("/api/views").get_json()["views"] == [
        v for v in client.get("/api/views").get_json()["views"] if not v["saved"]
    ]


def test_there_is_room_for_so_many(plan: Path, make_app: Callable[..., Flask]) -> None:
    app = make_app(plan, max_views="2")
    client, mine = app.test_client(), bearer(app, "views:write")
    answers = [client.post("/api/views", json={"name": str(i)}, headers=mine).status_code for i in range(3)]
    assert answers == [201, 201, 409]


def test_many_writers_lose_nothing(tmp_path: Path) -> None:
    views = [SavedViews(tmp_path, most=1000) for _ in range(4)]

    def write(number: int) -> str:
        return views[number % 4].add(f"n{number}", "", "", "li").id

    with ThreadPoolExecutor(4) as pool:
        keys = set(pool.map(write, range(60)))
    assert {one.id for one in SavedViews(tmp_path, most=1000).all()} == keys
    assert len(keys) == 60


def test_kept_views_have_pictures_and_frames(app: Flask, client: FlaskClient) -> None:
    made = client.post("/api/views", json={"name": "图", "state": "on=zones"}, headers=bearer(app, "views:write"))
    key = made.get_json()["id"]
    try:
        assert client.get(f"/render/{key}.svg").status_code == 200
        assert "图" in client.get(f"/embed/{key}?controls=yes").text
    finally:
        state_of(app).close()


def test_a_person_keeps_renames_deletes_and_undoes(
    page: Page, plan: Path, make_app: Callable[..., Flask], serve: Callable[[Flask], Running]
) -> None:
    service = serve(make_app(plan))
    sign_in(page, service)
    page.goto(f"{service.url}/?lang=zh#z=13&c=30.05,104.05&on=zones")
    page.reload()
    page.wait_for_selector("html[data-ready]", state="attached")
    page.click("#views")
    dialog = page.locator("dialog.views")
    dialog.get_by_label("名称").fill("会审底图 <i>")
    dialog.get_by_role("button", name="保存当前视图").click()
    row = dialog.locator("li", has_text="会审底图 <i>")
    expect(row).to_contain_text("李工")
    row.get_by_role("button", name="重命名").click()
    row.get_by_label("名称").fill("终审底图")
    row.get_by_role("button", name="保存").click()
    renamed = dialog.locator("li", has_text="终审底图")
    link = renamed.locator("a").get_attribute("href")
    renamed.get_by_role("button", name="删除").click()
    expect(renamed).to_have_count(0)
    dialog.get_by_role("button", name="撤销").click()
    expect(renamed).to_have_count(1)
    page.goto(f"{service.url}{link}")
    page.wait_for_selector("html[data-ready]", state="attached")
    expect(page).to_have_url(re.compile("on=zones"))
    expect(page.locator("input[data-layer=zones]")).to_be_checked()
    expect(page.locator("input[data-layer=sites]")).not_to_be_checked()
