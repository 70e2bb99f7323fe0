"""Hostile text is text: in every page and every answer, whether it stands in a value, a key or the catalog."""

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.hostile_plan import ALL, KEY, TEXTS, write_hostile_plan


@pytest.fixture
def hostile(tmp_path: Path, make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.chdir(tmp_path)
    return make_app(write_hostile_plan(tmp_path / "h")).test_client()


class _Tags(HTMLParser):
    """Collects what a browser would act on."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


@pytest.mark.parametrize("url", ["/", "/unplaced", "/about", "/limits", "/nothing", "/?lang=en"])
def test_pages_show_it_and_run_nothing(hostile: FlaskClient, url: str, tmp_path: Path) -> None:
    found = hostile.get(url, headers={"Accept": "text/html"})
    assert found.status_code in (200, 404)
    tags = _Tags()
    tags.feed(found.text)
    for tag, attributes in tags.seen:
        assert tag not in ("img", "svg", "iframe", "object", "embed")
        assert not any(name.startswith("on") for name in attributes)
        assert not str(attributes.get("href", "")).startswith("javascript:")
        if tag == "script":
            assert "src" in attributes or attributes.get("type") == "application/json"
    assert not (tmp_path / "CANARY").exists()
    if url != "/nothing" and url != "/limits":
        assert "{{7*7}}" in found.text


@pytest.mark.parametrize(
    "url",
    [
        "/api/catalog",
        "/api/layers",
        "/api/layers/zones",
        "/layers/zones.geojson",
        "/features/zones/z-1",
        "/api/search?q=%E4%B8%9C%E5%8C%BA",
        "/api/openapi.json",
    ],
)
def test_answers_hold_it_unchanged_and_are_never_html(hostile: FlaskClient, url: str) -> None:
    found = hostile.get(url)
    assert found.status_code == 200
    assert "html" not in found.content_type
    assert found.headers["X-Content-Type-Options"] == "nosniff"
    held = json.dumps(json.loads(found.data), ensure_ascii=False)
    assert json.dumps(ALL, ensure_ascii=False)[1:-1] in held


def test_keys_are_data_too(hostile: FlaskClient) -> None:
    known = hostile.get("/features/zones/z-1").get_json()["properties"]
    assert known[KEY] == ALL
    assert known["__proto__"] == {"polluted": ALL}


def test_the_generated_script_and_style_hold_no_text_from_data(hostile: FlaskClient) -> None:

    page = hostile.get("/").text
    for link in re.findall(r'(/assets/map[^"]+)"', page):
        body = hostile.get(link).text
        assert not any(text in body for text in TEXTS)


@pytest.mark.parametrize("text", TEXTS)
def test_hostile_requests_are_answered_without_echoing_markup(hostile: FlaskClient, text: str) -> None:
    for url, query in (
        ("/layers/zones.geojson", {"where": text}),
        ("/layers/zones.geojson", {"bbox": text}),
        ("/layers/zones.geojson", {text: "1"}),
        ("/api/search", {"q": text[:90]}),
        ("/api/search", {"q": "a", "limit": text}),
        ("/", {"lang": text}),
    ):
        found = hostile.get(url, query_string=query, headers={"Accept": "text/html"})
        assert found.status_code in (200, 400, 413), (url, query)
        if "html" in found.content_type:
            assert "<img src=x" not in found.text
            assert "<svg onload" not in found.text


def test_background_tiles_hold_no_text(hostile: FlaskClient) -> None:
    tile = hostile.get("/basemap/12/3232/1688.svg").text
    assert "__x" not in tile
