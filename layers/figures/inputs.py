"""The layers of a question in their roles: selected, ready for ``geo``, with the version each one had."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import declare_edges
from geo.measure.crs import geometry_column, lonlat_crs
from geo.text import Text, join_texts
from layers.errors import LayerUnavailable, UnknownLayer
from layers.features.columns import content_of
from layers.features.query import FilterCondition, select, select_open
from layers.features.snapshot import Feature, FeatureProblem, Features, Snapshot
from layers.features.timed import at_time
from layers.figures.absent import absent_layer, absent_words
from layers.figures.days import WHEN, dated_words, read_asked_day
from layers.figures.faults import faults_of, faults_told, unplaced_by_fault
from layers.figures.figure import LayerUse
from layers.figures.kept import KeptFigure
from layers.figures.uses import AS_OF, asked_conditions, asked_snapshot, layer_use, uses_beside
from layers.library.library import Library
from layers.messages import say
from layers.plan.catalog import Field, LandClass, Layer
from layers.plan.edges import edge_plane
from layers.plan.statistics import Input
from layers.plan.unstated import is_unstated

_TOLD_APART = ("zones", "whole", "people")  # roles whose features are rows: two of one name have their ids
_MOST_CLASSES, _FIRST_CLASSES = 4, 2  # that are named; of more the first ones, and how many they are
DRAWN = "@drawn"  # the polygon a person drew, in the role of a layer


@dataclass(frozen=True)
class Role:
    """One input ready to compute with.

    ``frame`` holds the selected features that have a place; ``features`` all selected ones, placed or not.
    ``open`` are those of which nobody can tell whether they are chosen, as their class or what a filter asks for
    is not known, and ``undecided`` those of them that have a place, None where there are none; ``unfiltered`` is
    how many the filters leave open. ``everything`` are all features of the layer, chosen or not. ``conditions``
    are the filters as they were read.
    ``dated`` says, of a question of a day, which data of the layer counted. ``beside`` are the other layers that
    its filters look at, one for each such filter. ``faulty`` is what was wrong with geometries as they were read.
    ``lost`` says what was asked for by its id or class and is not there. ``classes`` has the names of its
    scheme's classes by their codes.
    """

    use: LayerUse
    layer: Layer | None
    frame: gpd.GeoDataFrame
    features: Features
    undecided: gpd.GeoDataFrame | None = None
    open: Features | None = None
    unfiltered: int = 0
    everything: Features | None = None
    conditions: tuple[FilterCondition, ...] = ()
    dated: tuple[Text, ...] = ()
    beside: tuple[LayerUse, ...] = ()
    faulty: tuple[FeatureProblem, ...] = ()
    lost: tuple[Text, ...] = ()
    classes: Mapping[str, Text] = field(default_factory=dict)

    @property
    def unplaced(self) -> int:
        """How many selected features have no place and therefore take no part in geometry."""
        return len(self.features) - len(self.frame)

    @property
    def possible(self) -> gpd.GeoDataFrame:
        """The placed features with those that may belong to them: their class is not known."""
        if self.undecided is None:
            return self.frame
        both = pd.concat([self.frame[["geometry"]], self.undecided[["geometry"]]])
        out = gpd.GeoDataFrame(both, crs=self.frame.crs)
        out.attrs.update(self.frame.attrs)
        return out

    def name(self, feature_id: str) -> Text:
        """Return what a feature is called in both languages."""
        return self.names([feature_id])[0]

    def names(self, feature_ids: Iterable[str]) -> list[Text]:
        """Return what features are called in both languages; each is looked up once, however often it is asked."""
        asked = list(feature_ids)
        if self.layer is None:
            return [self.use.label] * len(asked)
        new = [one for one in dict.fromkeys(asked) if one not in self._named]
        rows = np.array([self._positions[one] for one in new if one in self._positions], dtype=np.intp)
        self._named.update((one, Text(one, one)) for one in new)
        self._named.update((one.id, self._told(one, self.layer)) for one in self.features.taken(rows))
        return [self._named[one] for one in asked]

    def _told(self, feature: Feature, layer: Layer) -> Text:
        zh, en = (feature.name(layer, language) for language in ("zh", "en"))
        if self.use.role in _TOLD_APART and self._often[zh, en] > 1:
            zh, en = f"{zh}（{feature.id}）", f"{en} ({feature.id})"
        return Text(zh, en)

    def field(self, field_id: str) -> Field:
        """Return a field; of one that is not declared only its id is known."""
        known = (one for one in self.layer.fields if one.id == field_id) if self.layer else iter(())
        return next(known, Field(field_id, Text(field_id, field_id)))

    @cached_property
    def _named(self) -> dict[str, Text]:
        return {}

    @cached_property
    def _often(self) -> Counter[tuple[str, str]]:
        """How many features have a name, in both languages."""
        layer = self.layer
        if layer is None:
            return Counter()
        return Counter(zip(*(self.features.called(layer, language) for language in ("zh", "en")), strict=True))

    @cached_property
    def _positions(self) -> dict[str, int]:
        """Where each feature is: many functions ask for names one by one."""
        return {str(feature_id): at for at, feature_id in enumerate(self.features.ids)}


@dataclass(frozen=True)
class Gathered:
    """All roles of a question, or what is missing."""

    roles: Mapping[str, Role]
    needs: tuple[Text, ...]
    classes: Mapping[str, LandClass]

    @property
    def uses(self) -> tuple[LayerUse, ...]:
        """The layers used, with versions: those in a role, then those their filters look at."""
        roles = self.roles.values()
        return (*(role.use for role in roles), *(use for role in roles for use in role.beside))


def gather(
    library: Library, inputs: Mapping[str, Input], *, drawn: gpd.GeoDataFrame | None, restricted: bool = False
) -> Gathered:
    """Collect the inputs of a question.

    Parameters
    ----------
    library
        The open plan.
    inputs
        Layers by role.
    drawn
        A polygon in EPSG:4326 standing for the layer ``@drawn``.
    restricted
        Whether restricted layers may be used.

    Raises
    ------
    BadFilter
        A declared filter does not fit its layer.
    """
    roles: dict[str, Role] = {}
    needs: list[Text] = []
    for name, wanted in inputs.items():
        if wanted.layer == DRAWN and drawn is not None:
            roles[name] = _drawn(name, drawn)
            continue
        try:
            snapshot = asked_snapshot(library, wanted, restricted=restricted)
        except (UnknownLayer, LayerUnavailable) as error:
            needs.append(wanted.label or absent_layer(wanted.layer, library.layers(), error))
            continue
        layer, day = snapshot.layer, read_asked_day(wanted.when)
        snapshot = at_time(snapshot, day) if day else snapshot
        names = {c.code: c.name for c in library.catalog.classes.get(layer.scheme, ())}
        conditions = asked_conditions(library, wanted, layer, restricted=restricted)
        plane = library.catalog.plan.plane_crs
        use = layer_use(library, name, wanted, snapshot)
        role = _role(use, wanted, snapshot, plane_crs=plane, codes=frozenset(names), conditions=conditions)
        role = replace(
            role,
            classes=names,
            dated=dated_words(library, wanted, snapshot),
            beside=uses_beside(name, wanted, conditions),
        )
        if role.frame.empty and name not in ("items", "zones_optional"):
            label = wanted.label or layer.label
            needs.append(say("inputs_none_fits", label=label))
        roles[name] = role
    schemes = {role.layer.scheme for role in roles.values() if role.layer is not None and role.layer.scheme}
    known = {c.code: c for scheme in sorted(schemes) for c in library.catalog.classes.get(scheme, ())}
    return Gathered(roles, tuple(needs), known)


def _role(
    use: LayerUse,
    wanted: Input,
    snapshot: Snapshot,
    *,
    plane_crs: str,
    codes: frozenset[str],
    conditions: tuple[FilterCondition, ...],
) -> Role:
    layer = snapshot.layer
    chosen, left = select(snapshot, filters=conditions), select_open(snapshot, conditions)
    if wanted.ids:
        chosen, left = (one.where(np.isin(one.ids, wanted.ids)) for one in (chosen, left))
    unfiltered = len(left)
    if wanted.classes:
        (chosen, unclassed), (may, also) = (
            _of_classes(one, layer, wanted.classes, codes) for one in (chosen, left)
        )
        left = Features(
            snapshot.content, np.sort(np.concatenate([one.positions for one in (unclassed, may, also)]))
        )
    stated = tuple(one for one in snapshot.content.names if one != "geometry")  # a question may name any of them
    frame = _frame(layer, chosen, plane_crs, more=stated)
    undecided = _frame(layer, left, plane_crs, more=stated) if len(left.placed) else None
    open_ = left if len(left) else None
    use = replace(use, features=len(chosen))
    role = Role(use, layer, frame, chosen, undecided, open_, unfiltered, snapshot.features, conditions)
    role = replace(role, lost=absent_words(wanted, layer, snapshot.features, codes))
    return replace(role, faulty=faults_of(snapshot, chosen)) if snapshot.problems else role


def _of_classes(
    features: Features, layer: Layer, classes: tuple[str, ...], codes: frozenset[str]
) -> tuple[Features, Features]:
    """Return the features of some classes, and those whose class is not known, or none of the scheme's."""
    field = next(
        (one for one in layer.fields if one.id == layer.class_field), Field(layer.class_field, layer.label)
    )
    stated = [str(v or "") for v in features.values(layer.class_field)]
    fits = {code: code.startswith(classes) for code in set(stated)}
    lost = {
        code: not fit and (is_unstated(code, field) or bool(codes and code not in codes))
        for code, fit in fits.items()
    }
    return features.where([fits[code] for code in stated]), features.where([lost[code] for code in stated])


