"""A geodatabase that is not whole says what is lost; several in one zip are a choice; subtypes have names.

``files/subtypes.gdb.zip`` was made with GDAL 3.6 of Debian, the subtypes put into its definition.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from layers.imports.errors import UnreadableFile
from layers.imports.formats import filegdb
from layers.imports.options import ImportOptions
from layers.imports.preview import preview
from layers.library.library import Library
from tests.layers.imports.bringing import bring
from tests.layers.imports.test_everyday_files import FILES, held, library, said
from tests.layers.imports.test_filegdb import members, packed

__all__ = ["library"]
pytestmark = pytest.mark.slow


def changed(tmp_path: Path, table: int, change: Callable[[bytes], bytes | None]) -> Path:
    """Write the bureau's geodatabase with the file of one table changed, or left out where nothing is given."""
    held = members()
    name = next(one for one in held if one.endswith(f"a{table:08x}.gdbtable"))
    new = change(held.pop(name))
    return packed(tmp_path / "a.gdb.zip", held | ({name: new} if new is not None else {}))


def half(data: bytes) -> bytes:
    return data[: len(data) // 2]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (half, "the file of DLTB is damaged or cut off: 2 rows of it could not be read"),
        (lambda data: data[:200] + bytes(255 - b for b in data[200:]), "the file of DLTB is damaged or cut off"),
        (lambda data: None, "the file of DLTB is not in the archive"),
    ],
)
def test_a_table_that_is_not_whole_costs_itself_and_is_told(
    library: Library, tmp_path: Path, change: Callable[[bytes], bytes | None], told: str
) -> None:
    report = bring(library, changed(tmp_path, 9, change))
    assert told in said(report) and held(library).values("MC") == ["滨江站"]
    assert "the geodatabase is not whole" in [one.en for one in report.problems]


def test_a_damaged_table_that_is_asked_for_is_refused(library: Library, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"damaged or not whole \(DLTB is not whole\); check it in ArcGIS"):
        bring(library, changed(tmp_path, 9, half), sublayer="DLTB")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda data: data[:50], r"not whole \(a00000001.gdbtable is not whole\); check it"),
        (lambda data: bytes(len(data)), "damaged or not whole; check it"),
    ],
)
def test_one_that_cannot_be_opened_is_refused_in_our_own_words(
    library: Library, tmp_path: Path, change: Callable[[bytes], bytes], told: str
) -> None:
    with pytest.raises(UnreadableFile, match=told) as refused:
        bring(library, changed(tmp_path, 1, change))
    assert "pyogrio" not in refused.value.message("en") and ".cpp" not in refused.value.message("zh")


def test_what_it_says_of_itself_may_be_cut_off(library: Library, tmp_path: Path) -> None:
    report = bring(library, changed(tmp_path, 4, half))
    assert "its own file a00000004.gdbtable is cut off: aliases, domains" in said(report)
    assert "is damaged" not in said(bring(library, FILES / "bureau.gdb.zip", layer="sound"))


def two(tmp_path: Path) -> Path:
    with zipfile.ZipFile(FILES / "related.gdb.zip") as archive:
        other = {f"资料/{name}": archive.read(name) for name in archive.namelist()}
    return packed(tmp_path / "two.zip", {f"资料/{name}": data for name, data in members().items()} | other)


@pytest.mark.parametrize(
    ("chosen", "layers", "read"),
    [
        ("", ["related.gdb/parcels", "related.gdb/owners", "bureau.gdb"], "related.gdb/parcels"),
        ("bureau.gdb", ["related.gdb", "bureau.gdb/DLTB", "bureau.gdb/XMZD", "bureau.gdb/QLR"], "bureau.gdb/DLTB"),
        (
            "bureau.gdb/项目站点",
            ["related.gdb", "bureau.gdb/DLTB", "bureau.gdb/XMZD", "bureau.gdb/QLR"],
            "bureau.gdb/XMZD",
        ),
    ],
)
def test_of_several_geodatabases_one_is_chosen(
    library: Library, tmp_path: Path, chosen: str, layers: list[str], read: str
) -> None:
    path = two(tmp_path)
    report = bring(library, path, sublayer=chosen)
    assert f"several geodatabases: related.gdb, bureau.gdb; {read.partition('/')[0]} was read" in said(report)
    told = preview(library, path, ImportOptions(sublayer=chosen))
    assert told["sublayers"] == layers and told["reading"]["sublayer"] == read
    fields = held(library).properties.schema.names
    assert ("kind" in fields, "DLBM" in fields, "MC" in fields) == tuple(
        read.endswith(one) for one in ("parcels", "DLTB", "XMZD")
    )


def test_one_that_is_not_among_several_is_told_with_those_that_are(library: Library, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"it has no 规划.gdb; it has related.gdb, bureau.gdb"):
        bring(library, two(tmp_path), sublayer="规划.gdb")


def test_a_subtype_is_called_by_its_name(library: Library) -> None:
    report = bring(library, FILES / "subtypes.gdb.zip")
    assert "LX says the subtype: 1=主干路, 2=支路" in said(report)
    field = next(one for one in library.layer("new").fields if one.id == "LX")
    assert {code: text.zh for code, text in field.values.items()} == {"1": "主干路", "2": "支路"}
    assert held(library).values("LX") == [1, 2, 7], "a code that no subtype has stays"


@pytest.mark.parametrize(
    ("other", "words", "said_of"),
    [
        ({"3": "三级"}, {"1": "一级", "3": "三级"}, "the domain of DJ is by subtype: 干路 甲; 支路 乙"),
        ({"1": "小路"}, None, "codes 1 mean different things; the codes alone are kept"),
    ],
)
def test_domains_by_subtype_name_codes_where_they_agree(
    other: dict[str, str], words: dict[str, str] | None, said_of: str
) -> None:
    told: Any = {
        "columns": {"DJ": {}, "LX": {}},
        "domains": {"甲": {"values": {"1": "一级"}}, "乙": {"values": other}},
        "subtypes": {"field": "LX", "values": {"1": "干路", "2": "支路"}},
        "by_subtype": {"DJ": {"干路": "甲", "支路": "乙"}, "gone": {"干路": "甲"}},
    }
    declared, notes = filegdb._columns(told, {"DJ", "LX"})
    found = declared.get("DJ", {}).get("values")
    assert (found and {code: word["zh"] for code, word in found.items()}) == words
    assert said_of in " ".join(note.en for note in notes)
