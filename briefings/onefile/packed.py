"""A layer as a file for a reader without a service: looks, names, shown values and shapes, small and as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import orjson
import shapely

from briefings.map.guides import guide_crossings, guide_ends
from briefings.map.layers import LayerLook
from layers.features.columns import Objects
from layers.features.field_values import shown_value
from layers.features.snapshot import Feature, Features
from layers.plan.catalog import Layer
from layers.plan.style import GeometryKind, Look, declared_style, fade_look, look_of

KINDS: tuple[GeometryKind, GeometryKind, GeometryKind] = ("point", "line", "polygon")


def packed_layer(
    layer: Layer,
    chosen: Features,
    how: LayerLook,
    *,
    language: str,
    decimals: int,
) -> dict[str, Any]:
    """Return a layer's features by columns, ready for JSON.

    Parameters
    ----------
    layer
        Its declaration; nothing but its declared fields, its title and what it is searched by goes out.
    chosen
        The features.
    how
        Classes, palette and opacity.
    language
        ``zh`` or ``en``, of names and values.
    decimals
        Of the coordinates, in degrees.
    """
    fields = [f for f in layer.fields if f.popup]
    looks: dict[str, int] = {}
    words: list[dict[str, int]] = [{} for _ in fields]
    columns: list[list[int]] = [[] for _ in fields]
    names, found, look = list[str](), list[str | int](), list[int]()
    labels, label, short = dict[tuple[float | int | str | None, ...], int](), list[int](), dict[str, str]()
    reasons: dict[str, str] = {}
    for i, (one, dimension) in enumerate(zip(chosen, shapely.get_dimensions(chosen.geometry), strict=True)):
        name = one.name(layer, language)
        names.append(name)
        found.append(_found(layer, one, name))
        if layer.map_labels:
            label.append(labels.setdefault(_label(layer, one), len(labels)))
            if (brief := one.short_name(layer, language)) != name:
                short[str(i)] = brief
        if dimension < 0:
            reasons[str(i)] = str(one.properties.get(f"unplaced_reason_{language}") or "")
            look.append(0)
        else:
            kind = KINDS[dimension]
            drawn = fade_look(look_of(layer, one.properties, kind, how.classes, how.palette), how.opacity)
            look.append(looks.setdefault(orjson.dumps(path_options(drawn, kind)).decode(), len(looks)))
        for field, known, column in zip(fields, words, columns, strict=True):
            shown = shown_value(field, one.properties, language)
            column.append(-1 if shown is None else known.setdefault(shown, len(known)))
    return {
        "id": layer.id,
        "label": layer.label[language],
        "illustrative": layer.illustrative,
        "fields": [f.label[language] for f in fields],
        "texts": [list(known) for known in words],
        "values": [column if known else None for known, column in zip(words, columns, strict=True)],
        "ids": list(map(str, chosen.ids)),
        "names": names,
        "named": layer.map_labels,
        "lettering": list(labels),
        "letters": label if len(labels) > 1 else None,
        "short": short,
        "found": found if any(found) else None,
        "reasons": reasons,
        "looks": [orjson.loads(text) for text in looks],
        "look": look if len(looks) > 1 else None,
        "shapes": packed_shapes(chosen.geometry, decimals),
        "guide": _guide(chosen.geometry, decimals) if layer.guide else None,
    }


def _guide(shapes: Objects, decimals: int) -> dict[str, Any]:
    """Return what makes lines an axis, as on sheets: heads by feature, each a tip and where it comes from."""

    def rounded(place: tuple[float, float]) -> list[float]:
        return [round(value, decimals) for value in reversed(place)]

    lines = {i: shapes[i] for i in np.flatnonzero(shapely.get_dimensions(shapes) == 1).tolist()}
    return {
        "heads": {str(i): [[*map(rounded, end)] for end in guide_ends(line)] for i, line in lines.items()},
        "rings": [rounded(place) for place in guide_crossings(lines.values())],
    }


def _label(layer: Layer, feature: Feature) -> tuple[float | int | str | None, ...]:
    """Return how a feature's name is written: its rank, size, colour and the least zoom."""
    style = declared_style(layer, feature.properties)
    return (style.label_rank, style.label_size, style.label_color, style.label_zoom)


