"""What a briefing consists of once it is resolved: sections of plain texts, tables, charts and pictures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Literal

from briefings.map.answered import Answered
from briefings.map.fonts import drawable_text
from briefings.map.picture import LatePicture, Picture
from briefings.messages import say
from briefings.resolve.computing import computing_notes, day_words, shown_figure
from briefings.resolve.declaration import ItemKind, KeptDossier, Number
from geo.text import Text
from layers.figures.brief import whole_money
from layers.figures.figure import Figure
from layers.library.library import Library
from layers.plan.views import View
from layers.units import measured_text

_TWO, _CONCLUSIONS = 2, 6
_YEAR = re.compile(r"\d{4}")
_ID = 8  # letters of a figure's number, by which it is found
# the last part of a sentence: what is not known of some of it
_RIDER = re.compile("|".join((say("sentence_rider").zh, say("sentence_rider").en)))


def amounts_in(value: str) -> list[str]:
    """Return the amounts of a value: several where each has a currency of its own, none of no value."""
    return value.replace("; ", "；").split("；") if value else []


@dataclass(frozen=True)
class Table:
    """A table as texts; ``numeric`` says which columns are numbers, ``strong`` which rows are sums.

    ``groups`` are rows that head those below them: their first cell spans the table. ``beside`` says how many of
    its rows stand in one, where it is folded.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    strong: tuple[int, ...] = ()
    groups: tuple[int, ...] = ()
    beside: int = 1


@dataclass(frozen=True)
class Chart:
    """Labels with values of one unit: bars (largest first), columns (in order of time) or a line over years.

    ``target`` is the value asked for, in the same unit; ``texts`` are the values as they are written, ``left``
    says how many more rows the table has; the last bar is their sum where ``rest`` says so. ``colors`` are those
    of the land-use classes the labels name. ``shares`` are what the values are of the whole, as they are written.
    """

    kind: Literal["bars", "columns", "line"]
    name: str
    labels: tuple[str, ...]
    values: tuple[float, ...]
    decimals: int = 2
    target: float | None = None
    target_name: str = ""
    texts: tuple[str, ...] = ()
    left: int = 0
    colors: tuple[str, ...] = ()
    rest: bool = False
    shares: tuple[str, ...] = ()

    @property
    def says_no_more(self) -> bool:
        """Whether it says no more than its numbers do: one or two bars, and no target beside them."""
        return len(self.labels) <= _TWO and self.target is None


@dataclass(frozen=True)
class BoundNumber:
    """A figure's value in a text: the statistic, and how the text writes it."""

    statistic: str
    value: str


