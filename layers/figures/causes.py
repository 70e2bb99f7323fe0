"""Why a figure moved: which of its layers are another version, and which features differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import geo
from geo.errors import PlanAtlasError
from geo.result import typed_rows
from geo.text import Text
from layers.figures.figure import FigureShelf
from layers.figures.inputs import DRAWN, layer_frame
from layers.figures.kept import KeptFigure
from layers.figures.kept_versions import kept_snapshot
from layers.library.library import Library


@dataclass(frozen=True)
class Cause:
    """A layer that is another version than before.

    Attributes
    ----------
    before, after
        Versions.
    added, removed, changed
        Ids of features; all empty where the older version is gone (``known`` is then False).
    fields
        The properties in which they differ, ``geometry`` among them where shapes differ.
    """

    layer: Text
    before: str
    after: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    known: bool = True


def causes_of(library: Library, shelf: FigureShelf, before: KeptFigure, after: KeptFigure) -> tuple[Cause, ...]:
    """Return the layers behind the difference of two figures, feature by feature.

    Parameters
    ----------
    library
        The open plan.
    shelf
        Where older data are kept.
    before, after
        The figures as the shelf keeps them.
    """
    old = {use["role"]: use for use in before["layers"]}
    pairs = {
        (use["layer"], old[use["role"]]["version"], use["version"]): use["label"]
        for use in after["layers"]
        if use["layer"] != DRAWN and use["role"] in old and old[use["role"]]["version"] != use["version"]
    }
    return tuple(cause_of(library, shelf, Text(**label), pair) for pair, label in pairs.items())


class _Changed(NamedTuple):
    key: object
    geometry_changed: bool
    fields: list[str]


def cause_of(library: Library, shelf: FigureShelf | None, label: Text, pair: tuple[str, str, str]) -> Cause:
    """Return how two versions of a layer differ, feature by feature; ``pair`` is its id and the two versions.

    Parameters
    ----------
    library
        The plan.
    shelf
        Where versions that figures were made of are kept; None where there is none.
    label
        What the layer is called.
    pair
        Id of the layer and digests of its two versions.
    """
    layer, before, after = pair
    plane = library.catalog.plan.plane_crs
    try:
        was, now = (kept_snapshot(library, shelf, layer, version) for version in (before, after))
        found = geo.compare(*(layer_frame(one, plane, placed=False) for one in (was, now)))
    except PlanAtlasError:
        return Cause(label, before, after, known=False)
    rows = list(typed_rows(found.changed, _Changed))
    fields = {name for row in rows for name in row.fields}
    fields |= {"geometry"} if any(row.geometry_changed for row in rows) else set()
    return Cause(
        label,
        before,
        after,
        added=tuple(map(str, found.added)),
        removed=tuple(map(str, found.removed)),
        changed=tuple(str(row.key) for row in rows),
        fields=tuple(sorted(fields)),
    )
