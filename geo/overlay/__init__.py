"""One layer cut by another: tabulation by zone and class, exact, block by block."""

from geo.overlay.cells import CoverGrid, ZoneGrid, number_each
from geo.overlay.chunked import tabulate_parts
from geo.overlay.covering import Covered, cover_lines, cover_polygons, once_only
from geo.overlay.ground import usual_size
from geo.overlay.index import Index
from geo.overlay.near import compared, holds
from geo.overlay.overlay import Overlay, overlay
from geo.overlay.rounding import balanced, rounded
from geo.overlay.tabulation import AreaTable, Tabulation, tabulate
from geo.overlay.together import Together, together
from geo.overlay.wkb import WkbLayer
from geo.overlay.zones import ZoneSet, coded, zone_set

__all__ = [
    "AreaTable",
    "CoverGrid",
    "Covered",
    "Index",
    "Overlay",
    "Tabulation",
    "Together",
    "WkbLayer",
    "ZoneGrid",
    "ZoneSet",
    "balanced",
    "coded",
    "compared",
    "cover_lines",
    "cover_polygons",
    "holds",
    "number_each",
    "once_only",
    "overlay",
    "rounded",
    "tabulate",
    "tabulate_parts",
    "together",
    "usual_size",
    "zone_set",
]
