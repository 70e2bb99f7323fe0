"""Native tables on slides: columns as wide as they need, numbers unbroken, heads repeated, no few rows alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Emu, Pt

from briefings.map.fonts import drawable_text, width_em
from briefings.map.listing import Listing
from briefings.messages import say
from briefings.resolve.blocks import Table
from briefings.resolve.listed import list_table, listing_notes
from briefings.resolve.tables import group_rows, unbroken_amounts
from briefings.write.pptx_layouts import Room
from briefings.write.pptx_pages import again_pt, even_pages, headed_rows
from briefings.write.pptx_rules import NO_GRID, loose_em, plain_table, rule_cells, unit_em, unit_heads
from briefings.write.pptx_shapes import set_alt_text
from briefings.write.pptx_text import LEAST_PT, Letters, SlideWriter, line_em
from geo.text import Text

_CELL_MARGIN_PT, _ROW_PT, _DENSE_PT, _TIGHT_PT = 5.0, 7.0, 2.6, 1.2
_BOLD, _WORD = 1.08, 6.0  # how much wider bold letters are; ems of a word that does not break
_MANY_ROWS = 9  # of a list: from there its rows stand closer
_LIST_PT, _MOST_COLUMNS = 260.0, 2  # least width of a column of a list; how many stand beside each other
_FEW, _BREATHING = 4, (1.5, 2.0)  # rows of a table that are few; how much higher its rows get where there is room
_MOST_SLIDES = 2  # of a table that has a shorter one


class TableWriter(SlideWriter):
    """Puts tables on slides."""

    def list_table(
        self,
        slide: Any,  # noqa: ANN401 - python-pptx's
        room: Room,
        rows: Sequence[Sequence[str]],
        *,
        shares: Sequence[float],
        sizes: Sequence[float],
        alt: str,
    ) -> None:
        """Put rows without lines or fill; the last column is right-aligned.

        Parameters
        ----------
        slide, room
            Where to.
        rows
            Texts, one a column; of three columns and more the first is the value, in letters that keep its lines.
        shares
            Each column's part of the width.
        sizes
            Height of each column's letters in points.
        alt
            For who cannot see it.
        """
        if not rows:
            return
        graphic = slide.shapes.add_table(
            len(rows), len(shares), room.left, room.top, room.width, Pt(20) * len(rows)
        )
        set_alt_text(graphic, alt)
        graphic._element.xpath(".//a:tblPr/a:tableStyleId")[0].text = NO_GRID
        for name in ("firstRow", "bandRow"):
            graphic._element.xpath(".//a:tblPr")[0].set(name, "0")
        for c, share in enumerate(shares):
            graphic.table.columns[c].width = Emu(int(share * room.width))
        tallest = max(int(room.height / len(rows)), 1)
        letters = [self.points(size) for size in sizes]
        if len(shares) > 2:  # values are of one size
            wide = int(shares[0] * room.width)
            least = max(0.8 * letters[0], *letters[1:])  # to which words beside a number may take a line
            letters[0] = min(
                max(self.unbroken_points(text, letters[0], wide), least * (" " in text))
                for text in (unbroken_amounts(row[0]) for row in rows)
            )
        for r, row in enumerate(rows):
            lines = [
                sum(len(self.broken(part, size, int(share * room.width))) for part in text.split("\n"))
                for text, size, share in zip(row, letters, shares)
            ]
            needed = max(count * size * 1.25 + 8 for count, size in zip(lines, letters))
            graphic.table.rows[r].height = Emu(min(int(needed * 1.25 * Pt(1)), tallest))
            for c, text in enumerate(row):
                cell = graphic.table.cell(r, c)
                cell.vertical_anchor = MSO_ANCHOR.MIDDLE
                if len(rows) > _MANY_ROWS:  # lines that wrap find room above the foot
                    cell.margin_top = cell.margin_bottom = Pt(1)
                color = MSO_THEME_COLOR.ACCENT_1 if c == 0 and len(row) > 2 else None
                self.write(cell.text_frame, text.split("\n"), size=letters[c], bold=color is not None, color=color)
                if c == len(row) - 1:
                    cell.text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT

    def unbroken_points(self, text: str, points: float, width: int) -> float:
        """Return in which letters, at most so high, each line of a text stays one in a width (EMU)."""
        parts = text.split("\n")
        sizes = (points, 0.8 * points, 0.7 * points)
        return next(
            (s for s in sizes if all(width_em(unbroken_amounts(p)) <= self.ems(s * 1.1, width) for p in parts)),
            LEAST_PT,
        )

    def tables(
        self,
        title: str,
        table: Table,
        caption: str,
        *,
        first: Any = None,  # noqa: ANN401
        dense: bool = False,
        note: str = "",
    ) -> None:
        """Put a native table on as many slides as it takes: its head on each, no few rows alone on the last.

        Parameters
        ----------
        title
            Of the slides.
        table
            Headings and rows of texts.
        caption
            Of the table, for who cannot see it.
        first
            A slide that has room for it; a new one when None.
        dense
            Whether it is one to look things up in: narrow rows, few slides, the least letters where it is long.
        note
            What stands below it.
        """
        room, table = self.layouts.room(self.layouts.titled), group_rows(table)
        under = int(Pt(LEAST_PT * 1.8)) * bool(note)
        whole, room = room, replace(room, height=room.height - under)
        size = self.dense_points(table, room) if dense else self.table_points(table, room.width)
        room = replace(room, dense=dense)
        pages = self.pages_of(table, room, size)
        tight = replace(room, tight=dense)
        if len(pages) > len(self.pages_of(table, tight, size)):  # rather a little closer than on one slide more
            room, pages = tight, self.pages_of(table, tight, size)
        half = replace(room, width=int(room.width * 0.485))
        beside = dense and len(pages) > 1 and sum(self.widths(table, size, room.width)) <= half.width
        slide = first
        for number, (begin, end) in enumerate(pages):
            if beside and number % 2:  # a narrow one goes on beside itself
                right = replace(half, left=room.left + room.width - half.width)
                self.table(slide, table, caption, headed_rows(begin, end, table.groups), right, size=size)
                continue
            if number or slide is None:
                slide = self.slide(title + ("" if number == 0 else self.words["continued"]), self.layouts.filled)
            place = half if beside else room
            self.table(slide, table, caption, headed_rows(begin, end, table.groups), place, size=size)
            if slide.slide_layout == self.layouts.content:
                self.hold(slide.shapes[-1], self.layouts.held)
            if note:
                foot = Room(whole.left, room.bottom, whole.width, under)
                self.text(slide, foot, [note], Letters(size=LEAST_PT, soft=True), name="note")

    def pages_of(self, table: Table, room: Room, size: float) -> list[tuple[int, int]]:
        """Return the rows of each slide that a table takes, in letters of a size."""
        spare = spare_pt(room)
        widths = self.widths(table, size, room.width, tight=room.tight)
        heights = [self.row_pt(row, widths, size, spare=spare) for row in table.rows]
        most = room.height / Pt(1) - self.row_pt(unit_heads(table.heads, widths, size), widths, size, spare=spare)
        return even_pages(heights, most - again_pt(heights, most, table.groups), table.groups)

    def is_shorter(self, short: Table | None, table: Table) -> bool:
        """Return whether a table takes more slides than anyone looks through, and its short form fewer."""
        room = replace(self.layouts.room(self.layouts.titled), dense=True)
        count, fewer = (
            0 if one is None else len(self.pages_of(group_rows(one), room, LEAST_PT)) for one in (table, short)
        )
        return count > _MOST_SLIDES and 0 < fewer < count

    def dense_points(self, table: Table, room: Room) -> float:
        """Return the height of letters of a table to look things up in: large where one slide holds it all."""
        for size in (self.points(16), self.points(14)):
            widths = self.widths(table, size, room.width)
            heads = unit_heads(table.heads, widths, size)
            high = sum(self.row_pt(row, widths, size, spare=_DENSE_PT) for row in (heads, *table.rows))
            if sum(self.least_widths(table, size, texts=True)) <= room.width and high * Pt(1) <= room.height:
                return size
        return LEAST_PT

    def listed(self, title: str, listing: Listing) -> None:
        """Put the list of a map's numbers on slides of their own: columns of number, name and amount.

        Parameters
        ----------
        title
            Of the map.
        listing
            What its numbers stand for; those not on the map have theirs in brackets.
        """
        language, room = self.resolved.language, self.layouts.room(self.layouts.titled)
        title = say("list_title", title=Text(title, title))[language]
        table, note = self.list_of(listing)
        groups = table.groups
        columns = max(min(int(room.width / Pt(_LIST_PT)), _MOST_COLUMNS), 1)
        column = room.part(0, (1 - 0.03 * (columns - 1)) / columns)
        widths = self.filled_widths(table, LEAST_PT, column.width)
        heights = [self.row_pt(row, widths, LEAST_PT, spare=_DENSE_PT) for row in table.rows]
        under = LEAST_PT * 1.8 * len(note)
        most = room.height / Pt(1) - self.row_pt(table.heads, widths, LEAST_PT, spare=_DENSE_PT) - under
        most -= again_pt(heights, most, groups)
        pages = even_pages(heights, most, groups)
        slides = -(-len(pages) // columns)
        pages = even_pages(heights, min(most, sum(heights) / (slides * columns) + max(heights)), groups)
        for number, (begin, end) in enumerate(pages):
            at = number % columns
            if at == 0:
                slide = self.slide(title + ("" if number == 0 else self.words["continued"]))
                foot = Room(room.left, room.bottom - int(Pt(under)), room.width, int(Pt(under)))
                self.text(slide, foot, note, Letters(size=LEAST_PT, soft=True), name="note")
            place = replace(
                room.part(at * (column.width / room.width + 0.03), 0), width=column.width, filled=True, dense=True
            )
            self.table(slide, table, title, headed_rows(begin, end, table.groups), place, size=LEAST_PT)

    def list_of(self, listing: Listing) -> tuple[Table, list[str]]:
        """Return the list of a map's numbers as a table, and what is to be known of it."""
        return list_table(listing), list(listing_notes(listing))

    def filled_widths(self, table: Table, size: float, width: int) -> list[int]:
        """Return the widths of columns that fill a width: the longest text takes what the others leave."""
        needs = [int(one) for one in self.least_widths(table, size, texts=True)]
        longest = max(range(len(needs)), key=lambda i: (not table.numeric[i], needs[i]))
        rest = width - sum(needs) + needs[longest]
        return [rest if i == longest else one for i, one in enumerate(needs)] if rest > 0 else needs

    def table_points(self, table: Table, width: int) -> float:
        """Return the height of a table's letters: 14 points where all columns find room, else the least."""
        return self.points(14) if sum(self.widths(table, self.points(14), 10 * width)) <= width else LEAST_PT

    def widths(self, table: Table, size: float, width: int, *, tight: bool = False) -> list[int]:
        """Return each column's width (EMU): what its longest word or number needs first, texts share the rest.

        Parameters
        ----------
        table, size
            What stands there, in letters so high (points).
        width
            Of all, EMU.
        tight
            Whether texts have all that numbers leave: heads of numbers take the lines they need.
        """
        needs, least = self.least_widths(table, size, texts=True), self.least_widths(table, size, texts=False)
        if tight:
            needs = [low if number else need for need, low, number in zip(needs, least, table.numeric)]
        if sum(needs) <= width:
            return [int(need) for need in needs]
        spare = max(width - sum(least), 0)
        wishes = [max(need - low, 0) for need, low in zip(needs, least)]
        shrink = min(width / sum(least), 1.0)
        return [int((low + spare * wish / (sum(wishes) or 1)) * shrink) for low, wish in zip(least, wishes)]

    def least_widths(self, table: Table, size: float, *, texts: bool) -> list[float]:
        """Return in which width (EMU) no number of a column breaks, nor a text where ``texts`` is asked."""
        pad, out = 2 * _CELL_MARGIN_PT + 4, list[float]()
        for c, head in enumerate(table.heads):
            rows = [(row[c], i in table.strong) for i, row in enumerate(table.rows) if i not in table.groups]
            cells = [loose_em(text) * (_BOLD if strong else 1.0) for text, strong in rows]
            if texts:
                longest = max((width_em(head), *cells))
            elif table.numeric[c]:
                longest = max((min(width_em(head), 5.0), unit_em(head), *cells))
            else:
                told = (head, *(text for text, _ in rows))
                words = [width_em(word) for text in map(unbroken_amounts, told) for word in text.split(" ")]
                longest = max(4.0, min(max(words, default=0.0), _WORD))
            out.append((longest * size * 1.2 + pad) * Pt(1))
        return out

    def row_pt(self, row: Sequence[str], widths: Sequence[int], size: float, *, spare: float = _ROW_PT) -> float:
        """Return how high a row gets, in points.

        Parameters
        ----------
        row
            Its texts.
        widths
            Of the columns, EMU.
        size
            Height of the letters in points.
        spare
            What a row has above and below its letters, in points.
        """
        if len(row) > 1 and not any(row[1:]):  # a group row spans all columns
            return size * line_em(row) + spare
        inner = [int((width - 2 * int(Pt(_CELL_MARGIN_PT))) * 0.96) + int(Pt(14)) for width in widths]
        parts = ([(part, width) for part in text.split("\n")] for text, width in zip(row, inner))
        lines = max(
            (sum(len(self.broken(part, size, width)) for part, width in told) for told in parts), default=1
        )
        return max(lines, 1) * size * line_em(row) + spare

    def widths_in(self, table: Table, size: float, room: Room) -> list[int]:
        """Return the widths of columns (EMU): as wide as they need, or as the room where that is to be filled."""
        if room.filled and room.dense:
            return self.filled_widths(table, size, room.width)
        widths = self.widths(table, size, room.width, tight=room.tight)
        if room.filled and sum(widths) < room.width:
            return [int(width * room.width / sum(widths)) for width in widths]
        return widths

    def rows_told(self, table: Table, rows: Sequence[int]) -> list[tuple[str, ...]]:
        """Return some rows of a table; the head of a group that goes on with them says so."""
        told = [table.rows[i] for i in rows]
        if len(rows) > 1 and rows[0] in table.groups and rows[1] != rows[0] + 1:
            name = told[0][0].partition(" · ")[0]  # how many they are stands at its beginning
            told[0] = (name + self.words["continued"], *told[0][1:])
        return told

    def table(
        self,
        slide: Any,  # noqa: ANN401
        table: Table,
        caption: str,
        rows: Sequence[int],
        room: Room,
        *,
        size: float = 0.0,
    ) -> int:
        """Put some rows of a table on a slide: with rules in our own look, in a template in its own table style.

        Parameters
        ----------
        slide
            Where to.
        table
            Headings and rows of texts.
        caption
            Name of the shape and its text for who cannot see it.
        rows
            Positions of the rows.
        room
            The place; the table is as wide as its columns need, or as the room where that is to be filled.
        size
            Height of the letters in points; what finds room when 0.

        Returns
        -------
        int
            Its lower edge (EMU).
        """
        size = size or self.table_points(table, room.width)
        spare = spare_pt(room)
        widths = self.widths_in(table, size, room)
        body = [unit_heads(table.heads, widths, size), *self.rows_told(table, rows)]
        sums = table.strong if len(table.strong) + len(table.groups) < len(table.rows) else ()  # not all of it
        high = [self.row_pt(row, widths, size, spare=spare) for row in body]
        if room.filled and not room.dense:  # rows that breathe
            stretch = min(
                max(room.height * 0.7 / Pt(1) / sum(high), 1.0),
                _BREATHING[len(rows) <= _FEW] if size > LEAST_PT else 1.0,
            )
            high = [one * stretch for one in high]
        graphic = slide.shapes.add_table(
            len(body), len(table.heads), room.left, room.top, sum(widths), Emu(int(sum(high) * Pt(1)))
        )
        graphic.name = caption
        set_alt_text(graphic, drawable_text(f"{caption}: {', '.join(table.heads)}", longest=300))
        for c, width in enumerate(widths):
            graphic.table.columns[c].width = Emu(width)
        ruled = self.layouts.plate is not None and plain_table(graphic)
        for r, row in enumerate(body):
            graphic.table.rows[r].height = Emu(int(high[r] * Pt(1)))
            grouped = r > 0 and rows[r - 1] in table.groups
            strong = r == 0 or grouped or rows[r - 1] in sums
            for c, text in enumerate(row[:1] if grouped else row):
                cell = graphic.table.cell(r, c)
                cell.margin_top = cell.margin_bottom = Pt(spare / 2 - 0.5)
                cell.margin_left = cell.margin_right = Pt(_CELL_MARGIN_PT)
                cell.vertical_anchor = MSO_ANCHOR.MIDDLE
                self.write(cell.text_frame, [text.replace("\n", "\v")], size=size, bold=True if strong else None)
                if table.numeric[c]:
                    cell.text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT
            if ruled:
                ahead = r < len(rows) and rows[r] in sums and not (r > 0 and rows[r - 1] in sums)
                rule_cells(graphic, r, heavy=r == 0 or ahead or r == len(rows))
            if grouped:
                graphic.table.cell(r, 0).merge(graphic.table.cell(r, len(table.heads) - 1))
        return int(room.top + sum(high) * Pt(1))


def spare_pt(room: Room) -> float:
    """Return what a row has above and below its letters, in points."""
    return _TIGHT_PT if room.tight else _DENSE_PT if room.dense else _ROW_PT
