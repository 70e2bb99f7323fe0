"""Views of the catalog and those people keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.faces import lazy_face

if TYPE_CHECKING:
    from webapp.views.routes import chosen_view, declared_views, open_views
    from webapp.views.saved import SavedViews
    from webapp.views.sent import sent_figure

__all__ = [
    "SavedViews",
    "chosen_view",
    "declared_views",
    "open_views",
    "sent_figure",
]

__getattr__ = lazy_face(__name__)
