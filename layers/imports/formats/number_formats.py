"""What a number format of Excel shows behind a number, and values written so: 0.35 as 35%, 1.5 as 1.5万人.

References
----------
ECMA-376-1, 18.8.31, numFmts: sections, literals, a comma behind the last digit divides by a thousand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypeGuard

from geo.text import Text
from layers.imports.units import unit_of, without_multiplier
from layers.units import unit_name

Place = tuple[int, int]  # row and column, from 0
Shown = Mapping[str, frozenset[Place]]  # the cells by what stands behind their number
PERCENT = "%"
_MONTHS, _YEARS = "yyyy-mm", "yyyy"  # what stands for a date that is shown to its month, to its year
_DATED = {_MONTHS: "%Y-%m", _YEARS: "%Y"}
_CURRENCY = re.compile(r"\[\$([^\]-]*)(?:-([0-9A-Fa-f]+))?\]")
_COLOUR = re.compile(r"\[[^\]]*\]|_.|\*.")
_PADDED = re.compile("0{2,}")  # 00123: zeros before are of the number that people see
_DIGITS = re.compile(r"[#0?][#0?.,]*(?:[!\\]\.(?P<cut>0+)(?P<commas>,*))?")
_LITERAL = re.compile(r'"([^"]*)"|[\\!](.)|([^\x00-\x7f]+)')
_MONEY = {
    "¥": "元",
    "￥": "元",
    "CNY": "元",
    "RMB": "元",
    "€": "欧元",
    "£": "英镑",
    "US$": "美元",
    "HK$": "港元",
} | {one: one for one in ("$", "R$", "₹", "₩", "₽", "KSh", "C$", "A$")}
_DOLLARS, _YEN = {"409": "美元", "C04": "港元", "404": "新台币"}, "411"


def word_of_format(code: str) -> str:
    """Return what a number format shows behind a number: ``%``, a unit that is known, or nothing.

    A format that shows thousands or ten thousands of what is stored says so of the number, not of what is stored:
    ``0!.0,"万元"`` shows 12345 as 1.2万元, and 12345 is in 元.

    Examples
    --------
    >>> word_of_format("0.00%"), word_of_format('0.00"万人"'), word_of_format('0!.0,"万元"')
    ('%', '万人', '元')
    >>> word_of_format('[$¥-804]#,##0.00'), word_of_format('0"号"'), word_of_format("yyyy-mm-dd")
    ('元', '', '')
    >>> word_of_format("00000"), word_of_format("0")
    ('00000', '')
    >>> word_of_format('yyyy"年"m"月"'), word_of_format("mmm-yy"), word_of_format("h:mm")
    ('yyyy-mm', 'yyyy-mm', '')
    """
    section = code.split(";", maxsplit=1)[0]
    if _PADDED.fullmatch(section):
        return section
    letters = set(re.sub(r'"[^"]*"|[\\!].|\[[^\]]*\]', "", section).lower())
    if "y" in letters and not letters & set("dhs0#"):
        return _MONTHS if "m" in letters else _YEARS
    currency = _CURRENCY.search(section)
    bare = _COLOUR.sub("", section.replace(currency[0], "") if currency else section)
    digits = _DIGITS.search(re.sub(r'"[^"]*"', lambda one: "\x01" * len(one[0]), bare))
    if digits is None:
        return ""
    if "%" in re.sub(r'"[^"]*"|[\\!].', "", bare):
        return PERCENT
    before, after = (_literal(bare[: digits.start()]), _literal(bare[digits.end() :]))
    word = after or _MONEY.get(before, "")
    if not word and currency:
        symbol, locale = currency[1].strip(), (currency[2] or "").upper().lstrip("0")
        word = _DOLLARS.get(locale, "") if symbol == "$" else "日元" if locale == _YEN else _MONEY.get(symbol, "")
    commas = len(digits["commas"] or "") or len(digits[0]) - len(digits[0].rstrip(","))
    times = 10 ** (len(digits["cut"] or "") + 3 * commas)
    return without_multiplier(word, times) if word and unit_of(word) else ""


def _literal(part: str) -> str:
    return "".join(a or b or c for a, b, c in _LITERAL.findall(part)).strip()


def as_shown(
    values: Sequence[Sequence[object]], shown: Shown
) -> tuple[Sequence[Sequence[object]], tuple[Text, ...]]:
    """Return a sheet's values with what Excel shows behind their numbers, and what is said of it.

    Parameters
    ----------
    values
        Cells by rows.
    shown
        What stands behind which. A unit is taken where all numbers of its column have one.
    """
    if not shown:
        return values, ()
    out = [list(row) for row in values]
    notes: list[Text] = []
    partly = _partly(values, shown)
    for word, places in shown.items():
        for row, column in places:
            value = out[row][column] if row < len(out) and column < len(out[row]) else None
            if word in _DATED or word[:1] == "0":
                out[row][column] = _in_full(value, word)
                continue
            if not _is_number(value) or (word != PERCENT and column in partly):
                continue
            number = float(f"{value * 100:.12g}") if word == PERCENT else value
            out[row][column] = f"{number:.15g}{word}" if abs(number) < 10**15 else value
        columns = {column for _, column in places} - (set() if word == PERCENT else partly)
        if word != PERCENT and word not in _DATED and word[:1] != "0" and columns:
            unit = unit_of(word)
            named = [unit_name(unit.name if unit else word, language) for language in ("zh", "en")]
            zh, en = f"{len(columns)} 列的单位取自数字格式：{named[0]}", f"{len(columns)} columns show the unit "
            notes.append(Text(zh, f"{en}{named[1]} by their number format"))
    if partly:
        zh = f"{len(partly)} 列只有部分数字的格式带单位，未采用"
        en = f"number formats of {len(partly)} columns show a unit with some numbers only; it is not taken"
        notes.append(Text(zh, en))
    return out, tuple(notes)


def _in_full(value: object, word: str) -> object:
    """Return a date to the month or year it is shown to, a whole number with the zeros it is shown with."""
    if isinstance(value, date) and value.day == 1 and (word == _MONTHS or (word == _YEARS and value.month == 1)):
        return value.strftime(_DATED[word])
    if word[:1] == "0" and _is_number(value) and 0 <= value < 10 ** len(word) and value == int(value):
        return f"{int(value):0{len(word)}}"
    return value


def _partly(values: Sequence[Sequence[object]], shown: Shown) -> set[int]:
    """Return the columns of which some numbers are shown with a unit and others are not."""
    beside = {PERCENT, *_DATED}
    units = {place for word, places in shown.items() if word not in beside and word[:1] != "0" for place in places}
    columns = {column for _, column in units}
    return {
        column
        for column in columns
        if any(
            _is_number(row[column]) and (at, column) not in units
            for at, row in enumerate(values)
            if column < len(row)
        )
    }


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
