"""Longitudes and latitudes as people write them: degrees, minutes and seconds, hemispheres, zh and en."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from typing import Literal

from geo.text import Text
from layers.imports.draft import Undecided

Axis = Literal["", "x", "y"]
_MARKS = str.maketrans(
    {
        "º": "°",
        "˚": "°",
        "∘": "°",
        "度": "°",
        "分": "'",
        "秒": '"',
        "′": "'",
        "’": "'",
        "‘": "'",
        "`": "'",
        "´": "'",
        "″": '"',
        "”": '"',
        "“": '"',
        "＂": '"',
        "＇": "'",
        "：": ":",
        "－": "-",
        "−": "-",
        "．": ".",
        "　": " ",
        "\u00a0": " ",
        "〃": '"',
    }
)
_TURN, _LOOKED = 180, 200
_LONGEST = 60  # characters: a longer text is no angle, and would keep the expressions busy
_SIDES = {"东经": "E", "西经": "W", "北纬": "N", "南纬": "S", "东": "E", "西": "W", "北": "N", "南": "S"}
_WORDS_OF_SIDES = {
    **_SIDES,
    "E": "E",
    "W": "W",
    "N": "N",
    "S": "S",
    "EAST": "E",
    "WEST": "W",
    "NORTH": "N",
    "SOUTH": "S",
}
_SIGNS = {"E": (1.0, "x"), "W": (-1.0, "x"), "N": (1.0, "y"), "S": (-1.0, "y")}
_NUMBER = r"\d+(?:\.\d+)?"
_DMS = re.compile(
    rf"^(?P<sign>[-+]?)\s*(?P<d>{_NUMBER})\s*(?P<mark>°|d|deg|[:\- ])?\s*"
    rf"(?:(?P<m>{_NUMBER})\s*(?:'|m|min|[:\- ])?\s*(?:(?P<s>{_NUMBER})\s*(?:\"|''|s|sec)?)?)?$",
    re.IGNORECASE,
)
_PACKED = re.compile(r"^(?P<sign>[-+]?)(?P<d>\d{2,3})(?P<m>\d{2})(?P<s>\d{2}(?:\.\d+)?)$")


def _without_side(word: str) -> tuple[str, str]:
    """Return a word without the hemisphere it begins or ends with, and the hemisphere's letter."""
    for zh, letter in _SIDES.items():
        if word.startswith(zh) or word.endswith(zh):
            return word.removeprefix(zh).removesuffix(zh).strip(" :"), letter
    upper = word.upper()
    for letter in "NSEW":
        if upper.startswith(letter) or (upper.endswith(letter) and not upper.endswith("DEG")):
            if upper.endswith("S") and not upper.startswith("S") and re.search(r"\d\s*s$", word):
                continue  # 05.4s are seconds; south is written S
            return (word[1:] if upper.startswith(letter) else word[:-1]).strip(" :"), letter
    return word, ""


def parse_angle(text: str) -> tuple[float, Axis]:
    r"""Return a text as decimal degrees and the axis its hemisphere names; NaN when it is no angle.

    Examples
    --------
    >>> parse_angle("东经120度18分5.4秒")
    (120.3015, 'x')
    >>> parse_angle("31°54'03.6\"N"), parse_angle("75-60-00")
    ((31.901, 'y'), (nan, ''))
    """
    if len(text) > _LONGEST:
        return math.nan, ""
    word = unicodedata.normalize("NFKC", text.translate(_MARKS)).translate(_MARKS).strip()
    if any(mark in word for mark in "°'\""):  # 36,5″: among marks a comma can only be the decimal sign
        word = re.sub(r"(?<=\d),(?=\d)", ".", word)
    word, side = _without_side(word)
    found = _DMS.match(word)
    if found is None:
        return math.nan, ""
    value = _value(found)
    if found["m"] is not None and "." in found["d"]:
        return math.nan, ""  # 120.5°18' says two things
    if not side:
        return value, ""
    sign, axis = _SIGNS[side]
    return (value * sign if found["sign"] != "-" else math.nan), "x" if axis == "x" else "y"


def side_of(text: str) -> str:
    """Return the letter of a hemisphere that a text is the name of, empty when it is none.

    Examples
    --------
    >>> side_of("西经"), side_of("s"), side_of("Wuxi")
    ('W', 'S', '')
    """
    word = text.strip().upper()
    return _WORDS_OF_SIDES.get(word, "")


def parse_packed(text: str) -> float:
    """Return degrees of ``dddmmss.s`` without marks, as survey tables write them; NaN when it is none.

    Examples
    --------
    >>> parse_packed("1201805.4")
    120.3015
    """
    found = None if len(text) > _LONGEST else _PACKED.match(text.translate(_MARKS).strip())
    return _value(found) if found else math.nan


def packed_question(name: str, columns: Sequence[Sequence[str]]) -> list[Undecided]:
    """Return what is asked where columns called longitude and latitude hold no degrees, and may be ``dddmmss``.

    Parameters
    ----------
    name
        Of the first of them.
    columns
        Their texts.
    """
    known = [text for texts in columns for text in texts if text][:_LOOKED]
    if not known or not all(abs(parse_packed(text)) <= _TURN for text in known):
        return []
    zh = f"列 {name} 的值（如 {known[0]}）不是度数：可能是不带标记的度分秒（dddmmss），也可能是米，请说明坐标写法"
    en = f"the values of column {name}, such as {known[0]}, are no degrees: degrees, minutes and seconds without "
    text = Text(zh, f"{en}marks (dddmmss), or metres; say how they are written")
    return [Undecided("notation", text, ("packed", "metres"))]


def is_marked(text: str) -> bool:
    """Tell whether a text is an angle that no plain number is: with marks, a hemisphere or several parts."""
    value, axis = parse_angle(text)
    return not math.isnan(value) and (bool(axis) or not re.fullmatch(rf"[-+]?{_NUMBER}", text.strip()))


def _value(found: re.Match[str]) -> float:
    degrees, minutes, seconds = float(found["d"]), float(found["m"] or 0), float(found["s"] or 0)
    if minutes >= 60 or seconds >= 60 or degrees > 360:
        return math.nan
    value = round(degrees + minutes / 60 + seconds / 3600, 12)
    return -value if found["sign"] == "-" else value
