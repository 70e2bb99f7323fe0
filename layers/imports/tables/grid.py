"""The table in a sheet of cells: title lines, a header over several rows, unit rows, merged cells, total rows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from geo.text import Text
from layers.imports.draft import refuse_file
from layers.imports.tables.headings import has_places
from layers.imports.units import unit_in_header, unit_of

Rows = list[list[str]]
Merge = tuple[int, int, int, int]  # first and last row, first and last column
_LOOK = 20  # rows in which a header is looked for
MOST_COLUMNS = 2_000
_NUMBER = re.compile(r"^[-+]?[\d.,' ]*\d[\d.,' ]*(?:[eE][-+]?\d+)?\s*%?$")
_ANGLE = re.compile(r"\d\s*[°度º]\s*\d|^[NSEW]?\d+[.\d]*[NSEW]?$")
_YEAR = re.compile(r"^(?:19|20)\d{2}\s*年?$")  # a column a year
_UNIT_WORD = re.compile(r"^[(（\[]?\s*(?:单位\s*[::]?)?\s*(.*?)\s*[)）\]]?$")
_UNIT_BELOW = re.compile(r"^[(（\[【][^()（）\[\]【】]{1,8}[)）\]】]$")
_PLAIN_UNITS = frozenset({"°", "deg", "degree", "degrees", "度", "米", "m", "-", "—", "/"})


@dataclass(frozen=True)
class TableHead:
    """Where a table's header stands (rows from 0, both included), its names, units and what was said of it."""

    first: int
    last: int
    names: tuple[str, ...]
    units: dict[str, str] = field(default_factory=dict)
    body: int = 0
    notes: tuple[Text, ...] = ()


def find_head(file: str, rows: Rows, *, merges: Sequence[Merge] = (), said: str = "") -> TableHead:
    """Return where the header stands and what the columns are called.

    Parameters
    ----------
    file
        For messages.
    rows
        All cells, as text; merged cells hold their text in the first one only.
    merges
        Ranges of merged cells.
    said
        What a person says: ``3``, ``2-3``, or ``0`` for none; empty to look for it.

    Raises
    ------
    UnreadableFile
        There is no header, or not where it is said to be.
    """
    width = max((len(row) for row in rows), default=0)
    refuse_many_columns(file, width)
    grid = [[*(cell.strip() for cell in row), *[""] * (width - len(row))] for row in rows[: _LOOK + 10]]
    if said:
        first, last = _as_said(file, said, len(rows))
    else:
        base = _coordinate_row(grid)
        if base is None:
            raise refuse_file(file, "没有表头", "it has no header")
        first, last = _spread(grid, base, merges) if base >= 0 else (0, -1)
    notes: list[Text] = []
    if last < 0:
        names = [f"column_{i + 1}" for i in range(width)]
        notes.append(
            Text("没有表头，各列以 column_1 … 命名", "there is no header; columns are called column_1 ...")
        )
        return TableHead(0, -1, tuple(names), {}, 0, tuple(notes))
    columns = _headings(grid, first, last, merges, width)
    names = _names(columns)
    if any(map(any, grid[:first])):
        notes.append(
            Text(
                f"表头在第 {first + 1} 行，其上为标题",
                f"the header is row {first + 1}; what stands above is a title",
            )
        )
    if last > first:
        notes.append(
            Text(f"表头占第 {first + 1}–{last + 1} 行", f"the header is over rows {first + 1} to {last + 1}")
        )
    notes += _unit_lines(grid[:first])
    again = [one for i, one in enumerate(names) if one.removesuffix(f"_{i + 1}") in names[:i]]
    if again:
        zh = f"有重名的列，后者改名为 {'、'.join(again[:5])}"
        notes.append(Text(zh, f"columns have the same name; the later ones are called {', '.join(again[:5])}"))
    units, body = _under(grid, last, names, notes)
    return TableHead(
        first, last, tuple(names), _units_over(columns, names, grid[last + 1 :]) | units, body, tuple(notes)
    )


