"""Lines of a title that goes on: about equally long, broken where one pauses, no word and no amount apart."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from unicodedata import east_asian_width

from briefings.map.fonts import width_em
from briefings.map.lettering import wrap_text

_OPENING, _CLOSING = "“‘「『《〈【（", "”’」』》〉】）"
_PAUSES, _WEAK = "，；：、。;:,", 3  # letters of a word that ends no line
_AFTER_PAUSE, _BETWEEN_WORDS, _AFTER_WEAK, _WITHIN, _IN_UNIT = 0.0, 1.0, 2.0, 7.0, 14.0  # a break's blame
_WIDER = 1.28  # other fonts' Latin letters, bold too; Chinese ones are as wide in every font
_MARKED = re.compile(
    r"“[^”]*”|‘[^’]*’|「[^」]*」|『[^』]*』|《[^》]*》|〈[^〉]*〉|【[^】]*】|（[^）]*）|\([^)]*\)|\"[^\"]*\""
)
_SHORT_EM = 10.0  # of what stands in quotation marks or brackets, that no line breaks
_UNIT = 3  # letters back to a number, in which its unit is not over
_ANOTHER_LINE, _UNEVEN = 1.2, 6.0  # blame of a line more than must be, and of an empty one
_Ways = dict[tuple[int, int], tuple[float, tuple[str, ...]]]  # blame and lines, by where they end and how many


@lru_cache(maxsize=1024)
def even_title(text: str, ems: float, most: int) -> tuple[float, tuple[str, ...]]:
    """Return a title in at most so many lines, none wider than ``ems``, with what they are blamed for.

    The less blame, the better they read: endless where that cannot be. Lines with nothing between are the title.

    Examples
    --------
    >>> even_title("空间轴线：科技创新大走廊、产城融合发展带", 10.5, 4)[1]
    ('空间轴线：', '科技创新大走廊、', '产城融合发展带')
    >>> even_title("Zones and areas: 15 of 38 are Industrial and theme parks", 14, 4)[1]
    ('Zones and areas: ', '15 of 38 are Industrial ', 'and theme parks')
    >>> even_title("已覆盖 661.02\u00a0公顷", 7.5, 3)[1][0], even_title("Green is 6 %", 11, 3)
    ('已覆盖 ', (0.0, ('Green is 6 %',)))
    >>> even_title("Green is 6 %", 1, 2)[0]
    inf
    >>> even_title("示范区“十四五”规划要图要数", 9, 3)[1]
    ('示范区“十四五”', '规划要图要数')
    """
    if _wide_em(text, text) <= ems:
        return 0.0, (text,)
    fewest = max(len(wrap_text(text, ems / _WIDER)), 2)
    ways: _Ways = {(0, 0): (0.0, ())}
    ends = _ends(text)
    for at, end in enumerate(ends):
        for begin in (0, *ends[:at]):
            wide = _wide_em(text[begin:end], text)
            if wide <= ems:
                blame = _UNEVEN * (1 - wide / ems) ** 2 + _blame(text, end)
                _extend(ways, text[begin:end], (begin, end), blame, most=min(fewest + 1, most))
    found = [
        (told + _ANOTHER_LINE * count, lines) for (end, count), (told, lines) in ways.items() if end == len(text)
    ]
    return min(found, default=(math.inf, (text,)))


def _extend(ways: _Ways, line: str, at: tuple[int, int], blame: float, *, most: int) -> None:
    """Add the ways to break a text that end with a line.

    Parameters
    ----------
    ways
        All that end before it; the best of each kind is kept.
    line, at, blame
        The line, where it begins and ends, and its own blame.
    most
        How many lines there may be.
    """
    for count in range(most):
        before, key = ways.get((at[0], count)), (at[1], count + 1)
        if before is not None and (key not in ways or before[0] + blame < ways[key][0]):
            ways[key] = before[0] + blame, (*before[1], line)


def _ends(text: str) -> list[int]:
    """Return where a line of a text may end: behind a word with its space, or a Chinese letter."""
    out, at = list[int](), 0
    for piece in wrap_text(text, 0.0):
        at = text.index(piece, at)
        out.append(at)
        at += len(piece)
    return [*out[1:], len(text)]


def _wide_em(line: str, text: str) -> float:
    """Return how wide a line of a text is in fonts that may be wider than ours."""
    line = line.rstrip()
    chinese = sum(east_asian_width(one) in "WF" for one in line)
    return max(width_em(line, among=text), chinese + (width_em(line, among=text) - chinese) * _WIDER)


def _blame(text: str, at: int) -> float:
    """Return what a break before a place of a text is blamed for."""
    before = text[:at].rstrip(" ")
    if any(one.start() < at < one.end() and _wide_em(one[0], text) <= _SHORT_EM for one in _MARKED.finditer(text)):
        return _IN_UNIT
    if at == len(text) or before[-1:] in _PAUSES:
        return _AFTER_PAUSE
    if text[at - 1] != " ":
        if "\u00a0" in before[-_UNIT:]:
            return _IN_UNIT
        return _BETWEEN_WORDS if before[-1] in _CLOSING or text[at] in _OPENING else _WITHIN
    last = before.replace("\u00a0", " ").split(" ")[-1]
    weak = len(last) <= _WEAK and last.isalpha() and not any(east_asian_width(one) in "WF" for one in last)
    return _AFTER_WEAK if weak else _BETWEEN_WORDS
