"""What a slide of a number says in words: value, sentence, notes, in the layout's place or at a room's top."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pptx.enum.dml import MSO_THEME_COLOR
from pptx.util import Pt

from briefings.map.fonts import width_em
from briefings.resolve.blocks import BriefingSection, Table
from briefings.resolve.conclusions import without_brackets
from briefings.resolve.tables import unbroken_amounts
from briefings.write.pptx_layouts import Room
from briefings.write.pptx_places import clone_place, plain_paragraph
from briefings.write.pptx_tables import TableWriter
from briefings.write.pptx_text import LEAST_PT, Letters, line_em
from layers.figures.brief import brief_money

_WORDS_PT, _MOST_NOTES = 16, 3
_SPARE = 1.15  # bold letters, and those of other fonts than ours
_SMALLER_PT = (54.0, 44.0, 36.0, 32.0, 28.0, 24.0, 20.0, 18.0, 16.0, 14.0, LEAST_PT)


class WordsWriter(TableWriter):
    """Writes what a number says in words."""

    def spoken(
        self,
        slide: Any,  # noqa: ANN401
        section: BriefingSection,
        left: Room,
        sentence: str,
        *,
        size: float,
    ) -> int:
        """Write a figure's value and words at the top of a room; returns their lower edge.

        Several amounts (one a currency) stand side by side.

        Parameters
        ----------
        slide
            Where to.
        section
            The figure.
        left
            The room.
        sentence
            Its sentence; empty where the title says it.
        size
            Of the value's letters, the same on all slides of a kind; smaller only where it is wider than its room.
        """
        under, amounts = left.top, section.amounts
        edges, accent = [under], MSO_THEME_COLOR.ACCENT_1
        short = [brief_money(amount) for amount in amounts]  # as it is read aloud; the whole below it
        told = [(one, "" if one == amount else amount) for one, amount in zip(short, amounts, strict=True)]
        told = [(one, without_brackets(amount)) for one, amount in told]
        wide = int(left.width * (1 / max(len(amounts), 1) - 0.02 * (len(amounts) > 1)))
        size = min((self.line_size(one, size, wide) for one, _ in told), default=size)
        for number, (large, again) in enumerate(told):
            place = replace(left.part(number / len(told), 0), width=wide)
            letters = Letters(size=size, bold=True, color=accent)
            edge = self.text(slide, place, [large], letters, name="value")
            if again:
                letters = Letters(size=20, color=accent)
                edge = self.text(slide, place.below(edge), [again], letters, name="value in other words")
            edges.append(edge)
        under = max(edges)
        lines = [text for text in (sentence, section.moved, *section.paragraphs) if text]
        return (
            self.text(slide, left.below(under), lines, Letters(size=_WORDS_PT), name="sentence")
            if lines
            else under
        )

    def line_size(self, amount: str, size: float, width: int) -> float:
        """Return in which letters, at most so large, an amount is one line of a width (EMU), its unit with it."""
        wide = width_em(unbroken_amounts(amount))
        ways = (one for one in (size, *_SMALLER_PT) if one <= size)
        return next((one for one in ways if wide <= self.ems(_SPARE * self.points(one), width)), _SMALLER_PT[-1])

    def in_place(
        self,
        slide: Any,  # noqa: ANN401
        place: Any,  # noqa: ANN401 - of the layout
        section: BriefingSection,
        room: Room,
        sentence: str,
        *,
        size: float,
    ) -> int:
        """Write a figure's value, words and first notes into a place of the layout; returns their lower edge.

        Parameters
        ----------
        slide, place
            Where to: the layout's place of the words.
        section
            The figure.
        room
            The place's box, which the words take from its top.
        sentence
            Its sentence; empty where the title says it.
        size
            Of the value's letters, where it finds room in one line.
        """
        told = list[tuple[str, Letters]]()
        for amount in section.amounts:
            large, accent = brief_money(amount), MSO_THEME_COLOR.ACCENT_1
            fitting = self.line_size(large, size, room.width)
            told.append((large, Letters(size=fitting, bold=True, color=accent)))
            if large != amount:
                told.append((without_brackets(amount), Letters(size=_WORDS_PT, color=accent)))
        lines = (sentence, section.moved, *section.paragraphs)
        told += [(text, Letters(size=_WORDS_PT)) for text in lines if text]
        told += [(text, Letters(size=LEAST_PT, soft=True)) for text in section.caveats[:_MOST_NOTES]]
        shown, high = list[tuple[str, Letters]](), 8.0
        for text, letters in told:
            points = self.points(letters.size)
            taken = len(self.broken(text, points, room.width)) * points * line_em([text]) + 4
            if high + taken > room.height / Pt(1):
                break
            shown, high = [*shown, (text, letters)], high + taken
        if not shown:
            return room.top
        under = room.top + int(high * Pt(1))
        made = clone_place(slide, place, (room.left, room.top, room.left + room.width, under))
        for at, (text, letters) in enumerate(shown):
            paragraph = made.text_frame.paragraphs[0] if at == 0 else made.text_frame.add_paragraph()
            plain_paragraph(paragraph)
            paragraph.space_before = Pt(0)
            paragraph.space_after = Pt(4)
            paragraph.line_spacing = 1.0
            self.write_run(paragraph.add_run(), text, replace(letters, size=self.points(letters.size)))
        return under

    def small_table(
        self,
        slide: Any,  # noqa: ANN401
        tables: list[tuple[Table, str]],
        below: Room,
        under: int,
    ) -> tuple[int, list[tuple[Table, str]]]:
        """Put a small table under the words where it finds room; returns the lower edge and what is left to place.

        Parameters
        ----------
        slide
            Where to.
        tables
            One table with its caption.
        below
            The room under the words.
        under
            The lower edge of the words.
        """
        table, caption = tables[0]
        widths = self.widths(table, LEAST_PT, below.width)
        high = sum(self.row_pt(row, widths, LEAST_PT) for row in (table.heads, *table.rows))
        if high * Pt(1) > below.height or sum(self.least_widths(table, LEAST_PT * 1.1, texts=False)) > below.width:
            return under, tables
        return self.table(slide, table, caption, range(len(table.rows)), below, size=LEAST_PT), []

    def note_below(self, slide: Any, section: BriefingSection, room: Room, size: float) -> None:  # noqa: ANN401
        """Write a figure's first notes under its words where a line finds room; else the slide's notes have them.

        Parameters
        ----------
        slide, section
            Where to, and what.
        room
            The place.
        size
            Of the letters.
        """
        if room.height > self.points(LEAST_PT) * 1.25 * Pt(1):
            self.text(slide, room, section.caveats[:_MOST_NOTES], Letters(size=size, soft=True), name="note")

    def noted(self, slide: Any, section: BriefingSection, room: Room) -> Room:  # noqa: ANN401
        """Write a figure's first notes at the foot of a room; returns what they leave of it."""
        notes, size = section.caveats[:_MOST_NOTES], self.points(LEAST_PT)
        lines = sum(len(self.broken(one, size, room.width)) for one in notes)
        if not lines:
            return room
        high = int(min(lines * size * 1.25 * Pt(1) + Pt(8), room.height * 0.3))
        foot = Room(room.left, room.bottom - high, room.width, high)
        self.text(slide, foot, notes, Letters(size=LEAST_PT, soft=True), name="note")
        return replace(room, height=room.height - high - int(Pt(8)))
