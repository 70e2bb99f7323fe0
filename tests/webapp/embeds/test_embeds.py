"""Embeds: framed only where it is allowed, light and complete in a sandbox, pinned or following, links that end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from layers.library import editing
from layers.library.editing import Edit
from layers.library.library import Library
from webapp.state import state_of

pytestmark = pytest.mark.slow


@pytest.fixture
def app(plan: Path, make_app: Callable[..., Flask]) -> Iterator[Flask]:
    app = make_app(plan, frames=["https://intranet.example", "http://127.0.0.1:*"][0])
    yield app
    state_of(app).close()


def bearer(app: Flask, *scopes: str) -> dict[str, str]:
    made = state_of(app)
    return {"Authorization": "Bearer " + made.accounts.issue(made.keyring, scopes, days=1)[1]}


def test_only_embeds_may_be_framed_and_only_by_sites_of_the_setting(client: FlaskClient) -> None:
    found = client.get("/embed/map?v=on=zones")
    policy = found.headers["Content-Security-Policy"]
    assert found.status_code == 200
    assert "frame-ancestors 'self' https://intranet.example" in policy
    assert "X-Frame-Options" not in found.headers
    assert "unsafe" not in policy
    for url in ("/", "/about", "/render/map.png", "/export/map.html"):
        other = client.get(url)
        assert other.headers["X-Frame-Options"] == "SAMEORIGIN"
        assert "intranet.example" not in other.headers["Content-Security-Policy"]


def test_an_embed_says_which_data_it_shows(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    library: Library = state_of(app).library
    zones = library.layer("zones")
    name = str(library.snapshot(zones).content.ids[0])
    editing.edit(library, zones, [Edit(name, properties={"name_zh": "第一版"})], who="li", why="", expected=None)
    first = library.store.newest("zones")
    assert first
    then = f"{first.made_at[:17]}59" if first.made_at[17:19] != "59" else first.made_at[:19]
    pinned = client.get(f"/embed/map?v=on=zones&lang=zh&as_of={first.made_at[:19]}").text
    assert "第一版" in pinned
    assert f"数据截至 {first.made_at[:19]}" in pinned
    assert "有更新的数据" not in pinned
    monkeypatch.setattr("layers.store.records.journal_time", lambda: "2999-01-01T00:00:00+00:00")
    editing.edit(
        library, zones, [Edit(name, properties={"name_zh": "第二版"})], who="li", why="", expected=first.number
    )
    older = client.get(f"/embed/map?v=on=zones&lang=zh&as_of={first.made_at[:19]}").text
    assert "第一版" in older
    assert "有更新的数据" in older
    assert "有更新的数据" not in client.get("/embed/map?v=on=zones&lang=zh").text
    newest = library.store.newest("zones")
    assert newest
    assert library.as_of("2000-01-01").snapshot(zones).number == newest.number  # no version so old: as it is now
    assert "最新数据" in client.get("/embed/map?v=on=zones&lang=zh").text
    moment = first.made_at[:19]
    for said in (f"{moment}Z", f"{moment}.5Z", f"{moment}+00:00", f"{moment}%2B00:00", f"{moment[:-3]}-00:00"):
        assert "数据截至" in client.get(f"/embed/map?v=on=zones&lang=zh&as_of={said}").text, said
    assert "没有留存" not in older
    assert (
        "当时的数据没有留存，以下图层为现在的："
        in client.get("/embed/map?v=on=zones&lang=zh&as_of=2020-01-01").text
    )
    east = client.get("/embed/map?v=on=zones&lang=zh&as_of=2999-01-01T08:00:00%2B08:00").text
    assert "2999-01-01T00:00:00（UTC）" in east
    for said in (f"{then}x", "0001-01-01T00:00:00%2B08:00", "2026-11-30T25:00:00Z"):
        assert client.get(f"/embed/map?as_of={said}").status_code == 400, said


def test_earlier_data_come_back(app: Flask) -> None:
    library: Library = state_of(app).library
    zones = library.layer("zones")
    name = str(library.snapshot(zones).content.ids[0])
    made = [
        editing.edit(
            library,
            zones,
            [Edit(name, properties={"name_zh": text})],
            who="li",
            why="",
            expected=before.number if before else None,
        )
        for text in ("甲", "乙")
        for before in [library.store.newest("zones")]
    ]
    numbers = {m.made_at: m.number for m in made}
    for moment, number in numbers.items():
        assert library.as_of(moment).snapshot(zones).number == number
    assert library.snapshot(zones).number == made[-1].number


def test_restricted_layers_are_not_in_embeds(client: FlaskClient) -> None:
    for url in ("/embed/map?v=on=pipes,zones", "/embed/map?v=on=pipes&controls=yes"):
        text = client.get(url).text
        assert "Secret" not in text
        assert "绝密" not in text


def test_oembed_frames_our_own_addresses_only(client: FlaskClient) -> None:
    url = quote("http://localhost/#z=13&on=zones", safe="")
    told = client.get(f"/oembed?url={url}&maxwidth=400&lang=en").get_json()
    assert (told["version"], told["type"], told["width"]) == ("1.0", "rich", 400)
    assert told["html"].startswith("<iframe src=")
    assert "sandbox=" in told["html"]
    assert "on%3Dzones" in told["html"]
    for bad in (
        "http://elsewhere.example/",
        "http://localhost/about",
        "javascript:alert(1)",
        "http://localhost/embed/none",
    ):
        assert client.get(f"/oembed?url={quote(bad, safe='')}").status_code == 404
    assert client.get(f"/oembed?url={url}&format=xml").status_code == 501
    assert client.get(f"/oembed?url={url}&maxwidth=x").status_code == 400
    page = client.get("/").text
    assert 'type="application/json+oembed"' in page
    assert 'property="og:image"' in page


def test_a_link_opens_one_address_until_it_is_revoked(plan: Path, make_app: Callable[..., Flask]) -> None:
    app = make_app(plan, read="login")
    client = app.test_client()
    headers = bearer(app, "views:write")
    assert client.get("/embed/map?v=on=zones").status_code == 302
    made = client.post("/api/links", json={"path": "/embed/map?v=on%3Dzones", "days": 3}, headers=headers)
    told: dict[str, Any] = made.get_json()
    assert made.status_code == 201
    assert told["qr"].startswith("data:image/svg+xml")
    path = told["url"].removeprefix("http://localhost")
    assert client.get(path).status_code == 200
    assert client.get(path + "&lang=en&controls=yes").status_code == 200
    assert client.get(path.replace("zones", "sites")).status_code == 302, "another state is not what was signed"
    assert client.get(path.replace("/embed/map", "/embed/other")).status_code in (302, 404)
    assert client.get(path + "x").status_code == 401
    state_of(app).accounts.tokens.revoke(told["id"])
    assert client.get(path).status_code == 401
    for body in ({}, {"path": "/about"}, {"path": "/embed/map", "days": 0}, {"path": "/embed/map", "days": "x"}):
        assert client.post("/api/links", json=body, headers=headers).status_code == 400
    assert client.post("/api/links", json={"path": "/embed/map"}).status_code == 401
    state_of(app).close()


def test_a_link_too_long_for_its_code_is_refused_and_opens_nothing(client: FlaskClient, app: Flask) -> None:
    headers = bearer(app, "views:write")
    found = client.post("/api/links", json={"path": "/embed/map?v=" + "a" * 3900, "days": 1}, headers=headers)
    assert (found.status_code, found.get_json()["code"]) == (400, "bad_parameter"), found.text
    assert state_of(app).accounts.tokens.all("link") == []
