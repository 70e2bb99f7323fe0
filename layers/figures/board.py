"""What a dashboard holds: tiles with figures as they are shown, and how the plan's promises stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from geo.text import Text
from layers.figures.presentation import Shown
from layers.figures.standing import Standing


@dataclass(frozen=True)
class Zone:
    """A zone one may look at: its address, and what it is called."""

    id: str
    name: Text


@dataclass(frozen=True)
class Tile:
    """A statistic on the dashboard: its figure as it is shown everywhere, or why there is none yet.

    ``zoned``: it was asked of the zone looked at; ``timed``: the day looked at changes it. ``limit`` is what a
    norm that was read asks for, ``reason`` why it cannot be told whether that is met, ``unread`` that nobody read
    its source; ``sized`` whether its areas are as drawn, or as the text states them. ``links`` lead from each bar
    of the chart to the features behind it, or to the figure's table; ``colors`` are those its features have on the
    map, empty where they have none.
    """

    statistic: str
    label: str
    state: Literal["waiting", "failed", "computed", "not_computable"]
    figure: str = ""
    problem: str = ""
    illustrative: bool = False
    meets: bool | None = None
    limit: str = ""
    sized: Literal["", "drawn", "stated"] = ""
    zoned: bool = True
    timed: bool = False
    reason: str = ""
    unread: bool = False
    links: tuple[str, ...] = ()
    colors: tuple[str, ...] = ()
    shown: Shown | None = None


@dataclass(frozen=True)
class TilePart:
    """A part of the dashboard with its heading."""

    id: str
    label: str
    tiles: tuple[Tile, ...]


@dataclass(frozen=True)
class Promise:
    """How an indicator or a target stands, and why; ``tile`` computes a target where geometry allows."""

    id: str
    standing: Standing
    reason: str = ""
    tile: Tile | None = None


@dataclass(frozen=True)
class Board:
    """The dashboard as it can be shown now; ``waiting`` figures are being computed."""

    day: str
    parts: tuple[TilePart, ...]
    targets: tuple[Promise, ...]
    indicators: tuple[Promise, ...]
    counts: dict[str, int]
    waiting: int
    problems: tuple[Text, ...]
