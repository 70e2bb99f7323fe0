"""A resolved briefing as slides: findings first, maps as the slide, native tables and charts, the template's look.

Titles stand in the layout's title place, text in its body place; fonts and colours are the theme's. No text is
smaller than 12 points; what finds no room goes on to the next slide under the same title.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Emu, Pt

from briefings.map.fonts import drawable, width_em
from briefings.map.lettering import wrapped
from briefings.map.picture import draw
from briefings.map.presets import Size
from briefings.resolve.blocks import BriefingSection, Captions, Resolved, Table, captions, words
from briefings.resolve.tables import grouped
from briefings.write.pptx_charts import add_chart
from briefings.write.pptx_layouts import (
    EAST_ASIAN,
    HEIGHT,
    WIDTH,
    Layouts,
    Room,
    add_furniture,
    east_asian,
    new_presentation,
    title_points,
)
from briefings.write.pptx_shapes import add_shapes, described
from briefings.write.pptx_vector import add_vector

LEAST_PT = 12.0
_MAP_DPI, _MAP_LETTERS = 200.0, 1.7
_EMU_PER_INCH = 914_400
_CELL_MARGIN_PT, _ROW_PT = 5.0, 7.0
_MOST_FINDINGS, _MOST_CONTENTS = 6, 14
_NO_GRID = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # a table style every PowerPoint has: no lines, no fill
_VALUE_PT = (32, 28, 24, 20)
_FEWEST_ROWS = 3  # on the last page of a table
_FEW_ROWS, _FEW_COLUMNS = 8, 4  # of a table that stands beside something else


def deck(resolved: Resolved, *, template: Path | None = None, shapes: bool = False) -> bytes:
    """Return the briefing as a .pptx.

    Parameters
    ----------
    resolved
        The briefing on one state of the data.
    template
        The user's own .pptx, whose masters, layouts, colours, fonts and size are used; its slides are not.
    shapes
        Whether each map comes a second time as shapes that can be edited.
    """
    maker = _Maker(new_presentation(template), resolved, shapes=shapes)
    maker.cover()
    findings, contents = maker.front()
    for section, captioned in zip(resolved.sections, captions(resolved), strict=True):
        maker.section(section, captioned)
    maker.appendix()
    maker.fill_front(findings, contents)
    maker.number()
    show = maker.show
    show.core_properties.author, show.core_properties.title = "PlanAtlas", resolved.title
    show.core_properties.language = maker.tongue
    out = io.BytesIO()
    show.save(out)
    return out.getvalue()


class _Maker:
    """Puts slides into a presentation."""

    def __init__(self, show: Any, resolved: Resolved, *, shapes: bool) -> None:  # noqa: ANN401 - pptx has no types
        self.show, self.resolved, self.shapes = show, resolved, shapes
        self.words = words(resolved.language)
        self.tongue = "zh-CN" if resolved.language == "zh" else "en-GB"
        self.layouts = Layouts(show)
        self.chinese = "" if east_asian(show) else EAST_ASIAN
        # Letters are smaller on a slide that is smaller than 7.5 inches, never below the least.
        self.scale = min(show.slide_width / WIDTH, show.slide_height / HEIGHT, 1.0)
        self.pages: list[tuple[str, int]] = []

    def points(self, size: float) -> float:
        """Return a size for this slide, in points."""
        return max(float(size * self.scale), LEAST_PT)

    # -- slides and text -------------------------------------------------------------------------------------

    def slide(self, title: str, layout: Any = None) -> Any:  # noqa: ANN401
        """Add a slide with its title in the layout's place; places that stay empty are taken away."""
        layout = layout or self.layouts.titled
        made = self.show.slides.add_slide(layout)
        head = made.shapes.title
        for place in list(made.placeholders):
            if (
                place is not head
                and place.placeholder_format.idx != getattr(head, "placeholder_format", place).idx
            ):
                place._element.getparent().remove(place._element)
        if head is None:
            wide, high = int(self.show.slide_width), int(self.show.slide_height)
            head = made.shapes.add_textbox(int(wide * 0.04), int(high * 0.04), int(wide * 0.92), int(high * 0.1))
            head.name = "title"
        size = self.layouts.title_pt(layout)
        lines = len(self.broken(title, size, int(head.width)))
        fitting = title_points(max(lines, 1), size=size, height=int(head.height))
        self.write(head.text_frame, [title], size=None if fitting == size else fitting)
        return made

    def write(self, frame: Any, lines: Sequence[str], *, size: float | None = None, bold: bool | None = None,  # noqa: ANN401
              color: MSO_THEME_COLOR | None = None, soft: bool = False) -> None:  # fmt: skip
        """Write paragraphs; what is not said (size, weight, colour, fonts) is the template's.

        Parameters
        ----------
        frame
            A text frame, emptied first.
        lines
            One paragraph each.
        size
            Height of the letters in points.
        bold
            Whether they are bold.
        color
            A colour of the theme.
        soft
            Whether they recede: the text colour, lighter.
        """
        frame.text = ""
        frame.word_wrap = True
        for number, line in enumerate(lines):
            paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
            run = paragraph.add_run()
            run.text = line
            properties = run._r.get_or_add_rPr()
            properties.set("lang", self.tongue)
            properties.set("altLang", "en-US" if self.tongue == "zh-CN" else "zh-CN")
            if size is not None:
                run.font.size = Pt(size)
            if bold is not None:
                run.font.bold = bold
            if color is not None or soft:
                run.font.color.theme_color = color or MSO_THEME_COLOR.TEXT_1
                if soft:
                    run.font.color.brightness = 0.35
            if self.chinese:
                made = properties.makeelement(
                    "{http://schemas.openxmlformats.org/drawingml/2006/main}ea", {"typeface": self.chinese}
                )
                properties.append(made)

    def broken(self, text: str, size: float, width: int) -> list[str]:
        """Return text in the lines it takes at a size (points) in a width (EMU)."""
        return wrapped(text, (width / Pt(1) - 16) / size * 0.88)  # other fonts than ours may be wider

    def text(self, slide: Any, room: Room, lines: Sequence[str], *, size: float, name: str,  # noqa: ANN401
             bold: bool | None = None,
             color: MSO_THEME_COLOR | None = None, soft: bool = False) -> int:  # fmt: skip
        """Write lines into a text box at the top of a room; returns its lower edge (EMU).

        Parameters
        ----------
        slide, room
            Where to.
        lines
            One paragraph each; those that find no room are left out, the slide's notes have all.
        size
            Height of the letters in points, on a slide of 7.5 inches.
        name
            Of the shape, as the selection pane shows it.
        bold, color, soft
            As for `write`.
        """
        size = self.points(size)
        each = size * 1.25 * Pt(1)
        most = max(int((room.height - 0.05 * _EMU_PER_INCH) / each), 1)
        shown, used = [], 0
        for line in lines:
            taken = len(self.broken(line, size, room.width)) or 1
            if used + taken > most:
                if used == 0:
                    shown, used = [self._cut(line, size, room.width, most)], most
                break
            shown.append(line)
            used += taken
        if not shown:
            return room.top
        height = int(used * each + 0.08 * _EMU_PER_INCH)
        box = slide.shapes.add_textbox(room.left, room.top, room.width, height)
        box.name = name
        box.text_frame.margin_top = box.text_frame.margin_bottom = Emu(int(0.02 * _EMU_PER_INCH))
        self.write(box.text_frame, shown, size=size, bold=bold, color=color, soft=soft)
        return room.top + height

    def _cut(self, line: str, size: float, width: int, most: int) -> str:
        return "".join(self.broken(line, size, width)[:most]).rstrip()[:-1] + "…"

    # -- the front -------------------------------------------------------------------------------------------

    def cover(self) -> None:
        """Make the first slide in the layout for it."""
        found, layout = self.resolved, self.layouts.cover
        slide = self.show.slides.add_slide(layout)
        under = [found.subtitle, found.dated]
        head = slide.shapes.title
        rest = [place for place in slide.placeholders if head is None or place.placeholder_format.idx != 0]
        if head is not None:
            size = self.layouts.title_pt(layout)
            lines = len(self.broken(found.title, size, int(head.width)))
            fitting = title_points(max(lines, 1), size=size, height=int(head.height))
            self.write(head.text_frame, [found.title], size=None if fitting == size else fitting)
        else:
            self.text(slide, self.layouts.room(layout), [found.title], size=36, name="title", bold=True)
        if rest:
            self.write(rest[0].text_frame, [one for one in under if one])
            for place in rest[1:]:
                place._element.getparent().remove(place._element)
        else:
            room = self.layouts.room(layout)
            self.text(slide, room.below(room.top + room.height // 3), under, size=18, name="subtitle", soft=True)

    def front(self) -> tuple[Any, Any]:
        """Add the slides of findings and contents; they are filled when the page numbers are known."""
        said = [one for one in self.resolved.sections if one.value]
        findings = self.slide(self.words["findings"]) if len(said) > 1 else None
        contents = self.slide(self.words["contents"]) if len(self.resolved.sections) > 3 else None
        return findings, contents

    def fill_front(self, findings: Any, contents: Any) -> None:  # noqa: ANN401
        """Write findings (value, sentence, page) and contents (title, page)."""
        first: dict[str, int] = {}
        for title, page in self.pages:
            first.setdefault(title, page)
        room = self.layouts.room(self.layouts.titled)
        if findings is not None:
            told = [one for one in self.resolved.sections if one.value][:_MOST_FINDINGS]
            named = self.words["page"]
            rows = [(one.value, one.sentence or one.title, named.format(page=first[one.title])) for one in told]
            self.list_table(
                findings, room, rows, shares=(0.26, 0.63, 0.11), sizes=(24, 16, 14), alt=self.words["findings"]
            )
        if contents is not None:
            listed = [(title, str(page)) for title, page in list(first.items())[: 2 * _MOST_CONTENTS]]
            halves = [half for half in (listed[:_MOST_CONTENTS], listed[_MOST_CONTENTS:]) if half]
            for number, half in enumerate(halves):
                place = room.part(0, 0.72) if len(halves) == 1 else room.part(0.52 * number, 0.48)
                self.list_table(
                    contents, place, half, shares=(0.88, 0.12), sizes=(16, 16), alt=self.words["contents"]
                )

    def list_table(self, slide: Any, room: Room, rows: Sequence[Sequence[str]], *, shares: Sequence[float],  # noqa: ANN401
                   sizes: Sequence[float], alt: str) -> None:  # fmt: skip
        """Put rows without lines or fill; the last column is right-aligned.

        Parameters
        ----------
        slide, room
            Where to.
        rows
            Texts, one a column.
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
        described(graphic, alt)
        graphic._element.xpath(".//a:tblPr/a:tableStyleId")[0].text = _NO_GRID
        for name in ("firstRow", "bandRow"):
            graphic._element.xpath(".//a:tblPr")[0].set(name, "0")
        for c, share in enumerate(shares):
            graphic.table.columns[c].width = Emu(int(share * room.width))
        tallest = max(int(room.height / len(rows)), 1)
        for r, row in enumerate(rows):
            lines = [
                len(self.broken(t, self.points(s), int(w * room.width))) for t, s, w in zip(row, sizes, shares)
            ]
            needed = max(n * self.points(s) * 1.25 + 8 for n, s in zip(lines, sizes))
            graphic.table.rows[r].height = Emu(min(int(needed * 1.25 * Pt(1)), tallest))
            for c, text in enumerate(row):
                cell = graphic.table.cell(r, c)
                cell.vertical_anchor = MSO_ANCHOR.MIDDLE
                color = MSO_THEME_COLOR.ACCENT_1 if c == 0 and len(row) > 2 else None
                self.write(
                    cell.text_frame, [text], size=self.points(sizes[c]), bold=color is not None, color=color
                )
                if c == len(row) - 1:
                    cell.text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT

    # -- sections --------------------------------------------------------------------------------------------

    def section(self, section: BriefingSection, captioned: Captions) -> None:
        """Make the slides of one item, each with one message."""
        self.pages.append((section.title, len(self.show.slides) + 1))
        if section.kind == "text":
            self.bullets(section.title, section.paragraphs)
        elif section.kind == "map" and section.view is not None and section.library is not None:
            self.map_slide(section, captioned)
        else:
            self.figure_slide(section, captioned)
        said = [
            section.title,
            section.value,
            section.sentence,
            section.moved,
            *section.paragraphs,
            *section.caveats,
        ]
        source = f"{self.words['source']}: {section.source}" if section.source else ""
        slide = self.show.slides[self.pages[-1][1] - 1]
        slide.notes_slide.notes_text_frame.text = "\n".join(text for text in (*said, source) if text)
        if self.shapes and section.view and section.library:
            self.editable(section)

    def bullets(self, title: str, lines: Sequence[str]) -> None:
        """Put lines into the body place of the template, on as many slides as they take."""
        layout = self.layouts.content or self.layouts.titled
        room = self.layouts.room(layout)
        size = self.points(20)
        rows = [max(len(self.broken(line, size, int(room.width * 0.94))), 1) for line in lines]
        most = max(int(room.height / (size * 1.45 * Pt(1))), 1)
        for number, (begin, end) in enumerate(_even_pages(rows, most)):
            slide = self.slide(title + ("" if number == 0 else self.words["continued"]), layout)
            place = self.body(slide, layout)
            frame = place.text_frame if place is not None else slide.shapes.add_textbox(
                room.left, room.top, room.width, room.height
            ).text_frame  # fmt: skip
            self.write(frame, lines[begin:end], size=size)

    def body(self, slide: Any, layout: Any) -> Any:  # noqa: ANN401
        """Return the slide's body place, put back from its layout; None where the layout has none."""
        if self.layouts.content is None or layout is not self.layouts.content:
            return None
        known = {place.placeholder_format.idx for place in slide.placeholders}
        for place in layout.placeholders:
            if place.placeholder_format.idx not in known and place.placeholder_format.idx < 10:
                slide.shapes.clone_placeholder(place)
                return slide.placeholders[place.placeholder_format.idx]
        return None

    def map_slide(self, section: BriefingSection, captioned: Captions) -> None:
        """Make the map the slide: drawn for this room, as a picture with a vector twin."""
        if section.view is None or section.library is None:
            return
        slide = self.slide(section.title)
        room = self.layouts.room(self.layouts.titled)
        if section.sentence:
            room = room.below(self.text(slide, room, [section.sentence], size=14, name="sentence", soft=True))
        if section.caveats:
            room = Room(room.left, room.top, room.width, room.height - int(Pt(LEAST_PT * 1.6)))
            foot = Room(room.left, room.bottom, room.width, int(Pt(LEAST_PT * 1.6)))
            self.text(slide, foot, [section.caveats[0]], size=LEAST_PT, name="note", soft=True)
        dpi, letters = _MAP_DPI, _MAP_LETTERS
        inches = room.width / _EMU_PER_INCH, room.height / _EMU_PER_INCH
        size = Size(round(inches[0] * dpi), round(inches[1] * dpi), dpi, paper=True, letters=letters)
        made = {
            kind: draw(section.library, section.view, size=size, language=self.resolved.language, kind=kind,
                       titled=False, footed=False).data
            for kind in ("png", "svg")
        }  # fmt: skip
        placed = slide.shapes.add_picture(io.BytesIO(made["png"]), room.left, room.top, room.width, room.height)
        placed.name = captioned.picture
        described(placed, self.resolved.alt(section))
        add_vector(slide, placed, made["svg"])

    def figure_slide(self, section: BriefingSection, captioned: Captions) -> None:
        """Make the slides of a number: value, sentence and chart, then its table."""
        title, sentence = section.title, section.sentence
        size = self.layouts.title_pt(self.layouts.titled)
        room = self.layouts.room(self.layouts.titled)
        if section.takeaway and len(self.broken(section.takeaway, max(size * 0.8, 20), room.width)) <= 2:
            title, sentence = section.takeaway, ""
        slide = self.slide(title)
        tables = list(zip(section.tables, captioned.tables, strict=True))
        small = (
            len(tables) == 1 and len(tables[0][0].rows) <= _FEW_ROWS and len(tables[0][0].heads) <= _FEW_COLUMNS
        )
        main = section.chart is not None or section.picture is not None or small
        share = 0.38 if small and section.chart is not None else 0.29
        left = room.part(0, share) if main else room
        under = left.top
        if section.value:
            size = next(
                (s for s in _VALUE_PT if len(self.broken(section.value, self.points(s), left.width)) < 2), 18
            )
            under = self.text(slide, left, [section.value], size=size, name="value", bold=True,
                              color=MSO_THEME_COLOR.ACCENT_1)  # fmt: skip
        lines = [text for text in (sentence, section.moved, *section.paragraphs) if text]
        if lines:
            under = self.text(slide, left.below(under), lines, size=16, name="sentence")
        if section.caveats:
            note = left.below(under + int(Pt(6)))
            under = self.text(slide, note, section.caveats[:3], size=LEAST_PT, name="note", soft=True)
        right = room.part(share + 0.02, 0.98 - share)
        if small and section.chart is not None:  # the numbers under the words, the chart beside them
            table, below = tables[0][0], left.below(under + int(Pt(8)))
            widths = self.widths(table, LEAST_PT, below.width)
            high = sum(self.row_pt(row, widths, LEAST_PT) for row in (table.heads, *table.rows))
            if high * Pt(1) <= below.height:
                self.table(slide, table, tables[0][1], range(len(table.rows)), below, size=LEAST_PT)
                tables = []
        if section.chart is not None:
            alt = drawable(section.sentence or section.title, longest=300)
            place = (Emu(right.left), Emu(right.top), Emu(right.width), Emu(right.height))
            add_chart(slide, section.chart, place, scale=max(self.scale, 1.0), alt=alt)
            slide.shapes[-1].name = captioned.chart
        elif section.picture is not None:
            self.fitted(slide, section, captioned, right)
        elif small and tables:
            self.table(slide, tables[0][0], tables[0][1], range(len(tables[0][0].rows)), right)
            tables = []
        for table, caption in tables:
            self.tables(section.title, table, caption, first=None if main or lines or section.value else slide)

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
        described(placed, self.resolved.alt(section))

    def editable(self, section: BriefingSection) -> None:
        """Add a slide with the map as shapes that can be edited."""
        if section.view is None or section.library is None:
            return
        slide = self.slide(f"{section.title} · {self.words['shapes']}")
        room = self.layouts.room(self.layouts.titled)
        room = Room(room.left, room.top, room.width, room.height - int(Pt(LEAST_PT * 1.8)))
        box = (room.left, room.top, room.width, room.height)
        _, rest = add_shapes(slide, section.library, section.view, box, language=self.resolved.language)
        if rest:
            foot = Room(room.left, room.bottom, room.width, int(Pt(LEAST_PT * 1.8)))
            self.text(slide, foot, [self.words["left"].format(left=rest)], size=LEAST_PT, name="note", soft=True)

    # -- tables ----------------------------------------------------------------------------------------------

    def tables(self, title: str, table: Table, caption: str, *, first: Any = None) -> None:  # noqa: ANN401
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
        """
        room, table = self.layouts.room(self.layouts.titled), grouped(table)
        size = self.table_points(table, room.width)
        widths = self.widths(table, size, room.width)
        heights = [self.row_pt(row, widths, size) for row in table.rows]
        most = room.height / Pt(1) - self.row_pt(table.heads, widths, size)
        for number, (begin, end) in enumerate(_even_pages(heights, most)):
            slide = first if first is not None and number == 0 else self.slide(
                title + ("" if number == 0 else self.words["continued"])
            )  # fmt: skip
            self.table(slide, table, caption, range(begin, end), room)

    def table_points(self, table: Table, width: int) -> float:
        """Return the height of a table's letters: 14 points where all columns find room, else the least."""
        return self.points(14) if sum(self.widths(table, self.points(14), 10 * width)) <= width else LEAST_PT

    def widths(self, table: Table, size: float, width: int) -> list[int]:
        """Return each column's width (EMU): what its longest word or number needs first, texts share the rest."""
        pad = 2 * _CELL_MARGIN_PT + 4
        needs, least = [], []
        for c, head in enumerate(table.heads):
            cells = [row[c] for i, row in enumerate(table.rows) if i not in table.groups]
            longest = max((width_em(text) for text in (head, *cells)), default=1.0)
            unbroken = max((width_em(text) for text in cells), default=1.0) if table.numeric[c] else 4.0
            needs.append((longest * size * 1.2 + pad) * Pt(1))
            least.append((max(unbroken, min(width_em(head), 5.0)) * size * 1.2 + pad) * Pt(1))
        if sum(needs) <= width:
            return [int(need) for need in needs]
        spare = max(width - sum(least), 0)
        wishes = [max(need - low, 0) for need, low in zip(needs, least)]
        shrink = min(width / sum(least), 1.0)
        return [int((low + spare * wish / (sum(wishes) or 1)) * shrink) for low, wish in zip(least, wishes)]

    def row_pt(self, row: Sequence[str], widths: Sequence[int], size: float) -> float:
        """Return how high a row gets, in points."""
        if len(row) > 1 and not any(row[1:]):  # a group row spans all columns
            return size * 1.22 + _ROW_PT
        inner = [width - 2 * int(Pt(_CELL_MARGIN_PT)) + int(Pt(16)) for width in widths]
        lines = max((len(self.broken(text, size, width)) for text, width in zip(row, inner)), default=1)
        return max(lines, 1) * size * 1.22 + _ROW_PT

    def table(self, slide: Any, table: Table, caption: str, rows: range, room: Room, *, size: float = 0.0) -> None:  # noqa: ANN401
        """Put some rows of a table on a slide, in the template's own table style.

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
            The place; the table is as wide as its columns need.
        size
            Height of the letters in points; what finds room when 0.
        """
        size = size or self.table_points(table, room.width)
        widths = self.widths(table, size, room.width)
        body = [table.heads, *(table.rows[i] for i in rows)]
        high = [self.row_pt(row, widths, size) for row in body]
        graphic = slide.shapes.add_table(
            len(body), len(table.heads), room.left, room.top, sum(widths), Emu(int(sum(high) * Pt(1)))
        )
        graphic.name = caption
        described(graphic, drawable(f"{caption}: {', '.join(table.heads)}", longest=300))
        for c, width in enumerate(widths):
            graphic.table.columns[c].width = Emu(width)
        for r, row in enumerate(body):
            graphic.table.rows[r].height = Emu(int(high[r] * Pt(1)))
            for c, text in enumerate(row):
                if c > 0 and r > 0 and rows[r - 1] in table.groups:
                    break
                cell = graphic.table.cell(r, c)
                cell.margin_top = cell.margin_bottom = Pt(_ROW_PT / 2 - 0.5)
                cell.margin_left = cell.margin_right = Pt(_CELL_MARGIN_PT)
                strong = r == 0 or rows[r - 1] in table.strong or rows[r - 1] in table.groups
                self.write(cell.text_frame, [text], size=size, bold=True if strong else None)
                if table.numeric[c]:
                    cell.text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT
            if r > 0 and rows[r - 1] in table.groups:
                graphic.table.cell(r, 0).merge(graphic.table.cell(r, len(table.heads) - 1))

    def appendix(self) -> None:
        """Say what changed, and how each number was computed."""
        if self.resolved.changes:
            self.pages.append((self.words["changes"], len(self.show.slides) + 1))
            self.bullets(self.words["changes"], self.resolved.changes)
        told = self.resolved.computed()
        if told:
            self.pages.append((self.words["appendix"], len(self.show.slides) + 1))
        for name, rows in told:
            table = Table((self.words["item"], self.words["how"]), tuple(rows), (False, False))
            self.tables(f"{self.words['appendix']} · {name}", table, name)

    def number(self) -> None:
        """Give every slide but the first its page number and the briefing's name, as the layout has them."""
        for slide in list(self.show.slides)[1:]:
            add_furniture(slide, self.resolved.title, tongue=self.tongue)


def _even_pages(heights: Sequence[float], most: float) -> list[tuple[int, int]]:
    """Return the rows of each page as (begin, end): as few pages as they take, none with a few rows left over.

    Examples
    --------
    >>> _even_pages([1.0] * 11, 10.0), _even_pages([1.0] * 4, 10.0), _even_pages([], 10.0)
    ([(0, 6), (6, 11)], [(0, 4)], [(0, 0)])
    """
    if not heights:
        return [(0, 0)]
    pages = max(math.ceil(sum(heights) / most), 1)
    while True:
        share, out, begin, used = sum(heights) / pages, list[tuple[int, int]](), 0, 0.0
        for row, height in enumerate(heights):
            ahead = used + height > most or (used >= share and len(heights) - row >= _FEWEST_ROWS)
            if row > begin and ahead:
                out.append((begin, row))
                begin, used = row, 0.0
            used += height
        out.append((begin, len(heights)))
        if len(out) <= pages or pages >= len(heights):
            return out
        pages += 1
