"""How the cells of a column write numbers: decimal sign, thousands, exponents; one rule for all cells of a column.

A comma may end the whole part or group its digits. What a cell can only mean is evidence; a column follows its
own, then what a person said, then the rest of the file. Where nothing decides, it is asked, not guessed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from layers.arrow import ArrowArray, fill_null, if_else, is_equal, normalize_texts, not_equal

DecimalSign = Literal["", ".", ","]
_POWER = r"(?:[eE][-+]?\d{1,3})?"
_UNIT = r"\s*(?P<unit>[^\d\s.,'].*)?$"
_REST = r"(?:\s*[^\d\s.,'].*)?$"


def _pattern(decimal: str) -> str:
    """Return the expression a number is read by, in groups."""
    mark, group = ("[.]", "[, ']") if decimal == "." else ("[,]", "[. ']")
    indian = r"\d{1,2}(?:,\d{2})+,\d{3}|" if decimal == "." else ""  # 12,34,567
    return (
        rf"^(?P<sign>[-+]?)(?P<whole>\d{{1,3}}(?:{group}\d{{3}})+|{indian}\d*)(?:{mark}(?P<part>\d*))?"
        rf"(?P<power>[eE][-+]?\d{{1,3}})?{_UNIT}"
    )


_READ = {mark: _pattern(mark) for mark in ".,"}


def _proof(decimal: str) -> str:
    """Return the expression of cells that can only mean this decimal sign."""
    mark, other = ("[.]", "[,]") if decimal == "." else ("[,]", "[.]")
    grouped = rf"\d{{1,3}}(?:{other}\d{{3}})+{mark}\d+"
    several = rf"\d{{1,3}}(?:{other}\d{{3}}){{2,}}"
    several += r"|\d{1,2}(?:,\d{2})+,\d{3}(?:[.]\d+)?" if decimal == "." else ""
    spaced = rf"\d{{1,3}}(?:[ ']\d{{3}})+{mark}\d+"
    long_, none = rf"\d{{4,}}{mark}\d+", rf"0*{mark}\d+"
    short = rf"\d{{1,3}}{mark}(?:\d{{1,2}}|\d{{4,}})"
    return rf"^[-+]?(?:{grouped}|{several}|{spaced}|{long_}|{none}|{short}){_POWER}{_REST}"


_PROOF = {mark: _proof(mark) for mark in ".,"}
_OPEN = {mark: rf"^[-+]?[1-9]\d{{0,2}}[{mark}]\d{{3}}{_REST}" for mark in ".,"}


@dataclass(frozen=True)
class NumberEvidence:
    """What cells say of the decimal sign: some can only mean a point, a comma; a comma may be either."""

    point: bool = False
    comma: bool = False
    undecided: bool = False

    @property
    def decimal(self) -> DecimalSign:
        """The sign all of it points to, empty when there is none or both."""
        if self.point == self.comma:
            return ""
        return "." if self.point else ","


def evidence_of(texts: ArrowArray) -> NumberEvidence:
    """Return what the cells of one column say; texts are trimmed and in NFKC form.

    Examples
    --------
    >>> evidence_of(pa.array(["12,5", "3,250"])).decimal, evidence_of(pa.array(["12,500"])).undecided
    (',', True)
    """

    def some(pattern: str) -> bool:
        return bool(pc.any(pc.match_substring_regex(texts, pattern)).as_py())

    point, comma = some(_PROOF["."]), some(_PROOF[","])
    return NumberEvidence(point, comma, not (point or comma) and some(_OPEN[","]))


def merged_evidence(found: Iterable[NumberEvidence]) -> NumberEvidence:
    """Return what several columns of a file say together.

    A comma proved in a column of its own says more than a point: ``12.5`` is also how programs write numbers.
    """
    every = list(found)
    return NumberEvidence(
        any(one.point and not one.comma for one in every), any(one.comma and not one.point for one in every)
    )


def decimal_for(
    own: NumberEvidence, *, said: DecimalSign, file: NumberEvidence, separator: str
) -> tuple[DecimalSign, bool]:
    """Return the decimal sign of a column and whether it has to be asked.

    Parameters
    ----------
    own
        What its cells say; empty sign when they contradict each other: it is no column of numbers.
    said
        What a person says; its own proof outranks it, for 120.3012 is not 1,203,012.
    file
        What the file's other columns say.
    separator
        Of the file's columns. Where a semicolon separates, a comma often is the decimal sign: then a comma that
        may be either is asked about, unless the file's other columns say comma.
    """
    if own.point and own.comma:
        return "", False
    if own.decimal:
        return own.decimal, False
    if said:
        return said, False
    if file.decimal == ",":
        return ",", False
    asked = own.undecided and (separator == ";" or (file.point and file.comma))
    return ".", asked


@dataclass(frozen=True)
class Numbers:
    """Texts as numbers, null where one is none: ``number`` in the form of Python, ``unit`` what stands behind."""

    number: ArrowArray
    unit: ArrowArray
    grouped: ArrowArray  # whether its whole part is in groups of thousands


def numbers_of(texts: ArrowArray, decimal: DecimalSign) -> Numbers:
    """Return how texts read as numbers with a decimal sign.

    Parameters
    ----------
    texts
        Trimmed, in NFKC form.
    decimal
        ``.`` or ``,``; empty reads as a point.

    Examples
    --------
    >>> numbers_of(pa.array(["1.234,5 m2", "x"]), ",").number.to_pylist()
    ['1234.5', None]
    """
    parts = pc.extract_regex(texts, _READ[decimal or "."])
    sign, whole, part, power, unit = (
        pc.struct_field(parts, name) for name in ("sign", "whole", "part", "power", "unit")
    )
    digits = pc.replace_substring_regex(whole, "[^0-9]", "")
    some = pc.or_(not_equal(digits, ""), not_equal(fill_null(part, ""), ""))
    digits = if_else(is_equal(digits, ""), "0", digits)
    tail = if_else(
        is_equal(fill_null(part, ""), ""), "", pc.binary_join_element_wise(".", fill_null(part, ""), "")
    )
    number = pc.binary_join_element_wise(sign, digits, tail, fill_null(power, ""), "")
    number = if_else(fill_null(some, False), number, pa.scalar(None, pa.string()))
    grouped = fill_null(pc.match_substring_regex(whole, "[^0-9]"), False)
    return Numbers(
        number, if_else(pc.is_valid(number), fill_null(unit, ""), pa.scalar(None, pa.string())), grouped
    )


def clean(texts: ArrowArray) -> ArrowArray:
    """Return texts trimmed and in NFKC form, as everything here expects them."""
    return normalize_texts(texts)
