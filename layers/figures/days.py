"""Days a question names: of the plan's time, and of the data."""

from __future__ import annotations

from datetime import date

from geo.text import Text
from layers.errors import BadFilter
from layers.features.snapshot import Snapshot
from layers.library.library import Library
from layers.messages import say
from layers.plan.schedule import read_day
from layers.plan.statistics import Input

WHEN = "when="  # told with the filters: the day of the plan's time


def read_asked_day(text: str) -> date | None:
    """Return the day a question names; None where it names none.

    Raises
    ------
    BadFilter
        It is no day.
    """
    found = read_day(text)
    if text and found is None:
        raise BadFilter(
            found=f"{WHEN}{text[:40]}",
            why_zh="应为 2021-08-31 这样的日期",
            why_en="a day such as 2021-08-31 is expected",
            fields="YYYY-MM-DD",
        )
    return found


def dated_words(library: Library, wanted: Input, snapshot: Snapshot) -> tuple[Text, ...]:
    """Return which data of a layer hold for a question of a day; nothing for a question of the newest."""
    if not wanted.as_of or wanted.version is not None:
        return ()
    layer, number = snapshot.layer, snapshot.number
    made = library.store.version(layer.id, number).made_at[:10] if number else ""
    if not made or made > wanted.as_of:  # the layer keeps nothing so old
        return (say("inputs_not_so_old", label=layer.label, day=wanted.as_of),)
    return (say("inputs_of_the_day", label=layer.label, day=wanted.as_of, number=number, made=made),)
