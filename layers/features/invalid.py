"""Why a geometry is invalid, in words: what the library says in one language and to sixteen digits."""

from __future__ import annotations

import re

from geo.text import Text

REASONS = {
    "Self-intersection": "边界自相交",
    "Ring Self-intersection": "环自相接触",
    "Hole lies outside shell": "洞在外环之外",
    "Holes are nested": "洞相互嵌套",
    "Nested holes": "洞相互嵌套",
    "Nested shells": "外环相互嵌套",
    "Interior is disconnected": "内部不连通",
    "Duplicate Rings": "环重复",
    "Too few points in geometry component": "点数不足",
}
REASON_AT = re.compile(r"^(.*?)\[(\S+) (\S+)\]$")
_DEGREES = 360.0  # up to there a coordinate is one of degrees


def reason_words(reason: str) -> Text:
    """Return why a geometry is invalid and where, in both languages, the place to a metre.

    Examples
    --------
    >>> reason_words("Self-intersection[24.9412345678 60.17]").zh, reason_words("Ring Self-intersection[1 2]").en
    ('边界自相交，在 24.94123, 60.17000', 'ring self-intersection at 1.00000, 2.00000')
    >>> reason_words("Too few points in geometry component").zh
    '点数不足'
    """
    found = REASON_AT.match(reason)
    kind = found[1] if found else reason
    zh, en = REASONS.get(kind, kind), kind.lower() if kind in REASONS else kind[:1].lower() + kind[1:]
    if found is None:
        return Text(zh, en)
    at = ", ".join(f"{float(one):.{5 if abs(float(one)) <= _DEGREES else 0}f}" for one in found.groups()[1:])
    return Text(f"{zh}，在 {at}", f"{en} at {at}")
