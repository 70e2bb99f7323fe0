"""A site's dossier: all that is asked of it, for page, sheet and program from the same values.

What the plan says of it (areas, money, dates, words), where it lies and how sure that is, what is nearest, what
the rules say, and what to watch.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geo.measure.area import M2_PER
from geo.text import Text, join_texts
from layers.features.field_values import shown_value
from layers.library.library import Library
from layers.messages import say
from layers.places.check import SiteCheck, check_site, leave_unchecked
from layers.places.derived import derived_values
from layers.places.key_numbers import Fact, areas_text, key_numbers
from layers.places.kinds.classes import class_shares
from layers.places.kinds.entry import area_text, distance_text
from layers.places.subject import UNSURE, Subject
from layers.places.surroundings import Case, Members, NeedsLayer
from layers.plan.catalog import Field, Layer
from layers.plan.rules import Rules
from layers.plan.statistics import Input
from layers.plan.views import View, view_text
from layers.units import measured_text

_LEAST_SHARE = 0.001  # of the site; less is the line of a sketch
_NEIGHBOURS, _NEIGHBOUR_M = 5, 1500.0
_BLANK = Text("", "")
_BESIDE, _SHOWN_NEAR = (0.6, 2.5), 3  # of a site's width, shown beside it; how many of the nearest
_NEAR_EDGE, _UPRIGHT = 1.3, 1.6  # times the last one's distance; a map's width to its height
_LEAST_DEGREES, _LEAST_AREA = 0.012, 0.005  # a map's width: around a point, an area
_SCREEN, _TILE, _METRES_A_DEGREE = 1200.0, 256.0, 111_320.0


@dataclass(frozen=True)
class NearSite:
    """A feature beside the site: how far, and how far off site and feature may be (infinite: nobody knows).

    ``share`` is the part of the site that lies in it, ``overlap_m2`` what they share.
    """

    layer: str
    layer_label: Text
    feature: str
    name: Text
    distance_m: float
    site_off_m: float
    off_m: float
    share: float | None = None
    overlap_m2: float = 0.0

    @property
    def told(self) -> Text:
        """How the site stands to it, as it is read: what they share in mu and hectares, else the distance."""
        if self.share is None or self.share < _LEAST_SHARE:
            return say("dossier_touches") if self.distance_m <= 0 else distance_text(self.distance_m, 0.0)
        if not self.overlap_m2:
            return say("dossier_inside")
        return say("dossier_share", size=areas_text(self.overlap_m2), share=f"{self.share:.1%}")

    @property
    def errors(self) -> Text:
        """How far off site and feature may be, m."""
        each = [
            Text(f"±{off:,.0f}", f"±{off:,.0f}") if math.isfinite(off) else say("off_unknown")
            for off in (self.site_off_m, self.off_m)
        ]
        return join_texts(Text(" / ", " / "), each)


@dataclass(frozen=True)
class SiteDossier:
    """All that is asked of one site; every text in both languages.

    ``keys`` are the four that stand alone, ``where`` where and what it is, ``within`` the areas it lies in,
    ``nearest`` the nearest of each kind, ``neighbours`` those of its own, ``watch`` what limits all this,
    ``view`` the site amid its surroundings in the words of a map's address (empty without a place).
    """

    subject: Subject
    kind: Text
    keys: tuple[Fact, ...]
    where: tuple[Fact, ...]
    within: tuple[NearSite, ...]
    nearest: tuple[NearSite, ...]
    neighbours: tuple[NearSite, ...]
    check: SiteCheck
    quote: str
    quoted_at: Text
    watch: tuple[Text, ...]
    versions: Mapping[str, str]
    view: str


def site_dossier(
    library: Library,
    rules: Rules,
    subject: Subject,
    *,
    day: str = "",
    restricted: bool = False,
    checked: bool = True,
) -> SiteDossier:
    """Collect what is asked of a site.

    Parameters
    ----------
    library
        The open plan.
    rules
        Its rules.
    subject
        The site: a feature, a place or an outline.
    day
        The day whose rules hold; the plan's own when empty.
    restricted
        Whether restricted layers may be used.
    checked
        Whether the site is held against the rules; else the check in it has no verdict and no rules.
    """
    layer = library.catalog.layers.get(subject.layer)
    case = Case(library, subject, restricted)
    around = _around(case) if subject.shape is not None else []
    if checked:
        check = check_site(library, rules, subject, day=day, restricted=restricted)
    else:
        check = leave_unchecked(library, subject, day=day)
    versions = dict(check.versions) | {found.snapshot.layer.id: found.snapshot.version for found in around}
    if layer is not None:
        versions[layer.id] = library.snapshot(layer).version
    within = [one for found in around for one in _within(found)]
    within.sort(key=lambda one: -(one.share or 0.0))
    nearest = [one for found in around if (one := _nearest(found)) is not None]
    return SiteDossier(
        subject,
        layer.label if layer is not None else say("site_kind_drawn"),
        key_numbers(subject, layer),
        _where(case, rules, layer, around=around, within=within),
        tuple(within),
        tuple(sorted(nearest, key=lambda one: one.distance_m)),
        _neighbours(around, subject),
        check,
        str(subject.properties.get("quote") or ""),
        _quoted_at(subject),
        _watch(library, subject, layer),
        versions,
        _view(library, subject, sorted(one.distance_m for one in nearest), restricted=restricted),
    )


def _map_degrees(subject: Subject, distances: Sequence[float]) -> float:
    """Return how wide a site's map is, degrees: the site fills it with what is nearest, so many metres away."""
    west, south, east, north = map(float, subject.shape.bounds)
    east_m = _METRES_A_DEGREE * max(math.cos(math.radians((south + north) / 2)), 0.01)
    wide, high = (east - west) * east_m, (north - south) * _METRES_A_DEGREE
    near = distances[:_SHOWN_NEAR][-1] if distances else 0.0
    least, most = (part * max(wide, high) for part in _BESIDE)
    beside = min(max(_NEAR_EDGE * near, least), most)
    shown = max(wide + 2 * beside, _UPRIGHT * (high + 2 * beside)) / east_m
    return max(shown, _LEAST_AREA if wide and high else _LEAST_DEGREES)