def path_options(look: Look, kind: GeometryKind) -> dict[str, Any]:
    """Return a look as leaflet's path options, with the kind of shape it is for."""
    return {
        "kind": kind,
        "color": look.color,
        "weight": look.width,
        "opacity": look.opacity,
        "fill": look.fill is not None,
        "fillColor": look.fill,
        "fillOpacity": round(look.fill_opacity, 4),
        "dashArray": " ".join(f"{d:g}" for d in look.dash) or None,
        "radius": look.radius,
        **({"className": "feathered"} if look.feather else {}),
    }


def packed_shapes(shapes: Objects, decimals: int) -> list[Any]:
    """Return geometries as whole numbers of 10**-decimals degrees, each position a step from the one before.

    Parameters
    ----------
    shapes
        Geometries in longitude/latitude degrees, None where the place is not known.
    decimals
        How many decimals of a degree are kept; 6 is 0.1 m.

    Returns
    -------
    list
        For points one chain ``[x, y, dx, dy, ...]``, for lines a list of chains, for polygons a list of parts,
        each a list of rings; a ring does not repeat its first position. None where there is no shape.

    Examples
    --------
    >>> packed_shapes(np.array([shapely.box(0, 0, 1, 2), shapely.Point(3, 4), None]), 1)
    [[[[10, 0, 0, 20, -10, 0, 0, -20]]], [30, 40], None]
    """
    out: list[Any] = [None] * len(shapes)
    dimensions = np.where(shapely.is_empty(shapes), -1, shapely.get_dimensions(shapes))
    for dimension in range(3):
        at = np.flatnonzero(dimensions == dimension)
        parts, owner = shapely.get_parts(shapes[at], return_index=True)
        if dimension == 0:
            xy = shapely.get_coordinates(parts)
            for feature, chain in zip(at, _chains(xy, owner, len(at), decimals, closed=False), strict=True):
                out[feature] = chain
            continue
        lines, part = shapely.get_rings(parts, return_index=True) if dimension == 2 else (parts, None)
        xy, line = shapely.get_coordinates(lines, return_index=True)
        chains = _chains(xy, line, len(lines), decimals, closed=dimension == 2)
        if part is not None:
            chains = _gathered(chains, part, len(parts))
        for feature, mine in zip(at, _gathered(chains, owner, len(at)), strict=True):
            out[feature] = mine
    return out


def _chains(xy: Any, line: Any, count: int, decimals: int, *, closed: bool) -> list[Any]:  # noqa: ANN401 - arrays
    if closed:
        kept = np.append(line[1:] == line[:-1], False)[: len(line)]
        xy, line = xy[kept], line[kept]
    whole = np.rint(xy * 10.0**decimals).astype(np.int64)
    first = np.append(True, line[1:] != line[:-1])[: len(line)]
    steps = np.diff(whole, axis=0, prepend=whole[:1])
    steps[first] = whole[first]
    kept = first | steps.any(axis=1)
    ends = np.cumsum(np.bincount(line[kept], minlength=count)) * 2
    flat = steps[kept].ravel().tolist()
    return [flat[start:end] for start, end in zip([0, *ends[:-1].tolist()], ends.tolist(), strict=False)]


def _gathered(items: Iterable[Any], owner: Any, count: int) -> list[Any]:  # noqa: ANN401 - an array
    out: list[Any] = [[] for _ in range(count)]
    for item, mine in zip(items, owner.tolist(), strict=True):
        out[mine].append(item)
    return out


def _found(layer: Layer, feature: Feature, name: str) -> str | int:
    """Return what a feature is searched by besides its shown name, in lower case; 0 for nothing."""
    said = (feature.properties.get(key) for key in (*layer.search, layer.title.zh, layer.title.en))
    flat = (part for v in said for part in (v if isinstance(v, list) else [v]) if part not in (None, "", name))
    return "\n".join(dict.fromkeys(str(part).lower() for part in flat)) or 0
