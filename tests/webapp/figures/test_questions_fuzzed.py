"""Whatever is asked: an answer or a refusal in both languages, never an error of the server."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.question_plan import QUESTIONS, write_question_plan
from tests.small_plan import feature, line, point, square, write_layer
from tests.waiting import ended_job
from webapp.state import state_of

pytestmark = pytest.mark.slow

ODD: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1e308,
    2**70,
    "",
    "x" * 5000,
    "landuse",
    "@drawn",
    "'; drop table",
    "{{7*7}}",
    "＝1",
    "\x00",
    "\ud83d",
    [],
    [[]],
    [None],
    {},
    {"layer": "landuse"},
    {"layer": None},
    {"layer": "zones", "where": ["kind=core", "="]},
    {"layer": "landuse", "classes": [7]},
    {"layer": "landuse", "version": -1},
    {"layer": "landuse", "ids": ["nobody"]},
    {"type": "Polygon", "coordinates": [[[0, 0], [0, 0], [0, 0], [0, 0]]]},
    {"type": "Polygon", "coordinates": []},
    {"big": -5, "small": "far"},
    [{"min_m2": 5, "max_m2": 1, "distance_m": 3}],
    [{"distance_m": -3}],
    "people",
    "kind",
)


@pytest.fixture
def client(tmp_path: Path, make_app: Callable[..., Flask]) -> Iterator[FlaskClient]:
    app = make_app(write_question_plan(tmp_path / "q"), max_waiting="50")
    yield app.test_client()
    state_of(app).close()


def _spoiled(rng: random.Random) -> dict[str, Any]:
    """Return a good question with one or two places of it replaced, taken away or moved."""
    question: dict[str, Any] = dict(rng.choice(list(QUESTIONS.values())))
    question["inputs"] = {role: dict(one) for role, one in question["inputs"].items()}
    for _ in range(rng.randint(1, 2)):
        place: dict[str, Any] = rng.choice(
            [question, question["inputs"], rng.choice([*question["inputs"].values()] or [{}])]
        )
        if not isinstance(place, dict) or not isinstance(question["inputs"], dict):
            break
        keys = [*place, "distance_m", "unit", "measure", "field", "by", "radii", "size_rules", "along", "polygon"]
        key = rng.choice(keys)
        if rng.random() < 0.2:
            place.pop(key, None)
        else:
            place[key] = rng.choice(ODD)
        if not isinstance(question.get("inputs"), dict) or not all(
            isinstance(o, dict) for o in question["inputs"].values()
        ):
            break
    return question


def _done(client: FlaskClient, sent: Any) -> dict[str, Any]:
    return ended_job(client, sent.get_json())


@pytest.mark.parametrize("seed", range(2))
def test_a_spoiled_question_is_answered_or_refused_in_both_languages(client: FlaskClient, seed: int) -> None:
    rng = random.Random(seed)
    seen = {"refused": 0, "answered": 0, "failed": 0}
    for _ in range(60):
        question = _spoiled(rng)
        sent = client.post("/api/figures", json=question)
        if sent.status_code != 202:
            assert sent.status_code in (400, 403, 404, 413, 422), (question, sent.text)
            told = sent.get_json()
            assert told["title_zh"] != told["title_en"], question
            seen["refused"] += 1
            continue
        job = _done(client, sent)
        if job["state"] == "failed":
            assert job["error"]["code"] != "internal", (question, job)
            assert job["error"]["zh"] != job["error"]["en"]
        else:
            figure = client.get(f"/api/figures/{job['figure']}").get_json()
            assert figure["sentence"]["zh"]
            assert figure["sentence"]["en"]
        seen["failed" if job["state"] == "failed" else "answered"] += 1
    assert seen["refused"] > 10
    assert seen["answered"] > 2


BOWTIE = {
    "type": "Polygon",
    "coordinates": [[[104.05, 30.05], [104.07, 30.07], [104.07, 30.05], [104.05, 30.07], [104.05, 30.05]]],
}


@pytest.mark.parametrize(
    ("layer", "rows"),
    [
        (
            "landuse",
            [
                feature("bow", BOWTIE, **{"class": "0701"}),
                feature("ok", square(104.06, 30.06, 0.01), **{"class": "0701"}),
            ],
        ),
        ("landuse", [feature("unsaid", square(104.06, 30.06, 0.01), **{"class": None})]),
        ("landuse", []),
        ("landuse", [feature("nowhere", None, **{"class": "0701"})]),
        (
            "landuse",
            [
                feature("a", square(104.06, 30.06, 0.01), **{"class": "0701"}),
                feature("b", point(104.06, 30.06), **{"class": "0701"}),
            ],
        ),
        ("zones", [feature("z", square(104.05, 30.05, 0.04)), feature("y", square(104.06, 30.05, 0.04))]),
        ("zones", [feature("z", square(204.05, 30.05, 0.04))]),
        ("parks", [feature("p", {"type": "Polygon", "coordinates": []})]),
        (
            "parks",
            [
                feature(
                    "p",
                    {
                        "type": "GeometryCollection",
                        "geometries": [point(104.06, 30.06), square(104.06, 30.06, 0.01)],
                    },
                )
            ],
        ),
        ("streets", [feature("s", line((104.06, 30.06), (104.06, 30.06)))]),
        ("homes", [feature("h", point(104.07, 30.06), people="many", tax="1,200", money=None)]),
    ],
)
def test_bad_data_are_refused_repaired_or_told(
    client: FlaskClient, layer: str, rows: list[dict[str, Any]]
) -> None:
    folder = state_of(client.application).library.folder
    write_layer(folder, layer, rows)
    for name, question in QUESTIONS.items():
        if layer not in {one["layer"] for one in question["inputs"].values()}:
            continue
        sent = client.post("/api/figures", json=question)
        assert sent.status_code == 202, (name, sent.text)
        job = _done(client, sent)
        if job["state"] == "failed":
            assert job["error"]["code"] != "internal", (name, job)
            assert job["error"]["zh"] != job["error"]["en"]
            continue
        figure = client.get(f"/api/figures/{job['figure']}").get_json()
        if figure["state"] == "not_computable":
            assert figure["value"] is None
            assert figure["needs"]
