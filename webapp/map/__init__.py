"""The map page, its background, places looked up on it, and pictures and one-file maps of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.faces import lazy_face

if TYPE_CHECKING:
    from webapp.map.frame import plan_map
    from webapp.map.renders import declared_view, drawn_once, shown_versions

__all__ = [
    "declared_view",
    "drawn_once",
    "plan_map",
    "shown_versions",
]

__getattr__ = lazy_face(__name__)
