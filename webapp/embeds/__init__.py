"""Maps and figures inside other people's pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.faces import lazy_face

if TYPE_CHECKING:
    from webapp.embeds.newer import changed_since, is_outdated

__all__ = [
    "changed_since",
    "is_outdated",
]

__getattr__ = lazy_face(__name__)
