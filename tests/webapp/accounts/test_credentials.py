"""A credential opens what it was made for, and ends with its account: asked from outside, as programs do."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.webapp.conftest import issue
from tests.webapp.operations import PASSWORD, SITE, sign_in_as
from webapp.accounts.accounts import Accounts
from webapp.accounts.roles import SCOPES_OF
from webapp.http.access import Keyring
from webapp.state import state_of

pytestmark = pytest.mark.slow


@pytest.fixture
def accounts(app: Flask) -> Accounts:
    found: Accounts = state_of(app).accounts
    return found


def token_of(client: FlaskClient, *scopes: str) -> dict[str, str]:
    """Return the header of a token that somebody makes on their own page."""
    page = client.post("/account/tokens", data={"scope": list(scopes)}, headers=SITE).text
    found = re.search(r'class="secret">([^<]+)<', page)
    assert found, page
    return {"Authorization": f"Bearer {found.group(1)}"}


def test_a_links_key_opens_its_own_view_and_nothing_else(plan: Path, make_app: Callable[..., Flask]) -> None:
    app = make_app(plan, read="login")
    editor = sign_in_as(app, "editor")
    made = editor.post("/api/links", json={"path": "/embed/map?v=on%3Dzones"}, headers=SITE).get_json()
    path = made["url"].partition("localhost")[2]
    key = re.search(r"key=([^&]+)", path)
    assert key
    bearer = {"Authorization": f"Bearer {key.group(1)}"}
    stranger = app.test_client()
    assert stranger.get(path).status_code == 200
    for url in ("/layers/zones.geojson", "/api/views", "/export/zones.gpkg", "/api/catalog", "/", path):
        found = stranger.get(url, headers=bearer)
        assert (found.status_code, found.headers.get("WWW-Authenticate")) == (401, "Bearer"), url
        assert "zones" not in found.text
    for url in ("/embed/map?v=on%3Drivers", "/layers/zones.geojson", "/embed/map"):
        found = stranger.get(f"{url}{'&' if '?' in url else '?'}key={key.group(1)}")
        assert found.status_code in (302, 400, 401), url
    state_of(app).close()


def test_what_is_signed_is_nobody_by_being_signed(app: Flask, client: FlaskClient) -> None:
    keyring: Keyring = state_of(app).keyring
    _, text = keyring.create(("admin", "layers:write"), days=1)
    found = client.get("/accounts", headers={"Authorization": f"Bearer {text}"})
    assert found.status_code == 401, "signed by our own key, but handed out to nobody"
    _, link = keyring.create(("link:0123",), days=1, kind="link")
    for text in (link, f"{link}x", "", "a.b.c"):
        assert client.get("/api/views", headers={"Authorization": f"Bearer {text}"}).status_code == 401


def test_a_token_ends_when_its_account_is_disabled(app: Flask, accounts: Accounts) -> None:
    boss, leaver = sign_in_as(app, "administrator"), sign_in_as(app, "editor")
    bearer, program = token_of(leaver, "layers:write", "restricted:read"), app.test_client()
    assert program.get("/layers/pipes.geojson", headers=bearer).status_code == 200
    assert program.post("/api/uploads", json={"name": "a", "size": 3}, headers=bearer).status_code == 201
    boss.post("/accounts/editor", data={"role": "editor", "disabled": "yes"}, headers=SITE)
    for url in ("/layers/pipes.geojson", "/api/catalog", "/"):
        assert program.get(url, headers=bearer).status_code == 401
    assert program.post("/api/uploads", json={"name": "a", "size": 3}, headers=bearer).status_code == 401
    boss.post("/accounts/editor", data={"role": "editor"}, headers=SITE)
    assert program.get("/layers/pipes.geojson", headers=bearer).status_code == 200, (
        "it counts while the account does"
    )


def test_a_token_never_allows_more_than_its_account_at_that_moment(app: Flask, accounts: Accounts) -> None:
    boss = sign_in_as(app, "administrator")
    accounts.follow(accounts.link("invitation", "administrator"), "demoted", PASSWORD)
    other = app.test_client()
    other.post("/login", data={"name": "demoted", "password": PASSWORD}, headers=SITE)
    bearer, program = token_of(other, "admin", "layers:write"), app.test_client()
    invitation = {"role": "administrator"}
    assert "/welcome/" in program.post("/accounts/invitations", data=invitation, headers=bearer).text
    boss.post("/accounts/demoted", data={"role": "editor"}, headers=SITE)
    found = program.post("/accounts/invitations", data=invitation, headers=bearer)
    assert found.status_code == 403
    assert "/welcome/" not in found.text
    assert program.post("/api/layers/zones/undo", headers=bearer).status_code == 409, (
        "an editor's part of it is left"
    )
    boss.post("/accounts/demoted", data={"role": "reader"}, headers=SITE)
    assert program.post("/api/layers/zones/undo", headers=bearer).status_code == 403


def test_a_link_ends_with_the_account_that_made_it(plan: Path, make_app: Callable[..., Flask]) -> None:
    app = make_app(plan, read="login")
    boss, editor = sign_in_as(app, "administrator"), sign_in_as(app, "editor")
    made = editor.post("/api/links", json={"path": "/embed/map"}, headers=SITE).get_json()
    path, stranger = made["url"].partition("localhost")[2], app.test_client()
    assert stranger.get(path).status_code == 200
    boss.post("/accounts/editor", data={"role": "editor", "disabled": "yes"}, headers=SITE)
    assert stranger.get(path).status_code == 401
    state_of(app).close()


@pytest.mark.parametrize("role", ["reader", "editor", "administrator"])
def test_a_session_has_the_rights_of_its_account_at_that_moment(app: Flask, accounts: Accounts, role: Any) -> None:
    sign_in_as(app, "administrator")
    client = app.test_client()
    accounts.follow(accounts.link("invitation", "administrator"), "li", PASSWORD)
    client.set_cookie("planatlas_session", accounts.sessions.sign_in("li", PASSWORD, address="127.0.0.1"))
    accounts.change("li", role=role, disabled=False)
    may = SCOPES_OF[role]
    assert (client.get("/layers/pipes.geojson").status_code == 200) == ("restricted:read" in may)
    assert (client.get("/accounts").status_code == 200) == ("admin" in may)
    accounts.change("li", role=role, disabled=True)
    assert client.get("/account").status_code == 401
    browser = {"Accept": "text/html", "Origin": "http://localhost"}
    assert "/login?next=/account" in client.get("/account", headers=browser).text
    for lang, words in (("zh", "填写的内容也没有丢失"), ("en", "nothing you entered is lost")):
        assert words in client.post(f"/account/tokens?lang={lang}", data={"label": "x"}, headers=browser).text


def test_an_administrator_sees_and_revokes_everybodys_tokens(app: Flask, accounts: Accounts) -> None:
    boss, editor = sign_in_as(app, "administrator"), sign_in_as(app, "editor")
    bearer, program = token_of(editor, "layers:write"), app.test_client()
    console = issue(app, "layers:write")
    assert program.post("/api/layers/zones/undo", headers=console).status_code == 409
    page = boss.get("/admin").text
    ids = re.findall(r"/admin/tokens/([0-9a-f]{16})/revoke", page)
    assert len(ids) == 2
    assert "editor" in page
    assert app.test_client().get("/admin").status_code == 401
    assert editor.get("/admin").status_code == 403
    for one in ids:
        assert editor.post(f"/admin/tokens/{one}/revoke", headers=SITE).status_code == 403
        assert boss.post(f"/admin/tokens/{one}/revoke", headers=SITE).status_code == 303
    for header in (bearer, console):
        assert program.post("/api/layers/zones/undo", headers=header).status_code == 401
