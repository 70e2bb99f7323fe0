"""What the plan says of one place: where it is, what it lies in, what is near, and when that is built."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pyproj
import shapely

import geo
from geo.text import Text
from layers.features.snapshot import Feature, Features, Snapshot
from layers.figures.inputs import layer_frame
from layers.library.library import Library
from layers.plan.catalog import Layer

_MOST_COMPARED = 2000  # features of a layer whose distance is measured, the closest in degrees first
_METRES_PER_DEGREE = 111_000.0


@dataclass(frozen=True)
class Place:
    """A place, in both coordinate systems of the plan, and by layer what holds it or is nearest to it."""

    longitude: float
    latitude: float
    east_m: float
    north_m: float
    plane_crs: str
    within_m: float
    layers: tuple[dict[str, Any], ...]


def look_up_place(
    library: Library, longitude: float, latitude: float, *, within_m: float = 3000.0, restricted: bool = False
) -> Place:
    """Look a place up.

    Parameters
    ----------
    library
        The open plan.
    longitude, latitude
        The place, WGS 84.
    within_m
        How far the nearest feature of a layer may be; layers with land classes only say what the place lies in.
    restricted
        Whether restricted layers (red lines) may be used.
    """
    plane = library.catalog.plan.plane_crs
    east, north = pyproj.Transformer.from_crs(4326, plane, always_xy=True).transform(longitude, latitude)
    place = shapely.Point(longitude, latitude)
    classes = {(scheme, one.code): one.name for scheme, known in library.catalog.classes.items() for one in known}
    placed = [s for s in library.readable(restricted=restricted) if s.placed]
    rows = [_row(snapshot, place, plane, within_m, classes) for snapshot in placed]
    return Place(longitude, latitude, east, north, plane, within_m, tuple(row for row in rows if row is not None))


def _row(
    snapshot: Snapshot, place: shapely.Point, plane: str, within_m: float, classes: Mapping[tuple[str, str], Text]
) -> dict[str, Any] | None:
    around = Features(snapshot.content, snapshot.content.meeting(place))
    held = [feature for feature in around if shapely.get_dimensions(feature.geometry) == 2]
    near = (
        None
        if held or snapshot.layer.class_field or snapshot.layer.guide
        else _nearest(snapshot, place, plane, within_m)
    )
    if not held and near is None:
        return None
    layer = snapshot.layer
    return {
        "layer": layer.id,
        "label": {"zh": layer.label.zh, "en": layer.label.en},
        "within": [_told(layer, feature) | _kind(feature, layer, classes) for feature in held],
        "near": near,
    }


def _nearest(snapshot: Snapshot, place: shapely.Point, plane: str, within_m: float) -> dict[str, Any] | None:
    """Return the nearest feature of a layer and its true distance, or None when there is none so near."""
    high = within_m / _METRES_PER_DEGREE
    wide = high / max(math.cos(math.radians(place.y)), 0.01)
    found = snapshot.content.near((place.x - wide, place.y - high, place.x + wide, place.y + high))
    if not len(found):
        return None
    apart = shapely.distance(snapshot.content.shapes(found), place)
    close = Features(snapshot.content, np.sort(found[np.argsort(apart, kind="stable")[:_MOST_COMPARED]]))
    frame = layer_frame(snapshot, plane, chosen=close)
    distance = geo.find_nearest(frame, gpd.GeoDataFrame(geometry=[place], crs=frame.crs))["distance_m"].to_numpy()
    first = int(np.argmin(distance))
    if distance[first] > within_m:
        return None
    feature = close[first]
    return _told(snapshot.layer, feature) | {"distance_m": float(distance[first])}


def _kind(feature: Feature, layer: Layer, classes: Mapping[tuple[str, str], Text]) -> dict[str, Any]:
    """Return the land class of a feature in the words of its layer's own scheme, where the layer tells one."""
    code = str(feature.properties.get(layer.class_field) or "") if layer.class_field else ""
    name = classes.get((layer.scheme, code), Text(code, code))
    return {"class": {"zh": name.zh, "en": name.en}} if code else {}


def _told(layer: Layer, feature: Feature) -> dict[str, Any]:
    """Return a feature's name and the dates it states."""
    dates = [(field, feature.properties.get(field.id)) for field in layer.fields if field.type == "date"]
    return {
        "id": feature.id,
        "name": {"zh": feature.name(layer, "zh"), "en": feature.name(layer, "en")},
        "when": [
            {"label": {"zh": field.label.zh, "en": field.label.en}, "value": str(value)}
            for field, value in dates
            if value
        ],
    }
