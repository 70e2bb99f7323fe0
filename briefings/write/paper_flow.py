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
from briefings.map.lettering import embolden_text, put_line, wrap_text
from briefings.map.tagged_pdf import Element, Structure
from briefings.resolve.blocks import Table
from briefings.resolve.folding import paper_table
from briefings.resolve.tables import GAP_EMS, begins_again, column_shares, kept_rows, table_ems, unbroken_amounts
from briefings.write.page_fill import PagePiece, PagesFilled

PAPER_WIDE, PAPER_HIGH, PAPER_EDGE, PAPER_DPI = 8.27, 11.69, 0.75, 150
INK, SOFT, _SHADE = "#14324a", "#56687a", "#e8eef3"
TEXT_WIDE, TEXT_HIGH = PAPER_WIDE - 2 * PAPER_EDGE, PAPER_HIGH - 2 * PAPER_EDGE
_AFTER, _LISTED_AFTER = 0.06, 0.028  # inches below a paragraph, below a line of the contents
_ABOVE = 0.14  # inches above a heading
LEAD_POINTS = 10.5  # of a section's first line: letters from there on are bold
_LEAST_WIDE = 0.3  # of the text, that a table takes
_LARGE, SMALL_LETTERS, _FEW_COLUMNS = (
    8.0,
    7.0,
    7,
)  # points of a table's letters; columns up to which they are large


