"""What one search box finds: features by what they are called, and a place by its coordinates."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from pyproj import Transformer

from layers.features.near_words import TRADE_WORDS
from layers.features.query import Hits, search
from layers.features.snapshot import Snapshot
from layers.imports.tables.angles import parse_angle
from layers.imports.tables.headings import heading_of
from layers.plan.catalog import Plan

_BETWEEN = re.compile(r"\s*[,，;；、\t]\s*|\s+")
_NAMED = re.compile(r"([^\W\d_]{2,})\s*[:：=]?")
_AROUND = " \t()（）[]【】"
_METRES = re.compile(r"^-?\d{4,9}(\.\d+)?$")  # what has four digits and more is no degree


@dataclass(frozen=True)
class WrittenPlace:
    """A place somebody wrote down, in degrees (WGS 84); ``crs`` is the system it was written in."""

    lon: float
    lat: float
    crs: str


def find_all(
    snapshots: Iterable[Snapshot], text: str, *, plan: Plan, most: int
) -> tuple[Hits, list[WrittenPlace]]:
    """Return the features and the places a text may mean.

    Parameters
    ----------
    snapshots
        The layers to look in.
    text
        What somebody wrote.
    plan
        Says which words are near each other, and which order of two coordinates is meant.
    most
        Features to return.
    """
    return search(snapshots, text, most=most, near=(*plan.near_words, *TRADE_WORDS)), read_written_places(
        text, plan
    )


def read_written_places(text: str, plan: Plan) -> list[WrittenPlace]:
    """Return the places that two coordinates may mean: both where the plan's bounds do not tell which is first.

    Degrees may be decimal or in minutes and seconds, with or without N, S, E, W or 东经, 北纬; metres are of the
    plan's plane system. Words such as lon, lat, 经度, 纬度 and brackets around may stand there. Nothing for a text
    that is no pair of coordinates.
    """
    sides, plain = _named_sides(text)
    for one, other in _pairs(plain):
        if _METRES.match(one) and _METRES.match(other):
            a, b = float(one), float(other)
            return _best([_unprojected(a, b, plan), _unprojected(b, a, plan)], plan)
        (a, side), (b, _) = parse_angle(one), parse_angle(other)
        if math.isnan(a) or math.isnan(b):
            continue
        first = sides[0] if sides in ("xy", "yx") else side
        if first == "x":
            return _valid([WrittenPlace(a, b, "EPSG:4326")])
        if first == "y":
            return _valid([WrittenPlace(b, a, "EPSG:4326")])
        return _best([WrittenPlace(a, b, "EPSG:4326"), WrittenPlace(b, a, "EPSG:4326")], plan)
    return []


def _named_sides(text: str) -> tuple[str, str]:
    """Return which coordinates are named, in order, as headings name them; and the text without the names."""
    sides: list[str] = []

    def taken(found: re.Match[str]) -> str:
        heading = heading_of(found[1])
        if heading is None or heading.axis not in ("x", "y"):
            return found[0]
        sides.append(heading.axis)
        return " "

    plain = _NAMED.sub(taken, text)
    return "".join(sides), plain.strip(_AROUND)


def _pairs(text: str) -> Iterable[tuple[str, str]]:
    """Yield the ways to part a text in two; a comma before a space."""
    cuts = sorted(_BETWEEN.finditer(text.strip()), key=lambda cut: cut.group().isspace())
    for cut in cuts:
        yield text.strip()[: cut.start()], text.strip()[cut.end() :]


def _unprojected(east: float, north: float, plan: Plan) -> WrittenPlace:
    lon, lat = Transformer.from_crs(plan.plane_crs, "EPSG:4326", always_xy=True).transform(east, north)
    return WrittenPlace(lon, lat, plan.plane_crs)


def _valid(places: Iterable[WrittenPlace]) -> list[WrittenPlace]:
    return [one for one in places if abs(one.lon) <= 180 and abs(one.lat) <= 90]


def _best(places: Iterable[WrittenPlace], plan: Plan) -> list[WrittenPlace]:
    """Return the places in the plan's surroundings, or all there may be."""
    west, south, east, north = plan.bounds
    wide, high = east - west, north - south
    valid = _valid(places)
    near = [
        one for one in valid if west - wide <= one.lon <= east + wide and south - high <= one.lat <= north + high
    ]
    return near or valid
