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

from briefings.resolve.blocks import BriefingSection, Captions, Resolved, Table, number_captions
from briefings.resolve.tables import unbroken_number
from briefings.write.pptx_contrast import readable_title
from briefings.write.pptx_layouts import Room, add_furniture, first_place, title_points
from briefings.write.pptx_look import new_presentation
from briefings.write.pptx_maps import MapWriter
from briefings.write.pptx_pages import even_pages
from briefings.write.pptx_shapes import add_shapes
from briefings.write.pptx_text import LEAST_PT, Letters
from layers.figures.brief import brief_money

_UNDER = (20.0, 16.0, LEAST_PT)  # letters below a chapter's title
_MOST_FINDINGS, _MORE_FINDINGS, _MOST_CONTENTS = 6, 10, 14
_FINDINGS = 0.66  # of the width, beside the contents
_CONTENTS_PT, _TITLE_SHARE = 13.0, 0.78  # letters of contents beside findings; what a title takes of their width


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
    show = maker.show
    show.core_properties.author, show.core_properties.title = "PlanAtlas", resolved.title
    show.core_properties.language = maker.tongue
    out = io.BytesIO()
    show.save(out)
    return out.getvalue()


class _Maker(MapWriter):
    """Makes the slides of a briefing."""

    def cover(self) -> None:
        """Make the first slide in the layout for it."""
        found, layout = self.resolved, self.layouts.cover
        slide = self.show.slides.add_slide(layout)
        under = [found.subtitle, found.dated, *(found.since.beside if found.since.brief else ())]
        head = slide.shapes.title
        rest = [place for place in slide.placeholders if head is None or place.placeholder_format.idx != 0]
        if head is not None:
            size = self.layouts.title_pt(layout)
            lines = len(self.broken(found.title, size, int(head.width)))
            fitting = title_points(max(lines, 1), size=size, height=int(head.height))
            color = readable_title(self.show, layout)
            self.write(head.text_frame, [found.title], size=None if fitting == size else fitting, color=color)
        else:
            self.text(slide, self.layouts.room(layout), [found.title], Letters(size=36, bold=True), name="title")
        if rest:
            self.write(rest[0].text_frame, [one for one in under if one])
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

    def front(self) -> tuple[Any, Any]:
        """Add the slides of findings and contents, one if both find room; filled when page numbers are known."""
        found = self.resolved
        titles = list(dict.fromkeys(one.title for one in found.sections))
        titles += [self.words["changes"]] * (bool(found.since) and not found.since.brief) + [
            self.words["appendix"]
        ] * bool(found.figures)
        findings = len([one for one in found.sections if one.value]) > 1
        if not findings and len(found.sections) < 4:
            return None, None
        first = self.slide(self.words["findings" if findings else "contents"])
        beside = not findings or self.fit_beside(titles)
        return first, first if beside else self.slide(self.words["contents"])

    def fit_beside(self, titles: Sequence[str]) -> bool:
        """Return whether the contents find room beside the findings."""
        place = self.layouts.room(self.layouts.titled).part(0, 0.95 - _FINDINGS)
        size = self.points(_CONTENTS_PT)
        rows = [max(len(self.broken(one, size, int(place.width * _TITLE_SHARE))), 1) for one in titles]
        high = sum(rows) * size * 1.25 + len(rows) * 8 + self.points(14) * 1.25 + 8
        return len(titles) <= _MOST_CONTENTS and high * Pt(1) <= place.height

    def fill_front(self, slides: tuple[Any, Any]) -> None:
        """Write findings (value, sentence, page) and contents (title, page)."""
        slide, after = slides
        first: dict[str, int] = {}
        for title, page in self.pages:
            first.setdefault(title, page)
        if slide is None:
            return
        room, alone = self.layouts.room(self.layouts.titled), slide is not after
        told = [one for one in self.resolved.sections if one.value]
        told = told[: _MORE_FINDINGS if alone else _MOST_FINDINGS] if len(told) > 1 else []
        if told:
            named = unbroken_number(self.words["page"])
            rows = [
                (
                    "\n".join(map(brief_money, one.amounts)),
                    one.sentence or one.title,
                    named.format(page=first[one.title]),
                )
                for one in told
            ]
            self.list_table(
                slide,
                room if alone else room.part(0, _FINDINGS),
                rows,
                shares=(0.38, 0.5, 0.12) if alone else (0.38, 0.44, 0.18),
                sizes=(20, 15, 12) if len(told) <= _MOST_FINDINGS else (16, 14, 12),
                alt=self.words["findings"],
            )
        words = self.resolved.contents()
        listed = [(words.get(title, title), str(page)) for title, page in first.items()]
        if told and not alone:
            place = room.part(_FINDINGS + 0.05, 0.95 - _FINDINGS)
            under = self.text(slide, place, [self.words["contents"]], Letters(size=14, bold=True), name="contents")
            columns, size = [(place.below(under), listed)], _CONTENTS_PT
        elif len(listed) <= _MOST_CONTENTS:
            columns, size = [(room.part(0, 0.72), listed)], 16.0
        else:
            half = min(-(-len(listed) // 2), _MOST_CONTENTS)
            halves = (listed[:half], listed[half : 2 * half])
            columns, size = [(room.part(0.52 * at, 0.48), one) for at, one in enumerate(halves)], 16.0
        for place, part in columns:
            shares, sizes = (
                ((0.86, 0.14) if place.width > room.width * 0.4 else (_TITLE_SHARE, 1 - _TITLE_SHARE)),
                (size, size),
            )
            self.list_table(after, place, part, shares=shares, sizes=sizes, alt=self.words["contents"])

    def section(self, section: BriefingSection, captioned: Captions) -> None:
        """Make the slides of one item, each with one message."""
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
        """Give the full tables, and say how each number was computed."""
        appendix = self.words["appendix"]
        for title, table, caption, note in self.later:
            self.tables(f"{self.words['full']} · {title}", table, caption, dense=True, note=note)
        told = self.resolved.computed()
        if not told:
            return
        self.pages.append((appendix, len(self.show.slides) + 1))
        rows, groups = list[tuple[str, str]](), list[int]()
        for name, notes in told:
            groups.append(len(rows))
            rows += [(name, ""), *notes]
        heads = (self.words["item"], self.words["how"])
        table = Table(heads, tuple(rows), (False, False), groups=tuple(groups))
        self.tables(appendix, table, appendix, dense=True)

    def number(self) -> None:
        """Give every slide but the first its page number and the briefing's name, as the layout has them."""
        for slide in list(self.show.slides)[1:]:
            add_furniture(slide, self.resolved.title, tongue=self.tongue)