def _frame(
    layer: Layer, chosen: Features, plane_crs: str, *, placed: bool = True, more: tuple[str, ...] = ()
) -> gpd.GeoDataFrame:
    """Return the placed features as a frame: index ids, declared fields and ``more``, edges as declared."""
    held = chosen.placed if placed else chosen
    columns = {name: held.values(name) for name in dict.fromkeys([*_columns(layer), *more])}
    crs = lonlat_crs(layer.datum)
    frame = gpd.GeoDataFrame(columns, index=held.ids, geometry=geometry_column(held.stored, crs), crs=crs)
    return declare_edges(frame, edge_model=layer.edge_model, plane_crs=edge_plane(layer, plane_crs))


def layer_frame(
    snapshot: Snapshot, plane_crs: str, *, placed: bool = True, chosen: Features | None = None
) -> gpd.GeoDataFrame:
    """Return a snapshot's features (or the chosen ones) for ``geo``, those without a place only when asked for.

    Parameters
    ----------
    snapshot
        A layer's features at one version.
    plane_crs
        The plan's plane: edges are straight there, unless the layer says otherwise.
    placed
        Whether features without a place are left out.
    chosen
        Some of the features; all when None.
    """
    return _frame(snapshot.layer, snapshot.features if chosen is None else chosen, plane_crs, placed=placed)


