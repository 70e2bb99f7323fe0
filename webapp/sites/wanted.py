"""The site an address names: a feature, a drawn site that was kept, or an outline that stands in the address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flask import request

from layers.errors import BadParameter
from layers.figures.inputs import DRAWN
from webapp.accounts.rights import sees_restricted
from webapp.sites.kept import kept_sites
from webapp.sites.parameters import (
    asked_industries,
    asked_name,
    checked_day,
    checks_asked,
    outline_asked,
    place_of,
)
from webapp.state import current_library, current_settings

_KEPT = re.compile(r"[0-9a-f]{12}")
_CORNER = re.compile(r"-?\d{1,2}(\.\d{1,12})?,-?\d{1,3}(\.\d{1,12})?")
_MOST_CORNERS = 200  # of an outline in an address


@dataclass(frozen=True)
class SiteWanted:
    """A site somebody asks for: a feature, or an outline or place (``outline``, WKB) with what is said of it."""

    layer: str = ""
    feature: str = ""
    outline: bytes = b""
    name: str = ""
    industries: tuple[str, ...] = ()
    uncertainty_m: float = 0.0
    day: str = ""
    restricted: bool = False
    decimals: int = 9
    checked: bool = True


def wanted_at(layer: str, feature: str) -> SiteWanted:
    """Return the site an address names: a feature, a kept drawn site, or an outline that stands in the address.

    Raises
    ------
    UnknownSite, BadParameter
        Nothing of that id is kept; the outline means nothing.
    """
    common: dict[str, Any] = {
        "day": checked_day(request.args.get("day", "")),
        "restricted": sees_restricted() and bool(current_library().catalog.restricted),
        "decimals": current_settings().number("decimals"),
        "checked": checks_asked(request.args.get("check", "yes")),
    }
    if layer != DRAWN:
        return SiteWanted(layer, feature, **common)
    if _KEPT.fullmatch(feature):
        kept = kept_sites().find(feature)
        return SiteWanted(DRAWN, feature, kept.outline, kept.name, kept.industries, kept.uncertainty_m, **common)
    name, words = asked_name(request.args.get("name", "")), request.args.get("industries", "")
    industries = asked_industries([one for one in words.split(",") if one])
    return SiteWanted(DRAWN, feature, _outline_in(feature), name, industries, **common)


def _outline_in(text: str) -> bytes:
    """Return the outline, or the place, that an address says: ``latitude,longitude;…``."""
    said = text.split(";")
    if not 1 <= len(said) <= _MOST_CORNERS or len(said) == 2 or not all(map(_CORNER.fullmatch, said)):
        raise BadParameter(name="feature", why_zh="应为“纬度,经度;…”", why_en="“latitude,longitude;…” is expected")
    corners = [[float(lon), float(lat)] for lat, lon in (one.split(",") for one in said)]
    if len(corners) == 1:
        return place_of(*corners[0])
    return outline_asked({"type": "Polygon", "coordinates": [[*corners, corners[0]]]})
