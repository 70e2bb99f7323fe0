"""What lies in a polygon a person drew: land use, coverage, projects and constraints, all at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

import geo
from geo.measure import sound
from geo.text import Text
from layers.errors import BadParameter, OverLimit
from layers.features.geometry import FAMILIES, checked_geometry
from layers.features.query import FilterCondition, select
from layers.features.snapshot import Snapshot
from layers.figures.answer import answer, needs_drawn
from layers.figures.figure import Figure
from layers.figures.inputs import DRAWN, drawn_of
from layers.figures.kept import KeptFigure
from layers.figures.question import asked_statistic
from layers.library.conditions import read_conditions, words_of
from layers.library.library import Library
from layers.messages import say
from layers.plan.catalog import Layer
from layers.plan.statistics import Input, Statistic
from layers.units import measured_text

_MOST_LISTED = 200


@dataclass(frozen=True)
class Inside:
    """The figures of a drawn polygon, and by layer the features it meets."""

    figures: tuple[Figure, ...]
    rows: tuple[dict[str, Any], ...]


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What a reader sees of the plan.

    Attributes
    ----------
    restricted
        Whether restricted layers may be used.
    filters
        Those of the map, by layer, as a question's ``where``: they hold, and every answer says so.
    as_of
        The map's day (``YYYY-MM-DD``, UTC), which holds like them; empty is now.
    """

    restricted: bool = False
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    as_of: str = ""


def answer_inside(
    library: Library,
    progress: Callable[[float, float], None],
    declared: tuple[Statistic, ...],
    *,
    drawn: gpd.GeoDataFrame,
    software: str,
    sight: Sight,
) -> Inside:
    """Answer everything the plan can say of a polygon.

    Parameters
    ----------
    library
        The open plan.
    progress
        Called with done and total.
    declared
        The plan's statistics; those of coverage in a straight line are asked for the polygon.
    drawn
        The polygon, EPSG:4326.
    software
        Version written into the figures.
    sight
        What the reader sees.

    Raises
    ------
    BadFilter
        One does not fit its layer.
    """
    held, restricted, as_of = sight.filters, sight.restricted, sight.as_of
    snapshots = list(library.as_of(as_of).readable(restricted=restricted))
    questions = [_land_use(s) for s in snapshots if s.layer.class_field and s.layer.geometry == "polygon"]
    zone = {"zones": Input(DRAWN)}
    questions += [
        replace(s, id="asked", inputs={**s.inputs, **zone}, threshold=None)
        for s in declared
        if s.function == "coverage" and s.along == "straight"
    ]
    questions = [_narrowed(one, held, as_of) for one in questions]
    figures = []
    for number, question in enumerate(questions):
        progress(number, len(questions) + 1)
        figures.append(answer(library, _quiet, question, software=software, drawn=drawn, restricted=restricted))
    listed = [s for s in snapshots if not s.layer.class_field and s.placed]
    conditions = {
        s.layer.id: read_conditions(library, s.layer, held.get(s.layer.id, ()), restricted=restricted)
        for s in listed
    }
    rows = [_row(s, drawn, conditions[s.layer.id]) for s in listed]
    progress(1, 1)
    computed = tuple(f for f in figures if f.state == "computed")
    return Inside(computed, tuple(row for row in rows if row["features"]))


def _narrowed(question: Statistic, filters: Mapping[str, tuple[str, ...]], as_of: str) -> Statistic:
    """Return a question of the features that the map shows."""
    inputs = {
        role: replace(one, where=tuple(dict.fromkeys((*one.where, *filters.get(one.layer, ())))), as_of=as_of)
        for role, one in question.inputs.items()
    }
    return replace(question, inputs=inputs)


def _quiet(_done: float, _total: float) -> None:
    """Take no note: the polygon's own progress counts whole questions."""


def _land_use(snapshot: Snapshot) -> Statistic:
    label = say("polygon_land_use", label=snapshot.layer.label)
    formula = say("polygon_formula")
    return Statistic(
        id="asked",
        label=label,
        family=say("polygon_family"),
        definition=label,
        formula=formula,
        source=say("asked_by_user"),
        function="tabulate",
        unit="ha",
        inputs={"classes": Input(snapshot.layer.id), "zones": Input(DRAWN)},
    )


