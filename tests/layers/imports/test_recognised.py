"""What import recognises in texts is certain or left alone, and all of it is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.text import Text
from layers.imports.draft import Draft
from layers.imports.preview import preview
from layers.imports.units import unit_in_header, unit_of
from layers.imports.values import recognise_values
from layers.library.library import Library
from layers.plan.catalog import Field
from layers.units import unit_name
from tests.layers.imports.bringing import bring
from tests.small_plan import write_plan


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(write_plan(tmp_path / "p"))


def draft_of(kind: str = "CSV", **columns: list[str | None]) -> Draft:
    table = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
    return Draft(kind, table, np.empty(0, dtype=object), None, None, "utf-8")


def seen(
    kind: str = "CSV", values: list[str | None] | None = None, name: str = "v", **more: Any
) -> tuple[Any, ...]:
    """Return values, unit, raw values and the notes of one column."""
    found = recognise_values(draft_of(kind, **{name: values or []}), **more)
    told = found.declared.get(name, {})
    raw = found.properties.column(told["raw"]).to_pylist() if "raw" in told else None
    said = [note.en for note in found.notes]
    assert all(note.zh and note.en for note in found.notes)
    return found.properties.column(name).to_pylist(), told.get("unit"), raw, said


@pytest.mark.parametrize(
    ("values", "read", "unit", "raw"),
    [
        (["324 亩", "0.5亩", None], [324.0, 0.5, None], "mu", False),
        (["12.5 公顷", "3 ha"], [12.5, 3.0], "ha", False),
        (["3,200 m2", "１２ ㎡", "5平方米"], [3200.0, 12.0, 5.0], "m2", False),
        (["3,200 m2", "1.2 万平方米", "0.29万㎡"], [3200.0, 12000.0, 2900.0], "m2", True),
        (["1.2 万平方米", "3万平方米"], [1.2, 3.0], "万平方米", False),
        (["5 万元", "1.5亿元"], [50000.0, 150_000_000.0], "元", True),
        (["12%", "-3.5 ％"], [12.0, -3.5], "%", False),
    ],
)
@pytest.mark.parametrize("kind", ["CSV", "GeoJSON"])
def test_numbers_with_one_unit_become_numbers(
    values: list[str | None], read: list[float | None], unit: str, raw: bool, kind: str
) -> None:
    found, told, kept, said = seen(kind, values)
    assert (found, told) == (read, unit)
    assert kept == (values if raw else None)
    assert len(said) == 1
    assert unit_name(unit, "en") in said[0]


@pytest.mark.parametrize(
    "values",
    [
        ["12 亩", "1 公顷"],  # of one kind, but none is declared
        ["12 亩", "3 元"],
        ["12 亩", "3"],
        ["约324亩", "3亩", "4亩"],
        ["12 亩", "待定", "3 亩"],
        ["0701 亩", "1 亩"],
        ["1234567890123456 亩", "1 亩"],
    ],
)
def test_what_is_not_certain_stays_text(values: list[str | None]) -> None:
    found, unit, raw, said = seen("CSV", values)
    assert (found, unit, raw) == (values, None, None)
    assert all("stays text" in one for one in said)
    assert said or values[0][0] in "01"  # a code is no number: nothing to say


def test_mixed_units_are_converted_to_the_declared_one_only() -> None:
    values = ["12亩", "1公顷", "3", None]
    found, unit, raw, said = seen("CSV", values, name="面积（亩）")
    assert (found, unit, raw) == ([12.0, 15.0, 3.0, None], "mu", values)
    assert "converted" in said[0]
    known = {"v": Field("v", Text("", ""), "number", unit="ha")}
    found, unit, raw, _ = seen("GPKG", ["15亩", "1公顷"], fields=known)
    assert (found, unit, raw) == ([1.0, 1.0], "ha", ["15亩", "1公顷"])
    assert seen("CSV", ["12", "3"], name="面积/公顷")[:2] == ([12, 3], "ha")
    assert seen("CSV", ["12元", "3元"], name="面积（亩）")[0] == ["12元", "3元"]
    assert unit_in_header("面积 (单位：m²)").name == "m2"
    assert unit_in_header("名称（中文）") is unit_of("待定") is None


@pytest.mark.parametrize(
    ("values", "read"),
    [
        (["12", "3", None], [12, 3, None]),
        (["3.5", "1"], [3.5, 1.0]),
        (["1,200", "-3"], [1200, -3]),
        (["0701", "1001"], None),
        (["1234567890123456", "1"], None),
        (["0.30000000000000004", "121"], [0.1 + 0.2, 121.0]),
        (["120.30462841000001", "121"], None),
        (["+86", "1"], None),
        (["1e5", "2"], None),
        (["2021.1", "2021.10", "2021.3"], None),
        (["12", "x"], None),
        (["", None], None),
    ],
)
def test_plain_numbers_of_tables(values: list[str | None], read: list[float | None] | None) -> None:
    found, _, raw, said = seen("CSV", values)
    assert found == (values if read is None else read)
    assert [type(v) for v in found] == [type(v) for v in (values if read is None else read)]
    assert raw is None
    silent = values[0] in ("0701", "")  # codes are no numbers: nothing to say
    assert bool(said) == (not silent)
    assert seen("GeoJSON", values)[0] == values


@pytest.mark.parametrize("name", ["id", "parcel_id", "地块编号", "用地代码", "联系电话", "DLBM"])
def test_ids_stay_text(name: str) -> None:
    assert seen("CSV", ["12", "3"], name=name)[0] == ["12", "3"]
    assert seen("CSV", ["12", "3"], keep={"v"})[0] == ["12", "3"]
    assert seen("CSV", ["12", "3"], fields={"v": Field("v", Text("", ""))})[0] == ["12", "3"]


def test_dates_keep_their_own_precision() -> None:
    values: list[str | None] = ["2021", "2021-03", "2021年3月", "2021/3/5", None, "2024年2月29日", "2021.10"]
    found, _, raw, said = seen("GPKG", values)
    assert found == ["2021", "2021-03", "2021-03", "2021-03-05", None, "2024-02-29", "2021-10"]
    assert (raw, said) == (None, ["column v holds dates, each to its own precision: 1 years, 3 months, 2 days"])
    assert recognise_values(draft_of(v=values)).declared["v"] == {"type": "date"}
    assert seen("CSV", ["2021-03-05 14:30:00", "2021-03"])[0] == ["2021-03-05T14:30:00", "2021-03"]
    assert seen("CSV", ["2021.1", "2021.10"], name="开工时间")[0] == ["2021-01", "2021-10"]
    assert seen("XLSX", ["2021.1", "2021-10"], name="开工时间")[0] == ["2021.1", "2021-10"]
    assert seen("CSV", ["2021", "2022"])[0] == [2021, 2022]
    assert seen("CSV", ["2021", "2022"], name="竣工年份")[0] == ["2021", "2022"]


@pytest.mark.parametrize("bad", ["2021-13", "2021年底", "5/3/2021", "2021-00", "2021-"])
def test_no_date_is_invented(bad: str) -> None:
    values: list[str | None] = ["2021-03-05", "2021年3月", "2021/1", bad]
    found, _, _, said = seen("CSV", values)
    assert found == values
    assert bad in said[0]


@given(st.dates(), st.sampled_from(["{0:04d}-{1:02d}-{2:02d}", "{0}年{1}月{2}日", "{0}/{1}/{2}"]))
def test_any_day_reads_as_itself(day: Any, form: str) -> None:
    if 1500 <= day.year < 2200:
        found, *_ = seen("CSV", [form.format(day.year, day.month, day.day)])
        assert found == [day.isoformat()]


def test_excel_cells_come_as_what_they_are(library: Library, tmp_path: Path) -> None:
    import datetime

    import xlsxwriter

    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
    for c, name in enumerate(["名称", "lon", "lat", "开工", "层数", "代码", "面积（亩）", "竣工"]):
        sheet.write_string(0, c, name)
    for r in (1, 2):
        sheet.write_string(r, 0, f"{r}号")
        sheet.write_number(r, 1, 104.05)
        sheet.write_number(r, 2, 30.05)
        sheet.write_number(r, 4, 12)
        sheet.write_string(r, 5, "0701")
        sheet.write_number(r, 6, 3.5)
    sheet.write_datetime(1, 3, datetime.datetime(2021, 3, 5), day)
    month = book.add_format({"num_format": 'yyyy"年"m"月"'})
    sheet.write_datetime(1, 7, datetime.datetime(2022, 5, 1), month)  # nobody wrote the 1st
    sheet.write_datetime(2, 7, datetime.datetime(2022, 5, 17), month)
    sheet.write_string(2, 3, "2021年3月")
    book.close()
    report = bring(library, tmp_path / "a.xlsx", crs="EPSG:4490")
    content = library.snapshot(library.layer("new")).content
    assert content.values("开工") == ["2021-03-05", "2021-03"]
    assert content.values("竣工") == ["2022-05", "2022-05-17"]
    assert (content.values("层数"), content.values("代码")) == ([12, 12], ["0701", "0701"])
    fields = {f.id: f for f in library.layer("new").fields}
    assert (fields["开工"].type, fields["层数"].type, fields["代码"].type) == ("date", "integer", "text")
    assert (fields["面积（亩）"].type, fields["面积（亩）"].unit) == ("number", "mu")
    assert "1 month, 1 day" in " ".join(n.en for n in report.notes)


def test_units_stand_in_the_catalog(library: Library, tmp_path: Path) -> None:
    rows = "名称,lon,lat,面积\na,104.05,30.05,3200 m2\nb,104.06,30.05,1.2万平方米\n"
    (tmp_path / "a.csv").write_text(rows, "utf-8")
    looked = preview(library, tmp_path / "a.csv")
    assert {f["name"]: f["unit"] for f in looked["fields"]}["面积"] == "m2"
    bring(library, tmp_path / "a.csv", crs="EPSG:4490")
    fields = {f.id: f for f in library.layer("new").fields}
    assert (fields["面积"].type, fields["面积"].unit, fields["面积"].raw) == ("number", "m2", "面积_raw")
    assert "面积_raw" not in fields
    assert library.snapshot(library.layer("new")).content.values("面积_raw") == ["3200 m2", "1.2万平方米"]
    again = recognise_values(draft_of(面积=["3200"], 面积_raw=["3200 m2"])).properties
    assert again.to_pydict() == {"面积": [3200], "面积_raw": ["3200 m2"]}
    (tmp_path / "a.csv").write_text("名称,lon,lat,面积\na,104.05,30.05,15亩\n", "utf-8")
    bring(library, tmp_path / "a.csv", crs="EPSG:4490", new_version=True)
    assert library.snapshot(library.layer("new")).content.values("面积") == [10000.0]


def spoilt(text: str, how: str) -> str:
    if how == "UTF-8 → GBK":
        return text.encode().decode("gb18030")
    data = text.encode("utf-8" if how.startswith("UTF") else "gbk")
    return "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in data)


@pytest.mark.parametrize("how", ["UTF-8 → Latin-1", "GBK → Latin-1", "UTF-8 → GBK"])
def test_garbled_text_is_restored_as_a_whole_or_not(how: str) -> None:
    good = ["公园", "工业园区", "河道", "abc", None]
    bad = [text and spoilt(text, how) for text in good]
    assert bad != good
    found, _, _, said = seen("GPKG", bad)
    assert found == good
    assert "restored" in said[0]
    assert how in said[0]
    cut = bad[1][:-1] if how != "UTF-8 → GBK" else "椤圭洰\ue000"
    spoiled_more = [*bad, cut]
    found, _, _, said = seen("GPKG", spoiled_more)
    assert found == spoiled_more
    assert "left as they are" in said[0]


def test_the_examples_everybody_has_seen() -> None:
    assert seen("GPKG", ["å…¬å›­"])[0] == seen("GPKG", ["¹«Ô°"])[0] == ["公园"]
    named = recognise_values(draft_of("GPKG", **{spoilt("名称", "GBK → Latin-1"): ["a"]}))
    assert named.properties.schema.names == ["名称"]
    assert named.notes


@pytest.mark.parametrize(
    "values",
    [["Café", "naïve"], ["Åland", "Übung", "Ærø"], ["公园", "联通", "珺瑶"], ["5 °C", "±3"], ["“a”…", "—"]],
)
def test_sound_text_is_let_be(values: list[str | None]) -> None:
    found, _, _, said = seen("GPKG", values)
    assert (found, said) == (values, [])


@given(st.lists(st.text(max_size=12), min_size=1, max_size=5))
def test_any_text_is_read_without_harm(values: list[str]) -> None:
    clean = [v.encode("utf-8", "ignore").decode() for v in values]
    found = recognise_values(draft_of("CSV", v=list(clean)))
    column = found.properties.column("v")
    assert len(column) == len(clean)
    if column.to_pylist() != clean:
        assert found.notes


def test_destroyed_text_is_counted() -> None:
    _, _, _, said = seen("GPKG", ["锟斤拷园", "a\ufffd", "公园", "锟斤拷园"])
    assert said == ["3 values hold text destroyed before it came here: v (3)"]
