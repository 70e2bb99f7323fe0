"""Layers that came by import, kept up over HTTP: called, described, coloured, taken off."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from layers.errors import BadParameter
from layers.library.upkeep import change_description, color_field_of, parse_words, take_off_layer
from layers.plan.measures import usage_of
from webapp.accounts.rights import require_editor, sees_restricted
from webapp.accounts.second import need_second
from webapp.http.answers import json_answer
from webapp.http.bodies import json_body
from webapp.http.endpoints import Operation, Parameter, declare_operation
from webapp.state import current_library

blueprint = Blueprint("upkeep", __name__)
_LAYER = Parameter("layer", "图层编号", "layer id", path=True, example="zones")

_VERSIONS = Parameter(
    "versions",
    "其版本是保留还是一并删除",
    "whether its versions stay or go as well",
    {"type": "string", "enum": ["kept", "removed"]},
    example="kept",
)


@blueprint.post("/api/layers/<layer>/entry")
@declare_operation(
    Operation(
        "修改导入图层的名称、样式和字段说明",
        "Change an imported layer's words and colours",
        "import",
        schema="LayerEntry",
        parameters=(_LAYER,),
        errors=(401, 403, 404, 409, 422, 503),
        body="LayerWords",
    )
)
def describe(layer: str) -> Response:
    """What is not said stays as it is."""
    require_editor()
    current_library().layer(layer, restricted=sees_restricted())  # nobody changes what they may not see
    change_description(current_library(), layer, parse_words(json_body()))
    return json_answer(entry_of(layer))


@blueprint.delete("/api/layers/<layer>")
@declare_operation(
    Operation(
        "把导入的图层从目录中撤下",
        "Take an imported layer off",
        "import",
        schema="LayerEntry",
        parameters=(_LAYER, _VERSIONS),
        errors=(400, 401, 403, 404, 409, 503),
    )
)
def take_off(layer: str) -> Response:
    """Its versions stay in the store, or go as well.

    Raises
    ------
    BadParameter
        ``versions`` is neither ``kept`` nor ``removed``.
    """
    require_editor()
    wanted = request.args.get("versions", "kept")
    if wanted not in ("kept", "removed"):
        raise BadParameter(name="versions", why_zh="应为 kept 或 removed", why_en="kept or removed is expected")
    told = entry_of(layer)
    need_second()
    take_off_layer(current_library(), layer, versions=wanted == "removed")
    return json_answer(told)


def entry_of(layer_id: str) -> dict[str, Any]:
    """Return what the page shows of a layer's entry."""
    layer = current_library().layer(layer_id, restricted=sees_restricted())
    return {
        "id": layer.id,
        "label": {"zh": layer.label.zh, "en": layer.label.en},
        "group": layer.group,
        "color": layer.style.fill or layer.style.color or "",
        "color_field": color_field_of(layer),
        "labels": layer.map_labels,
        "title": layer.title.zh,
        "fields": [
            {
                "id": one.id,
                "label": {"zh": one.label.zh, "en": one.label.en},
                "unit": one.unit,
                "type": one.type,
                "measure": one.measure,
                "guess": usage_of(one, layer).measure if one.type in ("number", "integer") else "",
                "currency": one.currency,
            }
            for one in layer.fields
        ],
    }
