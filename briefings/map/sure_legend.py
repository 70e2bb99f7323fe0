"""Symbols of a legend that look as their features are drawn: as sure as most of their positions are."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from geo.text import Text
from layers.features.snapshot import Features
from layers.plan.catalog import Layer
from layers.plan.style import LegendEntry, LegendSection, mark_unsure, meets_condition

_MOST = 2_000  # features looked at


def legend_as_drawn(layer: Layer, shown: LegendSection, found: Features, pattern: str = "") -> LegendSection:
    """Return the legend of a layer drawn by rules, its areas' symbols with the edge that most of them have.

    Parameters
    ----------
    layer, shown
        The layer, and its legend.
    found
        What of it lies in the picture.
    pattern
        Of areas that have none of their own.
    """
    fields = list(dict.fromkeys(rule.when.field for rule in layer.rules))
    columns = [found[:_MOST].values(name) for name in ("position", *fields)]
    held: dict[Text | None, Counter[str]] = {}
    for position, *values in zip(*columns, strict=True):
        known = dict(zip(fields, values, strict=True))
        rule = next((one for one in layer.rules if meets_condition(one.when, known)), None)
        held.setdefault(None if rule is None else rule.label, Counter())[str(position or "")] += 1
    labels = {rule.label for rule in layer.rules}

    def drawn(one: LegendEntry) -> LegendEntry:
        sure = held.get(one.label if one.label in labels else None)
        if not sure or one.kind != "polygon":
            return one
        ((position, _),) = sure.most_common(1)
        look = mark_unsure(one.look, position, one.kind)
        return replace(one, look=replace(look, pattern=look.pattern or (pattern if look.fill else "")))

    return replace(shown, entries=tuple(map(drawn, shown.entries)))
