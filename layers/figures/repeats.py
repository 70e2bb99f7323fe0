"""What stands twice in a layer: facilities at one place, of which one counts; and features that are doubled."""

from __future__ import annotations

from collections import Counter

import geopandas as gpd
import numpy as np
import shapely

from geo.measure.seam import one_side
from geo.text import Text
from layers.figures.inputs import Role
from layers.messages import say

_MOST = 20_000  # features that are held against one another


def without_repeats(role: Role) -> tuple[gpd.GeoDataFrame, tuple[Text, ...]]:
    """Return the placed features of a role, each place once, and what to say of those left out.

    Of features with the same shape, vertex by vertex whatever it begins with, the first is kept. 180 degrees
    east are 180 degrees west.
    """
    frame = role.frame
    shapes = shapely.to_wkb(shapely.normalize(one_side(np.asarray(frame.geometry, dtype=object))))
    _, first = np.unique(shapes.astype(object), return_index=True)
    gone = len(frame) - len(first)
    if not gone:
        return frame, ()
    kept = frame.iloc[np.sort(first)]
    kept.attrs = dict(frame.attrs)
    label = role.use.label
    return kept, (say("caveat_repeats", label=label, count=gone),)


def say_doubled(role: Role) -> tuple[Text, ...]:
    """Say how many features of a role are like another in every value and in their place: each of them counts.

    Of a large layer nothing is said: what it holds is looked at when it comes in.
    """
    features = role.features
    if role.layer is None or len(features) > _MOST:
        return ()
    names = [one.id for one in role.layer.fields]
    shapes = shapely.to_wkb(shapely.normalize(np.asarray(features.geometry, dtype=object)))
    rows = Counter(zip(shapes.tolist(), *(map(repr, features.values(name)) for name in names), strict=True))
    again = sum(count - 1 for count in rows.values())
    return (say("caveat_doubled", label=role.use.label, count=again),) if again else ()
