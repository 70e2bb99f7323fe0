"""Dates in words: 二〇二一年三月五日, 5 March 2021, 8:05 PM, 下午8:05; and parts of a year that are no date."""

from __future__ import annotations

import re
from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from layers.arrow import ArrowArray, fill_null

_ZEROS = "〇○零"
_ONES = "一二三四五六七八九"
_NUMBER = f"[{_ONES}十廿卅]{{1,3}}"
_SPELLED = (
    rf"^(?P<year>[{_ZEROS}{_ONES}]{{4}})\s*年\s*"
    rf"(?:(?P<month>{_NUMBER})\s*月\s*(?:(?P<day>{_NUMBER})\s*[日号])?)?$"
)
_PART = (
    r"^(?:19|20)\d{2}\s*年?\s*(?:第?\s*[一二三四1-4]\s*季度?|[Qq][1-4]|[上下]半年|年?[初中末底]"
    r"|\d{1,2}\s*月\s*(?:[上中下]旬|[初中末底]))$|^[Qq][1-4]\s*(?:19|20)\d{2}$"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?"
)
_YEAR, _DAY, _GAP = r"(?:1[5-9]|2[01])\d{2}", r"\d{1,2}(?:st|nd|rd|th)?", "[-/ .,]{1,2}"
_ENGLISH_RE2 = rf"(?i)^(?:{_DAY}{_GAP})?(?:{_MONTH})(?:{_GAP}{_DAY})?{_GAP}{_YEAR}$"
_ENGLISH = re.compile(
    rf"(?:(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?{_GAP})?(?P<month>{_MONTH})"
    rf"|(?P<first>{_MONTH}){_GAP}(?P<second>\d{{1,2}})(?:st|nd|rd|th)?){_GAP}(?P<year>{_YEAR})",
    re.IGNORECASE,
)
_HALVES = r"上午|下午|中午|凌晨|晚上"
_HALF_RE2 = rf"(?i)\d[ ]?(?:{_HALVES})[ ]?\d{{1,2}}:\d{{2}}|\d[ ]\d{{1,2}}:\d{{2}}(?::\d{{2}})?[ ]?[ap]\.?m\.?$"
_HALF = re.compile(
    rf"(?P<date>[^:]{{4,40}}?\d)\s*(?:(?P<before>{_HALVES})\s*|\s)(?P<hour>\d{{1,2}})"
    r":(?P<rest>\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(?P<after>[ap]\.?m\.?)?",
    re.IGNORECASE,
)
_NOON = 12
_TEENS = re.compile(rf"^([{_ONES[1:]}]?)(十|廿|卅)?([{_ONES}]?)$")
_TENS = {"十": 1, "廿": 2, "卅": 3}


def digits_of_spelled(texts: ArrowArray) -> ArrowArray:
    """Return texts with dates in Chinese numerals or English months in digits; any other text stays as it is.

    Parameters
    ----------
    texts
        Distinct, trimmed, in NFKC form; null where empty.

    Examples
    --------
    >>> digits_of_spelled(pa.array(["二〇二一年十二月三十一日", "二〇二二年", "三月"])).to_pylist()
    ['2021年12月31日', '2022年', '三月']
    """
    return _rewritten(texts, f"{_SPELLED}|{_ENGLISH_RE2}", _in_digits)


def whole_clock(texts: ArrowArray) -> ArrowArray:
    """Return moments told by halves of a day by the clock of 24 hours; any other text stays as it is.

    Parameters
    ----------
    texts
        Distinct, trimmed, in NFKC form; null where empty.

    Examples
    --------
    >>> whole_clock(pa.array(["3/5/2021 8:05:11 PM", "2021/3/5 上午12:05", "3/5/2021 12:00 p.m."])).to_pylist()
    ['3/5/2021 20:05:11', '2021/3/5 00:05', '3/5/2021 12:00']
    """
    return _rewritten(texts, _HALF_RE2, _by_24)


def _rewritten(texts: ArrowArray, pattern: str, rewrite: Callable[[str], str]) -> ArrowArray:
    """Rewrite texts one by one, where the pattern is found in any: most columns hold none."""
    if not pc.any(fill_null(pc.match_substring_regex(texts, pattern), False)).as_py():
        return texts
    return pa.array([None if text is None else rewrite(text) for text in texts.to_pylist()], pa.string())


def _by_24(text: str) -> str:
    found = _HALF.fullmatch(text)
    half = (found["before"] or found["after"] or "").lower() if found else ""
    if found is None or not half or int(found["hour"]) > _NOON:
        return text
    late = half[0] == "p" or half in ("下午", "晚上", "中午")
    hour = int(found["hour"]) % _NOON + (
        _NOON if late and not (half == "中午" and int(found["hour"]) == 11) else 0
    )
    return f"{found['date'].strip()} {hour:02d}:{found['rest']}"


def parts_of_years(texts: ArrowArray) -> ArrowArray:
    """Return which texts say a part of a year or month: 2021年第二季度, 2021Q2, 2021年底, 2021年3月上旬."""
    return fill_null(pc.match_substring_regex(texts, _PART), False)


def _in_digits(text: str) -> str:
    if english := _ENGLISH.fullmatch(text):
        month = _MONTHS.index((english["month"] or english["first"])[:3].lower()) + 1
        day = english["day"] or english["second"]
        return f"{english['year']}-{month:02d}" + (f"-{int(day):02d}" if day else "")
    found = re.fullmatch(_SPELLED, text)
    if found is None:
        return text
    numbers = [None if one is None else _number(one) for one in (found["month"], found["day"])]
    if any(number == 0 for number in numbers):
        return text
    year = "".join("0" if sign in _ZEROS else str(_ONES.index(sign) + 1) for sign in found["year"])
    return f"{year}年" + "".join(
        f"{number}{unit}" for number, unit in zip(numbers, "月日", strict=True) if number is not None
    )


def _number(text: str) -> int:
    """Return a number from 1 to 99 in Chinese numerals, 0 for one that is none."""
    parts = _TEENS.fullmatch(text)
    if parts is None or (parts[1] and (parts[2] or "十") != "十") or (not parts[2] and parts[1] and parts[3]):
        return 0
    first, tens, last = parts[1], parts[2], parts[3]
    if not tens:
        return _ONES.index(first or last) + 1
    times = _ONES.index(first) + 1 if first else _TENS[tens]
    return 10 * times + (_ONES.index(last) + 1 if last else 0)
