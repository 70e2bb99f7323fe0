"""Maps and figures inside other people's pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.faces import lazy_face

if TYPE_CHECKING:
    from webapp.embeds.routes import made_embed

__all__ = [
    "made_embed",
]

__getattr__ = lazy_face(__name__)
