"""Exact numbers on geometry: areas, tabulation, coverage, proximity. No files, no web, no place names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.faces import lazy_face

if TYPE_CHECKING:
    from geo.access.adjoining import Adjacency, adjacency
    from geo.access.coverage import CountRule, Coverage, WalkRule, coverage
    from geo.access.network import WalkNetwork
    from geo.access.proximity import Proximity, constraint_overlap, crossings, nearest, proximity
    from geo.access.sensitivity import Alternatives, alternatives
    from geo.access.service import ServiceRule
    from geo.access.shared import SharedReach, shared_reach
    from geo.aggregation import Aggregation, aggregate, per_mu
    from geo.comparison import Changes, Transition, compare, figure_changes, transition
    from geo.measure.ahead import find_facts
    from geo.measure.area import Area, area_m2, length_m, mu_of, plane_area_m2
    from geo.measure.crs import checked_crs, declare_edges
    from geo.measure.datums import convert_datum, outside_china
    from geo.measure.validity import Problem, Report, check, self_overlaps
    from geo.overlay.chunked import tabulate_parts
    from geo.overlay.index import Index
    from geo.overlay.rounding import balanced, rounded
    from geo.overlay.tabulation import AreaTable, Tabulation, tabulate
    from geo.overlay.together import Together, together
    from geo.overlay.wkb import WkbLayer
    from geo.parallel import Watch
    from geo.result import Result
    from geo.stated import Declared, StatedSize, declared
    from geo.text import Text
    from geo.total import Totals, totals

__all__ = [
    "Adjacency",
    "Aggregation",
    "Alternatives",
    "Area",
    "AreaTable",
    "Changes",
    "CountRule",
    "Coverage",
    "Declared",
    "Index",
    "Problem",
    "Proximity",
    "Report",
    "Result",
    "ServiceRule",
    "SharedReach",
    "StatedSize",
    "Tabulation",
    "Text",
    "Together",
    "Totals",
    "Transition",
    "WalkNetwork",
    "WalkRule",
    "Watch",
    "WkbLayer",
    "adjacency",
    "aggregate",
    "alternatives",
    "area_m2",
    "balanced",
    "check",
    "checked_crs",
    "compare",
    "constraint_overlap",
    "convert_datum",
    "coverage",
    "crossings",
    "declare_edges",
    "declared",
    "figure_changes",
    "find_facts",
    "length_m",
    "mu_of",
    "nearest",
    "outside_china",
    "per_mu",
    "plane_area_m2",
    "proximity",
    "rounded",
    "self_overlaps",
    "shared_reach",
    "tabulate",
    "tabulate_parts",
    "together",
    "totals",
    "transition",
]

__getattr__ = lazy_face(__name__)