@dataclass(frozen=True)
class BriefingSection:
    """One item of a briefing in one language; what it does not have is empty.

    ``source`` says where it comes from: layers, day, address; their versions stand at the end. ``figure`` is the
    number it shows, ``moved`` what that was before. ``view`` and ``library`` let a map be drawn again in another
    way, with the ``answered`` figure over it; ``named`` says that a person gave the title, ``typed`` are the
    numerals of its words that no figure gives. ``short`` is its long table as slides have it. ``findings`` are
    what a map or an indicator says in numbers, as a title says it, the fullest first. ``bound`` has the numbers of
    each paragraph with the statistic they are of. ``sources`` say whole where the layers of its map come from:
    documents have the room.
    """

    kind: ItemKind
    title: str
    value: str = ""
    sentence: str = ""
    paragraphs: tuple[str, ...] = ()
    picture: Picture | LatePicture | None = None
    chart: Chart | None = None
    tables: tuple[Table, ...] = ()
    caveats: tuple[str, ...] = ()
    source: str = ""
    moved: str = ""
    figure: Figure | None = None
    view: View | None = None
    library: Library | None = None
    named: bool = False
    typed: tuple[str, ...] = ()
    answered: Answered | None = None
    short: Table | None = None
    findings: tuple[str, ...] = ()
    bound: tuple[tuple[BoundNumber, ...], ...] = ()
    sources: str = ""

    def sourced(self, language: str) -> str:
        """Return the line of a document that says where it comes from, empty where nothing is to be said."""
        told = " · ".join(dict.fromkeys(one for one in (self.source, self.sources) if one))
        return f"{say('fixed_source')[language]}: {told}" if told else ""

    @property
    def amounts(self) -> list[str]:
        """The amounts of its value: several where each has a currency of its own, none without a value."""
        return amounts_in(self.value)

    @property
    def drawn(self) -> Chart | None:
        """Its chart as a document has it: none where its table says as much."""
        return None if self.chart is not None and self.chart.says_no_more and self.tables else self.chart

    @property
    def lead(self) -> str:
        """What a document says first of it: what a map shows in numbers, else a number's sentence."""
        if self.kind == "map" and self.answered is None:
            return self.findings[0] if self.findings else ""
        return self.sentence if self.kind in ("map", "figure", "indicator") else ""

    @property
    def explained(self) -> tuple[str, ...]:
        """What it says below that."""
        return tuple(one for one in (self.moved, self.sentence, *self.paragraphs) if one and one != self.lead)

    @property
    def takeaways(self) -> tuple[str, ...]:
        """What a title may say, the fullest first."""
        if self.findings and not self.named:
            return self.findings
        return (self.takeaway,) if self.takeaway else ()

    @property
    def takeaway(self) -> str:
        """What a title may say of a figure: its sentence, unless a person gave a title of their own."""
        if self.named or self.kind != "figure":
            return ""
        said, chart = _RIDER.sub("", self.sentence.rstrip("。.")), self.chart
        counted = chart is not None and chart.kind != "line" and len(chart.labels) > _TWO and not chart.left
        if not said or chart is None or not counted or any(label in said for label in chart.labels):
            return said
        value, label, text = max(
            zip(chart.values, chart.labels, chart.texts or map(str, chart.values), strict=True),
            key=lambda one: one[0],
        )
        if chart.values.count(value) > 1:
            return said
        language = "zh" if self.sentence.endswith("。") else "en"
        if self.figure is not None and self.figure.statistic.unit == "count":
            text = measured_text(value, "count", chart.decimals)[language]
        dated = chart.kind == "columns" and bool(_YEAR.fullmatch(label))
        named = say("takeaway_year", year=label) if dated else Text(label, label)
        return say("takeaway_most", said=Text(said, said), label=named, value=text)[language]


@dataclass(frozen=True)
class Since:
    """What moved since the last time, or since a day.

    ``table`` has the numbers that moved, None where none did; ``beside`` are the lines of what it does not hold
    (sentences, dossiers, that nothing moved); ``lines`` say all that moved without a table.
    """

    table: Table | None = None
    beside: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.table is not None or bool(self.beside)

    @property
    def brief(self) -> bool:
        """Whether it is one line: that nothing moved, or that nothing is kept to compare with."""
        return self.table is None and not self.lines and len(self.beside) == 1


