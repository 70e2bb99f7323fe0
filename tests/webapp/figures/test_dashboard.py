"""The dashboard: ready when one comes, every number its figure's, of a zone and of a day, also without promises."""

from __future__ import annotations

import json
import re
import shutil
import time
import tomllib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape

from geo.text import Text
from layers.figures.board import Board
from layers.library.library import Library
from layers.plan import schedule
from tests.small_plan import feature, point, write_layer
from tests.timely_plan import write_timely_plan
from tests.waiting import LONGEST_S
from tests.webapp.served import until
from webapp.figures import warmup as warming
from webapp.figures.tiles import Looking, Tiles, usual_questions
from webapp.figures.warmup import Ready, Wanted, Warmup
from webapp.jobs.errors import Stopped
from webapp.sites import ahead as sites_ahead
from webapp.sites.wanted import SiteWanted
from webapp.state import state_of

BUNDLED = Path(__file__).parents[3] / "data"


def told(client: FlaskClient, query: str = "") -> dict[str, Any]:
    """The dashboard when all of it is there."""
    found: dict[str, Any] = {}

    def complete() -> bool:
        found.update(client.get(f"/api/dashboard?{query}").get_json())
        return bool(found["waiting"] == 0)

    until(complete)
    return found


def counts(board: dict[str, Any], statistic: str = "by_state") -> dict[str, str]:
    tiles = {tile["statistic"]: tile for part in board["parts"] for tile in part["tiles"]}
    return {row["cells"][0]: row["cells"][1] for row in tiles[statistic]["shown"]["rows"]}


def test_a_plan_without_promises_shows_its_statistics_and_says_so(
    tmp_path: Path, make_app: Callable[..., Flask]
) -> None:
    client = make_app(write_timely_plan(tmp_path / "p")).test_client()
    board = told(client, "lang=en")
    assert board["day"] == "2024-05-01"
    assert board["targets"] == board["indicators"] == []
    assert counts(board) == {"due_complete": "1", "not_started": "1", "under construction": "1", "total": "3"}
    page = client.get("/dashboard?lang=en").get_data(as_text=True)
    assert (
        "declares no indicators" in page
        and "Sites by state" in page
        and '<button type="button" class="compute' not in page
    )
    assert 'class="to-briefing" data-figure="' in page, "a tile can be taken into a briefing"

    later = told(client, "lang=en&when=2025-07-01")
    assert counts(later) == {"due_complete": "2", "under construction": "1", "total": "3"}
    (tile,) = later["parts"][0]["tiles"]
    figure = client.get(f"/api/figures/{tile['figure']}").get_json()
    assert figure["layers"][0]["filters"] == ["when=2025-07-01"]
    assert "2025-07-01" in figure["caveats"][0]["en"]
    lost = client.get("/dashboard?zone=zones/none&lang=en")
    assert lost.status_code == 400
    assert "there is no such zone on the map" in lost.get_data(as_text=True)
    assert 'href="/dashboard"' in lost.get_data(as_text=True), "with a way out"
    assert client.get("/api/dashboard?zone=zones/none").status_code == 400
    assert client.get("/dashboard?when=2025-02-30").status_code == 400
    assert client.get("/dashboard?zone=sites/s-1").status_code == 400, "a point is no zone"


