"""What separates the columns of a text: found by its structure, not by counting signs."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter

from layers.imports.tables.headings import has_places

SEPARATORS = {"tab": "\t", "space": " "}
_TRIED = (",", ";", "\t", "|", "，", " ")
_SAMPLE_LINES, _SAMPLE = 200, 400_000
csv.field_size_limit(1 << 28)  # a polygon as WKT can be long


def find_separator(text: str) -> str:
    r"""Return the sign that cuts most lines into the same number of columns, more than one.

    Headings that name coordinates, once cut, say more than any count. A file of one column has none: a comma.

    Examples
    --------
    >>> find_separator("id;wkt\n1;POLYGON((1 2,3 4,5 6,1 2))\n2;POINT(1 2)"), find_separator("a,b\n1,2;3\n4,5")
    (';', ',')
    """
    said = re.match(r"^\s*sep=(.)\r?\n", text, re.IGNORECASE)
    if said:
        return said[1]
    sample = text[:_SAMPLE]
    if len(text) > _SAMPLE:
        sample = sample.rpartition("\n")[0]
    best, best_score = ",", (False, 0.0, 0)
    for sign in _TRIED:
        if sign not in sample:
            continue
        rows = split_rows(sample, sign, most=_SAMPLE_LINES)
        widths = Counter(len(row) for row in rows)
        width, _ = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0])) if widths else (1, 0)
        if width < 2:
            continue
        even = sum(n for w, n in widths.items() if w == width) / len(rows)
        if sign == " " and even < 1:
            continue
        heads = (row for row in rows[:10] if len(row) > 1 or sign == " ")
        named = any(has_places(row) and not any(re.search(r"\d[.]\d", cell) for cell in row) for row in heads)
        score = (named, round(even, 3), min(width, 50))
        if score > best_score:
            best, best_score = sign, score
    return best


def split_rows(text: str, separator: str, *, most: int = 0) -> list[list[str]]:
    """Return the rows of a text, quotes undone; spaces separate however many they are."""
    text = re.sub(r"\A\s*sep=.(?=\r?\n)", "", text, count=1, flags=re.IGNORECASE)  # its row stays, empty
    if separator == " ":
        lines = (line.split() for line in text.splitlines())
        return [row for _, row in zip(range(most or 1 << 60), lines, strict=False)]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows: list[list[str]] = []
    for row in reader:
        rows.append(row)
        if most and len(rows) >= most:
            break
    return rows


def is_unclosed(text: str, separator: str) -> bool:
    """Tell whether a quote is opened and never closed, so that the end of the file stands in one cell."""
    if text.count('"') % 2 == 0 or separator == " ":
        return False
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for _ in reader:
            pass
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False
