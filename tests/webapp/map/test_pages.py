"""The pages: both languages, remembered; same bytes; 304; the shell needs no inline script or style."""

import re

import pytest
from flask.testing import FlaskClient

PAGES = ("/", "/unplaced", "/about", "/limits")


@pytest.mark.parametrize("url", PAGES)
@pytest.mark.parametrize(("lang", "title"), [("zh", "河谷园区规划"), ("en", "Valley zone plan")])
def test_a_page_speaks_the_language_asked_for(client: FlaskClient, url: str, lang: str, title: str) -> None:
    text = client.get(f"{url}?lang={lang}").text
    assert re.search(r'<html lang="(.+?)">', text).group(1) == {"zh": "zh-CN", "en": "en"}[lang]
    assert title in re.search(r"<title>(.*?)</title>", text).group(1)
    assert title in client.get(url).text, "the choice is remembered"


def test_the_browsers_language_is_used_first_and_chinese_otherwise(client: FlaskClient) -> None:
    assert "Valley zone plan" in client.get("/", headers={"Accept-Language": "en-GB,en;q=0.8"}).text
    assert "河谷园区规划" in client.get("/", headers={"Accept-Language": "zh-CN"}).text
    assert "河谷园区规划" in client.get("/").text


@pytest.mark.parametrize(
    "url", [*PAGES, "/api/catalog", "/layers/zones.geojson", "/basemap/12/3232/1690.svg", "/api/openapi.json"]
)
def test_unchanged_answers_are_304_and_the_same_bytes(client: FlaskClient, url: str) -> None:
    first = client.get(url)
    assert first.status_code == 200
    assert client.get(url).data == first.data
    again = client.get(url, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    packed = client.get(url, headers={"Accept-Encoding": "br"})
    kept = {"If-None-Match": packed.headers["ETag"], "Accept-Encoding": "br"}
    assert client.get(url, headers=kept).status_code == 304


def test_the_shell_has_nothing_inline_and_only_local_hashed_files(client: FlaskClient) -> None:
    text = client.get("/").text
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", text)
    assert all('src="/' in tag or 'type="application/json"' in tag for tag in re.findall(r"<script[^>]*>", text))
    links = re.findall(r'(?:src|href)="(/(?:assets|static)[^"]+)"', text)
    assert len(links) > 8
    for link in links:
        assert re.search(r"[0-9a-f]{16}", link)
    for link in (one for one in links if one.startswith("/assets/")):
        found = client.get(link)
        assert found.status_code == 200
        assert "immutable" in found.headers["Cache-Control"]
        assert b"https://cdn" not in found.data


def test_what_is_not_on_the_map_is_listed_with_its_reason(client: FlaskClient) -> None:
    text = client.get("/unplaced?lang=en").text
    assert "sign in as an editor" in text, "who wants to place one is told how"
    assert "Plant Two" in text
    assert "The document states no place" in text
    assert "Plant One" not in text
    assert "原文未写位置" in client.get("/unplaced?lang=zh").text


def test_the_about_page_shows_anomalies_and_versions(client: FlaskClient) -> None:
    text = client.get("/about?lang=en").text
    assert "The unit is not clear" in text
    version = client.get("/api/layers/zones").get_json()["version"]
    assert version[:12] in text


def test_assets_and_static_files_of_another_build_are_not_found(client: FlaskClient) -> None:
    assert client.get("/static/0000000000000000/js/main.js").status_code == 404
    assert client.get("/assets/leaflet-0000000000000000.js").status_code == 404
    assert client.get("/static/../webapp/cli.py").status_code == 404
    assert client.get("/assets/%2e%2e/package.json").status_code == 404


@pytest.mark.parametrize("path", ["/about", "/unplaced", "/statistics", "/dashboard"])
def test_the_page_one_is_on_is_marked_in_the_row_of_links(client: FlaskClient, path: str) -> None:
    marked = re.findall(r'<a href="([^"]+)" aria-current="page">', client.get(path).text)
    assert marked == [path]
