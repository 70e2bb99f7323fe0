"""A figure: one computed value with its evidence, and the shelf where published figures stay for good."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import shlex
import time
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import geopandas as gpd
import orjson

from geo.errors import PlanAtlasError
from geo.text import Text
from layers.figures.contribution import Contribution, Unreached, unreached_of
from layers.figures.evidence import DECIMALS, Evidence, evidence_frame, no_pieces
from layers.figures.kept import DamagedEvidence, KeptFigure, as_kept
from layers.figures.plain import names_of_fields, plain_value
from layers.files import discard, make_lasting
from layers.plan.statistics import Statistic, Threshold, restore_statistic

_MOST_MARKS, _LISTED = 10_000, ("filters", "states")
_FRESH_NS, _COARSE_NS = 100_000_000, 2_000_000_000  # two changes within a tick of the disk's clock look like one
_FULL_PATH = re.compile(r"(?<=--data )('?)/(.*?)\1$")  # older releases wrote it into the figure


def _name_alone(path: re.Match[str]) -> str:
    return shlex.quote(path.group(2).rstrip("/").rpartition("/")[2])


class UnknownFigure(PlanAtlasError):
    """No published figure has that id."""

    code = "unknown_figure"
    zh = "没有编号为 {figure} 的指标结果。"
    en = "There is no published figure {figure}."


class FigureNotKept(PlanAtlasError):
    """The disk does not take a figure; what was published before stays."""

    code = "figure_not_kept"
    zh = "结果无法保存（{why}），没有留下不完整的文件。请管理员腾出空间后重新计算。"
    en = "The figure cannot be kept ({why}); nothing half was left. Make room on the disk, then compute it again."


@dataclass(frozen=True)
class LayerUse:
    """A layer as a figure used it: role, version, filters; its ``states`` are of ``day``, the plan's own."""

    role: str
    layer: str
    label: Text
    version: str
    datum: str
    edge_model: str
    filters: tuple[str, ...]
    features: int
    illustrative: bool = False
    day: str = ""
    states: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """A column of a figure's table; numbers have a unit and decimals."""

    id: str
    label: Text
    unit: str = ""
    decimals: int | None = None


RowKind = Literal["part", "rest", "unknown", "of_which", "total"]


@dataclass(frozen=True)
class Presentation:
    """How a figure is shown wherever it is seen; said by the function that computes it.

    Attributes
    ----------
    headline
        The column the value is of.
    chart
        The column that is drawn; none: no chart.
    names
        The columns whose words name a drawn row.
    form
        Bars (one below the other) or columns (in order of time).
    drawn
        The rows that are drawn, by number, in the order they are drawn.
    left
        How many more rows there are of those kinds.
    """

    headline: str = ""
    chart: str = ""
    names: tuple[str, ...] = ()
    form: Literal["bars", "columns"] = "bars"
    drawn: tuple[int, ...] = ()
    left: int = 0


@dataclass(frozen=True)
class Figure:
    """The answer to one declared question on given versions of the data.

    ``id`` depends on the question and the layers' versions only, so the same question on the same data has the
    same address. ``value`` is None when it cannot be computed; ``needs`` then says what is missing. ``unit`` and
    ``decimals`` are those of the value. ``span`` says between what the true value lies where part of the data is
    unknown (least, most; None: no bound), ``sway`` between what it lies when positions are off by as much as they
    may be, ``headline`` what stands for a value where several must stay apart, ``unreached`` what of a demand is
    out of reach, zone by zone.
    """

    id: str
    statistic: Statistic
    state: Literal["computed", "not_computable"]
    value: float | None
    meets: bool | None
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Any], ...]
    presentation: Presentation
    layers: tuple[LayerUse, ...]
    contributions: tuple[Contribution, ...]
    method: Text
    crs: str
    caveats: tuple[Text, ...]
    needs: tuple[Text, ...]
    sentence: Text
    command: str
    computed_at: str
    software: str
    evidence: Evidence | None = None
    unit: str = ""
    decimals: int | None = None
    span: tuple[float | None, float | None] | None = None
    sway: tuple[float | None, float | None] | None = None
    headline: Text | None = None
    unreached: tuple[Unreached, ...] = ()

    @property
    def threshold(self) -> Threshold | None:
        """What the norm asks for."""
        return self.statistic.threshold

    def plain(self) -> dict[str, Any]:
        """Return the figure as plain values for JSON; of the evidence its size and hash."""
        about = None if self.evidence is None else self.evidence.plain()
        return {
            name: about if name == "evidence" else plain_value(getattr(self, name))
            for name in names_of_fields(Figure)
        }


