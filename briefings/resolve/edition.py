"""A briefing resolved: in one language, on one state of the data, every map and every number made once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from briefings.map.fonts import drawable_text
from briefings.messages import say
from briefings.resolve.blocks import BoundNumber, BriefingSection, Resolved, Since
from briefings.resolve.changes import figure_moved, moved_text, told_changes, told_sentence
from briefings.resolve.computing import shown_figure, source_of
from briefings.resolve.coverage_map import coverage_section
from briefings.resolve.declaration import (
    Briefing,
    Item,
    KeptDossier,
    Number,
    compared_day,
)
from briefings.resolve.document_maps import draw_for_document, map_sources
from briefings.resolve.dossier_changes import kept_dossier, told_dossier_changes
from briefings.resolve.dossiers import dossier_of, dossier_section
from briefings.resolve.feature_tables import table_section
from briefings.resolve.first_levels import first_level_table
from briefings.resolve.indicators import indicator_section
from briefings.resolve.listed import explain_listing, tabulate_listing
from briefings.resolve.map_findings import concluded_map
from briefings.resolve.moves import moves_of
from briefings.resolve.names import (
    BOUND,
    check_names,
    named_statistics,
    typed_numerals,
    unbound_number,
    unknown_indicator,
)
from briefings.resolve.tables import figure_chart, shown_table
from geo.text import Text
from layers.figures.answer import answer, published_figure
from layers.figures.brief import brief_figure, brief_money
from layers.figures.figure import Figure, FigureShelf, UnknownFigure, figure_of
from layers.figures.question import read_questions
from layers.library.library import EXACT, Library
from layers.places.site_facts import SiteDossier
from layers.plan.catalog import LandClass
from layers.plan.statistics import Promises
from layers.plan.views import UnknownView, View, read_view
from layers.units import measured_text

_BETWEEN_WORDS = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")


@dataclass(frozen=True)
class _Desk:
    """What all sections of a run share; each number is answered once."""

    library: Library
    drawn: Library
    promises: Promises
    views: Mapping[str, View]
    language: str
    software: str
    shelf: FigureShelf | None
    before: Mapping[str, Number]
    figures: dict[str, Figure]
    dossiers: dict[str, SiteDossier]

    def figure(self, statistic: str) -> Figure:
        known = self.promises.statistics
        if statistic not in known:
            raise unbound_number(statistic, self.promises)
        if statistic not in self.figures:
            asked = known[statistic]
            if self.shelf is not None:
                made = published_figure(self.library, asked, self.shelf, software=self.software)
            else:
                made = answer(self.library, lambda _done, _total: None, asked, software=self.software)
            self.figures[statistic] = made
        return self.figures[statistic]

    def pinned(self, figure: str) -> Figure:
        """Return a published figure as it was made; it is not computed again."""
        if self.shelf is None:
            raise UnknownFigure(figure=figure[:60])
        if figure not in self.figures:
            self.figures[figure] = figure_of(self.shelf.read(figure))
        return self.figures[figure]

    @property
    def current(self) -> dict[str, Figure]:
        """The figures as they are now: without published ones, which stay as they were."""
        return {key: one for key, one in self.figures.items() if key != one.id}

    def numbers_in(self, text: str) -> tuple[BoundNumber, ...]:
        """Return the figures a text names in braces, with their values as it will say them."""
        return tuple(BoundNumber(one, self.value_of(one)) for one in BOUND.findall(text))

    def value_of(self, statistic: str) -> str:
        return brief_money(shown_figure(self.figure(statistic))[self.language])

    def bound(self, text: str) -> str:
        filled = BOUND.sub(lambda found: self.value_of(found.group(1)), text)
        if self.language == "en" and text.startswith("{"):  # "at least 3 ha" begins a sentence
            filled = filled[:1].upper() + filled[1:]
        if self.language == "zh":  # the space is for a number: none before a word
            filled = _BETWEEN_WORDS.sub("", filled)
        return drawable_text(filled, longest=1200)


@dataclass(frozen=True, kw_only=True)
class EditionRun:
    """What a run takes from outside the plan.

    Attributes
    ----------
    before
        Numbers of an earlier run, instead of those the declaration keeps; what moved since is said.
    dossiers
        Dossiers of an earlier run, likewise.
    views
        Views besides those of the catalog.
    decimals
        Of a degree, that drawn coordinates may leave with; nothing is computed on them.
    address
        Of the service, where the pages of the figures are found.
    progress
        Called with done and total.
    """

    before: Mapping[str, Number] | None = None
    dossiers: Mapping[str, KeptDossier] | None = None
    views: Mapping[str, View] = field(default_factory=dict)
    decimals: int = EXACT
    address: str = ""
    progress: Callable[[float, float], None] = lambda _done, _total: None


ALONE = EditionRun()


def resolve(
    library: Library,
    briefing: Briefing,
    *,
    language: str,
    software: str,
    shelf: FigureShelf | None = None,
    run: EditionRun = ALONE,
) -> Resolved:
    """Draw the maps and answer the numbers of a briefing, each once, all from one state of the data.

    Parameters
    ----------
    library
        The open plan; what is edited while the briefing is made does not take part.
    briefing
        The declaration.
    language
        ``zh`` or ``en``.
    software
        Version written into the figures.
    shelf
        Where figures are published, so that their addresses open, and found when nothing changed.
    run
        What it takes from outside the plan.

    Raises
    ------
    UnboundNumber, UnknownIndicator, UnknownView, UnknownFeature, UnknownFigure
        The briefing names what is not there; but for features and published figures, this is known before
        anything is made.
    BadDay
        It is to be compared with a day that is none.
    """
    library = library.pinned()
    desk = _Desk(
        library,
        library.rounded(run.decimals),
        read_questions(library.folder),
        {**library.catalog.views, **run.views},
        language,
        software,
        shelf,
        briefing.numbers if run.before is None else run.before,
        {},
        {},
    )
    check_names(briefing, desk.promises, desk.views)
    day = compared_day(briefing, date.today()) if run.before is None else ""
    if day:
        desk = replace(desk, before=_numbers_then(desk, briefing, day))
    sections = []
    for i, item in enumerate(briefing.items):
        run.progress(i, len(briefing.items))
        made = _section(desk, item)
        sections.append(_marked(made, item, language) if briefing.traced else made)
        covered = _covered(desk, made)
        if covered is not None:
            sections.append(covered)
    figures = tuple(desk.figures.values())
    sections = [concluded_map(one, figures, language) for one in sections]
    plan = library.catalog.plan
    since = _since(desk, briefing.dossiers if run.dossiers is None else run.dossiers, day)
    return Resolved(
        title=drawable_text(briefing.title[language] or plan.title[language]),
        author=drawable_text(plan.title[language]),
        maker=drawable_text(plan.map_maker),
        subtitle=drawable_text(briefing.subtitle[language], longest=160),
        dated=f"{plan.document_date} · {date.today().isoformat()}",
        language=language,
        sections=tuple(sections),
        figures=figures,
        since=since,
        numbers={key: number_of(f) for key, f in desk.figures.items()},
        dossiers={key: kept_dossier(library, found, at) for at, (key, found) in enumerate(desk.dossiers.items())},
        versions=_versions(sections, desk.current),
        address=run.address,
    )


def _since(desk: _Desk, dossiers: Mapping[str, KeptDossier], day: str) -> Since:
    """Return what moved in the figures and dossiers of a run since an earlier one, or since a day."""
    language, library, shelf = desk.language, desk.library, desk.shelf
    known = [one for one in desk.current.values() if one.statistic.id in desk.before]
    moved_ones = [figure_moved(one, desk.before, language, library=library, shelf=shelf) for one in known]
    found = [one for one in moved_ones if one is not None]
    lines = [line for one in found for line in told_changes(one, language)]
    beside = [line for one in found for line in told_sentence(one, language)]
    for key, dossier in desk.dossiers.items():
        told = told_dossier_changes(dossier, dossiers.get(key), language, library=library, shelf=shelf)
        lines, beside = [*lines, *told], [*beside, *told]
    table = moves_of(found, language, day=day)
    return Since(table, (*_compared(desk, known, day, moved=table is not None), *beside), tuple(lines))


def _compared(desk: _Desk, known: Sequence[Figure], day: str, *, moved: bool) -> Iterator[str]:
    """Yield that no number moved, and what could not be compared as nothing of the day is kept."""
    used = {use.layer: use.label[desk.language] for one in known for use in one.layers}
    unkept = [label for key, label in used.items() if day and not _keeps(desk.library, key, day)]
    if unkept and len(unkept) == len(used):
        yield say("moves_nothing_kept", day=day)[desk.language]
        return
    if known and not moved:
        yield say("moves_none", when=day or say("moves_last"))[desk.language]
    if unkept:
        layers = say("comma")[desk.language].join(unkept)
        yield drawable_text(say("moves_unkept", day=day, layers=layers)[desk.language], longest=600)


def _keeps(library: Library, layer: str, day: str) -> bool:
    """Return whether a layer has a version of a day or before; without one it is compared with itself."""
    return any(one.made_at[: len(day)] <= day for one in library.store.versions(layer))


def _numbers_then(desk: _Desk, briefing: Briefing, day: str) -> dict[str, Number]:
    """Return the numbers of a briefing on the data of an earlier day; the same where a layer keeps no history."""
    then = replace(desk, library=desk.library.as_of(day), figures={})
    return {name: number_of(then.figure(name)) for name in named_statistics(briefing)}


def _marked(section: BriefingSection, item: Item, language: str) -> BriefingSection:
    """Return a section that says which numerals of its words a person typed."""
    raw = [text[language] for text in (item.title, *item.text)]
    typed = tuple(dict.fromkeys(one for text in raw for one in typed_numerals(text)))
    if not typed:
        return section
    told = say("typed_numerals", listed=say("comma")[language].join(typed))[language]
    return replace(section, typed=typed, caveats=(*section.caveats, told))


def number_of(figure: Figure) -> Number:
    """Return what a later run compares with."""
    versions = {use.layer: use.version for use in figure.layers}
    told = shown_figure(figure)
    return Number(figure.statistic.id, told, figure.id, figure.computed_at, figure.value, versions)


def _section(desk: _Desk, item: Item) -> BriefingSection:
    language, title = desk.language, drawable_text(item.title[desk.language])
    if item.kind == "map":
        return _map(desk, item, title)
    if item.kind == "figure":
        return _figure(desk, desk.pinned(item.figure) if item.figure else desk.figure(item.statistic), title)
    if item.kind == "indicator":
        known = desk.promises.indicators
        if item.indicator not in known:
            raise unknown_indicator(item.indicator, desk.promises)
        made = indicator_section(known[item.indicator], desk.library.catalog, language)
    elif item.kind == "dossier":
        found = dossier_of(desk.library, item)
        if item.feature:  # what was drawn is not followed from run to run
            desk.dossiers[item.feature] = found
        made = dossier_section(desk.library, found, language, drawn=desk.drawn)
    elif item.kind == "chapter":
        made = BriefingSection("chapter", title or say("chapter")[language])
    elif item.kind == "table":
        made = table_section(desk.library, item.table, language)
    else:
        lines = [text[language] for text in item.text]
        made = BriefingSection(
            "text",
            title,
            paragraphs=tuple(map(desk.bound, lines)),
            bound=tuple(map(desk.numbers_in, lines)),
        )
    return replace(made, title=title or made.title, named=bool(title))


def _map(desk: _Desk, item: Item, title: str) -> BriefingSection:
    language = desk.language
    view = desk.views.get(item.view)
    if item.state:
        view = replace(read_view(item.state), title=item.title)
    if view is None:
        raise UnknownView(view=item.view[:60], known=", ".join(desk.views) or "—")
    picture = draw_for_document(desk.drawn, view, language)
    name = title or drawable_text(view.title[language] or desk.library.catalog.plan.title[language])
    layers = say("listed")[language].join(dict.fromkeys(row["label"][language] for row in picture.table))
    return BriefingSection(
        "map",
        name,
        sentence=drawable_text(view.description[language], longest=200),
        paragraphs=explain_listing(picture.sheet.said),
        picture=picture,
        tables=tabulate_listing(picture.sheet.said),
        caveats=tuple(drawable_text(w[language], longest=200) for w in picture.warnings),
        source=drawable_text(layers, longest=260),
        sources=map_sources(desk.drawn, picture, language),
        view=view,
        library=desk.drawn,
        named=bool(title) and title != drawable_text(desk.views[item.view].title[language] if item.view else ""),
    )


def _covered(desk: _Desk, made: BriefingSection) -> BriefingSection | None:
    """Return the map of covered and not covered that goes with a section's figure; None where it has none."""
    if made.figure is None:
        return None
    return coverage_section(desk.drawn, made.figure, desk.language, shelf=desk.shelf)


