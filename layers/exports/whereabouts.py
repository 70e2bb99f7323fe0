"""What a table to be sent on says of where its rows are: in which zone, and whether they are on the map at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import shapely

from geo.text import Text
from layers.exports.bundle import AddedColumn
from layers.features.columns import Objects
from layers.features.snapshot import Features, Snapshot
from layers.library.library import Library
from layers.messages import say

_BLANK = Text("", "")
_REASON = ("unplaced_reason_zh", "unplaced_reason_en")


def added_columns(opened: Library, snapshot: Snapshot, features: Features) -> tuple[AddedColumn, ...]:
    """Return the zone of each feature, where the plan has zones and these are none, and whether it is on the map.

    Parameters
    ----------
    opened
        The plan.
    snapshot
        The layer whose features leave.
    features
        Those that leave, in their order.
    """
    shapes = features.geometry
    columns = [AddedColumn(say("sheet_placed"), tuple(_placed(features, shapes, snapshot.content.names)))]
    if "zones" not in snapshot.layer.usual and (zones := _zones(opened)):
        columns.insert(0, AddedColumn(say("sheet_zone"), tuple(_zone_names(zones, shapes))))
    return tuple(columns)


def _placed(features: Features, shapes: Objects, names: Sequence[str]) -> Iterator[Text]:
    known = set(names)
    why = [features.values(name) if name in known else [None] * len(features) for name in _REASON]
    for shape, zh, en in zip(shapes, *why, strict=True):
        if shape is not None:
            yield say("sheet_on_map")
        elif zh or en:
            yield say("sheet_off_map_why", why=Text(str(zh or en), str(en or zh)))
        else:
            yield say("sheet_off_map")


def _zones(opened: Library) -> list[tuple[Text, shapely.Geometry]]:
    """Return the zones everybody may see with their names, the largest first."""
    found = [
        (Text(one.name(each.layer, "zh"), one.name(each.layer, "en")), one.geometry)
        for each in opened.readable(restricted=False)
        if "zones" in each.layer.usual
        for one in each.features.placed
        if shapely.get_dimensions(one.geometry) == 2
    ]
    return sorted(found, key=lambda one: -float(shapely.area(one[1])))


def _zone_names(zones: list[tuple[Text, shapely.Geometry]], shapes: Objects) -> Iterator[Text]:
    """Yield the zones a point of each shape lies in, the largest first."""
    tree = shapely.STRtree([shape for _, shape in zones])
    here = np.flatnonzero(~shapely.is_missing(shapes))
    rows, hits = tree.query(shapely.point_on_surface(shapes[here]), predicate="intersects")
    lies: dict[int, list[int]] = {}
    for row, hit in zip(here[rows].tolist(), hits.tolist(), strict=True):
        lies.setdefault(row, []).append(hit)
    for row in range(len(shapes)):
        names = [zones[hit][0] for hit in sorted(lies.get(row, ()))]
        yield Text(" · ".join(one.zh for one in names), " · ".join(one.en for one in names)) if names else _BLANK
