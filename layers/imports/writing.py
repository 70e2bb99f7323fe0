"""How well a text reads in the writing of an encoding: letters of one script and one case a word, or kana, hangul.

Bytes read in a wrong encoding make words that nobody writes: signs between letters, capitals behind small letters,
scripts mixed. That, and not a language, is what is looked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_WORD = re.compile(r"[A-Za-z\u0080-\U0010ffff]+")
_BESIDE = "«»“”„‘’‚–—…·°²³№€§®©™\u00a0、。・「」（）：，"
_CYRILLIC, _GREEK = re.compile(r"[\u0400-\u04ff]+"), re.compile(r"[\u0370-\u03ff]+")
_JAPANESE, _KANA = re.compile(r"[\u3041-\u30ff\u4e00-\u9fff々〇\uff10-\uff5a]+"), re.compile(r"[\u3041-\u30fe]")
_HANGUL = re.compile(r"[\uac00-\ud7a3]+")
_LATIN = {
    "cp1252": "àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿœßªºžš",
    "cp1250": "áâăäąćçčďđéęëěíîłĺľńňóôőöřŕśšşťţúůűüýźžżß",
    "iso8859-2": "áâăäąćçčďđéęëěíîłĺľńňóôőöřŕśšşťţúůűüýźžżß",
    "cp1254": "âçğıîöşüûİß",
}
OTHERS = ("cp932", "cp949", "cp1251", "cp1253", "cp1252", "cp1250", "cp1254", "iso8859-2")
_FIRST_LEVEL = 0x98  # first byte of the less common characters of Shift JIS
_SMALL, _READS, _SOME, _ACCENTS, _KANA_SHARE = 0.6, 0.9, 0.3, 0.75, 0.15
_ENOUGH, _MANY = 4, 20
_SAMPLE = 200_000


def reads_as(text: str, name: str) -> float:
    """Return the share of the words beyond ASCII that are written as an encoding's languages are; 0 without any.

    Examples
    --------
    >>> reads_as("Парковая улица", "cp1251"), reads_as("Ïàðêîâàÿ óëèöà", "cp1252")
    (1.0, 0.0)
    """
    words = _foreign(text)
    return sum(_is_written(word, name) for word in words) / len(words) if words else 0.0


def sure_writing(texts: Mapping[str, str]) -> str:
    """Return the one encoding whose writing a text proves, of texts by encoding; empty where none is proved.

    Small letters of Cyrillic and Greek are bytes that hardly any common character of Chinese begins with, kana are
    of Japanese alone, and of common Chinese characters half are no hangul.

    Examples
    --------
    >>> raw = "Парковая улица".encode("cp1251")
    >>> sure_writing({name: raw.decode(name, "replace") for name in ("cp1251", "cp1253")})
    'cp1251'
    """
    for name in ("cp1251", "cp1253"):
        letters = [c for word in _foreign(texts.get(name, "")) for c in word]
        small = sum(c.islower() for c in letters)
        if (
            len(set(letters)) >= _ENOUGH
            and small >= _SMALL * len(letters)
            and reads_as(texts[name], name) >= _READS
        ):
            return name
    japanese = "".join(_foreign(texts.get("cp932", "")))
    kana = len(_KANA.findall(japanese))
    if kana >= _ENOUGH and kana >= _KANA_SHARE * len(japanese) and reads_as(texts["cp932"], "cp932") >= _READS:
        return "cp932"
    korean = set("".join(_foreign(texts.get("cp949", ""))))
    return "cp949" if len(korean) >= _MANY and reads_as(texts["cp949"], "cp949") == 1.0 else ""


def find_rivals(texts: Mapping[str, str]) -> list[str]:
    """Return the encodings of no Chinese that a text reads well in, the best first.

    Parameters
    ----------
    texts
        The text by encoding, where it can be read.
    """
    shares = {name: reads_as(texts[name], name) for name in OTHERS if name in texts}
    most = max(shares.values(), default=0.0)
    return [name for name in shares if shares[name] >= max(_SOME, most - 0.1)]


def chinese_rivals(texts: Mapping[str, str]) -> list[str]:
    """Return the encodings that a text which reads as Chinese reads in as well: as hangul, or in capitals.

    Parameters
    ----------
    texts
        The text by encoding, where it can be read.
    """
    found = []
    for name, least in (("cp949", 8), ("cp1251", 10), ("cp1253", 10)):
        letters = set("".join(_foreign(texts.get(name, ""))))
        if len(letters) >= least and reads_as(texts[name], name) == 1.0:
            found.append(name)
    return found


def _foreign(text: str) -> list[str]:
    return list(dict.fromkeys(word for word in _WORD.findall(text[:_SAMPLE]) if not word.isascii()))


def _is_written(word: str, name: str) -> bool:
    bare = word.strip(_BESIDE)
    if len(bare) < _SMALL * len(word) or not bare:
        return False
    if name == "cp932":
        return bool(_JAPANESE.fullmatch(bare)) and all(_is_first_level(c) for c in bare)
    if name == "cp949":
        return bool(_HANGUL.fullmatch(bare)) and _is_common_hangul(bare)
    if not (bare[1:] == bare[1:].lower() or bare == bare.upper()):
        return False
    if name in ("cp1251", "cp1253"):
        return bool((_CYRILLIC if name == "cp1251" else _GREEK).fullmatch(bare)) or bare.isascii()
    known = _LATIN.get(name, "")
    accents = [c for c in bare if not c.isascii()]
    return all(c in known or c.lower() in known for c in accents) and len(accents) <= _ACCENTS * max(len(bare), 2)


def _is_common_hangul(word: str) -> bool:
    try:
        word.encode("euc_kr")
    except UnicodeEncodeError:
        return False
    return True


def _is_first_level(c: str) -> bool:
    try:
        raw = c.encode("cp932")
    except UnicodeEncodeError:
        return False
    return len(raw) == 1 or raw[0] < _FIRST_LEVEL
