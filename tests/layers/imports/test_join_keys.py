"""Keys that people type differently meet and are told; a table with a row for each year is joined by its year."""

from __future__ import annotations

from pathlib import Path

import pytest

from layers.features.columns import content_of, write_content
from layers.imports.importer import import_layer
from layers.imports.join_places import loose_key
from layers.imports.joining import DoubledKeys, JoinWish, join_table, preview_join
from layers.imports.options import ImportOptions
from layers.library.library import Library
from tests.layers.exports.round_trip import box
from tests.small_plan import write_plan

COMMUNITIES = [
    {"编码": "0101", "名称": "滨江社区", "plot": "A-01"},
    {"编码": "0102", "名称": "石牌社区", "plot": "A-02"},
    {"编码": "0103", "名称": "山观社区", "plot": "A-03"},
]
YEARS = "编码,年份,人口\n0101,2022年,10\n0101,2023年,11\n0102,2022年,20\n0102,2023年,21\n"


def library_of(tmp_path: Path, rows: list[dict[str, object]]) -> Library:
    library = Library(write_plan(tmp_path / "plan"))
    path = tmp_path / "in.parquet"
    ids = [chr(97 + i) for i in range(len(rows))]
    write_content(path, content_of(ids, [box(i, 0) for i in range(len(rows))], rows), crs="EPSG:4490")
    import_layer(library, path, ImportOptions(layer="lots", label_zh="社区", label_en="Lots"), who="li")
    return library


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return library_of(tmp_path, [dict(row) for row in COMMUNITIES])


def table(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(text, "utf-8")
    return path


def values(library: Library, field: str = "人口") -> list[object]:
    return list(library.snapshot(library.layer("lots")).content.values(field))


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("名称,人口\n滨 江 社 区,1\n石牌　社区,2\n山观社区\u200b,3\n", "名称"),
        ("编码,人口\n101,1\n102,2\n103,3\n", "编码"),
        ("编码,人口\n101.0,1\n102.0,2\n103.0,3\n", "编码"),
        ("地块,人口\na-01,1\nA—02,2\nＡ–03,3\n", "plot"),
    ],
)
def test_keys_typed_differently_meet_and_are_told(library: Library, tmp_path: Path, text: str, field: str) -> None:
    path = table(tmp_path, text)
    seen = preview_join(library, path, JoinWish("lots", "people"))
    assert (seen["layer_key"], seen["matched"], seen["unmatched_rows"]["count"]) == (field, 3, 0)
    assert "taken as the same: 3" in " ".join(note["en"] for note in seen["notes"])
    done = join_table(library, path, JoinWish("lots", "people", seen["key"], seen["layer_key"]), who="li")
    assert values(library) == [1, 2, 3]
    assert "写法不同但视为相同" in " ".join(note["zh"] for note in done["notes"])


@pytest.mark.parametrize(
    "text",
    [
        "名称,人口\n滨江社区居委会,1\n石牌居委会,2\n山观社区居民委员会,3\n",
        "名称,人口\n滨江,1\n石牌,2\n山观,3\n",
        "名称,人口\n1. 滨江社区,1\n2、石牌社区,2\n（3）山观社区,3\n",
        "名称,人口\n滨江社区（本部）,1\n石牌社区,2\n山观,3\n",
    ],
)
def test_endings_and_numbers_of_names_do_not_count_and_are_told(
    library: Library, tmp_path: Path, text: str
) -> None:
    path = table(tmp_path, text)
    seen = preview_join(library, path, JoinWish("lots", "people"))
    assert (seen["layer_key"], seen["matched"]) == ("名称", 3)
    done = join_table(library, path, JoinWish("lots", "people", "名称", "名称"), who="li")
    assert values(library) == [1, 2, 3]
    assert "how endings such as 社区, 村 and 街道 are written do not count" in done["notes"][-1]["en"]


def test_an_ending_that_says_something_else_is_no_match(tmp_path: Path) -> None:
    library = library_of(
        tmp_path, [{"名称": "滨江社区"}, {"名称": "滨江街道"}, {"名称": "石牌村"}, {"名称": "山观镇"}]
    )
    text = "名称,人口\n滨江,1\n石牌社区,2\n山观镇人民政府,3\n滨江街道办事处,4\n"
    done = join_table(library, table(tmp_path, text), JoinWish("lots", "people", "名称", "名称"), who="li")
    assert values(library) == [None, 4, None, 3]
    assert done["unmatched_rows"] == 2


