"""Tables with a row a year for each place: which rows are features is asked, for a place is not there twice."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from geo.arrays import Bools
from geo.text import Text
from layers.imports.draft import Draft, Undecided, refuse_file

EVERY = "all"
_TABLES = ("CSV", "XLSX")
_NAME = re.compile(r"年份|年度|^年$|季度|月份|期次|时期|统计年|year|period|quarter|month", re.IGNORECASE)
_PERIOD = re.compile(
    r"^(?:19|20)\d{2}\s*年?\s*(?:度|(?:[-/.]|第)?\s*(?:q[1-4]|[1-4一二三四]\s*季度)|[-/.]?\d{1,2}\s*月?)?$"
    r"|^\d{1,2}[-/](?:19|20)\d{2}$",
    re.IGNORECASE,
)
_MOST, _LOOK, _FEWEST_ROWS, _WHOLE = 60, 1000, 4, 0.6


def of_one_period(draft: Draft, wanted: str, *, file: str) -> Draft:
    """Return the rows of the period a person wants; where none is said and places come in periods, ask.

    Parameters
    ----------
    draft
        A table's rows, columns as texts.
    wanted
        A period as the table writes it, ``all``, or nothing.
    file
        Its name in errors.

    Raises
    ------
    UnreadableFile
        No row is of that period.
    """
    if draft.format not in _TABLES or (not wanted and len(draft.geometry) < _FEWEST_ROWS):
        return draft
    if wanted == EVERY:
        return draft
    if wanted:
        return _taken(draft, wanted, file)
    found = _column_of_periods(draft)
    if found is None:
        return draft
    name, values, places = found
    some_zh, some_en = "、".join(values[:4]), ", ".join(values[:4])
    text = Text(
        f"{places} 个位置各有多行，以列 {name} 区分（{some_zh}）。请选择取哪个时期的行；"
        f"选 {EVERY} 则每行各成一个要素",
        f"{places} places have several rows each, told apart by the column {name} ({some_en}). Choose the period "
        f"whose rows are taken, or {EVERY} to make every row a feature of its own",
    )
    return replace(draft, questions=(*draft.questions, Undecided("rows_of", text, (*values, EVERY))))


def _column_of_periods(draft: Draft) -> tuple[str, list[str], int] | None:
    """Return the column that tells the rows of one place apart, its values, and how many places there are."""
    there = np.flatnonzero(~shapely.is_missing(draft.geometry))
    named = {name: texts for name in draft.properties.schema.names if (texts := _periods(draft, name))}
    if not named or len(there) < _FEWEST_ROWS:
        return None
    places = shapely.to_wkb(draft.geometry[there])
    rows_of = Counter(places)
    several = sum(count > 1 for count in rows_of.values())
    if 2 * several < len(rows_of):
        return None
    for name, texts in named.items():
        values = list(dict.fromkeys(one for one in texts if one))
        pairs = {(place, texts[int(i)]) for place, i in zip(places, there, strict=True)}
        if len(pairs) == len(there) and len(there) >= _WHOLE * len(rows_of) * len(values):
            return name, values, len(rows_of)
    return None


def _periods(draft: Draft, name: str) -> list[str]:
    """Return a column's texts where they are periods, several and not too many; else nothing."""
    column = draft.properties.column(name)
    if pa.types.is_nested(column.type):  # a list or an object is no period
        return []
    written = pc.unique(column)
    if len({_text(value) for value in written.slice(0, _LOOK).to_pylist()} - {""}) > _MOST:
        return []  # most columns: no more of it need be looked at
    known = {one for value in written.to_pylist() if (one := _text(value))}
    if not 1 < len(known) <= min(_MOST, len(draft.properties) - 1):
        return []
    said = bool(_NAME.search(name)) and len(name) < 20
    return _texts(draft, name) if said or all(_PERIOD.match(one) for one in known) else []


def _texts(draft: Draft, name: str) -> list[str]:
    return list(map(_text, draft.properties.column(name).to_pylist()))


def _text(value: object) -> str:
    return "" if value is None else unicodedata.normalize("NFKC", str(value)).strip()


def _taken(draft: Draft, wanted: str, file: str) -> Draft:
    means = _bare(wanted)
    for name in sorted(draft.properties.schema.names, key=lambda one: not _periods(draft, one)):
        chosen: Bools = np.array([_bare(one) == means for one in _texts(draft, name)], dtype=bool)
        if chosen.any():
            zh = f"只取列 {name} 为 {wanted} 的 {int(chosen.sum())} 行（共 {len(chosen)} 行）"
            en = f"the {int(chosen.sum())} of {len(chosen)} rows whose {name} is {wanted} are taken"
            return _rows(replace(draft, notes=(*draft.notes, Text(zh, en))), np.flatnonzero(chosen).tolist())
    raise refuse_file(file, f"没有一行的时期是 {wanted}", f"none of its rows is of the period {wanted}")


def _bare(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().removesuffix("年度").removesuffix("年").casefold()


def _rows(draft: Draft, rows: Sequence[int]) -> Draft:
    """Return some rows of a draft; what was found is of those that are left."""
    at = {row: i for i, row in enumerate(rows)}
    found = tuple(
        replace(one, rows=tuple(at[row] for row in one.rows if row in at))
        for one in draft.found
        if not one.rows or any(row in at for row in one.rows)
    )
    return replace(
        draft,
        properties=draft.properties.take(list(rows)),
        geometry=draft.geometry[list(rows)],
        ids=None if draft.ids is None else tuple(draft.ids[row] for row in rows),
        found=found,
        exact={name: column.take(list(rows)) for name, column in draft.exact.items()},
    )
