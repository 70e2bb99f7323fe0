"""What is most on a map and what is near: the comparisons its slide's title is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np

import geo
from briefings.map.description import ShownLayer
from briefings.messages import say
from geo.measure.area import take_areas
from geo.measure.crs import checked_crs
from geo.text import Text, number_text
from layers.figures.figure import Figure
from layers.plan.catalog import LandClass
from layers.plan.style import meets_condition
from layers.units import measured_text

_NEAR_M = (100.0, 200.0, 300.0, 500.0, 1000.0, 1500.0, 2000.0, 3000.0, 5000.0, 10_000.0)
_FEW, _MANY = 3, 20_000  # features that are compared by how far they are
_TWO = 2
_WGS84 = "EPSG:4326"
_TOLD_SHARES, _DRAWN_SHARES = ("map_largest", "map_largest_two"), ("map_largest_drawn", "map_largest_two_drawn")


def largest_classes(
    one: ShownLayer, scheme: Sequence[LandClass], figures: Sequence[Figure]
) -> tuple[list[tuple[Text, float]], bool]:
    """Return the classes of a layer with their shares (%), the largest first, and whether a figure says them.

    A briefing's own figure of the layer's classes is taken, so that map and figure say the same digits; without
    one the areas drawn are added up.

    Parameters
    ----------
    one
        The layer as it is shown.
    scheme
        Its classes.
    figures
        Of the briefing.
    """
    told = next((found for figure in figures if (found := _told_shares(one, figure))), None)
    if told is not None:
        return told, True
    layer, drawn = one.snapshot.layer, one.near
    if layer.geometry != "polygon" or drawn is None or not len(drawn):
        return [], False
    areas = take_areas(drawn.geometry, checked_crs(gpd.GeoSeries(crs=_WGS84), where=layer.id))
    sums: dict[str, float] = {}
    for code, area in zip(drawn.values(layer.class_field), areas.tolist(), strict=True):
        sums[str(code)] = sums.get(str(code), 0.0) + area
    whole, names = sum(sums.values()), {found.code: found.name for found in scheme}
    known = [(names[code], 100.0 * area / whole) for code, area in sums.items() if code in names and whole > 0]
    return sorted(known, key=lambda row: -row[1]), False


def _told_shares(one: ShownLayer, figure: Figure) -> list[tuple[Text, float]]:
    """Return the classes and shares of a figure that is of all this layer shows; nothing of another."""
    asked = figure.statistic.inputs.get("classes")
    if figure.statistic.function != "tabulate" or asked is None or asked.layer != one.snapshot.layer.id:
        return []
    versions = {use.version for use in figure.layers if use.layer == asked.layer}
    if one.conditions or asked.where or asked.classes or asked.ids or versions != {one.snapshot.version}:
        return []
    drawn = [figure.rows[at] for at in figure.presentation.drawn]
    found = [(row["name"], row["share"]) for row in drawn if row["kind"] == "part" and row.get("class")]
    return sorted(found, key=lambda row: -row[1])


def largest_kind(one: ShownLayer) -> tuple[Text, int] | None:
    """Return what most of a layer's features on the map are, by its legend, and how many.

    None where that says nothing: one kind only, two that are as many, or most of them none of the kinds.
    """
    rules = one.snapshot.layer.rules
    fields = list(dict.fromkeys(rule.when.field for rule in rules if rule.label))
    if not fields or one.snapshot.layer.class_field or one.near is None:
        return None
    columns = [one.near.values(field) for field in fields]
    alike = Counter(zip(*(map(repr, column) for column in columns), strict=True))
    first = {tuple(map(repr, row)): row for row in zip(*columns, strict=True)}
    counted = Counter[Text | None]()
    for key, count in alike.items():
        known: Mapping[str, object] = dict(zip(fields, first[key], strict=True))
        counted[next((rule.label for rule in rules if meets_condition(rule.when, known)), None)] += count
    ranked = counted.most_common(_TWO)
    if len(ranked) < _TWO or ranked[0][1] == ranked[1][1] or ranked[0][0] is None or not ranked[0][0]:
        return None
    return ranked[0][0], ranked[0][1]


def nearest_half(one: ShownLayer, other: ShownLayer) -> tuple[int, float] | None:
    """Return how many mapped features of a layer are within a round distance (m) of another's: the least for half.

    None where it says nothing: few features, all of them on the other's ground, or far from it.
    """
    mine, theirs = one.near, other.chosen.placed
    if mine is None or not (_FEW <= len(mine) <= _MANY and 0 < len(theirs) <= _MANY):
        return None
    frames = [gpd.GeoDataFrame(geometry=found.geometry, crs=_WGS84) for found in (mine, theirs)]
    distances = np.asarray(geo.find_nearest(frames[0], frames[1])["distance_m"], dtype=float)
    if not distances.any():
        return None
    counted = [(int((distances <= metres).sum()), metres) for metres in _NEAR_M]
    return next((found for found in counted if _TWO * found[0] >= len(distances)), None)


def shares_said(classes: Sequence[tuple[Text, float]], *, told: bool) -> list[Text]:
    """Return the largest two classes with their shares, then the largest alone, as a title says them.

    Parameters
    ----------
    classes
        The largest first.
    told
        Whether a figure says the shares; else they are of the areas that are drawn.
    """
    one, two = _TOLD_SHARES if told else _DRAWN_SHARES
    rows = [(name, f"{number_text(share, 2)}%") for name, share in classes[:_TWO]]
    out = [say(one, name=name, share=share) for name, share in rows[:1]]
    if len(rows) == _TWO:
        (name, share), (second, less) = rows
        out.insert(0, say(two, name=name, share=share, second_name=second, second_share=less))
    return out


def near_said(said: Text, found: tuple[int, float], other: Text) -> Text:
    """Return how many of a map's features are near others.

    Parameters
    ----------
    said
        What they are, counted.
    found
        How many are within how many metres.
    other
        What they are near.
    """
    count, metres = found
    far = (
        measured_text(metres, "m", 0)
        if metres < 1000
        else measured_text(metres / 1000, "km", int(metres % 1000 > 0))
    )
    return say("map_near", said=said, count=f"{count:,}", distance=far, other=other)
