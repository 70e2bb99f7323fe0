"""The store that needs no server: one SQLite file and one GeoParquet file a bulk version, in one folder.

A version's file is on the disk, whole and flushed, before the transaction that makes it known ends; so
whatever interrupts a write, the last complete version stays and no half one is ever seen.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from layers.content import Content, crs_of, read_content, write_content
from layers.store.files import VersionFiles, digest_of, whole_or_not
from layers.store.folding import folded
from layers.store.journal import Journal
from layers.store.records import (
    ALL,
    NEWEST,
    ONE,
    insert,
    json_of,
    newest_of,
    next_of,
    refuse_other,
    refuse_stale,
    version_of,
)
from layers.store.version import Change, DamagedStore, Kind, UnknownVersion, Version

_REBASE = "UPDATE version SET base=?, folds='[]' WHERE layer=? AND number=?"
_MOST_FOLDS = 200  # edits laid over one file before a new file is written


class EmbeddedStore:
    """A folder with ``store.sqlite`` and ``versions/``; made by the first write.

    Parameters
    ----------
    folder
        On a local disk.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._journal = Journal(folder / "store.sqlite")
        self._files = VersionFiles(folder / "versions")
        self._swept = False

    def layers(self) -> tuple[str, ...]:
        """Return the layers that have versions."""
        return tuple(row[0] for row in self._rows("SELECT DISTINCT layer FROM version ORDER BY layer"))

    def newest(self, layer: str) -> Version | None:
        """Return a layer's newest version."""
        found = self._rows(NEWEST, layer)
        return version_of(found[0]) if found else None

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
        found = self._rows(ONE, layer, number)
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
        try:
            content = read_content(self._files.path(base))
        except (OSError, pa.ArrowException, KeyError, orjson.JSONDecodeError) as error:
            raise DamagedStore(file=f"{base}.parquet") from error
        return folded(content, self._states(layer, orjson.loads(folds)))

    def _states(self, layer: str, folds: Sequence[int]) -> dict[str, Mapping[str, Any] | None]:
        if not folds:
            return {}
        wanted = set(folds)
        rows = self._rows(
            "SELECT number, feature, after FROM change WHERE layer=? AND number BETWEEN ? AND ? ORDER BY number",
            layer, min(folds), max(folds),
        )  # fmt: skip
        return {feature: after and orjson.loads(after) for number, feature, after in rows if number in wanted}

    def add(
        self,
        layer: str,
        content_file: Path,
        *,
        kind: Kind,
        who: str,
        why: str,
        about: Mapping[str, Any],
        expected: int | None,
    ) -> Version:
        """Add a version from a file of ``layers.content``, which is moved into the store.

        Raises
        ------
        EditConflict
            The newest version is not the expected one.
        StoreUnavailable
            The disk is full, read-only or failing; nothing was changed.
        """
        with whole_or_not(), self._files.taken(content_file) as part:
            features, digest = pq.read_metadata(part).num_rows, digest_of(part)
            with self._writing() as connection:
                newest = newest_of(connection, layer)
                refuse_other(newest, expected, layer)
                made = next_of(
                    layer, newest, kind=kind, digest=digest, features=features, who=who, why=why, about=about
                )
                insert(connection, made, base=digest, folds=())
                self._files.settle(part, digest)
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

        Raises
        ------
        UnknownVersion
            The layer has no version yet.
        EditConflict
            One of the features, or the layer as a whole, was changed since ``expected``.
        StoreUnavailable
            The disk is full, read-only or failing; nothing was changed.
        """
        with self._writing() as connection:
            newest = newest_of(connection, layer)
            if newest is None:
                raise UnknownVersion(layer=layer[:60], number=expected)
            refuse_stale(connection, newest, changes, expected)
            told = orjson.dumps([[c.feature, c.before, c.after] for c in changes], option=orjson.OPT_SORT_KEYS)
            digest = hashlib.sha256(newest.digest.encode() + told).hexdigest()
            grown = sum((c.after is not None) - (c.before is not None) for c in changes)
            features = newest.features + grown
            made = next_of(
                layer, newest, kind="edit", digest=digest, features=features, who=who, why=why, about=about or {}
            )
            base, folds = _stands_on(connection, layer, newest.number)
            insert(connection, made, base=base, folds=(*folds, made.number))
            connection.executemany(
                "INSERT INTO change VALUES (?, ?, ?, ?, ?)",
                [(layer, made.number, c.feature, json_of(c.before), json_of(c.after)) for c in changes],
            )
        if len(folds) >= _MOST_FOLDS:
            self._rebase(made, base)
        return made

    def _rebase(self, version: Version, base: str) -> None:
        """Write the file an edit amounts to, so that the next edits are laid over it."""
        content, part = self.read(version.layer, version.number), self._files.part()
        with whole_or_not():
            try:
                write_content(part, content, crs=crs_of(self._files.path(base)))
                digest = digest_of(part)
                with self._writing() as connection:
                    connection.execute(_REBASE, (digest, version.layer, version.number))
                    self._files.settle(part, digest)
            finally:
                part.unlink(missing_ok=True)

    def restore(self, layer: str, number: int, *, who: str, why: str) -> Version:
        """Add a version equal to an old one.

        Raises
        ------
        UnknownVersion
            There is none of that number.
        """
        old = self.version(layer, number)
        with self._writing() as connection:
            base, folds = _stands_on(connection, layer, number)
            about = {**old.about, "restores": number}
            made = next_of(
                layer, newest_of(connection, layer), kind="restore", digest=old.digest, features=old.features,
                who=who, why=why, about=about,
            )  # fmt: skip
            insert(connection, made, base=base, folds=folds)
        return made

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
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._journal.writing() as connection:
            if not self._swept:
                self._files.sweep({row[0] for row in connection.execute("SELECT DISTINCT base FROM version")})
                self._swept = True
            yield connection


def _stands_on(connection: sqlite3.Connection, layer: str, number: int) -> tuple[str, list[int]]:
    """Return the file a version begins with and the edits laid over it."""
    base, folds = connection.execute(
        "SELECT base, folds FROM version WHERE layer=? AND number=?", (layer, number)
    ).fetchone()
    return base, orjson.loads(folds)
