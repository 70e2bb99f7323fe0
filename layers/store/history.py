"""A layer's history over what a store brings: its journal (which versions) and its contents (what they hold).

A version's content is kept, whole and flushed, before the transaction that makes it known ends; so whatever
interrupts a write, the last complete version stays and no half one is ever seen.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

import orjson
import pyarrow.parquet as pq

from layers.features.columns import Content, write_content
from layers.files import digest_of, discard
from layers.store.files import whole_or_not
from layers.store.folding import fold_content
from layers.store.records import (
    ALL,
    ALL_NEWEST,
    NEWEST,
    ONE,
    Connection,
    insert,
    insert_changes,
    newest_of,
    next_of,
    refuse_other,
    refuse_stale,
    version_of,
)
from layers.store.retention import forget_rows
from layers.store.version import Change, Reason, StoreError, UnknownVersion, Version

_REBASE = "UPDATE version SET base=?, folds='[]' WHERE layer=? AND number=?"
_MOST = 2**31  # numbers from here on no database holds
_MOST_FOLDS = 200  # edits laid over one file before a new file is written


class Journal(Protocol):
    """Which versions there are, in a database; SQL with ``?`` for values."""

    @property
    def exists(self) -> bool:
        """Whether anything was ever written."""

    def reading(self) -> AbstractContextManager[Connection]:
        """Give a connection that sees one consistent state."""

    def writing(self, layer: str) -> AbstractContextManager[Connection]:
        """Give a connection inside a transaction that alone writes that layer; an error undoes it all."""


class Contents(Protocol):
    """What bulk versions hold, by digest."""

    def taken(self, source: Path) -> AbstractContextManager[Path]:
        """Take a file over; it is gone afterwards, kept or not."""

    def part(self) -> Path:
        """Return a passing name for a new file."""

    def settle(self, connection: Connection, part: Path, digest: str) -> None:
        """Keep a file under its digest, inside the transaction that makes it known."""

    def known_to(self, connection: Connection, layer: str, base: str) -> None:
        """Make a layer's newest version visible to other programmes, inside the same transaction."""

    def read(self, base: str) -> Content:
        """Return what is kept under a digest, or raise DamagedStore."""

    def prepare(self, base: str) -> None:
        """Make ready what the first reader of a large one would wait for."""

    def crs(self, base: str) -> str:
        """Return its CRS: ``EPSG:4326`` or ``EPSG:4490``."""

    def sweep(self, known: Set[str]) -> None:
        """Take away what interrupted writes left, and what was dropped."""

    def dropped(self, connection: Connection, layer: str, bases: Set[str]) -> None:
        """Let go of what nothing begins with any more, inside the transaction; and of a layer that has gone."""


