"""A long narrow table on paper: two or three of its rows stand beside each other, so that it takes the width."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from briefings.resolve.blocks import Table
from briefings.resolve.tables import cell_ems, column_shares, group_rows, table_ems

_WHOLE = 20  # lines of a group on one page, so that it is read down one column and then the next
_LONG = 12  # rows, up to which a table stays as it is
_SHORTER = 0.75  # of its lines: what it takes at most for each time it is folded
_MOST = 3  # rows beside each other


def paper_table(table: Table, ems: float) -> Table:
    """Return a table as paper has it: repeated keys head the others, a long narrow one is folded.

    Parameters
    ----------
    table
        As the figure has it.
    ems
        How wide the text is, in letters of a folded table.
    """
    grouped = group_rows(table)
    if len(grouped.strong) == len(grouped.rows):  # where all are sums, none stands out
        grouped = replace(grouped, strong=())
    found = grouped
    for beside in range(2, _MOST + 1) if len(grouped.rows) > _LONG else ():
        folded = fold_table(grouped, beside)
        if max(-(-len(run) // beside) for run in _runs(grouped)) > _WHOLE:
            continue
        if table_ems(folded)[0] > ems or _lines(folded, ems) > _SHORTER * _lines(found, ems):
            break
        found = folded
    return found


def fold_table(table: Table, beside: int) -> Table:
    """Return a table with so many rows beside each other, read down the first column of them, then the next.

    A group still heads its rows; sums stand below what they add up, each in a line.

    Examples
    --------
    >>> rows = tuple((c, "1") for c in "xyz") + (("All", "3"), ("Of it", "1"))
    >>> flat = Table(("Class", "ha"), rows, (False, True), strong=(3, 4))
    >>> fold_table(flat, 2).rows
    (('x', '1', 'z', '1'), ('y', '1', '', ''), ('All', '3', '', ''), ('Of it', '1', '', ''))
    """
    rows, strong, groups = list[tuple[str, ...]](), list[int](), list[int]()
    blank = ("",) * len(table.heads)
    for run in _runs(table):
        if run[0] in table.groups:
            groups.append(len(rows))
            rows.append(table.rows[run[0]] + blank * (beside - 1))
            continue
        sums = run[0] in table.strong
        high = len(run) if sums else -(-len(run) // beside)
        strong += range(len(rows), len(rows) + high) if sums else ()
        cells = [table.rows[i] for i in run] + [blank] * (high * beside - len(run))
        rows += [tuple(cell for k in range(beside) for cell in cells[k * high + i]) for i in range(high)]
    return replace(
        table,
        heads=table.heads * beside,
        rows=tuple(rows),
        numeric=table.numeric * beside,
        strong=tuple(strong),
        groups=tuple(groups),
        beside=beside,
    )


def _runs(table: Table) -> Iterator[list[int]]:
    """Yield the rows that are folded together: a group's, its sums apart; a group's head alone."""
    run = list[int]()
    for i in range(len(table.rows)):
        alike = run and i not in table.groups and (i in table.strong) == (run[-1] in table.strong)
        if run and (not alike or run[-1] in table.groups):
            yield run
            run = []
        run.append(i)
    if run:
        yield run


def _lines(table: Table, ems: float) -> int:
    """Return how many lines a table takes in a width, without groups' heads and sums, which are not folded."""
    wide = min(table_ems(table)[1], ems)
    shares = column_shares(table, ems=wide)
    apart = {*table.groups, *table.strong}
    return sum(_row_lines(row, shares, wide) for i, row in enumerate(table.rows) if i not in apart)


def _row_lines(row: Sequence[str], shares: Sequence[float], wide: float) -> int:
    return max(math.ceil(cell_ems(text) / (share * wide) - 0.01) for text, share in zip(row, shares, strict=True))
