"""Sheets of paper filled from top to bottom: words, pictures, tables, each an element of the PDF's structure."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import matplotlib as mpl
import matplotlib.lines
import matplotlib.patches
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imread
from matplotlib.text import Text

from briefings.map.fonts import sized_font
from briefings.map.lettering import put_line, wrap_text
from briefings.map.tagged_pdf import Element, Structure
from briefings.resolve.blocks import Table
from briefings.resolve.tables import column_shares, group_rows

PAPER_WIDE, PAPER_HIGH, PAPER_EDGE, PAPER_DPI = 8.27, 11.69, 0.75, 150
INK, SOFT, _SHADE = "#14324a", "#56687a", "#e8eef3"
_FEWEST_ROWS = 3  # on the last sheet of a table
_TOGETHER = 3.0  # inches: a table that is lower is not parted


class PaperFlow:
    """Sets things from the top of a sheet to its bottom, then on the next; places in inches."""

    def __init__(self, foot: str, language: str) -> None:
        self.language = language
        self.foot, self.sheets, self.y = foot, list[Figure](), 0.0
        self.later = list[tuple[str, Table, str]]()  # long tables, for the end
        self.listed = dict[str, tuple[int, float, Element]]()  # sheet and place of each line of the contents
        self.structure = Structure()
        self.turn()

    def turn(self) -> None:
        """Begin a new sheet."""
        sheet = Figure(figsize=(PAPER_WIDE, PAPER_HIGH), dpi=PAPER_DPI, facecolor="white")
        FigureCanvasAgg(sheet)
        self.sheets.append(sheet)
        self.y = PAPER_EDGE
        ems = (PAPER_WIDE - 2 * PAPER_EDGE - 0.6) * 72 / 7
        self.write((wrap_text(self.foot, ems) or [""])[0], 7, PAPER_EDGE, PAPER_HIGH - 0.42, SOFT)

    def number(self, words: str) -> None:
        """Write on each sheet its number of how many."""
        first, between, last = words.split("|")
        for number, sheet in enumerate(self.sheets, 1):
            text = f"{first}{number}{between}{len(self.sheets)}{last}"
            letters = sized_font(7, text)
            right, low = 1 - PAPER_EDGE / PAPER_WIDE, 0.42 / PAPER_HIGH
            sheet.text(right, low, text, fontproperties=letters, color=SOFT, ha="right", va="top")

    def need(self, inches: float) -> None:
        """Turn the sheet when so much is not left."""
        if self.y + inches > PAPER_HIGH - PAPER_EDGE and self.y > PAPER_EDGE:
            self.turn()

    def write(self, text: str, points: float, x: float, y: float, color: str, *, right: bool = False) -> Text:
        """Write one line on the last sheet, as `put_line`.

        Parameters
        ----------
        text, points, color
            The words and their letters.
        x, y
            Inches from the left and the top.
        right
            Whether the line ends there.
        """
        return put_line(
            self.sheets[-1], text, (x / PAPER_WIDE, y / PAPER_HIGH), points=points, color=color, right=right
        )

    def heading(self, text: str, points: float, *, role: str = "H2", room: float = 0.9) -> None:
        """Write a heading that stays with what follows.

        Parameters
        ----------
        text, points, role
            As of a paragraph.
        room
            Inches it wants on its sheet.
        """
        self.y += 0.14
        self.need(room)
        self.text(text, points, role=role)

    def text(
        self, text: str, points: float, *, color: str = INK, role: str = "P", within: Element | None = None
    ) -> None:
        """Write a paragraph, which is an element of another or of the document; nothing for an empty one.

        Parameters
        ----------
        text
            The words.
        points
            Height of the letters.
        color
            As matplotlib reads it.
        role
            Of the element.
        within
            What it is an element of.
        """
        if not text:
            return
        element = (within or self.structure.root).within(role)
        each = points * 1.45 / 72
        for line in wrap_text(text, (PAPER_WIDE - 2 * PAPER_EDGE) * 72 / points - 0.5):
            self.need(each)
            self.structure.show(element, self.write(line, points, PAPER_EDGE, self.y, color))
            self.y += each
        self.y += 0.06

    @property
    def left(self) -> float:
        """Inches left on the sheet."""
        return PAPER_HIGH - PAPER_EDGE - self.y

    @staticmethod
    def high(lines: Sequence[tuple[str, float]]) -> float:
        """Return how high notes (text, points) stand, in inches."""
        ems = (PAPER_WIDE - 2 * PAPER_EDGE) * 72
        rows = [(len(wrap_text(text, ems / points - 0.5)), points) for text, points in lines if text]
        return sum(count * points * 1.45 / 72 + 0.06 for count, points in rows)

    def together(self, lines: Sequence[tuple[str, float]]) -> None:
        """Write notes (text, points) that a sheet's end does not part."""
        self.need(min(self.high(lines), 2.0))
        for text, points in lines:
            self.text(text, points, color=SOFT)

    def contents(self, head: str, titles: Mapping[str, str]) -> None:
        """Write a list of headings, by their titles; `reached` writes their pages."""
        self.heading(head, 15)
        whole = self.structure.root.within("TOC")
        for title, words in titles.items():
            line = (wrap_text(words, (PAPER_WIDE - 2 * PAPER_EDGE - 0.6) * 72 / 10) or [""])[0]
            self.need(10 * 1.45 / 72)
            self.listed[title] = (len(self.sheets) - 1, self.y, item := whole.within("TOCI"))
            self.text(line, 10, within=item)

    def reached(self, title: str) -> None:
        """Write into the contents on which sheet a heading stands; the first of its name counts."""
        if title in self.listed:
            sheet, y, item = self.listed.pop(title)
            at, number = ((PAPER_WIDE - PAPER_EDGE) / PAPER_WIDE, y / PAPER_HIGH), str(len(self.sheets))
            written = put_line(self.sheets[sheet], number, at, points=10, color=INK, right=True)
            self.structure.show(item, written)

    def place(self, height: float, *, alt: str, left: float = 0.0) -> mpl.axes.Axes:
        """Return axes over the width of the sheet, for a picture that a sentence stands for."""
        self.need(height + 0.3)
        box = (PAPER_EDGE + left, self.y + 0.3, PAPER_WIDE - 2 * PAPER_EDGE - left, height - 0.6)
        self.y += height
        return self._axes(box, alt)

    def _axes(self, box: tuple[float, float, float, float], alt: str) -> mpl.axes.Axes:
        """Return axes over a box (left, top, width, height, in inches) of the last sheet."""
        left, top, width, height = box
        axes = self.sheets[-1].add_axes(
            (left / PAPER_WIDE, 1 - (top + height) / PAPER_HIGH, width / PAPER_WIDE, height / PAPER_HIGH)
        )
        self.structure.show(self.structure.root.within("Figure", alt=alt), axes)
        return axes

    def picture(self, data: bytes, caption: str, *, alt: str) -> None:
        """Put a picture over the width of the sheet, its caption below."""
        pixels = imread(io.BytesIO(data), format="png")
        width = PAPER_WIDE - 2 * PAPER_EDGE
        height = width * pixels.shape[0] / pixels.shape[1]
        self.need(height + 0.3)
        axes = self._axes((PAPER_EDGE, self.y, width, height), alt)
        axes.imshow(pixels, interpolation="none", aspect="auto")
        axes.set_axis_off()
        self.y += height + 0.04
        self.text(caption, 8.5, color=SOFT)

    def table(self, table: Table, caption: str) -> None:
        """Write a table, its heading again on every sheet."""
        table = group_rows(table)
        points = 8.0 if len(table.heads) <= 7 else 7.0
        total = PAPER_WIDE - 2 * PAPER_EDGE
        widths = [share * total for share in column_shares(table, ems=total * 72 / points)]
        rows = [_Row(list(wrapped_row(table.heads, widths, points)), 0.0, shade=True)]
        for i, cells in enumerate(table.rows):
            if i in table.groups:
                spanned = wrap_text(cells[0], total * 72 / points - 1) or [""]
                rows.append(_Row([spanned], 0.0, shade=True, group=True))
            else:
                rows.append(_Row(list(wrapped_row(cells, widths, points)), 0.0, shade=i in table.strong))
        rows = [replace(row, high=max(map(len, row.cells)) * points * 1.35 / 72 + 0.06) for row in rows]
        whole = sum(row.high for row in rows)
        self.need(0.3 + (whole if whole < _TOGETHER else sum(row.high for row in rows[:4])))
        element = self.structure.root.within("Table")
        self.text(caption, 8.5, color=SOFT, role="Caption", within=element)
        head: _Row | None = None  # of the group that is being written
        for i, row in enumerate(rows):
            head = row if row.group else head
            after = rows[i + 1].high if row.group and i + 1 < len(rows) else 0.0
            last = sum(one.high for one in rows[i:]) if len(rows) - i == _FEWEST_ROWS else 0.0
            if i and self.y + max(row.high + after, last) > PAPER_HIGH - PAPER_EDGE:
                self.turn()
                self._row(rows[0], table, widths, points)
                if head is not None and not row.group:
                    self._row(head, table, widths, points)
            self._row(
                replace(row, role="TD" if i and not row.group else "TH"), table, widths, points, within=element
            )
        self.y += 0.1

    def _row(
        self, row: _Row, table: Table, widths: Sequence[float], points: float, *, within: Element | None = None
    ) -> None:
        """Write a row, an element of a table; one that is set again is none."""
        element = within.within("TR") if within is not None else Element("TR")
        box = (
            PAPER_EDGE / PAPER_WIDE,
            1 - (self.y + row.high) / PAPER_HIGH,
            sum(widths) / PAPER_WIDE,
            row.high / PAPER_HIGH,
        )
        self.sheets[-1].add_artist(
            mpl.patches.Rectangle(
                box[:2], box[2], box[3], facecolor=_SHADE if row.shade else "none", transform=self._whole
            )
        )
        rule = mpl.lines.Line2D(
            (box[0], box[0] + box[2]), (box[1], box[1]), color="#9aa7b3", lw=0.4, transform=self._whole
        )
        self.sheets[-1].add_artist(rule)
        x = PAPER_EDGE
        for lines, width, numeric in zip(row.cells, widths, table.numeric, strict=False):
            cell = element.within(row.role, spans=len(table.heads) if row.group else 1)
            for k, line in enumerate(lines):
                y = self.y + 0.03 + k * points * 1.35 / 72
                right = numeric and not row.group
                at = x + width - 0.05 if right else x + 0.05
                written = self.write(line, points, at, y, INK, right=right)
                if within is not None:
                    self.structure.show(cell, written)
            x += width
        self.y += row.high

    @property
    def _whole(self) -> mpl.transforms.Transform:
        return self.sheets[-1].transFigure


@dataclass(frozen=True)
class _Row:
    """A row of a table: the lines of its cells, its height in inches; a group's one cell spans the table."""

    cells: list[list[str]]
    high: float
    shade: bool = False
    group: bool = False
    role: str = "TD"


def wrapped_row(row: Sequence[str], widths: Sequence[float], points: float) -> Iterator[list[str]]:
    """Yield the lines of each cell of a row; widths in inches."""
    for text, width in zip(row, widths, strict=True):
        yield wrap_text(text, (width - 0.1) * 72 / points - 0.4) or [""]
