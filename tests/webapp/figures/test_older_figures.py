"""A figure under the id of an older release, or of an older day of the plan: its page stands, and says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from flask import Flask

from layers.figures.answer import answer, figure_id
from layers.figures.kept_versions import publish_kept
from layers.figures.question import asked_statistic
from tests.small_plan import write_plan
from webapp.state import state_of

OLDER, DAY = 'id="older"', 'id="day-moved"'


def test_the_page_of_an_older_release_says_so(tmp_path: Path, make_app: Callable[..., Flask]) -> None:
    app = make_app(write_plan(tmp_path / "p"))
    try:
        state = state_of(app)
        question = asked_statistic(
            {"function": "adjacency", "inputs": {"part": {"layer": "zones"}, "line": {"layer": "zones"}}}
        )
        now = answer(state.library, lambda _d, _t: None, question, software="x")
        older = replace(now, id=figure_id(question, now.layers, revision=1))
        for figure in (now, older):
            publish_kept(state.shelf, figure, state.library)
        pages = [app.test_client().get(f"/figures/{one.id}?lang=en") for one in (now, older)]
        assert [page.status_code for page in pages] == [200, 200]
        assert [OLDER in page.get_data(as_text=True) for page in pages] == [False, True]
        assert "kept as it was" in pages[1].get_data(as_text=True)
        assert not any(DAY in page.get_data(as_text=True) for page in pages)
    finally:
        state_of(app).close()
