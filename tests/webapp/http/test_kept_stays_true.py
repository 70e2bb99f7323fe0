"""What is kept ready never outlives what it was made of, whatever way that changes; and tells nobody more."""

from __future__ import annotations

import io
import os
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from lxml import etree

from tests.landuse_plan import write_landuse_plan
from tests.small_plan import feature, point, write_layer
from tests.timely_plan import write_timely_plan
from tests.webapp.operations import SITE, sign_in_as
from webapp.http.compressing import PackedAnswers
from webapp.state import state_of

_TOLD = ("/api/catalog", "/api/layers", "/about")
_OF_LAYERS = ("/api/search?q=a", "/layers/sites.geojson", "/api/layers/sites/rows", "/api/layers/zones/values")
_AMOUNT = """[[layers.sites.fields]]
id = "amount"
label = {zh = "额", en = "Amount"}
type = "number"
measure = "additive"
unit = "m2"
decimals = 1
"""
_BEGINS = '[[layers.sites.fields]]\nid = "begins"'


def _put(folder: Path, before: str, after: str) -> None:
    """Put another catalog in the place of the one there, of the very same time."""
    path = folder / "catalog.toml"
    text, told = path.read_text("utf-8"), path.stat()
    assert before in text
    (folder / "other").write_text(text.replace(before, after), "utf-8")
    os.utime(folder / "other", ns=(told.st_atime_ns, told.st_mtime_ns))
    (folder / "other").replace(path)


def test_a_catalog_as_large_put_there_within_a_tick_is_read(
    tmp_path: Path, make_app: Callable[..., Flask]
) -> None:
    folder = write_landuse_plan(tmp_path / "plan")
    client = make_app(folder).test_client()
    assert "#554433" not in client.get("/api/catalog").text
    _put(folder, "#334455", "#554433")
    assert "#554433" in client.get("/api/catalog").text


def test_what_a_layer_is_called_now_is_told_with_rounded_shapes_too(
    tmp_path: Path, make_app: Callable[..., Flask]
) -> None:
    folder = write_landuse_plan(tmp_path / "plan")
    client = make_app(folder, decimals="6").test_client()
    before = {url: client.get(url).data for url in _OF_LAYERS}
    _put(folder, '"Sites"', '"Works"')
    _put(folder, '[[layers.zones.fields]]\nid = "kind"', '[[layers.zones.fields]]\nid = "kinds"')
    afresh = make_app(folder, decimals="6").test_client()
    now = {url: client.get(url).data for url in _OF_LAYERS}
    assert now == {url: afresh.get(url).data for url in _OF_LAYERS}
    assert now["/api/search?q=a"] != before["/api/search?q=a"]


def test_a_file_changed_under_its_edits_is_told_at_once(tmp_path: Path, make_app: Callable[..., Flask]) -> None:
    folder = write_landuse_plan(tmp_path / "plan")
    app = make_app(folder)
    client = sign_in_as(app, "editor")
    edits = [{"feature": "s-1", "properties": {"name_zh": "新名厂", "name_en": "Newname works"}}]
    body = {"edits": edits, "why": "renamed", "expected": None}
    assert client.post("/api/layers/sites/edits", json=body, headers=SITE).status_code == 200
    before = [client.get(url).text for url in _TOLD]
    write_layer(folder, "sites", [feature("s-9", point(104.07, 30.07), name_zh="九", name_en="Nine")])
    now = [client.get(url).text for url in _TOLD]
    assert not any("现用已编辑的版本" in one for one in before)
    assert all("现用已编辑的版本" in one for one in now)


def test_the_plans_day_decides_the_states_of_a_table(tmp_path: Path, make_app: Callable[..., Flask]) -> None:
    folder = write_timely_plan(tmp_path / "plan")
    client = make_app(folder).test_client()
    urls = ("/api/layers/sites/rows?columns=state", "/api/layers/sites/rows?columns=state&when=2024-05-01")
    before = [client.get(url).get_json()["rows"] for url in urls]
    _put(folder, 'document_date = "2024-05-01"', 'document_date = "2027-05-01"')
    now = [client.get(url).get_json()["rows"] for url in urls]
    assert before[0] == before[1] == now[1] != now[0]


