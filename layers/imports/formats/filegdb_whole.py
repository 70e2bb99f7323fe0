"""Whether the files of a geodatabase are whole: what each table states of itself, held against what was read.

References
----------
E. Rouault, Reverse-engineered specification of FileGDB: the header of a ``.gdbtable`` (version, rows, bytes).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_TABLE = re.compile(r"a([0-9a-f]{8})\.gdbtable", re.IGNORECASE)
_HEADER = 40  # bytes
_V10, _V11 = 3, 4  # versions of the format that state rows


@dataclass(frozen=True)
class StatedTable:
    """What the file of a table states: its rows (None where it does not), and whether it ends too early."""

    rows: int | None
    cut: bool


def stated_tables(folder: Path) -> dict[int, StatedTable]:
    """Return what the tables of a geodatabase state of themselves, by the number of their files."""
    found = {}
    for path in folder.iterdir():
        named = _TABLE.fullmatch(path.name)
        if named:
            with path.open("rb") as file:
                found[int(named[1], 16)] = _stated(file.read(_HEADER), path.stat().st_size)
    return found


def _stated(head: bytes, size: int) -> StatedTable:
    if len(head) < _HEADER:
        return StatedTable(None, cut=True)
    version, rows = struct.unpack_from("<ii", head)
    many, bytes_in_all = struct.unpack_from("<qq", head, 16)
    stated = {_V10: rows, _V11: many}.get(version)
    return StatedTable(stated, cut=size < bytes_in_all)


def first_cut(stated: Mapping[int, StatedTable]) -> str:
    """Return the name of the first file that ends too early; "" where all are whole.

    Examples
    --------
    >>> first_cut({9: StatedTable(2, cut=False), 10: StatedTable(1, cut=True)})
    'a0000000a.gdbtable'
    """
    return next((f"a{number:08x}.gdbtable" for number in sorted(stated) if stated[number].cut), "")


def lost_rows(
    stated: Mapping[int, StatedTable], tables: Mapping[str, int], read: Mapping[str, int]
) -> dict[str, int | None]:
    """Return the tables of which rows are lost, each with how many; None where its file is not there at all.

    Parameters
    ----------
    stated
        What the files state.
    tables
        The number of the files of each table, by its name, as the geodatabase lists them.
    read
        How many rows of each could be read.

    Examples
    --------
    >>> whole = {9: StatedTable(2, cut=False), 10: StatedTable(5, cut=True)}
    >>> lost_rows(whole, {"DLTB": 9, "XM": 10, "QLR": 11, "GDB_Items": 4}, {"DLTB": 2, "XM": 3})
    {'XM': 2, 'QLR': None}
    """
    lost: dict[str, int | None] = {}
    for name, number in tables.items():
        if name.upper().startswith("GDB_"):
            continue
        if number not in stated:
            lost[name] = None
        elif stated[number].rows is not None and (short := (stated[number].rows or 0) - read.get(name, 0)) > 0:
            lost[name] = short
    return lost
