"""Fonts that surely have Chinese glyphs, and text made fit to be drawn."""

from __future__ import annotations

import importlib.util
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from matplotlib.font_manager import FontEntry, FontProperties, fontManager, get_font
from matplotlib.ft2font import LoadFlags
from matplotlib.path import Path as Outline
from matplotlib.textpath import text_to_path

_LONGEST = 80
# Letters as letters, that can be searched. matplotlib 3.11 asks the setting of PostScript how many glyphs one
# embedded font holds: with the usual 3 it cuts the same font out once for every 256 of them, a second each.
FONT_STYLE: Mapping[str, int] = {"pdf.fonttype": 42, "ps.fonttype": 42}
_QUOTES, _QUOTE_EM = frozenset("“”‘’"), 0.45
_LATIN_WIDER = 1.08  # letters of the font that helps with quotation marks, beside the main one's
_ELSEWHERE = ("Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", "SimHei")
# Other Noto fonts (OFL), in packages that hold little else: marked Latin letters, Greek, Cyrillic; rarer Chinese
# characters and Korean; symbols; pictures.
_HELPING = (
    ("manimgx_fonts", "NotoSans[wght].ttf"),
    ("cvttf_NotoSansCJK_Regular", "NotoSansCJKtc-Regular.otf"),
    ("manimgx_fonts", "NotoSansSymbols[wght].ttf"),
    ("manimgx_fonts", "NotoEmoji[wght].ttf"),
)


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
def font_paths() -> tuple[Path, ...]:
    """Return the font files in the order they are asked for a glyph: the main one, then those that help out."""
    return (font_path(), *(path for path in map(_helping, _HELPING) if path.is_file()))


def _helping(place: tuple[str, str]) -> Path:
    package = importlib.util.find_spec(place[0])
    folders = list(package.submodule_search_locations or ()) if package is not None else []
    return Path(folders[0]) / place[1] if folders else Path()


def sized_font(size: float, text: str = "") -> FontProperties:
    """Return the font at a size in points, with help from others where it lacks a glyph of ``text``."""
    if _latin_quotes(text) and (latin := _helping(_HELPING[0])).is_file():
        return FontProperties(family=[_named(latin), _named(font_path())], size=size)
    if _glyphs(font_path()).issuperset(map(ord, text)):
        return _main_font(size)
    # a letter with a mark that the main font lacks would be put together from two fonts, askew: then all letters
    # of the line come from the font that has it
    order = [font_path(), *sorted(font_paths()[1:], key=lambda path: -_marked(path, text))]
    if _marked(order[1], text):
        order[:2] = order[1], order[0]
    return FontProperties(family=[_named(path) for path in order], size=size)


def _latin_quotes(text: str) -> bool:
    """Return whether a text without Chinese has quotation marks: the main font's are as wide as a character."""
    return not _QUOTES.isdisjoint(text) and not any(unicodedata.east_asian_width(c) in "WF" for c in text)


@cache
def _main_font(size: float) -> FontProperties:
    return FontProperties(fname=str(font_path()), size=size)


def _marked(path: Path, text: str) -> int:
    """Return how many marked letters of a text a font has that the main one lacks."""
    lacked = {c for c in text if unicodedata.decomposition(c) and ord(c) not in _glyphs(font_path())}
    return sum(ord(c) in _glyphs(path) for c in lacked)


@cache
def _named(path: Path) -> str:
    """Make a font known to matplotlib, before any of that name; returns its name."""
    name = str(get_font(str(path)).family_name)
    fontManager.ttflist.insert(0, FontEntry(fname=str(path), name=name))
    return name


@cache
def _glyphs(path: Path) -> frozenset[int]:
    return frozenset(get_font(str(path)).get_charmap())


def _font_of(character: str) -> Path | None:
    """Return the first font with a glyph; None when none has it."""
    return next((path for path in font_paths() if ord(character) in _glyphs(path)), None)


@cache
def _advance_em(character: str) -> float:
    face = get_font(str(_font_of(character) or font_path()))
    face.set_size(100, 72)
    return float(face.load_char(ord(character), flags=LoadFlags.NO_HINTING).linearHoriAdvance) / 65536 / 100


@lru_cache(maxsize=4096)
def text_outline(line: str) -> Outline:
    """Return the outline of a line's letters, standing at 0, in ems; kept, as the same names are on many maps."""
    corners, codes = text_to_path.get_text_path(sized_font(10.0, line), line)
    return Outline(np.asarray(corners, dtype=float).reshape(-1, 2) / text_to_path.FONT_SCALE, codes)


@lru_cache(maxsize=16_384)
def width_em(text: str, *, among: str = "") -> float:
    """Return how wide a line of the font is, in ems (multiples of its size).

    Parameters
    ----------
    text
        The line, or a part of it.
    among
        The text it is a part of: quotation marks are as wide as characters where there are any.

    Examples
    --------
    >>> round(width_em("规划"), 3)
    2.0
    """
    if _latin_quotes(among or text):  # its other words are in that letter, too
        return sum(_QUOTE_EM if c in _QUOTES else _advance_em(c) * _LATIN_WIDER for c in text)
    return sum(map(_advance_em, text))


def drawable_text(text: object, *, longest: int = _LONGEST) -> str:
    r"""Return text that can be drawn as it reads: no control characters, not endless.

    A character that no font has is named by its code, never drawn as an empty box.

    Examples
    --------
    >>> drawable_text("a\u202eb\nc"), drawable_text("\U0002fa1e\U000323af镇")
    ('ab c', '〔U+2FA1E〕〔U+323AF〕镇')
    """
    return _drawable(str(text)[: longest * 4], longest)


@lru_cache(maxsize=4096)
def _drawable(text: str, longest: int) -> str:
    out = []
    for character in text:
        kind = unicodedata.category(character)
        if kind in ("Zs", "Zl", "Zp") or character in "\n\t\r":
            out.append(" ")
        elif kind in ("Cc", "Cf", "Cs"):
            continue
        else:
            out.append(character if _font_of(character) else f"〔U+{ord(character):04X}〕")
    plain = "".join(out).strip()
    return plain if len(plain) <= longest else plain[: longest - 1] + "…"
