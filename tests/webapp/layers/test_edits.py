"""Editing over HTTP: versions, conflicts, undo, going back; nobody without the right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.small_plan import feature, point, write_layer
from tests.timely_plan import write_timely_plan
from webapp.accounts.accounts import Accounts
from webapp.http.access import Keyring
from webapp.state import state_of

pytestmark = pytest.mark.slow


@pytest.fixture
def token(tmp_path: Path) -> dict[str, str]:
    return {
        "Authorization": "Bearer "
        + Accounts(tmp_path / "instance").issue(Keyring(tmp_path / "instance"), ("layers:write",), days=1)[1]
    }


def sent(client: FlaskClient, path: str, token: dict[str, str], **body: Any) -> Any:
    return client.post(path, json=body, headers=token)


def test_a_project_is_placed_moved_and_the_move_taken_back(
    client: FlaskClient, plan: Path, token: dict[str, str]
) -> None:
    write_layer(
        plan,
        "sites",
        [feature("s-1", None, name_zh="一号厂房", position="unplaced"), feature("s-2", point(104.1, 30.1))],
    )
    for _ in range(2):  # made, and then kept
        assert client.get("/api/layers/sites/timeline").json["placed"] == 1
    placed = sent(
        client,
        "/api/layers/sites/edits",
        token,
        expected=None,
        why="现场踏勘",
        edits=[{"feature": "s-1", "geometry": point(104.05, 30.05)}],
    )
    assert placed.status_code == 200
    assert (placed.json["number"], placed.json["kind"], placed.json["why"]) == (2, "edit", "现场踏勘")
    assert client.get("/api/layers/sites/timeline").json["placed"] == 2
    now = client.get("/features/sites/s-1").json
    assert now["geometry"]["coordinates"] == [104.05, 30.05]
    assert now["properties"]["position"] == "approximate"
    moved = sent(
        client,
        "/api/layers/sites/edits",
        token,
        expected=2,
        edits=[{"feature": "s-1", "geometry": point(104.06, 30.05)}],
    )
    assert moved.json["number"] == 3
    assert sent(client, "/api/layers/sites/undo", token).json["number"] == 4
    assert client.get("/features/sites/s-1").json["geometry"]["coordinates"] == [104.05, 30.05]
    assert sent(client, "/api/layers/sites/undo", token).json["number"] == 5
    assert client.get("/features/sites/s-1").json["geometry"] is None
    assert sent(client, "/api/layers/sites/undo", token).status_code == 409
    assert [v["number"] for v in client.get("/api/layers/sites/versions").json["versions"]] == [5, 4, 3, 2, 1]
    changes = client.get("/api/layers/sites/versions/3").json["changes"]
    assert changes[0]["before"]["geometry"]["coordinates"] == [104.05, 30.05]
    assert sent(client, "/api/layers/sites/restore", token, version=3).json["kind"] == "restore"
    assert client.get("/features/sites/s-1").json["geometry"]["coordinates"] == [104.06, 30.05]
    assert len(client.get("/layers/sites.geojson?version=1").json["features"]) == 2
    assert client.get("/layers/sites.geojson?version=77").status_code == 404


def test_the_second_editor_is_told_and_nothing_is_overwritten(client: FlaskClient, token: dict[str, str]) -> None:
    first = sent(
        client,
        "/api/layers/zones/edits",
        token,
        expected=None,
        edits=[{"feature": "z-1", "properties": {"name_zh": "甲"}}],
    )
    assert first.status_code == 200
    second = sent(
        client,
        "/api/layers/zones/edits",
        token,
        expected=None,
        edits=[{"feature": "z-1", "properties": {"name_zh": "乙"}}],
    )
    assert second.status_code == 409
    assert "z-1" in second.json["title_zh"]
    assert client.get("/features/zones/z-1").json["properties"]["name_zh"] == "甲"


@pytest.mark.parametrize(
    "edit",
    [
        {"feature": "z-1", "properties": {"surprise": 1}},
        {"feature": "z-1", "properties": {"kind": "no such kind"}},
        {"feature": "z-1", "properties": {"name_zh": 7}},
        {"feature": "z-1", "geometry": {"type": "Point", "coordinates": [104, 30]}},
        {
            "feature": "z-1",
            "geometry": {"type": "Polygon", "coordinates": [[[30, 104], [31, 104], [31, 105], [30, 104]]]},
        },
        {"geometry": {"type": "Polygon", "coordinates": [[["a", 1]]]}},
    ],
)
def test_what_the_layer_cannot_hold_is_refused_and_leaves_no_version(
    client: FlaskClient, token: dict[str, str], edit: dict[str, Any]
) -> None:
    answer = sent(client, "/api/layers/zones/edits", token, expected=None, edits=[edit])
    assert answer.status_code == 422
    assert answer.json["title_zh"]
    assert client.get("/api/layers/zones/versions").json["versions"] == []


def test_a_date_is_a_day_a_month_or_a_year_of_the_calendar(
    tmp_path: Path, make_app: Callable[..., Flask], token: dict[str, str]
) -> None:
    client = make_app(write_timely_plan(tmp_path / "timely")).test_client()
    for date, status in {"2021-13": 422, "2021-02-30": 422, "soon": 422, "2021-02": 200}.items():
        edits = [{"feature": "s-0", "properties": {"begins": date}}]
        made = sent(client, "/api/layers/sites/edits", token, expected=None, edits=edits)
        assert made.status_code == status, (date, made.json)


@pytest.mark.parametrize("path", ["edits", "undo", "restore"])
def test_nobody_writes_without_the_right(client: FlaskClient, tmp_path: Path, path: str) -> None:
    assert client.post(f"/api/layers/zones/{path}", json={}).status_code == 401
    weak = Accounts(tmp_path / "instance").issue(Keyring(tmp_path / "instance"), ("restricted:read",), days=1)[1]
    assert (
        client.post(f"/api/layers/zones/{path}", json={}, headers={"Authorization": f"Bearer {weak}"}).status_code
        == 403
    )


def test_a_changed_file_is_reported_once_it_was_edited(
    client: FlaskClient, plan: Path, token: dict[str, str]
) -> None:
    sent(
        client,
        "/api/layers/sites/edits",
        token,
        expected=None,
        edits=[{"feature": "s-1", "properties": {"name_zh": "改"}}],
    )
    write_layer(plan, "sites", [feature("other", point(104.1, 30.1))])
    told = client.get("/api/layers/sites").json
    assert [p["code"] for p in told["problems"]] == ["file_changed"]
    assert client.get("/features/sites/s-1").json["properties"]["name_zh"] == "改"


def test_figures_follow_the_edited_version(
    plan: Path, make_app: Callable[..., Flask], token: dict[str, str]
) -> None:
    client = make_app(plan).test_client()
    before = client.get("/api/layers/zones").json
    sent(client, "/api/layers/zones/edits", token, expected=None, edits=[{"feature": "z-1", "gone": True}])
    after = client.get("/api/layers/zones").json
    assert after["count"] == before["count"] - 1
    assert after["version"] != before["version"]
    assert after["number"] == 2


def test_what_changed_between_two_versions(
    app: Flask, client: FlaskClient, plan: Path, token: dict[str, str]
) -> None:
    sites = [feature(f"s-{i}", point(104.1, 30.1), name_zh="旧") for i in (1, 2, 3)]
    write_layer(plan, "sites", [*sites, feature("s-4", None, name_zh="未上图")])
    edits = [
        {"feature": "s-1", "gone": True},
        {"feature": "s-4", "geometry": point(104.3, 30.1)},
        {"feature": "s-2", "geometry": point(104.2, 30.1), "properties": {"name_zh": "新"}},
        {"geometry": point(104, 30)},
    ]
    sent(client, "/api/layers/sites/edits", token, expected=None, edits=edits)
    try:
        told = client.get("/api/layers/sites/compare?before=1&after=2").json
        back = client.get("/api/layers/sites/compare?before=2&after=1").json
    finally:
        state_of(app).close()
    assert (told["removed"], told["unchanged"], len(told["added"])) == (["s-1"], 1, 1)
    assert [(c["feature"], c["geometry_changed"]) for c in told["changed"]] == [("s-2", True), ("s-4", True)]
    assert {"field": "name_zh", "before": "旧", "after": "新"} in told["changed"][0]["values"]
    assert (back["added"], back["removed"]) == (told["removed"], told["added"])
    assert client.get("/api/layers/sites/compare?before=1&after=9").status_code == 404
    assert client.get("/api/layers/sites/compare?before=x").status_code == 400
