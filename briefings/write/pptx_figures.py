"""Slides of a number: its value and words, its chart in the classes' colours, its table where it finds room."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

from pptx.enum.dml import MSO_THEME_COLOR
from pptx.util import Emu, Pt

from briefings.map.fonts import drawable_text
from briefings.resolve.blocks import BriefingSection, Captions, Chart, Table
from briefings.write.pptx_charts import add_chart
from briefings.write.pptx_layouts import Room
from briefings.write.pptx_shapes import set_alt_text
from briefings.write.pptx_tables import TableWriter
from briefings.write.pptx_text import LEAST_PT, Letters

_PLAIN_PT = 14
_VALUE_PT = (32, 28, 24, 20)
_MOST_ROWS = 12  # of a table among the slides; longer ones are in the appendix
_FEW_BARS = 2  # of a chart that says no more than its numbers
_UNIT = re.compile(r"[（(]([^()（）]+)[)）]\s*$")
_FEW_ROWS, _FEW_COLUMNS = 8, 4  # of a table that stands beside something else


def says_no_more(chart: Chart) -> bool:
    """Whether a chart says no more than its numbers do: one or two bars, and no target beside them."""
    return len(chart.labels) <= _FEW_BARS and chart.target is None


def values_with_unit(chart: Chart) -> list[str]:
    """Return a chart's values as they are written, each with the unit that stands in brackets in the chart's name.

    Examples
    --------
    >>> values_with_unit(Chart("bars", "Area (ha)", ("Parks",), (1234.5,)))
    ['1,234.50 ha']
    >>> values_with_unit(Chart("bars", "Share (%)", ("Parks",), (12.0,), texts=("12.0",)))
    ['12.0%']
    """
    texts = chart.texts or [f"{value:,.{chart.decimals}f}" for value in chart.values]
    named = _UNIT.search(chart.name)
    unit = "" if named is None else named[1] if named[1].startswith("%") else f" {named[1]}"
    return [text if text.endswith(unit) else text + unit for text in texts]


class FigureWriter(TableWriter):
    """Makes the slides of a number; ``later`` are the tables that go to the deck's end."""

    def __init__(self, *given: Any, **asked: Any) -> None:  # noqa: ANN401 - as a SlideWriter takes them
        super().__init__(*given, **asked)
        self.later = list[tuple[str, Table, str]]()

    def figure_slide(self, section: BriefingSection, captioned: Captions) -> None:
        """Make the slides of a number: value, sentence and chart, then its table."""
        title, sentence = section.title, section.sentence
        size = self.layouts.title_pt(self.layouts.titled)
        room = self.layouts.room(self.layouts.titled)
        several = len(section.amounts) > 1  # those stand large below: the title does not say them too
        lines = len(self.broken(section.takeaway, max(size * 0.8, 20), int(room.width * 0.94)))
        short = bool(section.takeaway) and not several and lines <= 2
        title, sentence = (section.takeaway, "") if short else (title, sentence)
        slide = self.slide(title)
        tables = list(zip(section.tables, captioned.tables, strict=True))
        main = section.chart is not None or section.picture is not None
        small = len(tables) == 1 and len(tables[0][0].rows) <= _FEW_ROWS
        small = small and (
            len(tables[0][0].heads) <= _FEW_COLUMNS if main else self.fits(tables[0][0], room, _PLAIN_PT)
        )
        share = 0.38 if small and section.chart is not None else 0.29
        left = room.part(0, share) if main else room
        under = self.spoken(slide, section, left, sentence)
        if main and small and section.chart is not None:  # the numbers under the words, the chart beside them
            under, tables = self.small_table(slide, tables, left.below(under + int(Pt(8))), under)
        elif not main and small:  # no chart: the table is the slide
            table, caption = tables[0]
            below = left.below(under + int(Pt(18)))
            size = next((s for s in (24, 20, 18, 16) if self.fits(table, below, s)), _PLAIN_PT)
            every, below = range(len(table.rows)), replace(below, filled=True)
            under, tables = self.table(slide, table, caption, every, below, size=size), []
        if section.caveats:
            note = left.below(under + int(Pt(8)))
            self.text(
                slide, note, section.caveats[:3], Letters(size=LEAST_PT if main else 16, soft=True), name="note"
            )
        right = room.part(share + 0.02, 0.98 - share)
        if main and tables and len(tables[0][0].rows) <= _FEW_ROWS:
            right, tables = self.table_below(slide, tables, right)
        if section.chart is not None and says_no_more(section.chart):
            self.large_values(slide, section.chart, right)
        elif section.chart is not None:
            alt = drawable_text(section.sentence or section.title, longest=300)
            place = (Emu(right.left), Emu(right.top), Emu(right.width), Emu(right.height))
            add_chart(slide, section.chart, place, scale=max(self.scale, 1.0), alt=alt)
            slide.shapes[-1].name = captioned.chart
        elif section.picture is not None:
            self.fitted(slide, section, captioned, right)
        for table, caption in tables:
            if section.chart is not None or (main and len(table.rows) > _MOST_ROWS):  # the chart says it
                self.later.append((section.title, table, caption))
                continue
            spoken = main or bool(section.value or section.sentence or section.paragraphs)
            self.tables(section.title, table, caption, first=None if spoken else slide)

    def fits(self, table: Table, room: Room, size: float) -> bool:
        """Return whether a table finds room in letters of a size: no number breaks, nor a text in large ones."""
        letters = self.points(size)
        widths = self.widths(table, letters, room.width)
        high = sum(self.row_pt(row, widths, letters) for row in (table.heads, *table.rows))
        spare = 1.1 if size > _PLAIN_PT else 1.0  # other fonts than ours may be wider
        asked = self.least_widths(table, letters * spare, texts=size > _PLAIN_PT)
        return sum(asked) <= room.width and high * Pt(1) <= room.height * 0.7

    def large_values(self, slide: Any, chart: Chart, room: Room) -> None:  # noqa: ANN401
        """Say one or two values large, each with its name: a chart of them would say no more."""
        rows = [(text, label, "") for text, label in zip(values_with_unit(chart), chart.labels, strict=True)]
        small = Letters(size=_PLAIN_PT, soft=True)
        under = self.text(slide, room, [chart.name], small, name="chart")  # with "(at least)" where they are that
        below = room.below(under + int(Pt(6)))
        place = replace(below, height=min(below.height, int(Pt(90)) * len(rows)))
        self.list_table(slide, place, rows, shares=(0.42, 0.56, 0.02), sizes=(36, 20, 12), alt=chart.name)

    def table_below(
        self,
        slide: Any,  # noqa: ANN401
        tables: list[tuple[Table, str]],
        room: Room,
    ) -> tuple[Room, list[tuple[Table, str]]]:
        """Put a table at the foot of a chart's room where it finds any; returns what is left of both.

        Parameters
        ----------
        slide
            Where to.
        tables
            The first is put.
        room
            Of the chart.
        """
        table, caption = tables[0]
        widths = self.widths(table, LEAST_PT, room.width)
        high = int(sum(self.row_pt(row, widths, LEAST_PT) for row in (table.heads, *table.rows)) * Pt(1))
        asked = sum(self.least_widths(table, LEAST_PT, texts=False))
        if asked > room.width or high > room.height * 0.5:
            return room, tables
        place = Room(room.left, room.bottom - high, room.width, high, filled=True)
        self.table(slide, table, caption, range(len(table.rows)), place, size=LEAST_PT)
        return Room(room.left, room.top, room.width, room.height - high - int(Pt(10))), tables[1:]

    def spoken(self, slide: Any, section: BriefingSection, left: Room, sentence: str) -> int:  # noqa: ANN401
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
        """
        under, amounts = left.top, section.amounts
        edges, accent = [under], MSO_THEME_COLOR.ACCENT_1
        told = [split_amount(amount) if len(amounts) > 1 else (amount, "") for amount in amounts]
        wide = int(left.width * (1 / max(len(amounts), 1) - 0.02 * (len(amounts) > 1)))
        sizes = (40, 36, *_VALUE_PT) if len(amounts) > 1 else _VALUE_PT
        size = next(
            (s for s in sizes if all(len(self.broken(one, 1.15 * self.points(s), wide)) < 2 for one, _ in told)),
            18,
        )
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
        return self.text(slide, left.below(under), lines, Letters(size=16), name="sentence") if lines else under

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

    def fitted(self, slide: Any, section: BriefingSection, captioned: Captions, room: Room) -> None:  # noqa: ANN401
        """Put a picture that is there already, as large as the room allows.

        Parameters
        ----------
        slide
            Where to.
        section
            With its picture.
        captioned
            Its numbered captions.
        room
            The place.
        """
        if section.picture is None:
            return
        placed = slide.shapes.add_picture(io.BytesIO(section.picture.data), room.left, room.top, width=room.width)
        if placed.height > room.height:
            placed.width, placed.height = int(placed.width * room.height / placed.height), room.height
        placed.name = captioned.picture
        set_alt_text(placed, self.resolved.alt(section))


def split_amount(amount: str) -> tuple[str, str]:
    """Return an amount and the same in another unit, which stands behind it in brackets; empty where none does.

    Examples
    --------
    >>> split_amount("6,938,500 万元（693.85 亿元）"), split_amount("53 ha")
    (('6,938,500 万元', '693.85 亿元'), ('53 ha', ''))
    """
    found = re.fullmatch(r"(.*\S)\s*[（(](.*)[）)]", amount)
    return (found[1], found[2]) if found else (amount, "")
