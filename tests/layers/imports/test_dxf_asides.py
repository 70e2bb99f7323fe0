"""What GDAL passes over in a drawing: endless lines told, extended data and blocks as fields, escaped letters read."""

from __future__ import annotations

from pathlib import Path

import pytest

from layers.library.library import Library
from tests.layers.imports.bringing import bring
from tests.layers.imports.test_everyday_files import held, library, said

__all__ = ["library"]
X, Y, PLANE = 404000, 3325000, {"crs": "EPSG:4544"}


def entity(kind: str, *pairs: tuple[int, object]) -> str:
    return f"  0\n{kind}\n" + "".join(f"{code:>3}\n{value}\n" for code, value in pairs)


def line(layer: str, *more: tuple[int, object], at: float = 0) -> str:
    return entity("LINE", *more[:1], (8, layer), (10, X + at), (20, Y), (11, X + at + 9), (21, Y + 9), *more[1:])


def drawing(tmp_path: Path, entities: str, blocks: str = "", encoding: str = "ascii") -> Path:
    head = "  0\nSECTION\n  2\nHEADER\n  9\n$ACADVER\n  1\nAC1015\n  9\n$INSUNITS\n 70\n6\n  0\nENDSEC\n"
    body = f"  0\nSECTION\n  2\nBLOCKS\n{blocks}  0\nENDSEC\n  0\nSECTION\n  2\nENTITIES\n{entities}"
    path = tmp_path / "a.dxf"
    path.write_bytes(f"{head}{body}  0\nENDSEC\n  0\nEOF\n".encode(encoding))
    return path


def test_what_cannot_be_read_is_told_by_kind(library: Library, tmp_path: Path) -> None:
    endless = entity("XLINE", (8, "A"), (10, X), (20, Y), (11, 1), (21, 0)) * 2
    more = entity("RAY", (8, "A"), (10, X), (20, Y), (11, 1), (21, 0)) + entity("TCH_WALL", (8, "A"))
    report = bring(library, drawing(tmp_path, line("A") + endless + more + entity("VIEWPORT", (8, "0"))), **PLANE)
    told = (
        "not read of the drawing: 2 XLINE (lines without end), 1 RAY (lines without end on one side), 1 TCH_WALL"
    )
    assert told in said(report) and "VIEWPORT" not in said(report) and "EOF" not in said(report)
    assert [one.count for one in report.problems if one.kind == "not_drawn"] == [4]
    assert len(held(library).ids) == 1


def test_extended_data_are_a_field_of_their_application(library: Library, tmp_path: Path) -> None:
    first = line(
        "JZD", (5, "A1"), (1001, "SOUTH"), (1000, "300000"), (1000, "甲"), (1070, 3), (1001, "ACAD"), (1000, "x")
    )
    second = line("JZD", (5, "a2"), (1001, "SOUTH"), (1040, 12.5), (1001, "GIS"), (1000, r"\U+9053"), at=20)
    third = line("JZD", (100, "AcDbLine"), (1001, "SOUTH"), (1000, "lost"), at=40)
    report = bring(library, drawing(tmp_path, first + second + third, encoding="gb18030"), **PLANE)
    assert held(library).values("SOUTH") == ["300000, 甲, 3", "12.5", None]
    assert held(library).values("GIS") == [None, "道", None]
    assert "XDATA) of 2 features became the field SOUTH" in said(report)
    assert "XDATA) of 1 feature became the field GIS" in said(report)
    assert "1 record of extended data (XDATA): not read" in said(report)


def test_a_feature_of_a_block_says_which(library: Library, tmp_path: Path) -> None:
    block = entity("BLOCK", (8, "0"), (2, r"\U+6811"), (70, 0), (10, 0), (20, 0))
    block += entity("LINE", (8, "0"), (10, 0), (20, 0), (11, 2), (21, 2)) + entity("ENDBLK", (8, "0"))
    insert = entity("INSERT", (5, "B7"), (8, "K"), (2, r"\U+6811"), (10, X), (20, Y), (1001, "SOUTH"), (1000, "9"))
    bring(library, drawing(tmp_path, line("A", (5, "A1")) + insert, block), **PLANE)
    assert held(library).values("Block") == [None, "树"] and held(library).values("SOUTH") == [None, "9"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"\U+89C4\U+5212\U+9053\U+8DEF", "规划道路"),
        (r"\M+5B5C0\M+5BFE9 2", "道块 2"),
        (r"\M+2A4A4", "中"),
        (r"A\U+00B2", "A²"),
        (r"C:\M+9B5C0", r"C:\M+9B5C0"),
    ],
)
def test_escaped_letters_of_layers_and_texts_are_read(
    library: Library, tmp_path: Path, written: str, read: str
) -> None:
    text = entity("TEXT", (8, "T"), (10, X), (20, Y), (40, 2), (1, written))
    bring(library, drawing(tmp_path, line(written) + text), **PLANE)
    assert held(library).values("Layer") == [read, "T"] and held(library).values("Text") == [None, read]
