"""Tables without places join a layer by a key: matched, unmatched and doubled keys are told before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import xlsxwriter

from geo.text import Text
from layers.features.columns import content_of, write_content
from layers.figures.answer import answer
from layers.figures.figure import Figure
from layers.figures.question import asked_statistic
from layers.imports.importer import import_layer
from layers.imports.joining import DoubledKeys, JoinWish, NothingMatches, join_table, preview_join
from layers.imports.options import ImportOptions
from layers.library.library import Library
from tests.layers.exports.round_trip import box
from tests.small_plan import write_plan

ROWS = [
    {"编码": "0101", "名称": "滨江社区"},
    {"编码": "0102", "名称": "石牌社区"},
    {"编码": "0103", "名称": "山观社区"},
]
PEOPLE = '社区编码,常住人口(人),税收(万元)\n0101,1200,35.5\n0102,"3,400",12.25\n0199,5,1\n'


@pytest.fixture
def library(tmp_path: Path) -> Library:
    library = Library(write_plan(tmp_path / "plan"))
    path = tmp_path / "in.parquet"
    write_content(path, content_of(["a", "b", "c"], [box(i, 0) for i in range(3)], ROWS), crs="EPSG:4490")
    import_layer(library, path, ImportOptions(layer="lots", label_zh="社区", label_en="Lots"), who="li")
    return library


def table(tmp_path: Path, text: str, name: str = "people.csv", encoding: str = "utf-8") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


WISH = JoinWish("lots", "people", "社区编码", "编码", period="2024", source=Text("统计年鉴", "Yearbook"))


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_what_would_match_is_told_before(library: Library, tmp_path: Path, encoding: str) -> None:
    told = preview_join(library, table(tmp_path, PEOPLE, encoding=encoding), JoinWish("lots", "people"))
    assert (told["key"], told["layer_key"], told["matched"]) == ("社区编码", "编码", 2)
    assert told["unmatched_rows"] == {"count": 1, "examples": ["0199"]}
    assert told["unmatched_features"] == {"count": 1, "examples": ["c (0103)"]}
    assert told["doubled_rows"]["count"] == 0
    assert library.store.newest("lots").number == 1


def test_joined_fields_are_fields_with_their_source_and_unit(library: Library, tmp_path: Path) -> None:
    done = join_table(library, table(tmp_path, PEOPLE), WISH, who="li")
    layer = library.layer("lots")
    content = library.snapshot(layer).content
    assert content.values(done["fields"][0]) == [1200, 3400, None]
    assert content.values(done["fields"][1]) == [35.5, 12.25, None]
    field = next(one for one in layer.fields if one.id == done["fields"][1])
    assert (field.table, field.source, field.unit) == ("people", Text("统计年鉴 2024", "Yearbook 2024"), "万元")
    version = library.store.newest("lots")
    assert (version.kind, version.about["matched"], version.about["unmatched_rows"]) == ("join", 2, ["0199"])


def test_statistics_use_a_joined_field_like_any_other(library: Library, tmp_path: Path) -> None:
    people, tax = join_table(library, table(tmp_path, PEOPLE), WISH, who="li")["fields"]
    found = sum_of(library, people)
    assert found.value == 1200 + 3400
    assert (found.rows[0]["known"], found.rows[0]["unknown"]) == (2, 1), "what matched no row is unknown, not 0"
    assert sum_of(library, tax).value == 35.5 + 12.25
    assert "万元" in str(sum_of(library, tax).unit)
    join_table(
        library,
        table(tmp_path, PEOPLE.replace("1200", "1250"), "2025.csv"),
        replace(WISH, period="2025"),
        who="li",
    )
    assert sum_of(library, people).value == 1250 + 3400, "the new year's"


def sum_of(library: Library, field: str) -> Figure:
    wanted = asked_statistic({"function": "sum", "field": field, "inputs": {"items": {"layer": "lots"}}})
    return answer(library, lambda _done, _total: None, wanted, software="test")


def test_a_new_year_is_a_new_version_and_the_old_one_stays(library: Library, tmp_path: Path) -> None:
    names = join_table(library, table(tmp_path, PEOPLE), WISH, who="li")["fields"]
    later = PEOPLE.replace("1200", "1250")
    again = join_table(
        library, table(tmp_path, later, "2025.csv"), WISH.__class__(**WISH.__dict__ | {"period": "2025"}), who="li"
    )
    assert again["fields"] == names
    layer = library.layer("lots")
    assert library.snapshot(layer).content.values(names[0])[0] == 1250
    assert library.snapshot_at(layer, 2).content.values(names[0])[0] == 1200
    assert [f.source.zh for f in layer.fields if f.id == names[0] and f.source] == ["统计年鉴 2025"]
    assert sum(one.id == names[0] for one in layer.fields) == 1


def test_doubled_keys_are_listed_and_decided_by_a_person(library: Library, tmp_path: Path) -> None:
    path = table(tmp_path, PEOPLE + "0101,7,7\n")
    assert preview_join(library, path, WISH)["doubled_rows"] == {"count": 1, "examples": ["0101"]}
    with pytest.raises(DoubledKeys, match="0101"):
        join_table(library, path, WISH, who="li")
    assert library.store.newest("lots").number == 1
    for doubled, first in (("first", 1200), ("none", None)):
        wish = WISH.__class__(**WISH.__dict__ | {"doubled": doubled})
        name = join_table(library, path, wish, who="li")["fields"][0]
        assert library.snapshot(library.layer("lots")).content.values(name)[0] == first


def test_nothing_that_matches_changes_nothing(library: Library, tmp_path: Path) -> None:
    with pytest.raises(NothingMatches):
        join_table(
            library, table(tmp_path, PEOPLE), WISH.__class__(**WISH.__dict__ | {"layer_key": "名称"}), who="li"
        )
    assert library.store.newest("lots").number == 1
    assert not any(one.table for one in library.layer("lots").fields)


def test_excel_with_titles_and_totals_joins_by_name(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        rows = [["2024年人口统计"], ["社区名称", "人口"], ["滨江社区", 10], ["石牌社区", 20], ["合计", 30]]
        for r, row in enumerate(rows):
            sheet.write_row(r, 0, row)
    told = preview_join(library, path, JoinWish("lots", "people"))
    assert (told["key"], told["layer_key"], told["matched"], told["unmatched_rows"]["count"]) == (
        "社区名称",
        "名称",
        2,
        0,
    )
    join_table(library, path, JoinWish("lots", "people", "社区名称", "名称"), who="li")
    assert library.snapshot(library.layer("lots")).content.values("人口") == [10, 20, None]


def test_a_new_version_of_the_layer_keeps_what_was_joined(library: Library, tmp_path: Path) -> None:
    name = join_table(library, table(tmp_path, PEOPLE), WISH, who="li")["fields"][0]
    path = tmp_path / "v2.parquet"
    rows = [{"编码": "0103", "名称": "山观社区"}, {"编码": "0101", "名称": "滨江社区"}]
    write_content(path, content_of(["c", "a"], [box(0, 0), box(1, 0)], rows), crs="EPSG:4490")
    report = import_layer(library, path, ImportOptions(layer="lots", new_version=True), who="li")
    assert library.snapshot(library.layer("lots")).content.values(name) == [None, 1200]
    assert any("people" in note.en for note in report.notes)


def test_a_layer_that_is_a_file_is_joined_too(library: Library, tmp_path: Path) -> None:
    zones = library.snapshot(library.layer("zones")).content
    text = "id,x1\n" + "".join(f"{i},{n}\n" for n, i in enumerate(zones.ids))
    join_table(library, table(tmp_path, text), JoinWish("zones", "extra", "id"), who="li")
    assert library.snapshot(library.layer("zones")).content.values("x1") == list(range(len(zones)))
