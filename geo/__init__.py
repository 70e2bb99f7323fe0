"""Exact numbers on geometry: areas, tabulation, coverage, proximity. No files, no web, no place names."""

from .aggregation import Aggregation, aggregate, per_mu
from .alternatives import Alternatives, alternatives
from .area import Area, area_m2, length_m, mu_of, plane_area_m2
from .balance import balanced, rounded
from .checks import Problem, Report, check, self_overlaps
from .compare import Changes, Transition, compare, figure_changes, transition
from .coverage import Coverage, coverage
from .crs import checked_crs, declare_edges
from .datums import convert_datum, outside_china
from .declared import Declared, declared
from .index import Index
from .network import WalkNetwork
from .parts import tabulate_parts
from .proximity import Proximity, constraint_overlap, crossings, nearest, proximity
from .result import Result, Text
from .tabulation import AreaTable, Tabulation, tabulate
from .wkb import WkbLayer

__all__ = [
    "Aggregation",
    "Alternatives",
    "Area",
    "AreaTable",
    "Changes",
    "Coverage",
    "Declared",
    "Index",
    "Problem",
    "Proximity",
    "Report",
    "Result",
    "Tabulation",
    "Text",
    "Transition",
    "WalkNetwork",
    "WkbLayer",
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
    "length_m",
    "mu_of",
    "nearest",
    "outside_china",
    "per_mu",
    "plane_area_m2",
    "proximity",
    "rounded",
    "self_overlaps",
    "tabulate",
    "tabulate_parts",
    "transition",
]