def figure_of(plain: Mapping[str, Any]) -> Figure:
    """Return a figure from the plain values the shelf keeps (else `DamagedFigure`); its evidence stays there."""
    with as_kept(str(plain.get("id"))):
        return _restored(plain)


def _restored(plain: Mapping[str, Any]) -> Figure:
    told = _whole(plain)
    how = told["presentation"]
    return Figure(
        **{
            **told,
            "statistic": restore_statistic(told["statistic"]),
            "columns": tuple(Column(**{**c, "label": Text(**c["label"])}) for c in told["columns"]),
            "rows": tuple({k: _text_or(v) for k, v in row.items()} for row in told["rows"]),
            "presentation": Presentation(**{**how, "names": tuple(how["names"]), "drawn": tuple(how["drawn"])}),
            "layers": tuple(
                LayerUse(**{**u, "label": Text(**u["label"]), **{key: tuple(u.get(key, ())) for key in _LISTED}})
                for u in told["layers"]
            ),
            "contributions": tuple(
                Contribution(**{**c, "name": Text(**c["name"])}) for c in told["contributions"]
            ),
            "unreached": tuple(unreached_of(one) for one in told.get("unreached", ())),
            "caveats": tuple(Text(**c) for c in told["caveats"]),
            "needs": tuple(Text(**c) for c in told["needs"]),
            **{name: Text(**told[name]) for name in ("method", "sentence")},
            "evidence": None,
            "span": tuple(told["span"]) if told.get("span") else None,
            "sway": tuple(told["sway"]) if told.get("sway") else None,
            "headline": Text(**told["headline"]) if told.get("headline") else None,
        }
    )


def _whole(plain: Mapping[str, Any]) -> dict[str, Any]:
    """Return plain values with what older figures do not say: their rows have no kinds, and none is drawn."""
    rows = [{"kind": "part", **row} for row in plain["rows"]]
    return {"presentation": asdict(Presentation()), **plain, "rows": rows}


def _text_or(value: object) -> object:
    return Text(**value) if isinstance(value, dict) and set(value) == {"zh", "en"} else value


