"""A dossier of a site as a section: what the plan says, where it falls, what is near, how sure the place is."""

from __future__ import annotations

import math
from collections.abc import Iterator

import shapely

from briefings.map.fonts import drawable_text
from briefings.map.layouts import Options
from briefings.map.picture import draw
from briefings.map.presets import paper_size
from briefings.messages import say
from briefings.onefile.packed import shown_value
from briefings.resolve.blocks import BriefingSection, Table
from geo.errors import PlanAtlasError
from geo.text import Text, join_texts
from layers.errors import UnknownFeature
from layers.library.library import Library
from layers.places.dossier import Dossier, Relation, collect_dossier
from layers.plan.views import View

SITE_MAP = paper_size(130, 106, dpi=250)
_AROUND = 5.0  # the map shows so many times the site's own size
_LEAST_DEGREES, _SCREEN, _TILE = 0.02, 1200.0, 256.0
_FACTS_LONGEST = 260


class NoDossier(PlanAtlasError):
    """A dossier's feature is not named as layer/feature."""

    code = "no_dossier"
    zh = "项目档案“{feature}”无效：应写作 图层/要素编号，例如 projects/p-01。"
    en = "The dossier “{feature}” is not valid: write layer/feature, such as projects/p-01."


def dossier_of(library: Library, named: str) -> Dossier:
    """Return the dossier of ``layer/feature``.

    Raises
    ------
    NoDossier, UnknownLayer, UnknownFeature
        There is no such feature, or it is written wrongly.
    """
    layer_id, sign, feature_id = named.partition("/")
    if not sign or not feature_id:
        raise NoDossier(feature=named[:60])
    return collect_dossier(library, layer_id, feature_id, restricted=False)


def dossier_section(library: Library, found: Dossier, language: str, *, drawn: Library) -> BriefingSection:
    """Return a dossier as a section; its map is drawn from ``drawn``, the plan as it may leave.

    Parameters
    ----------
    library
        The open plan, measured on.
    found
        The dossier.
    language
        ``zh`` or ``en``.
    drawn
        The plan as it may leave, for the map.
    """
    layer = found.snapshot.layer
    named = f"{layer.id}/{found.feature.id}"
    view = _around(found)
    properties = {**found.feature.properties, **{one.field.id: one.value for one in found.derived}}
    facts = tuple(
        (drawable_text(f.label[language]), drawable_text(value, longest=_FACTS_LONGEST))
        for f in layer.fields
        if f.popup and f.id != "quote" and (value := shown_value(f, properties, language))
    )
    tables = [Table(_heads("item", "stated", language=language), facts, (False, False))] if facts else []
    numbers = (False, False, True)
    if found.within:
        heads = _heads("layer", "lies_in", "share", language=language)
        tables.append(Table(heads, _rows(found.within, language), numbers))
    if found.near:
        heads = _heads("layer", "nearest", "distance", language=language)
        tables.append(Table(heads, _rows(found.near, language), numbers))
    quote = str(found.feature.properties.get("quote") or "")
    quoted = say("quoted", quote=quote)[language] if quote else ""
    picture = (
        draw(drawn, view, Options(size=SITE_MAP, language=language, arrangement="untitled")) if view else None
    )
    layers = say("listed")[language].join(library.layer(key).label[language] for key in found.versions)
    caveat = found.caveat[language]
    return BriefingSection(
        "dossier",
        drawable_text(found.feature.name(layer, language)),
        sentence=drawable_text(_place(found)[language], longest=300),
        paragraphs=(drawable_text(quoted, longest=400),) if quoted else (),
        picture=picture,
        tables=tuple(tables),
        caveats=tuple(drawable_text(text, longest=300) for text in (caveat, *_stale(found, language)) if text),
        source=drawable_text(f"{layers} · /features/{named}", longest=260),
        view=view,
        library=drawn,
    )


def _stale(found: Dossier, language: str) -> Iterator[str]:
    """Say where a stored value is not what follows from the others: the dossier shows what follows."""
    for one in found.derived:
        if one.stale:
            shown = [shown_value(one.field, {one.field.id: value}, language) for value in (one.stored, one.value)]
            names = {"field": one.field.label[language], "source": one.source.label[language]}
            yield say("dossier_stale", was=shown[0] or "—", now=shown[1] or "—", **names)[language]


def _heads(*columns: str, language: str) -> tuple[str, ...]:
    return tuple(say(f"dossier_{column}")[language] for column in columns)


def _rows(relations: tuple[Relation, ...], language: str) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (drawable_text(r.layer[language]), drawable_text(r.name[language]), drawable_text(r.how[language]))
        for r in relations
    )


def _place(found: Dossier) -> Text:
    """Return in one sentence where a site lies."""
    if found.feature.geometry is None:
        known = found.feature.properties
        why = Text(str(known.get("unplaced_reason_zh") or ""), str(known.get("unplaced_reason_en") or ""))
        return say("place_unknown", why=why)
    zones = [r for r in found.within if r.share and r.share > 0.5][:3]
    named = join_texts(say("comma"), (r.name for r in zones)) if zones else say("place_no_zone")
    return say("place_lies_in", zones=named)


def _around(found: Dossier) -> View | None:
    """Return a view of the site and its surroundings; None where it has no place."""
    place = found.feature.geometry
    if place is None:
        return None
    west, south, east, north = shapely.bounds(place).tolist()
    degrees = max(_AROUND * max(east - west, north - south), _LEAST_DEGREES)
    key = f"{found.snapshot.layer.id}/{found.feature.id}"
    return View(
        center=((west + east) / 2, (south + north) / 2),
        zoom=math.log2(360.0 * _SCREEN / (_TILE * degrees)),
        selected=key,
    )


__all__ = ["NoDossier", "UnknownFeature", "dossier_of", "dossier_section"]
