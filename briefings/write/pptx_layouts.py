"""The layouts of a presentation: which serves what, where title and content go, and what a template lacks."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.shapes import PP_PLACEHOLDER as KIND
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches, Pt

from briefings.map.layouts import PLATE_COLUMN
from briefings.map.lettering import fit_line
from briefings.messages import say
from geo.text import Text

WIDTH, HEIGHT = Inches(13.333), Inches(7.5)
EAST_ASIAN, LATIN = "Microsoft YaHei", "Arial"
_TITLES, _BODIES = (KIND.TITLE, KIND.CENTER_TITLE), (KIND.OBJECT, KIND.BODY)
_GAP = Inches(0.12)
_COLORS = {
    "dk1": "1E2B35",
    "lt1": "FFFFFF",
    "dk2": "23485C",
    "lt2": "F7F4EC",
    "accent1": "23485C",
    "accent2": "4F8ECB",
    "accent3": "C4680F",
    "accent4": "0C6B64",
    "accent5": "61338F",
    "accent6": "A8264A",
}
_LEAST_TITLE_PT, _FOOTER_PT = 20, 14
PLATE = "Map and column"  # our own layout of a map that bleeds to three edges
_MAIN = "http://schemas.openxmlformats.org/drawingml/2006/main"


@dataclass(frozen=True)
class Room:
    """A place on a slide, in EMU."""

    left: int
    top: int
    width: int
    height: int

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
        titled = [one for one in every if _first(one, _TITLES) is not None]
        self.show = show
        self.cover = next(
            (one for one in titled if _first(one, (KIND.CENTER_TITLE,)) is not None),
            next((one for one in titled if _first(one, (KIND.SUBTITLE,)) is not None), (titled or every)[0]),
        )
        plain = [one for one in titled if one is not self.cover]
        bodied = [one for one in plain if one.name != PLATE]
        self.content = next((one for one in bodied if len(_all(one, _BODIES)) == 1), None)
        self.title_only = next(
            (one for one in bodied if not _all(one, (*_BODIES, KIND.SUBTITLE, KIND.PICTURE))), None
        )
        self.titled = self.title_only or self.content or (plain or titled or every)[0]
        self.plate = next((one for one in plain if one.name == PLATE), None)

    def room(self, layout: Any) -> Room:  # noqa: ANN401
        """Return where content goes: the body placeholder's box, else all between title and footer."""
        wide, high = int(self.show.slide_width), int(self.show.slide_height)
        body = _first(layout, _BODIES)
        if body is None and self.content is not None:
            body = _first(self.content, _BODIES)
        title = _first(layout, _TITLES)
        top = int(title.top + title.height) + _GAP if title is not None else int(high * 0.16)
        feet = [
            int(p.top) for p in _all(layout, (KIND.FOOTER, KIND.SLIDE_NUMBER, KIND.DATE)) if int(p.top) > high // 2
        ]
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
        title = _first(layout, _TITLES)
        top = int(title.top + title.height) + _GAP // 2 if title is not None else room.top
        top = top if top < int(self.show.slide_height) // 3 else room.top
        return Room(edge, top, int(self.show.slide_width) - 2 * edge, room.bottom - top)

    def body_box(self, layout: Any) -> Room:  # noqa: ANN401
        """Return the box of a layout's body place."""
        body = _first(layout, _BODIES)
        return Room(int(body.left), int(body.top), int(body.width), int(body.height))

    def title_pt(self, layout: Any) -> float:  # noqa: ANN401
        """Return the height of the title's letters, in points, as master and layout say it."""
        title = _first(layout, _TITLES)
        found = title._element.xpath(".//a:lstStyle/a:lvl1pPr/a:defRPr/@sz") if title is not None else []
        found = found or layout.slide_master._element.xpath("./p:txStyles/p:titleStyle/a:lvl1pPr/a:defRPr/@sz")
        return int(found[0]) / 100 if found else 44.0


def new_presentation(template: Path | None) -> Any:  # noqa: ANN401
    """Return a presentation without slides: the template's masters and size, or our own."""
    show = Presentation(str(template) if template else None)
    if template is None:
        _own_look(show)
        return show
    for slide_id in list(show.slides._sldIdLst):
        show.part.drop_rel(slide_id.rId)
        show.slides._sldIdLst.remove(slide_id)
    return show


