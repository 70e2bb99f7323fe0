"""Excel: a table as a person would make it, what its columns are, the shapes apart, and where it comes from."""

from __future__ import annotations

from datetime import date, datetime
from itertools import islice
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from geo.text import Text
from layers.exports.bundle import ExportBundle
from layers.exports.printing import READABLE, row_points, set_print, width_of
from layers.exports.registry import ExportFormat, ExportOption
from layers.exports.sheet import (
    SheetColumn,
    TotalRow,
    as_seen,
    code_rows,
    column_label,
    exact_rows,
    sheet_columns,
    total_rows,
)
from layers.messages import say
from layers.units import unit_name

_ROWS, _CELL, _WIDEST = 1_048_576, 32_767, 60
_HEAD, _SPARE, _NUMERIC = (
    20,
    4,
    ("number", "integer", "x", "y"),
)  # letters of a head's line; what words leave of it
_WRAPPED = 34  # letters of a line, where longer texts go on below: what is as wide as it is long is printed small
_NARROWEST, _INDENT = 12, 1  # of a column of words; what its cells are moved in
_SAMPLED = 200  # rows: what the first need is what most need
_WHEN = datetime(2000, 1, 1)
_FIRST_DAY = date(1900, 3, 1)  # before, Excel's days are off by one
_LINE = 15  # points
SHAPE = ExportOption(
    "shape",
    Text("几何", "shapes"),
    {
        "sheet": Text("单独一页（WKT）", "on a sheet of their own (WKT)"),
        "column": Text("数据页中的一列（WKT）", "a column of the data (WKT)"),
        "none": Text("不写", "left out"),
    },
)
WORDS = ExportOption(
    "words",
    Text("文字", "words"),
    {
        "all": Text("两种语言的名称，代码在旁", "names in both languages, codes beside"),
        "seen": Text("如所见：一种语言，代码单独一页", "as seen: one language, codes on a sheet of their own"),
    },
)
LOCATED = ExportOption(
    "located",
    Text("位置列", "columns of place"),
    {
        "none": Text("不写", "left out"),
        "zone": Text("所在分区与是否上图", "the zone, and whether it is on the map"),
    },
)
SHEETS = {
    "data": Text("数据", "Data"),
    "fields": Text("字段", "Fields"),
    "codes": Text("代码", "Codes"),
    "exact": Text("几何与原值", "Shapes and exact values"),
    "notes": Text("说明", "Notes"),
}
MARK = "planatlas"  # the custom property by which a workbook of ours is known


def write_xlsx(bundle: ExportBundle, out: Path) -> None:
    """Write a workbook: the data, what the columns are, the codes if apart, shapes and exact values, notes."""
    safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(str(out), {"constant_memory": True, "remove_timezone": True, **safe})
    book.set_properties({"created": _WHEN, "title": bundle.layer.label[bundle.language][:255]})
    columns = sheet_columns(bundle)
    book.set_custom_property(MARK, bundle.language)
    long = _write_data(book, bundle, columns)
    _write_fields(book, bundle, columns)
    if as_seen(bundle):
        _write_codes(book, bundle)
    long += _write_exact(book, bundle, columns)
    if long:
        zh = f"{long} 个值超过单元格上限 {_CELL} 字符，留空"
        en = f"{long} values are longer than a cell's {_CELL} characters and are left empty"
        bundle.notes.append(Text(zh, en))
    _write_notes(book, bundle)
    book.close()


