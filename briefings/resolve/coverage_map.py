"""A coverage number comes with its map: what is covered, what is not, and by which facilities."""

from __future__ import annotations

import shapely

from briefings.map.answered import Answered
from briefings.map.fonts import drawable_text
from briefings.messages import say
from briefings.resolve.blocks import BriefingSection
from briefings.resolve.computing import source_of
from briefings.resolve.document_maps import draw_for_document, map_sources
from briefings.resolve.map_findings import coverage_findings
from layers.figures.evidence import no_pieces, shown_evidence
from layers.figures.figure import Figure, FigureShelf
from layers.library.library import Library
from layers.plan.views import View

_COVERED = frozenset(("covered", "not covered"))  # states of pieces of evidence
_FAINT = 0.45  # of their opacity: facilities below the pieces
_FACILITIES = ("facilities", "entrances")  # the roles that are drawn: zones are the ground, demand the pieces


def coverage_section(
    library: Library, figure: Figure, language: str, *, shelf: FigureShelf | None
) -> BriefingSection | None:
    """Return the map of a coverage figure as a section; None of a figure that has no such pieces.

    Parameters
    ----------
    library
        The plan as it may be drawn.
    figure
        What the pieces are the evidence of.
    language
        ``zh`` or ``en``.
    shelf
        Where the evidence of a published figure is kept.
    """
    answered = _answered(figure, shelf)
    if answered is None:
        return None
    beside = tuple(dict.fromkeys(use.layer for use in figure.layers if use.role in _FACILITIES))
    title = say("coverage_map", label=figure.statistic.label)
    view = View(title=title, layers=beside, opacity=dict.fromkeys(beside, _FAINT))
    picture = draw_for_document(library, view, language, answered=answered)
    return BriefingSection(
        "map",
        drawable_text(title[language]),
        sentence=drawable_text(figure.sentence[language], longest=200),
        picture=picture,
        source=source_of(figure, language),
        sources=map_sources(library, picture, language),
        view=view,
        library=library,
        answered=answered,
        findings=coverage_findings(figure, language),
    )


def _answered(figure: Figure, shelf: FigureShelf | None) -> Answered | None:
    """Return the covered and uncovered pieces of a figure; None where it has none."""
    if figure.statistic.function != "coverage" or figure.state != "computed":
        return None
    if figure.evidence is not None:
        frame = figure.evidence.frame()
    else:
        frame = shelf.evidence(figure.id) if shelf is not None and shelf.holds(figure.id) else no_pieces()
    if "state" not in frame:
        return None
    frame = shown_evidence(frame)
    states, shapes = frame["state"].fillna("").astype(str), shapely.to_wkb(frame.geometry.to_numpy())
    pieces = [(state, bytes(wkb)) for state, wkb in zip(states, shapes, strict=True) if wkb is not None]
    if not any(state in _COVERED for state, _ in pieces):
        return None
    return Answered(figure.statistic.label, figure.sentence, tuple(pieces))
