"""Slides of a map: drawn for its room on the slide, with what it says beside it where its ground leaves room."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.shapes import PP_PLACEHOLDER as KIND
from pptx.oxml.xmlchemy import OxmlElement
from pptx.util import Pt

from briefings.map.description import Description
from briefings.map.fonts import drawable_text, width_em
from briefings.map.grounds import FILLED
from briefings.map.layouts import WIDE_COLUMN, Arrangement, Box, Options, foot_of_plate
from briefings.map.listing import Listing
from briefings.map.picture import LatePicture, draw_late
from briefings.map.presets import LEAST_POINTS, Size
from briefings.messages import say
from briefings.resolve.blocks import BriefingSection, Captions
from briefings.resolve.conclusions import without_brackets
from briefings.resolve.map_findings import map_foot
from briefings.write.pptx_figures import FigureWriter
from briefings.write.pptx_layouts import Room, first_place
from briefings.write.pptx_places import body_place, clone_place, grown_picture
from briefings.write.pptx_shapes import set_alt_text
from briefings.write.pptx_text import EMU_PER_INCH, LEAST_PT, Letters, line_em
from briefings.write.pptx_vector import add_vector
from geo.text import Text

_MAP_DPI, _MAP_LETTERS = 150.0, 1.45  # 2,000 pixels a slide, as screens show; the twin is as fine as one likes
_NAME_LINES = 2  # that a map's name with its words may take
_GROUND = "85000"  # of a light ground: its opacity in thousandths of a percent
_FOOT_PT, _FOOT_MARGIN_PT = 22.0, 5.8  # height of the line below a map; of its box's margins
_PLATE_PT = 14.0  # of the words beside a map, in our own look
_MOST_COUNTS, _COUNT_IN, _COUNTS_IN = 5, 0.62, 4.6  # of numbers beside a map; how high one is, how wide all are
_LEAST_COUNT = 0.75  # of its height, that a number keeps for another to find room
_COUNT_SIZES, _COUNT_EM, _COUNT_PAD = (24, 14, 12), 1.3, 20.0  # points; what a digit takes more elsewhere; margins


class MapWriter(FigureWriter):
    """Makes the slides of a map."""

    def map_slide(self, section: BriefingSection, captioned: Captions) -> None:
        """Make the map the slide: drawn for this room, as a picture with a vector twin.

        In our own look it bleeds to three edges beside a column of words, a wide one beside a tall map; in a
        template's, and where a map is low, it takes all between title and foot.
        """
        made, layout = self.plate(section)
        layout = layout or self.layouts.picture
        title, foot = self.headline(section, layout), int(Pt(_FOOT_PT))
        slide, lines = self.slide(title or section.title, layout), self.told_beside(section, layout, title)
        place = self.body(slide, layout) if lines else None
        if place is not None:
            fitting, size = self.fitting(lines, layout)
            self.write(place.text_frame, fitting, size=size)
            lines = []
        if made is not None:
            room = self.whole()
            under = room_within(room, foot_of_plate(made.sheet.said.layout))
        else:
            room = self.map_room(layout)
            room = replace(room, height=room.height - foot)
            under = Room(room.left, room.bottom, room.width, foot)
            made = self.draft(section, room, "bare")
        if made is None:
            return
        self.placed(slide, section, made, room, name=captioned.picture)
        if layout is not None and layout is self.layouts.picture:
            self.hold(slide.shapes[-1], first_place(layout, (KIND.PICTURE,)))
        said = made.sheet.said
        self.foot(slide, section, said, under)
        if room.bottom >= under.bottom:  # on the map: what it crosses recedes behind it
            lay_ground(slide.shapes[-1])
        beside = said.layout.free
        told = beside is not None and self.beside(slide, section, said, room_within(room, beside), lines)
        if said.listing is not None and not told:
            self.listed(section.title, said.listing)

    def map_room(self, layout: Any) -> Room:  # noqa: ANN401
        """Return where a template's maps go: the picture's place of its layout, else all below the title."""
        if layout is None:
            return self.layouts.wide_room(self.layouts.titled)
        left, top, right, bottom = grown_picture(layout, (int(self.show.slide_width), int(self.show.slide_height)))
        return Room(left, top, right - left, bottom - top)

    def whole(self) -> Room:
        """Return a map's place in our own look: the slide."""
        return Room(0, 0, int(self.show.slide_width), int(self.show.slide_height))

    def foot(self, slide: Any, section: BriefingSection, said: Description, room: Room) -> None:  # noqa: ANN401
        """Write the line below a map, in two where a room has them: on its lower edge.

        Parameters
        ----------
        slide, section, said
            Where to, the item, and what its picture says.
        room
            The place.
        """
        each, margin = LEAST_PT * 1.25 * Pt(1), _FOOT_MARGIN_PT * Pt(1)
        most = max(int((room.height - margin) / each), 1)

        def taken(text: str) -> int:
            return len(self.broken(text, LEAST_PT, room.width))

        noted = map_foot(said, section, self.resolved.language, lines_of=taken, most=most)
        high = int(min(taken(noted), most) * each + margin)
        place = room.below(max(room.bottom - high, room.top))
        self.text(slide, place, [noted], Letters(size=LEAST_PT, soft=True), name="foot of the map")

    def told_beside(self, section: BriefingSection, layout: Any, title: str) -> list[str]:  # noqa: ANN401
        """Return what a map is, its words and its first note.

        Parameters
        ----------
        section
            The map.
        layout
            Whose place its words get; None without such a place.
        title
            What it shows; empty where the slide's title is its name, which else stands here where both find room.
        """
        name, said = (Text(one, one) for one in (section.title, section.sentence))
        first = section.sentence
        if title:
            told = say("map_named", title=name, said=said)[self.resolved.language]
            first = told if section.sentence else section.title
            wide = (
                self.layouts.body_box(layout).width if layout is not None and body_place(layout) is not None else 0
            )
            if wide and section.sentence and len(self.broken(told, LEAST_PT, wide - int(Pt(15)))) > _NAME_LINES:
                first = section.sentence
        return [text for text in (first, *section.caveats[:1]) if text]

    def plate(self, section: BriefingSection) -> tuple[LatePicture | None, Any]:
        """Return a section's map as a whole slide, and its layout; None where its ground leaves it empty."""
        made = self.draft(section, self.whole(), "plate") if self.layouts.plate is not None else None
        if made is None or made.sheet.said.filled < FILLED:
            return None, None
        narrow = made.sheet.said.layout.map[0] < WIDE_COLUMN
        layout = self.layouts.plate if narrow else self.layouts.wide_plate
        return (None, None) if layout is None else (made, layout)

    def draft(self, section: BriefingSection, room: Room, arrangement: Arrangement) -> LatePicture | None:
        """Return a section's map for a room, not drawn yet; None where it has none.

        Parameters
        ----------
        section, room
            What, and where to.
        arrangement
            What stands around the map.
        """
        if section.view is None or section.library is None:
            return None
        inches = room.width / EMU_PER_INCH, room.height / EMU_PER_INCH
        dpi, letters = _MAP_DPI, _MAP_LETTERS
        if arrangement == "bare":  # a map below a title is lower than a slide, its letters are not
            letters = LEAST_PT / LEAST_POINTS
        size = Size(round(inches[0] * dpi), round(inches[1] * dpi), dpi, paper=True, letters=letters)
        options = Options(size, self.resolved.language, arrangement)
        return draw_late(section.library, section.view, options, answered=section.answered)

    def placed(
        self,
        slide: Any,  # noqa: ANN401 - python-pptx's
        section: BriefingSection,
        made: LatePicture,
        room: Room,
        *,
        name: str,
    ) -> None:
        """Put a drawn map into its room.

        Parameters
        ----------
        slide, section
            Where to, and what it shows.
        made, room
            The picture, and the place it was drawn for.
        name
            Of the picture.
        """
        shown = slide.shapes.add_picture(io.BytesIO(made.data), room.left, room.top, room.width, room.height)
        shown.name = name
        said = "" if section.named else next(iter(section.findings), "")  # what the map finds, then what it shows
        set_alt_text(shown, drawable_text(" ".join(filter(None, (said, self.resolved.alt(section)))), longest=400))
        add_vector(slide.part, shown._element, made.vector)

    def fitted(self, slide: Any, section: BriefingSection, captioned: Captions, room: Room) -> None:  # noqa: ANN401
        """Draw a map for its place beside words, in a slide's letters; what is no map of a view is put as it is.

        Parameters
        ----------
        slide, section, captioned, room
            As in general.
        """
        made = self.draft(section, room, "bare")
        if made is None:
            super().fitted(slide, section, captioned, room)
        else:
            self.placed(slide, section, made, room, name=captioned.picture)

    def beside(
        self,
        slide: Any,  # noqa: ANN401
        section: BriefingSection,
        said: Description,
        room: Room,
        lines: list[str],
    ) -> bool:
        """Write what a map says beside it: sentence, the list of its numbers, or how much of each layer it has.

        Returns whether the list stands there.

        Parameters
        ----------
        slide, section
            Where to, and the item.
        said
            What its picture says.
        room
            The place.
        lines
            Its sentence and caveat, where the layout has no place for them.
        """
        top = (
            self.text(slide, room, lines, Letters(size=_PLATE_PT), name="sentence") + int(Pt(8))
            if lines
            else room.top
        )
        room = room.below(top)
        if said.listing is not None:
            return self.list_beside(slide, section.title, said.listing, room)
        language = self.resolved.language
        counts = [
            (f"{one.inside:,}", one.snapshot.layer.label[language], "")
            for one in reversed(said.layers)
            if one.inside
        ]
        under = self.text(slide, room, [self.words["counted"]], Letters(size=_PLATE_PT, soft=True), name="counted")
        below, each = room.below(under), int(_COUNT_IN * max(self.scale, 0.8) * EMU_PER_INCH)
        each = max(min(each, below.height // max(len(counts), 1)), int(_LEAST_COUNT * each))
        rows = counts[: min(_MOST_COUNTS, below.height // each)]
        if not rows:
            slide.shapes[-1]._element.getparent().remove(slide.shapes[-1]._element)
            return False
        wide = min(below.width, int(_COUNTS_IN * EMU_PER_INCH))
        place = replace(below, width=wide, height=each * len(rows))
        alt = self.words["counted"]
        digits = (
            max(width_em(count) for count, _, _ in rows) * self.points(_COUNT_SIZES[0]) * _COUNT_EM + _COUNT_PAD
        )
        share = min(digits * Pt(1) / wide, 0.5)
        self.list_table(slide, place, rows, shares=(share, 0.97 - share, 0.03), sizes=_COUNT_SIZES, alt=alt)
        return False

    def list_beside(self, slide: Any, title: str, listing: Listing, room: Room) -> bool:  # noqa: ANN401
        """Put the list of a map's numbers beside it; returns whether all of it finds room.

        Parameters
        ----------
        slide, title
            Where to, and what the map is called.
        listing
            What its numbers stand for.
        room
            The place.
        """
        table, _ = self.list_of(listing)
        dense = replace(room, filled=True, dense=True)
        if self.pages_of(table, dense, LEAST_PT) != [(0, len(table.rows))]:
            return False
        if sum(self.least_widths(table, LEAST_PT, texts=False)) > room.width:
            return False
        title = say("list_title", title=Text(title, title))[self.resolved.language]
        self.table(slide, table, title, range(len(table.rows)), dense, size=LEAST_PT)
        return True

    def fitting(self, lines: Sequence[str], layout: Any) -> tuple[list[str], float | None]:  # noqa: ANN401
        """Return as many lines as find room in the body place of a layout, and their letters (None: its own)."""
        room = self.layouts.body_box(layout)
        high, wide = room.height / Pt(1) - 8, room.width - int(Pt(15))
        own = self.layouts.body_pt(layout)
        for size in (None, LEAST_PT):
            each = (size or own) * line_em(lines)
            rows = [len(self.broken(line, size or own, wide)) for line in lines]
            if sum(rows) * each <= high:
                return list(lines), size
        kept = [line for at, line in enumerate(lines) if sum(rows[: at + 1]) * each <= high]
        plain = without_brackets(lines[0])
        if not kept and len(self.broken(plain, LEAST_PT, wide)) * each <= high:
            kept = [plain]
        return kept or [self.cut(lines[0], LEAST_PT, wide, max(int(high / each), 1))], LEAST_PT

    def body(self, slide: Any, layout: Any) -> Any:  # noqa: ANN401
        """Return the slide's body place, put back from its layout; None where the layout has none."""
        place = body_place(layout) if layout is not None else None
        return None if place is None else clone_place(slide, place)


def lay_ground(box: Any) -> None:  # noqa: ANN401 - python-pptx's
    """Give words that stand on a map a light ground, through which the map is seen faintly."""
    box.fill.solid()
    box.fill.fore_color.theme_color = MSO_THEME_COLOR.BACKGROUND_1
    clear = OxmlElement("a:alpha")
    clear.set("val", _GROUND)
    box._element.xpath("./p:spPr/a:solidFill/a:schemeClr")[0].append(clear)


def room_within(room: Room, part: Box) -> Room:
    """Return a part of a room that is given as left, bottom, width and height of it.

    Examples
    --------
    >>> room_within(Room(100, 0, 1000, 500), (0.5, 0.2, 0.4, 0.6))
    Room(left=600, top=100, width=400, height=300, filled=False, dense=False, tight=False)
    """
    left, bottom, width, height = part
    top = room.top + round(room.height * (1 - bottom - height))
    return Room(room.left + round(room.width * left), top, round(room.width * width), round(room.height * height))
