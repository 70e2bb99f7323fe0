"""The shapes of JSON answers, for the API document."""

from __future__ import annotations

from typing import Any, get_args

from layers.figures.figure import Kind
from layers.figures.functions import FUNCTIONS

_TEXT = {"$ref": "#/components/schemas/Text"}
_STRING = {"type": "string"}
_IMPORT_TEXTS = (
    "label_zh", "label_en", "source_zh", "source_en", "licence_zh", "licence_en", "group", "sublayer",
    "encoding", "id_field", "class_field", "scheme", "edge_model", "why",
    "unit", "datum_parameters", "rotation",
)  # fmt: skip
_NUMBER = {"type": "number"}
_COUNT = {"type": "integer", "minimum": 0}
_KIND = {"type": "string", "enum": list(get_args(Kind))}


def _object(required: str = "", /, **properties: Any) -> dict[str, Any]:  # noqa: ANN401
    told: dict[str, Any] = {"type": "object", "properties": properties}
    if required:
        told["required"] = required.split()
    return told


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


_ANY = {"type": "object"}
_VERSION = {
    "layer": _STRING,
    "number": _COUNT,
    "kind": {"type": "string", "enum": ["import", "edit", "restore", "file"]},
    "digest": _STRING,
    "parent": {"type": "integer", "nullable": True},
    "features": _COUNT,
    "made_at": _STRING,
    "who": _STRING,
    "why": _STRING,
    "about": {"type": "object"},
    "came": {"allOf": [{"$ref": "#/components/schemas/Text"}], "nullable": True},
}
_VERSION_KEYS = " ".join(key for key in _VERSION if key != "came")

