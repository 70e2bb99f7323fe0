"""Tables made short: classes by their first levels for slides, long narrow ones folded, the numbers of a map too."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from briefings.map.listing import ListedGroup, ListedRow, Listing
from briefings.resolve.blocks import BriefingSection, Chart, Resolved, Table, number_captions
from briefings.resolve.declaration import Briefing, Item
from briefings.resolve.edition import resolve
from briefings.resolve.folding import fold_table, paper_table
from briefings.resolve.listed import list_table, listing_notes
from briefings.resolve.tables import column_shares, kept_rows
from geo.text import Text
from layers.figures.presentation import present
from layers.library.library import Library
from tests.landuse_plan import write_landuse_plan


@pytest.mark.parametrize("language", ["zh", "en"])
def test_classes_by_zone_stand_by_first_levels_and_add_up(tmp_path: Path, language: str) -> None:
    plan = write_landuse_plan(tmp_path / "p")
    codes = plan / "landuse_classes.csv"
    codes.write_text(codes.read_text("utf-8") + "S,07,1,,居住用地,Residential land,#ffff2d,#ffd23f\n", "utf-8")
    briefing = Briefing("s", Text("数", "Numbers"), items=(Item("figure", statistic="structure"),))
    (section,) = resolve(Library(plan), briefing, language=language, software="t").sections
    figure, short = section.figure, section.short
    assert figure is not None
    assert short is not None
    zones = list(dict.fromkeys(row["zone"][language] for row in figure.rows))
    assert len(short.heads) == 1 + 2 * len(zones), "an area and a share of each zone"
    assert [head.split(" (")[0] for head in short.heads[1::2]] == zones
    rows = {row[0]: row[1:] for row in short.rows}
    assert {"zh": "居住用地", "en": "Residential land"}[language] in rows
    whole = present(figure, language)
    for at, zone in enumerate(zones):
        parts = [
            r["ha"] for r in figure.rows if r["zone"][language] == zone and r["kind"] not in ("total", "of_which")
        ]
        shown = [
            float(row[1 + 2 * at].replace(",", ""))
            for i, row in enumerate(short.rows)
            if i not in short.strong and row[1 + 2 * at] != "—"
        ]
        assert sum(shown) == pytest.approx(sum(parts), abs=1e-6)
    assert short.rows[short.strong[0]][-2] in [cell for row in whole.rows for cell in row.cells], "the same total"


def test_numbers_of_a_map_stand_two_beside_each_other() -> None:
    rows = tuple(ListedRow(str(i), str(i), f"n{i}", f"{i}.5", placed=i != 5) for i in range(1, 6))
    listed = list_table(Listing("sites", (ListedGroup("Built", "#123456", rows),), "亿元", "zh"))
    assert paper_table(listed, 60.0) == listed, "a short one stays as it is"
    found = fold_table(listed, 2)
    assert found.heads == ("编号", "名称", "亿元") * 2
    assert found.groups == (0,)
    assert found.rows[0][0] == "Built · 5 项（图上 4）"
    assert found.rows[1] == ("1", "n1", "1.5", "4", "n4", "4.5")
    assert found.rows[2] == ("2", "n2", "2.5", "(5)", "n5", "5.5")
    assert found.rows[3] == ("3", "n3", "3.5", "", "", "")


@pytest.mark.parametrize(("amounts", "wide", "said"), [("—1", 3, 1), ("——", 2, 2), (("", ""), 2, 1)])
def test_a_list_without_amounts_has_no_column_for_them_and_says_so(
    amounts: tuple[str, str], wide: int, said: int
) -> None:
    rows = tuple(ListedRow(str(i), str(i), f"n{i}", one, placed=i != 1) for i, one in enumerate(amounts))
    listing = Listing("sites", (ListedGroup("Built", "#123456", rows),), "亿元", "zh")
    table = list_table(listing)
    assert {len(one) for one in (table.heads, table.numeric, *table.rows)} == {wide}
    assert len(listing_notes(listing)) == said, "what is in brackets; that no amount is stated, where one could be"


def test_a_long_narrow_table_takes_the_width_of_paper_and_a_wide_one_stays() -> None:
    rows = tuple((f"{n}", f"class {n}", "1,234.56") for n in range(40))
    narrow = Table(("Code", "Class", "ha"), rows, (False, False, True))
    folded = paper_table(narrow, 45.0)
    assert (folded.beside, len(folded.rows), folded.heads[3:]) == (2, 20, narrow.heads)
    assert {folded.rows[at][k : k + 3] for at in range(20) for k in (0, 3)} == set(rows), "none is lost"
    shares = column_shares(folded, ems=45.0)
    assert shares[:3] == pytest.approx(shares[3:]), "its halves are alike"
    long = replace(narrow, rows=tuple((code, f"{name} {'of many words ' * 9}", ha) for code, name, ha in rows))
    assert paper_table(long, 60.0) == long, "its names would take more lines"
    assert paper_table(narrow, 100.0).beside == 3
    whole = kept_rows(folded, noted=False)
    assert whole == set(range(20)), "all of it on one page: it is read down its halves"
    many = replace(narrow, rows=rows * 2)
    assert paper_table(many, 45.0) == many, "halves that no page holds would lose their order"


def test_two_bars_beside_their_table_are_not_drawn_in_a_document() -> None:
    bars = Chart("bars", "ha", ("A", "B"), (2.0, 1.0))
    table = Table(("Group", "ha"), (("A", "2"), ("B", "1")), (False, True))
    few = BriefingSection("figure", "Few", chart=bars, tables=(table,))
    asked = replace(few, title="Asked", chart=replace(bars, target=3.0))
    shown = [one.chart for one in number_captions(Resolved("R", "", "", "en", (few, asked), ()))]
    assert (few.drawn, shown[0], shown[1]) == (None, "", "Figure 1  Asked")
    assert replace(few, tables=()).drawn == bars, "without a table they are all there is"
