"""Versions of layers over HTTP: what there is, editing features, undo, going back to an old version."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import geopandas as gpd
from flask import Blueprint, Response, request

import geo
from layers.errors import BadParameter, OverLimit
from layers.features.snapshot import Snapshot
from layers.figures.inputs import layer_frame
from layers.library import editing
from layers.library.editing import Edit
from layers.library.library import Library
from layers.library.provenance import came_in
from layers.library.restoring import restore_version
from layers.plan.catalog import Layer
from layers.store import Version
from webapp.accounts.rights import require_editor, sees_restricted
from webapp.http.answers import json_answer
from webapp.http.bodies import json_body
from webapp.http.endpoints import Operation, Parameter, declare_operation
from webapp.jobs.routes import look_in_worker, waited_result
from webapp.state import current_library, current_settings

blueprint = Blueprint("edits", __name__)
_LAYER = Parameter("layer", "图层编号", "layer id", path=True, example="zones")
_NUMBER = Parameter("number", "版本号", "number of the version", {"type": "integer"}, path=True, example=1)
_BEFORE, _AFTER = (
    Parameter(name, zh, en, {"type": "integer"}, example=1)
    for name, zh, en in (
        ("before", "前一版本号", "the earlier version"),
        ("after", "后一版本号", "the later version"),
    )
)
_WHY = 500
_MOST_TOLD = 500  # changed features whose values are told


@blueprint.get("/api/layers/<layer>/versions")
@declare_operation(
    Operation(
        "图层的各版本，新的在前",
        "A layer's versions, newest first",
        "versions",
        schema="VersionList",
        parameters=(_LAYER,),
        errors=(404, 503),
    )
)
def version_list(layer: str) -> Response:
    """Every stored version with who, when, why and where it comes from; none while the file is used as it is."""
    declared = _layer(layer)
    found = current_library().store.versions(declared.id)
    return json_answer({"layer": declared.id, "versions": [_version(v) for v in found]})


def _version(version: Version) -> dict[str, Any]:
    return asdict(version) | {"came": asdict(came_in(version.about)) if version.kind == "import" else None}


@blueprint.get("/api/layers/<layer>/versions/<int:number>")
@declare_operation(
    Operation(
        "一个版本及其改动",
        "One version and its changes",
        "versions",
        schema="VersionChanges",
        parameters=(_LAYER, _NUMBER),
        errors=(404, 503),
    )
)
def one_version(layer: str, number: int) -> Response:
    """A version and, for an edit, every changed feature before and after."""
    declared = _layer(layer)
    store = current_library().store
    version = store.version(declared.id, number)
    return json_answer(asdict(version) | {"changes": [asdict(c) for c in store.changes(declared.id, number)]})


def compared_versions(
    opened: Library, progress: Callable[[float, float], None], layer: str, before: int, after: int
) -> Any:  # noqa: ANN401
    """Compare two versions in a worker: which features came, went and changed, and in what.

    Parameters
    ----------
    opened
        The plan, in the worker.
    progress
        ``progress(done, total)``.
    layer
        Its id.
    before, after
        Numbers of the two versions.
    """
    declared, plane = opened.layer(layer, restricted=True), opened.catalog.plan.plane_crs
    versions = []
    for done, number in enumerate((before, after)):
        progress(done, 3)
        versions.append(opened.snapshot_at(declared, number))
    progress(2, 3)
    found = geo.compare(*(_whole_frame(one, plane) for one in versions))
    changed = found.changed.rename(columns={"key": "feature"}).to_dict("records")
    for one in changed:
        one["values"] = []
    for one in changed[:_MOST_TOLD]:
        rows = [version.row_of(one["feature"]) for version in versions]
        was, now = (version.features[row].properties for version, row in zip(versions, rows, strict=True))
        told = ((name, was.get(name), now.get(name)) for name in one["fields"])
        one["values"] = [{"field": name, "before": old, "after": new} for name, old, new in told]
    return {"added": found.added, "removed": found.removed, "changed": changed, "unchanged": found.unchanged}


def _whole_frame(snapshot: Snapshot, plane: str) -> gpd.GeoDataFrame:
    """Return a version's features with all their properties: names and texts are no fields of their own."""
    frame, content = layer_frame(snapshot, plane, placed=False), snapshot.content
    for name in content.names:
        if name not in frame.columns:
            frame[name] = content.values(name)
    return frame


@blueprint.get("/api/layers/<layer>/compare")
@declare_operation(
    Operation(
        "两个版本之间改变了什么",
        "What changed between two versions",
        "versions",
        schema="Comparison",
        parameters=(_LAYER, _BEFORE, _AFTER),
        errors=(404, 422, 503),
    )
)
def compare(layer: str) -> Response:
    """Features added, removed and changed, on the map or not, with fields and areas (ellipsoidal m2).

    Raises
    ------
    BadParameter
        The two are no numbers.
    """
    declared = _layer(layer)
    numbers = [request.args.get(name, "") for name in ("before", "after")]
    if not all(text.isascii() and text.isdigit() and len(text) < 10 for text in numbers):
        raise BadParameter(
            name="before, after", why_zh="应为两个版本号", why_en="the numbers of two versions are expected"
        )
    before, after = (current_library().store.version(declared.id, int(text)).number for text in numbers)
    told = waited_result(compared_versions, declared.id, before, after)
    return json_answer({"layer": declared.id, "before": before, "after": after, **told})


