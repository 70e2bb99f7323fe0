"""What visitors ask is kept for a while and makes room by itself, until somebody signed in keeps it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from layers.figures.figure import FigureShelf, UnknownFigure
from layers.library.library import Library
from tests.landuse_plan import write_landuse_plan
from tests.small_plan import write_plan
from tests.timely_plan import write_timely_plan
from tests.waiting import until
from tests.webapp.conftest import issue
from tests.webapp.operations import SITE, sign_in_as
from webapp.accounts.storage import clear, measure_storage
from webapp.figures.questions import with_room
from webapp.figures.tiles import usual_questions
from webapp.figures.warmup import Ready, Wanted
from webapp.jobs.sweeping import sweep
from webapp.jobs.visitors import QuotaSpent, Visitors
from webapp.state import state_of

IDS = [f"{number:016x}" for number in range(6)]


@pytest.fixture
def shelf(tmp_path: Path) -> FigureShelf:
    made = FigureShelf(tmp_path / "figures")
    made.folder.mkdir()
    for number, key in enumerate(IDS):
        (made.folder / f"{key}.json").write_text("{}", "utf-8")
        if number:  # the first is kept for good
            made._mark(key).touch()
            os.utime(made._mark(key), (time.time() - number * 86_400,) * 2)
    return made


def test_the_oldest_go_and_what_is_kept_stays(shelf: FigureShelf) -> None:
    assert [key for _, key in shelf.passing()] == IDS[:0:-1]
    shelf.keep(IDS[5])
    assert shelf.sweep(before=time.time() - 3.5 * 86_400, most=100) == 1
    assert not (shelf.folder / f"{IDS[4]}.json").exists()
    assert shelf.sweep(before=0, most=1) == 2
    assert shelf.ids() == sorted([IDS[0], IDS[1], IDS[5]]), "kept for good, kept by somebody, and the newest"
    with pytest.raises(UnknownFigure):
        shelf.keep(IDS[4])


def test_what_is_kept_ready_makes_no_room_for_what_visitors_ask(
    tmp_path: Path, make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(write_timely_plan(tmp_path / "plan"), max_passing="4")
    state = state_of(app)
    (question,) = usual_questions(state.library)
    state.shelf.folder.mkdir(parents=True, exist_ok=True)
    # of four places visitors have two in any case; the first look through them has not come to its end
    for ready, left in (([5, 0], [5, 2, 1]), ([5], [5, 2, 1]), ([5, 4, 3], [5, 4, 1])):
        for number in range(1, 6):
            (state.shelf.folder / f"{IDS[number]}.json").write_text('{"presentation": {}}', "utf-8")
            state.shelf._mark(IDS[number]).touch()
            os.utime(state.shelf._mark(IDS[number]), (time.time() - number * 60,) * 2)
        usual = [Wanted(replace(question.statistic, id=f"q-{number}")) for number in ready]
        warmup = state.warmup
        warmup._left, warmup._seen = None, []
        monkeypatch.setattr(warmup, "_usual", partial(list, usual))
        for one, number in zip(usual, ready, strict=True):
            if number:
                warmup._keep(warmup._key(one), Ready(IDS[number]))
        assert (warmup._next() is None) == (0 not in ready)
        with app.test_request_context():
            with_room(passing=True)
        assert [key for _, key in state.shelf.passing()] == [IDS[number] for number in left]


def test_an_administrator_clears_what_is_old(shelf: FigureShelf, tmp_path: Path) -> None:
    library = Library(write_plan(tmp_path / "plan"))
    told = {one.what: one for one in measure_storage(tmp_path, shelf, library)}
    assert told["passing"].files == 10
    assert told["figures"].files == 1
    assert clear("passing", tmp_path, shelf, library, days=2.5) == 3
    os.utime(shelf.folder / f"{IDS[0]}.json", (1, 1))
    assert clear("figures", tmp_path, shelf, library, days=30) == 1
    assert shelf.ids() == sorted(IDS[1:3])


def test_a_visitor_has_a_days_quota_and_others_theirs() -> None:
    visitors = Visitors()
    for _ in range(3):
        visitors.count("figures", "1.2.3.4", most=3, zh="提问", en="questions")
    with pytest.raises(QuotaSpent, match="max_visitor_figures"):
        visitors.count("figures", "1.2.3.4", most=3, zh="提问", en="questions")
    visitors.count("figures", "1.2.3.5", most=3, zh="提问", en="questions")


def test_one_client_of_ipv6_has_one_quota(plan: Path, make_app: Callable[..., Flask]) -> None:
    app = make_app(plan, max_visitor_sites="2")
    square = {"type": "Polygon", "coordinates": [[[104, 30], [104.01, 30], [104.01, 30.01], [104, 30]]]}

    def kept(address: str) -> int:
        body, told = {"polygon": square, "name": "a"}, {"REMOTE_ADDR": address}
        return app.test_client().post("/api/sites", json=body, environ_overrides=told).status_code

    found = [kept(one) for one in ("2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8:0:1::1")]
    assert found == [201, 201, 429, 201]


@pytest.mark.slow
def test_a_visitors_figure_says_when_it_goes_and_somebody_signed_in_keeps_it(
    tmp_path: Path, make_app: Callable[..., Flask]
) -> None:
    app = make_app(write_landuse_plan(tmp_path / "plan"), visitor_days="7")
    state, visitor, reader = state_of(app), app.test_client(), sign_in_as(app, "reader")
    ids = []
    for key in ("structure", "homes"):
        job = visitor.get(f"/api/statistics/{key}").get_json()["job"]
        until(lambda job=job: bool(visitor.get(f"/api/jobs/{job}").get_json()["figure"]))  # type: ignore[misc]
        ids.append(visitor.get(f"/api/jobs/{job}").get_json()["figure"])
    until(lambda: len(state.shelf.passing()) == 2)
    kept, left = ids
    day = time.strftime("%Y-%m-%d", time.gmtime(state.shelf.passing_since(kept) + 7 * 86_400))
    page = visitor.get(f"/figures/{kept}?lang=en").text
    assert f"it is deleted on {day}" in page
    assert f"/login?next=/figures/{kept}" in page
    assert 'id="keep"' not in page
    assert f"将于 {day} 自行清除" in reader.get(f"/figures/{kept}?lang=zh").text
    assert 'id="keep"' in reader.get(f"/figures/{kept}").text
    assert visitor.post(f"/api/figures/{kept}/keep", headers=SITE).status_code == 401
    assert reader.post(f"/api/figures/{kept}/keep", headers=SITE).status_code == 200
    assert "it is deleted on" not in reader.get(f"/figures/{kept}?lang=en").text
    sweep(state, now=lambda: time.time() + 6.9 * 86_400)
    assert visitor.get(f"/api/figures/{left}").status_code == 200
    sweep(state, now=lambda: time.time() + 7.1 * 86_400)
    assert visitor.get(f"/api/figures/{left}").status_code == 404
    assert visitor.get(f"/api/figures/{kept}").status_code == 200


def test_files_of_visitors_go_after_a_day(app: Flask) -> None:
    state = state_of(app)
    for name in ("briefings", "uploads"):
        (state.instance / name).mkdir(exist_ok=True)
        (state.instance / name / "0123456789abcdef.docx").write_bytes(b"x")
    sweep(state, now=lambda: time.time() + 0.9 * 86_400)
    assert len(list(state.instance.glob("*/*.docx"))) == 2
    sweep(state, now=lambda: time.time() + 1.1 * 86_400)
    assert not list(state.instance.glob("*/*.docx"))


def test_old_versions_go_where_the_plan_says_so_and_the_newest_stays(
    plan: Path, make_app: Callable[..., Flask]
) -> None:
    app = make_app(plan)
    client, token = app.test_client(), issue(app, "layers:write")
    for number in range(3):
        edit = {"feature": "z-1", "properties": {"name_en": f"name {number}"}}
        body = {"expected": number + 1 if number else None, "edits": [edit]}
        assert client.post("/api/layers/zones/edits", json=body, headers=token).status_code == 200
    sweep(state_of(app), now=lambda: time.time() + 1000 * 86_400)
    assert len(client.get("/api/layers/zones/versions").get_json()["versions"]) == 4, "0 days: for good"
    told = make_app(plan, version_days="30")
    client = told.test_client()
    sweep(state_of(told), now=lambda: time.time() + 29 * 86_400)
    assert len(client.get("/api/layers/zones/versions").get_json()["versions"]) == 4
    sweep(state_of(told), now=lambda: time.time() + 31 * 86_400)
    assert [one["number"] for one in client.get("/api/layers/zones/versions").get_json()["versions"]] == [4]
    held = client.get("/layers/zones.geojson").get_json()["features"]
    assert {one["properties"]["name_en"] for one in held} == {"name 2", "West"}
    gone: dict[str, Any] = {"expected": 4, "edits": [{"feature": "z-1", "gone": True}]}
    token = issue(told, "layers:write")
    assert client.post("/api/layers/zones/edits", json=gone, headers=token).get_json()["number"] == 5
