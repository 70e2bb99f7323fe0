"""What a map shows in numbers: the title of its slide."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain

from briefings.map.description import Description, ShownLayer
from briefings.map.fonts import drawable_text
from briefings.map.listing import Listing
from briefings.map.picture import LatePicture
from briefings.messages import say
from briefings.resolve.blocks import BriefingSection
from briefings.resolve.conclusions import is_short_title
from briefings.resolve.map_comparisons import (
    largest_classes,
    largest_kind,
    near_said,
    nearest_half,
    shares_said,
)
from geo.measure.crs_words import crs_words
from geo.text import Text, join_texts
from layers.figures.figure import Figure
from layers.figures.presentation import shown_decimals
from layers.library.library import Library
from layers.plan.views import View
from layers.units import measured_text

_MOST = 3  # layers, or lines, that a title names
_FEWEST_NAMED = 2
_FIRST_PART, _FIRST_SOURCE = re.compile("[，,]"), re.compile(r"\s*[；;（(]")


def concluded_map(section: BriefingSection, figures: Sequence[Figure], language: str) -> BriefingSection:
    """Return a map's section with what it shows in numbers: its figures' own where they say it."""
    drawn, view, library = section.picture, section.view, section.library
    if not isinstance(drawn, LatePicture) or view is None or library is None or section.findings:
        return section
    found = map_findings(drawn.sheet.said, view, language, library=library, figures=figures)
    return replace(section, findings=found)


def map_findings(
    said: Description, view: View, language: str, *, library: Library, figures: Sequence[Figure] = ()
) -> tuple[str, ...]:
    """Return what is most on a map, or what is near, as titles, the fullest first; nothing of an empty map.

    What is numbered or classed is what the map is about; else the layers that its view names last are. Where
    nothing is to be compared, it is said how much of each layer the map shows.

    Parameters
    ----------
    said, view
        The map, and what was asked for.
    language
        ``zh`` or ``en``.
    library
        The plan.
    figures
        Of the briefing: the shares of classes are theirs.
    """
    listing, order = said.listing, {one: at for at, one in enumerate(view.layers or ())}
    shown = [one for one in reversed(said.layers) if len(one.chosen)]
    shown.sort(key=lambda one: -order.get(one.snapshot.layer.id, -1))
    told = list[Text]()
    about = [one for one in shown if listing is not None and one.snapshot.layer.id == listing.layer]
    if about and listing is not None:
        told = [*_with_state(about[0], listing), *_plainly(about[0])]
    elif about := [one for one in shown if one.snapshot.layer.class_field]:
        scheme = library.catalog.classes.get(about[0].snapshot.layer.scheme, ())
        classes, known = largest_classes(about[0], scheme, figures)
        told = [*shares_said(classes, told=known), *_plainly(about[0])]
    else:
        back = {one.layer for one in library.catalog.background}
        lines = [
            one for one in shown if one.snapshot.layer.geometry == "line" and one.snapshot.layer.id not in back
        ]
        told = [*_named(lines), *_compared(shown)] or _all_counted(shown)
    return tuple(dict.fromkeys(drawable_text(one[language], longest=160) for one in told))


def _named(shown: Sequence[ShownLayer]) -> list[Text]:
    """Return the names of the few lines a map is about; nothing of many, or of what is no title in a language."""
    for one in shown:
        layer = one.snapshot.layer
        found = [] if one.near is None else list(one.near[: _MOST + 1])
        names = [Text(line.short_name(layer, "zh"), line.short_name(layer, "en")) for line in found]
        if _FEWEST_NAMED <= len(set(names)) == len(names) <= _MOST and all(name.zh and name.en for name in names):
            said = say("map_names", layer=layer.label, names=join_texts(say("map_name_join"), names))
            if is_short_title(said.zh) and is_short_title(said.en):  # a map has one title in both
                return [said]
    return []


def _compared(shown: Sequence[ShownLayer]) -> list[Text]:
    """Return what most of a layer's features are, or what half of them are near; of the uppermost that says it."""
    for one in shown:
        kind = largest_kind(one)
        if kind is not None:
            return [_most_said(_shown(one), *kind), _part_said(one, one.inside, *kind)]
    for one in shown:
        others = [two for two in shown if two is not one and two.snapshot.layer.geometry == "polygon"]
        if one.snapshot.layer.geometry != "line" and others:
            found = next(((near, two) for two in others if (near := nearest_half(one, two)) is not None), None)
            if found is not None:
                return [near_said(_shown(one), found[0], found[1].snapshot.layer.label)]
    return []


