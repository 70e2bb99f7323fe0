"""Between what a coverage lies where some of the demand is not known: whether it counts, where it is, how much."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import shapely

import geo
from geo.access import ground_apart
from geo.access.demand import POLYGON, frame_dimensions
from geo.arrays import Floats
from geo.text import Text
from layers.features.snapshot import Feature
from layers.figures.functions.possible import Pair, lowest_share
from layers.figures.inputs import Gathered, Role
from layers.figures.outcome import json_number
from layers.messages import say
from layers.plan.statistics import Statistic
from layers.plan.unstated import is_unstated
from layers.units import measured_text

Measure = Callable[[gpd.GeoDataFrame], geo.Coverage]
_NOTHING = 1e-9


@dataclass(frozen=True)
class DemandEnds:
    """What of a demand is not known.

    Attributes
    ----------
    may
        Of each placed feature that may belong to it; where such ground overlaps, of each part that lies apart.
    features
        How many placed features may belong to it.
    lost
        How much has no place, of what belongs to it and of each that may.
    unweighed
        Whether features of unknown weight are covered, and whether some are not.
    untold
        Whether it is not known how much has no place.
    """

    may: tuple[Pair, ...] = ()
    features: int = 0
    lost: float = 0.0
    may_lost: tuple[float, ...] = ()
    unweighed: tuple[bool, bool] = (False, False)
    untold: bool = False

    def span(self, total: float, covered: float) -> tuple[float | None, float | None] | None:
        """Return the least and the most share (%); None where all is known, an open end where it has no bound.

        Parameters
        ----------
        total, covered
            Of what is known.

        Examples
        --------
        >>> DemandEnds(may=((1.0, 0.0), (1.0, 1.0)), lost=1.0).span(3.0, 2.0)
        (40.0, 80.0)
        """
        up, down = self.unweighed
        least = lowest_share(covered, total + self.lost, [*self.may, *((one, 0.0) for one in self.may_lost)])
        missed = [(size, size - reached) for size, reached in self.may] + [(one, 0.0) for one in self.may_lost]
        most = 1.0 - lowest_share(total - covered, total + self.lost, missed)
        down, up = down or self.untold, up or self.untold
        if up and down:
            return 0.0, 100.0  # a share is no less and no more, whatever the unknown weigh
        if up or down:
            return None if down else 100 * least, None if up else 100 * most
        return (100 * least, 100 * most) if most - least > _NOTHING else None


def find_demand_ends(demand: Role, weight: str, found: geo.Coverage, measure: Measure) -> DemandEnds:
    """Return what of a demand is not known, and how much of it is covered.

    Parameters
    ----------
    demand
        The demand.
    weight
        The field it is weighed by; empty for none.
    found
        The coverage of what is known.
    measure
        Measures that of other features by the same rule.
    """
    may, features, unknown = _may_belong(demand, weight, found, measure)
    if weight and found.unknown_weights:
        mine = _unweighed(demand.frame, weight, found)
        unknown = (unknown[0] or mine[0], unknown[1] or mine[1])
    if not weight and found.unit != "count":
        return DemandEnds(may, features)
    placed = set(map(str, demand.frame.index))
    lost = [_size(one, weight) for one in demand.features if str(one.id) not in placed]
    may_lost = [_size(one, weight) for one in demand.open or () if one.geometry is None]
    return DemandEnds(
        may,
        features,
        sum(one for one in lost if one is not None),
        tuple(one for one in may_lost if one is not None),
        unknown,
        None in (*lost, *may_lost),
    )


def _may_belong(
    demand: Role, weight: str, found: geo.Coverage, measure: Measure
) -> tuple[tuple[Pair, ...], int, tuple[bool, bool]]:
    """Return how much may belong to a demand and is covered, of how many features, and what of unknown weight."""
    if demand.undecided is None:
        return (), 0, (False, False)
    if found.unit == "m2":  # ground counts once
        parts, owners = ground_apart(demand.undecided, demand.frame)
        sizes = _shares(measure(parts)) if len(parts) else {}
        return tuple(sizes.values()), len({row for key in sizes for row in owners[int(key)]}), (False, False)
    other = measure(demand.undecided)
    may = _pairs(demand.undecided, weight, other)
    unweighed = weight and other.unknown_weights
    return may, len(may), _unweighed(demand.undecided, weight, other) if unweighed else (False, False)


def _size(feature: Feature, weight: str) -> float | None:
    return json_number(feature.properties.get(weight)) if weight else 1.0


def _shares(found: geo.Coverage) -> dict[str, Pair]:
    """Return of each feature how much of it there is, and how much of that is covered."""
    out: dict[str, Pair] = {}
    rows = zip(found.target_id, found.cover.amount.tolist(), found.cover.covered.tolist(), strict=True)
    for key, size, inside in rows:
        before = out.get(str(key), (0.0, 0.0))
        out[str(key)] = before[0] + size, before[1] + inside
    return out


def _weights(frame: gpd.GeoDataFrame, weight: str) -> dict[str, float | None]:
    """Return what each feature weighs; None where nobody says it."""
    return {str(key): json_number(one) for key, one in zip(frame.index, frame[weight].tolist(), strict=True)}


def _pairs(frame: gpd.GeoDataFrame, weight: str, found: geo.Coverage) -> tuple[Pair, ...]:
    sizes = _shares(found)
    if not weight:
        return tuple(sizes.values())
    known = _weights(frame, weight)
    wholes = dict(zip(map(str, frame.index), _wholes(frame).tolist(), strict=True))
    each = {key: (known[key] or 0.0) / (wholes[key] or 1.0) for key in sizes}
    return tuple((size * each[key], inside * each[key]) for key, (size, inside) in sizes.items())


def _wholes(frame: gpd.GeoDataFrame) -> Floats:
    """Return each feature's own size, in zones or not: what its weight is spread over."""
    kind = int(frame_dimensions(frame).max(initial=0))
    if kind:
        return geo.area_m2(frame) if kind == POLYGON else geo.length_m(frame)
    return shapely.get_num_geometries(frame.geometry.to_numpy()).astype(float)