def template_findings(show: Any) -> list[Text]:  # noqa: ANN401
    """Return what a template lacks and what is done instead; nothing is said of one that has all."""
    layouts = Layouts(show)
    every = list(show.slide_layouts)
    out = []
    if not any(_first(one, _TITLES) is not None for one in every):
        out.append(say("template_no_titles"))
    if layouts.content is None:
        out.append(say("template_no_content"))
    if layouts.title_only is None:
        out.append(say("template_no_title_only"))
    if not _all(layouts.titled, (KIND.SLIDE_NUMBER,)):
        out.append(say("template_no_numbers"))
    if not east_asian(show):
        out.append(say("template_no_east_asian", font=EAST_ASIAN))
    return out


def east_asian(show: Any) -> str:  # noqa: ANN401
    """Return the East-Asian typeface of the theme's body font, empty where it has none."""
    found = re.search(rb"<a:minorFont>.*?<a:ea typeface=\"([^\"]*)\"", _theme(show).blob, re.S)
    named = re.search(rb"<a:minorFont>.*?script=\"Hans\" typeface=\"([^\"]*)\"", _theme(show).blob, re.S)
    return next((one[1].decode() for one in (found, named) if one is not None and one[1]), "")


def add_furniture(slide: Any, footer: str, *, tongue: str) -> None:  # noqa: ANN401
    """Give a slide the page number and the footer of its layout; the library leaves both out."""
    tree = slide.shapes._spTree
    for place in _all(slide.slide_layout, (KIND.FOOTER, KIND.SLIDE_NUMBER)):
        made = copy.deepcopy(place._element)
        number = max(map(int, tree.xpath(".//p:cNvPr/@id"))) + 1
        made.xpath(".//p:cNvPr")[0].set("id", str(number))
        tree.append(made)
        if place.placeholder_format.type == KIND.FOOTER:
            ems = (int(place.width) / Pt(1) - 16) / _FOOTER_PT
            slide.shapes[-1].text_frame.text = " ".join(fit_line(footer, ems))
        for said in made.xpath(".//a:r/a:rPr | .//a:fld/a:rPr"):
            said.set("lang", tongue)
        for run in made.xpath(".//a:r[not(a:rPr)]"):
            run.get_or_add_rPr().set("lang", tongue)


def _all(layout: Any, kinds: tuple[Any, ...]) -> list[Any]:  # noqa: ANN401
    return [p for p in layout.placeholders if p.placeholder_format.type in kinds]


def _first(layout: Any, kinds: tuple[Any, ...]) -> Any:  # noqa: ANN401
    return next(iter(_all(layout, kinds)), None)


def _theme(show: Any) -> Any:  # noqa: ANN401
    return show.slide_master.part.part_related_by(RT.THEME)


def _own_look(show: Any) -> None:  # noqa: ANN401
    """Make the library's plain template ours: 16:9, titles at the upper left, one set of colours and fonts."""
    stretch = WIDTH / show.slide_width
    show.slide_width, show.slide_height = WIDTH, HEIGHT
    for sheet in (show.slide_master, *show.slide_layouts):
        for shape in sheet.placeholders:
            if shape._element.xpath(".//a:xfrm"):
                shape.left, shape.width = Emu(int(shape.left * stretch)), Emu(int(shape.width * stretch))
    _own_places(show)
    sizes = {"title": {1: "2600"}, "body": {1: "2000", 2: "1800"}}
    for kind, known in sizes.items():
        for number in range(1, 10):
            for text in show.slide_master._element.xpath(f"./p:txStyles/p:{kind}Style/a:lvl{number}pPr/a:defRPr"):
                text.set("sz", known.get(number, "1600"))
    for level in show.slide_master._element.xpath("./p:txStyles/p:titleStyle/a:lvl1pPr"):
        level.set("algn", "l")
        level.find(qn("a:defRPr")).set("b", "1")
    _own_cover(Layouts(show).cover)
    _own_plate(show)
    theme = _theme(show)
    blob = theme.blob
    for name, color in _COLORS.items():
        blob = re.sub(
            rf"(<a:{name}>).*?(</a:{name}>)".encode(),
            rf'\g<1><a:srgbClr val="{color}"/>\g<2>'.encode(),
            blob,
            flags=re.S,
        )
    blob = re.sub(rb'<a:latin typeface="[^"]*"', f'<a:latin typeface="{LATIN}"'.encode(), blob)
    theme._blob = re.sub(rb'<a:ea typeface="[^"]*"', f'<a:ea typeface="{EAST_ASIAN}"'.encode(), blob)


