"""Chinese names as they are typed on a Latin keyboard: in full (changdian) and by initials (cd)."""

from __future__ import annotations

import os
import re
import unicodedata
from functools import cache

_MOST_READINGS = 2  # of one character: the rarer ones are hardly ever meant
_PIECES = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+")  # a character, or a run of letters
_LONGEST = 24  # characters: what is longer is a text, not a name


@cache
def character_readings(character: str) -> tuple[str, ...]:
    """Return a character's readings without tones, the usual one first; none for what is no Chinese character.

    Examples
    --------
    >>> character_readings("长"), character_readings("绿")[0], character_readings("a")
    (('zhang', 'chang'), 'lv', ())
    """
    told = _dictionary().get(ord(character), "")
    plain = dict.fromkeys(_without_tone(one) for one in told.split(",") if one)
    return tuple(plain)[:_MOST_READINGS]


@cache
def _dictionary() -> dict[int, str]:
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")  # 47,000 phrases that nothing here asks for
    from pypinyin.pinyin_dict import pinyin_dict  # noqa: PLC0415 - read where somebody searches

    return dict(pinyin_dict)


def _without_tone(syllable: str) -> str:
    letters = unicodedata.normalize("NFD", syllable).replace("u\u0308", "v")
    return "".join(one for one in letters if one.isascii() and one.isalpha())


def name_spellings(name: str) -> list[tuple[str, ...]]:
    """Return how a name is typed, a syllable each: the usual readings, then one other at a time.

    Latin letters and digits stand for themselves; marks and spaces are left out. Nothing for a name in Latin
    letters alone, or for one longer than 24 characters.

    Examples
    --------
    >>> name_spellings("长电")
    [('zhang', 'dian'), ('chang', 'dian')]
    """
    if len(name) > _LONGEST or name.isascii():
        return []
    each = [(character_readings(one) if len(one) == 1 else ()) or (one,) for one in _PIECES.findall(name)]
    usual = tuple(one[0] for one in each)
    others = [(*usual[:at], other, *usual[at + 1 :]) for at, one in enumerate(each) for other in one[1:]]
    return [usual, *others] if usual else []
