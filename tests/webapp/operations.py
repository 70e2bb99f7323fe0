"""Every operation of the API document, ready to be asked: its address filled in, its parameters, its body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import Flask

from webapp.accounts.accounts import Accounts
from webapp.state import state_of

PASSWORD = "a long enough pass phrase 7"
ROLES = ("visitor", "reader", "editor", "administrator")
SITE = {"Sec-Fetch-Site": "same-origin"}


@dataclass(frozen=True)
class Operation:
    """One method of one address."""

    method: str
    path: str
    parameters: tuple[dict[str, Any], ...]
    told: dict[str, Any]

    @property
    def is_page(self) -> bool:
        """Whether it answers a person with a page."""
        return "text/html" in self.told["responses"]["200"]["content"]

    @property
    def queries(self) -> tuple[dict[str, Any], ...]:
        """Its query parameters."""
        return tuple(p for p in self.parameters if p["in"] == "query")

    def url(self, **known: str) -> str:
        """Return its address with the examples of its path, or with other values."""
        found = self.path
        for one in self.parameters:
            if one["in"] == "path":
                value = known.get(one["name"], str(one.get("example", "x")))
                found = found.replace("{" + one["name"] + "}", quote(value, safe="/"))
        return found


def operations(app: Flask) -> list[Operation]:
    """Return all of them as the API's own document lists them."""
    document = app.test_client().get("/api/openapi.json").get_json()
    return [
        Operation(method.upper(), path, tuple(told.get("parameters", ())), told)
        for path, methods in sorted(document["paths"].items())
        for method, told in sorted(methods.items())
    ]


def sign_in_as(app: Flask, role: str) -> Any:
    """Return a browser of somebody with a role; of a visitor for ``visitor``."""
    client = app.test_client()
    if role != "visitor":
        accounts: Accounts = state_of(app).accounts
        if role not in {one.name for one in accounts.all()}:
            accounts.follow(accounts.link("invitation", role), role, PASSWORD)  # type: ignore[arg-type]
        client.set_cookie("planatlas_session", accounts.sessions.sign_in(role, PASSWORD, address="127.0.0.1"))
    return client