def test_a_page_whose_figures_are_there_is_made_once_and_follows_figures_data_and_declarations(
    tmp_path: Path, make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, made, board = write_timely_plan(tmp_path / "p"), list[int](), Tiles.board
    app = make_app(folder)
    client = app.test_client()

    def counted(self: Tiles, view: Looking) -> Board:
        made.append(1)
        return board(self, view)

    monkeypatch.setattr(Tiles, "board", counted)

    def page(query: str = "") -> str:
        return client.get(f"/dashboard?lang=en{query}").get_data(as_text=True)

    def kept() -> bool:
        before = len(made)
        page()
        return len(made) == before

    (tile,) = told(client, "lang=en")["parts"][0]["tiles"]
    until(kept)
    assert tile["figure"] in page()
    assert page("&when=2025-07-01") != page() != page("&standing=behind")
    write_layer(folder, "sites", [feature("s-9", point(104.06, 30.06), begins="2024-01", ends="2025-01")])
    (later,) = told(client, "lang=en")["parts"][0]["tiles"]
    assert later["figure"] != tile["figure"] and later["figure"] in page() and tile["figure"] not in page()
    until(kept)
    (folder / "dashboard.toml").write_text(
        '[parts.one]\nlabel = {zh = "一", en = "Only part"}\nstatistics = ["by_state"]\n'
    )
    assert "Only part" in page()
    until(kept)
    state_of(app).shelf.remove(later["figure"])
    until(lambda: state_of(app).shelf.mark() is not None)
    assert later["figure"] not in page()


def test_figures_are_ready_ahead_and_follow_the_data(
    tmp_path: Path, make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warming, "_REST_S", 0.1)  # a service looks every ten seconds
    folder = write_timely_plan(tmp_path / "p")
    state = state_of(make_app(folder))
    (question,) = {one.statistic.id: one for one in usual_questions(state.library)}.values()
    state.warmup.begin(lambda: usual_questions(state.library))
    until(lambda: state.warmup.find(question) is not None)
    first = state.warmup.find(question)
    write_layer(folder, "sites", [feature("s-9", point(104.06, 30.06), begins="2024-01", ends="2025-01")])
    assert state.warmup.find(question) is None, "what was computed of older data is not shown"
    until(lambda: state.warmup.find(question) is not None)
    second = state.warmup.find(question)
    assert first and second and first.figure != second.figure and state.shelf.passes(second.figure)
    state.warmup.close()
    again = state_of(make_app(folder))  # after a restart
    monkeypatch.setattr(again.jobs, "start", lambda *_args, **_how: pytest.fail("it is on the shelf"))
    again.warmup.begin(lambda: usual_questions(again.library))
    until(lambda: not again.warmup.busy)
    assert again.warmup.find(question) == second, "nothing is computed anew"


def never_ends(_opened: Library, progress: Callable[[float, float], None], *_asked: object) -> None:
    progress(0, 1)
    time.sleep(3600)


def ends_at_once(_opened: Library, _progress: Callable[[float, float], None]) -> int:
    return 7


def test_what_is_computed_ahead_makes_room_for_whoever_asks(
    tmp_path: Path, make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warming, "found_or_computed", never_ends)
    monkeypatch.setattr(sites_ahead, "gather_places", never_ends)
    state = state_of(make_app(write_timely_plan(tmp_path / "p"), max_jobs="1"))

    def running() -> list[str]:
        return [one.id for one in state.jobs.all() if one.what == "never_ends" and one.state == "running"]

    def answered() -> bool:
        return bool(state.jobs.result(state.jobs.start(ends_at_once), wait_s=LONGEST_S) == 7)

    state.warmup.begin(lambda: usual_questions(state.library))
    with ThreadPoolExecutor(1) as pool:
        sites = pool.submit(sites_ahead.LookAhead(state)._told, (SiteWanted(),))
        until(running)
        assert answered(), "though the only worker was taken by a figure"
        until(running)
        (figure,) = (one.id for one in state.jobs.all())
        assert not sites.done(), "sites wait until no figure is left"
        state.warmup.close()
        until(lambda: running() not in ([], [figure]))
        assert answered(), "though the only worker was taken by sites"
        assert isinstance(sites.exception(), Stopped)


def test_what_fails_is_told_on_its_tile(tmp_path: Path, make_app: Callable[..., Flask]) -> None:
    folder = write_timely_plan(tmp_path / "p")
    (folder / "dashboard.toml").write_text(
        '[parts.a]\nlabel = {zh = "甲", en = "A"}\nstatistics = ["by_state", "by_stat"]\n'
    )
    text = (folder / "statistics.toml").read_text("utf-8")
    (folder / "statistics.toml").write_text(
        text.replace('inputs.items = {layer = "sites"}', 'inputs.items = {layer = "sites", where = ["nothing=1"]}')
    )
    board = told(make_app(folder).test_client(), "lang=en")
    assert "did you mean 'by_state'" in board["problems"][0]["en"]
    (tile,) = board["parts"][0]["tiles"]
    assert (tile["state"], tile["figure"]) == ("failed", "") and "no field nothing" in tile["problem"]


@pytest.mark.slow  # computes all figures of the bundled plan's dashboard, some along its roads
def test_every_number_of_the_bundled_dashboard_is_its_figures(
    tmp_path: Path, make_app: Callable[..., Flask]
) -> None:
    folder = tmp_path / "data"
    shutil.copytree(BUNDLED, folder, ignore=shutil.ignore_patterns("store"))
    app = make_app(folder)
    client = app.test_client()
    counted = 0
    for lang in ("zh", "en"):
        board = told(client, f"lang={lang}")
        page = client.get(f"/dashboard?lang={lang}").get_data(as_text=True)
        tiles = [tile for part in board["parts"] for tile in part["tiles"]]
        tiles += [one["tile"] for one in board["targets"] if one["tile"]]
        assert len(tiles) >= 15 and {tile["state"] for tile in tiles} <= {"computed", "not_computable"}
        for tile in tiles:
            figure = client.get(f"/api/figures/{tile['figure']}").get_json()
            shown = client.get(f"/api/figures/{tile['figure']}/shown?lang={lang}").get_json()
            assert client.get(f"/figures/{tile['figure']}.xlsx").status_code == 200
            assert figure["statistic"]["id"] == tile["statistic"]
            if tile["state"] == "computed":
                assert str(escape(tile["shown"]["value"])) in page and f"/figures/{tile['figure']}" in page
            money = [column["unit"].startswith("万") for column in figure["columns"]]
            if not any(money):
                assert tile["shown"]["value"] == shown["value"]
            areas = [at for at, one in enumerate(figure["columns"]) if one["id"] in ("ha", "mu", "m2", "km2")]
            kept = [at for at in range(len(money)) if at not in areas[1:]]  # a tile says an area in one unit
            for row, full in zip(tile["shown"]["rows"], shown["rows"], strict=True):
                for at, cell in zip(kept, row["cells"], strict=True):
                    value = full["values"][at]
                    if money[at] and value is not None:
                        assert float(cell.replace(",", "")) == pytest.approx(
                            value / {"zh": 1e4, "en": 1e5}[lang], abs=0.005
                        )
                    else:
                        assert cell == full["cells"][at]
            for at, bar in enumerate((tile["shown"]["chart"] or {"bars": []})["bars"]):
                assert bar["value"] in [v for row in full_values(shown) for v in row]
                link = tile["links"][at]
                if lang == "en" and figure["statistic"]["function"] == "count" and link.startswith("/#"):
                    said = parse_qs(link.partition("#")[2])
                    layer, _, where = said["f"][0].partition(":")
                    rows = client.get(f"/api/layers/{layer}/rows", query_string={"where": where, "limit": 0})
                    if "@in" not in where:  # what lies in two blocks counts a part in each
                        assert rows.get_json()["matched"] == bar["value"], "a bar leads to what it counts"
                        counted += 1
        standings = [one["standing"] for one in (*board["targets"], *board["indicators"])]
        assert (
            board["counts"] == {key: standings.count(key) for key in board["counts"]}
            and sum(board["counts"].values()) == 48
        )

    assert counted >= 8, "states and years of projects"
    land = {tile["statistic"]: tile for part in board["parts"] for tile in part["tiles"]}["land_structure"]
    assert land["links"][0].endswith("f=landuse:class=1001&tb=landuse;-@area") and land["colors"][0] == "#bb9674"
    only = client.get("/dashboard?standing=undecided&lang=zh").get_data(as_text=True)
    assert (
        only.count('class="standing undecided"') > 20
        and 'class="standing not_computable"' not in only.partition('id="listed"')[2]
    )
    assert client.get("/dashboard?standing=fine").status_code == 400

    here = told(client, "lang=zh&zone=zones/z-qy&when=2023-06-30")
    assert counts(here, "projects_by_state")  # of a zone and a day: by zone and group
    assert re.search("693.85 亿元.*30.29 亿美元", json.dumps(told(client, "lang=zh"), ensure_ascii=False))


def full_values(shown: dict[str, Any]) -> list[list[Any]]:
    return [row["values"] for row in shown["rows"]]


def test_a_plan_without_a_date_tells_the_states_of_today_tomorrow_of_tomorrow(
    tmp_path: Path, make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_timely_plan(tmp_path / "p")
    text = (folder / "catalog.toml").read_text("utf-8")
    (folder / "catalog.toml").write_text(
        text.replace('document_date = "2024-05-01"', 'document_date = ""'), "utf-8"
    )
    app = make_app(folder)
    state, client = state_of(app), app.test_client()
    for today, expected in (
        (date(2024, 5, 1), {"due_complete": "1", "not_started": "1", "under construction": "1", "total": "3"}),
        (date(2025, 7, 1), {"due_complete": "2", "under construction": "1", "total": "3"}),
    ):
        monkeypatch.setattr(schedule, "date", type("Day", (date,), {"today": staticmethod(lambda day=today: day)}))
        assert counts(told(client, "lang=en")) == expected
        (usual,) = usual_questions(state.library)
        assert state.warmup.find(usual) is not None, "what is kept ready is what is shown"


def test_of_very_many_usual_questions_the_first_are_kept_ready(
    tmp_path: Path, make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warming, "_MOST_USUAL", 50)
    state = state_of(make_app(write_timely_plan(tmp_path / "p")))
    (question,) = usual_questions(state.library)
    known = [Wanted(replace(question.statistic, id=f"q-{at}")) for at in range(60)]
    asked: list[Wanted] = []
    warmup = Warmup(state.library, state.shelf, state.jobs)
    warmup._usual = lambda: known
    while (one := warmup._next()) is not None:
        warmup._keep(warmup._key(one), Ready(problem=Text("无", "none")))
        asked.append(one)
    assert asked == known[:50]


def test_a_question_of_restricted_layers_is_not_computed_ahead(
    tmp_path: Path, make_app: Callable[..., Flask]
) -> None:
    folder = write_timely_plan(tmp_path / "p")
    text = (folder / "statistics.toml").read_text("utf-8")
    (folder / "statistics.toml").write_text(
        text.replace('layer = "sites"', 'layer = "pipes"').replace('by = "state"\n', "")
    )
    app = make_app(folder)
    assert list(usual_questions(state_of(app).library)) == []
    assert app.test_client().get("/api/dashboard").get_json()["parts"] == []


def test_a_verdict_has_one_word_on_the_dashboard_the_indicators_and_in_briefings() -> None:
    root, told = Path(__file__).parents[3], {}
    for name in (
        "webapp/messages/dashboard.toml",
        "webapp/messages/figures.toml",
        "briefings/messages/briefing.toml",
    ):
        told[name.split("/")[-1]] = tomllib.loads((root / name).read_text("utf-8"))
    board, page, briefing = told["dashboard.toml"], told["figures.toml"], told["briefing.toml"]
    assert page["meets"]["zh"] == board["standing_met"]["zh"] == briefing["meets"]["zh"] == "达标"
    assert page["meets_not"]["zh"] == briefing["meets_not"]["zh"] == "未达标"
    assert page["meets_unknown"]["zh"] == board["standing_undecided"]["zh"] == "待定"
    assert briefing["meets_undecided"]["zh"] == "待定"
    assert page["meets"]["en"] == board["standing_met"]["en"].lower() == briefing["meets"]["en"]
    assert page["meets_not"]["en"] == briefing["meets_not"]["en"] == "not met"
    assert page["meets_unknown"]["en"] == board["standing_undecided"]["en"].lower()
