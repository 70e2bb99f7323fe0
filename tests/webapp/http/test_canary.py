"""A restricted layer, marked, is looked for in every byte that those who may not see it get, in every format."""

from __future__ import annotations

import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow.parquet as pq
import pypdfium2 as pdfium
import pytest
from flask import Flask

from tests.landuse_plan import _statistic, write_landuse_plan
from tests.small_plan import feature, square, write_layer
from tests.webapp.conftest import issue
from tests.webapp.operations import SITE, operations, sign_in_as
from webapp.state import state_of

pytestmark = pytest.mark.slow

MARK, WORD, NUMBER = "canaryqx", "金丝雀暗线", 104.0598765
LAYER = f"""
[layers.{MARK}]
file = "geojson/{MARK}.geojson"
group = "space"
label = {{zh = "{WORD}", en = "{MARK} line"}}
geometry = "polygon"
source = {{zh = "{WORD}来源", en = "{MARK} source"}}
licence = {{zh = "{WORD}内部", en = "{MARK} internal"}}
restricted = true
visible = true
search = ["name_zh", "name_en"]

[[layers.{MARK}.fields]]
id = "{MARK}_code"
label = {{zh = "{WORD}码", en = "{MARK} code"}}
filter = true

[views.open_one]
title = {{zh = "公开视图", en = "An open view"}}
layers = ["zones", "{MARK}"]
"""
STATISTIC = _statistic(
    "held",
    "比例",
    "Share",
    f'function = "share"\nunit = "%"\ninputs.part = {{layer = "{MARK}"}}\ninputs.whole = {{layer = "zones"}}',
)
SIGNS = tuple(sign.encode() for text in (MARK, WORD) for sign in {text, json.dumps(text)[1:-1], quote(text)})
SIGNS += (str(NUMBER).encode(), WORD.encode("utf-16-le"), MARK.encode("utf-16-le"))


@pytest.fixture
def app(tmp_path: Path, make_app: Callable[..., Flask]) -> Iterator[Flask]:
    folder = write_landuse_plan(tmp_path / "plan")
    with (folder / "catalog.toml").open("a", encoding="utf-8") as file:
        file.write(LAYER)
    with (folder / "statistics.toml").open("a", encoding="utf-8") as file:
        file.write(STATISTIC)
    shape = square(NUMBER, 30.055, 0.02)
    name = {"name_zh": f"{WORD}一段", "name_en": f"{MARK} one", f"{MARK}_code": f"{MARK}-7"}
    write_layer(folder, MARK, [feature(f"{MARK}-1", shape, **name)])
    app = make_app(folder, max_visitor_figures="10000", max_waiting="100")
    yield app
    state_of(app).close()


def opened(data: bytes) -> Iterator[bytes]:
    """Yield the bytes of an answer, and those within: members of archives, text of PDFs, columns of Parquet."""
    yield data
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield name.encode()
                yield from opened(archive.read(name))
    elif data[:4] == b"PAR1":
        table = pq.read_table(io.BytesIO(data))
        yield repr(table.to_pydict()).encode() + repr(table.schema.metadata).encode()
    elif data[:4] == b"%PDF":
        document = pdfium.PdfDocument(data)
        for page in document:
            yield page.get_textpage().get_text_range().encode()
        for found in re.finditer(rb"stream\r?\n(.*?)endstream", data, re.DOTALL):
            try:
                yield zlib.decompress(found.group(1))
            except zlib.error:
                continue


def told(found: Any, asked: str) -> list[str]:
    """Return the signs of the canary in an answer that its asker did not say themselves."""
    everything = [*opened(found.data), str(found.headers).encode()]
    said = (asked, quote(asked))
    return [
        repr(sign)
        for sign in SIGNS
        for piece in everything
        if sign in piece and not any(sign.decode("latin-1") in text or MARK in text for text in said)
    ]


def test_the_signs_are_found_where_they_may_be(app: Flask) -> None:
    """Without this, the walk below could look for something that never stands anywhere."""
    client = sign_in_as(app, "editor")
    for url in (
        "/api/catalog",
        f"/layers/{MARK}.geojson",
        "/api/search?q=一段",
        "/export/" + MARK + ".gpkg",
        "/about",
        f"/export/{MARK}.parquet",
        f"/export/{MARK}.xlsx",
        f"/export/{MARK}.shp.zip",
        "/embed/open_one",
        "/render/open_one.pdf?v=",
        "/render/open_one.json",
        "/api/views",
    ):
        found = client.get(url)
        assert found.status_code == 200, url
        assert told(found, "-"), url


