"""Every address that changes something, as the API's own document lists them: closed without a right, or from afar."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from webapp.accounts.accounts import Accounts
from webapp.http.access import SAFE, SESSION
from webapp.state import state_of

PASSWORD = "a long enough pass phrase 7"


def unsafe(app: Flask) -> list[tuple[str, str]]:
    """Return every unsafe operation: of the OpenAPI document, and what the address map knows besides."""
    document = app.test_client().get("/api/openapi.json").get_json()
    listed = {
        (method.upper(), path)
        for path, methods in document["paths"].items()
        for method in methods
        if method.upper() in ("POST", "PUT", "PATCH", "DELETE")
    }
    mapped = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - set(SAFE)
        if hasattr(app.view_functions[rule.endpoint], "operation")
    }
    assert listed == mapped, "the document lists every operation"
    return sorted(mapped)


def open_to_all(app: Flask, method: str, path: str) -> bool:
    adapter = app.url_map.bind("localhost")
    endpoint, _ = adapter.match(re.sub(r"\{\w+\}", "1", path), method=method)
    view = app.view_functions[endpoint]
    return bool(getattr(view, "computes", False) or getattr(view, "anybody", False))


def test_no_write_without_credentials(app: Flask) -> None:
    client, tried = app.test_client(), 0
    for method, path in unsafe(app):
        if open_to_all(app, method, path):
            continue
        found = client.open(re.sub(r"\{\w+\}", "1", path), method=method, json={})
        assert found.status_code == 401, (method, path)
        assert found.headers["WWW-Authenticate"] == "Bearer"
        tried += 1
    assert tried >= 15


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "same-site"}],
)
def test_no_session_writes_from_another_site(app: Flask, headers: dict[str, str]) -> None:
    accounts: Accounts = state_of(app).accounts
    accounts.follow(accounts.link("first", "administrator"), "li", PASSWORD)
    client = app.test_client()
    client.set_cookie(SESSION, accounts.sessions.sign_in("li", PASSWORD, address="127.0.0.1"))
    before = len(accounts.deeds.newest(limit=100))
    for method, path in unsafe(app):
        found = client.open(re.sub(r"\{\w+\}", "1", path), method=method, json={}, headers=headers)
        assert (found.status_code, found.get_json()["code"]) == (403, "cross_site"), (method, path)
    assert len(accounts.deeds.newest(limit=100)) == before