def _view(library: Library, subject: Subject, distances: Sequence[float], *, restricted: bool) -> str:
    """Return the view of a site: what is around it, land by class first, areas named elsewhere left out."""
    if subject.shape is None:
        return ""
    west, south, east, north = map(float, subject.shape.bounds)
    wide = _map_degrees(subject, distances)
    shown = [
        one.id
        for one in library.layers(restricted=restricted)
        if one.id == subject.layer or one.class_field or (one.visible and "zones" not in one.usual)
    ]
    corners = () if subject.layer or subject.dimension != 2 else tuple(_corners(subject))
    return view_text(
        View(
            center=((west + east) / 2, (south + north) / 2),
            zoom=round(math.log2(360.0 * _SCREEN / (_TILE * wide)), 2),
            layers=tuple(shown),
            selected=f"{subject.layer}/{subject.feature}" if subject.layer else "",
            site=corners,
        )
    )


def _corners(subject: Subject) -> list[tuple[float, float]]:
    ring = subject.shape.exterior if subject.shape.geom_type == "Polygon" else subject.shape.convex_hull.exterior
    return [(float(x), float(y)) for x, y in shapely.get_coordinates(ring)[:-1]]


def _around(case: Case) -> list[Members]:
    found = []
    for snapshot in case.library.readable(restricted=case.restricted):
        try:
            if snapshot.placed:
                found.append(case.around(Input(snapshot.layer.id)))
        except NeedsLayer:
            continue
    return found