SCHEMAS: dict[str, Any] = {
    "Version": _object(_VERSION_KEYS, **_VERSION),
    "VersionList": _object("layer versions", layer=_STRING, versions=_list(_ref("Version"))),
    "VersionChanges": _object(_VERSION_KEYS + " changes", **_VERSION, changes=_list({"type": "object"})),
    "Edits": _object(
        "expected edits",
        expected={"type": "integer", "nullable": True},
        why=_STRING,
        edits=_list(
            _object(
                feature=_STRING,
                geometry=_ref("Geometry"),
                properties={"type": "object"},
                gone={"type": "boolean"},
            )
        ),
    ),
    "ViewList": _object("views", views=_list({"type": "object"})),
    "Template": _object("template", template=_STRING),
    "BriefingWanted": _object(
        "",
        template=_STRING,
        declaration=_STRING,
        title=_STRING,
        subtitle=_STRING,
        items=_list({"type": "object"}),
        format=_STRING,
        shapes={"type": "boolean"},
    ),
    "FigureChanges": _object(
        "before after unit value columns rows layers sentence",
        before=_STRING,
        after=_STRING,
        unit=_STRING,
        value={"type": "object"},
        columns=_list({"type": "object"}),
        rows=_list({"type": "object"}),
        presentation={"type": "object"},
        layers=_list({"type": "object"}),
        sentence={"$ref": "#/components/schemas/Text"},
    ),
    "SavedView": _object(
        "id title state owner link public",
        id=_STRING,
        state=_STRING,
        owner=_STRING,
        link=_STRING,
        public={"type": "boolean"},
    ),
    "ViewWanted": _object("", name=_STRING, description=_STRING, state=_STRING, public={"type": "boolean"}),
    "Comparison": _object(
        "layer before after added removed changed unchanged",
        layer=_STRING,
        before=_COUNT,
        after=_COUNT,
        added=_list(_STRING),
        removed=_list(_STRING),
        changed=_list({"type": "object"}),
        unchanged=_COUNT,
    ),
    "PictureTold": _object(
        "sentence bounds scale_bar_m table legend warnings data_warnings",
        sentence=_TEXT,
        bounds=_list(_NUMBER),
        scale_bar_m=_NUMBER,
        **dict.fromkeys(("table", "legend"), _list({"type": "object"})),
        **dict.fromkeys(("warnings", "data_warnings"), _list(_TEXT)),
    ),
    "OEmbed": _object(
        "version type title html width height",
        version=_STRING,
        type=_STRING,
        title=_STRING,
        html=_STRING,
        width=_COUNT,
        height=_COUNT,
    ),
    "Link": _object("id url ends qr", id=_STRING, url=_STRING, ends=_COUNT, qr=_STRING),
    "LinkWanted": _object("path", path=_STRING, days=_COUNT),
    "Upload": _object("upload name size have", upload=_STRING, name=_STRING, size=_COUNT, have=_COUNT),
    "DatabaseList": _object("databases", databases=_list(_STRING)),
    "TableList": _object("database tables", database=_STRING, tables=_list({"type": "object"})),
    "TableWanted": _object("table", table=_STRING, geometry=_STRING),
    "UploadBegin": _object("name size", name=_STRING, size=_COUNT),
    "Preview": _object(
        "",
        **dict.fromkeys(("sublayer", "encoding", "unit", "crs", "datum_parameters", "rotation"), _STRING),
    ),
    "ImportWanted": _object(
        "layer",
        layer=_STRING,
        crs=_STRING,
        swapped={"type": "boolean"},
        new_version={"type": "boolean"},
        check_tiling={"type": "boolean"},
        **dict.fromkeys(_IMPORT_TEXTS, _STRING),
    ),
    "Restore": _object("version", version=_COUNT, why=_STRING),
    "Text": _object("zh en", zh=_STRING, en=_STRING),
    "Problem": _object(
        "type status code title title_zh title_en",
        type=_STRING,
        status={"type": "integer"},
        code=_STRING,
        title=_STRING,
        title_zh=_STRING,
        title_en=_STRING,
        params={"type": "object"},
    ),
    "Geometry": {
        "type": "object",
        "nullable": True,
        "required": ["type", "coordinates"],
        "properties": {"type": _STRING, "coordinates": {"type": "array", "items": {}}},
    },
    "Feature": _object(
        "type id geometry properties",
        type={"type": "string", "enum": ["Feature"]},
        id=_STRING,
        geometry=_ref("Geometry"),
        properties={"type": "object"},
        layer_version=_COUNT | {"nullable": True},
    ),
    "FeatureCollection": _object(
        "type features", type={"type": "string", "enum": ["FeatureCollection"]}, features=_list(_ref("Feature"))
    ),
    "Layer": _object(
        "id label status",
        id=_STRING,
        label=_TEXT,
        status={"type": "string", "enum": ["ok", "error"]},
        group=_STRING,
        geometry=_STRING,
        datum=_STRING,
        edge_model=_STRING,
        count=_COUNT,
        placed=_COUNT,
        version={"type": "string", "nullable": True},
        came={"allOf": [_TEXT], "nullable": True},
        bounds={"type": "array", "nullable": True, "items": _NUMBER},
        url=_STRING,
        illustrative={"type": "boolean"},
        restricted={"type": "boolean"},
        fields=_list({"type": "object"}),
        problems=_list({"type": "object"}),
    ),
    "LayerList": _object("layers", layers=_list(_ref("Layer"))),
    "Catalog": _object(
        "plan groups basemaps layers anomalies problems",
        plan={"type": "object"},
        groups=_list({"type": "object"}),
        basemaps=_list({"type": "object"}),
        layers={"type": "object", "additionalProperties": _ref("Layer")},
        anomalies={"type": "object"},
        problems=_list({"type": "object"}),
    ),
    "FieldValues": _object("layer fields", layer=_STRING, fields={"type": "object"}),
    "SearchResult": _object(
        "query total results",
        query=_STRING,
        total=_COUNT,
        results=_list(
            _object("layer id name placed", layer=_STRING, id=_STRING, name=_TEXT, placed={"type": "boolean"})
        ),
    ),
    "StatisticList": _object("statistics problems", statistics=_list(_ANY), problems=_list(_ANY)),
    "Indicators": _object(
        "indicators targets", indicators=_list({"type": "object"}), targets=_list({"type": "object"})
    ),
    "Figure": _object(
        "",
        id=_STRING,
        state={"type": "string", "enum": ["computed", "not_computable"]},
        value={"type": "number", "nullable": True},
        meets={"type": "boolean", "nullable": True},
        statistic={"type": "object"},
        columns=_list({"type": "object"}),
        rows=_list({"type": "object"}),
        layers=_list({"type": "object"}),
        contributions=_list({"type": "object"}),
        method=_TEXT,
        crs=_STRING,
        caveats=_list(_TEXT),
        needs=_list(_TEXT),
        sentence=_TEXT,
        command=_STRING,
        computed_at=_STRING,
        software=_STRING,
        evidence={
            "type": "object",
            "nullable": True,
            "properties": {"pieces": {"type": "integer"}, "sha256": _STRING},
        },
    ),
    "FigureShown": _object(
        "value sentence heads numeric rows",
        value=_STRING,
        sentence=_STRING,
        heads=_list(_STRING),
        numeric=_list({"type": "boolean"}),
        rows=_list(_object("kind cells values", kind=_KIND, cells=_list(_STRING), values=_list(_ANY))),
        chart={
            "type": "object",
            "nullable": True,
            "properties": {
                "form": {"type": "string", "enum": ["bars", "columns"]},
                "name": _STRING,
                "column": _STRING,
                "unit": _STRING,
                "decimals": _COUNT,
                "left": _COUNT,
                "target": {"type": "number", "nullable": True},
                "bars": _list(
                    _object("label value text kind", label=_STRING, value=_NUMBER, text=_STRING, kind=_KIND)
                ),
            },
        },
    ),
    "FunctionList": _object(
        "functions",
        functions=_list(
            _object(
                "id name question slots options units additive",
                id=_STRING,
                name=_TEXT,
                question=_TEXT,
                slots=_list({"type": "object"}),
                options=_list({"type": "object"}),
                units={"type": "object", "additionalProperties": _list(_STRING)},
                additive=_TEXT,
                decimals=_COUNT,
                verified={"type": "boolean"},
                revision=_COUNT,
            )
        ),
    ),
    "Job": _object(
        "job state done",
        job=_STRING,
        state={"type": "string", "enum": ["waiting", "running", "done", "failed", "cancelled"]},
        done={"type": "number"},
        figure={"type": "string", "nullable": True},
        figures=_list(_STRING),
        rows=_list({"type": "object"}),
        error={"type": "object", "nullable": True},
    ),
    "Drawn": _object("polygon", polygon=_ref("Geometry")),
    "Site": _object("longitude latitude plane_crs layers", plane_crs=_STRING, layers=_list({"type": "object"})),
    "AnomalyList": _object(
        "anomalies",
        anomalies=_list(_object("id kind lines text", id=_STRING, kind=_TEXT, lines=_list(_COUNT), text=_TEXT)),
    ),
    "Messages": {"type": "object", "additionalProperties": _TEXT},
    "LimitList": _object(
        "limits",
        limits=_list(
            _object(
                "setting value unit zh en", setting=_STRING, value=_COUNT, unit=_STRING, zh=_STRING, en=_STRING
            )
        ),
    ),
    "Health": _object(
        "status layers unavailable",
        status={"type": "string", "enum": ["ok", "degraded"]},
        layers=_COUNT,
        unavailable=_list(_STRING),
    ),
}