class FigureShelf:
    """Published figures as files, one a figure and one for its evidence, written whole or not at all.

    Parameters
    ----------
    folder
        Made when first needed.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._shown: dict[str, tuple[int, int, int]] = {}  # files of figures that say how they are shown

    def _path(self, figure: str) -> Path:
        if not re.fullmatch(r"[0-9a-f]{16}", figure):
            raise UnknownFigure(figure=figure[:40])
        return self.folder / f"{figure}.json"

    def publish(self, figure: Figure, *, passing: bool = False) -> None:
        """Keep a figure; the first one published under an id stays (in its present form), for good if it was.

        Parameters
        ----------
        passing
            Whether it goes by itself after a while, as what a visitor asked does, until somebody keeps it.

        Raises
        ------
        FigureNotKept
            The disk is full or fails.
        """
        path = self._path(figure.id)
        if self.holds(figure.id):
            if not passing:
                self.keep(figure.id)
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if passing:  # first: a figure whose mark was not written would stay for good
                self._mark(figure.id).touch()
            if figure.evidence is not None:  # first: whoever sees the figure finds its evidence
                self._write(self._evidence(figure.id), figure.evidence.data)
            self._write(path, orjson.dumps(figure.plain()))
        except OSError as error:
            if not self.holds(figure.id):  # no mark and no evidence of a figure that is not there
                discard(self._mark(figure.id))
                discard(self._evidence(figure.id))
            raise FigureNotKept(why=error.strerror or "I/O") from error

    def _write(self, path: Path, data: bytes) -> None:
        part = self.folder / f".{path.stem}-{secrets.token_hex(6)}"
        try:
            with part.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            make_lasting(part, path)
        finally:
            discard(part)

    def _mark(self, figure: str) -> Path:
        return self._path(figure).with_suffix(".passing")

    def keep(self, figure: str) -> None:
        """Keep a figure for good.

        Raises
        ------
        UnknownFigure
            There is none, or it has gone.
        """
        if not self._path(figure).is_file():
            raise UnknownFigure(figure=figure)
        self._mark(figure).unlink(missing_ok=True)

    def passes(self, figure: str) -> bool:
        """Whether a figure goes by itself."""
        return self._mark(figure).is_file()

    def passing_since(self, figure: str) -> float | None:
        """Return since when a figure waits to be kept (seconds since 1970); None when it is kept for good."""
        try:
            return self._mark(figure).stat().st_mtime
        except OSError:
            return None

    def remove(self, figure: str) -> None:
        """Take a figure off the shelf with its evidence."""
        for path in (self._path(figure), self._evidence(figure), self._mark(figure)):
            path.unlink(missing_ok=True)

    def passing(self) -> list[tuple[float, str]]:
        """Return the figures that go by themselves and when they came (seconds since 1970), the oldest first."""
        found = []
        for mark in self.folder.glob("*.passing"):
            with contextlib.suppress(FileNotFoundError):
                found.append((mark.stat().st_mtime, mark.stem))
        return sorted(found)

    def sweep(self, *, before: float, most: int, spared: Collection[str] = ()) -> int:
        """Take away passing figures from before a time, and the oldest not spared above a number; say how many."""
        known = self.passing()
        gone = [key for at, key in known if at < before]
        left = [key for _, key in known[len(gone) :]]
        gone += [key for key in left if key not in spared][: max(len(left) - most, 0)]
        for key in gone:
            with contextlib.suppress(OSError):  # of a disk that takes no change now: the next sweep does it
                self.remove(key)
        return len(gone)

    def _evidence(self, figure: str) -> Path:
        return self._path(figure).with_suffix(".parquet")

    def evidence(self, figure: str, *, decimals: int = DECIMALS) -> gpd.GeoDataFrame:
        """Return a published figure's evidence in longitude and latitude; no rows when it has none.

        Parameters
        ----------
        figure
            Its id.
        decimals
            Of a degree, that coordinates may leave with.

        Raises
        ------
        UnknownFigure
            It was never published.
        DamagedEvidence
            The file is missing, or its hash is not the figure's.
        """
        told = self.read(figure)["evidence"]
        if told is None:
            return no_pieces()
        path = self._evidence(figure)
        data = path.read_bytes() if path.is_file() else b""
        if hashlib.sha256(data).hexdigest() != told["sha256"]:
            raise DamagedEvidence(figure=figure)
        return evidence_frame(data, decimals=decimals)

    def read(self, figure: str) -> KeptFigure:
        """Return a published figure as plain values; of the evidence its size and hash.

        Raises
        ------
        UnknownFigure
            It was never published.
        DamagedFigure
            Its file is not as it was written.
        """
        path = self._path(figure)
        if not path.is_file():
            raise UnknownFigure(figure=figure)
        with as_kept(figure):
            found: KeptFigure = orjson.loads(path.read_bytes())
            if found["evidence"] is not None and "features" in found["evidence"]:
                found["evidence"] = None  # an old one that held its geometry: computing again gives it
            found["command"] = _FULL_PATH.sub(_name_alone, found["command"])
        return found

    def holds(self, figure: str) -> bool:
        """Whether a figure is published; one that does not say how it is shown is made again."""
        path = self._path(figure)
        try:
            found = path.stat()
            mark = found.st_mtime_ns, found.st_size, found.st_ino
            if self._shown.get(figure) == mark:
                return True
            shown = b'"presentation":' in path.read_bytes()
        except OSError:
            return False
        if shown:
            if len(self._shown) >= _MOST_MARKS:
                self._shown.clear()
            self._shown[figure] = mark
        return shown

    def mark_of(self, figure: str) -> tuple[int, int, int] | None:
        """Return what is another when a figure was made anew; None where it is not published."""
        return self._shown.get(figure) if self.holds(figure) else None

    def mark(self) -> int | None:
        """Return what is another when a figure has come, was made anew or has gone; None just after that."""
        try:
            changed = self.folder.stat().st_mtime_ns
        except FileNotFoundError:
            return 0
        tick_ns = _FRESH_NS if changed % 1_000_000_000 else _COARSE_NS  # a disk that keeps whole seconds
        return changed if time.time_ns() - changed > tick_ns else None

    def ids(self) -> list[str]:
        """Return the ids of all published figures."""
        return sorted(p.stem for p in self.folder.glob("*.json") if not p.name.startswith("."))
