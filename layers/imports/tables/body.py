"""The rows of a table that are features: merged cells filled, total rows and notes under it told and left out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from geo.text import Text
from layers.imports.draft import Found
from layers.imports.tables.grid import Merge, Rows, TableHead, is_number
from layers.imports.telling import Progress, counted_rows, tell_nobody

_TOTAL_WORDS = (
    r"^(?:合\s*计|总\s*计|小\s*计|共\s*计|累\s*计|总\s*和|汇\s*总|合\s*计\s*数|总\s*数|平\s*均(?:\s*值)?|(?:grand\s+|sub-?\s*)?totals?|sum|average|mean)"
    r"\s*(?:[(\[【][^()\[\]【】]{1,12}[)\]】])?\s*[::]?$"
)
_ONLY_TOTAL = re.compile(_TOTAL_WORDS, re.IGNORECASE)
_TOTAL = re.compile(
    _TOTAL_WORDS
    + r"|^.{1,20}(?:小\s*计|合\s*计|总\s*计|共\s*计)\s*(?:[(\[【][^()\[\]【】]{1,12}[)\]】])?\s*[::]?$"
    r"|^其\s*中\s*(?:[::].{0,20})?$",
    re.IGNORECASE,
)
_SIGNS = (
    r"(?:(?:单位|部门|统计)?负责人|填表人?|制表人?|填报人|审核人?|审批人?|复核人?|校对人?|经办人|联系人|联系电话"
    r"|填报单位|制表单位|编制单位|(?:填报|制表|填表|打印|编制|报出)(?:日期|时间)|盖章|签字|签章)"
)
_FOOT = re.compile(
    r"^(?:备\s*注|注\s*\d*|说\s*明|数据来源|资料来源|来\s*源|单\s*位|日\s*期|notes?|sources?|remarks?"
    r"|prepared by|checked by"
    rf"|{_SIGNS})\s*[::(（]|^[*＊※]\s*\S{{2}}",
    re.I,
)
_SIGNED = re.compile(
    rf"^{_SIGNS}\s*(?:[::]|$)|^(?:日期|date|prepared by|checked by|approved by)\s*:", re.IGNORECASE
)
_PAGE = re.compile(r"^(?:第\s*\d+\s*页|共\s*\d+\s*页|page\s+\d+|-\s*\d+\s*-$)", re.IGNORECASE)


@dataclass(frozen=True)
class TableBody:
    """The rows of a table that are features, the number of each in the file (from 1), and what was left out."""

    rows: Rows
    lines: list[int]
    notes: tuple[Text, ...] = ()
    found: tuple[Found, ...] = ()


def read_body(
    rows: Rows,
    head: TableHead,
    *,
    merges: Sequence[Merge] = (),
    totals: str = "",
    placed: Sequence[int] = (),
    progress: Progress = tell_nobody,
) -> TableBody:
    """Return a table's rows that are features.

    Rows without a cell are skipped. A total row, one that calls itself so and has no place, is left out and told,
    as are notes under a table and rows that say the header once more. Text merged over several rows stands in each
    of them; a merged number in the first only, for it would be added up again.

    Parameters
    ----------
    rows
        All cells.
    head
        Of the table.
    merges
        Ranges of merged cells.
    totals
        ``none`` to keep every row, the numbers of rows (``7, 9-10``) that are totals, empty to look for them.
    placed
        The columns that hold the place: a row with one is a feature, whatever it is called.
    progress
        Is told the rows read.
    """
    width = len(head.names)
    body = [[*map(str.strip, row), *[""] * (width - len(row))] for row in rows[head.body :]]
    notes: list[Text] = []
    _fill(body, merges, head, notes)
    said = _numbers(totals) if totals and totals != "none" else None
    kept: Rows = []
    lines: list[int] = []
    gone: dict[str, list[tuple[int, str]]] = {"total": [], "note": [], "header": []}
    heads = _header_rows(rows, head) if totals != "none" else set()
    count = len(body)
    for i, row in enumerate(counted_rows(body, progress)):
        number = head.body + i + 1
        kind = (
            _kind(row, number, said=said, placed=placed, width=width, last=i >= count - 12)
            if totals != "none"
            else ""
        )
        if not any(row):
            continue
        kind = "header" if heads and tuple(row[:width]) in heads else kind
        if kind:
            gone[kind].append((number, " ".join(cell for cell in row if cell)[:60]))
            continue
        kept.append(row[:width])
        lines.append(number)
    found = []
    if gone["header"]:
        at = gone["header"]
        notes.append(
            Text(
                f"{len(at)} 行是重复的表头，已略过（第 {_few([n for n, _ in at])} 行）",
                f"{len(at)} rows say the header once more; left out (rows {_few([n for n, _ in at])})",
            )
        )
        found.append(
            Found("header_again", "重复的表头", "the header once more", "left out", lines=tuple(n for n, _ in at))
        )
    if gone["total"]:
        at = gone["total"]
        words = (
            "；".join(f"第 {n} 行：{text}" for n, text in at[:5]),
            "; ".join(f"row {n}: {text}" for n, text in at[:5]),
        )
        notes.append(
            Text(
                f"{len(at)} 个合计行不是要素，已略过（{words[0]}）",
                f"{len(at)} total rows are no features; left out ({words[1]})",
            )
        )
        found.append(Found("total_row", "合计行", "total row", "left out", lines=tuple(n for n, _ in at)))
    if gone["note"]:
        at = gone["note"]
        notes.append(
            Text(
                f"表下 {len(at)} 行说明已略过（{at[0][1]}）",
                f"{len(at)} lines under the table are notes; left out ({at[0][1]})",
            )
        )
        found.append(
            Found("table_note", "表下说明", "note under the table", "left out", lines=tuple(n for n, _ in at))
        )
    wide = [head.body + i + 1 for i, row in enumerate(body) if any(row[width:])]
    if wide:
        notes.append(
            Text(
                f"{len(wide)} 行的单元格多于表头，多出的未读（第 {_few(wide)} 行）",
                f"{len(wide)} rows have more cells than the header; what is over is not read (rows {_few(wide)})",
            )
        )
        found.append(
            Found("wide_row", "单元格多于表头", "more cells than the header", "left out", lines=tuple(wide))
        )
    return TableBody(kept, lines, tuple(notes), tuple(found))


def _header_rows(rows: Rows, head: TableHead) -> set[tuple[str, ...]]:
    """Return the header's rows as they stand: printed tables have them on every page."""
    width = len(head.names)
    cells = ([cell.strip() for cell in row] for row in rows[head.first : head.last + 1])
    return {tuple([*row, *[""] * width][:width]) for row in cells if sum(map(bool, row)) > 1}