@pytest.mark.parametrize(
    ("rows", "layer_key"),
    [
        ([{"街": "中山路", "号": "12"}, {"街": "中山路", "号": "14"}, {"街": "环城路", "号": "12"}], "街+号"),
        ([{"地址": "中山路12号"}, {"地址": "中山路14号"}, {"地址": "环城路12号"}], "地址"),
    ],
)
def test_a_street_and_a_number_are_a_key_together(
    tmp_path: Path, rows: list[dict[str, object]], layer_key: str
) -> None:
    library = library_of(tmp_path, rows)
    path = table(tmp_path, "街道名,门牌,人口\n中山路,12,1\n中山路,14,2\n环城路,12,3\n")
    seen = preview_join(library, path, JoinWish("lots", "people"))
    assert (seen["key"], seen["layer_key"], seen["matched"]) == ("街道名+门牌", layer_key, 3)
    made = join_table(library, path, JoinWish("lots", "people", "街道名+门牌", layer_key), who="li")
    assert made["fields"] == ["人口"], "the columns of the key tell nothing the layer has not"
    assert values(library) == [1, 2, 3]


def test_places_in_the_headings_are_told(library: Library, tmp_path: Path) -> None:
    text = "指标,滨江社区,石牌社区,山观社区\n人口,1,2,3\n户数,4,5,6\n"
    seen = preview_join(library, table(tmp_path, text), JoinWish("lots", "people"))
    assert seen["matched"] == 0
    assert "its places stand in the headings (滨江社区, 石牌社区, 山观社区)" in seen["notes"][-1]["en"]


def test_two_rows_that_may_be_one_place_are_not_taken(library: Library, tmp_path: Path) -> None:
    text = "名称,人口\n滨江,1\n滨江居委会,2\n石牌社区,3\n"
    join_table(library, table(tmp_path, text), JoinWish("lots", "people", "名称", "名称"), who="li")
    assert values(library) == [2, 3, None]  # 居委会 is that of a 社区; 滨江 alone is left, and listed
    text = "名称,人口\n滨江居委会,1\n滨江社区居委会,2\n石牌社区,3\n"
    seen = preview_join(library, table(tmp_path, text), JoinWish("lots", "more", "名称", "名称"))
    assert (seen["matched"], seen["unmatched_rows"]["count"]) == (1, 2)


def test_a_key_that_may_mean_two_is_not_guessed(tmp_path: Path) -> None:
    library = library_of(tmp_path, [{"code": "01"}, {"code": "1"}, {"code": "02"}, {"code": "03"}])
    path = table(tmp_path, "code,人口\n001,1\n2,2\n3,3\n003,4\n")
    done = join_table(library, path, JoinWish("lots", "people", "code", "code"), who="li")
    assert values(library) == [None, None, 2, None], "001 may be 01 or 1; 3 and 003 may both be 03"
    assert done["unmatched_rows"] == 3


def test_a_row_for_each_year_is_joined_by_its_year(library: Library, tmp_path: Path) -> None:
    path = table(tmp_path, YEARS)
    with pytest.raises(DoubledKeys) as refused:
        join_table(library, path, JoinWish("lots", "people", "编码", "编码"), who="li")
    assert "The column 年份 (2022, 2023) tells these rows apart" in refused.value.message("en")
    assert "列 年份（2022、2023）可区分这些行" in refused.value.message("zh")
    wish = JoinWish("lots", "people", "编码", "编码", period="2023年")
    assert preview_join(library, path, wish)["doubled_rows"]["count"] == 0
    done = join_table(library, path, wish, who="li")
    assert (values(library), done["fields"]) == ([11, 21, None], ["人口"])
    assert "the 2 of 4 whose 年份 is 2023" in " ".join(note["en"] for note in done["notes"])


def test_a_layer_of_one_feature_is_joined_too(tmp_path: Path) -> None:
    library = library_of(tmp_path, [{"编码": "0101"}])
    seen = preview_join(library, table(tmp_path, "编码,人口\n0101,7\n"), JoinWish("lots", "people"))
    assert (seen["key"], seen["matched"]) == ("编码", 1)


def test_a_key_means_the_same_however_it_is_typed() -> None:
    assert loose_key("A\u201401") == loose_key("a-01") == loose_key("Ａ-01 ")
    assert loose_key("000") == "0"
    assert loose_key("1.10") != loose_key("1.1"), "the numbers of plots"
