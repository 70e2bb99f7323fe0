"""Slides of a number: its value and words, its chart in the classes' colours, its table where it finds room."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

from pptx.util import Emu, Inches, Pt

from briefings.map.fonts import drawable_text
from briefings.resolve.blocks import BriefingSection, Captions, Chart, Table
from briefings.resolve.conclusions import headed_sentence, is_short_title, without_brackets
from briefings.write.pptx_charts import add_chart
from briefings.write.pptx_layouts import Room, first_place
from briefings.write.pptx_places import TITLES
from briefings.write.pptx_shapes import set_alt_text
from briefings.write.pptx_text import LEAST_PT, ONE_LINE, Letters
from briefings.write.pptx_words import WordsWriter
from geo.text import number_text

_PLAIN_PT = 14
_VALUE_PT, _ALONE_PT, _TITLE_LINES = 32.0, 60.0, 3  # of a value beside a chart, of one with its table alone
_REST_PT, _BELOW = 20.0, 0.55  # of a value below a title that says more; of a chart's room, for its table
_NARROW_TITLE = Inches(4.0)  # of a title's place, where it may take a line more
_MOST_ROWS = 12  # of a table among the slides; longer ones are in the appendix
_NOTE_PT = 16  # above a note: a table's head may take a line more in other fonts
_TWO_COLUMNS, _WHOLE = 2, "100.00%"
_UNIT = re.compile(r"[（(]([^()（）]+)[)）]\s*$")
_FEW_ROWS, _FEW_COLUMNS = 8, 4  # of a table that stands beside something else


def says_the_table(chart: Chart, table: Table) -> bool:
    """Whether a chart with its values says every row of a table but its sums: names and one number each.

    Examples
    --------
    >>> chart = Chart("bars", "Count", ("A", "B"), (2.0, 1.0), texts=("2", "1"))
    >>> rows = ("A", "2"), ("B", "1"), ("total", "3")
    >>> says_the_table(chart, Table(("Group", "Count"), rows, (False, True), strong=(2,)))
    True
    >>> says_the_table(chart, Table(("Group", "Count"), (("A", "2"), ("?", "1")), (False, True)))
    False
    """
    rows = [row for i, row in enumerate(table.rows) if i not in table.strong]
    drawn = set(zip(chart.labels, chart.texts, strict=False))
    return len(table.heads) == _TWO_COLUMNS and not chart.left and all(tuple(row) in drawn for row in rows)


def without_value(table: Table, value: str) -> Table:
    """Return a table of a part and its whole without the column that only says the value again, and 100 %.

    Examples
    --------
    >>> rows = ("Parks", "2.0", "20.00"), ("Town", "10.0", "100.00")
    >>> table = Table(("Ground", "Area (ha)", "Share (%)"), rows, (False, True, True), strong=(1,))
    >>> without_value(table, "20.00%").rows
    (('Parks', '2.0'), ('Town', '10.0'))
    >>> without_value(table, "at least 20.00%") == table
    True
    """
    columns = range(len(table.heads))
    cells = [[(row[c] + "%", at in table.strong) for at, row in enumerate(table.rows)] for c in columns]
    again = [sorted(column) == sorted([(value, False), (_WHOLE, True)]) for column in cells]
    kept = [c for c in columns if not again[c]]
    if table.groups or len(kept) < _TWO_COLUMNS:
        return table
    return replace(
        table,
        heads=tuple(table.heads[c] for c in kept),
        rows=tuple(tuple(row[c] for c in kept) for row in table.rows),
        numeric=tuple(table.numeric[c] for c in kept),
    )


def values_with_unit(chart: Chart) -> list[str]:
    """Return a chart's values as they are written, each with the unit that stands in brackets in the chart's name.

    Examples
    --------
    >>> values_with_unit(Chart("bars", "Area (ha)", ("Parks",), (1234.5,)))
    ['1,234.50 ha']
    >>> values_with_unit(Chart("bars", "Share (%)", ("Parks",), (12.0,), texts=("12.0",)))
    ['12.0%']
    """
    texts = chart.texts or [number_text(value, chart.decimals) for value in chart.values]
    named = _UNIT.search(chart.name)
    unit = "" if named is None else named[1] if named[1].startswith("%") else f" {named[1]}"
    return [text if text.endswith(unit) else text + unit for text in texts]


class FigureWriter(WordsWriter):
    """Makes the slides of a number; ``later`` are the tables that go to the deck's end."""

    def __init__(self, *given: Any, **asked: Any) -> None:  # noqa: ANN401 - as a SlideWriter takes them
        super().__init__(*given, **asked)
        self.later = list[tuple[str, Table, str, str]]()  # title, table, caption, note

    def figure_slide(self, section: BriefingSection, captioned: Captions) -> None:
        """Make the slides of a number: value, sentence and chart, then its table."""
        room = self.layouts.room(self.layouts.filled)
        tables = list(zip(section.tables, captioned.tables, strict=True))
        chart = section.chart
        small = len(tables) == 1 and len(tables[0][0].rows) <= _FEW_ROWS
        if chart is not None and chart.says_no_more and small and self.fits(tables[0][0], room, _PLAIN_PT):
            chart = None  # the table is the slide
        if chart is not None and len(tables) == 1 and says_the_table(chart, tables[0][0]):
            tables, small = [], False
        main = chart is not None or section.picture is not None
        small = small and (
            len(tables[0][0].heads) <= _FEW_COLUMNS if main else self.fits(tables[0][0], room, _PLAIN_PT)
        )
        if not main and small:  # no chart: the table is the slide
            self.table_slide(section, tables[0])
            return
        across = chart is not None and not small  # few words: above and below it, not in a column of their own
        drawn = replace(section, chart=chart)
        if main and not across:
            tables = self.beside_slide(drawn, captioned, tables)
        else:
            tables = self.across_slide(drawn, captioned, tables)
        for table, caption in tables:
            if chart is not None or (main and (section.kind == "dossier" or len(table.rows) > _MOST_ROWS)):
                self.put_later(section, table, caption)  # the chart says it
            else:
                first = None if main or section.value or section.sentence or section.paragraphs else self.last
                self.tables(section.title, table, caption, first=first)

    @property
    def last(self) -> Any:  # noqa: ANN401
        """The slide made last."""
        return self.show.slides[len(self.show.slides) - 1]

    def titled_slide(self, section: BriefingSection, layout: Any) -> tuple[Any, str, str]:  # noqa: ANN401
        """Add a figure's slide; returns it, its title, and the sentence that is left to say on it."""
        title = self.headline(section, layout)
        said = title == section.takeaway or not section.sentence
        said = said or (title == headed_sentence(section.takeaway) and bool(section.value))
        sentence = "" if said and title else section.sentence
        return self.slide(title or section.title, layout), title or section.title, sentence

    def across_slide(
        self, section: BriefingSection, captioned: Captions, tables: list[tuple[Table, str]]
    ) -> list[tuple[Table, str]]:
        """Make the slide of a chart over the whole width, words above and notes below; returns the tables left.

        Parameters
        ----------
        section, captioned
            The figure with the chart that is drawn, and what its parts are called.
        tables
            The figure's tables with their captions.
        """
        slide, title, sentence = self.titled_slide(section, self.layouts.filled)
        room, chart = self.layouts.room(self.layouts.filled), section.chart
        again = chart is not None and section.value in title  # the title says the value: the chart has its room
        told = replace(section, value="") if again else section
        rest = section.takeaway not in ("", title) and not sentence  # how many in all, which the title leaves out
        under = self.spoken(slide, told, room, sentence, size=_REST_PT if rest else _VALUE_PT)
        if chart is None:
            if section.caveats:
                self.note_below(slide, section, room.below(under + int(Pt(_NOTE_PT))), _NOTE_PT)
            return tables
        room = self.noted(slide, section, room.below(under + int(Pt(6))))
        if tables and len(tables[0][0].rows) <= _FEW_ROWS:
            room, tables = self.table_below(slide, tables, room)
        self.drawn_beside(slide, section, captioned, room, title=title, place=self.layouts.held)
        return tables

    def beside_slide(
        self, section: BriefingSection, captioned: Captions, tables: list[tuple[Table, str]]
    ) -> list[tuple[Table, str]]:
        """Make the slide of words beside a chart or a picture, in a layout's two places where it has them.

        Returns what tables are left.

        Parameters
        ----------
        section, captioned
            The item with the chart that is drawn, and what its parts are called.
        tables
            Its tables with their captions.
        """
        layout, words, held = self.layouts.paired or (self.layouts.titled, None, None)
        slide, title, sentence = self.titled_slide(section, layout)
        if words is not None:
            left, right = self.layouts.box_room(layout, words), self.layouts.box_room(layout, held)
            under = self.in_place(slide, words, section, left, sentence, size=_VALUE_PT)
        else:
            room = self.layouts.room(layout)
            share = 0.38 if section.chart is not None or section.kind == "dossier" else 0.29
            left, right = room.part(0, share), room.part(share + 0.02, 0.98 - share)
            under = self.spoken(slide, section, left, sentence, size=_VALUE_PT)
        if section.chart is not None:  # the numbers under the words, the chart beside them
            under, tables = self.small_table(slide, tables, left.below(under + int(Pt(8))), under)
        if words is None and section.caveats:
            self.note_below(slide, section, left.below(under + int(Pt(_NOTE_PT))), LEAST_PT)
        # short tables first: they stand below what is drawn; a site's map takes its whole room
        tables = sorted(tables, key=lambda one: len(one[0].rows) > _FEW_ROWS)
        if section.kind != "dossier" and tables and len(tables[0][0].rows) <= _FEW_ROWS:
            right, tables = self.table_below(slide, tables, right)
        self.drawn_beside(slide, section, captioned, right, title=title, place=held)
        return tables

    def table_slide(self, section: BriefingSection, told: tuple[Table, str]) -> None:
        """Make a slide of a value and its table: the value large, the table in what room its notes leave.

        Parameters
        ----------
        section
            The figure.
        told
            Its only table, with the caption.
        """
        slide, _, sentence = self.titled_slide(section, self.layouts.filled)
        room = self.layouts.room(self.layouts.filled)
        under = self.spoken(slide, section, room, sentence, size=_ALONE_PT)
        room = self.noted(slide, section, room.below(under + int(Pt(18))))
        table = without_value(told[0], section.value)
        size = next((s for s in (20, 18, 16) if self.fits(table, room, s)), _PLAIN_PT)
        rows = range(len(table.rows))
        self.table(slide, table, told[1], rows, replace(room, filled=True), size=self.points(size))
        self.hold(slide.shapes[-1], self.layouts.held)

    def drawn_beside(
        self,
        slide: Any,  # noqa: ANN401
        section: BriefingSection,
        captioned: Captions,
        room: Room,
        *,
        title: str,
        place: Any,  # noqa: ANN401
    ) -> None:
        """Draw the chart, its few values large, or the picture of an item; nothing where it has none.

        Parameters
        ----------
        slide
            Where to.
        section, captioned
            The item, and what its parts are called.
        room
            Where on the slide.
        title
            Of the slide: the bar it names is marked.
        place
            The layout's, that it fills; None without one.
        """
        chart = section.chart
        if chart is not None and chart.says_no_more:
            self.large_values(slide, chart, room)
        elif chart is not None:
            alt = drawable_text(section.sentence or section.title, longest=300)
            box = (Emu(room.left), Emu(room.top), Emu(room.width), Emu(room.height))
            said = title.removeprefix(section.title)
            named = [at for at, one in enumerate(chart.labels) if one and one in said]
            add_chart(slide, chart, box, alt=alt, marked=named[0] if len(named) == 1 else None)
            slide.shapes[-1].name = captioned.chart
            self.hold(slide.shapes[-1], place)
        elif section.picture is not None:
            self.fitted(slide, section, captioned, room)
            self.hold(slide.shapes[-1], place)

    def put_later(self, section: BriefingSection, table: Table, caption: str) -> None:
        """Leave a table to the deck's end; of an endless one its sums, with where the whole is."""
        short = section.short if self.is_shorter(section.short, table) else None
        told = "" if short is None else self.words["whole"]
        self.later.append((section.title, table if short is None else short, caption, told))

    def headline(self, section: BriefingSection, layout: Any = None) -> str:  # noqa: ANN401
        """Return what a slide's title says: the finding, in one line if it can be; empty where it is too long.

        What stands in brackets, and how many there are in all, is left to the slide where the title is long so.
        """
        layout = layout or self.layouts.titled
        place, own = first_place(layout, TITLES), self.layouts.title_pt(layout)
        room = self.layouts.room(layout)
        wide, high = (room.width, int(own * 3 * Pt(1))) if place is None else (int(place.width), int(place.height))
        most = _TITLE_LINES + (wide < _NARROW_TITLE)
        pairs = [(said, without_brackets(said)) for said in section.takeaways]
        told = [(said, plain, headed_sentence(plain)) for said, plain in pairs]
        short = [text for ways in told for text in ways if is_short_title(text)]
        tried = [(text, lines) for text in short for lines in (1, most)]
        tried += [way for _, plain, head in told for way in ((head, 1), (plain, 1), (plain, most))]
        for text, lines in tried:
            if self.title_fit(text, wide, high, own, lines=lines) >= (own * ONE_LINE if lines == 1 else 1.0):
                return text
        return ""

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
        if asked > room.width or high > room.height * _BELOW:
            return room, tables
        place = Room(room.left, room.bottom - high, room.width, high, filled=True)
        self.table(slide, table, caption, range(len(table.rows)), place, size=LEAST_PT)
        return Room(room.left, room.top, room.width, room.height - high - int(Pt(10))), tables[1:]

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
