"""The one-file map over HTTP and from the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.small_plan import feature, square, write_layer
from webapp.cli.main import main
from webapp.state import state_of

pytestmark = pytest.mark.slow


@pytest.fixture
def exporting(app: Flask, plan: Path) -> Iterator[FlaskClient]:
    text = (plan / "catalog.toml").read_text("utf-8")
    view = '[views.all]\ntitle = {zh = "全图", en = "All"}\nlayers = ["zones", "pipes"]\n\n'
    (plan / "catalog.toml").write_text(text.replace("[layers.zones]", f"{view}[layers.zones]", 1), "utf-8")
    yield app.test_client()
    state_of(app).close()


def test_a_view_is_sent_as_a_file_and_not_changed_is_told(
    exporting: FlaskClient, plan: Path, tmp_path: Path
) -> None:
    found = exporting.get("/export/all.html?lang=en")
    assert (found.status_code, found.mimetype) == (200, "text/html")
    assert found.headers["Content-Disposition"] == 'attachment; filename="all.html"'
    assert b'id="data"' in found.data
    assert b"pipes" not in found.data
    same = exporting.get("/export/all.html?lang=en", headers={"If-None-Match": found.headers["ETag"]})
    assert same.status_code == 304
    target = tmp_path / "all.html"
    command = ["export-html", "all", "--data", str(plan), "--language", "en", "--out", str(target)]
    assert main(command) == 0
    assert target.read_bytes() == found.data
    text = (plan / "catalog.toml").read_text("utf-8")
    (plan / "catalog.toml").write_text(text.replace("#cc6644", "#cc6645"), "utf-8")
    assert exporting.get("/export/all.html?lang=en").headers["ETag"] != found.headers["ETag"]


def test_a_maps_address_and_decimals(exporting: FlaskClient) -> None:
    found = exporting.get("/export/map.html?v=on%3Drivers&decimals=3&lang=en")
    assert b'"decimals":3' in found.data
    assert b"White River" in found.data
    assert b'"East"' not in found.data
    whole = exporting.get("/export/map.html?lang=zh").text
    assert not any(word in whole for word in ("pipes", "管网", "绝密干管"))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("nosuch.html", 404),
        ("all.htm", 404),
        ("all.html?decimals=2", 422),
        ("all.html?decimals=x", 422),
        ("map.html?v=on%3Dzones%26f%3Dzones:nothing%3D1", 400),
    ],
)
def test_what_cannot_be_made_is_told(exporting: FlaskClient, path: str, status: int) -> None:
    found = exporting.get(f"/export/{path}")
    assert (found.status_code, found.mimetype) == (status, "application/problem+json")


def test_a_parameter_that_a_mail_program_adds_is_ignored(exporting: FlaskClient) -> None:
    assert exporting.get("/export/all.html?utm_source=mail").status_code == 200


def test_the_command_says_what_is_wrong(plan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["on=zones", "--out", "x.txt"], ["nosuch", "--out", "x.html"]):
        assert main(["export-html", *words, "--data", str(plan)]) == 2
    target = tmp_path / "m.html"
    command = ["export-html", "on=zones,pipes", "--data", str(plan), "--out", str(target)]
    assert main([*command, "--decimals", "12"]) == 2
    assert "decimals=12" in capsys.readouterr().err
    assert main(command) == 0
    told = capsys.readouterr()
    assert "zones" in told.out
    assert "pipes" in told.err
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".m")]


def test_who_takes_wide_data_away_is_told(plan: Path, make_app: Callable[..., Flask]) -> None:
    write_layer(plan, "zones", [feature("z-1", square(104.0, 30.0, 0.1), position="exact")])
    app, english = make_app(plan), {"Accept-Language": "en"}
    client = app.test_client()
    try:
        for address in ("/export/map.html?v=on%3Dzones", "/embed/map?v=on%3Dzones", "/export/zones.geojson"):
            assert "25 km2" in client.get(address, headers=english).headers["X-PlanAtlas-Notes"], address
        told = client.get("/render/map.json?v=on%3Dzones").get_json()["data_warnings"]
        assert "25" in told[0]["zh"]
        write_layer(plan, "zones", [feature("z-1", square(104.0, 30.0, 0.1), position="schematic")])
        for address in ("/export/map.html?v=on%3Dzones", "/embed/map?v=on%3Dzones", "/export/zones.geojson"):
            assert "25 km2" not in client.get(address, headers=english).headers["X-PlanAtlas-Notes"], address
    finally:
        state_of(app).close()
