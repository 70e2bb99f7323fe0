"""Accounts, sessions, links, tokens: closed by default, and nothing given away."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from webapp.accounts.accounts import Accounts
from webapp.accounts.passwords import BadPassword, SignInRefused, TooManyTries
from webapp.state import state_of

PASSWORD = "四月的河边有三只白鹭飞过"
SITE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def accounts(app: Flask) -> Accounts:
    found: Accounts = state_of(app).accounts
    return found


def join(client: FlaskClient, accounts: Accounts, name: str = "li", role: str = "administrator") -> None:
    key = accounts.link("invitation", role)  # type: ignore[arg-type]
    assert (
        client.post(f"/welcome/{key}", data={"name": name, "password": PASSWORD}, headers=SITE).status_code == 303
    )


def test_the_first_link_makes_one_administrator_and_ends(client: FlaskClient, accounts: Accounts) -> None:
    assert accounts.empty
    key = accounts.link("first", "administrator")
    assert client.get(f"/welcome/{key}").status_code == 200
    made = client.post(f"/welcome/{key}", data={"name": "li", "password": PASSWORD}, headers=SITE)
    cookie = made.headers["Set-Cookie"]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=Lax", "planatlas_session="))
    assert client.get(f"/welcome/{key}").status_code == 404
    assert (
        client.post(f"/welcome/{key}", data={"name": "b", "password": PASSWORD}, headers=SITE).status_code == 404
    )
    assert not accounts.empty
    assert client.get("/accounts").status_code == 200
    assert "POST /welcome" not in client.get("/audit").text


@pytest.mark.dear_passwords
def test_passwords_are_kept_as_argon2id_and_sessions_and_links_only_hashed(
    client: FlaskClient, accounts: Accounts
) -> None:
    join(client, accounts)
    cookie = client.get_cookie("planatlas_session")
    assert cookie
    data = accounts.path.read_bytes() + b"".join(
        p.read_bytes() for p in accounts.path.parent.glob("accounts.sqlite-*")
    )
    assert b"$argon2id$v=19$m=65536,t=3,p=4$" in data, "as dear as the low-memory profile of RFC 9106"
    assert PASSWORD.encode() not in data
    assert cookie.value.encode() not in data
    if os.name == "posix":
        assert accounts.path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaaa", "password1234", "long-enough-name"])
def test_weak_passwords_are_refused(accounts: Accounts, password: str) -> None:
    with pytest.raises(BadPassword):
        accounts.follow(accounts.link("first", "administrator"), "long-enough-name", password)
    assert accounts.empty


def test_signing_in_and_out(client: FlaskClient, accounts: Accounts) -> None:
    join(client, accounts)
    first = client.get_cookie("planatlas_session")
    client.post("/logout", headers=SITE)
    assert client.get("/account").status_code == 401
    assert (
        client.post("/login", data={"name": "li", "password": "wrong wrong wrong"}, headers=SITE).status_code
        == 403
    )
    done = client.post("/login", data={"name": "li", "password": PASSWORD, "next": "/statistics"}, headers=SITE)
    assert (done.status_code, done.headers["Location"]) == (303, "/statistics")
    second = client.get_cookie("planatlas_session")
    assert first and second and first.value != second.value
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/a\r\nX: y"]
)
def test_signing_in_never_leads_elsewhere(client: FlaskClient, accounts: Accounts, wanted: str) -> None:
    join(client, accounts)
    done = client.post("/login", data={"name": "li", "password": PASSWORD, "next": wanted}, headers=SITE)
    assert done.headers["Location"] == "/"


def test_another_sites_page_cannot_use_the_session(client: FlaskClient, accounts: Accounts) -> None:
    join(client, accounts)
    body = {"expected": None, "edits": [{"feature": "z-1", "gone": True}]}
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}):
        assert client.post("/api/layers/zones/edits", json=body, headers=headers).status_code == 403
    assert client.post("/api/layers/zones/edits", json=body, headers=SITE).status_code == 200
    assert "POST /api/layers/zones/edits" in client.get("/audit").text


def test_a_reader_reads_only(client: FlaskClient, accounts: Accounts) -> None:
    join(client, accounts, role="reader")
    assert client.post("/api/layers/zones/undo", headers=SITE).status_code == 403
    assert client.get("/accounts").status_code == 403
    assert client.get("/layers/pipes.geojson").status_code == 404


def test_a_token_carries_some_of_the_rights_and_can_be_revoked(
    app: Flask, client: FlaskClient, accounts: Accounts
) -> None:
    join(client, accounts, role="editor")
    assert client.post("/account/tokens", data={"scope": "admin", "label": "x"}, headers=SITE).status_code == 403
    shown = client.post(
        "/account/tokens", data={"scope": "layers:write", "label": "夜间任务", "days": "2"}, headers=SITE
    ).text
    found = re.search(r'class="secret">([^<]+)<', shown)
    assert found
    program = app.test_client()
    bearer = {"Authorization": f"Bearer {found.group(1)}"}
    assert program.post("/api/layers/zones/undo", headers=bearer).status_code == 409
    assert program.post("/account/tokens", data={"scope": "layers:write"}, headers=bearer).status_code == 403
    page = client.get("/account").text
    assert found.group(1) not in page
    token = re.search(r"/account/tokens/([0-9a-f]+)/revoke", page)
    assert token
    client.post(token.group(0), headers=SITE)
    assert program.post("/api/layers/zones/undo", headers=bearer).status_code == 401


def test_failures_slow_the_next_try_down_but_not_for_ever(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts.follow(accounts.link("first", "administrator"), "li", PASSWORD)
    for _ in range(5):
        with pytest.raises(SignInRefused):
            accounts.sessions.sign_in("li", "wrong", address="10.0.0.1")
    with pytest.raises(TooManyTries):
        accounts.sessions.sign_in("li", PASSWORD, address="10.0.0.1")
    real = __import__("time").time
    monkeypatch.setattr("webapp.accounts.tries.time.time", lambda: real() + 301)
    assert accounts.sessions.sign_in("li", PASSWORD, address="10.0.0.1")


def test_disabling_and_changing_the_password_end_sessions(client: FlaskClient, accounts: Accounts) -> None:
    join(client, accounts)
    assert client.post("/accounts/li", data={"role": "reader"}, headers=SITE).status_code == 409
    join(app_client := client.application.test_client(), accounts, name="wang", role="editor")
    client.post("/accounts/wang", data={"role": "editor", "disabled": "yes"}, headers=SITE)
    assert app_client.get("/account").status_code == 401
    done = client.post("/account/password", data={"old": PASSWORD, "new": PASSWORD + "啊"}, headers=SITE)
    assert done.status_code == 303
    assert client.get("/account").status_code == 401


def test_reading_can_need_a_login(plan: Path, make_app: Callable[..., Flask]) -> None:
    app = make_app(plan, read="login")
    client = app.test_client()
    assert client.get("/").headers["Location"].startswith("/login?next=")
    for path in ("/api/catalog", "/layers/zones.geojson", "/features/zones/z-1", "/api/openapi.json"):
        assert client.get(path).status_code == 401, path
    assert client.post("/api/figures", json={}).status_code == 401
    assert client.get("/healthz").status_code == client.get("/login").status_code == 200
    join(client, state_of(app).accounts, role="reader")
    assert client.get("/").status_code == client.get("/layers/zones.geojson").status_code == 200


def test_secrets_are_not_logged(client: FlaskClient, accounts: Accounts, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    join(client, accounts)
    cookie = client.get_cookie("planatlas_session")
    assert cookie
    assert PASSWORD not in caplog.text
    assert cookie.value not in caplog.text
    assert cookie.value not in str(accounts.deeds.newest(limit=50))


def test_signing_in_anew_ends_the_session_a_browser_had(client: FlaskClient, accounts: Accounts) -> None:
    accounts.follow(accounts.link("first", "administrator"), "wang", PASSWORD)
    keys = []
    for _ in range(2):
        found = client.post("/login", data={"name": "wang", "password": PASSWORD}, headers=SITE)
        keys.append(found.headers["Set-Cookie"].partition("=")[2].partition(";")[0])
    assert accounts.sessions.find(keys[0]) is None
    assert accounts.sessions.find(keys[1]) is not None


def test_a_failure_at_a_one_time_link_does_not_log_its_key(
    app: Flask, client: FlaskClient, accounts: Accounts, caplog: pytest.LogCaptureFixture
) -> None:
    key = accounts.link("invitation", "administrator")

    def fails(**_: object) -> str:
        raise RuntimeError("a fault")

    app.view_functions["login.welcome"] = fails
    app.config["PROPAGATE_EXCEPTIONS"] = False
    assert client.get(f"/welcome/{key}").status_code == 500
    assert "/welcome/" in caplog.text
    assert key not in caplog.text
    assert key not in "".join(map(str, accounts.deeds.newest(limit=50)))
