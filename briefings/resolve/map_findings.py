"""What a map shows in numbers: the title of its slide."""

from __future__ import annotations

import re
from collections.abc import Callable

from briefings.map.description import Description, ShownLayer
from briefings.map.fonts import drawable_text
from briefings.map.listing import Listing
from briefings.messages import say
from briefings.resolve.blocks import BriefingSection
from geo.measure.crs_words import crs_words
from geo.text import Text, join_texts
from layers.figures.figure import Figure
from layers.figures.presentation import shown_decimals
from layers.plan.views import View
from layers.units import measured_text

_MOST = 3  # layers that a title names
_FIRST_PART = re.compile("[，,]")


def map_findings(said: Description, view: View, language: str) -> tuple[str, ...]:
    """Return how much of what a map shows, as titles, the fullest first; nothing of an empty map.

    What is numbered or classed is what the map is about; else the layers that its view names last are.

    Parameters
    ----------
    said, view
        The map, and what was asked for.
    language
        ``zh`` or ``en``.
    """
    listing, order = said.listing, {one: at for at, one in enumerate(view.layers or ())}
    shown = [one for one in reversed(said.layers) if len(one.chosen)]
    shown.sort(key=lambda one: -order.get(one.snapshot.layer.id, -1))
    about = [one for one in shown if listing is not None and one.snapshot.layer.id == listing.layer]
    about = about or [one for one in shown if one.snapshot.layer.class_field]
    if about:
        plain = _counted(about[0])
        more = [] if listing is None else [_with_state(plain, listing)]
        told = [*more, plain]
    else:
        counted = [
            say("map_counted", layer=one.snapshot.layer.label, count=f"{one.inside:,}")
            for one in [one for one in shown if one.inside][:_MOST]
        ]
        told = [join_texts(say("map_join"), counted[:most]) for most in range(len(counted), 0, -1)]
    return tuple(dict.fromkeys(drawable_text(one[language], longest=160) for one in told))


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


def _counted(one: ShownLayer) -> Text:
    """Return how many features of a layer a map shows: of how many, or of how many classes."""
    label, count = one.snapshot.layer.label, f"{len(one.chosen):,}"
    classes = len(one.legend.entries) - len(one.others)
    if one.inside < len(one.chosen):
        return say("map_on_map", layer=label, count=count, inside=f"{one.inside:,}")
    if one.snapshot.layer.class_field and classes > 1:
        return say("map_classed", layer=label, count=count, classes=classes)
    return say("map_counted", layer=label, count=count)


def _with_state(said: Text, listing: Listing) -> Text:
    """Return a map's count with that of its largest group; as it is where there are no groups."""
    if len(listing.groups) < 2:
        return said
    largest = max(listing.groups, key=lambda one: len(one.rows))
    label = Text(largest.label, largest.label)
    return say("map_most", said=said, state=label, count=len(largest.rows))


def map_foot(said: Description, section: BriefingSection, language: str, *, fits: Callable[[str], bool]) -> str:
    """Return the line below a map: what its shapes are not, its source, coordinate system, scale and day.

    Parameters
    ----------
    said
        The map.
    section
        Whose it is.
    language
        ``zh`` or ``en``.
    fits
        Whether a line finds room: sources are left out from the last on until it does.
    """
    library = section.library
    if library is None:
        return ""
    plan = library.catalog.plan
    layers = [one.snapshot.layer for one in reversed(said.layers) if one.inside]
    between = say("listed")[language]
    notice = [say("slide_illustrative")[language]] * any(one.illustrative for one in layers)
    sources = list(dict.fromkeys(one.source[language].rstrip("。.") for one in layers if one.source[language]))
    crs, scale = crs_words(plan.plane_crs)[language], [f"1:{said.scale:,.0f}"] if said.scale else []
    day = library.when or library.moment or plan.document_date
    ways = [[between.join(sources[:most]), crs] for most in range(len(sources), 0, -1)]
    ways += [
        [crs],
        [_FIRST_PART.split(crs)[0]],
        [],
    ]  # the system's name alone, without its projection; then no system
    lines = [drawable_text(" · ".join([*notice, *one, *scale, day]), longest=400) for one in ways]
    return next((one for one in lines if fits(one)), lines[-1])
