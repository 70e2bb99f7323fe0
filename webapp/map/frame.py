"""The map page's folium map: frame and controls, from declarations only. Features travel separately."""

from __future__ import annotations

from functools import lru_cache

import folium
from folium.plugins import Fullscreen, MiniMap
from folium.raster_layers import TileLayer

from layers.messages import Messages
from layers.plan.catalog import Plan
from webapp.map.foliumkit import Page, page_parts
from webapp.messages import MESSAGES

BACKGROUND_URL = "/basemap/{z}/{x}/{y}.svg"
_MAX_ZOOM = 19
_ZOOM_SNAP = 0.25  # the plan fills the frame it is given, whatever its size


@lru_cache(maxsize=8)
def map_parts(plan: Plan, language: str) -> Page:
    """Return the parts of a plan's map page in the interface's words, made once."""
    return plan_map(plan, messages=MESSAGES, language=language)


def plan_map(plan: Plan, *, messages: Messages, language: str) -> Page:
    """Return the parts of the plan's map page in a language.

    The map's variable is ``map_plan``. It has no layers: the page adds them from ``/api/catalog``.
    """
    west, south, east, north = plan.bounds
    margin = max(east - west, north - south)
    page_map = folium.Map(
        location=[plan.center[1], plan.center[0]],
        zoom_start=plan.zoom,
        tiles=None,
        control_scale=False,
        zoom_control=False,
        min_zoom=8,
        max_zoom=_MAX_ZOOM,
        zoom_snap=_ZOOM_SNAP,
        max_bounds=True,
        min_lat=south - margin,
        max_lat=north + margin,
        min_lon=west - margin,
        max_lon=east + margin,
        attribution_control=False,
    )
    overview = TileLayer(BACKGROUND_URL, attr="-", min_zoom=4, max_zoom=_MAX_ZOOM)
    said = messages.said
    overview_map = MiniMap(  # type: ignore[no-untyped-call]
        tile_layer=overview,
        position="bottomright",
        width=140,
        height=110,
        zoom_level_offset=-4,
        toggle_display=True,
        minimized=False,
        strings={"hideText": said("overview_hide", language), "showText": said("overview_show", language)},
    )
    full_screen = Fullscreen(  # type: ignore[no-untyped-call]
        position="topright",
        title=said("fullscreen_on", language),
        title_cancel=said("fullscreen_off", language),
        force_separate_button=True,
    )
    overview_map.add_to(page_map)
    full_screen.add_to(page_map)
    return page_parts(page_map, name="plan")
