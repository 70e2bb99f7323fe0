"""Sites: held against the plan's rules, their dossiers as page and sheet, and drawn ones kept under an id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.faces import lazy_face

if TYPE_CHECKING:
    from webapp.sites.kept import KeptSite, KeptSites

__all__ = ["KeptSite", "KeptSites"]

__getattr__ = lazy_face(__name__)
