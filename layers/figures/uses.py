"""The layers a question rests on: which versions it uses, before anything of them is chosen or counted."""

from __future__ import annotations

from collections.abc import Mapping

from layers.errors import LayerUnavailable, UnknownLayer
from layers.features.query import FilterCondition
from layers.features.snapshot import Snapshot
from layers.figures.days import WHEN, read_asked_day
from layers.figures.figure import LayerUse
from layers.library.conditions import read_conditions
from layers.library.library import Library
from layers.plan.catalog import Layer
from layers.plan.schedule import scheduled_fields
from layers.plan.statistics import Input

AS_OF = "as_of="  # a filter: the layer as it was at the end of a day
FILTERED = ": "  # between a role and the filter that looks at another layer


def find_uses(library: Library, inputs: Mapping[str, Input], *, restricted: bool = False) -> tuple[LayerUse, ...]:
    """Return the layers that a question rests on, as its figure's id tells them; nothing is chosen or counted.

    Parameters
    ----------
    library
        The open plan.
    inputs
        Layers by role.
    restricted
        Whether restricted layers may be used.

    Raises
    ------
    BadFilter
        A declared filter does not fit its layer.
    """
    uses: list[LayerUse] = []
    beside: list[LayerUse] = []
    for name, wanted in inputs.items():
        try:
            snapshot = asked_snapshot(library, wanted, restricted=restricted)
        except (UnknownLayer, LayerUnavailable):
            continue
        read_asked_day(wanted.when)
        uses.append(layer_use(library, name, wanted, snapshot))
        beside += uses_beside(
            name, wanted, asked_conditions(library, wanted, snapshot.layer, restricted=restricted)
        )
    return (*uses, *beside)


def asked_snapshot(library: Library, wanted: Input, *, restricted: bool) -> Snapshot:
    """Return a layer as a question asks for it: of a version, of a day, or as it is now."""
    layer = library.layer(wanted.layer, restricted=restricted)
    if wanted.version is not None:
        return library.snapshot_at(layer, wanted.version)
    return library.snapshot_on(layer, wanted.as_of)


def asked_conditions(
    library: Library, wanted: Input, layer: Layer, *, restricted: bool
) -> tuple[FilterCondition, ...]:
    """Return a question's filters of a layer, read against the plan of the day it asks for.

    Parameters
    ----------
    library
        The open plan.
    wanted
        What the question asks for.
    layer
        Its layer.
    restricted
        Whether restricted layers may be used.
    """
    return read_conditions(library.as_of(wanted.as_of), layer, wanted.where, restricted=restricted, dated=False)


def layer_use(library: Library, name: str, wanted: Input, snapshot: Snapshot) -> LayerUse:
    """Return a layer as a role uses it, its features not yet counted.

    Parameters
    ----------
    library
        The open plan.
    name
        The role.
    wanted
        What the question asks for in it.
    snapshot
        The layer as it is asked for.
    """
    layer = snapshot.layer
    filters = (
        *wanted.where,
        *((f"{layer.class_field}={'|'.join(wanted.classes)}…",) if wanted.classes else ()),
        *((f"id={'|'.join(wanted.ids)}",) if wanted.ids else ()),
        *((f"version={wanted.version}",) if wanted.version is not None else ()),
        *((f"{WHEN}{wanted.when}",) if wanted.when else ()),
        *((f"{AS_OF}{wanted.as_of}",) if wanted.as_of and wanted.version is None else ()),
    )
    states = () if wanted.when else tuple(scheduled_fields(layer))
    return LayerUse(
        name,
        layer.id,
        layer.label,
        snapshot.version,
        layer.datum,
        layer.edge_model,
        filters,
        0,
        layer.illustrative,
        library.day.isoformat() if states else "",
        states,
    )


def uses_beside(name: str, wanted: Input, conditions: tuple[FilterCondition, ...]) -> tuple[LayerUse, ...]:
    """Return the layers that filters of a role look at; their roles say which filter it is."""
    filters = (f"{AS_OF}{wanted.as_of}",) if wanted.as_of else ()
    looked = {one.text: one.rests_on for one in conditions if one.rests_on is not None}
    return tuple(
        LayerUse(
            f"{name}{FILTERED}{text}",
            other.layer.id,
            other.layer.label,
            other.version,
            other.layer.datum,
            other.layer.edge_model,
            filters,
            other.features,
            other.layer.illustrative,
        )
        for text, other in looked.items()
    )
