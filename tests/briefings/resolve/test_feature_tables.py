"""A table enters a briefing as it was seen; a coverage number comes with its map of covered and not covered."""

from __future__ import annotations

from pathlib import Path

import pytest

from briefings.resolve.declaration import Briefing, Item, briefing_text, read_text
from briefings.resolve.edition import resolve
from briefings.resolve.feature_tables import MOST_ROWS, table_section
from geo.text import Text
from layers.errors import UnknownLayer
from layers.library.library import Library
from layers.plan.views import View, view_text

BUNDLED = Library(Path(__file__).parents[3] / "data")


def test_rows_columns_order_and_groups_are_those_that_were_seen() -> None:
    found = table_section(BUNDLED, "tb=projects;-land_mu;@name,land_mu;category", "zh")
    (table,) = found.tables
    assert table.heads == ("名称", "用地面积（亩）")
    assert len(table.groups) == 2
    own = [row for at, row in enumerate(table.rows) if at not in (*table.groups, *table.strong)]
    assert len(own) == 53
    begin, end = table.groups[0] + 1, table.groups[1]
    amounts = [float(row[1].replace(",", "")) for row in table.rows[begin:end] if row[1] != "—"]
    assert amounts == sorted(amounts, reverse=True)
    stated = [float(row[1].replace(",", "")) for row in own if row[1] != "—"]
    assert float(table.rows[table.strong[0]][1].replace(",", "")) == pytest.approx(sum(stated))
    assert any(f"{53 - len(stated)} 项未说明" in one for one in found.caveats)


def test_a_filter_is_kept_and_said() -> None:
    state = view_text(View(filters={"projects": ("category=新建",)}, table="projects;;@name,category"))
    found = table_section(BUNDLED, state, "zh")
    assert {row[1] for row in found.tables[0].rows if row[1]} == {"新建"}
    assert "新建" in found.sentence


def test_a_long_table_says_how_many_rows_it_leaves_out() -> None:
    found = table_section(BUNDLED, "tb=landuse", "en")
    assert len(found.tables[0].rows) == MOST_ROWS
    assert str(3191 - MOST_ROWS) in " ".join(found.caveats).replace(",", "")


@pytest.mark.parametrize(
    ("language", "said"), [("zh", "所列各行均无值、未列出的栏：用地面积（亩）"), ("en", "Columns left out")]
)
def test_a_column_without_any_value_is_left_out_and_named_once(language: str, said: str) -> None:
    state = view_text(View(filters={"projects": ("land_mu=",)}, table="projects;;@name,land_mu,category"))
    found = table_section(BUNDLED, state, language)
    (table,) = found.tables
    assert (len(table.heads), len(table.rows)) == (2, 8)
    (told,) = found.caveats
    assert told.startswith(said)


def test_a_layer_that_is_not_there_is_refused() -> None:
    with pytest.raises(UnknownLayer):
        table_section(BUNDLED, "tb=nothing", "zh")


def test_a_table_is_an_item_of_a_declared_briefing() -> None:
    asked = Briefing("b", Text("表", "Table"), items=(Item("table", table="tb=projects;-land_mu;@name,land_mu"),))
    again = read_text(briefing_text(asked))
    assert again.items == asked.items
    found = resolve(BUNDLED, again, language="zh", software="t")
    assert found.sections[0].tables
    assert found.sections[0].title == "重大产业项目"


def test_a_coverage_comes_with_its_map() -> None:
    asked = Briefing("b", Text("绿", "Green"), items=(Item("figure", statistic="green_park_radius_2021"),))
    number, covered = resolve(BUNDLED, asked, language="zh", software="t").sections
    assert number.figure is not None
    assert covered.kind == "map"
    assert covered.answered is not None
    assert {entry.label.zh for entry in covered.answered.legend.entries} == {"已覆盖", "未覆盖"}
