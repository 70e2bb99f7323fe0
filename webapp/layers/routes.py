"""JSON for programs and for the map page: layers, features, search, health, limits."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import orjson
import shapely
from flask import Blueprint, Response, request

from layers.errors import BadParameter, OverLimit
from layers.features.query import Hit, largest_features, parse_box, select
from layers.features.snapshot import Snapshot
from layers.library.conditions import read_conditions
from layers.library.library import Library
from layers.library.listing import catalog_json, describe_layer, layers_json
from layers.library.phrases import read_phrase
from layers.plan.catalog import Field, Layer
from webapp.accounts.links import AS_OF, read_moment
from webapp.accounts.rights import current_person, sees_restricted
from webapp.http.answers import bytes_answer, json_answer, kept_answer
from webapp.http.endpoints import GEOJSON, JSON, Operation, Parameter, declare_operation
from webapp.http.kept import Same
from webapp.layers.finding import find_all
from webapp.layers.timing import WHEN, read_when
from webapp.messages import MESSAGES
from webapp.settings import limit_rows
from webapp.state import current_library, current_settings, current_state, leaving_library

blueprint = Blueprint("layers", __name__)

_MOST_VALUES = 40  # of a field to filter by
_LAYER = Parameter("layer", "图层编号", "layer id", path=True, example="zones")
_LONGEST_TEXT = 120  # characters of a text that holds the words
_FEATURE = Parameter("feature", "要素编号", "feature id", path=True, example="z-hq")


@blueprint.get("/api/catalog")
@declare_operation(
    Operation("整个目录：规划、分组、图层、底图、文件疑点", "The whole catalog", "catalog", schema="Catalog")
)
def whole_catalog() -> Response:
    """Everything the map page needs to know before the first feature."""
    return bytes_answer(catalog_json(leaving_library(), restricted=sees_restricted()), "application/json")


@blueprint.get("/api/layers")
@declare_operation(Operation("图层列表", "The layers", "catalog", schema="LayerList"))
def layer_list() -> Response:
    """All layers with counts, versions and state."""
    return bytes_answer(layers_json(leaving_library(), restricted=sees_restricted()), "application/json")


@blueprint.get("/api/layers/<layer>")
@declare_operation(
    Operation(
        "一个图层的声明与版本", "One layer", "catalog", schema="Layer", parameters=(_LAYER,), errors=(404, 503)
    )
)
def one_layer(layer: str) -> Response:
    """One layer's declaration, count, version, problems."""
    return json_answer(
        describe_layer(leaving_library(), current_library().layer(layer, restricted=sees_restricted()))
    )


@blueprint.get("/layers/<layer>.geojson")
@declare_operation(
    Operation(
        "一个图层的要素（GeoJSON，WGS 84）",
        "A layer's features (GeoJSON, WGS 84)",
        "features",
        answers=GEOJSON,
        schema="FeatureCollection",
        parameters=(
            _LAYER,
            Parameter(
                "bbox",
                "范围 西,南,东,北（度）",
                "box west,south,east,north in degrees",
                example="120.2,31.7,120.4,32",
            ),
            Parameter(
                "where",
                "按声明字段筛选，可重复（且）",
                "filter on a declared field; repeat for AND",
                many=True,
                example="position=exact",
            ),
            Parameter("version", "版本号，不写为最新", "version, the newest if not said", {"type": "integer"}),
            AS_OF,
            WHEN,
            Parameter("limit", "最多要素数，大者在先", "most features, largest first", {"type": "integer"}),
        ),
        errors=(400, 404, 413, 503),
    )
)
def layer_features(layer: str) -> Response:
    """The features that meet the box and the filters; those without a place only when no box is asked.

    Raises
    ------
    OverLimit
        There are too many filters.
    """
    declared = current_library().layer(layer, restricted=sees_restricted())
    snapshot = _snapshot(declared)
    box = parse_box(request.args["bbox"]) if "bbox" in request.args else None
    written = request.args.getlist("where")
    most = current_settings().number("max_filters")
    if len(written) > most:
        raise OverLimit(limit="where", seen=len(written), most=most, setting="max_filters")
    conditions = read_conditions(current_library(), declared, written, restricted=sees_restricted())
    limit = _count("limit", request.args["limit"]) if "limit" in request.args else None
    if limit is not None and limit >= len(snapshot.content):
        limit = None  # all of them: one body, whatever number was asked

    def make() -> bytes:
        chosen = select(snapshot, box=box, filters=conditions)
        counts = f'"numberMatched":{len(chosen)},"numberReturned":'
        chosen = chosen if limit is None else largest_features(snapshot, chosen, limit)
        counts += str(len(chosen))
        head = b'{"type":"FeatureCollection",' + counts.encode()
        return head + b',"features":[' + b",\n".join(chosen.json()) + b"]}"

    if box is not None or conditions:
        return bytes_answer(make(), GEOJSON)
    return kept_answer(current_state().bodies.once(("layer", snapshot.token, limit), make), GEOJSON)


