"""Measured values of indicators: entered by editors, judged by the latest, taken back, and nothing lost of a refusal."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.webapp.accounts.test_every_write import PASSWORD
from webapp.http.access import SESSION
from webapp.state import state_of

DECLARED = """[indicators.{id}]
number = 1
group = {{zh = "经济", en = "Economy"}}
name = {{zh = "地区生产总值", en = "Gross regional product"}}
unit = {{zh = "亿元", en = "100 million yuan"}}
values = {{2020 = 701, 2024 = 935, 2025 = 1000}}
raw = {{2020 = "701", 2024 = "935", 2025 = "1000"}}
lines = [249]
"""
REFUSED = [
    ("1,000", "2024-12-31", "x", "without thousands signs"),
    ("nan", "2024-12-31", "x", "a number is expected"),
    ("1e999", "2024-12-31", "x", "a number is expected"),
    ("900", "2024-02-30", "x", "the day it was measured"),
    ("900", "9999-12-31", "x", "not after today"),
    ("900", "2024-12-31", "  ", "say where it is from"),
    ("900", "2024-12-31", "a\u202eb", "say where it is from"),
]


@pytest.fixture
def app(plan: Path, make_app: Callable[..., Flask]) -> Flask:
    (plan / "indicators.toml").write_text(DECLARED.format(id="i-01") + DECLARED.format(id="i-02"), "utf-8")
    return make_app(plan)


@pytest.fixture
def editor(app: Flask) -> FlaskClient:
    accounts = state_of(app).accounts
    accounts.follow(accounts.link("first", "administrator"), "li", PASSWORD)
    client = app.test_client()
    client.set_cookie(SESSION, accounts.sessions.sign_in("li", PASSWORD, address="127.0.0.1"))
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return client


def enter(editor: FlaskClient, value: str, day: str, source: str = "统计公报 <b>2024</b>") -> int:
    sent = {"value": value, "day": day, "source": source}
    return editor.post("/indicators/i-01/measured?lang=en", data=sent).status_code


def card(client: FlaskClient) -> str:
    page = client.get("/indicators?lang=en").get_data(as_text=True)
    return page.partition('<section class="tile" id="i-01">')[2].partition("</section>")[0]


def standing(client: FlaskClient, when: str = "") -> str:
    """Return how an indicator stands, on the page as on the dashboard."""
    told = client.get("/api/dashboard", query_string={"when": when}).get_json()["indicators"]
    found = next(one["standing"] for one in told if one["id"] == "i-01")
    if not when:
        assert f'class="standing {found}"' in card(client)
    return str(found)


def test_the_verdict_follows_what_was_measured(editor: FlaskClient, app: Flask) -> None:
    visitor = app.test_client()
    assert standing(editor) == "undecided" and "Enter a measured value" in card(editor)
    assert 'href="/login?next=/indicators"' in visitor.get("/indicators?lang=en").get_data(as_text=True)
    assert "<form" not in card(visitor) and enter(visitor, "900", "2024-12-31") == 401

    assert enter(editor, "930.5", "2024-12-31") == 303 and standing(editor) == "behind", "935 were foreseen"
    assert enter(editor, "930.5", "2024-12-31") == 303 and "Values entered: 1" in card(editor), "pressed twice"
    assert standing(editor, "2023-06-30") == "undecided", "not measured yet on that day"
    assert "930.5" in card(visitor) and "&lt;b&gt;2024" in card(visitor) and "by li" not in card(visitor)
    assert enter(editor, "940", "2024-12-31") == 303 and standing(visitor) == "on_the_way", (
        "the later entry counts"
    )
    assert enter(editor, "1000", "2025-12-31") == 303 and standing(visitor) == "met"

    assert editor.post("/indicators/i-01/measured/3", data={"ended": "yes"}).status_code == 303
    assert standing(visitor) == "on_the_way" and "<del>1000" in card(visitor) and "back by li" in card(editor)
    assert editor.post("/indicators/i-01/measured/3").status_code == 303 and standing(visitor) == "met"
    for address in (
        "i-01/measured/9",
        "i-02/measured/3",
        f"i-01/measured/{2**64}",
        "none/measured",
        "none/measured/3",
    ):
        assert editor.post(f"/indicators/{address}", data={"ended": "yes"}).status_code == 404, address


def test_what_is_refused_comes_back_in_the_form(editor: FlaskClient) -> None:
    for value, day, source, why in REFUSED:
        sent = {"value": value, "day": day, "source": source}
        answer = editor.post("/indicators/i-01/measured?lang=en", data=sent)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 400 and re.search(rf'role="alert">[^<]*{why}', page), (value, day)
        assert f'value="{value}"' in page and f'value="{day}"' in page and f'value="{source}"' in page
    assert "Values entered" not in card(editor) and standing(editor) == "undecided"
