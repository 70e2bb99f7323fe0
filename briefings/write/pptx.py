"""A resolved briefing as slides: findings first, maps as the slide, native tables and charts, the template's look.

Titles stand in the layout's title place, text in its body place; fonts and colours are the theme's. No text is
smaller than 12 points; what finds no room goes on to the next slide under the same title.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pptx.enum.dml import MSO_THEME_COLOR
from pptx.util import Emu, Pt

from briefings.map.fonts import drawable
from briefings.map.picture import draw
from briefings.map.presets import Size
from briefings.resolve.blocks import BriefingSection, Captions, Resolved, Table, captions
from briefings.write.pptx_charts import add_chart
from briefings.write.pptx_layouts import Room, add_furniture, new_presentation, title_points
from briefings.write.pptx_shapes import add_shapes, described
from briefings.write.pptx_tables import TableWriter, even_pages
from briefings.write.pptx_text import EMU_PER_INCH, LEAST_PT
from briefings.write.pptx_vector import add_vector

_MAP_DPI, _MAP_LETTERS = 200.0, 1.7
_MOST_FINDINGS, _MOST_CONTENTS = 6, 14
_VALUE_PT = (32, 28, 24, 20)
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


class _Maker(TableWriter):
    """Makes the slides of a briefing."""

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
                findings, room, rows, shares=(0.36, 0.54, 0.1), sizes=(24, 16, 14), alt=self.words["findings"]
            )
        if contents is not None:
            listed = [(title, str(page)) for title, page in list(first.items())[: 2 * _MOST_CONTENTS]]
            halves = [half for half in (listed[:_MOST_CONTENTS], listed[_MOST_CONTENTS:]) if half]
            for number, half in enumerate(halves):
                place = room.part(0, 0.72) if len(halves) == 1 else room.part(0.52 * number, 0.48)
                self.list_table(
                    contents, place, half, shares=(0.88, 0.12), sizes=(16, 16), alt=self.words["contents"]
                )

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
        for number, (begin, end) in enumerate(even_pages(rows, most)):
            slide = self.slide(title + ("" if number == 0 else self.words["continued"]), layout)
            place = self.body(slide, layout)
            frame = (
                place.text_frame
                if place is not None
                else slide.shapes.add_textbox(room.left, room.top, room.width, room.height).text_frame
            )
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
        inches = room.width / EMU_PER_INCH, room.height / EMU_PER_INCH
        size = Size(round(inches[0] * dpi), round(inches[1] * dpi), dpi, paper=True, letters=letters)
        made = {
            kind: draw(
                section.library,
                section.view,
                size=size,
                language=self.resolved.language,
                kind=kind,
                titled=False,
                footed=False,
            ).data
            for kind in ("png", "svg")
        }
        placed = slide.shapes.add_picture(io.BytesIO(made["png"]), room.left, room.top, room.width, room.height)
        placed.name = captioned.picture
        described(placed, self.resolved.alt(section))
        add_vector(slide, placed, made["svg"])

    def figure_slide(self, section: BriefingSection, captioned: Captions) -> None:
        """Make the slides of a number: value, sentence and chart, then its table."""
        title, sentence = section.title, section.sentence
        size = self.layouts.title_pt(self.layouts.titled)
        room = self.layouts.room(self.layouts.titled)
        short = bool(section.takeaway) and len(self.broken(section.takeaway, max(size * 0.8, 20), room.width)) <= 2
        title, sentence = (section.takeaway, "") if short else (title, sentence)
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
            under = self.text(
                slide, left, [section.value], size=size, name="value", bold=True, color=MSO_THEME_COLOR.ACCENT_1
            )
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
