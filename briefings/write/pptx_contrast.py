"""Whether the titles of a template can be read: their colour against what lies below them."""

from __future__ import annotations

import colorsys
from typing import Any

from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.shapes import PP_PLACEHOLDER as KIND
from pptx.oxml import parse_xml

from briefings.map.fonts import drawable_text
from briefings.messages import say
from briefings.write.pptx_layouts import Layouts, first_place, theme_of
from geo.text import Text

LEAST = 3.0  # of large letters and their ground (WCAG 2.1, 1.4.3)
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_TITLES = (KIND.TITLE, KIND.CENTER_TITLE)
_TITLE_COLOR = ".//a:lstStyle/a:lvl1pPr/a:defRPr/a:solidFill"
_APART = 0.3  # of luminance, by which a colour stands off its ground
Color = tuple[float, float, float]


def pale_titles(show: Any) -> list[Text]:  # noqa: ANN401 - python-pptx has no types
    """Return of each layout our slides use whose title cannot be read that it cannot."""
    layouts, out = Layouts(show), list[Text]()
    used = (layouts.cover, layouts.titled, layouts.content)
    for at, layout in enumerate(used):
        contrast = title_contrast(show, layout) if layout is not None and layout not in used[:at] else None
        if contrast is not None and contrast < LEAST:
            out.append(say("template_title_pale", layout=drawable_text(layout.name), ratio=f"{contrast:.1f}"))
    return out


def readable_title(show: Any, layout: Any) -> MSO_THEME_COLOR | None:  # noqa: ANN401
    """Return the theme's colour a layout's title is written in where its own cannot be read; None where it can."""
    contrast = title_contrast(show, layout)
    if contrast is None or contrast >= LEAST:
        return None
    place = first_place(layout, _TITLES)
    ground, ink = _ground(show, layout, place), _scheme(show, "tx1")
    dark = ground is not None and ink is not None and abs(_luminance(ground) - _luminance(ink)) < _APART
    return MSO_THEME_COLOR.BACKGROUND_1 if dark else MSO_THEME_COLOR.TEXT_1


def title_contrast(show: Any, layout: Any) -> float | None:  # noqa: ANN401
    """Return the contrast (1 to 21) of a layout's title with its ground; None where that is a picture or shaded.

    Parameters
    ----------
    show
        The open presentation.
    layout
        One of its layouts.
    """
    place = first_place(layout, _TITLES)
    if place is None:
        return None
    master = layout.slide_master
    own = first_place(master, _TITLES)
    fills = [
        *place._element.xpath(_TITLE_COLOR),
        *(own._element.xpath(_TITLE_COLOR) if own is not None else ()),
        *master._element.xpath("./p:txStyles/p:titleStyle/a:lvl1pPr/a:defRPr/a:solidFill"),
    ]
    letters = _color(show, fills[0]) if fills else _scheme(show, "tx1")
    ground = _ground(show, layout, place)
    if letters is None or ground is None:
        return None
    light, dark = sorted((_luminance(letters), _luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _ground(show: Any, layout: Any, place: Any) -> Color | None:  # noqa: ANN401
    """Return the colour of the topmost shape under the middle of a place, else of the background."""
    across, down = int(place.left) + int(place.width) // 2, int(place.top) + int(place.height) // 2
    shapes = [*layout.slide_master.shapes, *layout.shapes]
    if layout._element.get("showMasterSp") == "0":
        shapes = list(layout.shapes)
    for shape in reversed(shapes):
        sides = (shape.left, shape.top, shape.width, shape.height)
        if shape.is_placeholder or None in sides:
            continue
        left, top, width, height = map(int, sides)
        if not (left <= across <= left + width and top <= down <= top + height):
            continue
        if shape._element.xpath(".//a:blip | ./p:spPr/a:gradFill"):
            return None
        filled = shape._element.xpath("./p:spPr/a:solidFill")
        if filled:
            return _color(show, filled[0])
    for part in (layout, layout.slide_master):
        found = part._element.xpath("./p:cSld/p:bg/p:bgPr | ./p:cSld/p:bg/p:bgRef")
        if found:
            told = found[0].find(f"{_A}solidFill") if found[0].tag.endswith("bgPr") else found[0]
            return None if told is None else _color(show, told)
    return _scheme(show, "bg1")


def _color(show: Any, fill: Any) -> Color | None:  # noqa: ANN401
    """Return a fill's colour; None where it is said in a way that is not known here."""
    for said in fill:
        plain = said.get("val") or ""
        base = _hex(plain) if said.tag == f"{_A}srgbClr" else None
        base = _scheme(show, plain) if said.tag == f"{_A}schemeClr" else base
        base = _hex(said.get("lastClr") or "") if said.tag == f"{_A}sysClr" else base
        if base is not None:
            hue, light, much = colorsys.rgb_to_hls(*base)
            for change in said:
                share = int(change.get("val") or 0) / 100_000
                light = light * share if change.tag == f"{_A}lumMod" else light
                light = light + share if change.tag == f"{_A}lumOff" else light
            return colorsys.hls_to_rgb(hue, min(max(light, 0.0), 1.0), much)
    return None


def _scheme(show: Any, name: str) -> Color | None:  # noqa: ANN401
    """Return a colour of the theme by the name the master gives it."""
    mapped = show.slide_master._element.xpath("./p:clrMap")
    name = (mapped[0].get(name) if mapped else None) or name
    found = parse_xml(theme_of(show).blob).find(f"{_A}themeElements/{_A}clrScheme/{_A}{name}")
    if found is None or not len(found):
        return None
    return _hex(found[0].get("lastClr") or found[0].get("val") or "")


def _hex(told: str) -> Color | None:
    if len(told) != 6:
        return None
    red, green, blue = (int(told[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return red, green, blue


def _luminance(color: Color) -> float:
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
