"""What the plan says of one feature and what lies around it: a planner's dossier of a site."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely

import geo
from geo.measure import sound
from geo.text import Text
from layers.features.snapshot import Feature, Features, Snapshot
from layers.figures.inputs import layer_frame
from layers.library.library import Library
from layers.messages import say
from layers.places.derived import DerivedValue, derived_values
from layers.units import measured_text

NEAR_M = 2000.0
_LEAST_SHARE = 0.001  # of the site; less is the sketch's line, not the site


@dataclass(frozen=True)
class Relation:
    """How the site stands to a feature of another layer; ``share`` is the part of the site that lies in it."""

    layer: Text
    name: Text
    how: Text
    share: float | None = None
    distance_m: float | None = None


@dataclass(frozen=True)
class Dossier:
    """A feature with its layer's version, the areas it falls in, and what is near.

    ``derived`` are the fields that follow from others, worked out anew.

    ``uncertainty_m`` is how far off the site's position may be; None when its layer does not say.
    """

    snapshot: Snapshot
    feature: Feature
    within: tuple[Relation, ...]
    near: tuple[Relation, ...]
    versions: dict[str, str]
    uncertainty_m: float | None
    derived: tuple[DerivedValue, ...] = ()

    @property
    def caveat(self) -> Text:
        """What the position allows to be said."""
        off = self.uncertainty_m
        position = str(self.feature.properties.get("position") or "")
        if self.feature.geometry is None:
            return say("dossier_no_place")
        if position in ("", "exact") and not off:
            return Text("", "")
        around = measured_text(off, "m", 0) if off else say("dossier_unknown_distance")
        return say("dossier_caveat", around=around)


def collect_dossier(library: Library, layer_id: str, feature_id: str, *, restricted: bool = False) -> Dossier:
    """Collect what is known of a feature.

    Parameters
    ----------
    library
        The open plan.
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
    feature = snapshot.features[snapshot.row_of(feature_id)]
    versions = {snapshot.layer.id: snapshot.version}
    within: list[Relation] = []
    near: list[Relation] = []
    off = feature.properties.get("uncertainty_m")
    if feature.geometry is not None:
        plane = library.catalog.plan.plane_crs
        site = layer_frame(snapshot, plane).loc[[feature.id]]
        for other in library.readable(restricted=restricted):
            if other.layer.id == layer_id or not other.placed:
                continue
            found = _covering(other, site, library)
            within += found
            close = [] if other.layer.class_field or other.layer.guide else _nearest(other, site, plane)
            near += close
            if found or close:
                versions[other.layer.id] = other.version
    return Dossier(
        snapshot,
        feature,
        tuple(sorted(within, key=lambda one: -(one.share or 0.0))),
        tuple(sorted(near, key=lambda one: one.distance_m or 0.0)),
        versions,
        float(off) if isinstance(off, int | float) else None,
        derived_values(snapshot.layer, feature.properties),
    )


def _covering(other: Snapshot, site: gpd.GeoDataFrame, library: Library) -> list[Relation]:
    """Return the polygons of a layer the site lies in, those of a land-use layer summed by class."""
    place = site.geometry.iloc[0]
    hits = other.content.meeting(place)
    shapes = other.content.shapes(hits)
    hits, shapes = (one[shapely.get_dimensions(shapes) == 2] for one in (hits, shapes))
    if not len(hits):
        return []
    if shapely.get_dimensions(place) == 2:
        whole = float(geo.area_m2(site.geometry)[0])
        cut = gpd.GeoSeries(sound.intersect_pairs(shapes, place), crs=site.crs)
        areas = np.asarray(geo.area_m2(cut), dtype=float)
    else:
        whole, areas = 1.0, np.ones(len(hits))
    chosen = Features(other.content, hits)
    summed: dict[tuple[str, str], float] = {}
    named = {c.code: c.name for c in library.catalog.classes.get(other.layer.scheme, ())}
    for one, area in zip(chosen, areas.tolist(), strict=True):
        code = one.properties.get(other.layer.class_field) if other.layer.class_field else None
        called = named.get(str(code), Text(str(code), str(code)))
        key = (
            (f"{code} {called.zh}", f"{code} {called.en}")
            if code
            else (one.name(other.layer, "zh"), one.name(other.layer, "en"))
        )
        summed[key] = summed.get(key, 0.0) + area
    out = []
    for (zh, en), area in summed.items():
        share = min(area / whole, 1.0) if whole else 0.0
        if share < _LEAST_SHARE:
            continue
        size = measured_text(area / 10_000.0, "ha", 2)
        how = say("dossier_inside")
        if shapely.get_dimensions(place) >= 2:
            how = say("dossier_share", size=size, share=f"{share:.1%}")
        out.append(Relation(other.layer.label, Text(zh, en), how, share))
    return out


def _nearest(other: Snapshot, site: gpd.GeoDataFrame, plane: str) -> list[Relation]:
    """Return the nearest feature of a layer when it is within reach and the site does not lie in it."""
    frame = layer_frame(other, plane)
    row = geo.find_nearest(site, frame).iloc[0]
    distance = float(row["distance_m"])
    found = other.find(str(row["nearest"]))
    if found is None or distance > NEAR_M or (distance == 0 and shapely.get_dimensions(found.geometry) == 2):
        return []
    name = Text(found.name(other.layer, "zh"), found.name(other.layer, "en"))
    how = say("dossier_touches") if distance == 0 else measured_text(distance, "m", 0)
    return [Relation(other.layer.label, name, how, None, distance)]