def schemas() -> dict[str, Any]:
    """Return all shapes; what a question may hold follows from the functions there are."""
    return {**SCHEMAS, "Question": _question()}


def _question() -> dict[str, Any]:
    size = _object("min_m2 distance_m", min_m2=_NUMBER, max_m2=_NUMBER, distance_m=_NUMBER)
    kinds: dict[str, dict[str, Any]] = {
        "number": _NUMBER,
        "field": _STRING,
        "choice": {"type": "string"},
        "sizes": _list(size),
        "radii": {"type": "object", "additionalProperties": _NUMBER},
    }
    options: dict[str, dict[str, Any]] = {}
    for entry in FUNCTIONS.values():
        for option in entry.options:
            known = options.setdefault(option.id, dict(kinds[option.kind]))
            if option.choices:
                known["enum"] = list(dict.fromkeys([*known.get("enum", []), *option.choices]))
    role = _object(
        "layer", layer=_STRING, where=_list(_STRING), classes=_list(_STRING), ids=_list(_STRING), version=_COUNT
    )
    return _object(
        "function inputs",
        function={"type": "string", "enum": list(FUNCTIONS)},
        inputs={"type": "object", "additionalProperties": role},
        unit=_STRING,
        polygon=_ref("Geometry"),
        **options,
    )
