"""Views over HTTP: those of the catalog and those people keep; keep, rename, replace, delete, undo."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from flask import Blueprint, Response, g, request, url_for

from layers.errors import BadParameter
from layers.plan.views import UnknownView, View, read_view, view_text
from webapp.accounts.rights import Person, current_person, hidden_layers, require_editor
from webapp.http.answers import json_answer
from webapp.http.bodies import json_body
from webapp.http.endpoints import Operation, Parameter, declare_operation
from webapp.state import current_library, current_state
from webapp.views.saved import NotYourView, Saved, SavedViews

blueprint = Blueprint("views", __name__)
_VIEW = Parameter("view", "视图编号", "id of the view", path=True, example="0123456789ab")
_LONGEST = 4000


def saved_views() -> SavedViews:
    """Return the views people keep."""
    return current_state().views


def chosen_view(name: str, *, linked: bool = False) -> View:
    """Return the declared or kept view of a name as the reader may see it; ``map`` is what ``v`` says.

    Parameters
    ----------
    name
        Its id.
    linked
        Whether the reader holds a signed link for it.

    Raises
    ------
    UnknownView
        There is none of that name, or it is not public and the reader neither signed in nor holds a link.
    BadParameter
        ``v`` is too long.
    """
    if name == "map":
        text = request.args.get("v", "")
        if len(text) > _LONGEST:
            raise BadParameter(name="v", why_zh=f"最多 {_LONGEST} 字符", why_en=f"at most {_LONGEST} characters")
        return read_view(text)
    declared = current_library().catalog.views.get(name)
    kept = saved_views().find(name) if declared is None else None
    found = declared or (kept.view if kept else None)
    if found is None or not (linked or _open(found)):
        raise _unknown(name)
    if not found.public:
        g.private = True
    return without_hidden(found)


def _open(view: View) -> bool:
    """Whether the reader may know of a view."""
    return view.public or current_person() is not None


def _unknown(name: str) -> UnknownView:
    known = ", ".join(key for key, view in current_library().catalog.views.items() if _open(view))
    return UnknownView(view=name[:60], known=known or "—")


def without_hidden(view: View) -> View:
    """Return a view without the layers that the reader may not know of."""
    hidden = hidden_layers()
    kept = None if view.layers is None else tuple(one for one in view.layers if one not in hidden)
    filters = {layer: found for layer, found in view.filters.items() if layer not in hidden}
    selected = "" if view.selected.partition("/")[0] in hidden else view.selected
    opacity = {layer: share for layer, share in view.opacity.items() if layer not in hidden}
    compared = "" if view.compared.partition("@")[0] in hidden else view.compared
    return replace(view, layers=kept, filters=filters, selected=selected, opacity=opacity, compared=compared)


@blueprint.get("/api/views")
@declare_operation(Operation("目录与用户保存的视图", "Declared and kept views", "views", schema="ViewList"))
def view_list() -> Response:
    """Every view with its title and link; those of the catalog first."""
    declared = [
        asdict(v) | {"saved": False, "state": view_text(v), "link": url_for("pages.map_page", view=v.id)}
        for v in declared_views()
    ]
    return json_answer({"views": declared + [_told(one) for one in open_views()]})


def declared_views() -> list[View]:
    """Return the catalog's views that the reader may know of, as they may see them."""
    return [without_hidden(one) for one in current_library().catalog.views.values() if _open(one)]


def open_views() -> list[Saved]:
    """Return the kept views that the reader may know of, by name."""
    return [one for one in saved_views().all() if _open(one.view)]


@blueprint.post("/api/views")
@declare_operation(
    Operation(
        "保存视图", "Keep a view", "views", schema="SavedView", errors=(400, 401, 403, 409, 422), body="ViewWanted"
    )
)
def keep() -> Response:
    """Keep what a map's address says, under a name."""
    who, body = require_editor("views:write"), json_body()
    name, about, state = (_text(body, field) for field in _FIELDS)
    made = saved_views().add(name, about, state, who.name, public=_flag(body, usual=True))
    response = json_answer(_told(made))
    response.status_code = 201
    return response


@blueprint.patch("/api/views/<view>")
@declare_operation(
    Operation(
        "重命名或替换视图",
        "Rename or replace a view",
        "views",
        schema="SavedView",
        parameters=(_VIEW,),
        errors=(400, 401, 403, 404, 422),
        body="ViewWanted",
    )
)
def change(view: str) -> Response:
    """Change what is given; the id and every link stay."""
    found, body = _mine(view, require_editor("views:write")), json_body()
    given = {name: _text(body, name) if name in body else getattr(found, name) for name in _FIELDS}
    public = _flag(body, usual=found.public)
    return _sent(saved_views().change(found, **given, deleted=False, public=public))


@blueprint.delete("/api/views/<view>")
@declare_operation(
    Operation(
        "删除视图（可撤销）",
        "Delete a view; it can be undone",
        "views",
        schema="SavedView",
        parameters=(_VIEW,),
        errors=(401, 403, 404),
    )
)
def delete(view: str) -> Response:
    """Hide a view; its links say that it is gone."""
    return _sent(_marked(_mine(view, require_editor("views:write")), deleted=True))


@blueprint.post("/api/views/<view>/restore")
@declare_operation(
    Operation(
        "撤销删除",
        "Undo the deletion of a view",
        "views",
        schema="SavedView",
        parameters=(_VIEW,),
        errors=(401, 403, 404),
    )
)
def restore(view: str) -> Response:
    """Bring a deleted view back under its old id."""
    return _sent(_marked(_mine(view, require_editor("views:write"), deleted=True), deleted=False))


_FIELDS = ("name", "description", "state")


def _marked(view: Saved, *, deleted: bool) -> Saved:
    return saved_views().change(
        view, name=view.name, description=view.description, state=view.state, deleted=deleted, public=view.public
    )


def _mine(key: str, who: Person, *, deleted: bool = False) -> Saved:
    found = saved_views().find(key, deleted=deleted)
    if found is None:
        raise _unknown(key)
    if found.owner != who.name and "admin" not in who.scopes:
        raise NotYourView(owner=found.owner)
    return found


def _told(one: Saved) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": {"zh": one.name, "en": one.name},
        "description": {"zh": one.description, "en": one.description},
        "state": view_text(without_hidden(one.view)),
        "owner": one.owner,
        "made_at": one.made_at,
        "changed_at": one.changed_at,
        "saved": True,
        "public": one.public,
        "link": url_for("pages.map_page", view=one.id),
    }


def _sent(one: Saved) -> Response:
    response = json_answer(_told(one))
    response.headers["Cache-Control"] = "no-store"
    return response


def _text(body: dict[str, Any], name: str) -> str:
    for key in body:
        if key not in (*_FIELDS, "public"):
            words = ", ".join((*_FIELDS, "public"))
            raise BadParameter(name=key[:60], why_zh=f"未知；可用 {words}", why_en=f"unknown; known: {words}")
    value = body.get(name, "")
    if not isinstance(value, str):
        raise BadParameter(name=name, why_zh="应为文本", why_en="a text is expected")
    return value


def _flag(body: dict[str, Any], *, usual: bool) -> bool:
    value = body.get("public", usual)
    if not isinstance(value, bool):
        raise BadParameter(name="public", why_zh="应为 true 或 false", why_en="true or false is expected")
    return value
