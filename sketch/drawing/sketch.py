"""The drawing tables read into one value, and control points turned into smooth plane geometry.

Nothing here knows a place: names, points and rules are all in the tables.
"""

from __future__ import annotations

import csv
import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from sketch.drawing.frame import Frame, chaikin, to_plane

Entry = Mapping[str, Any]
TABLES = ("frames", "roads", "water", "rail", "green", "zones", "sites", "places", "landuse", "relations")


@dataclass(frozen=True)
class Sketch:
    """Everything the tables say.

    Attributes
    ----------
    tables
        Each TOML table by file name without ending.
    rows
        Points of the outlines, degrees, by outline name.
    frames
        Sketch frames by name.
    """

    tables: Mapping[str, Entry]
    rows: Mapping[str, tuple[tuple[float, float], ...]]
    frames: Mapping[str, Frame]

    @classmethod
    def read(cls, folder: Path) -> Sketch:
        """Read ``drawing/*.toml`` and ``drawing/outlines.csv`` below the folder of tables.

        Raises
        ------
        FileNotFoundError
            A drawing table is missing.
        """
        drawing = folder / "drawing"
        tables = {name: tomllib.loads((drawing / f"{name}.toml").read_text(encoding="utf-8")) for name in TABLES}
        rows: dict[str, list[tuple[float, float]]] = {}
        with (drawing / "outlines.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                rows.setdefault(row["outline"], []).append((float(row["lon"]), float(row["lat"])))
        frames = {name: Frame.of(entry["corners"]) for name, entry in tables["frames"]["frames"].items()}
        return cls(tables, {name: tuple(points) for name, points in rows.items()}, frames)

    @property
    def verges(self) -> dict[str, float]:
        """Metres of green on either side, by id of a river or railway."""
        rows = [*self.tables["water"]["rivers"], *self.tables["rail"]["rail"]]
        return {entry["id"]: float(entry["verge_m"]) for entry in rows if "verge_m" in entry}

    def points(self, frame: str, at: Sequence[Any]) -> np.ndarray:
        """Control points in metres: pairs of percentages of the frame, or ``{ll = [lon, lat]}``."""
        return np.vstack([self._point(frame, point) for point in at])

    def _point(self, frame: str, point: Mapping[str, Sequence[float]] | Sequence[float]) -> np.ndarray:
        if isinstance(point, Mapping):
            return np.asarray(shapely.get_coordinates(to_plane(Point(point["ll"]))))
        return self.frames[frame].plane([point])

    def line(self, entry: Entry, *, bend: int = 0) -> LineString:
        """The smooth centre line of an entry: ``at`` (an open line) or ``ring`` with radii (closed)."""
        if "ring" in entry:
            return LineString(self.blob(entry, centre="ring", wobble=0.0).exterior.coords)
        points = self.points(entry["frame"], entry["at"])
        return LineString(chaikin(points, rounds=int(entry.get("bend", bend)), closed=False))

    def polygon(self, entry: Entry, *, key: str = "polygon") -> Polygon:
        """The polygon of an entry's control points, its corners cut ``bend`` times."""
        points = self.points(entry["frame"], entry[key])
        rounds = int(entry.get("bend", 0))
        return Polygon(chaikin(points, rounds=rounds, closed=True) if rounds else points)

    def blob(self, entry: Entry, *, centre: str = "centre", wobble: float = 0.1) -> Polygon:
        """An ellipse whose radius wobbles by a share of itself, the same for the same id."""
        middle = self._point(entry.get("frame", ""), {"ll": entry["ll"]} if "ll" in entry else entry[centre])[0]
        dice = seeded(entry["id"])
        angle = np.linspace(0, 2 * np.pi, 48, endpoint=False)
        radius = np.ones_like(angle)
        for wave in (2, 3, 5):
            height, phase = dice.uniform(0.3, 1.0) * 2 * wobble / wave, dice.uniform(0, 2 * np.pi)
            radius += height * np.sin(wave * angle + phase)
        turn = np.radians(float(entry.get("turn_deg", 0.0)))
        along, across = (float(part) for part in entry["radii_m"])
        x, y = along * radius * np.cos(angle), across * radius * np.sin(angle)
        ring = np.column_stack([x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)]) + middle
        return Polygon(np.vstack([ring, ring[:1]]))


def seeded(word: str) -> np.random.Generator:
    """A random generator that depends on the word alone, not on the process."""
    return np.random.default_rng(int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big"))


def largest(geometry: BaseGeometry) -> BaseGeometry:
    """The largest polygon (or longest line) of a geometry."""
    parts = [part for part in getattr(geometry, "geoms", [geometry]) if not part.is_empty]
    return max(parts, key=lambda part: (part.area, part.length))