def _row(snapshot: Snapshot, drawn: gpd.GeoDataFrame, conditions: tuple[FilterCondition, ...]) -> dict[str, Any]:
    """Return the features of a layer that the polygon meets, and how much of each lies inside."""
    polygon = drawn.geometry.iloc[0]
    hits = snapshot.content.meeting(polygon)
    if conditions:
        hits = np.intersect1d(hits, select(snapshot, filters=conditions).positions)
    hits = hits[:_MOST_LISTED]
    shapes = snapshot.content.shapes(hits)
    cut = sound.intersect_pairs(shapes, polygon)
    parts = gpd.GeoSeries(cut, crs="EPSG:4326")
    area, length = geo.area_m2(parts), geo.length_m(parts)
    features = []
    for i, hit in enumerate(hits):
        dimension = shapely.get_dimensions(shapes[i])
        inside_cut = shapely.get_dimensions(cut[i])
        if inside_cut < dimension:
            continue  # it only touches
        found = snapshot.features[hit]
        note = say("polygon_inside")
        if dimension == 2:
            note = measured_text(float(area[i]) / 10_000.0, "ha", 2)
        elif dimension == 1:
            note = measured_text(float(length[i]) / 1000.0, "km", 2)
        name = Text(found.name(snapshot.layer, "zh"), found.name(snapshot.layer, "en"))
        features.append({"id": found.id, "name": vars_of(name), "note": vars_of(note)})
    label = snapshot.layer.label
    if conditions:
        label = say("polygon_filtered", label=label, conditions=words_of(conditions))
    return {"layer": snapshot.layer.id, "label": vars_of(label), "features": features}


def vars_of(text: Text) -> dict[str, str]:
    """Return a text as plain values."""
    return {"zh": text.zh, "en": text.en}


def drawn_frame(polygon: bytes | None) -> gpd.GeoDataFrame | None:
    """Return a drawn polygon (WKB, longitude/latitude) as a frame."""
    if polygon is None:
        return None
    return gpd.GeoDataFrame(index=["drawn"], geometry=[shapely.from_wkb(polygon)], crs="EPSG:4326")


def polygon_of_figure(told: KeptFigure) -> bytes | None:
    """Return the polygon a published figure was asked of as WKB, or None."""
    frame = drawn_of(told)
    return None if frame is None else bytes(shapely.to_wkb(frame.geometry.iloc[0]))


def question_of(
    body: dict[str, Any], layers: Iterable[Layer], polygon: bytes | None
) -> tuple[Statistic, bytes | None]:
    """Return a question and the polygon it is asked of, if it is asked of one.

    Parameters
    ----------
    body
        The question in plain words.
    layers
        Those whoever asks may know of: for the question's name, and for what is measured where nobody says it.
    polygon
        The drawn one as WKB, if any.

    Raises
    ------
    BadQuestion
        It means nothing.
    BadParameter
        It is asked of a polygon, and none was drawn.
    """
    known = list(layers)
    labels = {one.id: one.label for one in known} | {DRAWN: say("drawn_polygon")}
    question = asked_statistic(body, labels, {one.id: one.geometry for one in known})
    if not needs_drawn(question):
        return question, None
    if polygon is None:
        raise BadParameter(name="polygon", why_zh="需要绘制的多边形", why_en="a drawn polygon is needed")
    return question, polygon


def outline_of(given: object, most: int) -> dict[str, Any] | None:
    """Return a drawn GeoJSON polygon whose positions were counted, and nothing else of it read yet.

    Raises
    ------
    BadParameter
        It is no object with coordinates.
    OverLimit
        It has too many vertices.
    """
    if given is None:
        return None
    if not isinstance(given, dict) or not isinstance(given.get("coordinates"), list):
        raise BadParameter(name="polygon", why_zh="应为 GeoJSON 多边形", why_en="a GeoJSON polygon is expected")
    seen, nested = 0, [given["coordinates"]]
    while nested:
        one = nested.pop()
        if one and not isinstance(one[0], list):
            seen += 1
        nested.extend(part for part in one if isinstance(part, list))
        if seen > most or len(nested) > most + 1:
            raise OverLimit(limit="polygon", seen=max(seen, len(nested)), most=most, setting="max_vertices")
    return given


def polygon_of(given: object, most: int) -> bytes | None:
    """Return a drawn GeoJSON polygon of at most so many vertices as WKB; a request's is read in a child.

    Raises
    ------
    BadParameter
        It is not a valid polygon in longitude/latitude.
    OverLimit
        It has too many vertices.
    """
    given = outline_of(given, most)
    if given is None:
        return None
    checked = checked_geometry(given, families=FAMILIES["polygon"], datum="WGS84", tangles=True)
    if checked.shape is None:
        why = checked.issues[0] if checked.issues else None
        raise BadParameter(name="polygon", why_zh=why.zh if why else "为空", why_en=why.en if why else "empty")
    vertices = int(shapely.get_num_coordinates(checked.shape))
    if vertices > most:
        raise OverLimit(limit="polygon", seen=vertices, most=most, setting="max_vertices")
    return bytes(shapely.to_wkb(checked.shape))
