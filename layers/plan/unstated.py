"""Values that say that nothing is known: blanks, words for it, and states that the dates leave open."""

from __future__ import annotations

from layers.plan.catalog import Field
from layers.plan.schedule import UNTOLD

_WORDS = frozenset(
    {"unknown", "not known", "not stated", "unspecified", "undetermined", "n/a", "n.a.", "no data", "nodata"}
    | {"null", "?", "-", "--", "—", "——", "/", "未知", "不详", "不明", "未说明", "未注明", "未填", "未填写"}
    | {"无数据", "暂无", "不清楚"}
)


def is_unstated(value: object, field: Field) -> bool:
    """Whether a value of a field says nothing: what has it is of no class, and meets or fails no condition.

    Parameters
    ----------
    value
        As a feature states it.
    field
        The field, by whose type words are words.

    Examples
    --------
    >>> from geo.text import Text
    >>> state = Field("state", Text("状态", "State"), "code")
    >>> [is_unstated(one, state) for one in (None, " ", "不详", "Unknown", "finished")]
    [True, True, True, True, False]
    """
    if value is None:
        return True
    if not isinstance(value, str):
        return False
    word = value.strip()
    if field.schedule is not None and word in UNTOLD:
        return True
    return not word or (field.type in ("text", "code") and word.casefold() in _WORDS)
