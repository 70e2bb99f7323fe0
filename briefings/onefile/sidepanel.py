"""What stands beside the map in a one-file map: search, legend with switches, sources and versions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from briefings.map.description import ShownLayer, name_of, positions_of, used_legend
from briefings.map.legend import position_rows
from briefings.map.sheet_words import plan_lines
from briefings.messages import say
from geo.text import Text
from layers.library.conditions import words_of
from layers.library.library import Library
from layers.plan.style import LegendEntry, LegendSection, Look
from layers.plan.views import View

WORDS: Mapping[str, Text] = {
    key: say(f"onefile_{key}")
    for key in (
        "about",
        "all_of",
        "came",
        "close",
        "count",
        "filtered",
        "first",
        "found",
        "ctrl",
        "fingers",
        "hint",
        "home",
        "illustrative",
        "layers",
        "legend",
        "licence",
        "map",
        "no_reason",
        "none",
        "noscript",
        "not_stated",
        "search",
        "sorry",
        "source",
        "unplaced",
        "version",
        "whole",
        "zoom_in",
        "zoom_out",
    )
} | {"north": say("north")}


def side_panel(library: Library, view: View, shown: Sequence[ShownLayer], language: str) -> dict[str, Any]:
    """Return what the page's body says beside the map, for the template ``sidepanel.html``.

    Parameters
    ----------
    library
        The open plan.
    view
        What the map shows.
    shown
        Its layers, with what of them is shown.
    language
        ``zh`` or ``en``.
    """
    plan, name = library.catalog.plan, name_of(view, library)[language]
    under = view.description[language] or plan.subtitle[language]
    if view.title[language]:
        under = f"{plan.title[language]} · {under}"
    *_, dated = plan_lines(library, list(shown), language)
    of_plan = any(one.snapshot.came is None for one in shown)
    sure = position_rows(positions_of(list(shown)), language)
    return {
        "name": name,
        "under": under,
        "said": {key: text[language] for key, text in WORDS.items()},
        "layers": [_layer(one, used_legend(view, one, one.chosen), language) for one in shown],
        "sure": [(one.entries[0] if one.entries else None, one.text) for one in sure],
        "notice": plan.notice[language] if of_plan else "",
        "dated": dated,
        "dashes": lambda look: " ".join(f"{d:g}" for d in look.dash),
    }


def legend_rows_alike(entries: Sequence[LegendEntry], language: str) -> list[tuple[LegendEntry, str]]:
    """Return a legend's rows: what is drawn alike is one, with all its names, as a screen's map has no patterns.

    Examples
    --------
    >>> red = Look("#ff0000", 1, 1, "#ff0000", 1)
    >>> looks = ((red, "0701"), (red, "0702"), (Look("#00ff00", 1, 1, "#00ff00", 1), "14"))
    >>> rows = [LegendEntry(look, "polygon", Text(name, name)) for look, name in looks]
    >>> [words for _, words in legend_rows_alike(rows, "en")]
    ['0701, 0702', '14']
    """
    rows: dict[tuple[Look, str], list[LegendEntry]] = {}
    for entry in entries:
        rows.setdefault((replace(entry.look, pattern=""), entry.kind), []).append(entry)
    between = say("comma")[language]
    if len(rows) == 1:  # a single row stands for the layer, without its words
        return [(one, one.label[language]) for one in entries]
    return [(alike[0], between.join(one.label[language] for one in alike)) for alike in rows.values()]


def _layer(one: ShownLayer, legend: LegendSection, language: str) -> dict[str, Any]:
    """Return a layer's legend, and where it comes from."""
    snapshot, layer, total = one.snapshot, one.snapshot.layer, len(one.snapshot.features)
    only = words_of(one.conditions)[language]
    return {
        "label": legend.label[language],
        "name": layer.label[language],
        "illustrative": layer.illustrative,
        "rows": legend_rows_alike(legend.entries, language),
        "count": len(one.chosen),
        "source": [
            ("source", layer.source[language]),
            *([("came", snapshot.came[language])] if snapshot.came else []),
            ("licence", layer.licence[language]),
            ("count", f"{len(one.chosen)}" if len(one.chosen) == total else f"{len(one.chosen)} / {total}"),
            *([("filtered", only)] if only else []),
        ],
        "number": snapshot.number,
        "version": snapshot.version,
    }
