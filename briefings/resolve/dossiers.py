"""A site's dossier as a section: all that its page says, from the same values."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qs

import shapely

from briefings.map.fonts import drawable_text
from briefings.messages import say
from briefings.resolve.blocks import BriefingSection, Table
from briefings.resolve.declaration import Item
from briefings.resolve.document_maps import draw_for_document, map_sources
from geo.errors import PlanAtlasError
from geo.text import Text, join_texts
from layers.errors import UnknownFeature
from layers.library.library import Library
from layers.places.check import RuleCheck, rules_of
from layers.places.polygon import polygon_of
from layers.places.site_facts import NearSite, SiteDossier, site_dossier
from layers.places.subject import subject_of_feature, subject_of_shape
from layers.places.told import drawn_label, verdict_label, verdict_sentence
from layers.plan.views import read_view

_LONGEST, _LONGEST_CELL = 400, 1500


class NoDossier(PlanAtlasError):
    """A dossier's feature is not named as layer/feature."""

    code = "no_dossier"
    zh = "项目档案“{feature}”无效：应写作 图层/要素编号，例如 projects/p-01，或含所绘地块（site=）的地图地址。"
    en = (
        "The dossier “{feature}” is not valid: write layer/feature, such as projects/p-01, "
        "or a map's address with a drawn site (site=)."
    )


def dossier_of(library: Library, item: Item) -> SiteDossier:
    """Return the dossier an item asks for: of ``layer/feature``, or of the site drawn in a map's address.

    Raises
    ------
    NoDossier, UnknownLayer, UnknownFeature
        There is no such feature or site, or it is written wrongly.
    BadParameter
        What is drawn is no polygon.
    """
    rules = rules_of(library)
    named = item.feature
    if item.state:
        corners = read_view(item.state).site
        if not corners:
            raise NoDossier(feature=item.state[:60])
        asked = parse_qs(item.state.lstrip("#")).get("industry", [])
        industries = tuple(one for one in asked if one in rules.industries)
        ring = [list(one) for one in (*corners, corners[0])]
        outline = polygon_of({"type": "Polygon", "coordinates": [ring]}, len(ring))
        drawn = subject_of_shape(shapely.from_wkb(outline), name=item.title.zh, industries=industries)
        return site_dossier(library, rules, drawn)
    layer_id, sign, feature_id = named.partition("/")
    if not sign or not feature_id:
        raise NoDossier(feature=named[:60])
    return site_dossier(library, rules, subject_of_feature(library, rules, layer_id, feature_id))


def dossier_section(library: Library, found: SiteDossier, language: str, *, drawn: Library) -> BriefingSection:
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
    subject, check = found.subject, found.check
    view = read_view(found.view) if found.view else None
    picture = None if view is None else draw_for_document(drawn, view, language)
    layers = say("listed")[language].join(library.layer(key).label[language] for key in found.versions)
    source = say("dossier_source", layers=layers, day=check.day) if check.verdict else Text(layers, layers)
    told = [*_verdict(found, language), *_quoted(found, language)]
    return BriefingSection(
        "dossier",
        drawable_text(subject.name[language]),
        sentence=drawable_text(_lead(found, language), longest=_LONGEST),
        paragraphs=tuple(drawable_text(one, longest=_LONGEST) for one in told),
        picture=picture,
        tables=tuple(one for one in _tables(found, language) if one.rows),
        caveats=tuple(drawable_text(one[language], longest=300) for one in found.watch),
        source=drawable_text(source[language], longest=500),
        sources=map_sources(drawn, picture, language) if picture else "",
        view=view,
        library=drawn,
    )


def _lead(found: SiteDossier, language: str) -> str:
    """Return in one sentence what the site is, where it lies, and the few numbers that stand alone."""
    zone = next(one for one in found.where if one.key == "zone")
    told = [say("dossier_lead_fact", name=one.label, value=one.value) for one in (zone, *found.keys)]
    facts = join_texts(say("semicolon"), told)
    return say("dossier_lead", kind=found.kind, facts=facts)[language]


def _verdict(found: SiteDossier, language: str) -> list[str]:
    """Return the verdict with what it rests on and what would settle it; nothing where no rules are asked."""
    check = found.check
    if check.verdict is None:
        return []
    told = say("dossier_verdict", day=check.day, said=verdict_sentence(check))
    return [one[language] for one in (told, check.settles) if one[language]]


def _quoted(found: SiteDossier, language: str) -> list[str]:
    if not found.quote:
        return []
    at = found.quoted_at if found.quoted_at[language] else say("quoted_nowhere")
    return [say("quoted", quote=found.quote, at=at)[language]]


def _tables(found: SiteDossier, language: str) -> list[Table]:
    """Return its facts, the areas it lies in, what is near, and its rules by their word, as its page does."""
    facts = [(one.label[language], one.value[language]) for one in (*found.keys, *found.where)]
    near = [_near(one, language) for one in (*found.nearest, *found.neighbours)]
    within = [_near(one, language)[:3] for one in found.within]
    return [
        _table(("item", "fact"), facts, language),
        _table(("layer", "lies_in", "share"), within, language, numeric=1),
        _table(("layer", "nearest", "distance", "errors"), near, language, numeric=2),
        _table(("word", "rule", "told", "basis"), _rules(found, language), language),
    ]


def _rules(found: SiteDossier, language: str) -> list[tuple[str, ...]]:
    """Return the rules that are asked of the site, those of one word together, by the first of each.

    Of one word, those that rest on the same are one row, which names them all.
    """
    asked = [one for one in found.check.checks if one.verdict != "not_applicable"]
    by_word: dict[str, dict[str, list[RuleCheck]]] = {}
    for one in asked:
        by_word.setdefault(_word(one)[language], {}).setdefault(one.finding.told[language], []).append(one)
    comma, semicolon = say("listed")[language], say("semicolon")[language]
    return [
        (
            word,
            comma.join(one.rule.label[language] for one in rules),
            told,
            semicolon.join(dict.fromkeys(one.rule.source[language] for one in rules)),
        )
        for word, by_told in by_word.items()
        for told, rules in by_told.items()
    ]


def _word(one: RuleCheck) -> Text:
    """Return what a rule is told with: where it is undecided, what it is as drawn."""
    drawn = drawn_label(one)
    return drawn if drawn.zh else verdict_label(one.verdict)


def _near(one: NearSite, language: str) -> tuple[str, ...]:
    return one.layer_label[language], one.name[language], one.told[language], one.errors[language]


def _table(columns: tuple[str, ...], rows: Sequence[tuple[str, ...]], language: str, *, numeric: int = 0) -> Table:
    """Return a table of texts; ``numeric`` is how many of its last columns are numbers."""
    heads = tuple(say(f"dossier_{column}")[language] for column in columns)
    cells = tuple(tuple(drawable_text(text, longest=_LONGEST_CELL) for text in row) for row in rows)
    return Table(heads, cells, tuple(at >= len(columns) - numeric for at in range(len(columns))))


__all__ = ["NoDossier", "UnknownFeature", "dossier_of", "dossier_section"]
