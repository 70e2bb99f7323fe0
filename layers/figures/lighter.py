"""What would make a question lighter: told while one computes long, and when one took too long."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from geo.text import Text, join_texts, number_text
from layers.errors import LayerUnavailable, UnknownLayer
from layers.features.snapshot import Snapshot
from layers.figures.answer import needs_drawn, question_command
from layers.library.library import Library
from layers.messages import say
from layers.plan.statistics import Statistic


def lighter_question(library: Library, statistic: Statistic, *, by_command: bool = False) -> Text:
    """Return which layer of a question is the heaviest, and what would make the question lighter.

    Parameters
    ----------
    library
        The open plan.
    statistic
        The question.
    by_command
        Whether it is asked on the command line already, which sets no time.
    """
    layers = [one.layer for one in statistic.inputs.values()]
    if needs_drawn(statistic):
        return _told(library, layers, say("lighter_drawn"))
    if by_command:
        return _told(library, layers, say("lighter_less"))
    command = question_command(library, statistic, None, in_full=False)
    return _told(library, layers, say("lighter_less"), say("lighter_command", command=command))


def lighter_drawing(library: Library, *, restricted: bool) -> Text:
    """Return the same of all that is asked of a drawn polygon: its land use, layer by layer.

    Parameters
    ----------
    library
        The open plan.
    restricted
        Whether the reader may know of restricted layers.
    """
    known = library.layers(restricted=restricted)
    layers = [one.id for one in known if one.class_field and one.geometry == "polygon"]
    return _told(library, layers, say("lighter_drawn"))


def _told(library: Library, layers: Iterable[str], *advice: Text) -> Text:
    found: list[Snapshot] = []
    for one in dict.fromkeys(layers):
        with suppress(UnknownLayer, LayerUnavailable):  # the drawn polygon is no layer
            found.append(library.snapshot(library.layer(one, restricted=True)))
    if not found:
        return join_texts(Text("", " "), advice)
    weights = [one.content.vertices for one in found]
    heaviest = found[weights.index(max(weights))]
    told = say(
        "lighter_heaviest",
        label=heaviest.layer.label,
        features=number_text(len(heaviest.content), 0),
        vertices=number_text(float(f"{max(weights):.1e}"), 0),  # two digits say how heavy it is
    )
    return join_texts(Text("", " "), [told, *advice])