@pytest.fixture
def overflowing(tmp_path: Path, make_app: Callable[..., Flask]) -> Flask:
    """A layer whose numbers are legal and whose sum no number holds, with names that are formulas."""
    folder = write_timely_plan(tmp_path / "plan")
    hostile = {"name_zh": '=HYPERLINK("http://x")', "name_en": "a\x01b", "=cmd|x": "+1", "\x02col": "-2"}
    told = {"begins": "2023", "ends": "2025", **hostile}
    amounts = (1e308, 1e308, -1e308, 5e-324, 1.0, 2.5)
    where = point(104.06, 30.06)
    write_layer(folder, "sites", [feature(f"=s{n}", where, amount=one, **told) for n, one in enumerate(amounts)])
    _put(folder, _BEGINS, _AMOUNT + _BEGINS)
    return make_app(folder)


def test_numbers_too_large_to_add_up_are_counted_as_not_known(overflowing: Flask) -> None:
    client = overflowing.test_client()
    totals = client.get("/api/layers/sites/rows").get_json()["totals"]
    assert [(one["sum"], one["known"], one["unknown"]) for one in totals] == [(3.5, 3, 3)]
    for field in ("amount", "state"):
        told = client.get(f"/api/layers/sites/distribution?field={field}&measure=amount")
        assert told.status_code == 200, told.text
        assert sum(one["count"] for one in told.get_json()["bars"]) == 6


def test_a_workbook_of_hostile_words_opens_and_computes_nothing(overflowing: Flask) -> None:
    client = overflowing.test_client()
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # of a header that is left off
        for where in ("", "state=under_construction", "state!=a\x01b&G&\x0b\u202e", "state!=" + "&" * 300):
            asked = f"?lang=en&where={quote(where)}" if where else "?lang=en"
            answer = client.get(f"/export/sites.xlsx{asked}")
            assert answer.status_code == 200, answer.text
            name = answer.headers["Content-Disposition"]
            assert name.isascii() and name.isprintable() and "%E2%80%AE" not in name
            book = zipfile.ZipFile(io.BytesIO(answer.data))
            for part in book.namelist():
                if part.endswith((".xml", ".rels")):
                    root = etree.fromstring(book.read(part))
                    assert not root.findall(".//{*}f") and not root.findall(".//{*}hyperlink"), part
            header = etree.fromstring(book.read("xl/worksheets/sheet1.xml")).find(".//{*}oddHeader")
            assert header is not None and "Sites" in str(header.text)


def test_what_answers_a_deed_is_not_kept(tmp_path: Path, make_app: Callable[..., Flask]) -> None:
    app = make_app(write_landuse_plan(tmp_path / "plan"))
    packed = PackedAnswers(state_of(app).bodies)
    for method, kept in (("POST", None), ("DELETE", None), ("GET", b"packed")):
        with app.test_request_context("/", method=method):
            packed.set(f"br;{method}", b"packed")
            assert packed.get(f"br;{method}") == kept


@pytest.mark.parametrize("url", ["/about", "/layers/pipes.geojson", "/api/catalog", "/api/search?q=绝密", "/"])
def test_a_tag_of_one_who_sees_more_is_no_tag_for_others(
    tmp_path: Path, make_app: Callable[..., Flask], url: str
) -> None:
    app = make_app(write_landuse_plan(tmp_path / "plan"))
    for way in ("br", "gzip", "identity"):
        told = sign_in_as(app, "administrator").get(url, headers={"Accept-Encoding": way})
        asked = {"Accept-Encoding": way, "If-None-Match": told.headers["ETag"]}
        assert "private" in told.headers["Cache-Control"]
        visitor = app.test_client()
        assert visitor.get(url, headers=asked).status_code in (200, 404)
        head, whole = visitor.head(url), visitor.get(url, headers={"Range": "bytes=0-9"})
        assert (head.data, head.status_code) == (b"", whole.status_code)
        assert head.headers.get("ETag") == whole.headers.get("ETag")
