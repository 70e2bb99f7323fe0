"""Numbers over HTTP: questions, figures, their pages and files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.faces import lazy_face

if TYPE_CHECKING:
    from webapp.figures.routes import readable_figure

__all__ = [
    "readable_figure",
]

__getattr__ = lazy_face(__name__)