def _write_data(book: Workbook, bundle: ExportBundle, columns: list[SheetColumn]) -> int:
    """Write the features; return how many values no cell holds."""
    sheet = book.add_worksheet(SHEETS["data"][bundle.language])
    look = {"bold": True, "bottom": 1, "bg_color": "#EEF2F5", "text_wrap": True, "valign": "top"}
    head, figures = (
        book.add_format(look | {"align": "left", "indent": int(as_seen(bundle))}),
        book.add_format(look | {"align": "right"}),
    )
    forms = {c.number_format for c in columns} - {""}
    formats: dict[str, Format] = {text: book.add_format({"num_format": text, "valign": "top"}) for text in forms}
    seen = as_seen(bundle)
    formats[""] = book.add_format(
        {"valign": "top"} | ({"text_wrap": True, "align": "left", "indent": 1} if seen else {})
    )
    totals = total_rows(bundle)
    widths = _column_widths(columns, totals, seen=seen)
    for c, one in enumerate(columns):
        sheet.write_string(0, c, one.heading, figures if one.type in _NUMERIC else head)
    if seen and columns:
        sheet.set_row(0, row_points([c.heading for c in columns], [max(one - _SPARE, _SPARE) for one in widths]))
    long = 0
    for r, row in enumerate(zip(*(one.values() for one in columns), strict=True), 1):
        texts = [one if isinstance(one, str) else "" for one in row]
        if seen and (points := row_points(texts, [one - _INDENT for one in widths])) > _LINE:
            sheet.set_row(r, points)
        for c, value in enumerate(row):
            long += _write_cell(sheet, r, c, value, formats.get(columns[c].number_format))
    for c, width in enumerate(widths):
        sheet.set_column(c, c, width)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, len(bundle.content), max(len(columns) - 1, 0))
    _write_totals(book, sheet, totals, columns, first=len(bundle.content) + 1)
    _set_print(sheet, bundle, wide=sum(widths) if seen else 0)
    return long


def _column_widths(columns: list[SheetColumn], totals: list[TotalRow], *, seen: bool) -> list[int]:
    """Return how wide columns are, in letters; as seen, words go on below where all are too wide to be read."""
    most = _WRAPPED if seen else _WIDEST
    found = [min(_width(one.heading), _HEAD if seen else most) for one in columns]
    for row in islice(zip(*(one.values() for one in columns), strict=True), _SAMPLED):
        found = [max(width, _width(value)) for width, value in zip(found, row, strict=True)]
    found[:1] = [max([*found[:1], *(_width(one.label) for one in totals)])]
    found = [min(max(width, 6) + 2, most) for width in found]
    if not seen:
        return found
    worded = [one.type not in _NUMERIC and not one.number_format for one in columns]
    for narrow in range(most, _NARROWEST - 1, -1):
        tried = [min(width, narrow) if words else width for width, words in zip(found, worded, strict=True)]
        if sum(tried) <= READABLE:
            return tried
    return [min(width, _HEAD) if words else width for width, words in zip(found, worded, strict=True)]


def _write_totals(
    book: Workbook, sheet: Worksheet, totals: list[TotalRow], columns: list[SheetColumn], *, first: int
) -> None:
    """Write the sums under a table: one row a currency, what is not stated in one of its own."""
    for r, row in enumerate(totals, first):
        for c, one in enumerate(columns):
            form = book.add_format({"bold": True, "bg_color": "#EEF2F5", "top": int(r == first), "align": "right"})
            form.set_num_format(one.number_format or "General")
            value = row.label if c == 0 else row.cells.get(one.property) if one.type != "name" else None
            if isinstance(value, float):
                sheet.write_number(r, c, value, form)
            else:
                form.set_align("left" if c == 0 else "right")
                sheet.write(r, c, value, form)


def _set_print(sheet: Worksheet, bundle: ExportBundle, *, wide: float = 0) -> None:
    """Set a sheet up for paper; what it holds goes first, the plan's title where there still is room."""
    title, *told = (one[bundle.language] for one in bundle.heading or (Text("", ""),))
    set_print(sheet, [*told, title], bundle.language, wide=wide)


def _write_cell(sheet: Worksheet, r: int, c: int, value: object, form: Format | None) -> int:
    if value is None:
        return 0
    if isinstance(value, bool):
        sheet.write_boolean(r, c, value)
    elif isinstance(value, int | float):
        sheet.write_number(r, c, value, form)
    elif isinstance(value, datetime | date):
        day = value.date() if isinstance(value, datetime) else value
        if day < _FIRST_DAY:
            sheet.write_string(r, c, value.isoformat())
        else:
            sheet.write(r, c, value, form)
    elif len(str(value)) <= _CELL:
        sheet.write_string(r, c, str(value), form)
    else:
        return 1
    return 0


