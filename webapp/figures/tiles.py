"""What the dashboard shows: its questions, their figures as far as they are ready, and how the promises stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, islice
from typing import Literal

from geo.text import Text
from layers.errors import BadParameter, LayerUnavailable, UnknownLayer
from layers.figures.board import Board, Promise, Tile, TilePart, Zone
from layers.figures.brief import brief_figure
from layers.figures.figure import Figure, FigureShelf, UnknownFigure, figure_of
from layers.figures.focus import Focus, depends_on_day, focus_question
from layers.figures.kept import KeptFigure
from layers.figures.presentation import Shown
from layers.figures.question import read_questions
from layers.figures.standing import (
    STANDINGS,
    indicator_reason,
    indicator_standing,
    target_reason,
    target_standing,
    undecided_reason,
)
from layers.library.library import Library
from layers.library.listing import ground_blocks
from layers.plan.catalog import Plan
from layers.plan.dashboard import Dashboard, read_dashboard
from layers.plan.schedule import read_day, span_of, usual_day
from layers.plan.statistics import Indicator, Promises, Statistic
from layers.units import measured_text
from webapp.figures.features_behind import rows_behind
from webapp.figures.warmup import Wanted, Warmup
from webapp.state import AppState

_MOST_ZONES = 300
_MOST_BARS = 8
_AREAS = ("m2", "mu", "ha", "km2")
_URGENT = ("behind", "on_the_way", "met", "undecided", "not_computable")  # the order targets are told in


@dataclass(frozen=True)
class Looking:
    """Who looks at what: zone and day, the language, what is declared, and whether restricted layers count.

    ``judged`` is the day indicators are judged on, by what was measured until then.
    """

    focus: Focus
    day: date
    language: str
    known: Promises
    restricted: bool
    judged: date


def begin_warming(state: AppState) -> None:
    """Keep figures ready: the dashboard's of the whole plan, all declared ones, the dashboard's of each block."""
    library = state.library
    state.warmup.begin(
        lambda: chain(
            usual_questions(library, blocks=False), declared_questions(library), usual_questions(library)
        )
    )


def declared_questions(library: Library) -> Iterator[Wanted]:
    """Yield the plan's statistics as everybody sees them on their page."""
    yield from map(Wanted, read_questions(library.folder, hidden=library.catalog.restricted).statistics.values())


def usual_questions(library: Library, *, blocks: bool = True) -> Iterator[Wanted]:
    """Yield the dashboard's questions as everybody sees them first: of the whole plan, then of each block."""
    known = read_questions(library.folder)
    layers = library.catalog.layers
    hidden = library.catalog.restricted
    statistics = [
        one
        for one in _shown(read_dashboard(library.folder, known), known)
        if not any(hidden & source.layers for source in one.inputs.values())
    ]
    of_blocks = library.catalog.plan.blocks if blocks else None
    when = _unusual(library.catalog.plan, "")
    places = [Focus(when=when)]
    if of_blocks is not None:
        ground = ground_blocks(library, restricted=False)
        places += [Focus(of_blocks.layer, str(one["feature"]), when) for one in ground]
    for place in places:
        for statistic in statistics:
            asked, zoned = focus_question(statistic, place, layers)
            if zoned:
                yield Wanted(asked)


def _shown(board: Dashboard, known: Promises) -> list[Statistic]:
    ids = [one for part in board.parts for one in part.statistics]
    ids += [target.statistic for target in known.targets.values()]
    return [known.statistics[one] for one in dict.fromkeys(ids) if one in known.statistics]


def _unusual(plan: Plan, when: str) -> str:
    """Return a day as a question names it: empty is that of the plan's document; one without a date has today."""
    usual = usual_day(plan).isoformat()
    if span_of(plan.document_date) is None:
        return when or usual
    return "" if when == usual else when


def read_focus(library: Library, zone: str, when: str, *, restricted: bool) -> Focus:
    """Return what is looked at, as an address says it.

    Parameters
    ----------
    library
        The plan.
    zone
        ``layer/feature``, or empty for all of the plan.
    when
        A day, or empty for the plan's own.
    restricted
        Whether the reader may know of restricted layers.

    Raises
    ------
    BadParameter
        There is no such zone on the map, or it is no day.
    """
    if when and read_day(when) is None:
        raise BadParameter(
            name="when",
            why_zh="应为 2021-08-31 这样的日期",
            why_en="a day such as 2021-08-31 is expected",
        )
    when = _unusual(library.catalog.plan, when)
    layer_id, _, feature_id = zone.partition("/")
    if not zone:
        return Focus(when=when)
    try:
        found = library.snapshot(library.layer(layer_id, restricted=restricted)).find(feature_id)
    except (UnknownLayer, LayerUnavailable):
        found = None
    if found is None or found.geometry is None or found.geometry.geom_type not in ("Polygon", "MultiPolygon"):
        raise BadParameter(name="zone", why_zh="没有这个已上图的分区", why_en="there is no such zone on the map")
    return Focus(layer_id, feature_id, when)


def zones_of(library: Library, *, restricted: bool) -> list[Zone]:
    """Return the zones one may look at: the blocks of the plan's ground first, then other zones on the map."""
    blocks = library.catalog.plan.blocks
    first = ground_blocks(library, restricted=restricted)
    found = {
        f"{blocks.layer}/{one['feature']}": Zone(f"{blocks.layer}/{one['feature']}", Text(**one["label"]))
        for one in first
        if blocks is not None
    }
    for layer in library.layers(restricted=restricted):
        if "zones" not in layer.usual:
            continue
        try:
            placed = library.snapshot(layer).features.placed
        except LayerUnavailable:
            continue
        for one in islice(placed, _MOST_ZONES):
            name = Text(one.name(layer, "zh"), one.name(layer, "en"))
            found.setdefault(f"{layer.id}/{one.id}", Zone(f"{layer.id}/{one.id}", name))
    return list(found.values())[:_MOST_ZONES]


