"""Rows of the journal as versions, and the rule that nothing is overwritten in silence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

import orjson

from layers.store.version import Change, EditConflict, Reason, Version

_FIELDS = ("layer", "number", "kind", "digest", "parent", "features", "made_at", "who", "why")
_KNOWN = "SELECT layer, number, kind, digest, parent, features, made_at, who, why, about FROM version"
ALL = f"{_KNOWN} WHERE layer=?"
_LAST = "SELECT max(number) FROM version AS other WHERE other.layer = version.layer"
ALL_NEWEST = f"{_KNOWN} WHERE number = ({_LAST})"
NEWEST = f"{ALL} ORDER BY number DESC LIMIT 1"
ONE = f"{ALL} AND number=?"
_INSERT = (
    "INSERT INTO version (layer, number, kind, digest, parent, features, made_at, who, why, about, base, folds)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class Cursor(Protocol):
    """Rows of an answer."""

    def fetchone(self) -> Any:  # noqa: ANN401 - a row, or None
        """Return the next row."""

    def fetchall(self) -> list[Any]:
        """Return all rows."""


class Connection(Protocol):
    """A database as the journal asks it; values stand for ``?``."""

    def execute(self, sql: str, values: Sequence[Any] = (), /) -> Cursor:
        """Run a statement."""

    def executemany(self, sql: str, values: Sequence[Sequence[Any]], /) -> object:
        """Run a statement for every row of values."""


def journal_time() -> str:
    """Return the time as the journal writes it: UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def json_of(value: object) -> str | None:
    """Return a value as JSON text, None as none."""
    return None if value is None else orjson.dumps(value).decode()


def version_of(row: tuple[Any, ...]) -> Version:
    """Return a row of ``ALL`` as a version."""
    *known, about = row
    values: dict[str, Any] = dict(zip(_FIELDS, known, strict=True))
    return Version(**values, about=orjson.loads(about))


def newest_of(connection: Connection, layer: str) -> Version | None:
    """Return a layer's newest version inside a transaction."""
    row = connection.execute(NEWEST, (layer,)).fetchone()
    return version_of(row) if row else None


def next_of(
    layer: str,
    newest: Version | None,
    reason: Reason,
    *,
    digest: str,
    features: int,
) -> Version:
    """Return the version that follows the newest.

    Parameters
    ----------
    layer
        Id of the layer.
    newest
        The version before, None for the first.
    reason
        What made the version, and who.
    digest
        SHA-256 of what it holds.
    features
        How many features it holds.
    """
    number, parent = (newest.number + 1, newest.number) if newest else (1, None)
    told = (reason.who, reason.why, reason.about)
    return Version(layer, number, reason.kind, digest, parent, features, journal_time(), *told)


def insert(connection: Connection, made: Version, *, base: str, folds: Sequence[int]) -> None:
    """Write a version: the file it begins with and the edits laid over it.

    Parameters
    ----------
    connection
        Inside a writing transaction.
    made
        The version.
    base
        Digest of the file it begins with.
    folds
        Numbers of the edits laid over that file, oldest first.
    """
    row = (made.layer, made.number, made.kind, made.digest, made.parent, made.features, made.made_at, made.who)
    connection.execute(_INSERT, (*row, made.why, json_of(made.about), base, json_of(list(folds))))


def insert_changes(connection: Connection, made: Version, changes: Sequence[Change]) -> None:
    """Write the changes of an edit."""
    rows = [(made.layer, made.number, c.feature, json_of(c.before), json_of(c.after)) for c in changes]
    connection.executemany("INSERT INTO change VALUES (?, ?, ?, ?, ?)", rows)


def refuse_other(newest: Version | None, expected: int | None, layer: str) -> None:
    """Raise EditConflict unless the newest version is the expected one."""
    if (newest.number if newest else None) != expected:
        raise _conflict(newest, layer)


def refuse_stale(connection: Connection, newest: Version, changes: Sequence[Change], expected: int) -> None:
    """Raise EditConflict if a changed feature, or the whole layer, was changed after ``expected``.

    Parameters
    ----------
    connection
        Inside a writing transaction.
    newest
        The newest version there is.
    changes
        What is to be changed.
    expected
        Number of the version that the changes were made on.
    """
    wanted = {c.feature for c in changes}
    for number in range(expected + 1, newest.number + 1):
        found = version_of(connection.execute(ONE, (newest.layer, number)).fetchone())
        rows = connection.execute(
            "SELECT feature FROM change WHERE layer=? AND number=?", (newest.layer, number)
        ).fetchall()
        hit = sorted(wanted & {row[0] for row in rows})
        if found.kind != "edit" or hit:
            raise _conflict(found, hit[0] if hit else newest.layer)


def _conflict(found: Version | None, what: str) -> EditConflict:
    who, when, number = (found.who, found.made_at, found.number) if found else ("—", "—", 0)
    return EditConflict(what=what, who=who, when=when, number=number)
