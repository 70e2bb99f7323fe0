"""The layouts of a presentation: which serves what, where title and content go, and what a template lacks."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from typing import Any

from pptx.enum.shapes import PP_PLACEHOLDER as KIND
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.util import Inches, Pt

from briefings.map.fonts import drawable_text, width_em
from briefings.messages import say
from briefings.resolve.tables import unbroken_amounts
from briefings.write.pptx_places import (
    TITLES,
    body_place,
    is_content,
    paired_layout,
    picture_layout,
    places_of,
)
from geo.text import Text, join_texts

WIDTH, HEIGHT = Inches(13.333), Inches(7.5)
EAST_ASIAN, LATIN = "Microsoft YaHei", "Arial"
_FEET = (KIND.FOOTER, KIND.SLIDE_NUMBER, KIND.DATE)
_COVERS = (KIND.CENTER_TITLE, KIND.SUBTITLE)
_GAP = Inches(0.12)
_FILLED = (KIND.OBJECT, KIND.BODY, KIND.SUBTITLE, KIND.PICTURE, KIND.CHART, KIND.TABLE)
LEAST_TITLE_PT, _FOOTER_PT = 18, 12.0
PLATE, WIDE_PLATE = "Map and column", "Tall map and column"  # our own layouts of a map that bleeds to three edges


@dataclass(frozen=True)
class Room:
    """A place on a slide, in EMU; its width is taken (``filled``), rows are narrow (``dense``, ``tight``)."""

    left: int
    top: int
    width: int
    height: int
    filled: bool = False
    dense: bool = False
    tight: bool = False

    @property
    def bottom(self) -> int:
        """Its lower edge."""
        return self.top + self.height

    def part(self, left: float, width: float) -> Room:
        """Return a column of it, given as parts of its width."""
        return Room(self.left + int(left * self.width), self.top, int(width * self.width), self.height)

    def below(self, top: int) -> Room:
        """Return what is left of it below an edge."""
        return Room(self.left, top, self.width, max(self.bottom - top, 0))


class Layouts:
    """The layouts of an open presentation by what they are good for; a template's own, by kind and not by name."""

    def __init__(self, show: Any) -> None:  # noqa: ANN401 - python-pptx has no types
        every = list(show.slide_layouts)
        titled = [one for one in every if first_place(one, TITLES) is not None]
        self.show = show
        begin = next(
            (one for kind in _COVERS for one in titled if first_place(one, (kind,)) is not None),
            next((one for one in titled if one._element.get("type") == "title"), None),
        )
        self.cover = begin or (titled or every)[0]  # the first stands in, and serves what it is made for too
        plain = [one for one in titled if one is not begin]
        bodied = [one for one in plain if one.name not in (PLATE, WIDE_PLATE)]
        self.content = next((one for one in bodied if is_content(one)), None)
        self.title_only = next((one for one in bodied if not places_of(one, _FILLED)), None)
        self.filled = self.content or self.title_only or (plain or titled or every)[0]
        self.held = body_place(self.content) if self.content is not None else None
        self.titled = self.title_only or self.content or (plain or titled or every)[0]
        self.plate = next((one for one in plain if one.name == PLATE), None)
        self.wide_plate = next((one for one in plain if one.name == WIDE_PLATE), None)
        size = int(show.slide_width), int(show.slide_height)
        self.picture = picture_layout(bodied, size)
        self.paired = paired_layout(bodied, self.titled, size[0])
        self.chapter = next((one for one in plain if one._element.get("type") == "secHead"), None)

    def room(self, layout: Any) -> Room:  # noqa: ANN401
        """Return where content goes: the body placeholder's box, else all between title and footer."""
        wide, high = int(self.show.slide_width), int(self.show.slide_height)
        body = body_place(layout)
        if body is None and self.content is not None:
            body = body_place(self.content)
        title = first_place(layout, TITLES)
        top = int(title.top + title.height) + _GAP if title is not None else int(high * 0.16)
        feet = [int(p.top) for p in places_of(layout, _FEET) if int(p.top) > high // 2]
        if title is not None and int(title.top) > high // 2:  # a title at the foot
            top, feet = int(high * 0.05), [*feet, int(title.top)]
        floor = min([*feet, int(high * 0.95)]) - _GAP // 2
        if body is not None:
            top = max(int(body.top), top) if top < high // 2 else int(body.top)
            return Room(
                int(body.left), top, int(body.width), min(max(int(body.top + body.height), floor), floor) - top
            )
        left = int(title.left) if title is not None else int(wide * 0.05)
        return Room(left, top, wide - 2 * left, floor - top)

    def wide_room(self, layout: Any) -> Room:  # noqa: ANN401
        """Return where a map goes: all between title and foot, almost to the slide's edges."""
        room, edge = self.room(layout), int(self.show.slide_width) // 80
        title = first_place(layout, TITLES)
        top = int(title.top + title.height) + _GAP if title is not None else room.top
        top = top if top < int(self.show.slide_height) // 3 else room.top
        return Room(edge, top, int(self.show.slide_width) - 2 * edge, room.bottom - top)

    def box_room(self, layout: Any, place: Any) -> Room:  # noqa: ANN401
        """Return the room of one place of a layout: what of it lies below a title above it, and above the foot."""
        title, half = first_place(layout, TITLES), int(self.show.slide_height) // 2
        left, top, right = int(place.left), int(place.top), int(place.left) + int(place.width)
        if title is not None and int(title.left) < right and left < int(title.left) + int(title.width):
            under = int(title.top) + int(title.height) + _GAP
            top = max(top, under) if int(title.top) < top else top
        feet = [int(p.top) - _GAP // 2 for p in places_of(layout, _FEET) if int(p.top) > half]
        floor = min([int(place.top) + int(place.height), *feet])
        return Room(left, top, right - left, floor - top)

    def body_box(self, layout: Any) -> Room:  # noqa: ANN401
        """Return the box of a layout's body place."""
        body = body_place(layout)
        return Room(int(body.left), int(body.top), int(body.width), int(body.height))

    def title_pt(self, layout: Any) -> float:  # noqa: ANN401
        """Return the height of the title's letters, in points, as master and layout say it."""
        return _letters_pt(layout, first_place(layout, TITLES), "title", 44.0)

    def body_pt(self, layout: Any) -> float:  # noqa: ANN401
        """Return the height of the text's letters, in points, as master and layout say it."""
        return _letters_pt(layout, body_place(layout), "body", 32.0)


def _letters_pt(layout: Any, place: Any, style: str, usual: float) -> float:  # noqa: ANN401
    found = place._element.xpath(".//a:lstStyle/a:lvl1pPr/a:defRPr/@sz") if place is not None else []
    path = f"./p:txStyles/p:{style}Style/a:lvl1pPr/a:defRPr/@sz"
    found = found or layout.slide_master._element.xpath(path)
    return int(found[0]) / 100 if found else usual


def template_findings(show: Any) -> list[Text]:  # noqa: ANN401
    """Return what a template lacks and what is done instead; nothing is said of one that has all."""
    layouts = Layouts(show)
    every = list(show.slide_layouts)
    out = []
    if not any(first_place(one, TITLES) is not None for one in every):
        out.append(say("template_no_titles"))
    if layouts.content is None:
        out.append(say("template_no_content"))
    if layouts.title_only is None:
        out.append(say("template_no_title_only"))
    if layouts.chapter is None:
        out.append(say("template_no_chapter"))
    if not places_of(layouts.titled, (KIND.SLIDE_NUMBER,)):
        out.append(say("template_no_numbers"))
    if not east_asian(show):
        out.append(say("template_no_east_asian", font=EAST_ASIAN))
    return out


def template_uses(show: Any) -> Text:  # noqa: ANN401
    """Return which of a template's layouts serves what, in one line."""
    layouts = Layouts(show)
    served = {
        "use_cover": layouts.cover,
        "use_chapter": layouts.chapter or layouts.content or layouts.titled,
        "use_text": layouts.content or layouts.titled,
        "use_map": layouts.picture or layouts.titled,
        "use_figure": layouts.filled,
        "use_pair": layouts.paired[0] if layouts.paired is not None else layouts.titled,
        "use_list": layouts.titled,
    }
    named = [(key, drawable_text(str(one.name), longest=60)) for key, one in served.items()]
    told = [say(f"template_{key}", layout=Text(name, name)) for key, name in named]
    return say("template_uses", told=join_texts(say("template_use_join"), told))


def east_asian(show: Any) -> str:  # noqa: ANN401
    """Return the East-Asian typeface of the theme's body font, empty where it has none."""
    found = re.search(rb"<a:minorFont>.*?<a:ea typeface=\"([^\"]*)\"", theme_of(show).blob, re.S)
    named = re.search(rb"<a:minorFont>.*?script=\"Hans\" typeface=\"([^\"]*)\"", theme_of(show).blob, re.S)
    return next((one[1].decode() for one in (found, named) if one is not None and one[1]), "")


def add_furniture(slide: Any, footer: str, *, tongue: str) -> None:  # noqa: ANN401
    """Give a slide the page number and the footer of its layout; the library leaves both out.

    What a template says in its foot stays; a footer that finds no room in a line is left out.
    """
    tree = slide.shapes._spTree
    for place in places_of(slide.slide_layout, (KIND.FOOTER, KIND.SLIDE_NUMBER)):
        is_foot = place.placeholder_format.type == KIND.FOOTER
        own = place.text_frame.text.strip() if is_foot else ""
        room = _foot_room(slide.slide_layout, place, own or footer) if is_foot else None
        if is_foot and room is None:
            continue
        made = copy.deepcopy(place._element)
        number = max(map(int, tree.xpath(".//p:cNvPr/@id"))) + 1
        made.xpath(".//p:cNvPr")[0].set("id", str(number))
        tree.append(made)
        if room is not None and not own:
            shape = slide.shapes[-1]
            shape.text_frame.text = unbroken_amounts(footer)
            if room != (int(place.left), int(place.width)):
                top, height = int(place.top), int(place.height)
                shape.left, shape.top, shape.width, shape.height = room[0], top, room[1], height
        for said in made.xpath(".//a:r/a:rPr | .//a:fld/a:rPr"):
            said.set("lang", tongue)
        for run in made.xpath(".//a:r[not(a:rPr)]"):
            run.get_or_add_rPr().set("lang", tongue)


def _foot_room(layout: Any, place: Any, footer: str) -> tuple[int, int] | None:  # noqa: ANN401
    """Return left and width (EMU) of a foot in one line, with the date's place if it must; None without room."""
    needed = int((width_em(footer) * _FOOTER_PT * 1.15 + 16) * Pt(1))
    left, wide = int(place.left), int(place.width)
    if needed <= wide:
        return left, wide
    beside = [p for p in places_of(layout, (KIND.DATE,)) if abs(int(p.top) - int(place.top)) < int(place.height)]
    for date in beside:
        start = min(left, int(date.left))
        wide = max(left + int(place.width), int(date.left) + int(date.width)) - start
        left = start
    return (left, wide) if needed <= wide else None


def first_place(layout: Any, kinds: tuple[Any, ...]) -> Any:  # noqa: ANN401
    """Return a layout's first place of some kinds; None where it has none."""
    return next(iter(places_of(layout, kinds)), None)


def theme_of(show: Any) -> Any:  # noqa: ANN401
    """Return the part that holds a presentation's theme."""
    return show.slide_master.part.part_related_by(RT.THEME)
