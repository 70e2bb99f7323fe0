"""What a reader asks of a layer's features, read against the plan: fields, and places of other layers."""

from __future__ import annotations

import contextlib
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypedDict

import geopandas as gpd
import numpy as np
import shapely

from geo.access import within_distance
from geo.measure.crs import declare_edges, lonlat_crs
from geo.text import Text
from layers.errors import BadFilter, LayerUnavailable, UnknownLayer
from layers.features.by_currency import (
    OR,
    AmountFilter,
    CurrencyApart,
    names_currency,
    parse_amounts,
    told_currencies,
)
from layers.features.columns import Bools, Objects
from layers.features.filters import Filter, bad_filter, field_asked, parse_filter, parted_condition
from layers.features.query import FilterCondition, OtherLayer
from layers.features.snapshot import Features, Snapshot
from layers.features.timed import dated_fields
from layers.features.units_beside import find_apart_column
from layers.library.library import Library
from layers.messages import say
from layers.plan.catalog import Layer
from layers.plan.edges import edge_plane

_PLACED = re.compile(r"^@(in|outline)(\??)=(.*)$", re.DOTALL)
_NEAR = re.compile(r"^@near(\??)\((.+)\)\s*(<=|>)\s*(\d+(?:\.\d+)?)$", re.DOTALL)
_FURTHEST_M = 100_000.0
_CORNERS = range(3, 501)


@dataclass(frozen=True)
class _Placed(ABC):
    """A condition on where a feature is; one without a place meets it only where ``or_unknown`` says so.

    ``rests_on`` is the layer it names; None for a drawn outline.
    """

    text: str
    told: Text
    or_unknown: bool
    rests_on: OtherLayer | None

    @property
    def asks_unknown(self) -> bool:
        """Whether features without a place are asked for as well."""
        return self.or_unknown

    def words(self) -> Text:
        """Return the condition in words."""
        return say("filter_or_not_placed", condition=self.told) if self.or_unknown else self.told

    def unknown(self, features: Features) -> Bools:
        """Tell which of some features have no place."""
        return np.asarray(shapely.is_missing(features.geometry), dtype=bool)

    def mask(self, features: Features) -> Bools:
        """Tell which of some features meet the condition."""
        shapes = features.geometry
        missing = np.asarray(shapely.is_missing(shapes), dtype=bool)
        met = np.full(len(features), self.or_unknown)
        if not missing.all():
            met[~missing] = self._met(shapes[~missing])
        return met

    @abstractmethod
    def _met(self, shapes: Objects) -> Bools:
        """Tell which placed shapes meet the condition."""


@dataclass(frozen=True)
class LiesIn(_Placed):
    """A point of the feature (of a polygon one inside) lies in one of ``grounds``, longitude/latitude degrees."""

    grounds: Objects

    def _met(self, shapes: Objects) -> Bools:
        met = np.zeros(len(shapes), dtype=bool)
        points = shapely.point_on_surface(shapes)
        met[np.unique(shapely.STRtree(self.grounds).query(points, predicate="intersects")[0])] = True
        return met


@dataclass(frozen=True)
class LiesNear(_Placed):
    """The feature lies within a distance of others, or ``beyond`` it; edges of both as their layers declare."""

    layer: Layer
    reference: gpd.GeoDataFrame
    distance_m: float
    beyond: bool
    plane_crs: str

    def _met(self, shapes: Objects) -> Bools:
        within = within_distance(
            _frame(self.layer, shapes, self.plane_crs), self.reference, within_m=self.distance_m
        )
        return ~within if self.beyond else within


class ToldCondition(TypedDict):
    """A condition as the table tells of it: as written, in words, how many are left out for not being known."""

    where: str
    words: Text
    unknown: int
    currencies: list[CurrencyApart]


def read_conditions(
    library: Library, layer: Layer, texts: Iterable[str], *, restricted: bool = False, dated: bool = True
) -> tuple[FilterCondition, ...]:
    """Read what is asked of a layer's features, every condition to be met.

    ``field=value`` is read by `layers.features.filters.parse_filter`, amounts of a currency (``field>=10亿 CNY``,
    ``field>=100000 CNY|15000 USD``) by `layers.features.by_currency.parse_amounts`. ``@in=layer/feature`` (or all
    of a layer, ``@in=layer``), ``@near(layer/feature)<=500`` or ``>500`` (m), and ``@outline=lat,lon;lat,lon;...``
    ask where a feature is; with ``?`` (``@in?=``) those without a place are taken as well.

    Parameters
    ----------
    library
        The open plan.
    layer
        Whose features are asked for.
    texts
        The conditions.
    restricted
        Whether restricted layers may be named.
    dated
        Whether states say in words of which day they are; a figure says it beside.

    Raises
    ------
    BadFilter
        One means nothing, or names what is not there.
    """
    named = with_class_names(library, layer)
    named = dated_fields(named, library.day) if dated else named
    return tuple(_read(library, named, text, restricted=restricted) for text in texts)


