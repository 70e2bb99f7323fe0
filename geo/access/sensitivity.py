"""The same coverage question under the other legitimate rules: the rule alone moves a city by several points."""

from __future__ import annotations

from dataclasses import dataclass, replace

import geopandas as gpd
import pandas as pd

from geo.access.coverage import AMOUNT, STRAIGHT, CountRule, Coverage, WalkRule, measure_coverage
from geo.access.service import ServiceRule
from geo.errors import NotComputable
from geo.parallel import UNWATCHED, Watch
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


def _missing(service: ServiceRule, walk: WalkRule, count: CountRule) -> list[Text]:
    """Return what keeps a rule from being answered."""
    missing: list[Text] = []
    if walk.entrances is None:
        missing.append(Text("自入口：缺少入口图层", "from entrances: needs an entrance layer"))
    elif service.size_rules is not None:
        zh = "自入口：按面积分级的半径需要设施边界"
        missing.append(Text(zh, "from entrances: radii by size need the facility's edge"))
    elif not _classed(service, walk.entrances):
        en = "from entrances: the entrance layer has not the facilities' class"
        missing.append(Text("自入口：入口图层没有设施的类别", en))
    if walk.network is None:
        missing.append(Text("沿路网：缺少步行网络", "along the network: needs a walk network"))
    if count.weight_field is None:
        missing.append(Text("按人口：缺少权重字段", "per person: needs a weight field"))
    return missing


def _classed(service: ServiceRule, entrances: gpd.GeoDataFrame) -> bool:
    return service.class_field is None or service.class_field in entrances.columns


def compare_service_rules(
    target: gpd.GeoDataFrame,
    facilities: gpd.GeoDataFrame,
    service: ServiceRule,
    *,
    walk: WalkRule = STRAIGHT,
    count: CountRule = AMOUNT,
    watch: Watch = UNWATCHED,
) -> Alternatives:
    """Answer a coverage question under every legitimate rule for which there are data.

    From the facilities' edges or entrances (entrances need one ``radius_m``), in a straight line or along the walk
    network, per amount of the target or per weight field (people).

    Parameters
    ----------
    target, facilities
        As `measure_coverage` takes them.
    service
        The rule's distances.
    walk
        Entrances and walk network, as far as there are any; what is missing is told. Barriers are not looked at.
    count
        Zones the answers are given by, and people (or another number) of each target feature.
    watch
        May stop it by raising `Cancelled`.

    Raises
    ------
    The errors of `measure_coverage`.
    """
    results: dict[tuple[str, str, str], Coverage] = {}
    missing = _missing(service, walk, count)
    starts: list[tuple[str, gpd.GeoDataFrame | None]] = [("edge", None)]
    if walk.entrances is not None and service.size_rules is None and _classed(service, walk.entrances):
        starts.append(("entrance", walk.entrances))
    ways = [("straight", None)] if walk.network is None else [("straight", None), ("network", walk.network)]
    for start, ways_in in starts:
        for way, network in ways:
            rule = replace(walk, entrances=ways_in, network=network, barriers=None)
            for weight in [None] if count.weight_field is None else [None, count.weight_field]:
                results[start, way, weight or "amount"] = measure_coverage(
                    target,
                    facilities,
                    service,
                    walk=rule,
                    count=replace(count, weight_field=weight),
                    watch=watch.silent,
                )
    return Alternatives(
        method=Text("同一问题在各合理口径下的覆盖率。", "One question under every legitimate rule."),
        caveats=tuple(missing),
        results=results,
        missing=tuple(missing),
    )
