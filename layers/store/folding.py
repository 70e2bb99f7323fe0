"""Single changed features laid over a layer's columns; what did not change is not touched one by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import shapely

from geo.measure.facts import remember_edited
from layers.arrow import ArrowArray, ArrowColumn, ArrowField
from layers.features.columns import Content, column_of, content_of

State = Mapping[str, Any] | None


def fold_content(content: Content, states: Mapping[str, State]) -> Content:
    """Return content with the last state of some features.

    Parameters
    ----------
    content
        What they are laid over.
    states
        By feature id: ``{"geometry": GeoJSON or None, "properties": {...}}``, or None when it is gone. Changed
        features keep their place in the order, new ones come last.
    """
    if not states:
        return content
    before = content.geometry  # held, so that the shapes that stay are read once
    changed = np.isin(content.ids.astype(str), list(states))
    order = np.arange(len(content))
    at = {str(content.ids[i]): int(i) for i in np.flatnonzero(changed)}
    kept = {feature: state for feature, state in states.items() if state is not None}
    places = np.array([at.get(feature, len(content) + i) for i, feature in enumerate(kept)], dtype=np.intp)
    shapes = [_shape(state["geometry"]) for state in kept.values()]
    rows = [state["properties"] for state in kept.values()]
    whole = _joined(content.take(order[~changed]), content_of(list(kept), shapes, rows))
    into = np.argsort(np.concatenate([order[~changed], places]), kind="stable")
    edited = whole.take(into)
    remember_edited(edited.geometry, before, np.append(order[~changed], np.full(len(kept), -1))[into])
    return edited


def _shape(geometry: Mapping[str, Any] | None) -> Any:  # noqa: ANN401 - shapely geometries
    return None if geometry is None else shapely.from_geojson(orjson.dumps(geometry))


def _joined(first: Content, second: Content) -> Content:
    names = list(dict.fromkeys([*first.names, *second.names]))
    fields, columns = [], []
    for name in names:
        field, column = _column(first, second, name)
        fields.append(field)
        columns.append(column)
    table = pa.table(columns, schema=pa.schema(fields)) if names else pa.table({})
    ids, geometry = np.concatenate([first.ids, second.ids]), np.concatenate([first.geometry, second.geometry])
    return Content(ids, geometry, table)


def _column(first: Content, second: Content, name: str) -> tuple[ArrowField, ArrowColumn | ArrowArray]:
    known = first.properties.schema.field(name) if name in first.names else None
    new = second.properties.schema.field(name) if name in second.names else None
    if known is not None and (new is None or second.properties.column(name).null_count == len(second)):
        empty = pa.nulls(len(second), known.type)
        return known, pa.chunked_array([*first.properties.column(name).chunks, empty], known.type)
    if known is not None and new is not None and known.type == new.type and known.metadata == new.metadata:
        chunks = [*first.properties.column(name).chunks, *second.properties.column(name).chunks]
        return known, pa.chunked_array(chunks, known.type)
    return column_of(name, [*first.values(name), *second.values(name)])