def _snapshot(declared: Layer) -> Snapshot:
    """Return the layer as the version asked for has it."""
    text = request.args.get("version")
    if text is None:
        return _shown().snapshot(declared)
    return _shown().snapshot_at(declared, _count("version", text))


def _shown() -> Library:
    """Return the plan as the reader may have it: who may edit a shape gets all of its decimals."""
    found = current_person()
    whole = current_library() if found is not None and "layers:write" in found.scopes else leaving_library()
    return whole.as_of(read_moment()).at_time(read_when())


def _count(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise BadParameter(name=name, why_zh="应为整数", why_en="a whole number is expected")
    return int(text)


@blueprint.get("/api/layers/<layer>/values")
@declare_operation(
    Operation(
        "可筛选字段的取值与个数",
        "The values of the fields to filter by, with their counts",
        "features",
        schema="FieldValues",
        parameters=(_LAYER, AS_OF, WHEN),
        errors=(400, 404, 503),
    )
)
def field_values(layer: str) -> Response:
    """For each field declared as a filter its commonest values, null for unknown, and how many differ in all."""
    declared = current_library().layer(layer, restricted=sees_restricted())
    content = _shown().snapshot(declared).content
    told = {}
    for field in declared.fields:
        if field.filter:
            commonest, different = content.commonest(field.id, _MOST_VALUES)
            told[field.id] = {"values": commonest, "different": different}
    return json_answer({"layer": declared.id, "fields": told})


@blueprint.get("/features/<layer>/<path:feature>")
@declare_operation(
    Operation(
        "一个要素",
        "One feature",
        "features",
        answers=GEOJSON,
        schema="Feature",
        parameters=(_LAYER, _FEATURE, AS_OF, WHEN),
        errors=(400, 404, 503),
    )
)
def one_feature(layer: str, feature: str) -> Response:
    """One feature as GeoJSON, with the number of the version it is of: what an edit of it has seen.

    Raises
    ------
    UnknownFeature
        There is none of that id.
    """
    declared = current_library().layer(layer, restricted=sees_restricted())
    snapshot = _shown().snapshot(declared)
    found = snapshot.features[snapshot.row_of(feature)]
    number = "null" if snapshot.number is None else str(snapshot.number)
    return bytes_answer(found.json[:-1] + b',"layer_version":' + number.encode() + b"}", GEOJSON)


@blueprint.get("/api/search")
@declare_operation(
    Operation(
        "按名称检索要素",
        "Find features by name",
        "features",
        schema="SearchResult",
        parameters=(
            Parameter("q", "检索词", "words to find", example="公园"),
            Parameter("limit", "最多结果数", "most results", {"type": "integer", "minimum": 1}, example=20),
        ),
        errors=(400, 413),
    )
)
def find() -> Response:
    """Features of all layers whose search fields contain every word, best first.

    Raises
    ------
    OverLimit
        The words are too long.
    """
    text, most = request.args.get("q", ""), current_settings().number("max_query")
    if len(text) > most:
        raise OverLimit(limit="q", seen=len(text), most=most, setting="max_query")
    limit = _limit(request.args.get("limit", "20"))
    snapshots = list(leaving_library().readable(restricted=sees_restricted()))
    plan = current_library().catalog.plan

    def make() -> bytes:
        found, places = find_all(snapshots, text, plan=plan, most=limit)
        told = {"query": text, "total": found.total, "results": [_hit(hit) for hit in found.hits]}
        meant = read_phrase(leaving_library(), text, restricted=sees_restricted())
        told["conditions"] = [
            {
                "layer": one.layer.id,
                "layer_label": one.layer.label,
                "where": one.where,
                "words": one.words,
                "when": one.when,
            }
            for one in meant
        ]
        return orjson.dumps(told | {"places": [asdict(one) for one in places]}, default=asdict)

    key = ("search", text, limit, Same(plan), *(one.token for one in snapshots))
    return kept_answer(current_state().bodies.once(key, make), JSON)


def _limit(text: str) -> int:
    most = current_settings().number("max_hits")
    if not text.isascii() or not text.isdigit() or not 1 <= len(text) <= 9 or int(text) == 0:
        raise BadParameter(name="limit", why_zh="应为正整数", why_en="a whole number above 0 is expected")
    if int(text) > most:
        raise OverLimit(limit="limit", seen=int(text), most=most, setting="max_hits")
    return int(text)


def _answering(hit: Hit) -> Field | None:
    """Return the field that answered; None where it is what the feature is called, or its id."""
    if hit.named is None:
        return None
    for field in hit.layer.fields:
        names = (field.id, field.text.zh, field.text.en) if field.text else (field.id,)
        if hit.named.field in names:
            return field
    return None


def _told(hit: Hit, field: Field | None) -> dict[str, str]:
    """Return the text that answered in each language, where its field has both."""
    text = hit.named.text if hit.named else hit.feature.id
    names = field.text if field else None
    both = {lang: str((hit.feature.properties.get(names[lang]) if names else "") or text) for lang in ("zh", "en")}
    return {lang: words[:_LONGEST_TEXT] for lang, words in both.items()}


def _hit(hit: Hit) -> dict[str, Any]:
    shape = hit.feature.geometry
    point = None if shape is None else shapely.point_on_surface(shape)
    field = _answering(hit)
    return {
        "layer": hit.layer.id,
        "layer_label": asdict(hit.layer.label),
        "id": hit.feature.id,
        "name": {"zh": hit.feature.name(hit.layer, "zh"), "en": hit.feature.name(hit.layer, "en")},
        "match": hit.match.name.lower(),
        "field": asdict(field.label) if field else None,
        "told": _told(hit, field),
        "text": hit.named.text[:_LONGEST_TEXT] if hit.named else hit.feature.id,
        "placed": shape is not None,
        "center": None if point is None else [round(point.x, 6), round(point.y, 6)],
        "bounds": None if shape is None else [round(x, 6) for x in shape.bounds],
    }


@blueprint.get("/api/anomalies")
@declare_operation(
    Operation("规划文本中的疑点", "The oddities of the plan's document", "catalog", schema="AnomalyList")
)
def anomalies() -> Response:
    """Every anomaly with its lines."""
    return json_answer({"anomalies": [asdict(a) for a in current_library().catalog.anomalies.values()]})


@blueprint.get("/api/messages")
@declare_operation(
    Operation("界面文字（中英文）", "The interface's words in both languages", "service", schema="Messages")
)
def messages() -> Response:
    """The table the page's scripts read."""
    return kept_answer(current_state().bodies.once("messages", lambda: orjson.dumps(MESSAGES.table)), JSON)


@blueprint.get("/api/limits")
@declare_operation(Operation("各项限制", "The limits in force", "service", schema="LimitList"))
def limits() -> Response:
    """Every limit with its value and setting."""
    return json_answer({"limits": limit_rows(current_settings())})


@blueprint.get("/healthz")
@declare_operation(Operation("服务状态", "Whether the service is well", "service", schema="Health"), anybody=True)
def health() -> Response:
    """200 with the number of layers that can and cannot be used."""
    known = current_library().layers()
    usable = {snapshot.layer.id for snapshot in current_library().readable()}
    broken = current_library().catalog.told_broken(restricted=False)
    bad = [*(layer.id for layer in known if layer.id not in usable), *broken]
    count = len(known) + len(broken)
    response = json_answer({"status": "ok" if not bad else "degraded", "layers": count, "unavailable": bad})
    response.cache_control.no_store = True
    return response