def _unweighed(frame: gpd.GeoDataFrame, weight: str, found: geo.Coverage) -> tuple[bool, bool]:
    """Tell whether features of unknown weight are covered, and whether some are not."""
    known = _weights(frame, weight)
    mine = [pair for key, pair in _shares(found).items() if known[key] is None]
    return any(inside > 0.0 for _, inside in mine), any(size - inside > _NOTHING * size for size, inside in mine)


def _told_ends(ends: DemandEnds, label: Text, known: Text, *, ranged: bool) -> list[Text]:
    """Say what a coverage that is a range is a range for."""
    out = []
    if ranged and (ends.may or ends.may_lost):
        out.append(say("coverage_may_demand", label=label, count=ends.features + len(ends.may_lost)))
    if any(ends.unweighed) or ends.untold:
        out.append(say("coverage_unweighed", label=label, known=known))
    return out


def may_belong_rows(ends: DemandEnds, per: float) -> list[dict[str, Any]]:
    """Return the row of what may be part of the demand."""
    may, reached = (sum(one[at] for one in ends.may) for at in (0, 1))
    if not may:
        return []
    told = {"total": may / per, "covered": reached / per, "uncovered": (may - reached) / per}
    return [{"kind": "unknown", "zone": say("row_may_belong"), **told}]


def _of_no_class(statistic: Statistic, facilities: Role) -> int:
    """Return how many facilities that serve by their class state none, so that nobody can tell how far they do."""
    if not statistic.radii:
        return 0
    field = facilities.field(statistic.by)
    return sum(is_unstated(one, field) for one in facilities.features.placed.values(statistic.by))


_ALL = 100.0


def coverage_span(
    statistic: Statistic, gathered: Gathered, ends: DemandEnds, found: geo.Coverage
) -> tuple[tuple[float | None, float | None] | None, list[Text]]:
    """Return between what the share lies, as demand and facilities are not all known, and what to say of it.

    Parameters
    ----------
    statistic, gathered
        The question.
    ends
        What of the demand is not known.
    found
        The coverage of what is known.
    """
    facilities = gathered.roles["facilities"]
    value = json_number(100 * found.overall)
    missing = gathered.roles.get("entrances", facilities).unplaced
    unsure = len(facilities.open or ()) + _of_no_class(statistic, facilities)
    span = None if value is None else ends.span(found.total_once, found.covered_once)
    span = None if span is not None and (span[0] or 0.0) >= _ALL else span  # all of it, whatever is not known
    known = measured_text(value, "%", statistic.decimals)
    notes = _told_ends(ends, gathered.roles["demand"].use.label, known, ranged=span is not None)
    if (missing or unsure) and value is not None and value < 100.0:
        span = (value if span is None else span[0], None)
        notes += [say("coverage_unsure", count=unsure, label=facilities.use.label)] if unsure else []
        notes += [say("coverage_unplaced", count=missing)] if missing else []
    return span, notes


def unplaced_demand(demand: Role, statistic: Statistic) -> float:
    """Return how many features of the demand have no place, or what they weigh together."""
    if statistic.measure != "weight":
        return float(demand.unplaced)
    weights = (json_number(f.properties.get(statistic.field)) for f in demand.features if f.geometry is None)
    return float(sum(one for one in weights if one is not None))