def _read(library: Library, layer: Layer, text: str, *, restricted: bool) -> FilterCondition:
    near = _NEAR.match(text)
    if near:
        return _near(library, layer, text, near, restricted=restricted)
    placed = _PLACED.match(text)
    if placed is None:
        return _of_field(library, layer, text)
    kind, lenient, value = placed.groups()
    if kind == "outline":
        return LiesIn(text, say("filter_outline"), bool(lenient), None, _outline(layer, text, value))
    snapshot, features, label = _named(library, text, value, restricted=restricted)
    shapes = features.geometry
    if not (shapely.get_dimensions(shapes) == 2).any():
        raise bad_filter(text, layer, "所指要素不是面", "what it names is no polygon")
    return LiesIn(text, say("filter_in", place=label), bool(lenient), _other(snapshot, features), shapes)


def _of_field(library: Library, layer: Layer, text: str) -> FilterCondition:
    """Return a condition on a field; one that names a currency is held against amounts of that currency only."""
    name, _, value = parted_condition(text)
    field = field_asked(layer, name)
    if field is None or field.type not in ("number", "integer") or not names_currency(text):
        return parse_filter(text, layer)
    apart = find_apart_column(field, layer, library.snapshot(layer).features)
    if apart:
        return parse_amounts(text, layer, field, apart=apart)
    if OR in value:
        raise bad_filter(text, layer, "此字段不分币种", "no column tells this field's currencies apart")
    return parse_filter(text, layer)


def _near(library: Library, layer: Layer, text: str, found: re.Match[str], *, restricted: bool) -> FilterCondition:
    lenient, place, sign, metres = found.groups()
    distance = float(metres)
    if not 0.0 < distance <= _FURTHEST_M:
        raise bad_filter(
            text,
            layer,
            f"距离应在 0 与 {_FURTHEST_M:g} 米之间",
            f"the distance lies between 0 and {_FURTHEST_M:g} m",
        )
    snapshot, features, label = _named(library, text, place, restricted=restricted)
    plane = library.catalog.plan.plane_crs
    told = say("filter_far" if sign == ">" else "filter_near", place=label, metres=f"{distance:,g}")
    reference = _frame(snapshot.layer, features.geometry, plane)
    other = _other(snapshot, features)
    return LiesNear(text, told, bool(lenient), other, layer, reference, distance, sign == ">", plane)


def _other(snapshot: Snapshot, features: Features) -> OtherLayer:
    return OtherLayer(snapshot.layer, snapshot.version, len(features))


def _named(library: Library, text: str, place: str, *, restricted: bool) -> tuple[Snapshot, Features, Text]:
    """Return the placed features that ``layer`` or ``layer/feature`` names, of which layer, and its name."""
    layer_id, _, feature_id = place.partition("/")
    with contextlib.suppress(UnknownLayer, LayerUnavailable):
        other = library.layer(layer_id, restricted=restricted)
        snapshot = library.snapshot(other)
        found = _features(snapshot, feature_id)
        if found is not None:
            return snapshot, found, _label(snapshot, found, feature_id)
    raise BadFilter(
        found=text[:80],
        why_zh="没有这个已上图的要素",
        why_en="there is no such feature on the map",
        fields="@in=layer/feature",
    )


def _features(snapshot: Snapshot, feature_id: str) -> Features | None:
    at = snapshot.position(feature_id) if feature_id else None
    chosen = snapshot.features if at is None else Features(snapshot.content, np.array([at]))
    placed = chosen.placed if at is not None or not feature_id else None
    return placed if placed else None


def _label(snapshot: Snapshot, found: Features, feature_id: str) -> Text:
    if not feature_id:
        return snapshot.layer.label
    return Text(found[0].name(snapshot.layer, "zh"), found[0].name(snapshot.layer, "en"))


