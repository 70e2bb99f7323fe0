"""Lines of letters: broken where words end, cut where there is no room, by the font's own widths."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from matplotlib.figure import Figure
from matplotlib.patheffects import Stroke
from matplotlib.text import Text
from matplotlib.textpath import TextPath

from briefings.map.fonts import drawable_text, sized_font, width_em
from layers.units import CURRENCIES, MONEY_SCALES, UNITS

ELLIPSIS = "…"
_BOLD_EM = 0.05  # wider than a regular stroke
_LONGEST = 1000  # characters looked at
_CLOSING, _HOLDING = "，。、；：）”’！？》】)]", "（“‘《【([\u00a0"  # no line begins or ends with them
_UNITS = {one.zh for one in UNITS.values()} | {
    f"{scale}{one}" for scale in MONEY_SCALES for one in CURRENCIES.values()
}
_LONGEST_FIRST = "|".join(sorted(filter(str.strip, _UNITS), key=len, reverse=True))
_AFTER_NUMBER = re.compile(rf"(?:(?<=\d)|(?<=\d\s))(?:{_LONGEST_FIRST})")


def put_line(
    sheet: Figure, text: str, at: tuple[float, float], *, points: float, color: str, right: bool = False
) -> Text:
    """Write one line on a sheet with its upper edge at a place; returns what was drawn.

    Parameters
    ----------
    sheet
        Where to.
    text
        One line.
    at
        Left (or right) and upper edge as parts of the sheet, from its upper left corner.
    points
        Height of the letters.
    color
        As matplotlib reads it.
    right
        Whether ``at`` is the right edge.
    """
    side = "right" if right else "left"
    letters = sized_font(points, text)
    return sheet.text(at[0], 1 - at[1], text, fontproperties=letters, color=color, va="top", ha=side)


def bold_line(sheet: Figure, text: str, at: tuple[float, float], *, points: float, color: str) -> Text:
    """Write one line in bold letters on a sheet (`put_line`); returns the letters.

    Parameters
    ----------
    sheet, text, at
        As for ``put_line``.
    points, color
        Height and colour of the letters.
    """
    made = put_line(sheet, text, at, points=points, color=color)
    embolden_text(made)
    return made


def embolden_text(letters: Text, part: tuple[int, int] | None = None) -> None:
    """Make letters bold: their outline once more, as wide as a bold stroke is; they stay text in a file.

    The outline is no text of a sheet or of its axes: what is read is there once.

    Parameters
    ----------
    letters
        One line on a sheet.
    part
        Which of its letters, from the first to the one before the second; all of them where None. Such a line
        begins at its place.
    """
    size, line = float(letters.get_fontsize()), letters.get_text()
    again = [Stroke(linewidth=_BOLD_EM * size)]
    sheet = letters.get_figure(root=True)
    assert isinstance(sheet, Figure)
    first, after = part or (0, len(line))
    x, y = letters.get_position()
    if first:
        x += (
            (_end_points(letters, 0, after) - _end_points(letters, first, after))
            / 72
            / float(sheet.get_figwidth())
        )
    outline = Text(x, y, line[first:after])
    outline.update_from(letters)
    outline.set(path_effects=again, gid=None)
    sheet.add_artist(outline)


def _end_points(letters: Text, first: int, after: int) -> float:
    """Return where some of a line's letters end, points from where they begin, as a file sets them."""
    font = letters.get_fontproperties()
    path = TextPath((0, 0), letters.get_text()[first:after], size=float(letters.get_fontsize()), prop=font)
    return float(path.get_extents().x1)


def wrap_text(text: str, ems: float) -> list[str]:
    """Break text into lines of a width in ems; Chinese breaks anywhere, other scripts between words.

    Examples
    --------
    >>> wrap_text("来源：规划第二章", 4)
    ['来源：规', '划第二章']
    >>> wrap_text("投资 30.29 亿美元", 7)  # a unit is one word
    ['投资 30.29', '亿美元']
    """
    lines, line, used = [], "", 0.0
    for word in _words(text):
        width = width_em(word.rstrip(), among=text)
        if line and used + width > ems:
            lines.append(line.rstrip())
            line, used = "", 0.0
        line, used = line + word, used + width_em(word, among=text)
    return [*lines, line.rstrip()] if line.strip() else lines


def fit_line(text: str, ems: float, *, lines: int = 1) -> list[str]:
    """Return at most so many lines of a width in ems; what is left out shows as an ellipsis.

    Examples
    --------
    >>> fit_line("滨江国际社区与滨江公园", 6)
    ['滨江国际社…']
    """
    return list(_fitting(text, ems, lines))


@lru_cache(maxsize=8192)
def _fitting(text: str, ems: float, lines: int) -> tuple[str, ...]:
    found = wrap_text(drawable_text(text, longest=_LONGEST), ems)
    kept = found[:lines]
    if kept:
        kept = [_cut(one, ems) if width_em(one) > ems else one for one in kept]
        if len(found) > lines and not kept[-1].endswith(ELLIPSIS):
            kept[-1] = _cut(kept[-1] + " ", ems)
    return tuple(kept)


def break_evenly(text: str, ems: float, *, lines: int) -> list[str]:
    """Return at most so many lines that are about equally long, none wider than ``ems``.

    Examples
    --------
    >>> break_evenly("滨海新城国际产业园项目", 8, lines=2)
    ['滨海新城国际', '产业园项目']
    """
    return list(_even(text, ems, lines))


@lru_cache(maxsize=8192)
def _even(text: str, ems: float, lines: int) -> tuple[str, ...]:
    found = _fitting(text, ems, lines)
    if not len(found) > 1 or found[-1].endswith(ELLIPSIS):
        return found
    widest = max(width_em(word.rstrip()) for word in _words(drawable_text(text, longest=_LONGEST)))
    narrow = max(sum(map(width_em, found)) / len(found), widest)
    while narrow < ems:
        tried = _fitting(text, narrow, lines)
        if len(tried) == len(found) and not tried[-1].endswith(ELLIPSIS):
            return tried
        narrow += 0.5
    return found


def _cut(line: str, ems: float) -> str:
    line = line[:-1]
    while line and width_em(line + ELLIPSIS) > ems:
        line = line[:-1]
    return line.rstrip() + ELLIPSIS


@lru_cache(maxsize=8192)
def _words(text: str) -> tuple[str, ...]:
    words: list[str] = []
    units = {i for found in _AFTER_NUMBER.finditer(text) for i in range(found.start() + 1, found.end())}
    for i, c in enumerate(text):
        joins = words and not _wide(c) and not _wide(words[-1][-1]) and words[-1][-1] != " "
        if joins or i in units or (words and (c in _CLOSING or words[-1][-1] in _HOLDING)):
            words[-1] += c
        else:
            words.append(c)
    return tuple(words)


def _wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"
