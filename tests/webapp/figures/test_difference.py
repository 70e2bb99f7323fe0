"""What changed between two figures: on the page, over HTTP and on the command line, the same numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from html import escape
from pathlib import Path

import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient

from layers.library import editing
from layers.library.editing import Edit
from tests.landuse_plan import write_landuse_plan
from tests.webapp.figures.test_figures import finished
from webapp.cli.main import main
from webapp.state import state_of

QUESTION = {
    "function": "tabulate",
    "unit": "ha",
    "inputs": {"classes": {"layer": "landuse"}, "zones": {"layer": "zones"}},
}


@pytest.fixture
def app(tmp_path: Path, make_app: Callable[..., Flask]) -> Iterator[Flask]:
    app = make_app(write_landuse_plan(tmp_path / "l"))
    yield app
    state_of(app).close()


def ask(client: FlaskClient, question: Mapping[str, object]) -> str:
    told = finished(client, client.post("/api/figures", json=question).get_json())
    assert told["error"] is None, told
    return str(told["figure"])


def test_a_figure_says_what_moved(
    app: Flask,
    client: FlaskClient,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    first = ask(client, QUESTION)
    library = state_of(app).library
    landuse = library.layer("landuse")
    one = next(f for f in library.snapshot(landuse).features if f.geometry is not None)
    west, south, east, north = one.geometry.bounds
    half = shapely.box(west, south, (west + east) / 2, north)
    shape = {"type": "Polygon", "coordinates": [list(map(list, half.exterior.coords))]}
    editing.edit(library, landuse, [Edit(one.id, shape, True)], who="li", why="", expected=None)
    second = ask(client, QUESTION)
    assert first != second
    moved = client.get(f"/api/figures/{second}/changes?since={first}").get_json()
    figures = [client.get(f"/api/figures/{i}").get_json() for i in (first, second)]
    assert moved["value"]["before"] == figures[0]["value"]
    assert moved["value"]["after"] == figures[1]["value"]
    assert [use["layer"] for use in moved["layers"]] == ["landuse"]
    (cause,) = moved["causes"]
    assert (cause["changed"], cause["fields"], cause["known"]) == ([one.id], ["geometry"], True)
    assert cause["words"]["en"].startswith("Cause: “Land use”, version ") and one.id in cause["words"]["en"]
    assert moved["sentences"] == {"before": figures[0]["sentence"], "after": figures[1]["sentence"]}
    numbers = [c["id"] for c in moved["columns"] if c["decimals"] is not None]
    assert numbers
    for name in numbers[:1]:
        gap = sum(row[name]["change"] or 0 for row in moved["rows"] if row["state"] == "kept")
        assert gap != 0
    assert all(
        row["state"] == "kept"
        for row in client.get(f"/api/figures/{first}/changes?since={first}").get_json()["rows"]
    )
    for lang, word in (("zh", "变化"), ("en", "What changed")):
        page = client.get(f"/figures/{second}?since={first}&lang={lang}").text
        assert moved["sentence"][lang] in page
        assert escape(cause["words"][lang]) in page
        assert word in page
    monkeypatch.setenv("PLANATLAS_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("PLANATLAS_DATA", str(library.folder))
    assert main(["compare-figures", first, second, "--language", "en"]) == 0
    printed = capsys.readouterr().out
    assert moved["sentence"]["en"] in printed
    assert cause["words"]["en"] in printed


def test_different_questions_are_not_compared(client: FlaskClient) -> None:
    first = ask(client, QUESTION)
    other = ask(client, {**QUESTION, "unit": "mu"})
    refused = client.get(f"/api/figures/{other}/changes?since={first}")
    assert (refused.status_code, refused.get_json()["code"]) == (422, "not_comparable")
    assert client.get(f"/api/figures/{other}/changes?since=0123456789abcdef").status_code == 404
    assert client.get(f"/figures/{other}?since=nonsense").status_code == 404
