"""What is said of a figure beside its table: its value, where it is, how it was computed."""

from __future__ import annotations

from calendar import month_name
from datetime import date

from briefings.map.fonts import drawable_text
from briefings.messages import say
from geo.text import Text
from layers.figures.figure import Figure
from layers.figures.presentation import value_text


def shown_figure(figure: Figure) -> Text:
    """Return a figure's value as its page shows it; not computable is said, never a number."""
    return value_text(figure)


def source_of(figure: Figure, language: str) -> str:
    """Return a figure's layers and day in one line; its number and their versions stand at a briefing's end."""
    layers = say("listed")[language].join(dict.fromkeys(u.label[language] for u in figure.layers))
    return drawable_text(f"{layers} · {figure.computed_at[:10]}", longest=220)


def day_words(moment: str) -> Text:
    r"""Return the day of a moment in words, between which no line ends.

    Examples
    --------
    >>> day_words("2026-03-05T08:00:00+00:00")
    Text(zh='2026\xa0年\xa03\xa0月\xa05\xa0日', en='5\xa0March\xa02026')
    """
    day = date.fromisoformat(moment[:10])
    month = Text(str(day.month), month_name[day.month])
    said = say("day_words", year=day.year, month=month, day=day.day)
    return Text(said.zh.replace(" ", "\u00a0"), said.en.replace(" ", "\u00a0"))


def computing_notes(figure: Figure, language: str, *, address: str = "") -> list[tuple[str, str]]:
    """Return how a number was computed: formula, source, method, layers with versions, its number, command.

    Parameters
    ----------
    figure
        The number.
    language
        ``zh`` or ``en``.
    address
        Of the service, so that the figure's page is found; of no use on paper where it is not known.
    """
    statistic = figure.statistic
    layers = ", ".join(dict.fromkeys(f"{u.label[language]} {u.version[:12]}" for u in figure.layers))
    rows = [
        (say("note_formula")[language], statistic.formula[language]),
        (say("note_source")[language], statistic.source[language] if statistic.read else ""),
        (say("note_method")[language], figure.method[language]),
        *((say("note_caveat")[language], text[language]) for text in figure.caveats),
        (say("note_layers")[language], layers),
        (say("note_address")[language], f"{address}/figures/{figure.id}")
        if address
        else (say("note_number")[language], figure.id),
        (say("note_reproduce")[language], figure.command),
        (say("note_computed")[language], f"{figure.computed_at} · PlanAtlas {figure.software}"),
    ]
    return [(name, drawable_text(text, longest=600)) for name, text in rows if text]
