"""What every result has: its numbers as a table, how they were computed, what to beware of, what was repaired."""

from __future__ import annotations

import html
import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.arrays import Ints
from geo.errors import BadField, NoSuchField
from geo.measure.validity import Problem, Report
from geo.text import Text

NO_CLASS_ZH, NO_CLASS_EN = "未注明类别", "no class stated"
_Row = TypeVar("_Row")


@dataclass(frozen=True, kw_only=True)
class Result(ABC):
    """Base of results. ``repairs`` are (layer, problem) pairs; nothing was mended without being listed there."""

    method: Text
    caveats: tuple[Text, ...] = ()
    repairs: tuple[tuple[str, Problem], ...] = ()

    @abstractmethod
    def to_frame(self) -> pd.DataFrame:
        """Return the result as a table."""

    def _repr_html_(self) -> str:
        notes = [self.method, *self.caveats]
        items = "".join(f"<li>{html.escape(note.zh)}<br>{html.escape(note.en)}</li>" for note in notes)
        mended = f"<p>{len(self.repairs)} repairs / 处修复</p>" if self.repairs else ""
        return f"{self.to_frame().to_html(escape=True, max_rows=60)}<ul>{items}</ul>{mended}"


def repairs_of(*reports: Report) -> tuple[tuple[str, Problem], ...]:
    """Return every problem of several layers, named by layer."""
    return tuple((report.where, problem) for report in reports for problem in report.problems)


def typed_rows(table: pd.DataFrame, row: Callable[..., _Row]) -> Iterator[_Row]:
    """Yield rows as named tuples whose fields are columns; a table itself cannot say what its columns hold."""
    return map(row, *(table[name] for name in inspect.get_annotations(row)))


def frame_column(frame: pd.DataFrame, field: str | None, *, where: str) -> pd.Series:
    """Return a column, or the index when ``field`` is None.

    Raises
    ------
    NoSuchField
        Naming the fields there are.
    """
    if field is None:
        return pd.Series(frame.index, index=frame.index)
    if field not in frame.columns:
        known = ", ".join(str(name) for name in frame.columns if name != frame.geometry.name)
        raise NoSuchField(where=where, field=field, known=known)
    return frame[field]


def distinct_labels(frame: pd.DataFrame, field: str | None, *, where: str) -> tuple[Ints, list[str | None]]:
    """Return each row's number and the distinct labels as text; null and blank are the label None.

    Whole numbers read without decimals, and blanks around a word make no other label.

    Raises
    ------
    BadField
        It holds lists or objects.
    """
    try:
        code, found = pd.factorize(frame_column(frame, field, where=where), use_na_sentinel=False)
    except TypeError as error:
        why = {"why_zh": "含有列表或对象，不能作类别。", "why_en": "holds lists or objects, which are no labels."}
        raise BadField(where=where, field=field, **why) from error
    text = isinstance(found.dtype, pd.StringDtype)  # one by one a text of an Arrow array costs a microsecond
    values = found.to_numpy(dtype=object) if text else found
    names = [None if pd.isna(value) else _as_label(value) for value in values]
    distinct = list(dict.fromkeys(names))
    place = {name: at for at, name in enumerate(distinct)}
    return np.array([place[name] for name in names], dtype=np.int64)[code], distinct


def _as_label(value: object) -> str | None:
    """Return a value as a label: 701.0 is 701, blanks around a word are no part of it."""
    if type(value) is str:  # nearly all are: a million ids are told in a blink
        return value.strip() or None
    whole = isinstance(value, float) and value.is_integer()
    return (f"{value:.0f}" if whole else str(value).strip()) or None


def text_labels(frame: gpd.GeoDataFrame, field: str | None, *, where: str) -> list[str | None]:
    """Return a column as text labels; null and blank become None."""
    code, names = distinct_labels(frame, field, where=where)
    return [names[number] for number in code.tolist()]


def column_numbers(
    frame: gpd.GeoDataFrame, field: str, *, where: str
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return a column as numbers, unknown as NaN (never 0).

    Raises
    ------
    BadField
        When a value is text that is not a number, or infinite.
    """
    values = frame_column(frame, field, where=where)
    result = np.asarray(pd.to_numeric(values, errors="coerce"), dtype=float)
    bad = np.flatnonzero((np.isnan(result) & ~np.asarray(pd.isna(values))) | np.isinf(result))
    if len(bad):
        shown = str(values.iloc[int(bad[0])])[:40]
        row = int(bad[0])
        raise BadField(
            where=where,
            field=field,
            why_zh=f"第 {row} 行的值“{shown}”不是数字。",
            why_en=f"row {row} holds '{shown}', which is not a number.",
        )
    return result


def area_method(crs_name: str, *, lonlat: bool) -> Text:
    """Return how areas were taken."""
    where_zh = "经纬度直线边" if lonlat else f"{crs_name} 平面直线边"
    where_en = "straight in longitude and latitude" if lonlat else f"straight in the plane of {crs_name}"
    return Text(
        f"椭球面积（{where_zh}，面积密度沿边界积分，相对误差小于 1e-9）。",
        f"Ellipsoidal area (edges {where_en}; area density integrated along them, relative error below 1e-9).",
    )
