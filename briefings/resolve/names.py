"""What a briefing names, checked before anything is made; and the numerals of its text that no figure gives."""

from __future__ import annotations

import re
from collections.abc import Mapping

from briefings.resolve.declaration import Briefing, UnboundNumber, UnknownIndicator
from layers.plan.statistics import Promises
from layers.plan.views import UnknownView, View

BOUND = re.compile(r"\{\s*([^\W\d][^{}\s]*)\s*\}")  # a word in braces, one that was mistyped too
_NUMERAL = re.compile(r"\d[\d,]*(?:\.\d+)?%?")


def check_names(briefing: Briefing, promises: Promises, views: Mapping[str, View]) -> None:
    """Refuse a briefing that names what is not there, placeholders in its texts too.

    Parameters
    ----------
    briefing
        The declaration.
    promises
        The statistics and indicators that are declared.
    views
        The views that are known.

    Raises
    ------
    UnboundNumber, UnknownIndicator, UnknownView
        It names what is not there.
    """
    for item in briefing.items:
        if item.kind == "map" and not item.state and item.view not in views:
            raise UnknownView(view=item.view[:60], known=", ".join(views) or "—")
        if item.kind == "indicator" and item.indicator not in promises.indicators:
            raise UnknownIndicator(indicator=item.indicator[:60], known=", ".join(promises.indicators) or "—")
    for name in named_statistics(briefing):
        if name not in promises.statistics:
            raise UnboundNumber(statistic=name[:60], known=", ".join(promises.statistics) or "—")


def named_statistics(briefing: Briefing) -> list[str]:
    """Return the statistics a briefing shows or binds into its texts, each once, in order."""
    names = list[str]()
    for item in briefing.items:
        if item.kind == "figure" and not item.figure:
            names.append(item.statistic)
        for text in item.text:
            names += BOUND.findall(text.zh) + BOUND.findall(text.en)
    return list(dict.fromkeys(names))


def find_numerals(text: str) -> list[str]:
    """Return the numerals of a text as they are written.

    Examples
    --------
    >>> find_numerals("24.99% of 2,645.67 ha within 500 m")
    ['24.99%', '2,645.67', '500']
    """
    return [found.rstrip(",") for found in _NUMERAL.findall(text)]


def typed_numerals(text: str) -> list[str]:
    """Return the numerals a person typed into a text: those that stand outside its placeholders.

    Examples
    --------
    >>> typed_numerals("{homes} of annex 1")
    ['1']
    """
    return find_numerals(BOUND.sub(" ", text))
