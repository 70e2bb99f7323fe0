"""What kinds of pictures there are, how large one is, and how exact the coordinates of a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from geo.errors import PlanAtlasError

_MM_PER_INCH = 25.4
LEAST_POINTS, SLIDE_POINTS = 7.0, 10.0  # of any text on A4, on a slide
_LEAST_PIXELS = 11  # of the letters of a picture for a screen
MOST_PIXELS = 40_000_000
DECIMALS = (3, 9)
MOST_SHEETS = 500  # of an atlas
DPI = (50, 1200)
PictureKind = Literal["png", "svg", "pdf", "jpg"]
TYPES: Mapping[PictureKind, str] = {
    "png": "image/png",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
}


class BadSize(PlanAtlasError):
    """A picture's size is not known or not sensible."""

    code = "bad_size"
    zh = (
        "图幅 {found} 无效。可用：{known}，或写 1920x1080（像素）、297x210mm；"
        "每边 200 至 12000 像素，总计不超过 4000 万像素（毫米图幅按 dpi 换算）。"
    )
    en = (
        "The size {found} is not valid. Use {known}, or 1920x1080 (pixels), or 297x210mm; 200 to 12,000 "
        "pixels a side and 40 million in all."
    )


@dataclass(frozen=True)
class Size:
    """Width and height in pixels, and pixels per inch; on paper a map has a scale, on a screen it has none.

    ``letters`` makes text larger than usual, for pictures that are seen small.
    """

    width: int
    height: int
    dpi: float = 96.0
    paper: bool = False
    letters: float = 1.0

    @property
    def points(self) -> float:
        """Size of the text: it grows with the picture's shorter side; on a screen it has 11 pixels at least."""
        least = LEAST_POINTS if self.paper else max(6.0, _LEAST_PIXELS * 72 / self.dpi)
        return max(least, min(self.width, self.height) / self.dpi * 1.15) * self.letters

    @property
    def least_points(self) -> float:
        """Size below which no text of it goes: 7 on paper and slides, more where it is seen small."""
        least = LEAST_POINTS * max(self.letters, 1.0)
        return least if self.paper else min(least, self.points)

    @property
    def listed(self) -> bool:
        """Whether numbers with a list stand on it: on paper, and on slides, where a list can be read."""
        return self.paper or self.least_points >= SLIDE_POINTS

    @property
    def legend_points(self) -> float:
        """Size of the legend's text where there is room."""
        return max(self.points * 0.9, self.least_points)


def paper_size(width: float, height: float, *, dpi: float = 200.0) -> Size:
    """Return a paper size; the picture is drawn at ``dpi``."""
    return Size(round(width / _MM_PER_INCH * dpi), round(height / _MM_PER_INCH * dpi), dpi, paper=True)


PRESETS: Mapping[str, Size] = {
    "slide": Size(1920, 1080, 144, letters=1.43),  # no letter below 10 points
    "a4-landscape": paper_size(297, 210),
    "a4-portrait": paper_size(210, 297),
    "a3-landscape": paper_size(420, 297),
    "a3-portrait": paper_size(297, 420),
    "social": Size(1200, 630, 110, letters=1.3),
}


class BadDpi(PlanAtlasError):
    """A picture cannot have that many pixels per inch."""

    code = "bad_dpi"
    zh = "dpi={found} 无效：应为 {least} 至 {most} 的整数；屏幕 96–144，印刷 200–300。"
    en = "dpi={found} is not valid: a whole number from {least} to {most}; 96–144 for screens, 200–300 for print."


def read_dpi(text: str) -> float:
    """Return pixels per inch.

    Raises
    ------
    BadDpi
        It is not a whole number from 50 to 1200.
    """
    least, most = DPI
    if not (text.isascii() and text.isdigit() and least <= int(text[:5]) <= most):
        raise BadDpi(found=text[:20], least=least, most=most)
    return float(int(text))


def read_size(text: str, dpi: str = "") -> Size:
    """Return a size by its name, in pixels or in millimetres.

    Parameters
    ----------
    text
        ``slide`` and so on, ``1920x1080`` (pixels), ``297x210mm``.
    dpi
        Pixels per inch: on paper more of them make the picture finer, in a size in pixels they make text and
        lines larger. The size's own if not said.

    Raises
    ------
    BadSize
        It is none of these, or too small or large.
    BadDpi
        The number of pixels per inch is not sensible.

    Examples
    --------
    >>> read_size("slide").width, read_size("254x127mm").width, read_size("254x127mm", "300").width
    (1920, 2000, 3000)
    """
    wanted = read_dpi(dpi) if dpi else 0.0
    found = PRESETS.get(text)
    if found is not None and wanted:
        scale = wanted / found.dpi if found.paper else 1.0
        found = replace(found, width=round(found.width * scale), height=round(found.height * scale), dpi=wanted)
    if found is None:
        paper = text.endswith("mm")
        parts = text.removesuffix("mm").split("x")
        if len(parts) != 2 or not all(p.isascii() and p.isdigit() and len(p) <= 5 for p in parts):
            raise BadSize(found=text[:40], known=", ".join(PRESETS))
        width, height = (int(p) for p in parts)
        usual = wanted or max(72.0, min(width, height) / 7.5)
        found = paper_size(width, height, dpi=wanted or 200.0) if paper else Size(width, height, usual)
    if not all(200 <= side <= 12_000 for side in (found.width, found.height)):
        raise BadSize(found=text[:40], known=", ".join(PRESETS))
    if found.width * found.height > MOST_PIXELS:
        raise BadSize(found=text[:40], known=", ".join(PRESETS))
    return found


class NoSheets(PlanAtlasError):
    """A layer has no placed feature, or more than an atlas holds."""

    code = "no_sheets"
    zh = "图层“{layer}”有 {count} 个已上图的要素：图集每册 1 至 {most} 幅。"
    en = "The layer “{layer}” has {count} placed features: an atlas holds 1 to {most} sheets."


class BadDecimals(PlanAtlasError):
    """Coordinates cannot have that many decimals."""

    code = "bad_decimals"
    zh = "decimals={found} 无效：坐标小数位数应为 {least} 至 {most} 的整数（6 位约 0.1 米）。"
    en = "decimals={found} is not valid: a whole number from {least} to {most} is expected (6 is about 0.1 m)."


def read_decimals(text: str) -> int:
    """Return a number of decimals of a degree.

    Raises
    ------
    BadDecimals
        It is not a whole number from 3 to 9.
    """
    least, most = DECIMALS
    if not (text.isascii() and text.isdigit() and least <= int(text[:4]) <= most):
        raise BadDecimals(found=text[:20], least=least, most=most)
    return int(text)