def _outline(layer: Layer, text: str, value: str) -> Objects:
    """Return a drawn outline as the address writes it, latitude first, as a polygon."""
    try:
        corners = [tuple(float(part) for part in one.split(",")) for one in value.split(";")]
        sound = len(corners) in _CORNERS and all(
            len(one) == 2 and abs(one[0]) <= 90 and abs(one[1]) <= 180 for one in corners
        )
    except ValueError:
        sound = False
    if not sound:
        raise bad_filter(
            text,
            layer,
            f"范围应为 {_CORNERS[0]} 至 {_CORNERS[-1]} 个“纬度,经度”，以分号隔开",
            f"an outline is {_CORNERS[0]} to {_CORNERS[-1]} times latitude,longitude with semicolons between",
        )
    polygon = shapely.Polygon([(lon, lat) for lat, lon in corners])
    if not polygon.is_valid or polygon.is_empty:
        raise bad_filter(text, layer, "范围自相交或没有面积", "the outline crosses itself, or has no area")
    out: Objects = np.empty(1, dtype=object)
    out[0] = polygon
    return out


def _frame(layer: Layer, shapes: Objects, plane_crs: str) -> gpd.GeoDataFrame:
    crs = lonlat_crs(layer.datum)
    frame = gpd.GeoDataFrame(geometry=shapes, crs=crs)
    return declare_edges(frame, edge_model=layer.edge_model, plane_crs=edge_plane(layer, plane_crs))


def with_class_names(library: Library, layer: Layer) -> Layer:
    """Return the layer with what its classes are called as the words of their field's values.

    Parameters
    ----------
    library
        The open plan, which has the schemes.
    layer
        As it is declared.
    """
    scheme = library.catalog.classes.get(layer.scheme, ())
    if not scheme:
        return layer
    names = {one.code: Text(f"{one.code} {one.name.zh}", f"{one.code} {one.name.en}") for one in scheme}
    fields = [replace(f, values=names | f.values) if f.id == layer.class_field else f for f in layer.fields]
    return replace(layer, fields=tuple(fields))


def words_of(conditions: Sequence[FilterCondition]) -> Text:
    """Return all conditions in one line."""
    told = [one.words() for one in conditions]
    return Text("；".join(one.zh for one in told), "; ".join(one.en for one in told))


def select_and_tell(
    snapshot: Snapshot, conditions: Sequence[FilterCondition]
) -> tuple[Features, list[ToldCondition]]:
    """Return the features that meet every condition, and for each who is left out because it is not known.

    Those left out meet all the others, so that taking the unknown as well would bring them in. Amounts of other
    currencies are counted by themselves.

    Parameters
    ----------
    snapshot
        The layer's features.
    conditions
        What is asked of them.
    """
    masks = [np.asarray(one.mask(snapshot.features), dtype=bool) for one in conditions]
    chosen = snapshot.features
    if masks:
        chosen = chosen.where(np.logical_and.reduce(masks))
    return chosen, _left_out(snapshot, conditions, masks)


def left_out_words(told: Sequence[ToldCondition]) -> list[Text]:
    """Return who is left out, in sentences: those not known, and those of other currencies."""
    out = []
    for one in told:
        if one["unknown"]:
            out.append(say("filter_left_out", count=one["unknown"], condition=one["words"]))
        out += [each.told for each in one["currencies"] if each.left or each.met]
    return out


def _left_out(
    snapshot: Snapshot, conditions: Sequence[FilterCondition], masks: Sequence[Bools]
) -> list[ToldCondition]:
    out: list[ToldCondition] = []
    for at, one in enumerate(conditions):
        others = np.ones(len(snapshot.features), dtype=bool)
        for other, mask in enumerate(masks):
            others &= mask if other != at else True
        count = 0
        if not one.asks_unknown:
            open_ = others & ~masks[at]
            count = int(np.count_nonzero(np.asarray(one.unknown(snapshot.features.where(open_)), dtype=bool)))
        apart = _told_apart(snapshot, one, others, masks[at])
        count -= sum(each.left for each in apart) if isinstance(one, AmountFilter) else 0
        out.append({"where": one.text, "words": one.words(), "unknown": count, "currencies": apart})
    return out


def _told_apart(snapshot: Snapshot, one: FilterCondition, others: Bools, met: Bools) -> list[CurrencyApart]:
    """Return what becomes of the amounts in currencies that a condition on amounts does not name."""
    if not isinstance(one, Filter | AmountFilter):
        return []
    if isinstance(one, AmountFilter):
        apart = one.apart
    else:
        amounts = isinstance(one.value, float | tuple) and one.field.type in ("number", "integer")
        apart = find_apart_column(one.field, snapshot.layer, snapshot.features) if amounts else ""
    return (
        told_currencies(one, snapshot.features.where(others), met[others].tolist(), apart=apart) if apart else []
    )
