"""From a figure's rows to the map: the address that shows the features behind each, and their colour there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlencode

from geo.text import Text
from layers.errors import LayerUnavailable
from layers.figures.behind import Behind, behind_color, figure_features, row_features
from layers.figures.figure import Figure
from layers.library.drawn_area import DRAWN_AREA
from layers.library.library import Library
from layers.plan.catalog import Layer

_MOST_ZONES = 2_000


@dataclass(frozen=True)
class BehindRow:
    """Where a row's features are seen, whether others are with them, and the colour they share there, if one."""

    address: str
    wider: bool
    color: str


def rows_behind(library: Library, figure: Figure, *, restricted: bool) -> tuple[BehindRow | None, ...]:
    """Return what leads from each row of a figure to its features; None where no conditions say which they are."""
    layers = _seen(library, restricted=restricted)

    @cache
    def names(layer_id: str) -> Mapping[Text, str]:
        layer = layers.get(layer_id)
        return {} if layer is None else _names(library, layer)

    found = row_features(figure, layers, lambda layer_id, name: names(layer_id).get(name, ""))
    return tuple(None if one is None else _row(library, layers[one.layer], one) for one in found)


def all_behind(library: Library, figure: Figure, *, restricted: bool) -> str:
    """Return the address that shows all features a figure is of; empty where no conditions say which they are."""
    found = figure_features(figure, _seen(library, restricted=restricted))
    return _address(library, found) if found else ""


def _row(library: Library, layer: Layer, found: Behind) -> BehindRow:
    classes = library.catalog.classes.get(layer.scheme, ())
    return BehindRow(_address(library, found), found.wider, behind_color(found, layer, classes))


def _address(library: Library, found: Behind) -> str:
    blocks = library.catalog.plan.blocks
    on = dict.fromkeys([*([blocks.layer] if blocks else []), found.layer])
    said = [("on", ",".join(on)), *(("f", f"{found.layer}:{one}") for one in found.filters)]
    said.append(("tb", f"{found.layer};-{DRAWN_AREA}" if found.measured else found.layer))
    return "/#" + urlencode([*said, *([("t", found.when)] if found.when else [])], safe=":,/@=;")


def _seen(library: Library, *, restricted: bool) -> dict[str, Layer]:
    return {one.id: one for one in library.layers(restricted=restricted)}


def _names(library: Library, layer: Layer) -> Mapping[Text, str]:
    """Return which feature of a layer has a name that no other has."""
    try:
        features = library.snapshot(layer).features
    except LayerUnavailable:
        return {}
    if len(features) > _MOST_ZONES:
        return {}
    found: dict[Text, list[str]] = {}
    for one in features:
        found.setdefault(Text(one.name(layer, "zh"), one.name(layer, "en")), []).append(str(one.id))
    return {name: ids[0] for name, ids in found.items() if len(ids) == 1}
