"""How much the service's own things take on the disk, and taking away what an administrator no longer wants."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from geo.errors import PlanAtlasError
from layers.figures.figure import FigureShelf
from layers.files import changed_at, clear_older
from layers.library.library import Library
from webapp.accounts.own_files import OwnFile

_DAY_S = 86_400
CLEARABLE = (
    "passing",
    "figures",
    "briefings",
    "uploads",
    "versions",
    "sites",
)


@dataclass(frozen=True)
class Taken:
    """What one kind of things takes: how many files and bytes."""

    what: str
    files: int
    size_b: int


@dataclass(frozen=True)
class ShelvedFigure:
    """A figure on the shelf: what it says, when it came (seconds since 1970), and whether it goes by itself."""

    id: str
    label: dict[str, str]
    at: float
    passing: bool


def newest_figures(shelf: FigureShelf, *, most: int) -> list[ShelvedFigure]:
    """Return everybody's figures, the newest first, at most so many."""
    known = sorted(((changed_at(shelf.folder / f"{key}.json"), key) for key in shelf.ids()), reverse=True)
    found = []
    for at, key in known[:most]:
        with contextlib.suppress(PlanAtlasError):  # it has gone meanwhile
            found.append(ShelvedFigure(key, shelf.read(key)["statistic"]["label"], at, shelf.passes(key)))
    return found


def remove_figure(shelf: FigureShelf, key: str) -> bool:
    """Take somebody's figure off the shelf; whether there was one."""
    if key not in shelf.ids():
        return False
    shelf.remove(key)
    return True


def measure_storage(instance: Path, shelf: FigureShelf, library: Library) -> list[Taken]:
    """Return what each kind takes, and what is free on the disk as ``free``; a database keeps its own account."""
    passing = {key for _, key in shelf.passing()}
    figures = list(_files(shelf.folder))
    told = [
        _taken("passing", [one for one in figures if one.stem in passing]),
        _taken("figures", [one for one in figures if one.stem not in passing]),
        _taken("briefings", _files(instance / "briefings")),
        _taken("uploads", _files(instance / "uploads")),
        _taken("versions", _files(library.folder / "store")),
        _taken("accounts", [one for one in instance.glob("accounts.sqlite*") if one.is_file()]),
        _taken("views", [one for one in instance.glob("views.sqlite*") if one.is_file()]),
        _taken("measured", [one for one in instance.glob("measured.sqlite*") if one.is_file()]),
        _taken("sites", [one for one in instance.glob("sites.sqlite*") if one.is_file()]),
    ]
    return [*told, Taken("free", 0, shutil.disk_usage(instance).free)]


def clear(what: str, instance: Path, shelf: FigureShelf, library: Library, *, days: float) -> int:
    """Take away all of a kind that is older than so many days; returns how many there were.

    Parameters
    ----------
    instance
        The service's own folder.
    shelf
        Where figures are kept.
    library
        The plan, whose layers have versions.
    days
        What is younger stays.
    what
        ``passing`` (visitors' figures), ``figures`` (those kept for good), ``briefings``, ``uploads``,
        ``versions`` of layers (the newest of each stays), or drawn ``sites`` that nobody opened since.
    """
    before = time.time() - days * _DAY_S

    def moment(seconds: float) -> str:
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")

    if what == "passing":
        return shelf.sweep(before=before, most=10**9)
    if what == "figures":
        kept = set(shelf.ids()) - {key for _, key in shelf.passing()}
        old = [key for key in kept if changed_at(shelf.folder / f"{key}.json") < before]
        for key in old:
            shelf.remove(key)
        return len(old)
    if what == "versions":
        return sum(library.store.forget(one, before=moment(before)) for one in library.store.layers())
    if what == "sites":
        return _clear_sites(instance / "sites.sqlite", moment(before))
    return clear_older(instance / what, before=before)


def _clear_sites(path: Path, opened_before: str) -> int:
    """Take away the drawn sites that nobody opened since; of whatever form their file is."""
    if not path.is_file():
        return 0
    with OwnFile(path, 0, lambda _file, _form: None).opened() as file:
        return file.execute("DELETE FROM site WHERE opened_at < ?", (opened_before,)).rowcount


def _files(folder: Path) -> Iterator[Path]:
    for place, _, names in os.walk(folder):
        yield from (Path(place) / name for name in names)


def _taken(what: str, files: Iterator[Path] | list[Path]) -> Taken:
    sizes = []
    for one in files:
        try:
            sizes.append(one.stat().st_size)
        except OSError:  # it has gone meanwhile
            continue
    return Taken(what, len(sizes), sum(sizes))