def addresses(app: Flask) -> Iterator[tuple[str, str]]:
    """Yield every operation, by each view, layer, statistic and format it may be asked for."""
    formats = ("geojson", "gpkg", "fgb", "parquet", "shp.zip", "kml", "csv", "xlsx")
    values = {
        "layer": ("zones", MARK),
        "view": ("map", "open_one", MARK),
        "statistic": ("structure", "held", MARK),
        "file": (
            *(f"zones.{one}" for one in formats),
            f"{MARK}.gpkg",
            *(f"open_one.{one}" for one in ("png", "svg", "pdf")),
        ),
        "feature": ("z-1", f"{MARK}-1"),
    }
    for one in operations(app):
        paths = [one.path]
        for name, known in values.items():
            paths = [
                p.replace("{" + name + "}", v) for p in paths for v in (known if "{" + name + "}" in p else ("",))
            ]
        for path in paths:
            for p in one.parameters:
                path = path.replace("{" + p["name"] + "}", str(p.get("example", "x")))  # noqa: PLW2901
            yield one.method, path
            if one.method == "GET":
                for p in one.queries:
                    wrong = {
                        "bbox": "104,30,105,31",
                        "v": f"on%3Dzones,{MARK}",
                        "q": "一段",
                        "where": "kind%3Dnone",
                    }
                    yield "GET", f"{path}?{p['name']}={wrong.get(p['name'], 'x')}"


@pytest.mark.parametrize("who", ["visitor", "reader", "token"])
def test_nothing_tells_of_it_in_any_format(app: Flask, who: str) -> None:
    client = sign_in_as(app, "visitor" if who == "token" else who)
    headers = issue(app, "layers:write", "views:write") if who == "token" else {}
    tried = 0
    for method, url in addresses(app):
        if url == "/logout" or (who == "token" and method == "DELETE" and "zones" in url):
            continue
        for language in ("zh", "en") if method == "GET" and "/render/" not in url else ("en",):
            more = f"{'&' if '?' in url else '?'}lang={language}"
            found = client.open(
                url + more, method=method, json={} if method != "GET" else None, headers=SITE | headers
            )
            assert not told(found, url), (who, method, url, told(found, url))
            tried += 1
    assert tried > 300


def test_no_question_and_no_briefing_tells_of_it(app: Flask) -> None:
    client, state = sign_in_as(app, "reader"), state_of(app)
    bodies = [
        {"function": "share", "unit": "%", "inputs": {"part": {"layer": MARK}, "whole": {"layer": "zones"}}},
        {"function": "share", "unit": "%", "inputs": {"part": {"layer": "none"}, "whole": {"layer": "zones"}}},
        {"function": "count", "unit": "", "inputs": {"part": {"layer": "drawn"}}},
    ]
    for body in bodies:
        found = client.post("/api/figures", json=body, headers=SITE)
        assert not told(found, json.dumps(body)), body
    drawn = client.post("/api/polygon", json={"polygon": square(104.05, 30.05, 0.04)}, headers=SITE).get_json()
    job = state.jobs.find(drawn["job"])
    state.jobs.result(job, wait_s=60)
    found = client.get(f"/api/jobs/{drawn['job']}")
    assert found.get_json()["state"] == "done"
    assert not told(found, "")
    for kind in ("pptx", "docx", "pdf", "html", "zip", "toml"):
        items = [{"view": "open_one"}, {"statistic": "structure"}]
        made = client.post("/api/briefings", json={"format": kind, "items": items}, headers=SITE).get_json()
        state.jobs.result(state.jobs.find(made["job"]), wait_s=120)
        rows = client.get(f"/api/jobs/{made['job']}").get_json()["rows"]
        found = client.get(f"/briefings/{rows['file']}")
        assert found.status_code == 200, kind
        assert not told(found, ""), kind


def test_nobody_writes_to_what_they_may_not_see(app: Flask) -> None:
    client, bearer = app.test_client(), issue(app, "layers:write")
    before = state_of(app).library.store.versions(MARK)
    for method, url, body in (
        (
            "POST",
            f"/api/layers/{MARK}/edits",
            {"expected": None, "edits": [{"feature": f"{MARK}-1", "gone": True}]},
        ),
        ("POST", f"/api/layers/{MARK}/undo", {}),
        ("POST", f"/api/layers/{MARK}/restore", {"version": 1}),
        ("DELETE", f"/api/layers/{MARK}", None),
    ):
        found = client.open(url, method=method, json=body, headers=bearer)
        assert found.status_code == 404, url
        same = client.open(url.replace(MARK, "nothing"), method=method, json=body, headers=bearer)
        assert found.text.replace(MARK, "nothing") == same.text, "as if there were none"
    data = json.dumps(
        {"type": "FeatureCollection", "features": [feature("n", square(104.05, 30.05, 0.01))]}
    ).encode()
    for new_version in (True, False):
        key = client.post(
            "/api/uploads", json={"name": "a.geojson", "size": len(data)}, headers=bearer
        ).get_json()["upload"]
        client.put(f"/api/uploads/{key}?at=0", data=data, headers=bearer)
        wanted = {"layer": MARK, "label_zh": "x", "new_version": new_version}
        found = client.post(f"/api/uploads/{key}/import", json=wanted, headers=bearer)
        assert found.status_code in (404, 422), found.text
        assert WORD not in found.text
    assert state_of(app).library.store.versions(MARK) == before


