"""The transition matrix of two versions: it closes, turns round, and a second engine finds the same."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from layers.figures.answer import answer, question_command
from layers.figures.figure import Figure, FigureShelf
from layers.figures.question import asked_statistic
from layers.figures.verification.recompute import verify
from layers.library.editing import Edit, edit
from layers.library.library import Library
from tests.landuse_plan import write_landuse_plan
from tests.small_plan import feature, square, write_layer


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(write_landuse_plan(tmp_path / "p"))


def figure(library: Library, before: dict[str, Any], after: dict[str, Any]) -> Figure:
    question = asked_statistic(
        {
            "function": "transition",
            "inputs": {"before": {"layer": "landuse", **before}, "after": {"layer": "landuse", **after}},
        }
    )
    return answer(library, lambda _done, _total: None, question, software="test")


def cells(found: Figure) -> dict[tuple[str, str], float]:
    return {(r["from_name"].en, r["to_name"].en): r["m2"] for r in found.rows if r["kind"] != "of_which"}


def test_a_changed_class_is_told_with_its_polygons_and_everything_closes(library: Library, tmp_path: Path) -> None:
    layer = library.layer("landuse")
    first = library.snapshot(layer).features[0]
    changed = next(c for c in ("0701", "1001", "1401") if c != first.properties["class"])
    edit(library, layer, [Edit(first.id, properties={"class": changed})], who="li", why="", expected=None)
    found = figure(library, {"version": 1}, {"version": 2})
    table = cells(found)
    inner = {k: v for k, v in table.items() if "total" not in k}
    moved = [k for k in inner if k[0] != k[1]]
    assert len(moved) == 1
    assert found.value == pytest.approx(inner[moved[0]] / 1e4, rel=1e-9)
    assert math.fsum(inner.values()) == pytest.approx(table["total", "total"], rel=1e-9)
    for name in {k[0] for k in inner}:
        assert math.fsum(v for k, v in inner.items() if k[0] == name) == pytest.approx(
            table[name, "total"], rel=1e-9
        )
    rows = {(r["from_name"].en, r["to_name"].en): r["ha"] for r in found.rows}
    assert sum(v for k, v in rows.items() if "total" not in k) == pytest.approx(rows["total", "total"], abs=1e-9)
    assert found.evidence
    pieces = found.evidence.frame()
    assert list(pieces["from_feature"][pieces["from"] != pieces["to"]]) == [first.id]
    assert [u.filters for u in found.layers] == [("version=1",), ("version=2",)]
    assert '"version": 2' in question_command(library, found.statistic, None)
    shelf = FigureShelf(tmp_path / "shelf")
    shelf.publish(found)
    assert [row.state for row in verify(library, shelf, software="test").rows] == ["same"]


def test_a_version_with_itself_has_a_diagonal_only(library: Library) -> None:
    found = figure(library, {}, {})
    assert found.value == pytest.approx(0, abs=1e-9)
    assert all(k[0] == k[1] or "total" in k for k in cells(found))


def test_many_parcels_unchanged_are_nothing_changed_and_not_less_than_nothing() -> None:
    question = {
        "function": "transition",
        "unit": "ha",
        "inputs": {"before": {"layer": "landuse"}, "after": {"layer": "landuse"}},
    }
    bundled = Library(Path(__file__).parents[3] / "data")
    found = answer(bundled, lambda _done, _total: None, asked_statistic(question), software="t")
    assert found.value is not None
    assert found.value >= 0.0
    assert "-0" not in found.sentence.en + found.sentence.zh


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from(["0701", "1001", "1401"]), min_size=4, max_size=4),
    st.lists(st.sampled_from(["0701", "1001", "1401", None]), min_size=4, max_size=4),
)
def test_swapping_before_and_after_turns_the_matrix_round(
    tmp_path: Path, old: list[str], new: list[str | None]
) -> None:
    folder = tmp_path / "p"
    if not folder.exists():
        write_landuse_plan(folder)
    side = 0.01
    write_layer(
        folder,
        "landuse",
        [feature(f"p{i}", square(104.01 + side * i, 30.01, side), **{"class": c}) for i, c in enumerate(old)],
    )
    write_layer(
        folder,
        "parks",
        [feature(f"q{i}", square(104.013 + side * i, 30.012, side), **{"class": c}) for i, c in enumerate(new)],
    )
    catalog = folder / "catalog.toml"
    text = catalog.read_text("utf-8")
    if text.count("class_field") == 1:
        catalog.write_text(text + 'class_field = "class"\nscheme = "S"\n', "utf-8")
    library = Library(folder)
    one = cells(figure(library, {}, {"layer": "parks"}))
    other = cells(figure(library, {"layer": "parks"}, {}))
    swap = {"(not covered before)": "(not covered after)", "(not covered after)": "(not covered before)"}
    turned = {(swap.get(b, b), swap.get(a, a)): v for (a, b), v in other.items()}
    assert turned.keys() == one.keys()
    for key, value in one.items():
        assert turned[key] == pytest.approx(value, rel=1e-8, abs=1e-3)
