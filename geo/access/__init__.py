"""What lies within reach: coverage, demand, service areas, walk network, distances between layers."""

from geo.access.adjoining import Adjacency, adjacency
from geo.access.coverage import CountRule, Coverage, WalkRule, coverage
from geo.access.demand import amounts, demand_of
from geo.access.network import WalkNetwork
from geo.access.proximity import Proximity, constraint_overlap, crossings, nearest, proximity, within_distance
from geo.access.sensitivity import Alternatives, alternatives
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
    "adjacency",
    "alternatives",
    "amounts",
    "constraint_overlap",
    "coverage",
    "crossings",
    "demand_of",
    "nearest",
    "proximity",
    "shared_reach",
    "within_distance",
]