def refuse_many_columns(file: str, count: int) -> None:
    """Refuse a file with more columns than a layer may have.

    Raises
    ------
    UnreadableFile
        It has more.
    """
    if count > MOST_COLUMNS:
        zh = f"有 {count:,} 列，最多 {MOST_COLUMNS:,} 列"
        raise refuse_file(file, zh, f"it has {count:,} columns, where {MOST_COLUMNS:,} is the most")


def is_number(cell: str) -> bool:
    """Tell whether a cell holds a number or an angle rather than words."""
    text = unicodedata.normalize("NFKC", cell[:60]).strip()
    return len(cell) <= 60 and bool(_NUMBER.match(text) or _ANGLE.search(text))


def says_year(cell: str) -> bool:
    """Tell whether a cell is a year, which may be a heading."""
    return bool(_YEAR.match(cell))


def _coordinate_row(grid: Rows) -> int | None:
    """Return the header's lowest row, -1 where the first row is data already, None where nothing is a table."""
    look = grid[:_LOOK]
    filled = [[cell for cell in row if cell] for row in look]
    words = [bool(row) and sum(is_number(c) for c in row) * 5 <= len(row) for row in filled]
    for i, row in enumerate(look):
        if has_places(row) and (words[i] or not any(is_number(c) and not _YEAR.match(c) for c in filled[i])):
            return i
    most = max((len(row) for row in filled), default=0)
    for i, row in enumerate(filled):
        if words[i] and len(row) >= 2 and 2 * len(row) >= most:
            return i
    first = next((i for i, row in enumerate(filled) if row), None)
    if first is None:
        return None
    return (
        -1
        if len(filled[first]) >= 2 and not words[first]
        else (first if most < 2 and words[first] and len(look) > 1 else None)
    )


def _spread(grid: Rows, base: int, merges: Sequence[Merge]) -> tuple[int, int]:
    """Return the header's first and last row: rows above that group columns, a row below that names parts."""

    def joined(upper: int) -> bool:
        return any(top <= upper and bottom > upper for top, bottom, *_ in merges)

    def texts(i: int) -> bool:
        cells = [cell for cell in grid[i] if cell]
        return len(cells) >= 2 and not any(is_number(cell) and not _YEAR.match(cell) for cell in cells)

    first = last = base
    while first and texts(first - 1):
        over, under = grid[first - 1], grid[first]
        spans = any(a and not b for a, b in zip(over, under, strict=True))
        groups = any(
            top == bottom == first - 1 and right > left and any(under[left : right + 1])
            for top, bottom, left, right in merges
        )
        named = [cell for cell in under if cell]
        if not (joined(first - 1) or spans or groups or len(set(named)) < len(named)):
            break
        first -= 1
    if last + 1 < len(grid) and texts(last + 1):
        over, under = grid[last], grid[last + 1]
        parts = any(b and not a for a, b in zip(over, under, strict=True))
        gaps = any(a and not b for a, b in zip(over, under, strict=True))
        if joined(last) or (parts and gaps and not any(is_number(c) for c in under if not _YEAR.match(c))):
            last += 1
    return first, last


def _headings(grid: Rows, first: int, last: int, merges: Sequence[Merge], width: int) -> list[list[str]]:
    """Return what stands over each column, from above."""
    block = [list(row) for row in grid[first : last + 1]]
    for top, bottom, left, right in merges:
        for r in range(max(top, first), min(bottom, last) + 1):
            if (right > left and r < last) or bottom > top:
                for c in range(left, min(right, width - 1) + 1):
                    block[r - first][c] = grid[top][left] if top >= first else ""
    if not merges:
        for upper, lower in pairwise(block):
            for c in range(1, width):
                if not upper[c] and lower[c] and upper[c - 1]:
                    upper[c] = upper[c - 1]
    columns = [list(dict.fromkeys(_one_line(row[c]) for row in block if row[c])) for c in range(width)]
    return [  # a unit in brackets under a heading is part of it
        [*parts[:-2], parts[-2] + parts[-1]] if len(parts) > 1 and _UNIT_BELOW.match(parts[-1]) else parts
        for parts in columns
    ]


