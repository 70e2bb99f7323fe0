"""Values measured for the plan's indicators since it was made: of which day, from where, by whom."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from layers.errors import BadParameter
from layers.plan.schedule import read_day
from layers.plan.statistics import Indicator
from webapp.accounts.own_files import OwnFile

_TABLE = """CREATE TABLE measured (key INTEGER PRIMARY KEY, indicator TEXT NOT NULL, value REAL NOT NULL,
raw TEXT NOT NULL, day TEXT NOT NULL, source TEXT NOT NULL, who TEXT NOT NULL, made_at TEXT NOT NULL,
ended_by TEXT NOT NULL DEFAULT '', ended_at TEXT NOT NULL DEFAULT '')"""
_FORM = 1  # of the file
_LONGEST = 300  # letters of a source
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,12})?")
_SAME = "SELECT count(*) FROM measured WHERE indicator=? AND value=? AND day=? AND source=? AND ended_at=''"
_ADD = "INSERT INTO measured (indicator, value, raw, day, source, who, made_at) VALUES (?, ?, ?, ?, ?, ?, ?)"


@dataclass(frozen=True)
class MeasuredValue:
    """A value as it was entered (``raw``) for a day; times are UTC, ``ended_at`` is set once it was taken back."""

    key: int
    indicator: str
    value: float
    raw: str
    day: str
    source: str
    who: str
    made_at: str
    ended_by: str = ""
    ended_at: str = ""


@dataclass(frozen=True)
class WantedValue:
    """What somebody wants to enter, read and found good."""

    raw: str
    day: str
    source: str


def read_wanted_value(raw: str, day: str, source: str) -> WantedValue:
    """Return what was entered for an indicator.

    Raises
    ------
    BadParameter
        It is no number, no day, a day that has not come, or has no source.
    """
    number = raw.strip()
    if not _NUMBER.fullmatch(number):
        raise BadParameter(
            name="value",
            why_zh="应为数，如 935 或 -0.5，不带千分号和单位",
            why_en="a number is expected, as 935 or -0.5, without thousands signs and unit",
        )
    found = read_day(day.strip())
    if found is None or found > date.today():
        raise BadParameter(
            name="day",
            why_zh="应为实测的日期，如 2024-12-31，不晚于今天",
            why_en="the day it was measured is expected, as 2024-12-31, not after today",
        )
    told = " ".join(source.split())
    if not told or len(told) > _LONGEST or not told.isprintable():
        raise BadParameter(
            name="source",
            why_zh=f"须写明来源，如统计公报及其年份，最多 {_LONGEST} 字",
            why_en=f"say where it is from, as a yearbook and its year, in at most {_LONGEST} letters",
        )
    return WantedValue(number, found.isoformat(), told)


class MeasuredValues:
    """The measured values of an installation; none is ever overwritten, one that was taken back stays listed.

    Parameters
    ----------
    folder
        The instance folder; the file is made by the first value.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "measured.sqlite"

    def _open(self, *, writing: bool = True) -> AbstractContextManager[sqlite3.Connection]:
        return OwnFile(self._path, _FORM, _shape).opened(writing=writing)

    def all(self) -> tuple[MeasuredValue, ...]:
        """Return every value, the latest day first; those of one day the latest entered first."""
        if not self._path.is_file():
            return ()
        with self._open(writing=False) as file:
            rows = file.execute("SELECT * FROM measured ORDER BY day DESC, key DESC").fetchall()
        return tuple(MeasuredValue(*row) for row in rows)

    def add(self, indicator: str, wanted: WantedValue, who: str) -> None:
        """Keep a value; the same one, pressed twice, is kept once."""
        value = float(wanted.raw)
        with self._open() as file:
            if file.execute(_SAME, (indicator, value, wanted.day, wanted.source)).fetchone()[0]:
                return
            file.execute(
                _ADD,
                (indicator, value, wanted.raw, wanted.day, wanted.source, who, _now()),
            )

    def end(self, indicator: str, key: int, who: str, *, ended: bool) -> bool:
        """Take a value back, or put it back again; whether there is one of that key.

        Parameters
        ----------
        indicator, key
            Which value.
        who
            Takes it back.
        ended
            Whether it counts no more.
        """
        told = (who, _now()) if ended else ("", "")
        with self._open() as file:
            found = file.execute(
                "UPDATE measured SET ended_by=?, ended_at=? WHERE indicator=? AND key=?", (*told, indicator, key)
            )
            return found.rowcount > 0


def with_measured(one: Indicator, values: Iterable[MeasuredValue], day: date) -> Indicator:
    """Return an indicator with what was measured up to a day; of a year the latest day's value counts.

    Parameters
    ----------
    one
        As the plan declares it.
    values
        Of any indicators, the latest first.
    day
        The day it is looked at.
    """
    known = [v for v in values if v.indicator == one.id and not v.ended_at and v.day <= day.isoformat()]
    return replace(one, actual=one.actual | {v.day[:4]: v.value for v in reversed(known)}) if known else one


def latest_measured(values: Iterable[MeasuredValue], day: date) -> dict[str, MeasuredValue]:
    """Return of each indicator the value that decides on a day: the latest one that was not taken back."""
    found: dict[str, MeasuredValue] = {}
    for one in values:
        if not one.ended_at and one.day <= day.isoformat():
            found.setdefault(one.indicator, one)
    return found


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _shape(file: sqlite3.Connection, _form: int) -> None:
    file.execute(_TABLE)
