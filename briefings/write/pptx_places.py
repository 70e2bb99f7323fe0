"""Places of a layout that content fills: which layouts have one for a map or for words beside a chart."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Any

from pptx.enum.shapes import PP_PLACEHOLDER as KIND
from pptx.oxml.xmlchemy import OxmlElement
from pptx.util import Emu

TITLES, BODIES = (KIND.TITLE, KIND.CENTER_TITLE), (KIND.OBJECT, KIND.BODY)
_DRAWN = (KIND.OBJECT, KIND.CHART)  # what may hold a chart
_HELD = (*BODIES, KIND.PICTURE, KIND.CHART, KIND.TABLE, KIND.BITMAP, KIND.MEDIA_CLIP)
_FEET = (KIND.FOOTER, KIND.SLIDE_NUMBER, KIND.DATE)
_TEXT_LAYOUTS = ("obj", "tx")  # how a file says that a layout is one of title and content
_LEAST_PICTURE, _LEAST_CHART = 0.15, 0.4  # of the slide's area; of its width
_LARGE = 0.5  # of the slide, from which a picture's place is as large as a map needs
_TWO, _TEXT_SHARE = 2, 0.12
Rectangle = tuple[int, int, int, int]  # left, top, right, bottom, EMU


def places_of(layout: Any, kinds: Sequence[Any]) -> list[Any]:  # noqa: ANN401 - python-pptx has no types
    """Return a layout's places of some kinds."""
    return [p for p in layout.placeholders if p.placeholder_format.type in kinds]


def area_of(place: Any) -> int:  # noqa: ANN401
    """Return how large a place is."""
    return int(place.width) * int(place.height)


def body_place(layout: Any) -> Any:  # noqa: ANN401
    """Return the place of a layout's text: the largest; None where it has none."""
    return max(places_of(layout, BODIES), key=area_of, default=None)


def is_upright(layout: Any) -> bool:  # noqa: ANN401
    """Return whether no text of a layout runs from top to bottom."""
    turned = layout._element.xpath(".//p:nvPr/p:ph[@orient='vert']")
    return not turned and not str(layout._element.get("type") or "").startswith("vert")


def is_content(layout: Any) -> bool:  # noqa: ANN401
    """Return whether a layout is one of a title and content, by what it holds or by what its file calls it."""
    held, bodies = places_of(layout, _HELD), places_of(layout, BODIES)
    kind = layout._element.get("type")
    if not bodies or not is_upright(layout) or kind == "secHead":
        return False
    if len(held) == 1 or kind in _TEXT_LAYOUTS:
        return True
    most = area_of(body_place(layout))  # beside it small ones: a source, a number
    return len(held) == len(bodies) and sum(map(area_of, held)) - most < _TEXT_SHARE * most


def picture_layout(layouts: Sequence[Any], slide: tuple[int, int]) -> Any:  # noqa: ANN401
    """Return the layout with the largest place of one picture; None where none is larger than a mark.

    One whose place lies across a band or a mark of the template is none: a map would cover it.

    Parameters
    ----------
    layouts
        Those with a title.
    slide
        Width and height, EMU.
    """
    found = [(places_of(one, (KIND.PICTURE,)), one) for one in layouts if is_upright(one)]
    sized = [(area_of(held[0]), one) for held, one in found if len(held) == 1 and not _crossed(one, _box(held[0]))]
    large = [(area, one) for area, one in sized if area >= _LEAST_PICTURE * slide[0] * slide[1]]
    return max(large, key=lambda pair: pair[0])[1] if large else None


def paired_layout(layouts: Sequence[Any], like: Any, wide: int) -> tuple[Any, Any, Any] | None:  # noqa: ANN401
    """Return a layout of words beside a chart, with the place of each; None where there is none.

    Parameters
    ----------
    layouts
        Those with a title.
    like
        The layout of other slides: titles stay in their place if that can be.
    wide
        Of a slide, EMU.
    """
    found = [(one, pair) for one in layouts if is_upright(one) and (pair := _pair(one, wide)) is not None]
    if not found:
        return None
    usual = _title_box(like)

    def rank(told: tuple[Any, tuple[Any, Any]]) -> tuple[bool, int]:
        return _title_box(told[0]) == usual, area_of(told[1][1])

    layout, (words, drawn) = max(found, key=rank)
    return layout, words, drawn


def _pair(layout: Any, wide: int) -> tuple[Any, Any] | None:  # noqa: ANN401
    held = places_of(layout, _HELD)
    if len(held) != _TWO or not places_of(layout, BODIES):
        return None
    left, right = sorted(held, key=lambda place: int(place.left))
    beside = int(left.left + left.width) <= int(right.left) + wide // 100
    level = min(_bottom(left), _bottom(right)) - max(int(left.top), int(right.top))
    if not beside or level < min(int(left.height), int(right.height)) // 2:
        return None
    ways = [(one, two) for one, two in ((left, right), (right, left)) if two.placeholder_format.type in _DRAWN]
    ways = [
        way
        for way in ways
        if way[0].placeholder_format.type in BODIES and int(way[1].width) >= _LEAST_CHART * wide
    ]
    return max(
        ways, key=lambda way: (way[0].placeholder_format.type == KIND.BODY, int(way[1].width)), default=None
    )