_VERDICTS = {True: say("meets"), False: say("meets_not"), None: say("meets_undecided")}


def _figure(desk: _Desk, figure: Figure, title: str) -> BriefingSection:
    language = desk.language
    presented = brief_figure(figure, language)
    table = shown_table(presented)
    asked = figure.threshold
    verdict = []
    if asked is not None and asked.read and figure.state == "computed":
        limit = f"{asked.sign} {measured_text(asked.value, figure.statistic.unit, 2)[language]}"
        told = say("verdict", verdict=_VERDICTS[figure.meets], limit=limit, source=asked.source)
        verdict.append(drawable_text(told[language], longest=200))
    return BriefingSection(
        "figure",
        title or drawable_text(figure.statistic.label[language]),
        named=bool(title),
        value=""
        if figure.value is None and figure.headline is None
        else brief_money(shown_figure(figure)[language]),
        sentence=drawable_text(brief_money(figure.sentence[language]), longest=400),
        paragraphs=tuple(verdict),
        chart=figure_chart(figure, presented, language, desk.library.catalog.classes),
        tables=(table,) if table.heads and table.rows else (),
        caveats=tuple(drawable_text(text[language], longest=300) for text in figure.caveats),
        source=source_of(figure, language),
        moved=""
        if figure.id in desk.figures
        else moved_text(figure, desk.before, language),  # a published one stays
        figure=figure,
        short=first_level_table(figure, _scheme(desk, figure), language),
    )


def _scheme(desk: _Desk, figure: Figure) -> tuple[LandClass, ...]:
    """Return the classes of the scheme a figure's classes are of; none where its layer has none."""
    catalog = desk.library.catalog
    used = [catalog.layers[use.layer] for use in figure.layers if use.layer in catalog.layers]
    return next((tuple(catalog.classes.get(one.scheme, ())) for one in used if one.scheme), ())


def _versions(sections: list[BriefingSection], figures: Mapping[str, Figure]) -> dict[str, str]:
    """Return the versions of all layers a run used, one of each: published figures may be of earlier ones."""
    found = {u.layer: u.version for f in figures.values() for u in f.layers}
    for section in sections:
        if section.picture is not None:
            found |= {str(row["layer"]): str(row["version"]) for row in section.picture.table}
    return dict(sorted(found.items()))


def text_of(value: str) -> Text:
    """Return a text a person wrote in one language only, for both."""
    return Text(value, value)
