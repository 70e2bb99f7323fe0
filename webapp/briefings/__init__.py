"""Briefings over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.faces import lazy_face

if TYPE_CHECKING:
    from webapp.briefings.routes import made_briefing

__all__ = [
    "made_briefing",
]

__getattr__ = lazy_face(__name__)
