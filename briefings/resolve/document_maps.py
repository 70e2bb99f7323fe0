"""The map of a section as a document has it: as wide as its text, and higher where its ground is tall."""

from __future__ import annotations

from dataclasses import replace

from briefings.map.answered import Answered
from briefings.map.layouts import Options
from briefings.map.picture import LatePicture, draw_late
from briefings.map.presets import paper_size
from layers.library.library import Library
from layers.plan.views import View

_LOW, _HIGH = paper_size(214, 107, dpi=250), paper_size(214, 118, dpi=250)
_NARROW = 0.58  # of a low picture, that a map takes at most, to have a high one


def draw_for_document(
    library: Library, view: View, language: str, *, answered: Answered | None = None
) -> LatePicture:
    """Return a map to stand between paragraphs.

    Parameters
    ----------
    library, view, answered
        As for ``draw_late``.
    language
        ``zh`` or ``en``.
    """
    options = Options(size=_LOW, language=language, arrangement="untitled")
    low = draw_late(library, view, options, answered=answered)
    if low.sheet.said.layout.map[2] > _NARROW:
        return low
    return draw_late(library, view, replace(options, size=_HIGH), answered=answered)