def _columns(layer: Layer) -> list[str]:
    names = [f.id for f in layer.fields if f.id != "geometry"]
    return list(dict.fromkeys([*names, *([layer.class_field] if layer.class_field else [])]))


def _drawn(name: str, drawn: gpd.GeoDataFrame) -> Role:
    label = say("drawn_polygon")
    use = LayerUse(name, DRAWN, label, drawn.geometry.iloc[0].wkt, "WGS84", "lonlat", (), len(drawn))
    return Role(use, None, declare_edges(drawn, edge_model="lonlat"), Features(content_of([], [], [])))


def drawn_of(told: KeptFigure) -> gpd.GeoDataFrame | None:
    """Return the polygon a published figure was drawn with, or None."""
    for use in told["layers"]:
        if use["layer"] == DRAWN:
            return gpd.GeoDataFrame(index=["drawn"], geometry=[shapely.from_wkt(use["version"])], crs=4326)
    return None


def _filtered(role: Role, layer: Layer) -> Text:
    """Return which filters a layer was asked through, in words, and how many features they let through."""
    told = [one.words() for one in role.conditions]
    zh, en = "、".join(f"“{one.zh}”" for one in told), ", ".join(f"“{one.en}”" for one in told)
    kept, of, lost = role.use.features, len(role.everything or ()), role.unfiltered
    said = say("inputs_filtered", label=layer.label, listed=Text(zh, en), of=of, kept=kept)
    return say("inputs_filtered_unknown", said=said, count=lost) if lost else said


