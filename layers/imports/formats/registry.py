"""The formats that can be imported, one module with a ``FORMAT`` each: how one is told, and who reads it."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from geo.text import Text
from layers.imports.draft import Draft
from layers.imports.formats.archive import member_names, refuse_swollen
from layers.imports.options import ImportOptions
from layers.imports.telling import Progress
from layers.registry import gather_entries

_HEAD = 4096  # bytes a format is told by


@dataclass(frozen=True)
class Source:
    """A file as it came: ``name`` for messages, its first bytes, the names in it where it is an archive."""

    path: Path
    name: str
    head: bytes
    options: ImportOptions
    progress: Progress
    members: tuple[str, ...] = ()
    nested: bool = False  # taken out of an archive: no archive may stand in it
    placeless: bool = False  # rows that need no place

    @property
    def ending(self) -> str:
        """Of its name, lower case, without the dot."""
        return self.path.suffix.lower().removeprefix(".")

    @property
    def archive(self) -> bool:
        """Whether it is a zip."""
        return self.head[:2] == b"PK"


@dataclass(frozen=True)
class ImportFormat:
    """One format: what it is called, its endings, how it is told by its content, and its reader.

    ``fits`` is asked in the order of ``rank``; what tells itself by its first bytes comes before what is only
    text. ``in_archive`` files may stand alone in a zip.
    """

    id: str
    label: Text
    endings: tuple[str, ...]
    fits: Callable[[Source], bool]
    read: Callable[[Source], Draft]
    rank: int = 50
    in_archive: bool = True


def import_formats() -> tuple[ImportFormat, ...]:
    """Return every format, in the order they are tried."""
    found = gather_entries("layers.imports.formats", "FORMAT", ImportFormat)
    return tuple(sorted(found, key=lambda one: one.rank))


def import_format_of(source: Source) -> ImportFormat | None:
    """Return the format of a file, None when it is none of them."""
    return next((one for one in import_formats() if one.fits(source)), None)


def file_source(
    path: Path,
    options: ImportOptions,
    progress: Progress,
    *,
    name: str = "",
    nested: bool = False,
    placeless: bool = False,
) -> Source:
    """Return a file as the formats are asked about it.

    Parameters
    ----------
    path
        The file.
    options
        What was said of the import.
    progress
        ``progress(done, total)`` while it is read.
    name
        What people call it; the path's when empty.
    nested
        Whether it came inside an archive.
    placeless
        Whether its rows need no place.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    members: tuple[str, ...] = ()
    if head[:2] == b"PK":
        with zipfile.ZipFile(path) as archive:
            refuse_swollen(archive, name or path.name)
            members = member_names(archive)
    return Source(path, name or path.name, head, options, progress, members, nested, placeless)
