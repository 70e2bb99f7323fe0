"""How large a picture is, and how exact the coordinates of a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from geo.errors import PlanAtlasError

_MM_PER_INCH = 25.4
MOST_PIXELS = 40_000_000
DECIMALS = (3, 9)


class BadSize(PlanAtlasError):
    """A picture's size is not known or not sensible."""

    code = "bad_size"
    zh = (
        "图幅 {found} 无效。可用：{known}，或写 1920x1080（像素）、297x210mm；"
        "每边 200 至 12000 像素，总计不超过 4000 万像素。"
    )
    en = (
        "The size {found} is not valid. Use {known}, or 1920x1080 (pixels), or 297x210mm; 200 to 12,000 "
        "pixels a side and 40 million in all."
    )


@dataclass(frozen=True)
class Size:
    """Width and height in pixels, and pixels per inch."""

    width: int
    height: int
    dpi: float = 96.0


def millimetres(width: float, height: float, *, dpi: float = 200.0) -> Size:
    """Return a paper size; the picture is drawn at ``dpi``."""
    return Size(round(width / _MM_PER_INCH * dpi), round(height / _MM_PER_INCH * dpi), dpi)


PRESETS: Mapping[str, Size] = {
    "slide": Size(1920, 1080, 144),
    "a4-landscape": millimetres(297, 210),
    "a4-portrait": millimetres(210, 297),
    "a3-landscape": millimetres(420, 297),
    "a3-portrait": millimetres(297, 420),
    "social": Size(1200, 630, 110),
}


def read_size(text: str) -> Size:
    """Return a size by its name, in pixels or in millimetres.

    Raises
    ------
    BadSize
        It is none of these, or too small or large.

    Examples
    --------
    >>> read_size("slide").width, read_size("254x127mm").width
    (1920, 2000)
    """
    found = PRESETS.get(text)
    if found is None:
        paper = text.endswith("mm")
        parts = text.removesuffix("mm").split("x")
        if len(parts) != 2 or not all(p.isascii() and p.isdigit() and len(p) <= 5 for p in parts):
            raise BadSize(found=text[:40], known=", ".join(PRESETS))
        width, height = (int(p) for p in parts)
        found = millimetres(width, height) if paper else Size(width, height, max(72.0, min(width, height) / 7.5))
    if not all(200 <= side <= 12_000 for side in (found.width, found.height)):
        raise BadSize(found=text[:40], known=", ".join(PRESETS))
    if found.width * found.height > MOST_PIXELS:
        raise BadSize(found=text[:40], known=", ".join(PRESETS))
    return found


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