def chosen_words(role: Role) -> Text:
    """Return what was chosen of a layer: its filters, classes and features, in words; empty for all of it."""
    zh, en = [], []
    read = {one.text: one.words() for one in role.conditions}
    for text in role.use.filters:
        if text.startswith("version="):
            number = text.removeprefix("version=")
            told = say("inputs_version", number=number)
        elif text.startswith(WHEN):
            told = say("inputs_when", day=text.removeprefix(WHEN))
        elif text.startswith(AS_OF):
            told = say("inputs_as_of", day=text.removeprefix(AS_OF))
        elif text.startswith("id="):
            names = role.names(text.removeprefix("id=").split("|"))
            told = Text("、".join(n.zh for n in names), ", ".join(n.en for n in names))
        elif text.endswith("…"):
            told = _classes_told(text.partition("=")[2].rstrip("…").split("|"), role.classes)
        else:
            told = read.get(text, Text(text, text))
        zh.append(told.zh)
        en.append(told.en)
    return Text("；".join(zh), "; ".join(en))


def _classes_told(codes: Sequence[str], names: Mapping[str, Text]) -> Text:
    """Return classes by their names: a few, and of more how many they are; a code where one has no name."""
    told = [names.get(one, say("inputs_class", codes=one)) for one in codes]
    if len(told) <= _MOST_CLASSES:
        return join_texts(say("comma"), told)
    first = join_texts(say("comma"), told[:_FIRST_CLASSES])
    return say("inputs_classes_cut", listed=first, count=len(told), more=len(told) - _FIRST_CLASSES)


def caveats_of(gathered: Gathered, anywhere: frozenset[str] = frozenset()) -> list[Text]:
    """Return what the data themselves ask to say: filtered, illustrative, schematic, not placed, class unknown.

    ``anywhere`` names the roles whose places do not count.
    """
    out: list[Text] = []
    for name, role in gathered.roles.items():
        if role.layer is None:
            continue
        label = role.layer.label
        out += [say("caveat_when", day=one.removeprefix(WHEN)) for one in role.use.filters if one.startswith(WHEN)]
        out += [*role.dated, *role.lost]
        if role.conditions:
            out.append(_filtered(role, role.layer))
        out += [say("caveat_illustrative", label=use.label) for use in role.beside if use.illustrative]
        unclassed = 0 if role.open is None else len(role.open) - role.unfiltered
        if unclassed > 0:
            out.append(say("caveat_undecided", label=label, count=unclassed))
        if role.layer.illustrative:
            out.append(say("caveat_illustrative", label=label))
        elif name not in anywhere:
            positions = role.features.placed.counted("position")
            unsure = sum(many for position, many in positions if position != "exact")
            if unsure:
                out.append(say("caveat_unsure", label=label, count=unsure))
        if role.layer.datum_accuracy_m is not None:
            out.append(say("caveat_datum", label=label, metres=f"{role.layer.datum_accuracy_m:g}"))
        if name not in anywhere:
            out += faults_told(role.faulty, label, role.name)
            lost = role.unplaced - len(unplaced_by_fault(role.faulty))
            out += [say("caveat_unplaced", label=label, count=lost)] if lost else []
    return list(dict.fromkeys(out))
