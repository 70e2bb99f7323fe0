"""Rows and columns a sheet does not show: read like the others and told, or left out where a person says so.

References
----------
ECMA-376-1, 18.3.1.73 (row) and 18.3.1.13 (col), hidden; 18.3.1.82, sheetPr, filterMode. A group that is folded
hides its rows the same way.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from geo.text import Text
from layers.imports.draft import Found
from layers.imports.formats.excel_styles import attributes_of, sheet_parts

_ROW = re.compile(rb"<row\b([^>]*)>")
_COLUMN = re.compile(rb"<col\s([^>]*)>")
_TRUE = ("1", "true")
_FILTERED = re.compile(rb"""\bfilterMode=["'](?:1|true)["']""")
_HIDDEN = re.compile(rb"""\bhidden=["'](?:1|true)["']""")
_NUMBER = re.compile(rb"""\sr=["'](\d{1,7})["']""")
_SHOWN = 8
_MOST_COLUMNS = 16_384
LEAVE_OUT = "leave_out"
Values = Sequence[Sequence[object]]


@dataclass(frozen=True)
class Hidden:
    """What a sheet does not show: rows and columns from 0, and whether a filter hides rows of it."""

    rows: frozenset[int] = frozenset()
    columns: frozenset[int] = frozenset()
    filtered: bool = False

    def within(self, values: Values) -> Hidden:
        """Return of them those that hold anything."""
        rows = frozenset(at for at in self.rows if at < len(values) and any(map(_says, values[at])))
        shown = [row for at, row in enumerate(values) if at not in rows]
        columns = frozenset(c for c in self.columns if any(c < len(row) and _says(row[c]) for row in shown))
        return Hidden(rows, columns, self.filtered)

    def __bool__(self) -> bool:
        """Whether anything is hidden."""
        return bool(self.rows or self.columns)


NOTHING_HIDDEN = Hidden()


def hidden_cells(archive: zipfile.ZipFile) -> dict[str, Hidden]:
    """Return what each sheet of a workbook does not show, by the sheet's name.

    Parameters
    ----------
    archive
        The workbook, looked through already: its sheets are known to be of bounded size.
    """
    return {name: one for name, path in sheet_parts(archive).items() if (one := _hidden(archive, path))}


def settle_hidden(values: Values, hidden: Hidden, said: str) -> tuple[Values, list[Text], list[Found]]:
    """Return a sheet's values with what is hidden left out where a person says so, and what is told of it."""
    there = hidden.within(values)
    if not there:
        return values, [], []
    zh, en = _named(there)
    are, them = ("is", "it") if len(there.rows) + len(there.columns) == 1 else ("are", "them")
    if said != LEAVE_OUT:
        zh += "照常读取；如不读取，请说明（hidden）"
        en += f" {are} read like the others; to leave {them} out, say so (hidden)"
        return values, [Text(zh, en)], []
    lines = tuple(sorted(at + 1 for at in there.rows))
    found = Found("hidden_row", "隐藏的行", "hidden rows", "left out", lines=lines)
    kept = [
        []
        if at in there.rows
        else ["" if c in there.columns else value for c, value in enumerate(row)]
        if there.columns
        else row
        for at, row in enumerate(values)
    ]
    return kept, [Text(f"{zh}未读取", f"{en} {are} left out")], [found] if lines else []


def _named(there: Hidden) -> tuple[str, str]:
    """Return the subject of a sentence on what is hidden, in both languages."""
    zh, en = [], []
    if there.rows:
        spans = _spans(at + 1 for at in there.rows)
        why = ("（有筛选）", ", where a filter is on") if there.filtered else ("", "")
        zh.append(f"{len(there.rows):,} 个隐藏的行{why[0]}（{spans}）")
        en.append(f"{len(there.rows):,} hidden row{'s' if len(there.rows) > 1 else ''}{why[1]} ({spans})")
    if there.columns:
        letters = [_letters(at) for at in sorted(there.columns)]
        listed = ", ".join(letters[:_SHOWN]) + (" …" if len(letters) > _SHOWN else "")
        zh.append(f"{len(letters):,} 个隐藏的列（{listed}）")
        en.append(f"{len(letters):,} hidden column{'s' if len(letters) > 1 else ''} ({listed})")
    return "、".join(zh), " and ".join(en)


def _spans(numbers: Iterable[int]) -> str:
    """Return numbers as spans.

    Examples
    --------
    >>> _spans([4, 7, 8, 9])
    '4, 7-9'
    """
    spans = [
        [number for _, number in group]
        for _, group in groupby(enumerate(sorted(numbers)), key=lambda pair: pair[1] - pair[0])
    ]
    written = [f"{one[0]}-{one[-1]}" if len(one) > 1 else str(one[0]) for one in spans]
    return ", ".join(written[:_SHOWN]) + (" …" if len(written) > _SHOWN else "")


def _letters(column: int) -> str:
    """Return what Excel calls a column, which is counted from 0 here.

    Examples
    --------
    >>> _letters(0), _letters(27)
    ('A', 'AB')
    """
    out, rest = "", column + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        out = chr(65 + letter) + out
    return out


def _says(value: object) -> bool:
    return value is not None and value != ""


def _hidden(archive: zipfile.ZipFile, path: str) -> Hidden:
    rows: set[int] = set()
    columns: set[int] = set()
    filtered, at, rest = False, -1, b""
    with archive.open(path) as sheet:
        while piece := sheet.read(1 << 20):
            text = rest + piece
            filtered = filtered or bool(_FILTERED.search(text))
            cut = text.rfind(b"<")
            rest, text = text[cut:], text[:cut]
            for told in map(attributes_of, _COLUMN.findall(text)):
                if told.get("hidden") in _TRUE:
                    columns |= _columns(told)
            for row in _ROW.findall(text):
                number = _NUMBER.search(row)
                at = int(number[1]) - 1 if number else at + 1
                if _HIDDEN.search(row):
                    rows.add(at)
    return Hidden(frozenset(rows), frozenset(columns), filtered)


def _columns(told: dict[str, str]) -> set[int]:
    first, last = told.get("min", ""), told.get("max", "")
    if not (first.isdecimal() and last.isdecimal() and len(first) < 6 and len(last) < 6):
        return set()
    return set(range(int(first) - 1, min(int(last), _MOST_COLUMNS)))
