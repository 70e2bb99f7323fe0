"""Which features of a snapshot a reader asked for: a box, declared filters, a search."""

from __future__ import annotations

import heapq
import math
import operator
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geo.text import Text
from layers.errors import BadBox, BadFilter
from layers.features.names import Match, NameMatch
from layers.features.snapshot import Feature, Features, Snapshot
from layers.messages import say
from layers.plan.catalog import Field, Layer

_WRITTEN = re.compile(r"^([^=!<>~]+)(!=|>=|<=|=|>|<|~)(.*)$", re.DOTALL)
_DATE = re.compile(r"^\d{4}(-\d{2}(-\d{2})?)?$")
_GOLDEN = 2_654_435_761
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}


@dataclass(frozen=True)
class Filter:
    """A condition on a declared field; an unknown value meets only ``field=`` (nothing after the sign).

    The sign ``~`` asks whether a text holds another, whatever the case; ``..`` whether a number or a date lies
    between two (either may be open). Dates compare as far as both are told: 2020 meets ``>=2020-06``, but not
    ``=2020-06``.
    """

    field: Field
    sign: str
    value: str | float | bool | tuple[Any, Any] | None

    def words(self) -> Text:
        """Return the condition in words: the field's label, the sign, and what a coded value means."""
        if self.value is None:
            known = self.sign != "="
            stated = say("filter_stated") if known else say("filter_not_stated")
            return Text(f"“{self.field.label.zh}”{stated.zh}", f"{self.field.label.en} {stated.en}")
        if isinstance(self.value, tuple):
            ends = [f"{one:g}" if isinstance(one, float) else str(one or "") for one in self.value]
            return say("filter_between", label=self.field.label, ends=ends[0], ends2=ends[1])
        if self.sign == "~":
            return say("filter_holds", label=self.field.label, value=self.value)
        shown = str(self.value).lower() if isinstance(self.value, bool) else str(self.value)
        if isinstance(self.value, float):
            shown = f"{self.value:g}"
        if isinstance(self.value, bool):
            value = say("yes") if self.value else say("no")
        else:
            value = self.field.values.get(shown, Text(shown, shown))
        sign = {"=": "＝", "!=": "≠", ">=": "≥", "<=": "≤"}.get(self.sign, self.sign)
        return Text(
            f"“{self.field.label.zh}”{sign}{value.zh}",
            f"{self.field.label.en} {sign.replace('＝', '=')} {value.en}",
        )

    def admits(self, found: Any) -> bool:  # noqa: ANN401 - a property as the layer gives it
        """Whether a value of the field meets the condition."""
        if self.value is None:
            return (found is None or found == "") == (self.sign == "=")
        if found is None:
            return False
        if self.sign == "~":
            return any(str(self.value).casefold() in str(one).casefold() for one in _each(found))
        if isinstance(self.value, tuple):
            return _between(found, self.value)
        test = _OPERATORS[self.sign]
        if self.field.type == "date" and self.sign in ("=", "!="):
            return str(found).startswith(str(self.value)) == (self.sign == "=")
        if self.field.type == "date":
            mine, asked = _alike(str(found), str(self.value))
            return test(mine, asked)
        if isinstance(found, list):
            hit = any(str(one) == self.value for one in found)
            return hit if self.sign == "=" else not hit
        if isinstance(self.value, float):
            return type(found) in (int, float) and test(float(found), self.value)
        if isinstance(self.value, bool):
            return type(found) is bool and test(found, self.value)
        return test(str(found), self.value)


def _each(found: object) -> list[Any]:
    return found if isinstance(found, list) else [found]


def _alike(one: str, other: str) -> tuple[str, str]:
    """Return two ISO dates as far as both are told."""
    length = min(len(one), len(other))
    return one[:length], other[:length]


def _between(found: object, ends: tuple[Any, Any]) -> bool:
    """Whether a number or a date lies between two ends, both in; an end that is None is open."""
    low, high = ends
    if isinstance(found, str):
        above = low is None or operator.ge(*_alike(found, low))
        return above and (high is None or operator.le(*_alike(found, high)))
    if type(found) not in (int, float):
        return False
    number = float(found)  # type: ignore[arg-type]  # checked above
    return (low is None or number >= low) and (high is None or number <= high)


def parse_box(text: str) -> tuple[float, float, float, float]:
    """Read ``west,south,east,north`` in degrees.

    Raises
    ------
    BadBox
        Not four finite numbers in range and in order.

    Examples
    --------
    >>> parse_box("120.2,31.7,120.4,32.0")
    (120.2, 31.7, 120.4, 32.0)
    """
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise BadBox(found=text[:80]) from None
    ordered = -180 <= west < east <= 180 and -90 <= south < north <= 90
    if not ordered or not all(map(math.isfinite, (west, south, east, north))):
        raise BadBox(found=text[:80])
    return west, south, east, north


def parse_filter(text: str, layer: Layer) -> Filter:
    """Read ``field=value`` against the layer's declared fields.

    Raises
    ------
    BadFilter
        No operator, no such field, or a value that does not fit the field's type.
    """
    known = {f.id: f for f in layer.fields}
    written = _WRITTEN.match(text)
    if not written:
        raise _bad(text, layer, "没有运算符", "it has no operator")
    name, sign, value = written.group(1).strip(), written.group(2), written.group(3).strip()
    field = known.get(name)
    if field is None:
        raise _bad(text, layer, f"没有声明字段 {name}", f"no field {name} is declared")
    if value == "":
        if sign not in ("=", "!="):
            raise _bad(text, layer, "缺少比较值", "it compares with nothing")
        return Filter(field, sign, None)
    return Filter(field, *_condition(text, layer, field, sign=sign, value=value))


