"""One place looked up: a feature's dossier, a point, or a polygon that was drawn.

``site_facts.site_dossier`` gathers what card, page, sheet and briefing say of a site.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.faces import lazy_face

if TYPE_CHECKING:
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
    "Inside",
    "Place",
    "answer_inside",
    "drawn_frame",
    "look_up_place",
    "outline_of",
    "polygon_of",
    "polygon_of_figure",
    "question_of",
]

__getattr__ = lazy_face(__name__)
