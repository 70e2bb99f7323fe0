"""What lies within reach: coverage, demand, service areas, walk network, distances between layers."""

from geo.access.adjoining import Adjacency, find_adjacency
from geo.access.coverage import CountRule, Coverage, WalkRule, measure_coverage
from geo.access.demand import demand_of, feature_amounts, ground_apart
from geo.access.network import WalkNetwork
from geo.access.proximity import (
    Proximity,
    constraint_overlap,
    find_crossings,
    find_nearest,
    measure_proximity,
    within_distance,
)
from geo.access.sensitivity import Alternatives, compare_service_rules
from geo.access.service import ServiceRule
from geo.access.shared import SharedReach, shared_reach

__all__ = [
    "Adjacency",
    "Alternatives",
    "CountRule",
    "Coverage",
    "Proximity",
    "ServiceRule",
    "SharedReach",
    "WalkNetwork",
    "WalkRule",
    "compare_service_rules",
    "constraint_overlap",
    "demand_of",
    "feature_amounts",
    "find_adjacency",
    "find_crossings",
    "find_nearest",
    "ground_apart",
    "measure_coverage",
    "measure_proximity",
    "shared_reach",
    "within_distance",
]
