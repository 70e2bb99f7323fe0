"""What a sheet says of itself below its map: the plan's notice, its sources, its facts."""

from __future__ import annotations

from collections.abc import Sequence

from briefings.map.description import ShownLayer
from briefings.messages import say
from geo.measure.crs_words import crs_words
from layers.library.library import Library


def plan_lines(
    library: Library,
    drawn: list[ShownLayer],
    language: str,
    *,
    scale: float | None = None,
    number: str = "",
) -> list[str]:
    """Return the lines under a map: notice, sources, and the facts of a sheet.

    Parameters
    ----------
    library
        The open plan.
    drawn
        The layers on the map, with what of them is shown.
    language
        ``zh`` or ``en``.
    scale
        Denominator of the map's scale; None where it has none.
    number
        The sheet's own number; empty where it has none.
    """
    facts = sheet_facts(library, language, scale=scale, number=number)
    return [*source_lines(library, drawn, language), " · ".join(facts.values())]


def source_lines(
    library: Library, drawn: Sequence[ShownLayer], language: str, *, sourced: bool = True
) -> list[str]:
    """Return what is said of where the layers of a map come from: the plan's notice, the sources.

    Parameters
    ----------
    library, drawn, language
        As for ``plan_lines``.
    sourced
        Whether the sources are said here: not in a document, whose text says them.
    """
    between = say("sheet_between")[language]
    sources = between.join(dict.fromkeys(one.snapshot.layer.source[language].rstrip("。.") for one in drawn))
    of_plan = not drawn or any(one.snapshot.came is None for one in drawn)
    return [
        *([library.catalog.plan.notice[language]] if of_plan else []),
        *([say("sheet_sources", sources=sources)[language]] if sourced else []),
    ]


def sheet_facts(
    library: Library, language: str, *, scale: float | None = None, number: str = ""
) -> dict[str, str]:
    """Return what a sheet says of itself, each with its word, in reading order; what nobody stated is left out.

    Parameters
    ----------
    library, language, scale, number
        As for ``plan_lines``.
    """
    plan = library.catalog.plan
    told = {
        "scale": say("sheet_scale", scale=f"{scale:,.0f}") if scale else None,
        "crs": crs_words(plan.plane_crs),
        "day": say("sheet_dated", day=plan.document_date),
        "as_of": say("sheet_as_of", day=library.moment) if library.moment else None,
        "when": say("sheet_when", day=library.when) if library.when else None,
        "number": say("sheet_number", number=number) if number else None,
        "maker": say("sheet_maker", maker=plan.map_maker) if plan.map_maker else None,
        "review": say("sheet_review", number=plan.map_review_no or say("sheet_no_review")),
    }
    return {key: text[language] for key, text in told.items() if text is not None}