def _all_counted(shown: Sequence[ShownLayer]) -> list[Text]:
    """Return how many features of each layer a map shows, the most layers first."""
    counted = [_shown(one) for one in [one for one in shown if one.inside][:_MOST]]
    return [join_texts(say("map_join"), counted[:most]) for most in range(len(counted), 0, -1)]


def coverage_findings(figure: Figure, language: str) -> tuple[str, ...]:
    """Return how much of how much a coverage figure's map shows as covered, as a title; nothing without a sum."""
    row = next((one for one in reversed(figure.rows) if one["kind"] == "total"), None)
    columns = {one.id: one for one in figure.columns}
    known = [(columns.get(key), row.get(key) if row else None) for key in ("total", "covered")]
    told = [
        measured_text(float(value), column.unit or "count", shown_decimals(float(value), column))
        for column, value in known
        if column is not None and isinstance(value, int | float)
    ]
    if len(told) < len(known):
        return ()
    said = say("map_covered", total=told[0], covered=told[1])
    return (drawable_text(said[language], longest=160),)


def _shown(one: ShownLayer) -> Text:
    """Return how many features of a layer a map shows."""
    return say("map_counted", layer=one.snapshot.layer.label, count=f"{one.inside:,}")


def _plainly(one: ShownLayer) -> list[Text]:
    """Return how many features of a layer there are, with how many a map shows of them first."""
    label, count = one.snapshot.layer.label, f"{len(one.chosen):,}"
    plain = say("map_counted", layer=label, count=count)
    if one.inside < len(one.chosen):
        return [say("map_on_map", layer=label, count=count, inside=f"{one.inside:,}"), plain]
    return [plain]


def _most_said(said: Text, label: Text, count: int) -> Text:
    """Return a count with that of its largest group, as a figure's title says it."""
    return say("takeaway_most", said=said, label=label, value=measured_text(count, "count", 0))


def _part_said(one: ShownLayer, whole: int, label: Text, count: int) -> Text:
    """Return how many features of a layer are of its largest group: in fewer letters, for a title.

    Parameters
    ----------
    one, whole
        The layer, and how many features of it are counted.
    label, count
        Its largest group, and how many are of it.
    """
    named = {"layer": one.snapshot.layer.label, "label": label}
    return say("map_part", **named, whole=f"{whole:,}", count=f"{count:,}")


def _with_state(one: ShownLayer, listing: Listing) -> list[Text]:
    """Return a map's count with that of its largest group; nothing where there are no groups."""
    if len(listing.groups) < 2:
        return []
    largest = max(listing.groups, key=lambda group: len(group.rows))
    label, count = Text(largest.label, largest.label), len(largest.rows)
    plain = [_most_said(said, label, count) for said in _plainly(one)]
    return [*plain, _part_said(one, len(one.chosen), label, count)]


def map_foot(
    said: Description, section: BriefingSection, language: str, *, lines_of: Callable[[str], int], most: int
) -> str:
    """Return the words below a map: what its shapes are not, its source, coordinate system, scale and day.

    All sources in one line, with less of the coordinate system and their short names, come before more lines.

    Parameters
    ----------
    said
        The map.
    section
        Whose it is.
    language
        ``zh`` or ``en``.
    lines_of
        How many lines a text takes.
    most
        How many have room: else the first sources are told with how many more there are; a page at the end has
        them whole.
    """
    library = section.library
    if library is None:
        return ""
    plan = library.catalog.plan
    layers = [one.snapshot.layer for one in reversed(said.layers) if one.inside]
    between = say("sheet_between")[language]
    notice = [say("slide_illustrative")[language]] * any(one.illustrative for one in layers)
    sources = list(dict.fromkeys(one.source[language].rstrip("。.") for one in layers if one.source[language]))
    crs, scale = crs_words(plan.plane_crs)[language], [f"1:{said.scale:,.0f}"] if said.scale else []
    day = library.when or library.moment or plan.document_date
    short = _FIRST_PART.split(crs)[0]  # the system's name alone, without its projection
    brief = list(dict.fromkeys(_FIRST_SOURCE.split(one)[0] or one for one in sources))  # whose they are
    ways = [[between.join(one), *more] for one in (sources, brief) for more in ([crs], [short], [])]
    ways = ways if sources else [[crs], [short], []]
    whole, count = len(ways), len(brief)
    for kept in range(count - 1, 0, -1):
        first = between.join(brief[:kept])
        ways.append([say("map_sources_more", first=first, more=count - kept, count=count)[language]])
    told = [drawable_text(" · ".join([*notice, *one, *scale, day]), longest=600) for one in ways]
    short_first = (one for one in told[:whole] if lines_of(one) == 1)
    return next(chain(short_first, (one for one in told if lines_of(one) <= most), told[-1:]))
