"""The features a rule holds a site against: those near it, where they are, and how far off that may be."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import shapely

from geo.access.clearance import Clearance, Margin, lonlat_shapes, measure_clearance, measure_margin
from geo.arrays import Floats, Shapes
from geo.text import Text
from layers.errors import BadFilter, LayerUnavailable, UnknownLayer
from layers.features.query import FilterCondition
from layers.features.snapshot import Features, Snapshot
from layers.figures.inputs import layer_frame
from layers.library.conditions import read_conditions
from layers.library.library import Library
from layers.messages import say
from layers.places.subject import Subject, uncertainty_of
from layers.plan.catalog import Layer
from layers.plan.rules import SiteRule
from layers.plan.statistics import Input

SEEN_M = 3_000.0  # how far the nearest is looked for, beyond what a rule asks
_METRES_A_DEGREE = 110_000.0
_NEAREST = 20  # features that are measured although they decide nothing
_ABOUT = 0.02  # by which a distance in degrees may be off
_MOST_UNSURE_M = 20_000.0  # what is less sure is looked for so far, and decides nothing


class NeedsLayer(Exception):
    """A rule's layer is not there, or nothing of it fits: what is needed, in both languages."""

    def __init__(self, needed: Text) -> None:
        self.needed = needed
        super().__init__(needed.en)


