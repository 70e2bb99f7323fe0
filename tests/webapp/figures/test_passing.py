"""What visitors ask is kept for a while and makes room by itself, until somebody signed in keeps it."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from layers.figures.figure import FigureShelf, UnknownFigure
from webapp.accounts.storage import clear, storage
from webapp.jobs.visitors import QuotaSpent, Visitors

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


def test_an_administrator_clears_what_is_old(shelf: FigureShelf, tmp_path: Path) -> None:
    told = {one.what: one for one in storage(tmp_path, shelf)}
    assert told["passing"].files == 10
    assert told["figures"].files == 1
    assert clear("passing", tmp_path, shelf, days=2.5) == 3
    os.utime(shelf.folder / f"{IDS[0]}.json", (1, 1))
    assert clear("figures", tmp_path, shelf, days=30) == 1
    assert shelf.ids() == sorted(IDS[1:3])


def test_a_visitor_has_a_days_quota_and_others_theirs() -> None:
    visitors = Visitors()
    for _ in range(3):
        visitors.count("figures", "1.2.3.4", most=3, zh="提问", en="questions")
    with pytest.raises(QuotaSpent, match="max_visitor_figures"):
        visitors.count("figures", "1.2.3.4", most=3, zh="提问", en="questions")
    visitors.count("figures", "1.2.3.5", most=3, zh="提问", en="questions")
