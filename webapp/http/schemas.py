"""The shapes of JSON answers, for the API document."""

from __future__ import annotations

from typing import Any, get_args

from geo.text import Text
from layers.figures.figure import Column, Contribution, Figure, Kind, LayerUse, Presentation
from layers.figures.functions import FUNCTIONS
from layers.figures.functions.entry import Option, Slot
from layers.plan.catalog import Anomaly, Basemap, Condition, Field, Group, LandClass, Layer, Plan, Rule, Style
from layers.plan.statistics import Indicator, Input, Statistic, Target
from webapp.http.declared_schemas import schema_of

# The dataclasses that answers are made from, as components of their own.
_NAMED: dict[type, str] = {
    cls: cls.__name__
    for cls in (
        Anomaly, Basemap, Column, Condition, Contribution, Field, Group, Indicator, Input, LandClass, LayerUse,
        Option, Plan, Presentation, Rule, Slot, Statistic, Style, Target, Text,
    )
}  # fmt: skip

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
_TEXTS = {"type": "object", "additionalProperties": _TEXT}
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

# A value, and how often it occurs; OpenAPI 3.0 has no words for a tuple.
_COUNTED = {"type": "array", "items": {}, "minItems": 2, "maxItems": 2, "x-tuple": [{}, _COUNT]}


def _layer() -> dict[str, Any]:
    """A layer's declaration without its file, and what the file holds now."""
    told = schema_of(Layer, _NAMED)
    told["properties"].pop("file")
    told["required"].remove("file")
    told["properties"]["fields"] = _list({"allOf": [_ref("Field"), _object("", names=_TEXTS)]})
    now = {
        "status": {"type": "string", "enum": ["ok", "error"]},
        "url": _STRING,
        "count": _COUNT,
        "placed": _COUNT,
        "version": _STRING | {"nullable": True},
        "number": _COUNT | {"nullable": True},
        "came": {"allOf": [_TEXT], "nullable": True},
        "bounds": _list(_NUMBER) | {"nullable": True},
        "positions": _list(_STRING),
        "problem_count": _COUNT,
        "problems": _list(_TEXT),
        "classes": _list(_ref("LandClass")),
    }
    told["properties"] |= now
    told["required"] += list(now)
    return told


