"""Places that lie in one another: what they state may stand in both."""

from __future__ import annotations

from dataclasses import dataclass

from geo.access.demand import frame_dimensions
from geo.overlay import shared_ground
from geo.text import Text, number_text
from layers.figures.inputs import Role
from layers.messages import say

_DRAWN_TWICE = 0.01  # of the smaller place: what outlines drawn twice overlap by at most
_MOST = 20_000  # polygons that are held against one another
_POLYGON = 2


@dataclass(frozen=True)
class NestedPlaces:
    """How many pairs share ground, the two of which the smaller is covered most, and by how much of it (%)."""

    count: int
    one: Text
    other: Text
    share: str


def find_nested(role: Role) -> NestedPlaces | None:
    """Return what is to be said of places that lie in one another; None where none do, or too many would be asked.

    Parameters
    ----------
    role
        Features of any kinds; of polygons it is asked.
    """
    frame = role.frame[frame_dimensions(role.frame) == _POLYGON]
    if not 1 < len(frame) <= _MOST:
        return None
    pairs = [one for one in shared_ground(frame, where=role.use.layer) if one.share > _DRAWN_TWICE]
    if not pairs:
        return None
    one, other = (role.name(str(frame.index[row])) for row in (pairs[0].one, pairs[0].other))
    return NestedPlaces(len(pairs), one, other, number_text(100 * min(pairs[0].share, 1.0), 1))


def nested_notes(role: Role) -> list[Text]:
    """Return what to say of a sum over places that lie in one another.

    Parameters
    ----------
    role
        What is added up.
    """
    found = find_nested(role)
    if found is None:
        return []
    told = {"one": found.one, "other": found.other, "share": found.share}
    return [say("sum_nested", label=role.use.label, count=found.count, **told)]
