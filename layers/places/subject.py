"""What is checked: a feature of a layer, a place that was picked, or an outline that was drawn."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

import geo
from geo.access.clearance import lonlat_shapes
from geo.measure.area import M2_PER_STATED
from geo.text import Text
from layers.features.snapshot import Features
from layers.figures.inputs import layer_frame
from layers.library.library import Library
from layers.messages import say
from layers.plan.catalog import Field, Layer
from layers.plan.rules import Rules

UNSURE = math.inf


@dataclass(frozen=True)
class Subject:
    """A site: its shape in longitude and latitude (None: not on the map), and how far off that may be.

    ``uncertainty_m`` is infinite where a place is sketched and nobody says how far off. ``industries`` is None
    where nobody says what the site is for.
    """

    name: Text
    shape: Any
    uncertainty_m: float
    industries: frozenset[str] | None = None
    layer: str = ""
    feature: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)
    fields: tuple[Field, ...] = ()

    @cached_property
    def dimension(self) -> int:
        """Of its shape: 0 a place, 1 a line, 2 ground; -1 where it has none."""
        return -1 if self.shape is None else int(shapely.get_dimensions(self.shape))

    @cached_property
    def area_m2(self) -> float | None:
        """As drawn, on the ellipsoid; None of what is no ground."""
        if self.dimension != 2:
            return None
        return float(np.asarray(geo.area_m2(gpd.GeoSeries([self.shape], crs="EPSG:4326")))[0])

    @cached_property
    def perimeter_m(self) -> float:
        """Of its outline, or its length; 0 of a place."""
        if self.dimension < 1:
            return 0.0
        return float(np.asarray(geo.length_m(gpd.GeoSeries([self.shape], crs="EPSG:4326")))[0])

    @cached_property
    def stated(self) -> tuple[Field, float] | None:
        """The field that states its area, and that area in m2."""
        for one in self.fields:
            value = self.properties.get(one.id)
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if one.measure == "additive" and one.unit in M2_PER_STATED and one.derived is None and number:
                return one, float(value or 0.0) * M2_PER_STATED[one.unit]
        return None


def subject_of_feature(
    library: Library, rules: Rules, layer_id: str, feature_id: str, *, restricted: bool = False
) -> Subject:
    """Return a feature as what is checked.

    Parameters
    ----------
    library
        The open plan.
    rules
        The plan's, which know industries by their words.
    layer_id, feature_id
        Which feature.
    restricted
        Whether restricted layers may be used.

    Raises
    ------
    UnknownLayer, LayerUnavailable, UnknownFeature
        There is no such feature for this reader.
    """
    snapshot = library.snapshot(library.layer(layer_id, restricted=restricted))
    layer = snapshot.layer
    chosen = Features(snapshot.content, np.array([snapshot.row_of(feature_id)]))
    feature = chosen[0]
    shape = None
    if feature.geometry is not None:
        frame = layer_frame(snapshot, library.catalog.plan.plane_crs, chosen=chosen)
        (shape,) = lonlat_shapes(frame, where=layer.label.en)
    return Subject(
        Text(feature.name(layer, "zh"), feature.name(layer, "en")),
        shape,
        uncertainty_of(layer, feature.properties),
        rules.industries_of(_words(layer, feature.properties)) or None,
        layer_id,
        feature.id,
        feature.properties,
        layer.fields,
    )


def subject_of_shape(
    shape: Any,  # noqa: ANN401 - any shapely geometry
    *,
    name: str = "",
    uncertainty_m: float = 0.0,
    industries: tuple[str, ...] = (),
) -> Subject:
    """Return a picked place or a drawn outline (longitude and latitude) as what is checked.

    Parameters
    ----------
    shape
        A point or polygon.
    name
        What its drawer calls it.
    uncertainty_m
        How far off it may be, m.
    industries
        What it is for; none named: nobody says.
    """
    called = (
        Text(name, name) if name else say("site_drawn" if shapely.get_dimensions(shape) == 2 else "site_picked")
    )
    return Subject(called, shape, uncertainty_m, frozenset(industries) or None)


def uncertainty_of(layer: Layer, properties: Mapping[str, Any]) -> float:
    """Return how far off a feature's place may be, m: as it states, 0 of what is exact, else nobody knows."""
    for one in layer.fields:
        value = properties.get(one.id)
        if one.measure == "uncertainty" and isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    sketched = layer.illustrative or str(properties.get("position") or "exact") != "exact"
    return UNSURE if sketched else 0.0


def _words(layer: Layer, properties: Mapping[str, Any]) -> str:
    """Return all that a feature's name and declared texts say."""
    names = {layer.title.zh, layer.title.en}
    for one in layer.fields:
        if one.text is not None:
            names |= {one.text.zh, one.text.en}
        elif one.type == "text" and one.id not in {"quote", "note"}:
            names.add(one.id)
    unsaid = {"position_source_zh", "position_source_en", "note_zh", "note_en", "chapter_zh", "chapter_en"}
    return " \n".join(str(properties.get(name) or "") for name in sorted(names - unsaid))
