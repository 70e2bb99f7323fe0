"""A briefing: views, text and bound numbers in one small file, resolved against the data as they are now."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

from briefings.fonts import drawable
from briefings.picture import Picture, draw
from briefings.presets import millimetres
from geo.errors import PlanAtlasError
from layers.compute import answer
from layers.declare import Text, declared
from layers.document import read_sections
from layers.figures import Figure
from layers.library import Library
from layers.statistics import Statistic, read_promises
from layers.units import measured
from layers.views import UnknownView, View

_BOUND = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_MAP_SIZE = millimetres(250, 131, dpi=180)


class UnknownBriefing(PlanAtlasError):
    """No briefing of that id is in the data folder."""

    code = "unknown_briefing"
    zh = "没有名为“{briefing}”的简报。现有：{known}。"
    en = "There is no briefing “{briefing}”. There are: {known}."


class UnboundNumber(PlanAtlasError):
    """A briefing names a statistic that is not declared."""

    code = "unbound_number"
    zh = "简报引用的统计“{statistic}”没有声明。planatlas statistic --list 列出全部。"
    en = "The briefing names a statistic “{statistic}” that is not declared. planatlas statistic --list lists all."


@dataclass(frozen=True)
class Item:
    """One slide or section: a map of a view, a figure of a statistic, or text with bound numbers.

    In ``text`` a statistic's id in braces stands for its value with its unit.
    """

    kind: Literal["map", "figure", "text"]
    title: Text = Text("", "")
    view: str = ""
    statistic: str = ""
    text: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Briefing:
    """The declaration."""

    id: str
    title: Text
    subtitle: Text
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Section:
    """An item with its map or its number; ``moved`` says what a number was before.

    ``view`` and ``library`` are there when the map is also to become shapes a program can edit.
    """

    title: str
    paragraphs: tuple[str, ...] = ()
    picture: Picture | None = None
    figure: Figure | None = None
    moved: str = ""
    view: View | None = None
    library: Library | None = None


@dataclass(frozen=True)
class Resolved:
    """A briefing in one language on one state of the data, with all figures it rests on."""

    title: str
    subtitle: str
    dated: str
    sections: tuple[Section, ...]
    figures: tuple[Figure, ...]
    changes: tuple[str, ...]

    def numbers(self) -> dict[str, Any]:
        """Return what a later run compares with: value, shown text, figure and versions by statistic."""
        return {
            f.statistic.id: {
                "value": f.value,
                "shown": {"zh": shown(f)["zh"], "en": shown(f)["en"]},
                "figure": f.id,
                "versions": {u.layer: u.version for u in f.layers},
                "computed_at": f.computed_at,
            }
            for f in self.figures
        }


def shown(figure: Figure) -> Text:
    """Return a figure's value as its page shows it; not computable is said, never a number."""
    if figure.value is None:
        return figure.sentence if figure.state != "computed" else Text("见表", "see the table")
    return measured(figure.value, figure.statistic.unit, figure.statistic.decimals)


def read_briefing(folder: Path, briefing: str) -> Briefing:
    """Read ``briefings/<id>.toml`` of the data folder, or the file of that path.

    Raises
    ------
    UnknownBriefing
        There is none.
    DeclarationError
        It says something it cannot mean; with line and cure.
    """
    kept = folder / "briefings"
    path = Path(briefing) if briefing.endswith(".toml") else kept / f"{briefing}.toml"
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in kept.glob("*.toml"))) or "—"
        raise UnknownBriefing(briefing=briefing[:60], known=known)
    (section, *_) = read_sections(path, depths={"briefing": 1})
    return declared(Briefing, section, id=path.stem)


def resolve(
    library: Library,
    briefing: Briefing,
    *,
    language: str,
    software: str,
    before: Mapping[str, Any] | None = None,
    views: Mapping[str, View] | None = None,
    shapes: bool = False,
    progress: Callable[[float, float], None] = lambda _done, _total: None,
) -> Resolved:
    """Draw the maps and compute the numbers of a briefing, each once.

    Parameters
    ----------
    library
        The open plan.
    briefing
        The declaration.
    language
        ``zh`` or ``en``.
    software
        Version written into the figures.
    before
        ``Resolved.numbers`` of an earlier run; numbers that moved since are said.
    views
        Views besides those of the catalogue.
    shapes
        Whether maps keep their features, to become shapes a program can edit.
    progress
        Called with done and total.

    Raises
    ------
    UnboundNumber, UnknownView
        The briefing names what is not declared.
    """
    known = read_promises(library.folder).statistics
    figures: dict[str, Figure] = {}

    def figure(statistic: str) -> Figure:
        if statistic not in known:
            raise UnboundNumber(statistic=statistic[:60])
        if statistic not in figures:
            asked: Statistic = known[statistic]
            figures[statistic] = answer(library, lambda _done, _total: None, asked, software=software)
        return figures[statistic]

    known_views = {**library.catalog.views, **(views or {})}
    sections = []
    for i, item in enumerate(briefing.items):
        progress(i, len(briefing.items))
        made = _section(library, item, figure, language, before=before or {}, views=known_views)
        if shapes and item.kind == "map":
            made = replace(made, view=known_views[item.view], library=library)
        sections.append(made)
    moved = tuple(text for f in figures.values() if (text := _moved(f, before or {}, language)))
    plan = library.catalog.plan
    dated = f"{plan.document_date} · {date.today().isoformat()}"
    title = drawable(briefing.title[language]), drawable(briefing.subtitle[language], longest=160)
    return Resolved(*title, dated, tuple(sections), tuple(figures.values()), moved)


def _section(
    library: Library,
    item: Item,
    figure: Callable[[str], Figure],
    language: str,
    *,
    before: Mapping[str, Any],
    views: Mapping[str, View],
) -> Section:
    paragraphs = tuple(
        drawable(_BOUND.sub(lambda found: shown(figure(found.group(1)))[language], text[language]), longest=1200)
        for text in item.text
    )
    section = Section(drawable(item.title[language]), paragraphs)
    if item.kind == "map":
        view = views.get(item.view)
        if view is None:
            raise UnknownView(view=item.view[:60], known=", ".join(views) or "—")
        picture = draw(library, view, size=_MAP_SIZE, language=language)
        return replace(section, title=section.title or drawable(view.title[language]), picture=picture)
    if item.kind == "figure":
        found = figure(item.statistic)
        title = section.title or drawable(found.statistic.label[language])
        return replace(section, title=title, figure=found, moved=_moved(found, before, language))
    return section


def _moved(figure: Figure, before: Mapping[str, Any], language: str) -> str:
    """Return how a number moved since an earlier run: "was 23.41 ha on 2026-06-03, now 23.57 ha"."""
    old = before.get(figure.statistic.id)
    if not old or old["shown"][language] == shown(figure)[language]:
        return ""
    day, was, now = str(old["computed_at"])[:10], old["shown"][language], shown(figure)[language]
    name = figure.statistic.label[language]
    return f"{name}：{day} 为 {was}，现为 {now}" if language == "zh" else f"{name}: was {was} on {day}, now {now}"
