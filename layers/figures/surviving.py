"""A figure that one bad geometry cannot end: the feature is found, left out and named, the rest is computed.

Shapes are repaired where they are measured, and what GEOS cannot cut is tried in other ways (`geo.measure.sound`).
Should a computation fail even so, the feature it fails on is looked for: the shortest beginning of a layer with
which it fails ends with that feature.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import shapely

from geo import area_m2
from geo.errors import EmptyLayer, NotComputable, Unworkable
from geo.text import Text
from layers.figures.inputs import Gathered, Role
from layers.figures.outcome import Outcome
from layers.messages import say
from layers.units import measured_text

MOST_LEFT_OUT = 20
FAILURES = (shapely.GEOSException, Unworkable)
Compute = Callable[[Gathered], Outcome]


def compute_without_the_unworkable(
    compute: Compute, gathered: Gathered
) -> tuple[Outcome, Gathered, tuple[Text, ...]]:
    """Return an answer, the layers it was computed on, and what to say of features that were left out.

    Parameters
    ----------
    compute
        Answers the question on layers.
    gathered
        The layers.

    Raises
    ------
    Unworkable
        More than ``MOST_LEFT_OUT`` features fail, or no single one does.
    """
    told: list[Text] = []
    while True:
        try:
            return compute(gathered), gathered, tuple(told)
        except FAILURES as failure:
            found = _culprit(compute, gathered) if len(told) < MOST_LEFT_OUT else None
            if found is None:
                raise failure if isinstance(failure, Unworkable) else Unworkable(row="") from failure
            name, row = found
            told.append(_told(gathered.roles[name], row))
            gathered = _without(gathered, name, row)


def _culprit(compute: Compute, gathered: Gathered) -> tuple[str, int] | None:
    """Return the role and the row of a feature without which the computation comes further, if one is found."""
    for name, role in gathered.roles.items():
        if len(role.frame) < 2:
            continue
        low, high = 0, len(role.frame)  # it works with the first ``low`` features, and not with ``high``
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if _fails(compute, _first(gathered, name, middle)) else (middle, high)
        last, begin = high - 1, 0  # it fails with the features from ``begin`` to ``last``
        low, high = 0, last
        while high - low > 0:
            middle = (low + high + 1) // 2
            fails = _fails(compute, _with(gathered, name, np.arange(middle, last + 1)))
            begin, low, high = (middle, middle, high) if fails else (begin, low, middle - 1)
        pair = sorted({begin, last}, key=lambda row: float(role.frame.geometry.iloc[row].area))
        for row in pair:  # of two that fail together the smaller one goes
            if not _fails(compute, _without(gathered, name, row)):
                return name, row
        if last > 0:
            return name, last
    return None


def _fails(compute: Compute, gathered: Gathered) -> bool:
    try:
        compute(gathered)
    except (EmptyLayer, NotComputable):
        return False
    except FAILURES:
        return True
    return False


def _first(gathered: Gathered, name: str, count: int) -> Gathered:
    return _with(gathered, name, np.arange(count))


def _without(gathered: Gathered, name: str, row: int) -> Gathered:
    return _with(gathered, name, np.delete(np.arange(len(gathered.roles[name].frame)), row))


def _with(gathered: Gathered, name: str, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Gathered:
    """Return layers with some of the placed features of one."""
    role = gathered.roles[name]
    frame = role.frame.iloc[rows]
    frame.attrs = dict(role.frame.attrs)
    gone = set(role.frame.index.astype(str)) - set(frame.index.astype(str))
    kept = role.features.where([str(one) not in gone for one in role.features.ids])
    return replace(gathered, roles={**gathered.roles, name: replace(role, frame=frame, features=kept)})


def _told(role: Role, row: int) -> Text:
    """Return what is said of a feature that is left out: its name and its area."""
    one = role.frame.iloc[[row]]
    one.attrs = dict(role.frame.attrs)
    try:
        size = measured_text(float(area_m2(one)[0]) / 10_000.0, "ha", 2)
    except FAILURES:
        size = say("area_unknown")
    name = role.name(str(one.index[0]))
    return say("caveat_uncut", name=name, label=role.use.label, size=size)
