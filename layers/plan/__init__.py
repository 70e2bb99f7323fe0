"""What a plan declares: catalog, statistics, indicators, views, classes and looks, read from TOML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.faces import lazy_face

if TYPE_CHECKING:
    from layers.plan.catalog import (
        Anomaly,
        BackgroundLayer,
        Basemap,
        Condition,
        Field,
        Group,
        LandClass,
        Layer,
        Plan,
        Rule,
        Style,
    )
    from layers.plan.crosswalk import AmbiguousScheme, Crosswalk, fitting, read_crosswalks
    from layers.plan.edges import edge_plane, plane_of
    from layers.plan.measures import added, usage_of
    from layers.plan.operations import chosen_operation, published_operations
    from layers.plan.reader import Catalog, read_catalog
    from layers.plan.statistics import (
        Indicator,
        Input,
        Promises,
        SizeRule,
        Statistic,
        Target,
        Threshold,
        read_promises,
        restored,
        without,
    )
    from layers.plan.style import LegendEntry, LegendSection, Look, faded, legend_of, look_of, marked, meets
    from layers.plan.toml_document import read_sections
    from layers.plan.toml_schema import read_declared
    from layers.plan.views import UnknownView, View, read_view, view_text

__all__ = [
    "AmbiguousScheme",
    "Anomaly",
    "BackgroundLayer",
    "Basemap",
    "Catalog",
    "Condition",
    "Crosswalk",
    "Field",
    "Group",
    "Indicator",
    "Input",
    "LandClass",
    "Layer",
    "LegendEntry",
    "LegendSection",
    "Look",
    "Plan",
    "Promises",
    "Rule",
    "SizeRule",
    "Statistic",
    "Style",
    "Target",
    "Threshold",
    "UnknownView",
    "View",
    "added",
    "chosen_operation",
    "edge_plane",
    "faded",
    "fitting",
    "legend_of",
    "look_of",
    "marked",
    "meets",
    "plane_of",
    "published_operations",
    "read_catalog",
    "read_crosswalks",
    "read_declared",
    "read_promises",
    "read_sections",
    "read_view",
    "restored",
    "usage_of",
    "view_text",
    "without",
]

__getattr__ = lazy_face(__name__)
