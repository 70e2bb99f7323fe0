"""The same coverage question under the other legitimate rules: the rule alone moves a city by several points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from geo.access.coverage import Coverage, coverage
from geo.access.network import WalkNetwork
from geo.access.service import Radius, SizeRule
from geo.errors import NotComputable
from geo.parallel import Cancel
from geo.result import Result
from geo.text import Text


@dataclass(frozen=True, kw_only=True)
class Alternatives(Result):
    """Coverage under every rule the data allow.

    ``results`` are keyed (start, way, weight): ``edge`` or ``entrance``, ``straight`` or ``network``, ``amount``
    or the weight field. ``missing`` says which rules cannot be answered and what they need.
    """

    results: dict[tuple[str, str, str], Coverage]
    missing: tuple[Text, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return one row a rule, with its share and the difference to the straight line from the edge."""
        rows = [
            (
                start,
                way,
                weight,
                result.overall,
                float(result.covered.sum()),
                float(result.total.sum()),
                result.unit,
            )
            for (start, way, weight), result in self.results.items()
        ]
        table = pd.DataFrame(rows, columns=["start", "way", "weight", "share", "covered", "total", "unit"])
        first = {
            (weight): result.overall
            for (start, way, weight), result in self.results.items()
            if way == "straight" and start == "edge"
        }
        return table.assign(difference=[share - first[weight] for share, weight in zip(table.share, table.weight)])

    def detour_penalty(self, *, start: str = "edge", weight: str = "amount") -> float:
        """Return straight-line share minus network share: what rivers, railways and detours take away.

        Raises
        ------
        NotComputable
            Without a walk network (or entrances, when asked from them).
        """
        straight, walked = (self.results.get((start, way, weight)) for way in ("straight", "network"))
        if straight is None or walked is None:
            raise NotComputable(needs_zh="步行网络（或入口）", needs_en="a walk network (or entrances)")
        return straight.overall - walked.overall


def _missing(
    entrances: gpd.GeoDataFrame | None,
    network: WalkNetwork | None,
    weight_field: str | None,
    facility_class_field: str | None,
    *,
    sized: bool,
) -> list[Text]:
    """Return what keeps a rule from being answered."""
    missing: list[Text] = []
    if entrances is None:
        missing.append(Text("自入口：缺少入口图层", "from entrances: needs an entrance layer"))
    elif sized:
        missing.append(
            Text("自入口：按面积分级的半径需要设施边界", "from entrances: radii by size need the facility's edge")
        )
    elif facility_class_field is not None and facility_class_field not in entrances.columns:
        missing.append(
            Text(
                "自入口：入口图层没有设施的类别",
                "from entrances: the entrance layer has not the facilities' class",
            )
        )
    if network is None:
        missing.append(Text("沿路网：缺少步行网络", "along the network: needs a walk network"))
    if weight_field is None:
        missing.append(Text("按人口：缺少权重字段", "per person: needs a weight field"))
    return missing


def alternatives(
    target: gpd.GeoDataFrame,
    facilities: gpd.GeoDataFrame,
    *,
    radius_m: Radius | None = None,
    size_rules: Sequence[SizeRule] | None = None,
    facility_class_field: str | None = None,
    entrances: gpd.GeoDataFrame | None = None,
    network: WalkNetwork | None = None,
    weight_field: str | None = None,
    off_street_m: float = 50.0,
    zones: gpd.GeoDataFrame | None = None,
    zone_field: str | None = None,
    cancel: Cancel | None = None,
) -> Alternatives:
    """Answer a coverage question under every legitimate rule for which there are data.

    From the facilities' edges or entrances (entrances need one ``radius_m``), in a straight line or along the walk
    network, per amount of the target or per ``weight_field`` (people).

    Parameters
    ----------
    target, facilities
        As `coverage` takes them.
    radius_m, size_rules, facility_class_field
        The rule's distances, as `coverage` takes them.
    entrances
        Points of the facilities; without them no rule begins at entrances, and this is said.
    network, off_street_m
        The walk network, and how far beside its roads ground is reached, m; told where it is missing.
    weight_field
        People (or another number) of each target feature.
    zones, zone_field
        Polygons the answers are given by, and the field of their labels.
    cancel
        ``cancel()`` raises `Cancelled` to stop.

    Raises
    ------
    The errors of `coverage`.
    """
    results: dict[tuple[str, str, str], Coverage] = {}
    missing = _missing(entrances, network, weight_field, facility_class_field, sized=size_rules is not None)
    starts: list[tuple[str, gpd.GeoDataFrame | None]] = [("edge", None)]
    classed = facility_class_field is None or (entrances is not None and facility_class_field in entrances.columns)
    if entrances is not None and size_rules is None and classed:
        starts.append(("entrance", entrances))
    for start, ways_in in starts:
        for way, walk in (("straight", None), ("network", network)):
            if way == "network" and walk is None:
                continue
            for weight in ["amount"] if weight_field is None else ["amount", weight_field]:
                results[start, way, weight] = coverage(
                    target,
                    facilities,
                    radius_m=radius_m,
                    size_rules=size_rules,
                    facility_class_field=facility_class_field,
                    entrances=ways_in,
                    network=walk,
                    off_street_m=off_street_m,
                    zones=zones,
                    zone_field=zone_field,
                    weight_field=None if weight == "amount" else weight_field,
                    cancel=cancel,
                )
    return Alternatives(
        method=Text("同一问题在各合理口径下的覆盖率。", "One question under every legitimate rule."),
        caveats=tuple(missing),
        results=results,
        missing=tuple(missing),
    )
