"""What a kind of rule says of itself, and how gaps with their uncertainty are decided."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely

from geo.arrays import Floats
from geo.measure.area import M2_PER
from geo.text import Text
from layers.messages import say
from layers.places.finding import A_SLIVER_M, EvidencePiece, Finding, State
from layers.places.surroundings import Case, Members
from layers.plan.rules import SiteRule
from layers.units import measured_text

A_SLIVER_M2 = 1.0  # ground shared by less is how two layers were drawn
_MOST_PIECES = 12


@dataclass(frozen=True)
class RuleKind:
    """A kind of rule.

    Attributes
    ----------
    id
        The word in ``rules.toml``.
    label, about
        What it is called, and when it is kept.
    judge
        Finds whether a site keeps a rule of the kind.
    roles
        Layers the rule names.
    needs
        Other keys it must have; of ``a|b`` one is enough.
    takes
        Further keys it may have.
    words
        Of a key that takes one of some words only: these.
    placed
        Whether the site must be on the map.
    order
        Where it stands in lists.
    """

    id: str
    label: Text
    about: Text
    judge: Callable[[Case, SiteRule], Finding]
    roles: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    placed: bool = True
    order: int = 50


def decide_state(low: float, high: float, limit: float, tolerance: float) -> State:
    """Return whether a value between two ends is at least a limit: kept or broken at both ends, else undecided.

    Parameters
    ----------
    low, high
        The ends, for all that is not sure.
    limit
        What it is to be at least.
    tolerance
        By how much it may be missed.

    Examples
    --------
    >>> tuple(decide_state(low, low + 600, 1000, 0.001) for low in (792, 1000, 88))
    ('undecided', 'kept', 'broken')
    """
    if low >= limit - tolerance:
        return "kept"
    return "broken" if high < limit - tolerance else "undecided"


def stand_apart(found: Members, rule: SiteRule, limit_m: float) -> Finding:
    """Return whether a site keeps a distance from every one of some features; 0 is that it does not overlap them.

    What is not on the map may be anywhere: with such a feature the rule may be broken, but is not kept for sure.
    """
    versions = {found.snapshot.layer.id: found.snapshot.version}
    tolerance = rule.tolerance_mm / 1000.0
    if not len(found):
        state: State = "kept" if found.sure else "undecided"
        told, low_m = none_near(found), found.reach_m
        return Finding(state, told, None, low_m, None, limit_m, "m", versions=versions, drawn_m=math.inf)
    gap = found.clearance.gap_m
    low, high = gap - found.off_m, gap + found.off_m
    states = [decide_state(a, b, limit_m, tolerance) for a, b in zip(low.tolist(), high.tolist(), strict=True)]
    state, row = _worst(states, low, high, gap)
    if state == "kept" and found.unplaced:
        state = "undecided"
    rows = [i for i, one in enumerate(states) if one != "kept"] or [row]
    rows = sorted(rows, key=lambda i: (states[i] != "broken", gap[i], low[i]))
    told = standing_words(found, row, limit_m)
    also = int(np.count_nonzero(found.clearance.overlap_m2 > A_SLIVER_M2)) - 1
    if gap[row] < 0 and also > 0:
        told = say("check_shares_more", told=told, count=also)
    if found.unplaced and state != "broken":
        told = say("check_and_unplaced", told=told, count=found.unplaced)
    lowest = float(low.min())  # to be decided, every one of them has to be
    settles = max(limit_m - lowest, 0.0) if state == "undecided" and math.isfinite(lowest) else None
    return Finding(
        state,
        told,
        float(gap[row]),
        float(low[row]),
        float(high[row]),
        limit_m,
        "m",
        settles,
        tuple(piece_of(found, i) for i in rows[:_MOST_PIECES]),
        versions,
        float(gap[row]) - limit_m,
        shared_part(found, range(len(found))),
    )


def shared_part(found: Members, rows: Iterable[int]) -> float:
    """Return the part of the site (0 to 1) that lies in some features as drawn; a place lies in one or not."""
    clear, whole = found.clearance, found.subject.area_m2
    inside = [i for i in rows if clear.gap_m[i] <= -A_SLIVER_M]
    if not whole:
        return 1.0 if inside else 0.0
    return min(sum(float(clear.overlap_m2[i]) for i in inside) / whole, 1.0)


def none_near(found: Members) -> Text:
    """Return in words that none of some features is near, as far as that is known."""
    told = say("check_none_within", distance=measured_text(found.reach_m, "m", 0))
    if not math.isfinite(found.subject.uncertainty_m):
        told = say("check_off_unknown", told=told)
    return say("check_and_unplaced", told=told, count=found.unplaced) if found.unplaced else told


def _worst(states: Sequence[State], low: Floats, high: Floats, gap: Floats) -> tuple[State, int]:
    """Return the state of all features together, and the feature it hangs on."""
    if "broken" in states:
        rows = [i for i, one in enumerate(states) if one == "broken"]
        return "broken", min(rows, key=lambda i: (float(high[i]), float(gap[i])))
    state: State = "undecided" if "undecided" in states else "kept"
    rows = [i for i, one in enumerate(states) if one == state]
    if state == "undecided":  # what it stands in as drawn, or is nearest to, before what is the least sure
        return state, min(rows, key=lambda i: (float(gap[i]), float(low[i])))
    return state, min(rows, key=lambda i: (float(low[i]), float(gap[i])))


def standing_words(found: Members, row: int, limit_m: float | None = None) -> Text:
    """Return in words how a site stands to a feature: the distance with its error, or what is shared."""
    gap, off = float(found.clearance.gap_m[row]), float(found.off_m[row])
    name = found.name(row)
    if gap < 0:
        shared = float(found.clearance.overlap_m2[row])
        whole = found.subject.area_m2
        depth = distance_text(-gap, off)
        if gap > -A_SLIVER_M:
            return say("check_edge", name=name, depth=depth)
        if shared > 0 and whole:
            return say(
                "check_shares", name=name, area=area_text(shared), share=f"{shared / whole:.1%}", depth=depth
            )
        return say("check_inside", name=name, depth=depth)
    told = say("check_distance", name=name, distance=distance_text(gap, off))
    if limit_m:
        spare = gap - limit_m
        key = "check_spare" if spare >= 0 else "check_short"
        return say(key, told=told, metres=measured_text(abs(spare), "m", distance_decimals(spare)))
    return told


def piece_of(found: Members, row: int) -> EvidencePiece:
    """Return the piece of the map that shows how a site stands to a feature."""
    clear = found.clearance
    layer, feature = found.snapshot.layer.id, str(found.features.ids[row])
    gap, off = float(clear.gap_m[row]), float(found.uncertainty_m[row])
    shared = clear.overlap[row]
    if gap > 0 or shared is None or shapely.is_empty(shared):
        line = shapely.LineString([clear.begin[row], clear.end[row]])
        return EvidencePiece("link", layer, feature, found.name(row), line, off, amount_m=max(gap, 0.0))
    shared_m2 = float(clear.overlap_m2[row])
    return EvidencePiece(
        "overlap", layer, feature, found.name(row), shared, off, amount_m=gap, amount_m2=shared_m2
    )


def distance_text(metres: float, off_m: float) -> Text:
    """Return a distance with its error, as it is read."""
    told = measured_text(metres, "m", distance_decimals(metres))
    if not np.isfinite(off_m):
        return say("check_off_unknown", told=told)
    return say("check_off", told=told, off=measured_text(off_m, "m", 0)) if off_m else told


def distance_decimals(metres: float) -> int:
    """Return how many decimals a distance is told with."""
    return 0 if abs(metres) >= 100 else 1 if abs(metres) >= 1 else 3


def area_text(square_metres: float) -> Text:
    """Return an area in mu, as a planner reads it; what is small in m2."""
    mu = square_metres / M2_PER["mu"]
    return measured_text(mu, "mu", 1) if mu >= 0.1 else measured_text(square_metres, "m2", 2)