@dataclass(frozen=True)
class Members:
    """The features of a rule's layer that lie around a site.

    ``shapes`` are in longitude and latitude, ``uncertainty_m`` how far off each may be. ``unplaced`` counts those
    that fit and have no place: they may be anywhere. ``reach_m`` is how far was looked; all of them if infinite.
    """

    subject: Subject
    snapshot: Snapshot
    features: Features
    shapes: Shapes
    uncertainty_m: Floats
    unplaced: int
    reach_m: float

    def __len__(self) -> int:
        return len(self.shapes)

    @cached_property
    def clearance(self) -> Clearance:
        """How the site stands to each."""
        return measure_clearance(self.subject.shape, self.shapes)

    @cached_property
    def margin(self) -> Margin:
        """How the site lies in what they cover together."""
        return measure_margin(self.subject.shape, self.shapes[shapely.get_dimensions(self.shapes) == 2])

    @property
    def sure(self) -> bool:
        """Whether what lies around is all there may be: site and features are all on the map somewhere."""
        return not self.unplaced and math.isfinite(self.subject.uncertainty_m)

    @property
    def off_m(self) -> Floats:
        """How far the site and each may be nearer to, or farther from, one another than drawn."""
        return self.uncertainty_m + self.subject.uncertainty_m

    def name(self, row: int) -> Text:
        """Return what one is called."""
        found = self.features[row]
        return Text(found.name(self.snapshot.layer, "zh"), found.name(self.snapshot.layer, "en"))

    def where(self, admitted: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Members:
        """Return some of them."""
        return Members(
            self.subject,
            self.snapshot,
            self.features.where(admitted),
            self.shapes[admitted],
            self.uncertainty_m[admitted],
            self.unplaced,
            self.reach_m,
        )


@dataclass(frozen=True)
class Case:
    """A site, and the plan it is held against."""

    library: Library
    subject: Subject
    restricted: bool = False
    _known: dict[tuple[object, ...], Members] = field(default_factory=dict)

    def members(self, rule: SiteRule, role: str, *, within_m: float = 0.0) -> Members:
        """Return the features of a rule's layer that lie within a distance of the site, and those just beyond.

        Parameters
        ----------
        rule
            Whose layer it is.
        role
            Which of its layers.
        within_m
            The distance that matters to the rule.

        Raises
        ------
        NeedsLayer
            The plan has no such layer that the reader may see, or nothing of it fits.
        BadFilter
            A declared filter does not fit its layer.
        """
        return self.around(rule.layers[role], within_m=within_m)

    def around(self, wanted: Input, *, within_m: float = 0.0) -> Members:
        """Return the features of a layer that lie within a distance of the site, and those just beyond.

        Parameters
        ----------
        wanted
            The layer, and what of it.
        within_m
            The distance that matters.

        Raises
        ------
        NeedsLayer
            The plan has no such layer that the reader may see, or nothing of it fits.
        BadFilter
            A declared filter does not fit its layer.
        """
        key = (wanted.layer, wanted.where, wanted.classes, wanted.ids, within_m)
        if key not in self._known:
            self._known[key] = self._gathered(wanted, within_m)
        return self._known[key]

    def _gathered(self, wanted: Input, within_m: float) -> Members:
        try:
            snapshot = self.library.snapshot(self.library.layer(wanted.layer, restricted=self.restricted))
        except (UnknownLayer, LayerUnavailable):
            raise NeedsLayer(wanted.label or say("inputs_layer", layer=wanted.layer)) from None
        every, layer = Features(snapshot.content), snapshot.layer
        conditions = self._conditions(layer, wanted)
        missing = snapshot.content.missing
        unplaced = len(_fitting(layer, every.where(missing), wanted, conditions)) if missing.any() else 0
        own = self.subject.uncertainty_m if math.isfinite(self.subject.uncertainty_m) else 0.0
        off = min(own + _most_unsure(snapshot), _MOST_UNSURE_M)
        reach = within_m + off + SEEN_M
        near = Features(snapshot.content, snapshot.content.near(_box(self.subject, reach)))
        chosen = _fitting(layer, near.placed, wanted, conditions)
        if snapshot.layer.id == self.subject.layer:
            chosen = chosen.where(chosen.ids != self.subject.feature)
        if not len(chosen) and not unplaced and not len(_fitting(layer, every, wanted, conditions)):
            raise NeedsLayer(say("inputs_none_fits", label=wanted.label or snapshot.layer.label))
        chosen, unsure = self._that_matter(snapshot, chosen, within_m)
        frame = layer_frame(snapshot, self.library.catalog.plan.plane_crs, chosen=chosen)
        shapes = lonlat_shapes(frame, where=snapshot.layer.label.en)
        return Members(self.subject, snapshot, chosen, shapes, unsure, unplaced, reach)

    def _conditions(self, layer: Layer, wanted: Input) -> tuple[FilterCondition, ...]:
        """Return what of a layer is wanted; a layer that it names and the reader may not see is one that lacks."""
        try:
            return read_conditions(self.library, layer, wanted.where, restricted=self.restricted)
        except BadFilter:
            read_conditions(self.library, layer, wanted.where, restricted=True)
            raise NeedsLayer(say("check_unnamed_layer")) from None

    def _that_matter(self, snapshot: Snapshot, chosen: Features, within_m: float) -> tuple[Features, Floats]:
        """Return the features that may decide, with those that are nearest, and how far off each may be."""
        unsure = _unsure(snapshot, chosen)
        if len(chosen) <= _NEAREST:
            return chosen, unsure
        about = _about_m(self.subject, chosen.geometry)
        off = unsure + self.subject.uncertainty_m
        may = np.isfinite(off) & (about * (1.0 - _ABOUT) - off <= within_m + 1.0)
        may |= about == 0.0
        may[np.argsort(about, kind="stable")[:_NEAREST]] = True
        return chosen.where(may), unsure[may]


def _fitting(layer: Layer, chosen: Features, wanted: Input, conditions: tuple[FilterCondition, ...]) -> Features:
    """Return those of some features that a rule's layer speaks of."""
    for one in conditions:
        chosen = chosen.where(np.asarray(one.mask(chosen), dtype=bool))
    if wanted.classes:
        codes = chosen.values(layer.class_field)
        chosen = chosen.where([str(code or "").startswith(wanted.classes) for code in codes])
    return chosen.where(np.isin(chosen.ids, wanted.ids)) if wanted.ids else chosen


def _unsure(snapshot: Snapshot, chosen: Features) -> Floats:
    """Return how far off each feature may be, m."""
    layer = snapshot.layer
    names = [*(one.id for one in layer.fields if one.measure == "uncertainty"), "position"]
    columns = [chosen.values(name) for name in names]
    rows = zip(*columns, strict=True)
    found = [uncertainty_of(layer, dict(zip(names, row, strict=True))) for row in rows]
    return np.array(found, dtype=float)


def _about_m(subject: Subject, shapes: Shapes) -> Floats:
    """Return about how far shapes are from the site, m."""
    west, south, east, north = map(float, subject.shape.bounds)
    scale = np.array([_METRES_A_DEGREE * math.cos(math.radians((south + north) / 2.0)), _METRES_A_DEGREE])
    middle = np.array([(west + east) / 2.0, (south + north) / 2.0])
    moved = [shapely.transform(one, lambda xy: (xy - middle) * scale) for one in (shapes, subject.shape)]
    away: Floats = shapely.distance(moved[0], moved[1])
    return away


def _most_unsure(snapshot: Snapshot) -> float:
    names = [one.id for one in snapshot.layer.fields if one.measure == "uncertainty"]
    stated = [v for name in names for v in snapshot.content.values(name) if isinstance(v, int | float)]
    return max(stated, default=0.0)


def _box(subject: Subject, reach_m: float) -> tuple[float, float, float, float]:
    west, south, east, north = map(float, subject.shape.bounds)
    high = reach_m / _METRES_A_DEGREE
    wide = high / max(math.cos(math.radians(max(abs(south), abs(north)))), 0.01)
    return west - wide, south - high, east + wide, north + high