def _names(columns: list[list[str]]) -> list[str]:
    """Return one name a column: its lowest heading where that is its own, else with the heading over it."""
    own = [parts[-1] if parts else "" for parts in columns]
    names: list[str] = []
    for i, parts in enumerate(columns):
        alone = own.count(own[i]) == 1 and not (len(parts) > 1 and _YEAR.match(own[i]))
        name = own[i] if alone else " ".join(parts)
        name = name or f"column_{i + 1}"
        names.append(name if name not in names else f"{name}_{i + 1}")
    return names


def _units_over(columns: list[list[str]], names: list[str], under: Rows) -> dict[str, str]:
    """Return the units a heading over a group states, of its columns of numbers that state none themselves."""
    units: dict[str, str] = {}
    for c, (parts, name) in enumerate(zip(columns, names, strict=True)):
        over = next((unit for part in reversed(parts[:-1]) if (unit := unit_in_header(part))), None)
        if (
            over is not None
            and not (unit_in_header(parts[-1]) or unit_in_header(name))
            and any(is_number(row[c]) for row in under)
        ):
            units[name] = over.name
    return units


def _under(grid: Rows, last: int, names: list[str], notes: list[Text]) -> tuple[dict[str, str], int]:
    """Return the units of a row of units under the header, and where the body begins."""
    body, units = last + 1, dict[str, str]()
    for _ in range(2):
        if body >= len(grid):
            break
        cells = [cell for cell in grid[body] if cell]
        words = {
            names[c]: _UNIT_WORD.sub(r"\1", cell) for c, cell in enumerate(grid[body]) if cell and c < len(names)
        }
        if cells and all(w.lower() in _PLAIN_UNITS or (unit_of(w) and not is_number(w)) for w in words.values()):
            known = {name: unit_of(w) for name, w in words.items() if w not in ("-", "—", "/", "°", "度")}
            units |= {name: unit.name for name, unit in known.items() if unit and unit.name}
            notes.append(
                Text(
                    f"第 {body + 1} 行为单位：{'、'.join(cells)}",
                    f"row {body + 1} holds units: {', '.join(cells)}",
                )
            )
        elif cells and all(re.fullmatch(r":?-{3,}:?", cell) for cell in cells):
            pass  # the line of a Markdown table
        elif len(cells) > 2 and _counts(cells):
            notes.append(Text(f"第 {body + 1} 行为列号，已略过", f"row {body + 1} numbers the columns; left out"))
        else:
            break
        body += 1
    return units, body


def _counts(cells: list[str]) -> bool:
    bare = [cell.strip("()（）[]") for cell in cells]
    return bare == [str(i + 1) for i in range(len(bare))]


def _unit_lines(above: Rows) -> list[Text]:
    plain = ((unicodedata.normalize("NFKC", cell), cell) for row in above for cell in row)
    said = [cell for text, cell in plain if re.match(r"^单\s*位\s*:", text)]
    return [
        Text(
            f"标题行写有“{one[:40]}”，未用于任何列", f"a title line says “{one[:40]}”; it is applied to no column"
        )
        for one in said
    ]


def _as_said(file: str, said: str, count: int) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{1,6})(?:\s*[-–,，~]\s*(\d{1,6}))?", unicodedata.normalize("NFKC", said).strip())
    first = int(found[1]) if found else -1
    last = int(found[2] or first) if found else -1
    if found is None or last < first or last > count or (first == 0 and last):
        raise refuse_file(
            file, f"表头行“{said[:20]}”应为 3、2-3 或 0", f"the header rows “{said[:20]}” are written 3, 2-3 or 0"
        )
    return (0, -1) if first == 0 else (first - 1, last - 1)


def _one_line(text: str) -> str:
    return re.sub(r"(?<=[\u3400-\u9fff（(])\s+(?=[\u3400-\u9fff（()）])", "", re.sub(r"\s+", " ", text.strip()))
