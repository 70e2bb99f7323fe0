"""Geometries that were wrong when a layer was read: what a figure says of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from geo.text import Text
from layers.features.snapshot import FeatureProblem, Features, Snapshot
from layers.messages import say

_MENDED, _ID, _MOST_FAULTS = "repaired", "no_id", 5


def faults_of(snapshot: Snapshot, chosen: Features) -> tuple[FeatureProblem, ...]:
    """Return what was wrong with the geometries of some features: mended, or not to be put on the map.

    Parameters
    ----------
    snapshot
        The layer, with the problems it was read with.
    chosen
        Some of its features.
    """
    named = chosen.named({one.feature for one in snapshot.problems})
    ids = set(map(str, named.ids))
    unplaced = {str(key) for key, shape in zip(named.ids, named.geometry, strict=True) if shape is None}
    return tuple(
        one
        for one in snapshot.problems
        if one.feature in ids and (one.code == _MENDED or (one.feature in unplaced and one.code != _ID))
    )


def unplaced_by_fault(faults: Sequence[FeatureProblem]) -> set[str]:
    """Return the features that are not on the map because their geometry is wrong."""
    return {one.feature for one in faults if one.code != _MENDED}


def faults_told(faults: Sequence[FeatureProblem], label: Text, name: Callable[[str], Text]) -> list[Text]:
    """Say which geometries were mended before they were measured, and which could not be, by feature and place.

    Parameters
    ----------
    faults
        What was wrong.
    label, name
        What the layer is called, and each of its features.
    """
    out = []
    for key, mended in (("caveat_mended", True), ("caveat_unusable", False)):
        mine = {one.feature: one for one in faults if (one.code == _MENDED) is mended}
        told = [(name(feature), one) for feature, one in list(mine.items())[:_MOST_FAULTS]]
        zh = [f"{called.zh}（{one.zh}）" for called, one in told]
        en = [f"{called.en} ({one.en})" for called, one in told]
        if len(mine) > len(told):
            zh, en = [*zh, "…"], [*en, "…"]
        if mine:
            listed = Text("、".join(zh), ", ".join(en))
            out.append(say(key, label=label, count=len(mine), listed=listed))
    return out
