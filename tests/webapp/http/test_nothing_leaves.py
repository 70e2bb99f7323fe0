"""What must not leave: a restricted layer by any address a visitor can ask, and more decimals than the setting says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.small_plan import LAYERS, feature, line, write_plan
from tests.webapp.http.test_access import _bearer
from webapp.cli.main import main
from webapp.state import state_of

pytestmark = pytest.mark.slow

MARK = "zq7secret"
AT = (104.0612345, 30.0665432)
SIGNS = (MARK, "绝密", "104.0612", "0612345", "0665432", "30.0665")
_ECHO = re.compile(r"""(href|src|content|value)=["'][^"']*["']""")  # the reader's own address, repeated
VIEWS = """[views.mixed]
title = {zh = "全图", en = "All"}
layers = ["zones", "sites", "pipes"]
filters = {sites = ["open=true"]}
selected = "pipes/zq7secret-1"

"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    secret = feature(
        f"{MARK}-1", line(AT, (104.08, 30.08)), name_zh=f"绝密{MARK}", name_en=f"Main {MARK}", position="exact"
    )
    folder = write_plan(tmp_path / "leaks", layers={**LAYERS, "pipes": [secret]})
    text = (folder / "catalog.toml").read_text("utf-8")
    (folder / "catalog.toml").write_text(text.replace("[layers.zones]", f"{VIEWS}[layers.zones]", 1), "utf-8")
    return folder


@pytest.fixture
def app(folder: Path, make_app: Callable[..., Flask]) -> Iterator[Flask]:
    app = make_app(folder)
    yield app
    state_of(app).close()


def _addresses(app: Flask, client: FlaskClient, view: str) -> list[str]:
    """Return every address of the API document with the values that point most at the restricted layer."""
    known: dict[str, tuple[str, ...]] = {
        "layer": ("pipes", "zones"),
        "feature": (f"{MARK}-1",),
        "view": ("map", "mixed", view),
        "figure": ("0123456789abcdef",),
        "statistic": ("structure",),
        "version": ("1",),
        "job": ("0" * 16,),
        "z": ("13",),
        "x": ("6464",),
        "y": ("3380",),
        "kind": ("csv",),
        "name": ("x.js",),
        "path": ("x.js",),
    }
    files = {
        "/render/{file}": ("map.png", "map.svg", "map.pdf", "mixed.svg", "mixed.pdf", f"{view}.svg"),
        "/export/{file}": ("pipes.geojson", "pipes.csv", "pipes.kml", "pipes.gpkg", "zones.geojson"),
    }
    asked = {
        "v": f"on=zones,pipes&sel=pipes/{MARK}-1",
        "q": MARK[:3],
        "view": "mixed",
        "where": "position=exact",
        "size": "600x400",
        "bbox": "104,30,104.2,30.2",
        "grid": "yes",
        "controls": "yes",
        "url": "http://localhost/?view=mixed",
        "before": "1",
        "after": "2",
        "since": "0" * 16,
        "screen": "900x600",
    }
    out = []
    for path, methods in client.get("/api/openapi.json").get_json()["paths"].items():
        if "get" not in methods:
            continue
        query = [p["name"] for p in methods["get"].get("parameters", ()) if p["in"] == "query"]
        said = "&".join(f"{name}={asked[name]}" for name in query if name in asked)
        paths = [path] if path not in files else []
        paths += [path.replace("{file}", name) for name in files.get(path, ())]
        for name in re.findall(r"{(\w+)}", path):
            if path not in files:
                paths = [p.replace(f"{{{name}}}", v) for p in paths for v in known.get(name, ("x",))]
        out += [f"{one}?{said}".rstrip("?") for one in paths]
        out += paths
    return out


def test_a_restricted_layer_leaves_by_no_address(app: Flask, client: FlaskClient) -> None:
    state = f"on=zones,pipes&sel=pipes/{MARK}-1"
    headers = _bearer(app, "views:write", "restricted:read")
    made = client.post("/api/views", json={"name": "kept", "state": state}, headers=headers)
    told = {v["id"]: v for v in client.get("/api/views", headers=headers).get_json()["views"]}
    assert "pipes" in told["mixed"]["state"], "who may see the layer gets the whole view"
    addresses = _addresses(app, client, made.get_json()["id"])
    assert len(addresses) > 70
    answered = 0
    for address in addresses:
        for language in ("zh", "en"):
            found = client.get(f"{address}{'&' if '?' in address else '?'}lang={language}")
            assert found.status_code < 500 or found.status_code == 503, address
            answered += found.status_code == 200
            echoed = address if found.status_code != 200 else ""
            body = found.get_data().decode("utf-8", "replace")
            clean = _ECHO.sub("", body)
            for sign in SIGNS:
                assert sign not in clean or sign in echoed, f"{sign} in {address}"
    assert answered > 60


def test_whoever_may_see_it_gets_it_by_the_same_addresses(app: Flask, client: FlaskClient) -> None:
    headers = _bearer(app, "restricted:read")
    for address in ("/layers/pipes.geojson", "/export/mixed.html", "/embed/map?v=on=pipes", "/api/search?q=zq7"):
        assert MARK in client.get(address, headers=headers).text, address


@pytest.mark.parametrize("decimals", [4, 6])
def test_coordinates_leave_with_the_decimals_of_the_setting(
    folder: Path, make_app: Callable[..., Flask], decimals: int
) -> None:
    app = make_app(folder, decimals=str(decimals))
    client, sees = app.test_client(), _bearer(app, "restricted:read")
    exact = f"{AT[0]:.7f}"
    try:
        for address in (
            "/layers/pipes.geojson",
            f"/features/pipes/{MARK}-1",
            "/export/pipes.geojson",
            "/export/pipes.csv",
            "/export/pipes.kml",
            "/api/search?q=zq7",
            "/api/catalog",
        ):
            text = client.get(address, headers=sees).text
            assert f"{round(AT[0], decimals)}" in text or address in ("/export/pipes.csv",), address
            assert exact not in text, address
        editing = client.get(f"/features/pipes/{MARK}-1", headers=_bearer(app, "restricted:read", "layers:write"))
        assert exact in editing.text, "who edits a shape keeps all of it"
        for address in ("/export/mixed.html?decimals=9", "/embed/map?v=on=pipes"):
            found = orjson.loads(re.search(r'id="data">(.*?)</script>', client.get(address, headers=sees).text)[1])
            assert found["decimals"] <= decimals
            assert max(len(str(abs(n))) for n in found["layers"][-1]["shapes"][0][0]) <= 3 + decimals
    finally:
        state_of(app).close()


def test_the_command_line_keeps_to_the_setting(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLANATLAS_DECIMALS", "4")
    out = tmp_path / "pipes.geojson"
    assert main(["export", "pipes", "--restricted", "--data", str(folder), "-o", str(out)]) == 0
    assert "104.0612," in out.read_text("utf-8")
    assert "104.06123" not in out.read_text("utf-8")
    with pytest.MonkeyPatch.context() as wrong:
        wrong.setenv("PLANATLAS_DECIMALS", "12")
        assert main(["export", "pipes", "--data", str(folder), "-o", str(out)]) != 0
