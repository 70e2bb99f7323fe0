"""Several tables on one sheet: only one is read, and it is told where the others stand."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from geo.text import Text
from layers.imports.draft import Found
from layers.imports.tables.grid import Rows, TableHead, is_number, says_year
from layers.imports.tables.headings import has_places

_LOOK = 300  # rows in which the kind of a column is looked for
_UNKNOWN = re.compile(
    r"^(?:待定|待建|未知|不详|不明|无|暂无|在建|规划中|未建|tbd|unknown|none|n/?a|[-—/]+)$", re.IGNORECASE
)
_DIGITS = frozenset("0123456789+-.")
_MOST_TITLES = 3
_SHOWN = 5


@dataclass(frozen=True)
class OneTable:
    """The rows of the table that is read, whether columns were taken off, and what is said of the others.

    ``tables`` are those beside each other by their first headings, and ``kept`` is which of them is read, from 0.
    """

    rows: Rows
    narrowed: bool = False
    notes: tuple[Text, ...] = ()
    found: tuple[Found, ...] = ()
    tables: tuple[str, ...] = ()
    kept: int = 0


def above_another(rows: Rows, head: TableHead) -> OneTable:
    """Return the rows of a table that end where another with its own header begins under it.

    Another begins with a row of words only that has words where this table has numbers, and numbers under it: in
    two columns, or in one behind an empty row or a title.
    """
    start = _another_below(rows, head)
    if start is None:
        return OneTable(rows)
    top = start
    while top > head.body + 1 and start - top < _MOST_TITLES and _filled(rows[top - 1]) == 1:
        top -= 1
    names = [cell.strip() for cell in rows[start] if cell.strip()][:_SHOWN]
    zh = f"第 {start + 1} 行起是另一个表（{'、'.join(names)}），未读取；如要读取它，请指定表头行 {start + 1}"
    en = (
        f"another table begins at row {start + 1} ({', '.join(names)}); it is not read. "
        f"To read it instead, say that row {start + 1} is the header"
    )
    lines = tuple(i + 1 for i in range(top, len(rows)) if any(rows[i]))
    told = Found("another_table", "同一工作表上的另一个表", "another table on the sheet", "left out", lines=lines)
    return OneTable(rows[:top], notes=(Text(zh, en),), found=(told,))


def _another_below(rows: Rows, head: TableHead) -> int | None:
    if head.last < 0:
        return None
    numbers = _number_columns(rows[head.body : head.body + _LOOK], len(head.names))
    if not numbers:
        return None
    again = {_words(row) for row in rows[head.first : head.last + 1]}
    for i in range(head.body + 1, len(rows) - 1):
        row = rows[i]
        if any(c < len(row) and row[c][:1] in _DIGITS for c in numbers):
            continue
        apart = _filled(rows[i - 1]) <= 1
        if _is_head(rows, i, numbers, fewest=1 if apart else 2) and _words(row) not in again:
            return i
    return None


def _number_columns(body: Rows, width: int) -> set[int]:
    """Return the columns whose cells mostly are numbers."""
    found = set()
    for c in range(width):
        cells = [cell for row in body if c < len(row) and (cell := row[c].strip())]
        if cells and sum(map(is_number, cells)) * 10 >= 6 * len(cells):
            found.add(c)
    return found


def _is_head(rows: Rows, at: int, numbers: set[int], *, fewest: int) -> bool:
    words = _words(rows[at])
    if len(words) < 2 or len(set(words)) < len(words):
        return False
    if any((is_number(word) and not says_year(word)) or _UNKNOWN.match(word) for word in words):
        return False
    here = {c for c, cell in enumerate(rows[at]) if cell.strip()}
    under = next((row for row in rows[at + 1 : at + 4] if any(row)), [])
    below = {c for c, cell in enumerate(under) if cell.strip() and is_number(cell)}
    return len(here & numbers) >= fewest and len(here & below) >= fewest


def beside_another(rows: Rows, head: TableHead, *, named: Collection[str] = (), chosen: str = "") -> OneTable:
    """Return a sheet with one table where others stand beside it: the one chosen, with places, or the first.

    Others stand behind an empty column; they are other tables where they say a heading once more, end on another
    row, or have their header on another.

    Parameters
    ----------
    rows
        All cells.
    head
        Of all tables.
    named
        Columns a person named: the table that has one is meant.
    chosen
        Which table a person says, from 1.
    """
    blocks = _blocks(rows, head)
    if len(blocks) < 2:
        return OneTable(rows)
    tops = [[head.names[c] for c in block] for block in blocks]
    ends = [_extent(rows[head.body :], block) for block in blocks]
    said = next((i for i, names in enumerate(tops) if set(named) & set(names)), None)
    if chosen.isdecimal() and 1 <= int(chosen) <= len(blocks):
        said = int(chosen) - 1
    kept = next((i for i, names in enumerate(tops) if has_places(names)), 0) if said is None else said
    others = [i for i in range(len(blocks)) if i != kept and _is_other(tops[i], tops[kept], ends[i], ends[kept])]
    if not others:
        return OneTable(rows)
    gone = {c for i in others for c in blocks[i]}
    plain = [[re.sub(r"_\d+$", "", name) for name in names] for names in tops]
    words = [name for i in others for name in plain[i]][:_SHOWN]
    zh = f"同一工作表上并排有另一个表（{'、'.join(words)}），未读取；"
    zh += f"如要读取它，请选择第 {others[0] + 1} 个表（sheet_table）"
    en = f"another table stands beside this one ({', '.join(words)}); it is not read. "
    note = Text(zh, f"{en}To read it, say that table {others[0] + 1} is wanted (sheet_table)")
    told = Found("another_table", note.zh, "another table on the sheet", "left out", count=len(others))
    narrow = [["" if c in gone else cell for c, cell in enumerate(row)] for row in rows]
    width = max(c for i, block in enumerate(blocks) if i not in others for c in block) + 1
    return OneTable(
        [row[:width] for row in narrow],
        narrowed=True,
        notes=(note,),
        found=(told,),
        tables=tuple("、".join(names[:_SHOWN]) for names in plain),
        kept=kept,
    )


def _blocks(rows: Rows, head: TableHead) -> list[list[int]]:
    """Return the columns between empty ones."""
    look = rows[head.first : head.body + _LOOK]
    width = len(head.names)
    some = [any(c < len(row) and row[c].strip() for row in look) for c in range(width)]
    blocks: list[list[int]] = [[]]
    for c, filled in enumerate(some):
        if filled:
            blocks[-1].append(c)
        elif blocks[-1]:
            blocks.append([])
    wide = [block for block in blocks if block]
    return wide if all(len(block) > 1 for block in wide) else []


def _extent(body: Rows, block: Sequence[int]) -> tuple[int, bool]:
    """Return how many rows a block has, and whether they are the first ones without a gap."""
    filled = [i for i, row in enumerate(body) if any(c < len(row) and row[c].strip() for c in block)]
    return (len(filled), filled == list(range(len(filled))))


def _is_other(names: list[str], kept: list[str], end: tuple[int, bool], mine: tuple[int, bool]) -> bool:
    own, other = ({re.sub(r"_\d+$", "", name) for name in some} for some in (names, kept))
    twice = len(own & other) > 0 and not all(re.fullmatch(r"column_\d+", name) for name in names)
    return twice or (end[0] > 1 and mine[0] > 1 and end[1] and mine[1] and end[0] != mine[0])


def _words(row: Sequence[str]) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in row if cell.strip())


def _filled(row: Sequence[str]) -> int:
    return len(row) - row.count("")
