"""Sites over HTTP: rules, checks, dossiers, drawn sites kept for as long as they are wanted."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient

from tests.webapp.conftest import issue
from webapp.accounts.storage import clear
from webapp.jobs.routes import look_in_worker
from webapp.sites import dossiers
from webapp.sites.ahead import LookAhead, sites_ahead
from webapp.sites.kept import KeptSites, TooManySites, UnknownSite
from webapp.state import state_of

RULES = """
[sites]
layers = ["zones"]
[industries.chemical]
label = {zh = "化工", en = "chemicals"}
words = ["化工"]
[rules.river]
label = {zh = "离河", en = "Away from rivers"}
text = {zh = "距河 100 米", en = "100 m from rivers"}
source = {zh = "测试第 1 行", en = "tests, line 1"}
read = "read"
kind = "keep_distance"
severity = "forbids"
distance_m = 100
layers = {from = {layer = "rivers"}}
[rules.red_line]
label = {zh = "红线", en = "Red line"}
text = {zh = "红线", en = "red line"}
source = {zh = "测试", en = "tests"}
kind = "no_overlap"
severity = "forbids"
layers = {of = {layer = "red_line", label = {zh = "生态红线", en = "ecological red line"}}}
"""
SQUARE = [[104.01, 30.01], [104.012, 30.01], [104.012, 30.012], [104.01, 30.012], [104.01, 30.01]]
POLYGON = {"type": "Polygon", "coordinates": [SQUARE]}
SAME = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def ruled(plan: Path, make_app: Callable[..., Flask]) -> FlaskClient:
    (plan / "rules.toml").write_text(RULES, "utf-8")
    return make_app(plan).test_client()


def asked(client: FlaskClient, path: str, body: dict[str, Any]) -> Any:
    return client.post(path, json=body, headers=SAME)


def test_a_plan_without_rules_says_so_everywhere(client: FlaskClient) -> None:
    assert client.get("/api/rules").get_json()["declared"] is False
    found = asked(client, "/api/sites/check", {"polygon": POLYGON}).get_json()
    assert found["verdict"] is None
    assert "rules.toml" in found["said"]["en"]
    page = client.get("/sites/zones/z-1?lang=en")
    assert page.status_code == 200
    assert "rules.toml" in page.text


def test_the_rules_can_be_read(ruled: FlaskClient) -> None:
    told = ruled.get("/api/rules").get_json()
    assert (told["declared"], told["sites"], told["problems"]) == (True, ["zones"], [])
    assert [one["id"] for one in told["rules"]] == ["river", "red_line"]
    assert told["rules"][0]["read_label"]["en"] == "read"
    assert {one["id"] for one in told["kinds"]} >= {"no_overlap", "keep_distance", "within"}


def test_a_drawn_outline_a_place_and_a_feature_are_checked(ruled: FlaskClient) -> None:
    for body in (
        {"polygon": POLYGON, "name": "甲"},
        {"lon": 104.011, "lat": 30.011},
        {"layer": "zones", "feature": "z-1"},
    ):
        answer = asked(ruled, "/api/sites/check", body)
        assert answer.status_code == 200, answer.text
        found = answer.get_json()
        by_rule = {one["rule"]["id"]: one for one in found["rules"]}
        assert by_rule["red_line"]["verdict"] == "needs_layer"
        assert by_rule["red_line"]["told"]["en"] == "needs the layer: ecological red line"
        assert found["verdict"] != "allowed"
        assert sum(found["counts"].values()) == 2


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"polygon": 1},
        {"polygon": {"type": "Polygon", "coordinates": []}},
        {"lon": 104},
        {"lon": 999, "lat": 1},
        {"layer": 1, "feature": "x"},
        {"polygon": POLYGON, "industries": ["none"]},
        {"polygon": POLYGON, "uncertainty_m": -1},
        {"polygon": POLYGON, "day": "yesterday"},
        {"polygon": POLYGON, "day": "2021-13-45"},
        {"polygon": POLYGON, "name": "x" * 400},
        {"polygon": POLYGON, "colour": "red"},
        {"polygon": POLYGON, "lon": 104.011, "lat": 30.011},
        {"layer": "zones", "feature": "z-1", "lon": 104.011, "lat": 30.011},
        {"layer": "zones", "feature": "z-1", "name": "x"},
        {"layer": "zones", "feature": "z-1", "uncertainty_m": 5},
    ],
)
def test_what_means_nothing_is_a_clear_400(ruled: FlaskClient, body: dict[str, Any]) -> None:
    answer = asked(ruled, "/api/sites/check", body)
    assert answer.status_code == 400
    assert answer.get_json()["title_zh"]


def test_who_does_not_exist_has_no_dossier(ruled: FlaskClient) -> None:
    for path in ("/sites/none/x", "/sites/zones/none", "/sites/@drawn/0123456789ab", "/api/sites/zones/none"):
        assert ruled.get(path).status_code == 404, path
    assert ruled.get("/sites/@drawn/here").status_code == 400


def test_the_facts_of_a_site_come_without_its_check_when_asked(ruled: FlaskClient) -> None:
    facts = ruled.get("/api/sites/zones/z-1?check=no").get_json()
    whole = ruled.get("/api/sites/zones/z-1").get_json()
    assert whole["check"]["rules"]
    assert (facts["check"]["verdict"], facts["check"]["rules"]) == (None, [])
    for part in ("site", "keys", "where", "within", "nearest", "neighbours", "watch"):
        assert facts[part] == whole[part], part
    assert ruled.get("/api/sites/zones/z-1?check=later").status_code == 400
    assert ruled.get("/api/sites/zones/z-1?check=no").get_json() == whole, "what is known is no longer waited for"


def test_a_check_is_worked_out_once_for_one_state_of_the_plan(
    ruled: FlaskClient, plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[object] = []

    def look(*args: Any, **how: Any) -> Any:
        looked.append(args)
        return look_in_worker(*args, **how)

    monkeypatch.setattr(dossiers, "look_in_worker", look)
    state = state_of(ruled.application)

    def rules() -> list[str]:
        drawn = asked(ruled, "/api/sites/check", {"polygon": POLYGON}).get_json()
        feature = ruled.get("/api/sites/zones/z-1").get_json()["check"]
        named = [sorted(one["rule"]["id"] for one in found["rules"]) for found in (drawn, feature)]
        assert named[0] == named[1]
        return named[0]

    assert [rules() for _ in range(2)] == [["red_line", "river"]] * 2
    assert len(looked) == 2, "the outline's check and the feature's dossier, each once"
    (plan / "rules.toml").write_text(RULES.replace("[rules.red_line]", "[rules.green_line]"), "utf-8")
    assert rules() == ["green_line", "river"], "another rule is another check"
    assert len(looked) == 4
    number = state.library.store.newest("rivers")
    ruled.post(
        "/api/layers/rivers/edits",
        json={"expected": number, "edits": [{"feature": "r-1", "properties": {"name_zh": "新河"}}]},
        headers=issue(ruled.application, "layers:write"),
    )
    ruled.get("/api/sites/zones/z-1")
    assert len(looked) == 5, "another river is another dossier"


def test_sites_are_looked_at_ahead(ruled: FlaskClient, plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = state_of(ruled.application)
    ahead = LookAhead(state)
    asked_for = [one.feature for one in sites_ahead(state.library, 9)]
    assert asked_for == [str(one) for one in state.library.snapshot(state.library.layer("zones")).features.ids]
    ahead.catch_up()
    monkeypatch.setattr(dossiers, "look_in_worker", lambda *_args, **_how: pytest.fail("it was not known"))
    for feature in asked_for:
        for end in ("", "?check=no"):
            assert ruled.get(f"/api/sites/zones/{feature}{end}").get_json()["check"]["rules"], feature
    monkeypatch.setattr(ahead, "_told", lambda _some: pytest.fail("it is known"))
    ahead.catch_up()
    (plan / "rules.toml").unlink()
    assert sites_ahead(state.library, 9) == []


@pytest.mark.parametrize(("lang", "word"), [("zh", "地块档案"), ("en", "Site dossier")])
def test_a_dossier_is_the_same_as_page_and_json(ruled: FlaskClient, lang: str, word: str) -> None:
    told = ruled.get("/api/sites/zones/z-1").get_json()
    page = ruled.get(f"/sites/zones/z-1?lang={lang}")
    assert page.status_code == 200
    for text in (word, told["site"]["name"][lang], told["check"]["said"][lang], told["quote"]):
        assert text in page.text, text
    for fact in (*told["keys"], *told["where"]):
        assert fact["label"][lang] in page.text
    assert not re.findall(
        r"<script(?![^>]*\ssrc=\"/static/)", page.text.replace('<script type="application/json"', "")
    )


def test_a_drawn_site_needs_no_keeping_for_its_address(ruled: FlaskClient) -> None:
    corners = ";".join(f"{lat},{lon}" for lon, lat in SQUARE[:-1])
    told = ruled.get(f"/api/sites/@drawn/{corners}?name=候选&industries=chemical").get_json()
    assert told["site"]["name"]["zh"] == "候选"
    assert told["site"]["industries"] == ["chemical"]
    assert told["site"]["area_m2"] == pytest.approx(42_800, rel=0.01)
    assert ruled.get(f"/sites/@drawn/{corners}").status_code == 200


def test_a_drawn_site_is_kept_and_let_go(ruled: FlaskClient) -> None:
    answer = asked(ruled, "/api/sites", {"polygon": POLYGON, "name": "候选<b>"})
    assert answer.status_code == 201
    kept = answer.get_json()
    page = ruled.get(kept["link"])
    assert page.status_code == 200
    assert "候选&lt;b&gt;" in page.text
    assert ruled.delete(f"/api/sites/{kept['id']}", headers=SAME).status_code == 401


def test_a_kept_site_is_as_unsure_as_it_was_drawn(ruled: FlaskClient) -> None:
    body = {"polygon": POLYGON, "uncertainty_m": 20_000}
    told = asked(ruled, "/api/sites/check", body).get_json()
    kept = asked(ruled, "/api/sites", body).get_json()
    opened = ruled.get(f"/api/sites/@drawn/{kept['id']}").get_json()
    assert opened["site"]["uncertainty_m"] == 20_000
    by_rule = [{one["rule"]["id"]: one["verdict"] for one in found["rules"]} for found in (told, opened["check"])]
    assert by_rule[0] == by_rule[1] and by_rule[0]["river"] == "undecided"


def test_a_kept_site_is_let_go_by_who_keeps_it_or_an_administrator(
    plan: Path, make_app: Callable[..., Flask]
) -> None:
    app = make_app(plan)
    client, kept = app.test_client(), KeptSites(state_of(app).instance, most=9, days=30)
    outline = bytes(shapely.to_wkb(shapely.box(104.01, 30.01, 104.02, 30.02)))
    theirs, nobodys = (kept.add("a", outline, (), owner) for owner in ("somebody", ""))
    refused = client.delete(f"/api/sites/{theirs.id}", headers=issue(app, "views:write"))
    assert (refused.status_code, refused.get_json()["code"]) == (403, "not_your_site")
    assert client.delete(f"/api/sites/{nobodys.id}", headers=issue(app, "views:write")).status_code == 200
    assert client.delete(f"/api/sites/{theirs.id}", headers=issue(app, "views:write", "admin")).status_code == 200


def test_a_file_of_the_first_form_keeps_its_sites(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "sites.sqlite") as file:
        file.execute(
            "CREATE TABLE site (id TEXT PRIMARY KEY, name TEXT NOT NULL, outline BLOB NOT NULL, "
            "industries TEXT NOT NULL, owner TEXT NOT NULL, made_at TEXT NOT NULL, opened_at TEXT NOT NULL)"
        )
        file.execute("INSERT INTO site VALUES ('0123456789ab', 'a', x'00', '', '', '2999', '2999')")
        file.execute("PRAGMA user_version=1")
    kept = KeptSites(tmp_path, most=9, days=30)
    assert kept.find("0123456789ab").uncertainty_m == 0.0
    assert kept.find(kept.add("b", b"x", (), "", uncertainty_m=5.0).id).uncertainty_m == 5.0


def test_what_nobody_opens_passes_and_makes_room(tmp_path: Path) -> None:
    kept = KeptSites(tmp_path, most=1, days=30)
    first = kept.add("a", b"x", (), "")
    assert kept.find(first.id).name == "a"
    with pytest.raises(TooManySites):
        kept.add("b", b"x", (), "")
    passed = KeptSites(tmp_path, most=1, days=-1)
    with pytest.raises(UnknownSite):
        passed.find(first.id)
    second = passed.add("b", b"y", ("ic",), "who")
    assert kept.find(second.id).industries == ("ic",)
    kept.drop(second.id)
    with pytest.raises(UnknownSite):
        kept.find(second.id)


def test_visitors_fill_no_place_for_good(tmp_path: Path, app: Flask) -> None:
    kept = KeptSites(tmp_path, most=2, days=30)
    visitors = [kept.add(name, b"x", (), "") for name in "ab"]
    own = kept.add("c", b"x", (), "who")
    with pytest.raises(UnknownSite):
        kept.find(visitors[0].id)
    assert kept.find(visitors[1].id).name == "b", "the one opened longest ago makes room"
    with pytest.raises(TooManySites, match="admin clear sites"):
        kept.add("d", b"x", (), "")
    assert clear("sites", tmp_path, state_of(app).shelf, state_of(app).library, days=1) == 0
    assert clear("sites", tmp_path, state_of(app).shelf, state_of(app).library, days=-1) == 2
    with pytest.raises(UnknownSite):
        kept.find(own.id)
    assert clear("sites", tmp_path / "none", state_of(app).shelf, state_of(app).library, days=0) == 0


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_sheet_is_one_page(ruled: FlaskClient, lang: str) -> None:
    import pypdfium2

    answer = ruled.get(f"/site-sheets/pdf/zones/z-1?lang={lang}")
    assert answer.status_code == 200, answer.text
    book = pypdfium2.PdfDocument(answer.data)
    assert len(book) == 1
    width, height = book[0].get_size()
    assert (round(width), round(height)) == (595, 842), "A4 in points"
    text = book[0].get_textpage().get_text_bounded()
    told = ruled.get("/api/sites/zones/z-1").get_json()
    assert told["site"]["name"][lang] in text
    assert told["check"]["verdict_label"][lang] in text
    assert ruled.get("/site-sheets/svg/zones/z-1").status_code == 400
