"""Numbers below zero as accounts and printed tables write them: ▲300, △300, (500), 1200-."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from geo.text import Text
from layers.arrow import ArrowArray, fill_null, if_else
from layers.imports.column import TABLES, ReadColumn, SeenColumn, left_as_text, stated_unit
from layers.imports.numbers import evidence_of
from layers.imports.units import MONEY_KINDS

_TRIANGLE = r"^[▲△]\s*(\d.*)$"
_DOWN = r"^[▼▽↓]\s*\d"  # then the other triangle is a rise
_BRACKETS = r"^\(\s*(\d[\d.,' ]*(?:%|[A-Za-z]{0,3}[$€£₩₹₽¥])?)\s*\)$"
_BEHIND = r"^(\d[\d.,' ]*)-$"
_YEARS = r"^(?:1[5-9]|2[01])\d{2}-$"  # since that year
_FORMS = (_TRIANGLE, _BRACKETS, _BEHIND)
_PLAIN = r"^\+?[.,]?\d.*[^-]$|^\d$"
_MINUS = r"^-\s*[.,]?\d"
_AMOUNT = r"\d[.,' ]\d"  # (1,200.50) is an amount, (3) may be a number of a list
_BOTH_WAYS = re.compile(
    r"利润|盈|亏|损益|净|增减|增长|增速|增幅|变化|变动|变幅|同比|环比|差|余额|结余|profit|loss|net|change|balance|growth"
    r"|gain|surplus|deficit|differ",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class BelowZero:
    """A column with its accounts' signs as a minus, and what is said of it; ``left`` where it stays text."""

    seen: SeenColumn
    note: Text | None = None
    left: ReadColumn | None = None


def below_zero(seen: SeenColumn, *, marks: ArrowArray) -> BelowZero:
    """Return a column in which ▲300, (500) and 1200- are -300, -500 and -1200 where its cells together say so.

    They do where every other cell is a plain number, none is written with a minus, and, for brackets, the column
    is of something that may fall below zero or of amounts; or where a person says it holds numbers.

    Parameters
    ----------
    seen
        The column.
    marks
        Of its distinct texts, whether it only says that there is no value.
    """
    hits = [fill_null(pc.match_substring_regex(seen.texts, form), False) for form in _FORMS]
    some = pc.or_(pc.or_(hits[0], hits[1]), hits[2])
    if not pc.any(some).as_py() or seen.format not in TABLES:
        return BelowZero(seen)
    if not seen.lenient and pc.all(pc.match_substring_regex(seen.texts.filter(some), _YEARS)).as_py():
        return BelowZero(seen)
    known = pc.and_not(seen.texts.is_valid(), marks)
    rest = pc.and_not(known, some)
    texts = seen.texts.filter(rest)
    plain = pc.all(pc.match_substring_regex(texts, rf"{_PLAIN}|{_MINUS}")).as_py() is not False
    one = seen.example(some)
    if pc.any(pc.match_substring_regex(seen.texts, _DOWN)).as_py():
        return BelowZero(seen, left=_open(seen, one))
    if not seen.lenient:
        if not plain:
            return BelowZero(seen)
        if not len(texts) or pc.any(pc.match_substring_regex(texts, _MINUS)).as_py() or not _may_fall(seen, hits):
            return BelowZero(seen, left=_open(seen, one))
    written = seen.texts
    for form in _FORMS:
        written = pc.replace_substring_regex(written, form, r"-\1")
    own = evidence_of(written)
    read = replace(seen, texts=written, own=own, decimal=own.decimal or seen.decimal)
    count, value = seen.rows(some), read.example(some)
    zh = f"列 {seen.name} 有 {count} 个值按负数读取（如 {one} 为 {value}）"
    en = f"{count} values of column {seen.name} are below zero, such as {one} for {value}"
    return BelowZero(read, Text(zh, en))


def _may_fall(seen: SeenColumn, hits: list[ArrowArray]) -> bool:
    if not pc.any(hits[1]).as_py() or _BOTH_WAYS.search(seen.name):
        return True
    unit = stated_unit(seen)
    if unit is not None and unit.unit.kind in MONEY_KINDS:
        return True
    inside = if_else(hits[1], seen.texts, pa.scalar(None, pa.string())).drop_null()
    return bool(pc.all(pc.match_substring_regex(inside, _AMOUNT)).as_py())


def _open(seen: SeenColumn, one: str) -> ReadColumn:
    return left_as_text(
        seen,
        f"“{one}”可能是负数，也可能另有含义；如为负数请指定类型为数",
        f"“{one}” may be a number below zero, or mean something else; say the type if they are numbers",
    )
