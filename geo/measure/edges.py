"""Shapes where their edges are straight, found once for a layer."""

from __future__ import annotations

from pyproj import CRS

from geo.arrays import Shapes
from geo.measure.crs import move, same_crs
from geo.measure.facts import known_facts, remember


def edges_name(source: CRS, own: CRS) -> str:
    """Return what moved shapes are called among a layer's facts; nothing where they need not be moved."""
    if same_crs(source, own) or (source.is_geographic and own.is_geographic):
        return ""
    return f"edges {source.srs} {own.srs}"


def on_edges(stored: Shapes, source: CRS, own: CRS) -> Shapes:
    """Return shapes where their edges are straight, found once for a layer as its other facts are."""
    remember(stored)
    name = edges_name(source, own)
    if not name:
        return stored
    found = known_facts(stored, name)
    if found is None or not (found.much or found.facts.held(name)):
        return move(stored, source, own)
    shapes = found.by_row(name, lambda every: move(every, source, own))
    if found.much:
        found.facts.moved(name, lambda every: move(every, source, own))
    remember(shapes)
    return shapes
