"""What a store keeps and how it is asked: versions of layers and their changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from geo.errors import PlanAtlasError
from layers.features.columns import Content

ChangeKind = Literal["import", "edit", "restore", "file", "join"]


class StoreError(PlanAtlasError):
    """The store cannot do what was asked."""

    code = "store"
    zh = "存储出错：{why_zh}。"
    en = "The store failed: {why_en}."


class StoreUnavailable(StoreError):
    """The store cannot be read or written now; nothing was changed."""

    code = "store_unavailable"
    zh = "存储暂不可用（{why}），没有改动任何数据。请检查磁盘空间和写权限后重试。"
    en = "The store is not available ({why}); nothing was changed. Check disk and permissions, then retry."


class NoDriver(StoreUnavailable):
    """A database was asked for, and the package that speaks to it is not installed."""

    code = "no_driver"
    zh = "未安装 PostgreSQL 驱动（psycopg）。请运行 python run.py setup --postgis 后重试。"
    en = "PostgreSQL's driver (psycopg) is not installed. Run python run.py setup --postgis, then retry."


class DamagedStore(StoreError):
    """A file of the store is missing or is not what was written."""

    code = "store_damaged"
    zh = "存储中的 {file} 缺失或已损坏。请用备份恢复（planatlas restore）。"
    en = "{file} in the store is missing or damaged. Restore a backup (planatlas restore)."


class UnknownVersion(StoreError):
    """The layer has no version of that number."""

    code = "unknown_version"
    zh = "图层“{layer}”没有第 {number} 版。"
    en = "The layer “{layer}” has no version {number}."


class EditConflict(StoreError):
    """Somebody changed the same thing since the editor looked; nothing was overwritten."""

    code = "edit_conflict"
    zh = "{what}在您打开之后已被 {who} 于 {when} 修改（第 {number} 版）。没有覆盖；请重新载入后再改。"
    en = "{what} was changed by {who} at {when} (version {number}) since. Nothing was overwritten; reload."


@dataclass(frozen=True)
class Version:
    """One version of a layer.

    ``digest`` is the SHA-256 of its content: of the file for a bulk version, of the one before and the changes
    for an edit. ``made_at`` is UTC, ISO 8601. ``about`` says where it comes from: source file and its hash,
    decisions about CRS and fields, findings.
    """

    layer: str
    number: int
    kind: ChangeKind
    digest: str
    parent: int | None
    features: int
    made_at: str
    who: str
    why: str
    about: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """One feature before and after: ``{"geometry": GeoJSON or None, "properties": {...}}``; None: not there."""

    feature: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why a version is made.

    Attributes
    ----------
    kind
        What made it: an import, an edit, going back ...
    who, why
        The person and the reason, as the history shows them.
    about
        How it came in: file, CRS, choices; plain values for JSON.
    """

    kind: ChangeKind
    who: str
    why: str
    about: Mapping[str, Any]


class Store(Protocol):
    """Where versions are kept. Every write is whole or not at all; an old version never changes."""

    def forget(self, layer: str, *, before: str | None) -> int:
        """Take away versions made before a moment (UTC, ISO 8601) but for the newest, or all; returns how many."""

    def layers(self) -> tuple[str, ...]:
        """Return the layers that have versions."""

    def newest(self, layer: str) -> Version | None:
        """Return a layer's newest version."""

    def all_newest(self) -> dict[str, Version]:
        """Return the newest version of every layer that has one."""

    def versions(self, layer: str) -> tuple[Version, ...]:
        """Return a layer's versions, newest first."""

    def version(self, layer: str, number: int) -> Version:
        """Return one version, or raise UnknownVersion."""

    def read(self, layer: str, number: int) -> Content:
        """Return what a version holds."""

    def add(
        self,
        layer: str,
        content_file: Path,
        reason: Reason,
        *,
        expected: int | None,
    ) -> Version:
        """Add a version from a file of ``layers.features.columns``, which the store takes for itself.

        ``expected`` is the number of the newest version the caller knows; another one raises EditConflict.

        Parameters
        ----------
        layer
            Id of the layer.
        content_file
            The file.
        reason
            What made the version, and who.
        expected
            Number of the newest version the caller knows; another one raises EditConflict.
        """

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
        """Add a version that differs in single features; EditConflict if one changed since ``expected``.

        Parameters
        ----------
        layer
            Id of the layer.
        changes
            One for each feature.
        who, why
            The person and the reason.
        expected
            Number of the version that the changes were made on.
        about
            What else is kept with the version; plain values for JSON.
        """

    def restore(self, layer: str, number: int, *, who: str, why: str) -> Version:
        """Add a version equal to an old one.

        Parameters
        ----------
        layer
            Id of the layer.
        number
            The old version's.
        who, why
            The person and the reason.
        """

    def changes(self, layer: str, number: int) -> tuple[Change, ...]:
        """Return the changes of an edit; nothing for a bulk version."""