class PaperFlow:
    """Sets things from the top of a sheet to its bottom, then on the next; places in inches.

    What is set is called for twice, in the same order: a flow without a ``plan`` draws nothing and gathers
    ``pieces``, of which the pages are planned; one with it sets each piece where and as high as planned.
    """

    def __init__(self, foot: str, language: str, plan: PagesFilled | None = None) -> None:
        self.foot, self.language, self.plan = foot, language, plan
        self.pieces, self.set = list[PagePiece](), 0
        self.sheets, self.y = list[Figure](), 0.0
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
        ems = (TEXT_WIDE - 0.6) * 72 / 7
        self.write((wrap_text(self.foot, ems) or [""])[0], 7, (PAPER_EDGE, PAPER_HIGH - 0.42), SOFT)

    def begun(
        self, high: float, *, kept: bool = False, range_: tuple[float, float] = (0, 0), again: float = 0
    ) -> float:
        """Take a piece as read and return zero, or turn to the sheet where it is planned and return its height.

        Parameters
        ----------
        high
            Its usual height, inches.
        kept
            Whether it stays with the next piece.
        range_
            The least and the most height of a picture.
        again
            What is set above it where it begins a sheet.
        """
        if self.plan is None:
            least, most = (72 * one for one in range_)
            self.pieces.append(PagePiece(high * 72, kept, least, most, again * 72))
            return 0.0
        planned, page = self.plan.heights[self.set] / 72, self.plan.pages[self.set]
        self.set += 1
        if page > len(self.sheets):
            self.turn()
        return planned

    def number(self, words: str) -> None:
        """Write on each sheet its number of how many."""
        first, between, last = words.split("|")
        for number, sheet in enumerate(self.sheets, 1):
            text = f"{first}{number}{between}{len(self.sheets)}{last}"
            letters = sized_font(7, text)
            right, low = 1 - PAPER_EDGE / PAPER_WIDE, 0.42 / PAPER_HIGH
            sheet.text(right, low, text, fontproperties=letters, color=SOFT, ha="right", va="top")

    def write(
        self,
        text: str,
        points: float,
        at: tuple[float, float],
        color: str,
        *,
        right: bool = False,
        bold: bool = False,
    ) -> Text:
        """Write one line on the last sheet, as `put_line`.

        Parameters
        ----------
        text, points, color
            The words and their letters.
        at
            Inches from the left and the top.
        right
            Whether the line ends there.
        bold
            Whether its letters are.
        """
        place = at[0] / PAPER_WIDE, at[1] / PAPER_HIGH
        made = put_line(self.sheets[-1], text, place, points=points, color=color, right=right)
        if bold:
            embolden_text(made)
        return made

    def heading(self, text: str, points: float, *, role: str = "H2") -> None:
        """Write a heading that stays with what follows."""
        self.space(_ABOVE)
        self.text(text, points, role=role, kept=True)

    def space(self, high: float) -> None:
        """Leave so much room above what follows, inches."""
        above = self.begun(high, kept=True)  # it may turn the sheet
        self.y += above

    def text(
        self,
        text: str | Sequence[tuple[str, bool]],
        points: float,
        *,
        color: str = INK,
        role: str = "P",
        within: Element | None = None,
        kept: bool = False,
    ) -> None:
        """Write a paragraph, which is an element of another or of the document; nothing for an empty one.

        Parameters
        ----------
        text
            The words, which are bold where they are large and dark; or their parts and which of them are bold.
        points
            Height of the letters.
        color
            As matplotlib reads it.
        role
            Of the element.
        within
            What it is an element of.
        kept
            Whether it stays with what follows.
        """
        if not text:
            return
        element = (within or self.structure.root).within(role)
        after = _LISTED_AFTER if within is not None and within.role == "TOCI" else _AFTER
        each = points * 1.45 / 72
        parts = [(text, points >= LEAD_POINTS and color == INK)] if isinstance(text, str) else text
        words, start = unbroken_amounts("".join(one for one, _ in parts)), 0
        lines = wrap_text(words, TEXT_WIDE * 72 / points - 0.5)
        for at, line in enumerate(lines):
            last = at == len(lines) - 1
            alone = (
                at == 0 or at == len(lines) - 2
            )  # the first and the last line are not parted from their neighbours
            start = words.index(line, start)
            if self.begun(each + after * last, kept=kept if last else kept or alone):
                written = self.write(line, points, (PAPER_EDGE, self.y), color)
                for part in _bold_in(parts, start, start + len(line)):
                    embolden_text(written, part)
                self.structure.show(element, written)
                self.y += each + after * last
            start += len(line)

    def notes(self, lines: Sequence[tuple[str, float]]) -> None:
        """Write notes (text, points) that stay together."""
        for at, (text, points) in enumerate(lines):
            self.text(text, points, color=SOFT, kept=at < len(lines) - 1)

    def read_on(self) -> None:
        """Say that what was set last is read with what follows."""
        if self.plan is None:
            self.pieces[-1] = replace(self.pieces[-1], near=True)

    def contents(self, head: str, titles: Mapping[str, str]) -> None:
        """Write a list of headings, by their titles; `reached` writes their pages."""
        self.heading(head, 15)
        whole = self.structure.root.within("TOC")
        for title, words in titles.items():
            line = (wrap_text(words, (TEXT_WIDE - 0.6) * 72 / 10) or [""])[0]
            item = whole.within("TOCI")
            self.text(line, 10, within=item)
            self.listed[title] = (len(self.sheets) - 1, self.y - 10 * 1.45 / 72 - _LISTED_AFTER, item)

    def reached(self, title: str) -> None:
        """Write into the contents on which sheet a heading stands; the first of its name counts."""
        if title in self.listed:
            sheet, y, item = self.listed.pop(title)
            at, number = ((PAPER_WIDE - PAPER_EDGE) / PAPER_WIDE, y / PAPER_HIGH), str(len(self.sheets))
            written = put_line(self.sheets[sheet], number, at, points=10, color=INK, right=True)
            self.structure.show(item, written)

    def place(self, height: float, *, most: float, alt: str, left: float = 0.0) -> mpl.axes.Axes | None:
        """Return axes over the width of the sheet, for a picture that a sentence stands for.

        Parameters
        ----------
        height, most
            In inches, usual and at most.
        alt
            The sentence.
        left
            Inches left free at its left.
        """
        planned = self.begun(height, kept=True, range_=(height * 0.8, most))
        if not planned:
            return None
        box = (PAPER_EDGE + left, self.y + 0.3, TEXT_WIDE - left, planned - 0.6)
        self.y += planned
        return self._axes(box, alt)

    def _axes(self, box: tuple[float, float, float, float], alt: str) -> mpl.axes.Axes:
        """Return axes over a box (left, top, width, height, in inches) of the last sheet."""
        left, top, width, height = box
        axes = self.sheets[-1].add_axes(
            (left / PAPER_WIDE, 1 - (top + height) / PAPER_HIGH, width / PAPER_WIDE, height / PAPER_HIGH)
        )
        self.structure.show(self.structure.root.within("Figure", alt=alt), axes)
        return axes

    def picture(self, data: bytes, high: float, *, alt: str) -> None:
        """Put a picture, so high (inches), at the left of the sheet."""
        pixels = imread(io.BytesIO(data), format="png")
        axes = self._axes((PAPER_EDGE, self.y, high * pixels.shape[1] / pixels.shape[0], high), alt)
        axes.imshow(pixels, interpolation="none", aspect="auto")
        axes.set_axis_off()
        self.y += high + 0.04

    def drawing(self, drawn: Figure, *, alt: str) -> None:
        """Put a drawing on the sheet as it is drawn: its lines stay lines and its words words."""
        high = float(drawn.get_size_inches()[1])
        element = self.structure.root.within("Figure", alt=alt)
        at = (PAPER_EDGE, PAPER_HIGH - self.y - high)
        self.structure.paste(self.sheets[-1], drawn, at, element=element)
        self.y += high + 0.04

    def table(self, table: Table, caption: str, *, noted: bool = False) -> None:
        """Write a table, as wide as its content, its heading again on every sheet.

        Parameters
        ----------
        table
            The table.
        caption
            What it is called.
        noted
            Whether notes follow that stand with its end.
        """
        table = paper_table(table, TEXT_WIDE * 72 / SMALL_LETTERS)
        points = _LARGE if len(table.heads) <= _FEW_COLUMNS else SMALL_LETTERS
        if table.beside > 1 and table_ems(table)[1] * points / 72 > TEXT_WIDE:
            points = SMALL_LETTERS  # before names go on in a second line
        total = min(max(table_ems(table)[1] * points / 72, TEXT_WIDE * _LEAST_WIDE), TEXT_WIDE)
        widths = [share * total for share in column_shares(table, ems=total * 72 / points)]
        gap = GAP_EMS * points / 72
        inner = [width - gap * begins_again(table, c) for c, width in enumerate(widths)]
        rows = [_Row(list(wrapped_row(table.heads, inner, points)), 0.0, shade=True)]
        for i, cells in enumerate(table.rows):
            if i in table.groups:
                spanned = wrap_text(cells[0], total * 72 / points - 1) or [""]
                rows.append(_Row([spanned], 0.0, shade=True, group=True))
            else:
                rows.append(_Row(list(wrapped_row(cells, inner, points)), 0.0, shade=i in table.strong))
        rows = [replace(row, high=max(map(len, row.cells)) * points * 1.35 / 72 + 0.06) for row in rows]
        element, kept = self.structure.root.within("Table"), kept_rows(table, noted=noted)
        self.text(caption, 8.5, color=SOFT, role="Caption", within=element, kept=True)
        head: _Row | None = None  # of the group that is being written
        for i, row in enumerate(rows):
            head = row if row.group else head
            again = [] if i == 0 else [rows[0]] if head is None or row.group else [rows[0], head]
            sheet, below = len(self.sheets), 0.1 * (i == len(rows) - 1)
            if not self.begun(row.high + below, kept=i in kept, again=sum(one.high for one in again)):
                continue
            for one in again if len(self.sheets) > sheet else ():
                self._row(one, table, widths, points)
            self._row(
                replace(row, role="TD" if i and not row.group else "TH"), table, widths, points, within=element
            )
            self.y += below

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
        for c, (lines, width, numeric) in enumerate(zip(row.cells, widths, table.numeric, strict=False)):
            gap = GAP_EMS * points / 72 * begins_again(table, c)
            cell = element.within(row.role, spans=len(table.heads) if row.group else 1)
            for k, line in enumerate(lines):
                y = self.y + 0.03 + k * points * 1.35 / 72
                right = numeric and not row.group
                at = x + width - 0.05 if right else x + 0.05 + gap
                written = self.write(line, points, (at, y), INK, right=right, bold=row.shade)
                if within is not None:
                    self.structure.show(cell, written)
            x += width
        self.y += row.high

    @property
    def _whole(self) -> mpl.transforms.Transform:
        return self.sheets[-1].transFigure


def _bold_in(parts: Sequence[tuple[str, bool]], first: int, after: int) -> Iterator[tuple[int, int]]:
    """Yield which letters of a line are bold, counted from its first, in a text of parts of which some are.

    Examples
    --------
    >>> list(_bold_in([("Green is ", False), ("6 %", True), (".", False)], 6, 13))
    [(3, 6)]
    """
    end = 0
    for text, bold in parts:
        begin, end = end, end + len(text)
        if bold and begin < after and end > first:
            yield max(begin, first) - first, min(end, after) - first


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
