"""Fonts that surely have Chinese glyphs, and text made fit to be drawn."""

from __future__ import annotations

import importlib.util
import unicodedata
from functools import cache
from pathlib import Path

from matplotlib.font_manager import FontProperties, fontManager, get_font
from matplotlib.ft2font import LoadFlags

_LONGEST = 80
_ELSEWHERE = ("Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", "SimHei")


@cache
def font_path() -> Path:
    """Return the font file: the one of the installed font package, else one the system has.

    Raises
    ------
    LookupError
        There is none at all.
    """
    package = importlib.util.find_spec(
        "zhplot"
    )  # found, never imported: its code changes matplotlib for everybody
    if package is not None and package.origin:
        path = Path(package.origin).parent / "fonts" / "NotoSansSC-Regular.ttf"
        if path.is_file():
            return path
    for entry in fontManager.ttflist:
        if entry.name in _ELSEWHERE:
            return Path(entry.fname)
    raise LookupError("no font with Chinese glyphs")


@cache
def font(size: float) -> FontProperties:
    """Return the font at a size in points."""
    return FontProperties(fname=str(font_path()), size=size)


@cache
def _glyphs() -> frozenset[int]:
    return frozenset(get_font(str(font_path())).get_charmap())


@cache
def _advance_em(character: str) -> float:
    face = get_font(str(font_path()))
    face.set_size(100, 72)
    return float(face.load_char(ord(character), flags=LoadFlags.NO_HINTING).linearHoriAdvance) / 65536 / 100


def width_em(text: str) -> float:
    """Return how wide a line of the font is, in ems (multiples of its size).

    Examples
    --------
    >>> round(width_em("规划"), 3)
    2.0
    """
    return sum(map(_advance_em, text))


def drawable(text: object, *, longest: int = _LONGEST) -> str:
    r"""Return text that can be drawn as it reads: no control characters, no missing glyph, not endless.

    Examples
    --------
    >>> drawable("a\u202eb\nc")
    'ab c'
    """
    out = []
    for character in str(text)[: longest * 4]:
        kind = unicodedata.category(character)
        if kind in ("Zs", "Zl", "Zp") or character in "\n\t\r":
            out.append(" ")
        elif kind in ("Cc", "Cf", "Cs", "Co", "Cn"):
            continue
        else:
            out.append(character if ord(character) in _glyphs() else "□")
    plain = "".join(out).strip()
    return plain if len(plain) <= longest else plain[: longest - 1] + "…"