def _near(found: Members, row: int) -> NearSite:
    layer, clear, whole = found.snapshot.layer, found.clearance, found.subject.area_m2
    overlap = float(clear.overlap_m2[row])
    inside = clear.apart_m[row] == 0.0 and shapely.get_dimensions(found.shapes[row]) == 2
    share = (overlap / whole if whole else 1.0) if inside else None
    return NearSite(
        layer.id,
        layer.label,
        str(found.features.ids[row]),
        found.name(row),
        float(clear.apart_m[row]),
        found.subject.uncertainty_m,
        float(found.uncertainty_m[row]),
        min(share, 1.0) if share is not None else None,
        overlap,
    )


def _within(found: Members) -> list[NearSite]:
    """Return the areas of a layer that the site lies in; land of a class is told by class elsewhere."""
    if found.snapshot.layer.class_field:
        return []
    rows = np.flatnonzero((found.clearance.apart_m == 0.0) & (shapely.get_dimensions(found.shapes) == 2))
    return [one for row in rows.tolist() if ((one := _near(found, row)).share or 0.0) >= _LEAST_SHARE]


def _nearest(found: Members) -> NearSite | None:
    """Return the nearest feature of another layer that the site does not lie in."""
    layer = found.snapshot.layer
    if layer.class_field or layer.guide or layer.id == found.subject.layer or not len(found):
        return None
    row = int(np.argmin(found.clearance.apart_m))
    one = _near(found, row)
    return None if one.share is not None and one.share >= _LEAST_SHARE else one


def _neighbours(around: list[Members], subject: Subject) -> tuple[NearSite, ...]:
    """Return the nearest features of the site's own layer; of a drawn site there are none."""
    for found in around:
        if found.snapshot.layer.id == subject.layer:
            gap = found.clearance.apart_m
            rows = np.argsort(gap, kind="stable")[:_NEIGHBOURS].tolist()
            return tuple(_near(found, row) for row in rows if gap[row] <= _NEIGHBOUR_M)
    return ()


def _where(
    case: Case, rules: Rules, layer: Layer | None, *, around: list[Members], within: list[NearSite]
) -> tuple[Fact, ...]:
    """Return where the site is and what it is, with what its layer declares of it."""
    subject = case.subject
    zones = {
        one.layer.id for one in case.library.readable(restricted=case.restricted) if "zones" in one.layer.usual
    }
    held = [one for one in within if one.layer in zones]
    shown = [
        Text(f"{one.name.zh} {one.share:.0%}", f"{one.name.en} {one.share:.0%}")
        if (one.share or 0) < 0.995
        else one.name
        for one in held[:4]
    ]
    no_zone = say("where_zone_unknown" if subject.shape is None else "where_no_zone")
    out = [Fact("zone", say("where_zone"), join_texts(Text(" · ", " · "), shown) if shown else no_zone)]
    out.append(Fact("position", say("where_position"), _position(subject)))
    for found in around:
        if found.snapshot.layer.class_field:
            told = class_shares(case, found)
            if found.snapshot.layer.illustrative:
                told = say("where_illustrative", told=told)
            out.append(Fact("class", say("where_class"), told))
    out.append(Fact("areas", say("where_areas"), _area_words(subject)))
    if layer is not None:
        keyed = {one.key for one in key_numbers(subject, layer)}
        out += _declared(subject, layer, keyed)
    elif rules.industries:
        named = [one.label for one in rules.industries.values() if one.id in (subject.industries or ())]
        words = join_texts(Text("、", ", "), named) if named else say("where_industry_unsaid")
        out.append(Fact("industries", say("where_industry"), words))
    return tuple(out)


def _position(subject: Subject) -> Text:
    """Return how sure the place is."""
    known = subject.properties
    if subject.shape is None:
        why = Text(str(known.get("unplaced_reason_zh") or ""), str(known.get("unplaced_reason_en") or ""))
        return say("where_unplaced", why=why)
    if not subject.layer:
        return say("where_drawn") if not subject.uncertainty_m else distance_text(0.0, subject.uncertainty_m)
    word = next(
        (
            one.values[str(known.get("position"))]
            for one in subject.fields
            if str(known.get("position")) in one.values
        ),
        _BLANK,
    )
    if subject.uncertainty_m == UNSURE:
        return say("where_unsure", word=word)
    return (
        say("where_off", word=word, off=measured_text(subject.uncertainty_m, "m", 0))
        if subject.uncertainty_m
        else word
    )