class History:
    """The store: see ``layers.store.version.Store``.

    Parameters
    ----------
    journal, contents
        Of the same store.
    """

    def __init__(self, journal: Journal, contents: Contents) -> None:
        self._journal = journal
        self._contents = contents
        self._swept = False

    def layers(self) -> tuple[str, ...]:
        """Return the layers that have versions."""
        return tuple(row[0] for row in self._rows("SELECT DISTINCT layer FROM version ORDER BY layer"))

    def newest(self, layer: str) -> Version | None:
        """Return a layer's newest version."""
        found = self._rows(NEWEST, layer)
        return version_of(found[0]) if found else None

    def all_newest(self) -> dict[str, Version]:
        """Return the newest version of every layer that has one."""
        found = map(version_of, self._rows(ALL_NEWEST))
        return {one.layer: one for one in found}

    def versions(self, layer: str) -> tuple[Version, ...]:
        """Return a layer's versions, newest first."""
        found = self._rows(f"{ALL} ORDER BY number DESC", layer)
        return tuple(version_of(row) for row in found)

    def version(self, layer: str, number: int) -> Version:
        """Return one version.

        Raises
        ------
        UnknownVersion
            There is none of that number.
        """
        found = self._rows(ONE, layer, number) if number < _MOST else []
        if not found:
            raise UnknownVersion(layer=layer[:60], number=number)
        return version_of(found[0])

    def read(self, layer: str, number: int) -> Content:
        """Return what a version holds.

        Raises
        ------
        UnknownVersion
            There is none of that number.
        DamagedStore
            Its file is missing or is not what was written.
        """
        found = self._rows("SELECT base, folds FROM version WHERE layer=? AND number=?", layer, number)
        if not found:
            raise UnknownVersion(layer=layer[:60], number=number)
        base, folds = found[0]
        return fold_content(self._contents.read(base), self._states(layer, orjson.loads(folds)))

    def _states(self, layer: str, folds: Sequence[int]) -> dict[str, Mapping[str, Any] | None]:
        if not folds:
            return {}
        wanted = set(folds)
        rows = self._rows(
            "SELECT number, feature, after FROM change WHERE layer=? AND number BETWEEN ? AND ? ORDER BY number",
            layer,
            min(folds),
            max(folds),
        )
        return {feature: after and orjson.loads(after) for number, feature, after in rows if number in wanted}

    def add(
        self,
        layer: str,
        content_file: Path,
        reason: Reason,
        *,
        expected: int | None,
    ) -> Version:
        """Add a version from a file of ``layers.features.columns``, which is moved into the store.

        Parameters
        ----------
        layer
            Id of the layer.
        content_file
            The file; it is moved away, or deleted after an error.
        reason
            What made the version, and who.
        expected
            Number of the newest version the caller knows; None for a layer without one.

        Raises
        ------
        EditConflict
            The newest version is not the expected one.
        StoreUnavailable
            The disk is full, read-only or failing; nothing was changed.
        """
        with whole_or_not(), self._contents.taken(content_file) as part:
            features, digest = pq.read_metadata(part).num_rows, digest_of(part)
            with self._writing(layer) as connection:
                newest = newest_of(connection, layer)
                refuse_other(newest, expected, layer)
                made = next_of(layer, newest, reason, digest=digest, features=features)
                insert(connection, made, base=digest, folds=())
                self._contents.settle(connection, part, digest)
                self._contents.known_to(connection, layer, digest)
        self._contents.prepare(digest)
        return made

    def edit(
        self,
        layer: str,
        changes: Sequence[Change],
        *,
        who: str,
        why: str,
        expected: int,
        about: Mapping[str, Any] | None = None,
    ) -> Version:
        """Add a version that differs in single features.

        Parameters
        ----------
        layer
            Id of the layer.
        changes
            One for each feature: its id, and what it is afterwards, or None.
        who, why
            The person and the reason, as the history shows them.
        expected
            Number of the version that the changes were made on.
        about
            What else is kept with the version; plain values for JSON.

        Raises
        ------
        UnknownVersion
            The layer has no version yet.
        EditConflict
            One of the features, or the layer as a whole, was changed since ``expected``.
        StoreUnavailable
            The disk is full, read-only or failing; nothing was changed.
        """
        with self._writing(layer) as connection:
            newest = newest_of(connection, layer)
            if newest is None:
                raise UnknownVersion(layer=layer[:60], number=expected)
            refuse_stale(connection, newest, changes, expected)
            told = orjson.dumps([[c.feature, c.before, c.after] for c in changes], option=orjson.OPT_SORT_KEYS)
            digest = hashlib.sha256(newest.digest.encode() + told).hexdigest()
            grown = sum((c.after is not None) - (c.before is not None) for c in changes)
            features = newest.features + grown
            reason = Reason(kind="edit", who=who, why=why, about=about or {})
            made = next_of(layer, newest, reason, digest=digest, features=features)
            base, folds = _stands_on(connection, layer, newest.number)
            insert(connection, made, base=base, folds=(*folds, made.number))
            insert_changes(connection, made, changes)
        if len(folds) >= _MOST_FOLDS:
            try:
                self._rebase(made, base)
            except StoreError as error:  # the edit is kept; only the next ones take longer
                logging.getLogger(__name__).warning("%s", error.message("en"))
        return made

    def _rebase(self, version: Version, base: str) -> None:
        """Write the file an edit amounts to, so that the next edits are laid over it."""
        content, part = self.read(version.layer, version.number), self._contents.part()
        with whole_or_not():
            try:
                write_content(part, content, crs=self._contents.crs(base))
                digest = digest_of(part)
                with self._writing(version.layer) as connection:
                    connection.execute(_REBASE, (digest, version.layer, version.number))
                    self._contents.settle(connection, part, digest)
                    newest = newest_of(connection, version.layer)
                    if newest and newest.number == version.number:
                        self._contents.known_to(connection, version.layer, digest)
            finally:
                discard(part)

    def restore(self, layer: str, number: int, *, who: str, why: str) -> Version:
        """Add a version equal to an old one.

        Parameters
        ----------
        layer
            Id of the layer.
        number
            The old version's.
        who, why
            The person and the reason, as the history shows them.

        Raises
        ------
        UnknownVersion
            There is none of that number.
        """
        old = self.version(layer, number)
        with self._writing(layer) as connection:
            base, folds = _stands_on(connection, layer, number)
            about = {**old.about, "restores": number}
            reason = Reason(kind="restore", who=who, why=why, about=about)
            made = next_of(layer, newest_of(connection, layer), reason, digest=old.digest, features=old.features)
            insert(connection, made, base=base, folds=folds)
            self._contents.known_to(connection, layer, base)
        return made

    def forget(self, layer: str, *, before: str | None) -> int:
        """Take away old versions of a layer: see ``retention.forget_rows``; returns how many.

        Raises
        ------
        StoreUnavailable
            The disk is full, read-only or failing; nothing was changed.
        """
        with self._writing(layer) as connection:
            count, dead = forget_rows(connection, layer, before=before)
            self._contents.dropped(connection, layer if before is None else "", dead)
            self._swept = self._swept and not dead
        if dead:
            with self._writing(layer):  # files go when it is certain that nothing names them
                pass
        return count

    def changes(self, layer: str, number: int) -> tuple[Change, ...]:
        """Return the changes of an edit; nothing for a bulk version."""
        self.version(layer, number)
        rows = self._rows("SELECT feature, before, after FROM change WHERE layer=? AND number=?", layer, number)
        return tuple(Change(f, b and orjson.loads(b), a and orjson.loads(a)) for f, b, a in rows)

    def _rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        if not self._journal.exists:
            return []
        with self._journal.reading() as connection:
            return connection.execute(sql, values).fetchall()

    @contextmanager
    def _writing(self, layer: str) -> Iterator[Connection]:
        with self._journal.writing(layer) as connection:
            if not self._swept:
                self._contents.sweep(
                    {row[0] for row in connection.execute("SELECT DISTINCT base FROM version").fetchall()}
                )
                self._swept = True
            yield connection


def _stands_on(connection: Connection, layer: str, number: int) -> tuple[str, list[int]]:
    """Return the file a version begins with and the edits laid over it."""
    base, folds = connection.execute(
        "SELECT base, folds FROM version WHERE layer=? AND number=?", (layer, number)
    ).fetchone()
    return base, orjson.loads(folds)
