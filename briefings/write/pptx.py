"""A resolved briefing as slides: findings first, maps as the slide, native tables and charts, the template's look.

Titles stand in the layout's title place, text in its body place; fonts and colours are the theme's. No text is
smaller than 12 points; what finds no room goes on to the next slide under the same title.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pptx.enum.shapes import PP_PLACEHOLDER as KIND
from pptx.util import Pt

from briefings.resolve.blocks import BriefingSection, Captions, Resolved, number_captions
from briefings.write.pptx_front import FrontWriter
from briefings.write.pptx_layouts import Room, add_furniture, first_place
from briefings.write.pptx_look import new_presentation
from briefings.write.pptx_pages import even_pages
from briefings.write.pptx_shapes import add_shapes
from briefings.write.pptx_text import LEAST_PT, Letters, line_em
from briefings.write.properties import sign_office_file

_UNDER = (20.0, 16.0, LEAST_PT)  # letters below a chapter's title
_COVER = (18.0, 16.0, 14.0)  # and below the cover's
_MOST_LARGE = 8  # sources of numbers in larger letters


def write_deck(resolved: Resolved, *, template: Path | None = None, shapes: bool = False) -> bytes:
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
    front = maker.front()
    maker.moved()
    for section, captioned in zip(resolved.sections, number_captions(resolved), strict=True):
        maker.section(section, captioned)
    maker.appendix()
    maker.fill_front(front)
    maker.number()
    sign_office_file(maker.show, resolved)
    out = io.BytesIO()
    maker.show.save(out)
    return out.getvalue()


class _Maker(FrontWriter):
    """Makes the slides of a briefing."""

    def cover(self) -> None:
        """Make the first slide in the layout for it."""
        found, layout, told = self.resolved, self.layouts.cover, self.told()
        slide = self.show.slides.add_slide(layout)
        first = [told[0].sentence.rstrip("。.")] if told else []
        signed = [found.maker, found.dated, *(found.since.beside if found.since.brief else ())]
        under = [one for one in (*first, found.subtitle, *signed) if one]
        head = slide.shapes.title
        rest = [place for place in slide.placeholders if head is None or place.placeholder_format.idx != 0]
        if head is not None:
            self.write_title(head, found.title, layout)
        else:
            self.text(slide, self.layouts.room(layout), [found.title], Letters(size=36, bold=True), name="title")
        if rest:
            self.write(rest[0].text_frame, under, size=self.lines_points(under, rest[0]))
            for place in rest[1:]:
                place._element.getparent().remove(place._element)
        else:
            room = self.layouts.room(layout)
            self.text(
                slide, room.below(room.top + room.height // 3), under, Letters(size=18, soft=True), name="subtitle"
            )
        shown = next((one for one in found.sections if one.kind == "map" and one.view and one.library), None)
        if shown is not None and self.layouts.plate is not None:
            half = int(self.show.slide_width) // 2
            room = Room(half, 0, int(self.show.slide_width) - half, int(self.show.slide_height))
            made = self.draft(shown, room, "alone")
            if made is not None:
                self.placed(slide, shown, made, room, name=shown.title)

    def lines_points(self, lines: Sequence[str], place: Any) -> float:  # noqa: ANN401 - python-pptx's
        """Return in which letters some lines find room in a place."""
        high, wide = int(place.height), int(place.width)
        for size in _COVER:
            rows = sum(len(self.broken(line, self.points(size), wide)) for line in lines)
            if rows * self.points(size) * line_em(lines) * Pt(1) <= high:
                return self.points(size)
        return LEAST_PT

    def section(self, section: BriefingSection, captioned: Captions) -> None:
        """Make the slides of one item, each with one message; conclusions stand on the first slide already."""
        if section is self.concluding:
            return
        self.pages.append((section.title, len(self.show.slides) + 1))
        if section.kind == "chapter":
            self.chapter(section)
        elif section.kind == "text":
            self.bullets(section.title, (*section.paragraphs, *section.caveats))
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
        used = f"{self.words['versions']}: {self.resolved.used()}" if section.kind == "map" else ""
        slide = self.show.slides[self.pages[-1][1] - 1]
        slide.notes_slide.notes_text_frame.text = "\n".join(text for text in (*said, source, used) if text)
        if self.shapes and section.view and section.library:
            self.editable(section)

    def chapter(self, section: BriefingSection) -> None:
        """Make the page that begins a chapter: its title, and the titles of what follows."""
        layout, titles = self.layouts.chapter, self.resolved.headed(section)
        if layout is None or first_place(layout, (KIND.BODY,)) is None:
            self.bullets(section.title, titles)
            return
        slide, box = self.slide(section.title, layout), self.layouts.body_box(layout)
        place = self.body(slide, layout) if titles else None
        if place is not None:
            rows = {
                size: sum(len(self.broken(one, size, box.width)) for one in titles)
                for size in (20.0, 16.0, LEAST_PT)
            }
            fits = [size for size, lines in rows.items() if lines * size * 1.4 * Pt(1) <= box.height]
            most = max(int(box.height / (LEAST_PT * 1.4 * Pt(1))), 1)
            self.write(place.text_frame, titles[:most], size=(fits or [LEAST_PT])[0])

    def bullets(self, title: str, lines: Sequence[str]) -> None:
        """Put lines into the body place of the template, on as many slides as they take."""
        layout = self.layouts.content or self.layouts.titled
        room = self.layouts.room(layout)
        size = self.text_points(lines, room)
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

    def text_points(self, lines: Sequence[str], room: Room) -> float:
        """Return the height of body text: few lines are larger, so that they fill their slide."""
        for size in (28.0, 24.0):
            rows = sum(max(len(self.broken(line, self.points(size), int(room.width * 0.94))), 1) for line in lines)
            if rows * self.points(size) * 1.6 * Pt(1) < room.height * 0.8:
                return self.points(size)
        return self.points(20)

    def moved(self) -> None:
        """Say what moved since the last time: a row a number, then lines; what the cover says has no slide."""
        since, title = self.resolved.since, self.words["changes"]
        if not since or since.brief:
            return
        self.pages.append((title, len(self.show.slides) + 1))
        if since.table is not None:
            self.tables(title, since.table, title)
        if since.beside:
            self.bullets(title, since.beside)

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
            self.text(
                slide, foot, [self.words["left"].format(left=rest)], Letters(size=LEAST_PT, soft=True), name="note"
            )

    def appendix(self) -> None:
        """Give the full tables, and where each number comes from; how it was computed is in the slides' notes."""
        appendix = self.words["sourced"]
        for title, table, caption, note in self.later:
            self.tables(f"{self.words['full']} · {title}", table, caption, dense=True, note=note)
        told = self.resolved.computed()
        maps = self.resolved.sources_of_maps()
        if maps.rows:
            self.pages.append((self.words["mapped"], len(self.show.slides) + 1))
            self.tables(self.words["mapped"], maps, self.words["mapped"], dense=len(maps.rows) > _MOST_LARGE)
        if not told:
            return
        self.pages.append((appendix, len(self.show.slides) + 1))
        begin = len(self.show.slides)
        self.tables(appendix, self.resolved.sources(), appendix, dense=len(told) > _MOST_LARGE)
        whole = [line for name, notes in told for line in (name, *(f"{key}: {text}" for key, text in notes), "")]
        self.show.slides[begin].notes_slide.notes_text_frame.text = "\n".join(whole)

    def number(self) -> None:
        """Give every slide but the first its page number and the briefing's name, as the layout has them."""
        for slide in list(self.show.slides)[1:]:
            add_furniture(slide, self.resolved.title, tongue=self.tongue)
