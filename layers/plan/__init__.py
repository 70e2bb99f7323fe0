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
    from layers.plan.crosswalk import AmbiguousScheme, Crosswalk, fitting_schemes, read_crosswalks
    from layers.plan.edges import edge_plane, plane_of
    from layers.plan.measures import field_usage, usage_of
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
        leave_out_layers,
        read_promises,
        restore_statistic,
    )
    from layers.plan.style import (
        LegendEntry,
        LegendSection,
        Look,
        fade_look,
        legend_of,
        look_of,
        mark_unsure,
        meets_condition,
    )
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
    "chosen_operation",
    "edge_plane",
    "fade_look",
    "field_usage",
    "fitting_schemes",
    "leave_out_layers",
    "legend_of",
    "look_of",
    "mark_unsure",
    "meets_condition",
    "plane_of",
    "published_operations",
    "read_catalog",
    "read_crosswalks",
    "read_declared",
    "read_promises",
    "read_sections",
    "read_view",
    "restore_statistic",
    "usage_of",
    "view_text",
]

__getattr__ = lazy_face(__name__)
