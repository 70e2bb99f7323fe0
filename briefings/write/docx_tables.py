"""A table in a Word file: columns by their content, numbers whole, rows that are not left alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import replace

from docx.document import Document as OpenDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Emu, Pt
from docx.table import Table as OpenTable
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from briefings.resolve.blocks import Table
from briefings.resolve.tables import (
    GAP_EMS,
    begins_again,
    column_shares,
    kept_rows,
    table_ems,
    unbroken_amounts,
    unbroken_head,
    unbroken_number,
)
from briefings.write.docx_columns import thin_line
from briefings.write.docx_look import DocumentLook
from briefings.write.docx_measure import text_room

LEAST_LETTERS = 8.0  # points of a table of many columns
_LETTERS, _FEW_COLUMNS = 9.0, 6  # points of another; columns up to which it is one
_LEAST_WIDE = 0.3  # of the text, that a table takes


def letters_of(table: Table) -> float:
    """Return the size of a table's letters, points."""
    return _LETTERS if len(table.heads) <= _FEW_COLUMNS and table.beside == 1 else LEAST_LETTERS


def add_table(made: OpenDocument, table: Table, look: DocumentLook, *, room: float, noted: bool) -> OpenTable:
    """Add a table whose heading is on every page; returns it.

    Parameters
    ----------
    made
        The document.
    table
        Grouped.
    look
        Its colours, or the style of the template's tables.
    room
        How wide the text is, EMU.
    noted
        As for ``kept_rows``.
    """
    size = letters_of(table)
    put: OpenTable = made.add_table(rows=1 + len(table.rows), cols=len(table.heads))
    if look.table_style:
        put.style = look.table_style
    else:
        _ruled(put, look)
    put.autofit = False
    put.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    wide, high = text_room(made.sections[-1])  # on a page that lies a folded group would leave half of it white
    kept = kept_rows(table if high > wide else replace(table, beside=1), noted=noted)
    for r, row in enumerate((table.heads, *table.rows)):
        for c, (cell, text) in enumerate(zip(put.rows[r].cells, row, strict=True)):
            if c == 0 or r - 1 not in table.groups:
                _fill_cell(cell, text, table, at=(r, c), size=size)
                cell.paragraphs[0].paragraph_format.keep_with_next = r in kept or None
        put.rows[r]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        if r - 1 in table.groups:
            put.rows[r].cells[0].merge(put.rows[r].cells[-1])
    set_widths(put, column_widths(table, room))
    return put


def column_widths(table: Table, room: float) -> list[Emu]:
    """Return how wide the columns of a table are that has so much room, EMU."""
    size = Pt(letters_of(table))
    wide = room * min(max(table_ems(table)[1] * size / room, _LEAST_WIDE), 1.0)
    return [Emu(int(wide * share)) for share in column_shares(table, ems=wide / size)]


def set_widths(put: OpenTable, widths: Sequence[Emu]) -> None:
    """Give the columns of a table their widths; a cell over several has theirs together."""
    for column, width in zip(put.columns, widths, strict=True):
        column.width = width
    for row in put.rows:
        for cell in row._tr.tc_lst:
            cell.width = Emu(sum(widths[cell.left : cell.right]))


def repeat_heads(tables: Mapping[OpenTable, Table], pages: Mapping[BaseOxmlElement, int]) -> None:
    """Let tables with groups go on where a page was planned to end, within a group below its head once more.

    No program repeats such a head, or keeps a group on one page, by itself.

    Parameters
    ----------
    tables
        Those of the document that have groups.
    pages
        On which page each of their rows stands.
    """
    for put, table in tables.items():
        rows = put._tbl.tr_lst  # the heading is the first
        for at in range(len(rows) - 1, 1, -1):
            head = max((one for one in table.groups if one < at), default=-1) + 1
            if pages[rows[at]] > pages[rows[at - 1]]:
                _part_table(put, at, [0] if head in (0, at) else [0, head])


def _part_table(put: OpenTable, at: int, heads: Sequence[int]) -> None:
    """Make a table of its own, on a new page, of the rows from one on, below some once more."""
    rows, rest, turned = put._tbl.tr_lst, deepcopy(put._tbl), thin_line()
    for row in rest.tr_lst:
        rest.remove(row)
    for row in (*(deepcopy(rows[one]) for one in heads), *rows[at:]):
        rest.append(row)
    Paragraph(turned, put._parent).paragraph_format.page_break_before = True
    put._tbl.addnext(turned)
    turned.addnext(rest)


def _fill_cell(cell: _Cell, text: str, table: Table, *, at: tuple[int, int], size: float) -> None:
    """Write a cell: numbers to the right and unbroken, headings, sums and groups bold.

    Parameters
    ----------
    cell
        Of the document.
    text
        What stands in it.
    table
        Whose cell it is.
    at
        Row (0 is the heading) and column.
    size
        Of the letters, points.
    """
    r, c = at
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(1)
    paragraph.paragraph_format.line_spacing = 1.0
    if begins_again(table, c):
        paragraph.paragraph_format.left_indent = Pt(size * GAP_EMS)
    if table.numeric[c]:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        if r > 0:
            cell._tc.get_or_add_tcPr().append(OxmlElement("w:noWrap"))
    whole = (unbroken_head if r == 0 else unbroken_number) if table.numeric[c] else unbroken_amounts
    run = paragraph.add_run(whole(text))
    run.bold = r == 0 or r - 1 in table.strong or r - 1 in table.groups
    run.font.size = Pt(size)


def _ruled(table: OpenTable, look: DocumentLook) -> None:
    """Give a table light rules between its rows, a darker one at its ends, none between its columns."""
    lines = OxmlElement("w:tblBorders")
    for side, width, color in (
        ("top", 8, look.ink),
        ("left", 0, ""),
        ("bottom", 8, look.ink),
        ("right", 0, ""),
        ("insideH", 4, look.rule),
        ("insideV", 0, ""),
    ):
        line = OxmlElement(f"w:{side}")
        for key, value in (("val", "single" if width else "nil"), ("sz", str(width)), ("color", color or "auto")):
            line.set(qn(f"w:{key}"), value)
        lines.append(line)
    properties = table._tbl.tblPr
    later = {qn(f"w:{name}") for name in ("shd", "tblLayout", "tblCellMar", "tblLook")}  # the schema's order
    properties.insert(next((i for i, one in enumerate(properties) if one.tag in later), len(properties)), lines)
    for cell in table.rows[0].cells:
        shade = OxmlElement("w:shd")
        for key, value in (("val", "clear"), ("color", "auto"), ("fill", look.shade)):
            shade.set(qn(f"w:{key}"), value)
        cell._tc.get_or_add_tcPr().append(shade)