def _figure() -> dict[str, Any]:
    """A figure as it is published; what older releases published may lack newer parts."""
    told = schema_of(Figure, _NAMED, stored=True)
    told["properties"]["evidence"] = _object("", pieces=_COUNT, sha256=_STRING) | {"nullable": True}
    told["properties"]["rows"] = _list(_ANY)
    return told


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
    "ViewList": _object("views", views=_list(_ref("ListedView"))),
    "ListedView": _object(
        "id title description state link public saved",
        **dict.fromkeys(("id", "state", "link", "owner", "made_at", "changed_at"), _STRING),
        **dict.fromkeys(("title", "description"), _TEXT),
        public={"type": "boolean"},
        saved={"type": "boolean"},
    ),
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
        changed=_list(_ref("FeatureChange")),
        unchanged=_COUNT,
    ),
    "FeatureChange": _object(
        "feature fields geometry_changed before_m2 after_m2",
        feature=_STRING,
        fields=_list(_STRING),
        geometry_changed={"type": "boolean"},
        before_m2=_NUMBER,
        after_m2=_NUMBER,
    ),
    "PictureTold": _object(
        "sentence bounds scale_bar_m table legend warnings data_warnings",
        sentence=_TEXT,
        bounds=_list(_NUMBER),
        scale_bar_m=_NUMBER,
        table=_list(
            _object(
                "label inside features version number",
                label=_TEXT,
                inside=_COUNT,
                features=_COUNT,
                version=_STRING,
                number=_COUNT | {"nullable": True},
            )
        ),
        legend=_list({"type": "object"}),
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
    **{name: schema_of(cls, _NAMED) for cls, name in _NAMED.items() if cls is not Statistic},
    "Statistic": schema_of(Statistic, _NAMED, stored=True),
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
    "Geometry": _object("type coordinates", type=_STRING, coordinates={"type": "array", "items": {}})
    | {"nullable": True},
    "Feature": _object(
        "type id geometry properties",
        type={"type": "string", "enum": ["Feature"]},
        id=_STRING,
        geometry=_ref("Geometry"),
        properties={"type": "object"},
        layer_version=_COUNT | {"nullable": True},
    ),
    "FeatureCollection": _object(
        "type features",
        type={"type": "string", "enum": ["FeatureCollection"]},
        features=_list(_ref("Feature")),
        **dict.fromkeys(("numberMatched", "numberReturned"), _COUNT),
    ),
    "Layer": _layer(),
    "LayerList": _object("layers", layers=_list(_ref("Layer"))),
    "Catalog": _object(
        "plan groups basemaps layers anomalies problems",
        plan={"allOf": [_ref("Plan"), _object("plane_name plane_proj4", plane_name=_STRING, plane_proj4=_STRING)]},
        groups=_list({"allOf": [_ref("Group"), _object("layers", layers=_list(_STRING))]}),
        basemaps=_list({"allOf": [_ref("Basemap"), _object("fits", fits={"type": "boolean"})]}),
        layers={"type": "object", "additionalProperties": _ref("Layer")},
        anomalies={"type": "object", "additionalProperties": _ref("Anomaly")},
        problems=_list(_ref("Fault")),
    ),
    "Fault": _object("code zh en", code=_STRING, zh=_STRING, en=_STRING),
    "FieldValues": _object(
        "layer fields",
        layer=_STRING,
        fields={
            "type": "object",
            "additionalProperties": _object("values different", values=_list(_COUNTED), different=_COUNT),
        },
    ),
    "SearchResult": _object("query total results", query=_STRING, total=_COUNT, results=_list(_ref("Hit"))),
    "Hit": _object(
        "layer layer_label id name placed",
        layer=_STRING,
        layer_label=_TEXT,
        id=_STRING,
        name=_TEXT,
        placed={"type": "boolean"},
        **dict.fromkeys(("center", "bounds"), _list(_NUMBER) | {"nullable": True}),
    ),
    "StatisticList": _object("statistics problems", statistics=_list(_ANY), problems=_list(_ANY)),
    "Indicators": _object(
        "indicators targets", indicators=_list({"type": "object"}), targets=_list({"type": "object"})
    ),
    "Figure": _figure(),
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
            "required": ["form", "name", "left", "bars"],
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
        functions=_list(_ref("FunctionEntry")),
    ),
    "FunctionEntry": _object(
        "id name question slots options units additive decimals verified revision",
        id=_STRING,
        name=_TEXT,
        question=_TEXT,
        slots=_list(_ref("Slot")),
        options=_list(_ref("Option")),
        units={"type": "object", "additionalProperties": _list(_STRING)},
        additive=_TEXT,
        decimals=_COUNT,
        verified={"type": "boolean"},
        revision=_COUNT,
    ),
    "ExportList": _object("formats", formats=_list(_ref("ExportFormat"))),
    "ExportFormat": _object(
        "ending label lonlat_only cannot options",
        ending=_STRING,
        label=_TEXT,
        lonlat_only={"type": "boolean"},
        cannot=_list(_TEXT),
        options=_list(
            _object(
                "name label choices",
                name=_STRING,
                label=_TEXT,
                choices=_list(_object("zh en value", zh=_STRING, en=_STRING, value=_STRING)),
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
        error={"allOf": [_TEXT], "nullable": True},
    ),
    "Inside": _object(
        "layer label features",
        layer=_STRING,
        label=_TEXT,
        features=_list(_object("id name note", id=_STRING, name=_TEXT, note=_TEXT)),
    ),
    "Drawn": _object("polygon", polygon=_ref("Geometry")),
    "Place": _object(
        "longitude latitude east_m north_m plane_crs within_m layers",
        **dict.fromkeys(("longitude", "latitude", "east_m", "north_m", "within_m"), _NUMBER),
        plane_crs=_STRING,
        layers=_list(
            _object(
                "layer label within near",
                layer=_STRING,
                label=_TEXT,
                within=_list(_ref("NearFeature")),
                near={"allOf": [_ref("NearFeature")], "nullable": True},
            )
        ),
    ),
    "NearFeature": _object(
        "id name when",
        id=_STRING,
        name=_TEXT,
        when=_list(_object("label value", label=_TEXT, value=_STRING)),
        distance_m=_NUMBER,
        **{"class": _TEXT},
    ),
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
