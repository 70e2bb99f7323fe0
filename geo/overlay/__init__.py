"""One layer cut by another: tabulation by zone and class, exact, block by block."""

from geo.overlay.cells import CoverGrid, ZoneGrid, number_each
from geo.overlay.chunked import tabulate_parts
from geo.overlay.covering import Covered, cover_lines, cover_polygons, once_only
from geo.overlay.ground import usual_size
from geo.overlay.index import Index
from geo.overlay.overlaps import SharedGround, shared_ground
from geo.overlay.overlay import Overlay, overlay
from geo.overlay.pairs import compare_shapes
from geo.overlay.rounding import balance_parts, round_half_up
from geo.overlay.tabulation import AreaTable, Tabulation, tabulate
from geo.overlay.together import Together, cover_together
from geo.overlay.wkb import WkbLayer
from geo.overlay.zones import ZoneSet, code_labels, zone_set

__all__ = [
    "AreaTable",
    "CoverGrid",
    "Covered",
    "Index",
    "Overlay",
    "SharedGround",
    "Tabulation",
    "Together",
    "WkbLayer",
    "ZoneGrid",
    "ZoneSet",
    "balance_parts",
    "code_labels",
    "compare_shapes",
    "cover_lines",
    "cover_polygons",
    "cover_together",
    "number_each",
    "once_only",
    "overlay",
    "round_half_up",
    "shared_ground",
    "tabulate",
    "tabulate_parts",
    "usual_size",
    "zone_set",
]
