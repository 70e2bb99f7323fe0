"""The older version of a layer that a view compares with, in dashed lines over the map as on the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import shapely

from briefings.map.frame import Frame
from briefings.map.layers import draw_shapes
from briefings.messages import say
from geo.text import Text
from layers.errors import LayerUnavailable, UnknownLayer
from layers.features.columns import Objects
from layers.library.library import Library
from layers.plan.looks import LOOKS
from layers.plan.style import GeometryKind, LegendEntry, LegendSection, Look
from layers.plan.views import View
from layers.store.version import StoreError

LOOK = Look(LOOKS.older, 2, 1, LOOKS.older, 0.08, (6, 4), 6)
_KINDS: tuple[GeometryKind, GeometryKind, GeometryKind] = ("point", "line", "polygon")

_ORDER = 151.0  # above the layers, below all names


@dataclass(frozen=True)
class OlderVersion:
    """An older state of a layer: what it is called, and its placed geometries, longitude and latitude."""

    label: Text
    shapes: Objects

    @property
    def legend(self) -> LegendSection:
        """What its dashed lines mean."""
        dimensions = sorted(set(shapely.get_dimensions(self.shapes).tolist()) - {-1})
        entries = tuple(LegendEntry(LOOK, _KINDS[d], self.label) for d in dimensions[-1:])
        return LegendSection("older", self.label, illustrative=False, entries=entries)


def older_version(library: Library, view: View, *, restricted: bool) -> tuple[OlderVersion | None, list[Text]]:
    """Return the version a view compares with, None where it names none, and why one it names is left out.

    Parameters
    ----------
    library
        The open plan.
    view
        Its ``compared`` is ``layer@number``.
    restricted
        Whether the reader may see restricted layers.
    """
    layer_id, _, number = view.compared.partition("@")
    if not layer_id:
        return None, []
    try:
        layer = library.layer(layer_id, restricted=restricted)
        found = library.snapshot_at(layer, int(number)).features
    except (UnknownLayer, LayerUnavailable, StoreError) as error:
        return None, [Text(error.message("zh"), error.message("en"))]
    placed = found.geometry[~shapely.is_missing(found.geometry)]
    return OlderVersion(say("older_version", layer=layer.label, number=number), placed), []


def draw_older(axes: Any, frame: Frame, older: OlderVersion, *, exact_m: float) -> None:  # noqa: ANN401 - matplotlib
    """Draw an older version over the layers.

    Parameters
    ----------
    axes
        Of the map.
    frame
        The ground that is drawn.
    older
        The version.
    exact_m
        How far a drawn line may lie from the true one.
    """
    inside = older.shapes[shapely.intersects(older.shapes, frame.region)]
    shapes = frame.bring(inside, exact_m=exact_m)
    dimensions = shapely.get_dimensions(shapes)
    for dimension, kind in enumerate(_KINDS):
        mine = shapes[dimensions == dimension]
        if len(mine):
            draw_shapes(axes, kind, mine, LOOK, order=_ORDER)
