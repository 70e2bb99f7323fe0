"""How a sheet of a workbook is printed: A4, as wide as the page, with what it holds and the page's number."""

from __future__ import annotations

import re
from collections.abc import Sequence

from xlsxwriter.worksheet import Worksheet

from layers.messages import say

_A4, _MOST, _MOST_LINES = 9, 225, 3  # letters and lines of a header, of which a sheet takes 255 with its codes
_ACROSS, _UPRIGHT = 140, 94  # letters of a line of 10 points; Chinese ones are two
_UNPRINTED = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")  # no XML of a header holds them
_PICTURE = re.compile(r"&([Gg])")  # in a header it stands for a picture, also where it is no code
_BETWEEN, _CUT = " · ", 8
READABLE = 195  # letters of all columns across A4 at 8 points, the smallest that is read on paper
_SCALE = 73  # percent: 11 points become 8
_LINE, _TALLEST = 15, 400  # points of a line and of a row


def width_of(text: str) -> int:
    """Return how wide a text is in letters; Chinese ones are two.

    Examples
    --------
    >>> width_of("规划 5")
    6
    """
    return sum(2 if ord(c) > 0x2E7F else 1 for c in text)


def row_points(texts: Sequence[str], widths: Sequence[int]) -> int:
    """Return how high a row must be for its wrapped texts to be read whole, in points.

    Examples
    --------
    >>> row_points(["short", "twelve words"], [20, 8])
    30
    """
    lines = [
        sum(max(1, -(-width_of(line) // max(wide - 1, 1))) for line in text.splitlines() or [""])
        for text, wide in zip(texts, widths, strict=True)
    ]
    return min(_LINE * max(lines, default=1), _TALLEST)


def set_print(
    sheet: Worksheet, parts: Sequence[str], language: str, *, landscape: bool = True, wide: float = 0
) -> None:
    """Set a sheet up for A4: as wide as the page, its first row on each with what it holds and the page's number.

    A sheet too wide to be read on one page goes on beside it, its first column on each.

    Parameters
    ----------
    sheet
        The sheet.
    parts
        What it holds, part by part; the first goes first where not all have room, and what has none is counted.
    language
        ``zh`` or ``en``.
    landscape
        Whether the page lies across.
    wide
        Letters of all its columns, where it may be too wide to be read.
    """
    if landscape:
        sheet.set_landscape()
    lines = head_lines(parts, _ACROSS if landscape else _UPRIGHT, language)
    sheet.set_paper(_A4)
    if wide > READABLE:
        sheet.set_print_scale(_SCALE)
        sheet.repeat_columns(0, 0)
    else:
        sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_margins(left=0.5, right=0.5, top=0.55 + 0.18 * len(lines), bottom=0.7)
    told = "\n".join(lines)
    sheet.set_header(f"&L&10{' ' if told[:1].isdigit() else ''}{told}")
    sheet.set_footer("&R&P / &N")


def head_lines(parts: Sequence[str], wide: int, language: str) -> list[str]:
    """Return what a page's head says, in lines: every part whole, or else how many more the notes have.

    Parameters
    ----------
    parts
        What the sheet holds.
    wide
        How many letters a line takes.
    language
        ``zh`` or ``en``.

    Examples
    --------
    >>> head_lines(["Plan", "Projects", "Investment ≥ 1"], 20, "en")
    ['Plan · Projects', 'Investment ≥ 1']
    """
    left = [one for part in parts if (one := _PICTURE.sub(r"& \1", _UNPRINTED.sub(" ", part)).strip())]
    whole = len(left)
    lines = _lines(left, wide)
    while len(left) > 1 and not _has_room(lines):
        left = left[:-1]
        more = say("sheet_more_in_notes", count=whole - len(left))[language]
        lines = _lines([*left, more], wide)
    lines = lines[:_MOST_LINES]
    while not _has_room(lines):  # one part, longer than a page's head
        longest = max(range(len(lines)), key=lambda at: len(lines[at]))
        lines[longest] = lines[longest][: -_CUT - 1] + "…"
    return [line.replace("&", "&&") for line in lines]


def _has_room(lines: Sequence[str]) -> bool:
    return len(lines) <= _MOST_LINES and sum(len(one) + one.count("&") + 1 for one in lines) <= _MOST


def _lines(parts: Sequence[str], wide: int) -> list[str]:
    """Return parts in lines: several beside each other where they have room, a long one over several."""
    lines: list[str] = []
    for part in parts:
        joined = f"{lines[-1]}{_BETWEEN}{part}" if lines else part
        if lines and width_of(joined) <= wide:
            lines[-1] = joined
        else:
            lines += _broken(part, wide)
    return lines


def _broken(part: str, wide: int) -> list[str]:
    """Return a part in lines, broken between words where it has any."""
    lines, line = list[str](), ""
    for word in re.findall(r"[\u2e80-\uffff]|[^\s\u2e80-\uffff]+\s*|\s+", part):
        if line and width_of(line + word.rstrip()) > wide:
            lines.append(line.rstrip())
            line = ""
        line += word
    return [*lines, line.rstrip()] if line else lines
