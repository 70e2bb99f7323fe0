"""The pages people read: the map, what is not on it yet, about the plan, the limits."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import orjson
from flask import Blueprint, Response, request, url_for

from layers.features.snapshot import Feature, Features
from layers.library.listing import catalog_json
from layers.plan.catalog import Layer
from layers.plan.looks import LOOKS
from layers.plan.views import view_text
from webapp.accounts.rights import current_person, sees_restricted
from webapp.http.assets import current_assets
from webapp.http.endpoints import HTML, Operation, Parameter, declare_operation
from webapp.http.kept import Same
from webapp.http.language import current_language
from webapp.http.page import PAGE_SCRIPTS, answer_page, page_once
from webapp.map.frame import map_parts
from webapp.settings import limit_rows
from webapp.state import current_library, current_settings
from webapp.version import VERSION
from webapp.views.routes import chosen_view

_MOST_LISTED = 5000
blueprint = Blueprint("pages", __name__)
_VIEW = Parameter("view", "视图编号", "a view", example="structure")
_URLS = {
    "catalog": "/api/catalog",
    "messages": "/api/messages",
    "search": "/api/search",
    "features": "/features",
    "layers": "/layers",
    "anomalies": "/api/anomalies",
}


@blueprint.get("/")
@declare_operation(Operation("地图页", "The map page", "pages", HTML, parameters=(_VIEW,), errors=(404,)))
def map_page() -> Response:
    """The whole plan on one map, or one of its views."""
    named = request.args.get("view", "")
    view = chosen_view(named) if named and named != "map" else None
    chosen = current_language()
    found = current_person()
    who = None if found is None else {"name": found.name, "role": found.role, "scopes": list(found.scopes)}
    config = {
        "lang": chosen,
        "urls": _URLS | {"proj4": current_assets().by_name["proj4.js"].url},
        "version": VERSION,
        "person": who,
        "view": view_text(view) if view else "",
        "looks": asdict(LOOKS),
        "named": {"id": named, "title": asdict(view.title)} if view else None,
    }
    around = {"lang": chosen} | ({"view": named} if view else {})
    picture = url_for("renders.picture", file=f"{named or 'map'}.png", size="social", lang=chosen, _external=True)
    address = url_for("pages.map_page", **around, _external=True)

    def values() -> dict[str, object]:
        parts = map_parts(current_library().catalog.plan, chosen)
        script, style = (
            current_assets().add(f"map-{chosen}.js", parts.script),
            current_assets().add("map.css", parts.style),
        )
        return {
            "heading": view.title[chosen] if view else "",
            "address": address,
            "picture": picture,
            "map_body": parts.body,
            "scripts": [current_assets().by_name[name].url for name in (*parts.scripts, *PAGE_SCRIPTS)]
            + [script.url],
            "styles": [current_assets().by_name[name].url for name in parts.styles] + [style.url],
            "config": config,
        }

    return page_once("map.html", (address, picture, orjson.dumps(config)), values)


@blueprint.get("/unplaced")
@declare_operation(Operation("尚未上图的项目与设施", "What is not on the map yet, and why", "pages", HTML))
def unplaced() -> Response:
    """Every feature without a place, by layer."""
    chosen = current_language()
    groups = []
    for snapshot in current_library().readable(restricted=sees_restricted()):
        missing = np.flatnonzero(snapshot.content.missing)
        rows = [_row(snapshot.layer, f, chosen) for f in Features(snapshot.content, missing[:_MOST_LISTED])]
        if rows:
            groups.append((snapshot.layer, rows, len(missing)))
    return answer_page("unplaced.html", groups=groups, total=sum(count for *_, count in groups))


def _row(layer: Layer, feature: Feature, chosen: str) -> dict[str, Any]:
    known = feature.properties
    return {
        "id": feature.id,
        "name": feature.name(layer, chosen),
        "reason": known.get(f"unplaced_reason_{chosen}") or "",
        "chapter": known.get(f"chapter_{chosen}") or "",
        "lines": known.get("lines") or [],
        "quote": known.get("quote") or "",
    }


@blueprint.get("/about")
@declare_operation(Operation("关于本规划与数据", "About the plan and its data", "pages", HTML))
def about() -> Response:
    """Sources, licences, anomalies of the document, and what is wrong with the files."""
    told = catalog_json(current_library(), restricted=sees_restricted())
    anomalies = current_library().catalog.anomalies.values()
    return page_once("about.html", (Same(told),), lambda: {"known": orjson.loads(told), "anomalies": anomalies})


@blueprint.get("/limits")
@declare_operation(Operation("各项限制", "The limits in force", "pages", HTML))
def limits() -> Response:
    """Every limit with its value and setting."""
    return page_once("limits.html", (), lambda: {"rows": limit_rows(current_settings())})