class Tiles:
    """Puts the dashboard together from what is ready, and asks for the rest.

    Parameters
    ----------
    library, shelf, warmup
        The plan, the figures kept, and who computes what is not ready.
    """

    def __init__(self, library: Library, shelf: FigureShelf, warmup: Warmup) -> None:
        self._library, self._shelf, self._warmup = library, shelf, warmup

    def board(self, view: Looking) -> Board:
        """Return the dashboard; what is not ready yet is computed next."""
        layers = self._library.catalog.layers
        hidden = read_questions(self._library.folder).statistics.keys() - view.known.statistics.keys()
        declared = read_dashboard(self._library.folder, view.known, hidden)
        missing: dict[str, Wanted] = {}

        def tile(statistic: Statistic, focus: Focus) -> Tile:
            question, zoned = focus_question(statistic, focus, layers)
            wanted = Wanted(question, view.restricted)
            made = replace(self._tile(wanted, view), zoned=zoned, timed=depends_on_day(statistic, layers))
            if made.state == "waiting":
                missing[repr(wanted)] = wanted
            return made

        known = view.known
        parts = tuple(
            TilePart(
                part.id,
                part.label[view.language],
                tuple(tile(known.statistics[one], view.focus) for one in part.statistics),
            )
            for part in declared.parts
        )
        targets = []
        for one in known.targets.values():
            statistic = known.statistics.get(one.statistic)
            made = tile(statistic, Focus(when=view.focus.when)) if statistic is not None else None
            told = self._told(made.figure) if made is not None and made.figure else None
            waits = made is not None and made.state == "waiting"
            why = None if waits else target_reason(one, told, view.day)
            standing = "undecided" if waits else target_standing(one, told, view.day)
            targets.append(Promise(one.id, standing, why[view.language] if why else "", made))
        indicators = [_judged(one, view) for one in known.indicators.values()]
        if missing:
            self._warmup.ask(missing.values())
        counts = Counter(one.standing for one in (*targets, *indicators))
        return Board(
            view.day.isoformat(),
            parts,
            tuple(sorted(targets, key=lambda one: _URGENT.index(one.standing))),
            tuple(indicators),
            {one: counts[one] for one in STANDINGS},
            len(missing),
            tuple(Text(one.message("zh"), one.message("en")) for one in declared.problems),
        )

    def _told(self, figure: str) -> KeptFigure | None:
        try:
            return self._shelf.read(figure)
        except UnknownFigure:  # swept away meanwhile: it is computed again
            return None

    def _tile(self, wanted: Wanted, view: Looking) -> Tile:
        statistic, language = wanted.statistic, view.language
        limit = statistic.threshold
        asked = "" if limit is None or not limit.read else measured_text(limit.value, statistic.unit, 2)[language]
        tile = Tile(statistic.id, statistic.label[language], "waiting")
        found = self._warmup.find(wanted)
        if found is None:
            return tile
        if found.problem is not None:
            return replace(tile, state="failed", problem=found.problem[language])
        told = self._told(found.figure)
        if told is None:
            return tile
        figure = figure_of(told)
        undecided = limit is not None and limit.read and told["state"] == "computed" and told["meets"] is None
        links, colors = self._bars(figure, view)
        return replace(
            tile,
            figure=told["id"],
            state=told["state"],
            illustrative=any(use["illustrative"] for use in told["layers"]),
            meets=told["meets"],
            sized=_sized(told),
            limit=f"{limit.sign} {asked}" if limit is not None and asked else "",
            reason=undecided_reason(told)[language] if undecided else "",
            unread=limit is not None and not limit.read,
            links=links,
            colors=colors,
            shown=_short(brief_figure(figure, language)),
        )

    def _bars(self, figure: Figure, view: Looking) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return where each bar of a figure's chart leads, and the colour its features have on the map."""
        rows = rows_behind(self._library, figure, restricted=view.restricted)
        drawn = [rows[at] for at in figure.presentation.drawn]
        links = tuple(one.address if one else f"/figures/{figure.id}#table" for one in drawn)
        return links, tuple(one.color if one else "" for one in drawn)


def _judged(one: Indicator, view: Looking) -> Promise:
    why = indicator_reason(one, view.judged)
    return Promise(one.id, indicator_standing(one, view.judged), why[view.language] if why else "")


def _sized(told: KeptFigure) -> Literal["", "drawn", "stated"]:
    """Return where a figure's areas are from: the shapes on the map, or a field as the text states it."""
    statistic = told["statistic"]
    if (told.get("unit") or statistic["unit"]) not in _AREAS:
        return ""
    return "stated" if statistic.get("field") else "drawn"


def _short(shown: Shown) -> Shown:
    """Return a shown figure with as many bars as a tile has room for."""
    chart = shown.chart
    if chart is None or chart.form == "columns" or len(chart.bars) <= _MOST_BARS:
        return shown
    left = chart.left + len(chart.bars) - _MOST_BARS
    return replace(shown, chart=replace(chart, bars=chart.bars[:_MOST_BARS], left=left))
