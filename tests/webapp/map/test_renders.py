"""Pictures over HTTP and from the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from webapp.cli.main import main
from webapp.state import state_of


@pytest.fixture
def rendering(app: Flask, plan: Path) -> Iterator[FlaskClient]:
    text = (plan / "catalog.toml").read_text("utf-8")
    view = '[views.all]\ntitle = {zh = "全图", en = "All"}\nlayers = ["zones", "rivers"]\n\n'
    (plan / "catalog.toml").write_text(text.replace("[layers.zones]", f"{view}[layers.zones]", 1), "utf-8")
    yield app.test_client()
    state_of(app).close()


def test_views_are_drawn_kept_and_not_changed_is_told(rendering: FlaskClient) -> None:
    found = rendering.get("/render/all.png?size=600x400&lang=en")
    assert (found.status_code, found.mimetype, found.data[:4]) == (200, "image/png", b"\x89PNG")
    again = rendering.get("/render/all.png?size=600x400&lang=en", headers={"If-None-Match": found.headers["ETag"]})
    assert again.status_code == 304
    assert [v["id"] for v in rendering.get("/api/views").json["views"]] == ["all"]
    drawn = rendering.get("/render/map.svg?size=600x400&v=z%3D12%26c%3D30.1%2C104.1%26on%3Dzones")
    assert drawn.mimetype == "image/svg+xml"
    assert b"layer-zones" in drawn.data
    assert b"layer-rivers" not in drawn.data
    assert drawn.headers["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("nosuch.png", 404),
        ("all.gif", 400),
        ("all.png?size=9x9", 422),
        ("all.png?grid=maybe", 400),
        ("all.png?colour=red", 400),
    ],
)
def test_what_cannot_be_drawn_is_told(rendering: FlaskClient, path: str, status: int) -> None:
    found = rendering.get(f"/render/{path}")
    assert (found.status_code, found.mimetype) == (status, "application/problem+json")


def test_too_many_at_once_are_told_to_come_back(
    app: Flask, rendering: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.map.renders._Waiting.count", 24)
    found = rendering.get("/render/all.png?size=601x400")
    assert found.status_code == 503
    assert found.headers["Retry-After"]


def test_the_command_line_draws_the_same_and_says_how_large_it_is(
    rendering: FlaskClient, plan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "all.png"
    assert (
        main(["render", "all", "--data", str(plan), "--size", "600x400", "--lang", "en", "-o", str(target)]) == 0
    )
    assert target.read_bytes() == rendering.get("/render/all.png?size=600x400&lang=en").data
    told = f"all.png: 600 × 400 pixels at 72 dpi (212 × 141 mm), {target.stat().st_size:,} bytes"
    assert told in capsys.readouterr().out