FAULTS = {
    "unknown word": ('geometry = "polygon"', 'geometry = "polygn"'),
    "no toml": (f"[[layers.{MARK}.fields]]", f"x = = 1\n[[layers.{MARK}.fields]]"),
    "misspelt": ("restricted = true", "restrcted = true"),
    "no group": ('group = "space"', 'group = "nowhere"'),
    "declared twice": (
        "\n[views.open_one]",
        f'\n[groups.g2]\nlabel = {{zh = "x", en = "x"}}\n[layers.{MARK}]\nfile = "x"\n[views.open_one]',
    ),
}
PARTS = """
[parts.one]
label = {zh = "一", en = "One"}
statistics = ["structure", "held"]

[parts.two]
label = {zh = "二", en = "Two"}
statistics = ["held"]
"""


@pytest.mark.parametrize("fault", FAULTS)
def test_one_that_is_declared_wrongly_is_told_of_as_little(
    tmp_path: Path, make_app: Callable[..., Flask], app: Flask, fault: str
) -> None:
    folder = state_of(app).library.folder
    editor = sign_in_as(app, "editor")
    asked = editor.get("/api/statistics/held").get_json()
    figure = state_of(app).jobs.result(state_of(app).jobs.find(asked["job"]), wait_s=60)
    key = editor.get(f"/api/jobs/{asked['job']}").get_json()["figure"]
    assert editor.get(f"/figures/{key}").status_code == 200, figure
    (folder / "dashboard.toml").write_text(PARTS, "utf-8")
    file = folder / "catalog.toml"
    old, new = FAULTS[fault]
    assert old in file.read_text("utf-8")
    before, _, after = file.read_text("utf-8").partition(f"[layers.{MARK}]")
    file.write_text(before + f"[layers.{MARK}]" + after.replace(old, new, 1), "utf-8")
    visitor = app.test_client()
    for url in (
        *(
            "/",
            "/about",
            "/api/catalog",
            "/api/layers",
            "/api/statistics",
            "/statistics",
            "/api/views",
            "/healthz",
        ),
        *(
            "/dashboard",
            "/api/dashboard",
            "/briefing",
            "/indicators",
            "/unplaced",
            "/api/rules",
            "/embed/open_one",
        ),
        *(f"/figures/{key}", f"/api/figures/{key}", f"/api/figures/{key}/evidence", f"/figures/{key}.csv"),
    ):
        for lang in ("zh", "en"):
            found = visitor.get(f"{url}?lang={lang}")
            assert not told(found, "-"), (url, told(found, "-"))
            assert b"held" not in found.data, url
            assert found.status_code == (404 if key in url else 200), url
    for url in (
        "/layers/{}.geojson",
        "/api/layers/{}/versions",
        "/export/{}.gpkg",
        "/features/{}/1",
        "/sites/{}/1",
    ):
        found, none = visitor.get(url.format(MARK)), visitor.get(url.format("nothing"))
        assert (found.status_code, found.text.replace(MARK, "nothing")) == (none.status_code, none.text), url
    if fault != "declared twice":
        assert MARK in editor.get("/api/catalog").text, "whoever may see it is told"


def test_what_was_made_of_one_stays_closed_when_it_is_taken_off(app: Flask) -> None:
    folder, editor, visitor = state_of(app).library.folder, sign_in_as(app, "editor"), app.test_client()
    asked = editor.get("/api/statistics/held").get_json()
    state_of(app).jobs.result(state_of(app).jobs.find(asked["job"]), wait_s=60)
    key = editor.get(f"/api/jobs/{asked['job']}").get_json()["figure"]
    view = editor.post("/api/views", json={"name": "v", "state": f"on=zones,{MARK}"}, headers=SITE).get_json()[
        "id"
    ]
    file = folder / "catalog.toml"
    before, _, after = file.read_text("utf-8").partition(f"[layers.{MARK}]")
    file.write_text(before + "[views.open_one]" + after.partition("[views.open_one]")[2], "utf-8")
    for url in (f"/figures/{key}", f"/api/figures/{key}", f"/api/figures/{key}/evidence", f"/embed/figure/{key}"):
        assert visitor.get(url).status_code == 404, url
        assert editor.get(url).status_code == 200, url
    for url in ("/api/views", f"/?view={view}", f"/embed/{view}", "/api/statistics"):
        assert not told(visitor.get(url), "-"), url