def _fill(body: Rows, merges: Sequence[Merge], head: TableHead, notes: list[Text]) -> None:
    filled = left = 0
    for top, bottom, first, last in merges:
        at = top - head.body
        if at < 0 or at >= len(body) or first >= len(head.names):
            continue
        value = body[at][first]
        for r in range(at, min(bottom - head.body, len(body) - 1) + 1):
            for c in range(first, min(last, len(head.names) - 1) + 1):
                if (r, c) == (at, first) or body[r][c] or not value:
                    continue
                if is_number(value) or c != first:
                    left += c == first
                    continue
                body[r][c] = value
                filled += 1
    if filled:
        notes.append(
            Text(
                f"纵向合并的单元格已填入其下 {filled} 格",
                f"text of cells merged over rows is put into the {filled} cells below it",
            )
        )
    if left:
        notes.append(
            Text(
                f"{left} 个纵向合并的数值只记在首行，以免重复合计",
                f"numbers merged over rows stand in the first row only "
                f"({left} cells below stay empty), so as not to be added twice",
            )
        )


def _kind(
    row: list[str], number: int, *, said: set[int] | None, placed: Sequence[int], width: int, last: bool
) -> str:
    if said is not None and number in said:
        return "total"
    held = [row[c] for c in placed if row[c]]
    short = last or sum(map(bool, row[:width])) <= 2  # no other row may be a note
    if held and not short:
        return ""
    cells = [cell for cell in row[:width] if cell]
    if short and width > 2 and cells and not any(map(is_number, held)) and _is_note(cells, last=last):
        return "note"
    if held:
        return ""
    words = [unicodedata.normalize("NFKC", cell) for cell in cells if not is_number(cell)]
    return "total" if said is None and _is_total(words) and len(words) <= max(2, width // 3) else ""


def _is_note(cells: list[str], *, last: bool) -> bool:
    """Tell whether a row is a note under a table, the line of who made it, or the number of a page."""
    cells = [unicodedata.normalize("NFKC", cell) for cell in cells]
    if len(cells) <= 2 and (_PAGE.match(cells[0]) or (last and _FOOT.match(cells[0]))):
        return True
    return last and bool(_SIGNED.match(cells[0])) and sum(bool(_SIGNED.match(cell)) for cell in cells) > 1


def _is_total(words: list[str]) -> bool:
    """Tell whether a row calls itself a total: at its beginning, or behind the group it is the total of."""
    if not words:
        return False
    return bool(_TOTAL.match(words[0].strip())) or any(_ONLY_TOTAL.match(word.strip()) for word in words[1:2])


def _numbers(text: str) -> set[int]:
    found: set[int] = set()
    for first, last in re.findall(r"(\d{1,7})(?:\s*[-–]\s*(\d{1,7}))?", text):
        found |= set(range(int(first), min(int(last or first), int(first) + 10_000) + 1))
    return found


def _few(rows: Sequence[int]) -> str:
    return ", ".join(map(str, rows[:8])) + ("…" if len(rows) > 8 else "")
