"""Where the rule of two is on, one administrator alone makes no other, changes nobody, takes nothing away."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.small_plan import feature, point
from tests.webapp.layers.test_imports import bring, finished
from tests.webapp.operations import PASSWORD, SITE, sign_in_as
from webapp.state import state_of


def administrators(app: Flask) -> list[Any]:
    """Return the browsers of two administrators, and make an editor, wang."""
    accounts, found = state_of(app).accounts, []
    for name in ("boss", "deputy"):
        accounts.follow(accounts.link("invitation", "administrator"), name, PASSWORD)
        client = app.test_client()
        client.set_cookie("planatlas_session", accounts.sessions.sign_in(name, PASSWORD, address="127.0.0.1"))
        found.append(client)
    accounts.follow(accounts.link("invitation", "editor"), "wang", PASSWORD)
    return found


def role(app: Flask, name: str) -> str:
    return next(one.role for one in state_of(app).accounts.all() if one.name == name)


def test_one_alone_makes_no_administrator(plan: Path, make_app: Callable[..., Flask]) -> None:
    app = make_app(plan, two_persons="yes")
    boss, deputy = administrators(app)
    wanted = {"role": "administrator"}
    for _ in range(3):  # however often they ask
        told = boss.post("/accounts/wang", data=wanted, headers=SITE | {"Accept": "application/json"})
        assert (told.status_code, told.get_json()["code"]) == (409, "needs_second")
    assert role(app, "wang") == "editor"
    assert deputy.post("/accounts/wang", data={"role": "reader"}, headers=SITE).status_code == 409, "another thing"
    assert role(app, "wang") == "editor"
    page = deputy.get("/admin?lang=en").text
    form = re.search(
        r'action="(/accounts/wang)" class="inline">(<input type="hidden" name="role" value="administrator">)', page
    )
    assert form
    assert 'value="administrator"' not in boss.get("/admin").text.partition('id="jobs"')[0], (
        "not by who proposed it"
    )
    assert deputy.post(form[1], data=wanted, headers=SITE).status_code == 303
    assert role(app, "wang") == "administrator"
    assert deputy.post("/accounts/wang", data=wanted, headers=SITE).status_code == 409, "it is used up"


def test_an_invitation_of_an_administrator_and_a_clearing_need_two(
    plan: Path, make_app: Callable[..., Flask]
) -> None:
    app = make_app(plan, two_persons="yes")
    boss, deputy = administrators(app)
    assert boss.post("/accounts/invitations", data={"role": "reader"}, headers=SITE).status_code == 200
    for url, form in (
        ("/accounts/invitations", {"role": "administrator"}),
        ("/admin/storage/figures/clear", {"days": "0"}),
    ):
        assert boss.post(url, data=form, headers=SITE).status_code == 409
        assert boss.post(url, data=form, headers=SITE).status_code == 409
        assert deputy.post(url, data=form, headers=SITE).status_code in (200, 303)


def test_what_somebody_does_not_agree_to_is_let_go(plan: Path, make_app: Callable[..., Flask]) -> None:
    app = make_app(plan, two_persons="yes")
    boss, deputy = administrators(app)
    boss.post("/accounts/wang", data={"role": "administrator"}, headers=SITE)
    key = re.search(r"/admin/proposals/(\w+)/end", deputy.get("/admin").text)
    assert key
    assert deputy.post(f"/admin/proposals/{key[1]}/end", headers=SITE).status_code == 303
    assert deputy.post("/accounts/wang", data={"role": "administrator"}, headers=SITE).status_code == 409
    assert role(app, "wang") == "editor"


@pytest.mark.slow
def test_taking_a_layer_off_needs_two(plan: Path, make_app: Callable[..., Flask]) -> None:
    import json

    app = make_app(plan, two_persons="yes")
    boss, deputy = administrators(app)
    data = json.dumps({"type": "FeatureCollection", "features": [feature("a", point(104.05, 30.05))]}).encode()
    key = bring(boss, data, "a.geojson", SITE, step=10_000)
    assert finished(
        boss, boss.post(f"/api/uploads/{key}/import", json={"layer": "brought", "label_zh": "x"}, headers=SITE)
    )["rows"]
    assert boss.delete("/api/layers/brought?versions=removed", headers=SITE).status_code == 409
    assert boss.delete("/api/layers/brought?versions=removed", headers=SITE).status_code == 409
    assert boss.get("/api/layers/brought").status_code == 200
    assert deputy.delete("/api/layers/brought?versions=removed", headers=SITE).status_code == 200
    assert deputy.get("/api/layers/brought").status_code == 404
    assert state_of(app).library.store.versions("brought") == ()


def test_without_the_rule_one_is_enough(app: Flask) -> None:
    boss = sign_in_as(app, "administrator")
    assert boss.post("/accounts/invitations", data={"role": "administrator"}, headers=SITE).status_code == 200
    assert 'id="proposals"' not in boss.get("/admin").text
