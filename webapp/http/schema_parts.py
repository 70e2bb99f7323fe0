"""What the schemas of answers are put together from."""

from __future__ import annotations

from typing import Any

from geo.text import Text
from layers.figures.contribution import Contribution, Unreached
from layers.figures.figure import Column, LayerUse, Presentation
from layers.figures.functions.entry import Option, Slot
from layers.library.distribution import DistributionBar
from layers.library.ordering import RowGroup, Total
from layers.plan.catalog import Anomaly, Basemap, Condition, Field, Group, LandClass, Plan, Rule, Style
from layers.plan.statistics import Indicator, Input, Statistic, Target

# The dataclasses that answers are made from, as components of their own.
NAMED: dict[type, str] = {
    cls: cls.__name__
    for cls in (
        Anomaly,
        Basemap,
        Column,
        Condition,
        Contribution,
        DistributionBar,
        Field,
        Group,
        Indicator,
        Input,
        LandClass,
        LayerUse,
        Option,
        Plan,
        Presentation,
        RowGroup,
        Rule,
        Slot,
        Statistic,
        Style,
        Target,
        Text,
        Total,
        Unreached,
    )
}

TEXT = {"$ref": "#/components/schemas/Text"}
STRING = {"type": "string"}
NUMBER = {"type": "number"}
COUNT = {"type": "integer", "minimum": 0}


def object_of(required: str = "", /, **properties: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return the schema of an object; ``required`` names the properties that are always there."""
    told: dict[str, Any] = {"type": "object", "properties": properties}
    if required:
        told["required"] = required.split()
    return told


def list_of(items: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a list."""
    return {"type": "array", "items": items}


def schema_ref(name: str) -> dict[str, Any]:
    """Return a reference to a component."""
    return {"$ref": f"#/components/schemas/{name}"}


ANY = {"type": "object"}
TEXTS = {"type": "object", "additionalProperties": TEXT}
