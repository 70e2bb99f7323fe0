"""Facilities that stand twice in a layer, at the very same place: one of them counts, and the figure says so."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from geo.text import Text
from layers.figures.inputs import Role
from layers.messages import say


def without_repeats(role: Role) -> tuple[gpd.GeoDataFrame, tuple[Text, ...]]:
    """Return the placed features of a role, each place once, and what to say of those left out.

    Of features with the same shape, vertex by vertex whatever it begins with, the first is kept.
    """
    frame = role.frame
    shapes = shapely.to_wkb(shapely.normalize(np.asarray(frame.geometry, dtype=object)))
    _, first = np.unique(shapes.astype(object), return_index=True)
    gone = len(frame) - len(first)
    if not gone:
        return frame, ()
    kept = frame.iloc[np.sort(first)]
    kept.attrs = dict(frame.attrs)
    label = role.use.label
    return kept, (say("caveat_repeats", label=label, count=gone),)