def _area_words(subject: Subject) -> Text:
    stated, drawn = subject.stated, subject.area_m2
    if stated is not None and drawn is not None and area_text(stated[1]) == area_text(drawn):
        return say("where_equal_areas", both=areas_text(drawn))
    if stated is not None and drawn is not None and stated[1]:
        less = round((drawn - stated[1]) / M2_PER["mu"], 1)
        return say(
            "where_both_areas",
            stated=areas_text(stated[1]),
            drawn=areas_text(drawn),
            less=f"{less:+,.1f}".replace("-", "−") if less else "0.0",
        )
    if stated is not None:
        return say("where_stated_only", stated=areas_text(stated[1]))
    return areas_text(drawn) if drawn else say("where_no_area")


def _declared(subject: Subject, layer: Layer, told: set[str]) -> list[Fact]:
    """Return what a layer shows of its features as its card does, but for what stands elsewhere.

    ``told`` are the key numbers that say money, stated land, intensity and dates.
    """
    elsewhere = {"quote", "chapter", "note", "position", "position_source", "lines", "anomalies", "aliases"}
    derived = derived_values(layer, subject.properties)
    known = {**subject.properties, **{one.field.id: one.value for one in derived}}
    ratio = next((one.field.id for one in derived if one.field.measure == "ratio"), "")
    stated = subject.stated[0].id if subject.stated is not None else ""
    again = {one.field.id for one in derived if one.source.id == stated and one.field.measure == "additive"}
    out = []
    for one in layer.fields:
        said = (
            (one.measure == "money" or _names_currency(layer, one)) and "money" in told,
            one.id == ratio and "intensity" in told,
            one.type == "date" and "dates" in told,
            one.id in elsewhere | again | {stated, layer.class_field} or one.measure == "uncertainty",
        )
        if not one.popup or any(said):
            continue
        value = Text(shown_value(one, known, "zh") or "", shown_value(one, known, "en") or "")
        if value.zh or value.en:
            out.append(Fact(one.id, one.label, Text(value.zh or value.en, value.en or value.zh)))
    return out


def _names_currency(layer: Layer, field: Field) -> bool:
    return any(one.currency == field.id for one in layer.fields)


def _quoted_at(subject: Subject) -> Text:
    known = subject.properties
    lines = known.get("lines")
    at = "、".join(str(one) for one in lines) if isinstance(lines, list) and lines else ""
    if not at:
        return Text(str(known.get("chapter_zh") or ""), str(known.get("chapter_en") or ""))
    chapter = Text(str(known.get("chapter_zh") or ""), str(known.get("chapter_en") or ""))
    return say("quoted_at", chapter=chapter, lines=at)


def _watch(library: Library, subject: Subject, layer: Layer | None) -> tuple[Text, ...]:
    """Return the oddities of the plan's text, what is stored and does not follow, and what the place allows."""
    known = subject.properties
    out = []
    ids: Any = known.get("anomalies")
    for key in ids if isinstance(ids, list) else ():
        found = library.catalog.anomalies.get(str(key))
        if found is not None:
            out.append(found.text)
    if layer is not None:
        for one in derived_values(layer, known):
            if one.stale and one.stored is not None:
                was, now = (_shown(one.field, value) for value in (one.stored, one.value))
                out.append(say("watch_stale", field=one.field.label, was=was, now=now))
    note = Text(str(known.get("note_zh") or ""), str(known.get("note_en") or ""))
    out += [note] if note.zh or note.en else []
    if subject.shape is not None and subject.uncertainty_m:
        out.append(say("watch_position"))
    return tuple(out)


def _shown(field: Field, value: float) -> Text:
    zh, en = (shown_value(field, {field.id: value}, language) or "" for language in ("zh", "en"))
    return Text(zh, en)
