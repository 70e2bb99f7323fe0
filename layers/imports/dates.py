"""Dates people write, to their own precision: a year stays a year, and no day is invented.

References
----------
ISO 8601-1:2019, 5.2.2.2, representations with reduced precision.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from layers.arrow import ArrowArray, fill_null, if_else, is_equal, not_equal

Dotted = Literal["never", "beside", "alone"]
PRECISIONS = {"year": ("年", "years"), "month": ("月", "months"), "day": ("日", "days"), "time": ("时刻", "times")}
DATE_NAME = re.compile(r"日期|时间|年月|年份|年度|开工|竣工|完工|(^|_)(date|time|year|month)($|_)", re.IGNORECASE)
_DAYS = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_CLOCK = (
    r"(?:[ T]\s*(?P<clock>\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(?P<zone>Z|[+-]\d{2}(?::?\d{2})?)?"
    r"|\s*(?P<hour>\d{1,2})\s*[时点]\s*(?:(?P<minute>\d{1,2})\s*分?\s*(?:(?P<second>\d{1,2})\s*秒?)?)?)?"
)
_DATE = (
    r"^(?P<year>(?:1[5-9]|2[01])\d{2})\s*(?:年\s*|[-/.]|$)"
    r"(?:(?P<month>\d{1,2})\s*(?:月\s*|[-/.]|$)(?:(?P<day>\d{1,2})\s*[日号]?" + _CLOCK + r")?)?$"
)
_YEAR_LAST = (
    r"^(?P<first>\d{1,2})(?P<mark>[/.-])(?P<second>\d{1,2})[/.-](?P<year>(?:1[5-9]|2[01])\d{2})(?P<rest>[ T].*)?$"
)
_MONTH_FIRST = r"^(0?[1-9]|1[0-2])[/.-]((?:19|20)\d{2})$"
_TIME = r"^(?:[01]\d|2[0-4]):[0-5]\d(?::[0-5]\d(?:\.\d+)?|:60)?$"
_OPEN_END = r"[-/.]$"
_DOTTED = r"^\d{4}\.\d{1,2}$"
SERIES = r"^\d{4}[-/]\d{1,2}$"  # 2021-1 alone: a month, or the first of a series
_SERIAL = r"^(?:1[5-9]|[2-7]\d)\d{3}$"
_COMPACT = r"^((?:19|20)\d{2})(0[1-9]|1[0-2])([0-3]\d)$"  # 20210305, where a column's name says date


def days_of_excel(texts: ArrowArray) -> ArrowArray:
    """Return texts with Excel's day numbers written as days: 45000 is 2023-03-15.

    Only what can be the day of a plan, 1941 to 2119; anything else stays as it is.

    References
    ----------
    ECMA-376-1, 18.17.4.1, the 1900 date base system, whose day 0 is 1899-12-30 from March 1900 on.
    """
    if not pc.any(fill_null(pc.match_substring_regex(texts, _SERIAL), False)).as_py():
        return texts
    made = [
        (date(1899, 12, 30) + timedelta(days=int(text))).isoformat()
        if text and re.fullmatch(_SERIAL, text)
        else text
        for text in texts.to_pylist()
    ]
    return pa.array(made, pa.string())


def iso_dates(texts: ArrowArray, *, dotted: Dotted, years: bool) -> tuple[ArrowArray, ArrowArray] | None:
    """Return texts as ISO dates of their own precision, and the precision of each.

    Parameters
    ----------
    texts
        Distinct, trimmed, in NFKC form; no null.
    dotted
        Whether ``2021.1`` is January: ``never`` where it comes from a spreadsheet's number, which may have been
        ``2021.10``; ``beside`` dates that can be nothing else; or ``alone``, where the column's name says so.
    years
        Whether bare years alone are dates; otherwise they are numbers.

    Returns
    -------
    tuple or None
        ISO texts and ``year``, ``month``, ``day`` or ``time`` for each, both null where a text is no date; None
        when the column as a whole is not of dates.

    Examples
    --------
    >>> iso, kind = iso_dates(pa.array(["2021年3月", "2021/3/5", "2021"]), dotted="never", years=False)
    >>> iso.to_pylist(), kind.to_pylist()
    (['2021-03', '2021-03-05', '2021'], ['month', 'day', 'year'])
    """
    if years:
        texts = pc.replace_substring_regex(texts, _COMPACT, r"\1-\2-\3")
    parts = pc.extract_regex(texts, _DATE)
    read = pc.and_(parts.is_valid(), pc.invert(pc.match_substring_regex(texts, _OPEN_END)))
    points = pc.match_substring_regex(texts, _DOTTED)
    bare = pc.match_substring_regex(texts, r"^\d{4}$")
    series = pc.and_(pc.match_substring_regex(texts, SERIES), pa.scalar(not years))
    certain = pc.and_(read, pc.invert(pc.or_(pc.or_(points, bare), series)))
    said = bool(pc.any(certain).as_py())
    if not (
        said or (years and bool(pc.any(bare).as_py())) or (dotted == "alone" and bool(pc.any(points).as_py()))
    ):
        return None
    if dotted == "never":
        read = pc.and_(read, pc.invert(points))
    year, month, day = (_number(pc.struct_field(parts, name)) for name in ("year", "month", "day"))
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    longest = _DAYS[np.clip(month, 0, 12)] - ((month == 2) & ~leap)
    given = [fill_null(not_equal(pc.struct_field(parts, name), ""), False) for name in ("month", "day")]
    has_month, has_day = (np.asarray(one) for one in given)
    fits = (~has_month | ((month >= 1) & (month <= 12))) & (~has_day | ((day >= 1) & (day <= longest)))
    read = pc.and_(read, pa.array(fits))
    clock, zone = _clock(parts), fill_null(pc.struct_field(parts, "zone"), "")
    read = pc.and_(read, pc.or_(is_equal(clock, ""), pc.match_substring_regex(clock, _TIME)))
    kind = np.where(has_day, np.where(np.asarray(not_equal(clock, "")), "time", "day"), "year")
    kind = np.where(has_month & ~has_day, "month", kind)
    text = pc.struct_field(parts, "year")
    for has, name in ((has_month, "month"), (has_day, "day")):
        padded = pc.binary_join_element_wise(text, pc.utf8_lpad(pc.struct_field(parts, name), 2, "0"), "-")
        text = if_else(pa.array(has), padded, text)
    timed = pc.binary_join_element_wise(pc.binary_join_element_wise(text, clock, "T"), zone, "")
    text = if_else(not_equal(clock, ""), timed, text)
    none = pa.scalar(None, pa.string())
    return if_else(read, text, none), if_else(read, pa.array(kind, pa.string()), none)


def is_year_last(texts: ArrowArray) -> ArrowArray:
    """Tell which texts are a day and a month, in either order, with the year behind them."""
    return fill_null(pc.match_substring_regex(texts, _YEAR_LAST), False)


def months_year_first(texts: ArrowArray) -> ArrowArray:
    """Return texts with months written before their year as years first; any other text stays as it is.

    Examples
    --------
    >>> months_year_first(pa.array(["12/2021", "3.2020", "13/2021", "5/3/2021"])).to_pylist()
    ['2021-12', '2020-3', '13/2021', '5/3/2021']
    """
    return pc.replace_substring_regex(texts, _MONTH_FIRST, r"\2-\1")


def put_year_first(texts: ArrowArray) -> tuple[ArrowArray, str]:
    """Return texts with dates written with the year last as years first, and the order they prove.

    Parameters
    ----------
    texts
        Distinct, trimmed, in NFKC form; null where empty.

    Returns
    -------
    tuple
        ``day`` where a first number above 12 proves that the day stands first, ``month`` where a second one does;
        ``open`` where neither does, empty where both do or none is such: the texts then are as they were.

    Examples
    --------
    >>> put_year_first(pa.array(["5/3/2021", "31/12/2021"]))[0].to_pylist()
    ['2021-3-5', '2021-12-31']
    >>> put_year_first(pa.array(["5/3/2021"]))[1]
    'open'
    """
    such = is_year_last(texts)
    if not pc.any(such).as_py():
        return texts, ""
    parts = pc.extract_regex(texts.filter(such), _YEAR_LAST)
    first, second = (_number(pc.struct_field(parts, name)) for name in ("first", "second"))
    order = {(True, False): "day", (False, True): "month", (False, False): "open"}.get(
        (bool((first > 12).any()), bool((second > 12).any())), ""
    )
    if order not in ("day", "month"):
        return texts, order
    turned = r"\4-\3-\1\5" if order == "day" else r"\4-\1-\3\5"
    return pc.replace_substring_regex(texts, _YEAR_LAST, turned), order


def _clock(parts: ArrowArray) -> ArrowArray:
    """Return times of day as ISO writes them, empty where there is none."""
    clock, hour, minute, second = (
        fill_null(pc.struct_field(parts, name), "") for name in ("clock", "hour", "minute", "second")
    )
    padded = pc.replace_substring_regex(clock, r"^(\d):", r"0\1:")
    two = [pc.utf8_lpad(one, 2, "0") for one in (hour, minute, second)]
    spoken = pc.binary_join_element_wise(two[0], two[1], ":")
    spoken = if_else(is_equal(second, ""), spoken, pc.binary_join_element_wise(spoken, two[2], ":"))
    return if_else(is_equal(hour, ""), padded, spoken)


def _number(texts: ArrowArray) -> np.ndarray[Any, np.dtype[np.int64]]:
    known = if_else(is_equal(fill_null(texts, ""), ""), "0", texts)
    found: np.ndarray[Any, np.dtype[np.int64]] = np.asarray(pc.cast(known, pa.int64()))
    return found
