"""Layers as files over HTTP: any layer, filter or stored version, in a format, CRS and precision of choice."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, request

from layers.errors import BadParameter, OverLimit
from layers.exports import (
    Asked,
    ExportOption,
    export_formats,
    export_options,
    export_snapshot,
    format_of,
    properties_of,
    read_asked,
    told_formats,
)
from layers.exports.naming import file_stem, told_contents
from layers.features.query import parse_box
from layers.library.conditions import read_conditions
from layers.library.drawn_area import asks_drawn_area, measured_layer
from layers.library.library import Library
from layers.library.ordering import check_sort
from layers.plan.field_lists import read_fields
from webapp.accounts.rights import sees_restricted
from webapp.http.answers import json_answer, named_attachment, note_answer
from webapp.http.endpoints import Operation, Parameter, declare_operation
from webapp.http.language import current_language
from webapp.jobs.routes import waited_result
from webapp.layers.timing import WHEN, read_when
from webapp.state import current_library, current_settings
from webapp.version import VERSION

blueprint = Blueprint("exports", __name__)
_PARAMETERS = (
    Parameter("crs", "坐标系：EPSG:4490、GCJ02 等", "CRS, or GCJ02, BD09", example="EPSG:4490"),
    Parameter("decimals", "坐标小数位数 3–15", "decimals of coordinates, 3–15", {"type": "integer"}, example=7),
    Parameter("bbox", "范围 西,南,东,北（度）", "west,south,east,north", example="120.2,31.7,120.4,32"),
    Parameter("where", "筛选，可重复（且）", "filter; repeat for AND", many=True, example="position=exact"),
    Parameter("columns", "列，逗号分隔，按此顺序", "columns with commas, in this order", example="@name"),
    Parameter("sort", "排序字段，逗号分隔，- 为降序", "fields to sort by, - for downwards", example="-land_mu"),
    Parameter("version", "版本号，不写为最新", "version, the newest if not said", {"type": "integer"}),
    WHEN,
)


def _listed() -> tuple[Parameter, ...]:
    """Return the parameters that the registry of formats lists: the file's ending, and what can be chosen."""
    endings = [one.ending for one in export_formats()]
    file = Parameter(
        "file",
        f"图层编号加扩展名：{'、'.join(endings)}",
        f"layer id and ending: {', '.join(endings)}",
        {"type": "string", "pattern": rf"^.+\.({'|'.join(map(re.escape, endings))})$"},
        path=True,
        example="parks.gpkg",
    )
    options = export_options()
    return (file, *(_parameter(option) for option in options))


def _parameter(option: ExportOption) -> Parameter:
    users = ", ".join(
        f".{one.ending}" for one in export_formats() if any(o.name == option.name for o in one.options)
    )
    words = [f"{value}: {text.zh} / {text.en}" for value, text in option.choices.items()]
    schema: dict[str, Any] = {"type": "string"} | ({"enum": list(option.choices)} if option.choices else {})
    tail = f" ({'; '.join(words)})" if words else ""
    return Parameter(
        option.name, f"{option.label.zh}（{users}）{tail}", f"{option.label.en} ({users}){tail}", schema
    )


@dataclass(frozen=True)
class _Wanted:
    layer: str
    number: int | None
    asked: Asked
    box: tuple[float, float, float, float] | None
    decimals: int
    when: str = ""


def written_export(
    opened: Library,
    progress: Callable[[float, float], None],
    wanted: _Wanted,
    out: str,
) -> dict[str, Any]:
    """Write an export in a worker; the rights were checked before.

    Parameters
    ----------
    opened
        The plan, in the worker.
    progress
        ``progress(done, total)``.
    wanted
        What was asked for.
    out
        Path of the file.
    """
    opened = opened.rounded(wanted.decimals).at_time(wanted.when)
    declared = opened.layer(wanted.layer, restricted=True)
    number = wanted.number
    snapshot = opened.snapshot(declared) if number is None else opened.snapshot_at(declared, number)
    progress(1, 3)
    return asdict(
        export_snapshot(opened, snapshot, wanted.asked, Path(out), software=f"PlanAtlas {VERSION}", box=wanted.box)
    )


@blueprint.get("/api/exports")
@declare_operation(
    Operation(
        "导出格式：扩展名、选项、局限",
        "Export formats: ending, options, what they cannot hold",
        "features",
        schema="ExportList",
    )
)
def formats() -> Response:
    """Every format a layer can leave in."""
    return json_answer({"formats": told_formats()})


@blueprint.get("/export/<file>")
@declare_operation(
    Operation(
        "导出图层为文件",
        "A layer as a file",
        "features",
        "application/octet-stream",
        parameters=_PARAMETERS,
        listed=_listed,
        errors=(400, 404, 413, 422, 503),
    )
)
def export(file: str) -> Response:
    """The file, with its provenance inside; what the format could not hold is told there and in a header.

    Raises
    ------
    OverLimit
        There are too many filters.
    """
    layer, _, kind = file.partition(".")
    declared = current_library().layer(layer, restricted=sees_restricted())
    filters = request.args.getlist("where")
    most = current_settings().number("max_filters")
    if len(filters) > most:
        raise OverLimit(limit="where", seen=len(filters), most=most, setting="max_filters")
    conditions = read_conditions(current_library(), declared, filters, restricted=sees_restricted())
    when = read_when()
    options = {one.name: request.args[one.name] for one in export_options() if one.name in request.args}
    asked = read_asked(
        kind,
        crs=request.args.get("crs", ""),
        decimals=request.args.get("decimals", ""),
        filters=tuple(filters),
        options=options,
        language=current_language(),
    )
    asked = replace(asked, columns=_columns(request.args.get("columns", "")), sort=request.args.get("sort", ""))
    snapshot, sorted_ = current_library().snapshot(declared), declared
    if asks_drawn_area(asked.columns, asked.sort):
        sorted_ = measured_layer(declared)
        snapshot = replace(snapshot, layer=sorted_)
    properties_of(snapshot, asked.columns)
    check_sort(sorted_, asked.sort)
    box = parse_box(request.args["bbox"]) if "bbox" in request.args else None
    number = _number(request.args.get("version"))
    if number is not None:
        current_library().store.version(declared.id, number)
    folder = tempfile.TemporaryDirectory(prefix="planatlas-export-")
    try:
        out = Path(folder.name) / f"{declared.id}.{kind}"
        wanted = _Wanted(declared.id, number, asked, box, current_settings().number("decimals"), when)
        told = waited_result(written_export, wanted, str(out))
        size = out.stat().st_size
    except BaseException:
        folder.cleanup()
        raise
    known = format_of(kind)
    response = Response(_sent(out, folder), content_type=known.media_type if known else "")
    response.content_length = size
    parts = told_contents(current_library().at_time(when), declared, conditions, number=number)
    response.headers["Content-Disposition"] = named_attachment(
        out.name, f"{file_stem(parts, current_language())}.{kind}"
    )
    response.call_on_close(folder.cleanup)
    response.headers["Cache-Control"] = "no-store"
    return note_answer(response, [note[current_language()] for note in told["notes"]])


def _columns(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(read_fields(text)))


def _sent(path: Path, folder: tempfile.TemporaryDirectory[str]) -> Iterator[bytes]:
    with folder, path.open("rb") as file:
        while piece := file.read(1 << 20):
            yield piece


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise BadParameter(name="version", why_zh="应为版本号", why_en="the number of a version is expected")
    return int(text)