def _condition(text: str, layer: Layer, field: Field, *, sign: str, value: str) -> tuple[str, Any]:
    """Return the sign and the value of a condition, checked against the field's type."""
    if sign == "~":
        if field.type not in ("text", "code", "list"):
            raise _bad(text, layer, "只有文本能用 ~", "only texts take ~")
        return sign, value
    if sign == "=" and ".." in value and field.type in ("number", "integer", "date"):
        return "..", _ends(text, layer, field, value)
    if field.type == "date" and not _DATE.match(value):
        raise _bad(text, layer, f"{value} 不是日期（如 2020-06）", f"{value} is no date such as 2020-06")
    if field.type in ("number", "integer"):
        return sign, _number(text, layer, value)
    if field.type == "boolean":
        if value not in ("true", "false"):
            raise _bad(text, layer, "应为 true 或 false", "it is neither true nor false")
        return sign, value == "true"
    if field.type == "list" and sign not in ("=", "!="):
        raise _bad(text, layer, "列表只能用 = 或 !=", "a list takes = or != only")
    return sign, value


def _number(text: str, layer: Layer, value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        raise _bad(text, layer, f"{value} 不是数字", f"{value} is not a number") from None
    if not math.isfinite(number):
        raise _bad(text, layer, f"{value} 不是有限数", f"{value} is not finite")
    return number


def _ends(text: str, layer: Layer, field: Field, value: str) -> tuple[Any, Any]:
    """Return the two ends of a range such as ``10..50``, ``..50`` or ``2020-01..2020-06``."""
    low, _, high = (part.strip() for part in value.partition(".."))
    if not low and not high:
        raise _bad(text, layer, "范围没有端点", "the range has no ends")
    if field.type == "date":
        if not all(_DATE.match(one) for one in (low, high) if one):
            raise _bad(text, layer, f"{value} 不是日期范围", f"{value} is no range of dates")
        return low or None, high or None
    ends = [_number(text, layer, one) if one else None for one in (low, high)]
    return ends[0], ends[1]


def _bad(text: str, layer: Layer, why_zh: str, why_en: str) -> BadFilter:
    fields = ", ".join(f.id for f in layer.fields)
    return BadFilter(found=text[:80], why_zh=why_zh[:120], why_en=why_en[:120], fields=fields)


def select(
    snapshot: Snapshot,
    *,
    box: tuple[float, float, float, float] | None = None,
    filters: Iterable[Filter] = (),
) -> Features:
    """Return the features that touch the box and meet every filter, in file order.

    With a box, features without a place are left out; without one they are kept.
    """
    chosen = snapshot.features
    if box is not None:
        chosen = Features(snapshot.content, snapshot.content.meeting(shapely.box(*box)))
    for one in filters:
        chosen = chosen.where([one.admits(value) for value in chosen.values(one.field.id)])
    return chosen


def largest(snapshot: Snapshot, chosen: Features, most: int) -> Features:
    """Return at most so many features, the largest, in file order: what is seen from afar.

    Features of a like size (within a factor of two) are thinned evenly, always the same ones.
    """
    if len(chosen) <= most:
        return chosen
    spread = chosen.positions * _GOLDEN % 2**32 / 2**32  # Knuth's multiplicative hash
    size = np.floor(np.log2(np.maximum(snapshot.extents[chosen.positions], 1e-12))) + spread
    first = len(chosen) - most
    kept = np.argpartition(size, min(first, len(chosen) - 1))[first:]
    return Features(snapshot.content, chosen.positions[np.sort(kept)])


@dataclass(frozen=True)
class Hit:
    """A feature a search found, with why; ``named`` is None where the words are its id."""

    layer: Layer
    feature: Feature
    named: NameMatch | None

    @property
    def match(self) -> Match:
        """How well it answers to the words."""
        return self.named.match if self.named else Match.NUMBER


@dataclass(frozen=True)
class Hits:
    """What a search found: how many, and the best of them."""

    total: int
    hits: tuple[Hit, ...]


def search(snapshots: Iterable[Snapshot], text: str, *, most: int, near: Iterable[Sequence[str]] = ()) -> Hits:
    """Find features by name, number, id, pinyin or other text, best first; where nothing answers, what is alike.

    Parameters
    ----------
    snapshots
        The layers to look in; the order of equal hits.
    text
        Words, all of which must be found.
    most
        Hits to return.
    near
        Groups of words that mean about the same.
    """
    looked, near = list(snapshots), list(near)
    written = dict.fromkeys((text.strip(), text.strip().lower(), text.strip().upper()))
    rows = [(at, one.position(name)) for at, one in enumerate(looked) for name in written]
    by_id = {
        (at, row): Hit(looked[at].layer, looked[at].features[row], None) for at, row in rows if row is not None
    }
    found = [one.names.find(text, near=near) for one in looked]
    if not by_id and not any(found):
        found = [one.names.find_alike(text) for one in looked]
    ranked = [
        (answer[:2], at, row, answer)
        for at, told in enumerate(found)
        for row, answer in told.items()
        if (at, row) not in by_id
    ]
    best = [
        Hit(looked[at].layer, looked[at].features[row], looked[at].names.named(row, answer))
        for _, at, row, answer in heapq.nsmallest(most, ranked)
    ]
    hits = sorted([*by_id.values(), *best], key=lambda hit: hit.match)
    return Hits(len(by_id) + len(ranked), tuple(hits[:most]))
