"""The guides of a planner's jobs are true: every word they name stands on the page, every address answers."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from layers.plan.views import read_view
from webapp import create_app
from webapp.settings import read_settings
from webapp.state import state_of

ROOT = Path(__file__).parents[2]
PAGES = {"en": "jobs.md", "zh": "jobs.zh.md"}
JOBS = 14


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    told = {"data": str(ROOT / "data"), "instance": str(tmp_path_factory.mktemp("instance")), "warm_figures": "no"}
    app = create_app(read_settings({}, told))
    yield app.test_client()
    state_of(app).close()


def _jobs(lang: str) -> list[str]:
    text = (ROOT / "docs" / PAGES[lang]).read_text("utf-8")
    return re.findall(r"^\d+\. (.+)$", text, re.MULTILINE)


@pytest.mark.parametrize("lang", PAGES)
def test_every_word_a_guide_names_stands_on_the_page(lang: str) -> None:
    said = {
        text[lang]
        for file in (ROOT / "webapp/messages").glob("*.toml")
        for text in tomllib.loads(file.read_text("utf-8")).values()
    }
    jobs = _jobs(lang)
    assert len(jobs) == JOBS
    named = [word for job in jobs for word in re.findall(r"\*\*(.+?)\*\*", job)[1:]]  # the first is the job itself
    assert len(named) > JOBS and [word for word in named if word not in said] == []


@pytest.mark.parametrize("lang", PAGES)
def test_every_job_has_its_picture(lang: str) -> None:
    text = (ROOT / "docs" / PAGES[lang]).read_text("utf-8")
    shown = [ROOT / "docs" / one for one in re.findall(r"!\[[^\]]+\]\((jobs/[^)]+)\)", text)]
    assert len(set(shown)) == JOBS and all(one.suffix == ".webp" and one.is_file() for one in shown)
    kept = list((ROOT / "docs" / "jobs").iterdir())
    assert set(shown) <= set(kept) and len(kept) == JOBS * len(PAGES)
    assert sum(one.stat().st_size for one in kept) < 2_000_000


def test_both_languages_say_the_same_addresses() -> None:
    def addresses(lang: str) -> list[str]:
        return [re.sub(r"lang=\w+", "", one) for job in _jobs(lang) for one in re.findall(r"`(/[^`]+)`", job)]

    assert addresses("en") == addresses("zh")


@pytest.mark.slow  # a worker writes the workbook
def test_every_address_of_a_guide_answers(client: FlaskClient) -> None:
    layers = client.get("/api/catalog").get_json()["layers"]
    asked = [one for job in _jobs("en") for one in re.findall(r"`(/[^`]+)`", job) if one != "/"]
    assert len(asked) > 8
    for one in asked:
        path, _, state = one.partition("#")
        assert client.get(path).status_code == 200, one
        view = read_view(state)
        assert set(view.layers or ()) | ({view.selected.split("/")[0]} - {""}) <= set(layers), one


def test_six_ways_lead_to_one_project(client: FlaskClient) -> None:
    ways = [one for one in re.findall(r"`([^`]+)`", _jobs("en")[0]) if not one.startswith("/")]
    assert len(ways) == 6
    for way in ways:
        found = client.get("/api/search", query_string={"q": way}).get_json()["results"]
        assert "p-06" in [one["id"] for one in found if one["layer"] == "projects"], way
