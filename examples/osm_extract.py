"""An OpenStreetMap extract: its features by GDAL, and which of them the extract holds only in part.

GDAL draws a way from the nodes it finds and says nothing of those beyond the edge of an extract, so that a
building at the edge becomes another shape. The file itself says which nodes a way names; what lacks one is told.

References
----------
OpenStreetMap wiki, PBF Format; Protocol Buffers, Encoding.
"""

from __future__ import annotations

import struct
import warnings
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyogrio

LAYERS = ("points", "lines", "multipolygons")


@dataclass(frozen=True)
class Completeness:
    """What an extract holds: its frame in degrees, its newest change, and what it holds only in part.

    ``cut`` are ways and relations that lack a node or a way (``w123``, ``r123``); ``broken`` those of them that
    lack one between two they have, so that what is left jumps.
    """

    west: float
    south: float
    east: float
    north: float
    newest: date
    cut: frozenset[str]
    broken: frozenset[str]


def read_features(path: Path, layer: str) -> Iterator[tuple[str, dict[str, str], Any]]:
    """Yield id (``n``, ``w`` or ``r`` and OSM's number), tags and shape (degrees) of one of ``LAYERS``."""
    with warnings.catch_warnings():
        # Rings that are not closed: `completeness` tells which and why.
        warnings.simplefilter("ignore", RuntimeWarning)
        frame = pyogrio.read_dataframe(path, layer=layer, on_invalid="ignore", TAGS_FORMAT="JSON")
    own = {"points": "n", "lines": "w", "multipolygons": "r"}[layer]
    for row in frame.to_dict("records"):
        number, way = row.pop("osm_id"), row.pop("osm_way_id", None)
        more, shape = row.pop("other_tags"), row.pop("geometry")
        tags = {key: value for key, value in row.items() if isinstance(value, str)}
        tags |= more if isinstance(more, dict) else {}
        yield (f"w{way}" if isinstance(way, str) else f"{own}{number}"), tags, shape


def completeness(path: Path) -> Completeness:
    """Return what an extract holds only in part, from its own tables of nodes, ways and relations."""
    nodes: set[int] = set()
    ways: dict[int, list[int]] = {}
    relations: dict[int, list[int]] = {}
    frame: Mapping[int, int] = {}
    newest = 0
    for kind, block in _blocks(path.read_bytes()):
        if kind == b"OSMHeader":
            frame = {key: _signed(value) for key, value in _fields(dict(_fields(block))[1])}
            continue
        for name, group in _fields(block):
            if name != 2:
                continue
            for what, body in _fields(group):
                one: dict[int, Any] = dict(_fields(body))
                if what == 2:  # dense nodes
                    nodes.update(_running(one[1]))
                    newest = max(newest, *_running(dict(_fields(one[5]))[2]))
                elif what == 3:
                    ways[one[1]] = list(_running(one.get(8, b"")))
                    newest = max(newest, dict(_fields(one[4]))[2])
                elif what == 4:
                    members = zip(_running(one.get(9, b"")), one.get(10, b""), strict=True)
                    relations[one[1]] = [member for member, sort in members if sort == 1]  # ways only
    held = {way: [node in nodes for node in wanted] for way, wanted in ways.items()}
    cut = {way for way, there in held.items() if not all(there)}
    broken = {way for way in cut if False in _inner(held[way])}
    lacking = {one for one, wanted in relations.items() if any(way not in ways or way in cut for way in wanted)}
    west, east, north, south = (frame[key] / 1e9 for key in (1, 2, 3, 4))
    return Completeness(
        west,
        south,
        east,
        north,
        newest=datetime.fromtimestamp(newest, UTC).date(),
        cut=frozenset({f"w{way}" for way in cut} | {f"r{one}" for one in lacking}),
        broken=frozenset({f"w{way}" for way in broken}),
    )


def _inner(there: list[bool]) -> list[bool]:
    """Return what lies between the first and the last node that is there."""
    if True not in there:
        return []
    return there[there.index(True) : len(there) - there[::-1].index(True)]


def _blocks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        header: dict[int, Any] = dict(_fields(data[at + 4 : at + 4 + length]))
        at += 4 + length
        blob: dict[int, Any] = dict(_fields(data[at : at + header[3]]))
        at += header[3]
        yield header[1], blob[1] if 1 in blob else zlib.decompress(blob[3])


def _fields(body: bytes) -> Iterator[tuple[int, Any]]:
    at = 0
    while at < len(body):
        key, at = _number(body, at)
        if key & 7 == 0:
            value, at = _number(body, at)
        elif key & 7 == 2:
            length, at = _number(body, at)
            value, at = body[at : at + length], at + length
        else:
            width = 8 if key & 7 == 1 else 4
            value, at = body[at : at + width], at + width
        yield key >> 3, value


def _number(body: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = body[at]
        at, value, shift = at + 1, value | (byte & 127) << shift, shift + 7
        if byte < 128:
            return value, at


def _signed(value: int) -> int:
    return (value >> 1) ^ -(value & 1)


def _running(body: bytes) -> Iterator[int]:
    at = total = 0
    while at < len(body):
        value, at = _number(body, at)
        total += _signed(value)
        yield total