def _write_fields(book: Workbook, bundle: ExportBundle, columns: list[SheetColumn]) -> None:
    """Write what the columns are: heading, id, type, unit and both labels."""
    sheet = book.add_worksheet(SHEETS["fields"][bundle.language])
    bold = book.add_format({"bold": True, "bottom": 1})
    zh = bundle.language == "zh"
    heads = (
        ("列名", "字段编号", "类型", "单位", "中文名", "英文名", "时刻格式或坐标系", "单位代码")
        if zh
        else (
            "Column",
            "Field id",
            "Type",
            "Unit",
            "Chinese",
            "English",
            "Pattern of moments, or CRS",
            "Unit code",
        )
    )
    for c, text in enumerate(heads):
        sheet.write_string(0, c, text, bold)
    widths = [_width(text) for text in heads]
    for r, one in enumerate(columns, 1):
        label = column_label(bundle, one)
        unit = unit_name(one.unit, bundle.language)  # beside it the code, which an import takes
        cells = (one.heading, one.property, one.type, unit, label.zh, label.en, one.like, one.unit)
        for c, text in enumerate(cells):
            sheet.write_string(r, c, text)
            widths[c] = max(widths[c], _width(text))
    for c, width in enumerate(widths):
        sheet.set_column(c, c, min(width + 2, _WIDEST))
    sheet.freeze_panes(1, 0)
    sheet.hide()  # what a program reads is not printed with what people read
    _set_print(sheet, bundle)


def _write_codes(book: Workbook, bundle: ExportBundle) -> None:
    """Write which code stands behind which name."""
    sheet = book.add_worksheet(SHEETS["codes"][bundle.language])
    bold = book.add_format({"bold": True, "bottom": 1})
    heads = (
        ("列名", "代码", "中文名", "英文名")
        if bundle.language == "zh"
        else ("Column", "Code", "Chinese", "English")
    )
    for r, row in enumerate([heads, *code_rows(bundle)]):
        for c, text in enumerate(row):
            sheet.write_string(r, c, text, None if r else bold)
    sheet.set_column(0, 3, 28)
    sheet.freeze_panes(1, 0)
    sheet.hide()
    _set_print(sheet, bundle)


def _write_exact(book: Workbook, bundle: ExportBundle, columns: list[SheetColumn]) -> int:
    """Write the shapes, and values whose cell does not give them again; return how many no row holds."""
    heads, rows, long = exact_rows(bundle, columns, cell=_CELL)
    if not heads:
        return long
    sheet = book.add_worksheet(SHEETS["exact"][bundle.language])
    bold = book.add_format({"bold": True, "bottom": 1})
    for c, text in enumerate(heads):
        sheet.write_string(0, c, text, bold)
    for r, row in enumerate(rows, 1):
        for c, value in enumerate(row):
            if value is not None:
                sheet.write_string(r, c, value)
    sheet.set_column(0, len(heads) - 1, 24)
    sheet.freeze_panes(1, 1)
    sheet.hide()
    _set_print(sheet, bundle)
    return long


def _write_notes(book: Workbook, bundle: ExportBundle) -> None:
    page = book.add_worksheet(SHEETS["notes"][bundle.language])
    bold = book.add_format({"bold": True, "valign": "top", "text_wrap": True})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    widths = (22, 110)
    for c, width in enumerate(widths):
        page.set_column(c, c, width)
    _set_print(page, bundle)
    hidden = [str(one.name) for one in book.worksheets() if one.hidden]
    if hidden:
        bundle.notes.append(say("sheet_hidden", sheets=" · ".join(hidden)))
    for r, (name, value) in enumerate(bundle.lines()):
        page.set_row(r, row_points((name, value[:_CELL]), widths))
        page.write_string(r, 0, name, bold)
        page.write_string(r, 1, value[:_CELL], wrap)


def _width(value: object) -> int:
    """Return how wide a cell is in letters; Chinese ones are two."""
    return max(map(width_of, str("" if value is None else value).splitlines() or [""]))


FORMAT = ExportFormat(
    id="xlsx",
    ending="xlsx",
    label=Text("Excel", "Excel"),
    media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    write=write_xlsx,
    cannot=(
        Text(
            "单元格保留 15 位有效数字；更长的整数写为文本，原值另存一页",
            "a cell keeps 15 digits; longer whole numbers are texts, exact values stand on a sheet of their own",
        ),
        Text(f"最多 {_ROWS - 1:,} 行", f"at most {_ROWS - 1:,} rows"),
    ),
    options=(SHAPE, WORDS, LOCATED),
    most_features=_ROWS - 1,
    order=15,
)
