"""A new presentation: a template's masters, or our own look: 16:9, colours and fonts, a layout of maps."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pptx import Presentation
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.shapes import PP_PLACEHOLDER as KIND
from pptx.enum.text import MSO_ANCHOR
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches

from briefings.map.layouts import PLATE_COLUMN, WIDE_COLUMN
from briefings.write.pptx_layouts import (
    EAST_ASIAN,
    HEIGHT,
    LATIN,
    PLATE,
    WIDE_PLATE,
    WIDTH,
    Layouts,
    first_place,
    theme_of,
)
from briefings.write.pptx_places import BODIES, places_of

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
_PLATES = (PLATE, WIDE_PLATE)
_MAIN = "http://schemas.openxmlformats.org/drawingml/2006/main"


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
    _own_pair(show)
    layouts = Layouts(show)
    _own_dark(
        layouts.cover, {KIND.CENTER_TITLE: (0.7, 0.9, 5.5, 2.5), KIND.SUBTITLE: (0.7, 3.6, 5.5, 3.2)}, "1800"
    )
    cover = first_place(layouts.cover, (KIND.CENTER_TITLE,))
    cover.text_frame.vertical_anchor = MSO_ANCHOR.BOTTOM  # what stands below it follows it
    for text in cover._element.xpath(".//a:lvl1pPr/a:defRPr"):
        text.set("sz", "3600")
    _own_dark(layouts.chapter, {KIND.TITLE: (0.7, 1.6, 11.9, 1.2), KIND.BODY: (0.7, 2.95, 11.9, 3.7)}, "2000")
    _own_plate(show, PLATE, spare=KIND.PICTURE, column=PLATE_COLUMN, sizes=("2200", "1400"))
    _own_plate(show, WIDE_PLATE, spare=KIND.OBJECT, column=WIDE_COLUMN, sizes=("2600", "1600"))
    theme = theme_of(show)
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
    _letters_read(show)
    margin, wide = Inches(0.55), WIDTH - Inches(1.1)
    for sheet in (show.slide_master, *show.slide_layouts):
        for shape in sheet.placeholders:
            kind = shape.placeholder_format.type
            if kind == KIND.TITLE and (sheet is show.slide_master or shape._element.xpath(".//a:xfrm")):
                _put(shape, (margin, Inches(0.35), wide, Inches(0.95)))
                shape.text_frame.vertical_anchor = MSO_ANCHOR.TOP  # one line or two, on a map's slide or another
            elif kind == KIND.BODY and sheet is show.slide_master:
                _put(shape, (margin, Inches(1.45), wide, Inches(5.35)))
            elif kind in (KIND.FOOTER, KIND.SLIDE_NUMBER, KIND.DATE):
                left = {KIND.FOOTER: margin, KIND.DATE: Inches(8.0)}.get(kind, WIDTH - margin - Inches(1.2))
                width = {KIND.FOOTER: Inches(7.2), KIND.DATE: Inches(2)}.get(kind, Inches(1.2))
                _put(shape, (left, Inches(7.0), width, Inches(0.34)))
                if kind == KIND.FOOTER:
                    for style in shape._element.xpath(".//a:lvl1pPr"):
                        style.set("algn", "l")
                if sheet is not show.slide_master and kind != KIND.DATE:  # not all programs look up the master's
                    _as_master(show, shape, kind)


def _own_pair(show: Any) -> None:  # noqa: ANN401
    """Put words into a column beside a chart."""
    for layout in show.slide_layouts:
        if layout._element.get("type") == "twoObj":
            for place, (left, wide) in zip(places_of(layout, BODIES), ((0.55, 4.4), (5.2, 7.58)), strict=True):
                _put(place, (Inches(left), Inches(1.45), Inches(wide), Inches(5.35)))


def _letters_read(show: Any) -> None:  # noqa: ANN401
    """Give the foot's letters a colour that reads: the library's tint of grey is too pale on white."""
    for tint in show.slide_master._element.xpath(".//p:sp//a:lstStyle//a:solidFill/a:schemeClr/a:tint"):
        color = tint.getparent()
        color.set("val", "tx2")
        color.remove(tint)


def _as_master(show: Any, shape: Any, kind: Any) -> None:  # noqa: ANN401
    """Give a layout's place the letters of the master's place of its kind."""
    theirs = first_place(show.slide_master, (kind,))._element.find(f".//{qn('a:lstStyle')}")
    mine = shape._element.find(f".//{qn('a:lstStyle')}")
    mine.getparent().replace(mine, copy.deepcopy(theirs))


def _own_plate(show: Any, name: str, *, spare: Any, column: float, sizes: tuple[str, str]) -> None:  # noqa: ANN401
    """Make a layout of the library's one for maps: words in a column, the map beside it.

    Parameters
    ----------
    show
        The presentation.
    name
        What the layout is called.
    spare
        The kind of the place it loses.
    column
        The part of the width that words have.
    sizes
        Of the letters of title and text, hundredths of a point.
    """
    layout = next(one for one in show.slide_layouts if one.name not in _PLATES and _is_spare(one, spare))
    layout.name = name
    place = first_place(layout, (spare,))
    place._element.getparent().remove(place._element)
    left, wide = Inches(0.4), int(WIDTH * column) - Inches(0.55)
    places = {
        KIND.TITLE: (left, Inches(0.25), wide, Inches(1.26)),
        KIND.BODY: (left, Inches(1.51), wide, Inches(0.74)),
        KIND.FOOTER: (left, Inches(7.03), wide - Inches(0.55), Inches(0.32)),
        KIND.SLIDE_NUMBER: (left + wide - Inches(0.55), Inches(7.03), Inches(0.55), Inches(0.32)),
    }
    for shape in list(layout.placeholders):
        kind = shape.placeholder_format.type
        if kind in places:
            _put(shape, places[kind])
        else:
            shape._element.getparent().remove(shape._element)
    for kind, size in zip((KIND.TITLE, KIND.BODY), sizes, strict=True):
        for text in first_place(layout, (kind,))._element.xpath(".//a:lstStyle/a:lvl1pPr/a:defRPr"):
            text.set("sz", size)


def _is_spare(layout: Any, spare: Any) -> bool:  # noqa: ANN401
    """Return whether a layout has a title, a text and one place of a kind that may go."""
    kinds = [place.placeholder_format.type for place in layout.placeholders]
    return KIND.TITLE in kinds and KIND.BODY in kinds and kinds.count(spare) == 1


def _own_dark(layout: Any, boxes: Mapping[Any, tuple[float, float, float, float]], under: str) -> None:  # noqa: ANN401
    """Make a layout light on dark: its title and what stands under it, in boxes given in inches."""
    layout.background.fill.solid()
    layout.background.fill.fore_color.theme_color = MSO_THEME_COLOR.TEXT_2
    light = f'<a:solidFill xmlns:a="{_MAIN}"><a:schemeClr val="bg1"/></a:solidFill>'
    for shape in layout.placeholders:
        style = shape.text_frame._txBody.find(qn("a:lstStyle"))
        if style is not None and style.find(qn("a:lvl1pPr")) is None:
            style.append(parse_xml(f'<a:lvl1pPr xmlns:a="{_MAIN}"><a:defRPr/></a:lvl1pPr>'))
    for text in layout._element.xpath(".//p:sp//a:lvl1pPr/a:defRPr"):
        for old in text.findall(qn("a:solidFill")):
            text.remove(old)
        text.insert(0, parse_xml(light))
    for shape in layout.placeholders:
        kind = shape.placeholder_format.type
        if kind not in boxes:
            continue
        left, top, wide, high = (Inches(one) for one in boxes[kind])
        _put(shape, (left, top, wide, high))
        if kind in (KIND.SUBTITLE, KIND.BODY):
            shape.text_frame.vertical_anchor = MSO_ANCHOR.TOP
            for style in shape._element.xpath(".//a:lvl1pPr"):
                style.set("algn", "l")
            for text in shape._element.xpath(".//a:lvl1pPr/a:defRPr"):
                text.set("sz", under)


def _put(shape: Any, place: tuple[int, int, int, int]) -> None:  # noqa: ANN401
    shape.left, shape.top, shape.width, shape.height = (Emu(int(one)) for one in place)
