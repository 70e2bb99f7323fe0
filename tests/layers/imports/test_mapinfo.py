"""MapInfo tables: TAB and MIF in a zip, their text in the encoding it is in, whatever the charset says."""

from __future__ import annotations

import zipfile
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from layers.imports.errors import UnreadableFile
from layers.library.library import Library
from tests.layers.imports.bringing import bring
from tests.layers.imports.test_everyday_files import held, library, said

pytestmark = pytest.mark.slow  # GDAL is a process of its own
__all__ = ["library"]
MIF = """Version 300
Charset "{charset}"
Delimiter ","
CoordSys Earth Projection 1, 104
Columns 3
  名称 Char(40)
  编号 Char(10)
  面积 Float
Data

Region 1
  5
104.06 30.05
104.06 30.06
104.05 30.06
104.05 30.05
104.06 30.05
    Pen (1,2,0)
Point 104.07 30.07
"""
MID = '"滨江公园","001",1.5\n"要塞公园","010",2.25\n'


def mif(path: Path, charset: str, encoding: str, *, mid: bool = True, more: str = "") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("数据/公园.MIF", (MIF.format(charset=charset) + more).encode(encoding))
        if mid:
            archive.writestr("数据/公园.MID", MID.encode(encoding))
    return path


@pytest.mark.parametrize(
    ("charset", "encoding", "told"),
    [
        ("WindowsSimpChinese", "gbk", ""),
        ("Neutral", "gbk", "its text is read as gb18030"),
        ("WindowsSimpChinese", "utf-8", "its text is read as utf-8"),
    ],
)
def test_a_mif_is_read_as_its_text_is(
    library: Library, tmp_path: Path, charset: str, encoding: str, told: str
) -> None:
    report = bring(library, mif(tmp_path / "a.zip", charset, encoding))
    assert held(library).values("名称") == ["滨江公园", "要塞公园"]
    assert held(library).values("编号") == ["001", "010"] and held(library).values("面积") == [1.5, 2.25]
    shapes = library.snapshot(library.layer("new")).geometry
    assert shapely.equals(shapes[0], shapely.box(104.05, 30.05, 104.06, 30.06))
    assert shapes[1].wkt == "POINT (104.07 30.07)"
    assert (told in said(report)) if told else "charset" not in said(report)


def test_a_tab_says_neutral_and_is_in_gbk(library: Library, tmp_path: Path) -> None:
    plots = gpd.GeoDataFrame(
        {"name": ["滨江公园", "要塞公园"], "code": ["001", "010"], "area": [1.5, 2.25]},
        geometry=[shapely.box(104.05, 30.05, 104.06, 30.06), shapely.box(104.07, 30.05, 104.08, 30.06)],
        crs=4326,
    )
    folder = tmp_path / "t"
    folder.mkdir()
    plots.to_file(folder / "公园.tab", driver="MapInfo File", encoding="GBK")
    assert b'Charset "Neutral"' in (folder / "公园.tab").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for one in folder.iterdir():
            archive.write(one, one.name)
    report = bring(library, tmp_path / "a.zip")
    assert held(library).values("name") == ["滨江公园", "要塞公园"] and held(library).values("code") == [
        "001",
        "010",
    ]
    assert "its text is read as gb18030" in said(report)
    shapes = library.snapshot(library.layer("new")).geometry
    assert all(shapely.equals_exact(a.normalize(), b.normalize(), 1e-6) for a, b in zip(shapes, plots.geometry))


def test_what_is_no_whole_table_is_refused(library: Library, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"lacks the \.mid"):
        bring(library, mif(tmp_path / "a.zip", "Neutral", "gbk", mid=False))
    view = tmp_path / "b.zip"
    with zipfile.ZipFile(view, "w") as archive:
        archive.writestr("a.tab", '!table\n!version 100\nOpen Table "c:\\secret" Hide\nCreate View a As Select *')
        archive.writestr("a.dat", b"\x03")
    with pytest.raises(UnreadableFile, match="points to others"):
        bring(library, view)
    alone = tmp_path / "a.mif"
    alone.write_text(MIF.format(charset="Neutral"), "utf-8")
    with pytest.raises(UnreadableFile, match="zip its"):
        bring(library, alone)


@pytest.mark.parametrize(
    ("charset", "encoding", "told"),
    [
        ("UTF-8", "utf-8", ""),
        ("utf8", "utf-8", ""),
        ("UTF-8", "gbk", "its charset says UTF-8; its text is read as gb18030"),
        ("WindowsLatin1", "gbk", "its charset says WindowsLatin1; its text is read as gb18030"),
        ("WindowsLatin1", "utf-8", "its charset says WindowsLatin1; its text is read as utf-8"),
    ],
)
def test_utf_8_that_is_said_or_is_not(
    library: Library, tmp_path: Path, charset: str, encoding: str, told: str
) -> None:
    report = bring(library, mif(tmp_path / "a.zip", charset, encoding))
    assert held(library).values("名称") == ["滨江公园", "要塞公园"]
    assert (told in said(report)) if told else "charset" not in said(report)


def test_texts_decide_where_names_are_cut_within_a_letter(library: Library, tmp_path: Path) -> None:
    plots = gpd.GeoDataFrame(
        {"abcdef": ["滨江公园", "要塞公园"]}, geometry=shapely.points([104.05, 104.06], [30.05, 30.06]), crs=4326
    )
    folder = tmp_path / "t"
    folder.mkdir()
    plots.to_file(folder / "a.tab", driver="MapInfo File", encoding="UTF-8")
    head = (folder / "a.tab").read_bytes()
    (folder / "a.tab").write_bytes(head.replace(b"abcdef", b"\xe5__\xe7__"))  # as GDAL makes of Chinese names
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for one in folder.iterdir():
            archive.write(one, one.name)
    report = bring(library, tmp_path / "a.zip")
    name = held(library).properties.schema.names[0]
    assert [str(text)[:3] for text in held(library).values(name)] == ["滨江公", "要塞公"]
    assert "names of fields were cut within a letter" in said(report)


def test_what_cannot_be_read_is_refused_under_its_own_name(library: Library, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("a.mif", MIF.format(charset="UTF-16").encode("utf-16"))
        archive.writestr("a.mid", "")
    with pytest.raises(UnreadableFile, match=r"^b\.zip cannot be read") as refused:
        bring(library, tmp_path / "b.zip")
    assert "pyogrio" not in refused.value.message("en")