def _own_places(show: Any) -> None:  # noqa: ANN401
    margin, wide = Inches(0.55), WIDTH - Inches(1.1)
    for sheet in (show.slide_master, *show.slide_layouts):
        for shape in sheet.placeholders:
            kind = shape.placeholder_format.type
            if kind == KIND.TITLE and (sheet is show.slide_master or shape._element.xpath(".//a:xfrm")):
                _put(shape, (margin, Inches(0.35), wide, Inches(0.95)))
            elif kind == KIND.BODY and sheet is show.slide_master:
                _put(shape, (margin, Inches(1.45), wide, Inches(5.35)))
            elif kind in (KIND.FOOTER, KIND.SLIDE_NUMBER, KIND.DATE) and shape._element.xpath(".//a:xfrm"):
                left = {KIND.FOOTER: margin, KIND.DATE: Inches(8.0)}.get(kind, WIDTH - margin - Inches(1.2))
                width = {KIND.FOOTER: Inches(7.2), KIND.DATE: Inches(2)}.get(kind, Inches(1.2))
                _put(shape, (left, Inches(7.0), width, Inches(0.34)))
                if kind == KIND.FOOTER:
                    for style in shape._element.xpath(".//a:lvl1pPr"):
                        style.set("algn", "l")


def _own_plate(show: Any) -> None:  # noqa: ANN401
    """Make the layout for a picture with words the one for maps: words in a column, the map beside it, no frame."""
    layout = next(one for one in show.slide_layouts if _first(one, (KIND.PICTURE,)) is not None)
    layout.name = PLATE
    place = _first(layout, (KIND.PICTURE,))
    place._element.getparent().remove(place._element)
    left, wide = Inches(0.4), int(WIDTH * PLATE_COLUMN) - Inches(0.55)
    places = {
        KIND.TITLE: (left, Inches(0.35), wide, Inches(1.15)),
        KIND.BODY: (left, Inches(1.5), wide, Inches(0.62)),
        KIND.FOOTER: (left, Inches(7.03), wide - Inches(0.55), Inches(0.32)),
        KIND.SLIDE_NUMBER: (left + wide - Inches(0.55), Inches(7.03), Inches(0.55), Inches(0.32)),
    }
    for shape in list(layout.placeholders):
        kind = shape.placeholder_format.type
        if kind in places:
            _put(shape, places[kind])
        else:
            shape._element.getparent().remove(shape._element)
    for shape, size in ((_first(layout, (KIND.TITLE,)), "2200"), (_first(layout, (KIND.BODY,)), "1400")):
        for text in shape._element.xpath(".//a:lstStyle/a:lvl1pPr/a:defRPr"):
            text.set("sz", size)


def _own_cover(cover: Any) -> None:  # noqa: ANN401
    cover.background.fill.solid()
    cover.background.fill.fore_color.theme_color = MSO_THEME_COLOR.TEXT_2
    light = f'<a:solidFill xmlns:a="{_MAIN}"><a:schemeClr val="bg1"/></a:solidFill>'
    for shape in cover.placeholders:
        style = shape.text_frame._txBody.find(qn("a:lstStyle"))
        if style is not None and style.find(qn("a:lvl1pPr")) is None:
            style.append(parse_xml(f'<a:lvl1pPr xmlns:a="{_MAIN}"><a:defRPr/></a:lvl1pPr>'))
    for text in cover._element.xpath(".//p:sp//a:lvl1pPr/a:defRPr"):
        for old in text.findall(qn("a:solidFill")):
            text.remove(old)
        text.insert(0, parse_xml(light))
    for shape in cover.placeholders:
        kind = shape.placeholder_format.type
        if kind == KIND.CENTER_TITLE:
            _put(shape, (Inches(0.7), Inches(1.5), Inches(5.5), Inches(2.3)))
        elif kind == KIND.SUBTITLE:
            _put(shape, (Inches(0.7), Inches(3.95), Inches(5.5), Inches(1.9)))
            for style in shape._element.xpath(".//a:lvl1pPr"):
                style.set("algn", "l")
            for text in shape._element.xpath(".//a:lvl1pPr/a:defRPr"):
                text.set("sz", "1800")


def _put(shape: Any, place: tuple[int, int, int, int]) -> None:  # noqa: ANN401
    shape.left, shape.top, shape.width, shape.height = (Emu(int(one)) for one in place)


def title_points(text_lines: int, *, size: float, height: int) -> float:
    """Return the height of a title's letters, in points, so that its lines fit its box; never below 20.

    Examples
    --------
    >>> title_points(1, size=26, height=868680), title_points(3, size=44, height=868680)
    (26, 20)
    """
    while size > _LEAST_TITLE_PT and text_lines * size * 1.15 * Pt(1) > height:
        size -= 1
    return size
