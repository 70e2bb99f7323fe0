"""Text in columns: CSV, Excel's Unicode text, semicolons, tabs; encoding and separator as found or said."""

from __future__ import annotations

import re
from dataclasses import replace

import msgspec

from geo.text import Text
from layers.imports.charset import Decoded, decode
from layers.imports.draft import Draft, refuse_file
from layers.imports.formats.foreign import foreign_ending, foreign_format
from layers.imports.formats.registry import ImportFormat, Source
from layers.imports.tables import Sheet, read_table
from layers.imports.tables.grid import Rows
from layers.imports.tables.separators import SEPARATORS, find_separator, is_unclosed, split_rows

_MOST = 1_500_000_000  # bytes; larger data come as GeoPackage or GeoParquet
_CELLS = 60_000_000
_JSON = ("json", "jsonl", "geojsonl")
_SAMPLE, _LINES = 400_000, 50
_WKT = re.compile(
    r"""^"?(?:SRID=\d{1,6};)?(?:MULTI)?(?:POINT|LINESTRING|POLYGON)\s*(?:Z|M|ZM)?\s*\([^A-Za-z"]{0,400000}\)"?;?$""",
    re.IGNORECASE,
)


def read_delimited(source: Source) -> Draft:
    """Read a text with a header and columns of coordinates or of geometries."""
    if source.path.stat().st_size > _MOST:
        raise refuse_file(
            source.name,
            "文本过大，请改用 GeoPackage 或 GeoParquet",
            "it is too long a text; use GeoPackage or GeoParquet",
        )
    _refuse_no_table(source)
    read = decode(source.path.read_bytes(), source.options.encoding, file=source.name)
    notes = list(read.notes)
    text = read.text.removeprefix("\ufeff")
    if "\x00" in text:
        count = text.count("\x00")
        if count * 10 > len(text):
            raise refuse_file(
                source.name,
                "不是支持的格式，含有大量空字节",
                "it is none of the formats taken; it is full of empty bytes",
            )
        text = text.replace("\x00", "")
        notes.append(Text(f"去掉了 {count} 个空字符（NUL）", f"{count} NUL characters were taken out"))
    if _bare_shapes(text) and not source.options.header_rows:
        return _read_shapes(source, text, read, notes)
    said = source.options.separator
    separator = SEPARATORS.get(said, said) if said and said != "auto" else find_separator(text)
    if is_unclosed(text, separator):
        notes.append(
            Text(
                "有引号没有闭合，其后的内容可能并在一格里",
                "a quote is never closed; what follows it may stand in one cell",
            )
        )
    if text.count(separator) > _CELLS:
        raise refuse_file(
            source.name,
            "单元格过多，请改用 GeoPackage 或 GeoParquet",
            "it has too many cells; use GeoPackage or GeoParquet",
        )
    rows = _without_end(list(split_rows(text, separator)))  # empty ones between stay: rows are named by number
    if len(rows) > 2 and any(rows[-2]) and len(rows[-1]) < len(rows[-2]) and not text.endswith(("\n", "\r")):
        notes.append(Text("最后一行不完整，文件可能被截断", "the last row is not whole; the file may be cut off"))
    sheet = Sheet(rows, "CSV", read.encoding, separator, notes=tuple(notes))
    draft = read_table(source.name, sheet, source.options, source.progress, placeless=source.placeless)
    asked = (*read.questions, *draft.questions)
    return replace(draft, questions=asked, reading={"encoding": read.encoding, **draft.reading})


def _refuse_no_table(source: Source) -> None:
    foreign = foreign_ending(source.name) or foreign_format(source.head)
    if foreign is not None:
        raise refuse_file(source.name, foreign.zh, foreign.en)
    if not source.head.strip(b"\x00"):
        raise refuse_file(
            source.name,
            "不是支持的格式，文件开头全是空字节",
            "it is none of the formats taken; it begins with empty bytes",
        )
    if source.name.lower().endswith(_JSON):
        begun = source.head[:60].decode("utf-8", "replace").strip().partition("\n")[0][:20]
        zh, en = f"不是 JSON：文件以“{begun}”开头", f"it is no JSON: it begins with “{begun}”"
        raise refuse_file(
            source.name, f"{zh}；请从原来的程序重新导出", f"{en}; export it again from where it is from"
        )


def _bare_shapes(text: str) -> bool:
    """Tell whether the lines of a text are geometries as WKT and nothing else."""
    lines = [one.strip() for one in text[:_SAMPLE].splitlines()[:_LINES] if one.strip()]
    return bool(lines) and all(map(_WKT.match, lines))


def _read_shapes(source: Source, text: str, read: Decoded, notes: list[Text]) -> Draft:
    """Read a line of WKT as a row, which has nothing but its geometry."""
    rows = [[line.strip().strip('";')] for line in text.splitlines()]
    options = msgspec.structs.replace(source.options, header_rows="0", geometry_column="column_1")
    sheet = Sheet(_without_end(rows), "CSV", read.encoding, notes=tuple(notes))
    draft = read_table(source.name, sheet, options, source.progress)
    return replace(draft, reading={"encoding": read.encoding, **draft.reading})


def _without_end(rows: Rows) -> Rows:
    """Return rows without the empty ones at the end."""
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    return rows


FORMAT = ImportFormat(
    "CSV",
    Text("CSV 等文本表格", "CSV and other text in columns"),
    ("csv", "txt", "tsv"),
    lambda source: not source.archive,
    read_delimited,
    rank=90,
)
