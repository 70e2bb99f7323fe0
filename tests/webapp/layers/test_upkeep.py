"""An imported layer is renamed, described, coloured and taken off over HTTP; an empty one harms nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from layers.figures.answer import answer
from layers.figures.question import asked_statistic
from layers.imports.importer import import_layer
from layers.imports.options import ImportOptions
from layers.library.library import Library
from layers.plan.measures import NotAdditive
from tests.waiting import ended_job
from webapp.cli.main import main
from webapp.state import state_of

pytestmark = pytest.mark.slow

FILES = Path(__file__).parents[2] / "layers" / "imports" / "files"


@pytest.fixture
def app(plan: Path, make_app: Callable[..., Flask]) -> Iterator[Flask]:
    library = Library(plan)
    import_layer(library, FILES / "nulls.csv", ImportOptions(layer="new", crs="EPSG:4490"), who="li")
    import_layer(library, FILES / "25_empty.gpkg", ImportOptions(layer="none"), who="li")
    app = make_app(plan)
    yield app
    state_of(app).jobs.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def editor(app: Flask) -> dict[str, str]:
    made = state_of(app)
    return {"Authorization": "Bearer " + made.accounts.issue(made.keyring, ("layers:write",), days=1)[1]}


def test_a_layer_is_called_and_coloured_as_one_says(
    client: FlaskClient, editor: dict[str, str], plan: Path
) -> None:
    words = {
        "label_zh": "人口点",
        "color_field": "cls",
        "labels": True,
        "title": "name",
        "fields": {"pop": {"label_zh": "人口", "label_en": "Population", "unit": "人"}},
    }
    before = (plan / "catalog.toml").read_text("utf-8")
    told = client.post("/api/layers/new/entry", json=words, headers=editor)
    assert told.status_code == 200, told.text
    assert told.json is not None
    assert told.json["color_field"] == "cls"
    layer = Library(plan).layer("new")
    assert (layer.label.zh, layer.title.zh, layer.map_labels) == ("人口点", "name", True)
    assert [rule.when.equals for rule in layer.rules] == ["A", "B"]
    field = next(one for one in layer.fields if one.id == "pop")
    assert (field.label.en, field.unit) == ("Population", "人")
    after = (plan / "catalog.toml").read_text("utf-8")
    assert after.startswith(before[: before.index("[layers.new]")]), "nothing else of the file is touched"
    for body in ({"color": "red"}, {"title": "nope"}, {"group": "nope"}, {"nope": 1}, {"label_zh": 3}):
        assert client.post("/api/layers/new/entry", json=body, headers=editor).status_code == 400
    assert client.post("/api/layers/zones/entry", json={}, headers=editor).status_code == 409
    client.post("/api/layers/new/entry", json={"title": "name"}, headers=editor)
    assert len(Library(plan).layer("new").rules) == 2, "what is not said stays"
    client.post("/api/layers/new/entry", json={"color_field": ""}, headers=editor)
    assert Library(plan).layer("new").rules == ()
    assert client.post("/api/layers/new/entry", json={}).status_code in (401, 403)


def test_a_layer_is_taken_off_and_may_come_back(client: FlaskClient, editor: dict[str, str], plan: Path) -> None:
    assert client.delete("/api/layers/new", headers=editor).status_code == 200
    assert client.get("/api/layers/new").status_code == 404
    assert client.delete("/api/layers/zones", headers=editor).status_code == 409
    library = Library(plan)
    assert library.catalog.problems == ()
    report = import_layer(library, FILES / "nulls.csv", ImportOptions(layer="new", crs="EPSG:4490"), who="li")
    assert report.version.number == 2, "its versions were kept"


ADDRESSES = (
    "/api/layers/none",
    "/layers/none.geojson",
    "/api/layers/none/versions",
    "/api/layers/none/values",
    "/features/none/f-1",
    "/api/catalog",
    "/api/layers",
    "/unplaced",
    "/about",
    "/",
    "/api/search?q=a",
    "/api/site?lon=104.05&lat=30.05",
    "/?view=map",
    "/api/health",
    "/api/anomalies",
    "/statistics",
    "/import",
)
ENDINGS = ("geojson", "csv", "xlsx", "gpkg", "fgb", "parquet", "kml", "shp.zip", "gdb.zip")


def test_an_empty_layer_harms_nothing(client: FlaskClient) -> None:
    """Every page, list, export and question about it answers, or says why it cannot."""
    asked = {address: client.get(address).status_code for address in ADDRESSES}
    asked |= {ending: client.get(f"/export/none.{ending}").status_code for ending in ENDINGS}
    asked |= {str(body): status for body, status in _questions(client)}
    assert {what: status for what, status in asked.items() if status >= 500} == {}


def _questions(client: FlaskClient) -> Iterator[tuple[Any, int]]:
    """Ask every function about nothing but the empty layer, and about it beside zones."""
    for function in client.get("/api/functions").get_json()["functions"]:
        slots = [one["id"] for one in function["slots"]]
        for known in (None, 0, 1):
            inputs = {slot: {"layer": "zones" if i == known else "none"} for i, slot in enumerate(slots)}
            body = {"function": function["id"], "inputs": inputs}
            told = client.post("/api/figures", json=body)
            yield body, told.status_code
            if told.status_code == 202:
                yield f"{body} computed", _ended(client, told.get_json()["job"])


def _ended(client: FlaskClient, job: str) -> int:
    told = ended_job(client, {"job": job, "state": "waiting"})
    return 500 if (told["error"] or {}).get("code") == "internal" else 200


def test_how_a_number_may_be_used_is_said_and_kept_with_the_layer(
    client: FlaskClient, editor: dict[str, str], plan: Path
) -> None:
    field = next(
        one for one in client.get("/api/catalog").get_json()["layers"]["new"]["fields"] if one["id"] == "pop"
    )
    assert (field["measure"], field["measure_said"]) == ("additive", False)
    said = {"fields": {"pop": {"measure": "ratio"}}}
    told = client.post("/api/layers/new/entry", json=said, headers=editor).get_json()
    entry = next(one for one in told["fields"] if one["id"] == "pop")
    assert (entry["measure"], entry["guess"]) == ("ratio", "ratio")
    question = {"function": "sum", "field": "pop", "inputs": {"items": {"layer": "new"}}}
    with pytest.raises(NotAdditive, match="is a ratio"):
        answer(Library(plan), lambda _d, _t: None, asked_statistic(question), software="x")
    client.post("/api/layers/new/entry", json={"fields": {"pop": {"measure": "additive"}}}, headers=editor)
    found = answer(Library(plan), lambda _d, _t: None, asked_statistic(question), software="x")
    assert not any("may be added up" in one.en for one in found.caveats), "it was said"
    for words in ({"name": {"measure": "additive"}}, {"pop": {"measure": "big"}}, {"pop": {"currency": "nope"}}):
        assert client.post("/api/layers/new/entry", json={"fields": words}, headers=editor).status_code == 400


def test_the_command_line_says_it_too_and_an_import_brings_it_along(
    plan: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ImportOptions(layer="again", crs="EPSG:4490", measures={"pop": "uncertainty"})
    import_layer(Library(plan), FILES / "nulls.csv", options, who="li")
    assert next(one for one in Library(plan).layer("again").fields if one.id == "pop").measure == "uncertainty"
    assert main(["measure", "again", "pop", "additive", "--data", str(plan)]) == 0
    assert "pop\tadditive" in capsys.readouterr().out
    assert next(one for one in Library(plan).layer("again").fields if one.id == "pop").measure == "additive"
    renewed = ImportOptions(layer="again", new_version=True, measures={"pop": "code"})
    import_layer(Library(plan), FILES / "nulls.csv", renewed, who="li")
    import_layer(Library(plan), FILES / "nulls.csv", ImportOptions(layer="again", new_version=True), who="li")
    assert next(one for one in Library(plan).layer("again").fields if one.id == "pop").measure == "code"
