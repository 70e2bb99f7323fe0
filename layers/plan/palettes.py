"""The palettes of land-use classes: one entry each, by which map, legend, sheet and command know it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from geo.text import Text
from layers.plan.catalog import LandClass

OFFICIAL, ACCESSIBLE, CALM, GREY = "official", "accessible", "calm", "grey"
_CHROMA, _LIGHTER = 0.62, 0.3  # of a calm colour: its share of the chroma, how far it goes towards white
_STRONG = 80.0  # chroma of a colour that is calmed in full
_WHITE, _LINEAR = 96.0, 0.008856
_SHADES = (95.0, 84.0, 73.0, 61.0, 48.0, 35.0)  # L* of grey fills, the lightest first
_XYZ = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
_RGB = ((3.2406, -1.5372, -0.4986), (-0.9689, 1.8758, 0.0415), (0.0557, -0.2040, 1.0570))
_D65 = (0.9505, 1.0, 1.089)


@dataclass(frozen=True)
class Palette:
    """A palette: its name, and the colour ``#rrggbb`` it gives a class. A ``printed`` one turns all else grey."""

    id: str
    label: Text
    color: Callable[[LandClass], str]
    printed: bool = False


def class_color(one: LandClass, palette: str) -> str:
    """Return the colour of a class in a palette; in one that is not known its official colour."""
    return PALETTES.get(palette, PALETTES[OFFICIAL]).color(one)


@lru_cache(maxsize=1024)
def lab_of(color: str) -> tuple[float, float, float]:
    """Return a colour ``#rrggbb`` in CIE L*a*b* (D65).

    Examples
    --------
    >>> [round(part) for part in lab_of("#ff0000")]
    [53, 80, 67]
    """
    parts = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    light = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    scaled = [
        sum(factor * part for factor, part in zip(row, light, strict=True)) / white
        for row, white in zip(_XYZ, _D65, strict=True)
    ]
    x, y, z = (t ** (1 / 3) if t > _LINEAR else 7.787 * t + 16 / 116 for t in scaled)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def color_of_lab(lightness: float, a: float, b: float) -> str:
    """Return the colour ``#rrggbb`` nearest to one of CIE L*a*b* (D65).

    Examples
    --------
    >>> color_of_lab(*lab_of("#8f6b2a")), color_of_lab(50.0, 0.0, 0.0)
    ('#8f6b2a', '#777777')
    """
    y = (lightness + 16) / 116
    scaled = [t**3 if t**3 > _LINEAR else (t - 16 / 116) / 7.787 for t in (y + a / 500, y, y - b / 200)]
    xyz = [t * white for t, white in zip(scaled, _D65, strict=True)]
    light = [sum(factor * part for factor, part in zip(row, xyz, strict=True)) for row in _RGB]
    parts = [12.92 * t if t <= 0.0031308 else 1.055 * t ** (1 / 2.4) - 0.055 for t in (max(t, 0.0) for t in light)]
    return "#" + "".join(f"{round(min(max(part, 0.0), 1.0) * 255):02x}" for part in parts)


def calm_color(color: str) -> str:
    """Return a colour calmed for screens and slides: less chroma, lighter; its hue stays, and so do pale colours.

    Examples
    --------
    >>> calm_color("#ffff00") != "#ffff00", calm_color("#ffffff")
    (True, '#ffffff')
    """
    lightness, a, b = lab_of(color)
    much = min(math.hypot(a, b) / _STRONG, 1.0)
    chroma = 1 - (1 - _CHROMA) * much
    return color_of_lab(lightness + _LIGHTER * much * (_WHITE - lightness), a * chroma, b * chroma)


def grey_color(color: str) -> str:
    """Return the grey as light as a colour."""
    return color_of_lab(lab_of(color)[0], 0.0, 0.0)


def _shade(color: str) -> str:
    lightness = lab_of(color)[0]
    return color_of_lab(min(_SHADES, key=lambda shade: abs(shade - lightness)), 0.0, 0.0)


# How a colour scheme is added: one entry here.
PALETTES: Mapping[str, Palette] = {
    one.id: one
    for one in (
        Palette(OFFICIAL, Text("制图规范配色", "official colours"), lambda one: one.color),
        Palette(ACCESSIBLE, Text("色觉友好配色", "colour-blind friendly"), lambda one: one.accessible),
        Palette(
            CALM, Text("柔和配色（屏幕、幻灯片）", "calm (screens, slides)"), lambda one: calm_color(one.color)
        ),
        Palette(
            GREY, Text("灰度（黑白打印）", "grey (for printing)"), lambda one: _shade(one.color), printed=True
        ),
    )
}
