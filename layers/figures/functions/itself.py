"""A layer held against itself: each feature lies on itself, and each pair comes twice."""

from __future__ import annotations

from geo.errors import NotComputable
from layers.figures.inputs import Role


def is_itself(part: Role, other: Role) -> bool:
    """Whether two roles are one layer at one version, filtered alike or not."""
    return part.use.layer == other.use.layer and part.use.version == other.use.version


def refuse_itself(part: Role, other: Role) -> None:
    """Look whether features are held against themselves, which says nothing of them.

    Raises
    ------
    NotComputable
        Some are.
    """
    if is_itself(part, other) and not part.frame.index.intersection(other.frame.index).empty:
        raise NotComputable(
            needs_zh="另一个图层，或把要素分开的筛选：要素与自身相比没有意义",
            needs_en="another layer, or filters that part the features: held against themselves they say nothing",
        )