def _title_box(layout: Any) -> Rectangle | None:  # noqa: ANN401
    held = places_of(layout, TITLES)
    return _box(held[0]) if held else None


def _bottom(place: Any) -> int:  # noqa: ANN401
    return int(place.top) + int(place.height)


def _box(shape: Any) -> Rectangle:  # noqa: ANN401
    return int(shape.left), int(shape.top), int(shape.left + shape.width), int(shape.top + shape.height)


def grown_picture(layout: Any, slide: tuple[int, int]) -> Rectangle:  # noqa: ANN401
    """Return the box of a layout's picture for a map: its place, larger where that is small and nothing near.

    Parameters
    ----------
    layout
        With a place of one picture.
    slide
        Width and height, EMU.
    """
    (place,) = places_of(layout, (KIND.PICTURE,))
    box, (wide, high) = _box(place), slide
    if area_of(place) >= _LARGE * wide * high:
        return box
    edge = wide // 80
    others = [other for other in _around(layout, place, slide) if not _meet(other, box)]
    feet = [top for left, top, right, _ in map(_box, places_of(layout, _FEET)) if top > high // 2]
    room = (edge, edge, wide - edge, min([*feet, high - edge]))
    ways = [_pushed(box, order, others, room) for order in ((0, 2, 1, 3), (1, 3, 0, 2))]
    return max(ways, key=lambda found: (found[2] - found[0]) * (found[3] - found[1]))


def _around(layout: Any, place: Any, slide: tuple[int, int]) -> Iterator[Rectangle]:  # noqa: ANN401
    """Yield what stands on a layout besides its picture: places, and marks of the layout and its master."""
    for shape in layout.placeholders:
        if shape.placeholder_format.idx != place.placeholder_format.idx:
            yield _box(shape)
    yield from _marks(layout)


def _marks(layout: Any) -> Iterator[Rectangle]:  # noqa: ANN401
    """Yield what is drawn on a layout and on its master: bands, lines, logos."""
    for sheet in (layout, layout.slide_master):
        for shape in sheet.shapes:
            if not shape.is_placeholder and None not in (shape.left, shape.top, shape.width, shape.height):
                yield _box(shape)


def _crossed(layout: Any, box: Rectangle) -> bool:  # noqa: ANN401
    """Return whether a mark lies across a box: it meets it and is no ground of the whole of it."""
    return any(
        _meet(mark, box) and (mark[0] > box[0] or mark[1] > box[1] or mark[2] < box[2] or mark[3] < box[3])
        for mark in _marks(layout)
    )


def _meet(one: Rectangle, two: Rectangle) -> bool:
    return one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]


def _pushed(box: Rectangle, order: Sequence[int], others: Sequence[Rectangle], room: Rectangle) -> Rectangle:
    """Return a box whose sides are pushed out, one after the other, to what stands in their way."""
    found, gap = list(box), (room[2] - room[0]) // 80
    for side in order:
        across = 1 - side % 2
        stops = [room[side]]
        for other in others:
            if other[across] < found[across + 2] and found[across] < other[across + 2]:
                if side < _TWO and other[side + 2] <= box[side]:
                    stops.append(other[side + 2] + gap)
                elif side >= _TWO and other[side - 2] >= box[side]:
                    stops.append(other[side - 2] - gap)
        found[side] = min(max(stops), found[side]) if side < _TWO else max(min(stops), found[side])
    return found[0], found[1], found[2], found[3]


def fill_place(shape: Any, place: Any) -> None:  # noqa: ANN401
    """Make a chart, a table or a picture the content of a layout's place: it goes where the layout goes."""
    held = shape._element.xpath(".//p:nvPr")[0]
    for old in held.xpath("./p:ph"):
        held.remove(old)
    held.insert(0, copy.deepcopy(place._element.xpath(".//p:nvPr/p:ph")[0]))


def clone_place(slide: Any, place: Any, box: Rectangle | None = None) -> Any:  # noqa: ANN401
    """Return a place of a slide's layout put on the slide, in a box of its own if one is given.

    Parameters
    ----------
    slide, place
        Where to, and of its layout.
    box
        Left, top, right, bottom, EMU.
    """
    slide.shapes.clone_placeholder(place)
    made = next(one for one in slide.placeholders if one.placeholder_format.idx == place.placeholder_format.idx)
    if box is not None:
        left, top, right, bottom = box
        made.left, made.top, made.width, made.height = (
            Emu(one) for one in (left, top, right - left, bottom - top)
        )
    return made


def plain_paragraph(paragraph: Any) -> None:  # noqa: ANN401
    """Take the bullet and the indent off a paragraph of a body place."""
    told = paragraph._p.get_or_add_pPr()
    told.set("marL", "0")
    told.set("indent", "0")
    told.insert_element_before(OxmlElement("a:buNone"), "a:tabLst", "a:defRPr", "a:extLst")
