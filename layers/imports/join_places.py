"""Names of places as people write them: 滨江, 滨江社区 and 滨江社区居委会 are one where nothing else is meant."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Set

_DASHES = re.compile("[\u2010-\u2015\u2212\uff0d]")
_WHOLE = re.compile(r"0*(\d+?)(?:\.0+)?")
_NUMBERED = re.compile(r"^\(?\d{1,3}(?:[.、)]|\.?\s)(?=[\u3400-\u9fff])")
_BEHIND = re.compile(r"\((?:本部|本级)\)$")
_ENDINGS = (
    ("community", ("社区居民委员会", "社区居委会", "居民委员会", "居委会", "社区")),
    ("village", ("村民委员会", "村委会", "行政村", "村")),
    ("subdistrict", ("街道办事处", "街道办", "街道")),
    ("town", ("镇人民政府", "镇政府", "镇")),
    ("number", ("号",)),
    ("township", ("乡人民政府", "乡政府", "乡")),
)
_SHORTEST = 2  # characters of a name without its ending


def loose_key(key: str) -> str:
    """Return what a key means however it is typed.

    Examples
    --------
    >>> loose_key("滨 江 社区"), loose_key("A-01"), loose_key("0101") == loose_key("101.0")
    ('滨江社区', 'a-01', True)
    """
    text = _DASHES.sub("-", unicodedata.normalize("NFKC", key)).casefold()
    text = "".join(one for one in text if not one.isspace() and unicodedata.category(one) != "Cf")
    whole = _WHOLE.fullmatch(text)
    return whole.group(1) if whole else text


def same_places(missing: Set[str], ours: Set[str], *, taken: Set[str]) -> dict[str, str]:
    """Return the layer's key of each of a table's that names the same place with another ending.

    Two names do where they are the same without their endings, and the endings mean the same or one has none.
    Nothing is taken where a name may be two of the layer's, or two of the table's one.

    Parameters
    ----------
    missing
        The table's keys that have none yet.
    ours
        All keys of the layer.
    taken
        The layer's keys that have theirs.

    Examples
    --------
    >>> same_places({"滨江"}, {"滨江社区", "山观村"}, taken=set())
    {'滨江': '滨江社区'}
    >>> same_places({"滨江"}, {"滨江社区", "滨江街道"}, taken=set())
    {}
    """
    by_stem: dict[str, list[tuple[str, str]]] = {}
    for one in sorted(ours):
        stem, ending = _parts(one)
        by_stem.setdefault(stem, []).append((one, ending))
    found: dict[str, str] = {}
    for same in (True, False):  # endings that mean the same come before none at all
        fits: dict[str, list[str]] = {}
        for one in sorted(missing - found.keys()):
            stem, ending = _parts(one)
            some = [key for key, own in by_stem.get(stem, ()) if (own == ending if same else not (own and ending))]
            if len(stem) >= _SHORTEST and len(some) == 1 and some[0] not in {*taken, *found.values()}:
                fits.setdefault(some[0], []).append(one)
        found |= {rows[0]: key for key, rows in fits.items() if len(rows) == 1}
    return found


def _parts(key: str) -> tuple[str, str]:
    """Return a name without its number and ending, and what the ending means."""
    text = _BEHIND.sub("", loose_key(_NUMBERED.sub("", unicodedata.normalize("NFKC", key).strip())))
    for meaning, words in _ENDINGS:
        for word in words:
            if text.endswith(word) and len(text) - len(word) >= _SHORTEST:
                return text.removesuffix(word), meaning
    return text, ""