def looked_at_edits(
    _opened: Library, _progress: Callable[[float, float], None], edits: list[Edit], geometry: str, datum: str
) -> list[Edit]:
    """Read the shapes of an edit in a worker; nothing is kept by that.

    Parameters
    ----------
    edits
        As they were sent.
    geometry
        The kind the layer has.
    datum
        Of the layer's coordinates.
    _opened, _progress
        The plan and ``progress(done, total)``, which every computation is handed.
    """
    return editing.check_shapes(edits, geometry=geometry, datum=datum)


@blueprint.post("/api/layers/<layer>/edits")
@declare_operation(
    Operation(
        "编辑要素：新增、移动、改属性、删除",
        "Edit features: add, move, change, take out",
        "versions",
        schema="Version",
        parameters=(_LAYER,),
        errors=(403, 404, 409, 413, 422, 503),
        body="Edits",
    )
)
def edit(layer: str) -> Response:
    """Make a new version; a feature somebody else changed since ``expected`` is told, never overwritten.

    Raises
    ------
    BadParameter
        The edits are not such a list.
    OverLimit
        There are too many.
    EditConflict
        Somebody else changed one of the features.
    """
    who = require_editor().name
    declared, body = _layer(layer), json_body()
    edits, most = body.get("edits"), current_settings().number("max_edits")
    if not isinstance(edits, list) or not edits:
        raise BadParameter(name="edits", why_zh="应为非空列表", why_en="a list with at least one edit is expected")
    if len(edits) > most:
        raise OverLimit(limit="edits", seen=len(edits), most=most, setting="max_edits")
    wanted = [_edit(one) for one in edits]
    why, expected = _why(body), _expected(body)
    if any(one.geometry is not None for one in wanted):
        wanted = look_in_worker(looked_at_edits, wanted, declared.geometry, declared.datum)
    changes = editing.read_changes(current_library().snapshot(declared), wanted)
    return _told(editing.keep_changes(current_library(), declared, changes, who=who, why=why, expected=expected))


@blueprint.post("/api/layers/<layer>/undo")
@declare_operation(
    Operation(
        "撤销最近一次编辑",
        "Undo the newest edit",
        "versions",
        schema="Version",
        parameters=(_LAYER,),
        errors=(403, 404, 409, 503),
    )
)
def undo(layer: str) -> Response:
    """Take back the newest edit that was not taken back yet, as a new version."""
    who = require_editor().name
    return _told(editing.undo(current_library(), _layer(layer), who=who))


@blueprint.post("/api/layers/<layer>/restore")
@declare_operation(
    Operation(
        "恢复到一个旧版本",
        "Go back to an old version",
        "versions",
        schema="Version",
        parameters=(_LAYER,),
        errors=(403, 404, 503),
        body="Restore",
    )
)
def restore(layer: str) -> Response:
    """Make a new version equal to an old one; nothing is lost.

    Raises
    ------
    BadParameter
        The version is no number.
    """
    who = require_editor().name
    declared, body = _layer(layer), json_body()
    number = body.get("version")
    if type(number) is not int:
        raise BadParameter(name="version", why_zh="应为版本号", why_en="the number of a version is expected")
    return _told(restore_version(current_library(), declared, number, who=who, why=_why(body)))


def _layer(layer: str) -> Layer:
    return current_library().layer(layer, restricted=sees_restricted())


def _told(version: Version) -> Response:
    response = json_answer(asdict(version))
    response.headers["Cache-Control"] = "no-store"
    return response


def _edit(given: object) -> Edit:
    """Return one edit of a request.

    Raises
    ------
    BadParameter
        Its keys or their kinds are wrong.
    """
    keys = ("feature", "geometry", "properties", "gone")
    if not isinstance(given, dict) or not set(given) <= set(keys):
        words = ", ".join(keys)
        raise BadParameter(name="edits", why_zh=f"每项只能有 {words}", why_en=f"an edit has {words} only")
    feature, properties = given.get("feature", ""), given.get("properties", {})
    geometry, gone = given.get("geometry"), given.get("gone", False)
    fits = isinstance(feature, str) and isinstance(properties, dict) and isinstance(gone, bool)
    if not fits or not (geometry is None or isinstance(geometry, dict)):
        raise BadParameter(name="edits", why_zh="值的类型不对", why_en="a value is of the wrong kind")
    return Edit(feature, geometry, "geometry" in given, properties, gone)


def _why(body: dict[str, Any]) -> str:
    why = body.get("why", "")
    if not isinstance(why, str) or len(why) > _WHY:
        raise BadParameter(
            name="why", why_zh=f"应为文本，最多 {_WHY} 字", why_en=f"text of at most {_WHY} characters"
        )
    return why


def _expected(body: dict[str, Any]) -> int | None:
    expected = body.get("expected")
    if "expected" not in body or not (expected is None or type(expected) is int):
        zh = "应为所见图层的版本号，尚无版本时为 null"
        en = "the number of the version you saw is expected, or null when there was none"
        raise BadParameter(name="expected", why_zh=zh, why_en=en)
    return expected