@dataclass(frozen=True)
class Resolved:
    """A briefing in one language on one state of the data; later ones compare ``numbers`` and ``dossiers``.

    ``address`` is the service's, where the pages of the figures are found; empty where it is not known. ``maker``
    is who signs the plan's sheets; empty where the plan does not say.
    """

    title: str
    subtitle: str
    dated: str
    language: str
    sections: tuple[BriefingSection, ...]
    figures: tuple[Figure, ...]
    since: Since = field(default_factory=Since)
    numbers: Mapping[str, Number] = field(default_factory=dict)
    dossiers: Mapping[str, KeptDossier] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    address: str = ""
    author: str = ""
    maker: str = ""

    def inside(self, section: BriefingSection) -> bool:
        """Return whether an item stands in a chapter: its heading is one lower, in the contents it is set in."""
        begun = False
        for one in self.sections:
            if one is section:
                break
            begun = begun or one.kind == "chapter"
        return begun and section.kind != "chapter"

    @property
    def concluding(self) -> BriefingSection | None:
        """The text a briefing begins or ends with whose every line has a number: its conclusions, told first."""
        ends = (self.sections[:1], self.sections[-1:])
        return next(
            (
                one
                for end in ends
                for one in end
                if one.bound and all(one.bound) and not self.inside(one) and len(one.bound) <= _CONCLUSIONS
            ),
            None,
        )

    def headed(self, chapter: BriefingSection) -> list[str]:
        """Return the titles of what a chapter heads, each once."""
        at = next(i for i, one in enumerate(self.sections, 1) if one is chapter)
        until = takewhile(lambda one: one.kind != "chapter", self.sections[at:])
        return list(dict.fromkeys(one.title for one in until))

    def contents(self) -> dict[str, str]:
        """Return the titles of all items with their words in the contents; one of several alike stands once."""
        return {
            one.title: f"\u2003{one.title}" if self.inside(one) else one.title for one in reversed(self.sections)
        }

    def alt(self, section: BriefingSection) -> str:
        """Return the sentence that stands for a section's picture."""
        told = section.picture.alt[self.language] if section.picture else section.sentence or section.title
        return drawable_text(told, longest=300)

    def computed(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return of each number its name with its value, and how it was computed."""
        return [
            (
                drawable_text(
                    f"{f.statistic.label[self.language]} = {whole_money(shown_figure(f)[self.language])}",
                    longest=300,
                ),
                computing_notes(f, self.language, address=self.address),
            )
            for f in self.figures
        ]

    def sources(self) -> Table:
        """Return of each number its name with its value, its source, the beginning of its number and its day."""
        rows = [
            (
                name,
                drawable_text(f.statistic.source[self.language], longest=200) if f.statistic.read else "",
                f.id[:_ID],
                day_words(f.computed_at)[self.language],
            )
            for (name, _), f in zip(self.computed(), self.figures, strict=True)
        ]
        heads = tuple(say(f"sources_{one}")[self.language] for one in ("figure", "source", "number", "day"))
        return Table(heads, tuple(rows), (False, False, False, True))

    def sources_of_maps(self) -> Table:
        """Return of each map where all of its layers come from: on a slide it says what finds room there."""
        rows = dict.fromkeys((one.title, one.sources) for one in self.sections if one.sources)
        heads = tuple(say(f"sources_{one}")[self.language] for one in ("map", "source"))
        return Table(heads, tuple(rows), (False, False))

    def used(self) -> str:
        """Return the versions of all layers in one line; there is one of each."""
        return drawable_text(
            " · ".join(f"{key} {version[:12]}" for key, version in self.versions.items()), longest=900
        )


@dataclass(frozen=True)
class Captions:
    """The numbered captions of a section: of its map and of its chart, and of its tables."""

    picture: str
    chart: str
    tables: tuple[str, ...]


def number_captions(resolved: Resolved) -> list[Captions]:
    """Return the captions of all sections; figures and tables are numbered alike in every format."""
    language = resolved.language
    pictures = tables = 0
    out = []
    for section in resolved.sections:
        said = ["", ""]
        for i, there in enumerate((section.picture, section.drawn)):
            if there is not None:
                pictures += 1
                said[i] = say("caption_picture", number=pictures, title=section.title)[language]
        rows = []
        for _ in section.tables:
            tables += 1
            rows.append(say("caption_table", number=tables, title=section.title)[language])
        out.append(Captions(said[0], said[1], tuple(rows)))
    return out


def fixed_words(language: str) -> dict[str, str]:
    """Return the fixed words of a briefing, the same in every format."""
    return {key: text[language] for key, text in _WORDS.items()}


_WORDS = {
    key: say(f"fixed_{key}")
    for key in (
        "changes",
        "appendix",
        "sourced",
        "mapped",
        "versions",
        "source",
        "shapes",
        "left",
        "continued",
        "findings",
        "findings_first",
        "contents",
        "page",
        "sections",
        "full",
        "whole",
        "page_of",
        "counted",
    )
}
