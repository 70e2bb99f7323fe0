"""What a briefing names, checked before anything is made; and the numerals of its text that no figure gives."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import SequenceMatcher

from briefings.resolve.declaration import Briefing, UnboundNumber, UnknownIndicator
from geo.text import Text
from layers.plan.statistics import Promises
from layers.plan.views import UnknownView, View

BOUND = re.compile(r"\{\s*([^\W\d][^{}\s]*)\s*\}")  # a word in braces, one that was mistyped too
_MOST_NEAR = 3  # of names that may have been meant
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
            raise unknown_indicator(item.indicator, promises)
    for name in named_statistics(briefing):
        if name not in promises.statistics:
            raise unbound_number(name, promises)


def named_statistics(briefing: Briefing) -> list[str]:
    """Return the statistics a briefing shows or binds into its texts, each once, in order."""
    names = list[str]()
    for item in briefing.items:
        if item.kind == "figure" and not item.figure:
            names.append(item.statistic)
        for text in item.text:
            names += BOUND.findall(text.zh) + BOUND.findall(text.en)
    return list(dict.fromkeys(names))


def unbound_number(name: str, promises: Promises) -> UnboundNumber:
    """Return the refusal of a statistic that is not declared, with those it may be meant for."""
    known = {key: one.label for key, one in promises.statistics.items()}
    return UnboundNumber(statistic=name[:60], count=len(known), **_nearest(name, known))


def unknown_indicator(name: str, promises: Promises) -> UnknownIndicator:
    """Return the refusal of an indicator that is not declared, with those it may be meant for."""
    known = {key: one.name for key, one in promises.indicators.items()}
    return UnknownIndicator(indicator=name[:60], count=len(known), **_nearest(name, known))


def _nearest(name: str, known: Mapping[str, Text]) -> dict[str, str]:
    """Return the three that are most like a name, by their id or by what they are called, in both languages."""
    asked = name.casefold()

    def like(key: str) -> float:
        words = (key.casefold(), known[key].zh.casefold(), known[key].en.casefold())
        inside = any(asked in one or one in asked for one in words if one)
        return inside + max(SequenceMatcher(None, asked, one).ratio() for one in words)

    near = sorted(known, key=like, reverse=True)[:_MOST_NEAR]
    return {
        "near_zh": "、".join(f"{key}（{known[key].zh}）" for key in near) or "—",
        "near_en": ", ".join(f"{key} ({known[key].en})" for key in near) or "—",
    }


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
