"""One place looked up: a feature's dossier, a point, or a polygon that was drawn.

``dossier.collect_dossier`` gathers what a briefing says of a feature; the facts of its card and its page are those
of ``site_facts``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.faces import lazy_face

if TYPE_CHECKING:
    from layers.places.dossier import Dossier, Relation
    from layers.places.place import Place, look_up_place
    from layers.places.polygon import (
        Inside,
        answer_inside,
        drawn_frame,
        outline_of,
        polygon_of,
        polygon_of_figure,
        question_of,
    )

__all__ = [
    "Dossier",
    "Inside",
    "Place",
    "Relation",
    "answer_inside",
    "drawn_frame",
    "look_up_place",
    "outline_of",
    "polygon_of",
    "polygon_of_figure",
    "question_of",
]

__getattr__ = lazy_face(__name__)
