"""The shapes of JSON answers, for the API document."""

from __future__ import annotations

from typing import Any

from layers.features.names import Match
from layers.imports.joining import JOIN_NAMES
from layers.imports.option_forms import import_schema
from layers.library.upkeep import words_schema
from layers.plan.catalog import Layer
from layers.plan.statistics import Statistic
from webapp.http.declared_schemas import declared_schema
from webapp.http.figure_schemas import FIGURE_SCHEMAS, question_schema
from webapp.http.schema_parts import COUNT, NAMED, NUMBER, STRING, TEXT, TEXTS, list_of, object_of, schema_ref
from webapp.http.site_schemas import SITE_SCHEMAS

_VERSION = {
    "layer": STRING,
    "number": COUNT,
    "kind": {"type": "string", "enum": ["import", "edit", "restore", "file"]},
    "digest": STRING,
    "parent": {"type": "integer", "nullable": True},
    "features": COUNT,
    "made_at": STRING,
    "who": STRING,
    "why": STRING,
    "about": {"type": "object"},
    "came": {"allOf": [{"$ref": "#/components/schemas/Text"}], "nullable": True},
}
_VERSION_KEYS = " ".join(key for key in _VERSION if key != "came")

# A value, and how often it occurs; OpenAPI 3.0 has no words for a tuple.
_COUNTED = {"type": "array", "items": {}, "minItems": 2, "maxItems": 2, "x-tuple": [{}, COUNT]}


def _layer() -> dict[str, Any]:
    """A layer's declaration without its file, and what the file holds now."""
    told = declared_schema(Layer, NAMED)
    told["properties"].pop("file")
    told["required"].remove("file")
    told["properties"]["fields"] = list_of(
        {"allOf": [schema_ref("Field"), object_of("", names=TEXTS, measure_said={"type": "boolean"})]}
    )
    now = {
        "status": {"type": "string", "enum": ["ok", "error"]},
        "url": STRING,
        "count": COUNT,
        "placed": COUNT,
        "version": STRING | {"nullable": True},
        "number": COUNT | {"nullable": True},
        "came": {"allOf": [TEXT], "nullable": True},
        "bounds": list_of(NUMBER) | {"nullable": True},
        "positions": list_of(STRING),
        "problem_count": COUNT,
        "problems": list_of(TEXT),
        "classes": list_of(schema_ref("LandClass")),
        "other_classes": list_of(TEXT),
    }
    told["properties"] |= now
    told["required"] += list(now)
    return told


SCHEMAS: dict[str, Any] = {
    **FIGURE_SCHEMAS,
    **SITE_SCHEMAS,
    "Version": object_of(_VERSION_KEYS, **_VERSION),
    "VersionList": object_of("layer versions", layer=STRING, versions=list_of(schema_ref("Version"))),
    "VersionChanges": object_of(_VERSION_KEYS + " changes", **_VERSION, changes=list_of({"type": "object"})),
    "Edits": object_of(
        "expected edits",
        expected={"type": "integer", "nullable": True},
        why=STRING,
        edits=list_of(
            object_of(
                feature=STRING,
                geometry=schema_ref("Geometry"),
                properties={"type": "object"},
                gone={"type": "boolean"},
            )
        ),
    ),
    "ViewList": object_of("views", views=list_of(schema_ref("ListedView"))),
    "ListedView": object_of(
        "id title description state link public saved",
        **dict.fromkeys(("id", "state", "link", "owner", "made_at", "changed_at"), STRING),
        **dict.fromkeys(("title", "description"), TEXT),
        public={"type": "boolean"},
        saved={"type": "boolean"},
    ),
    "Template": object_of("template lacks uses", template=STRING, lacks=list_of(TEXT), uses=list_of(TEXT)),
    "Kept": object_of("figure kept", figure=STRING, kept={"type": "boolean"}),
    "BriefingWanted": object_of(
        "",
        template=STRING,
        declaration=STRING,
        title=STRING,
        subtitle=STRING,
        items=list_of({"type": "object"}),
        format=STRING,
        formats=list_of(STRING),
        shapes={"type": "boolean"},
    ),
    "SavedView": object_of(
        "id title state owner link public",
        id=STRING,
        state=STRING,
        owner=STRING,
        link=STRING,
        public={"type": "boolean"},
    ),
    "ViewWanted": object_of("", name=STRING, description=STRING, state=STRING, public={"type": "boolean"}),
    "Comparison": object_of(
        "layer before after added removed changed unchanged",
        layer=STRING,
        before=COUNT,
        after=COUNT,
        added=list_of(STRING),
        removed=list_of(STRING),
        changed=list_of(schema_ref("FeatureChange")),
        unchanged=COUNT,
    ),
    "FeatureChange": object_of(
        "feature fields values geometry_changed before_m2 after_m2",
        feature=STRING,
        fields=list_of(STRING),
        values=list_of(object_of("field before after", field=STRING, before={}, after={})),
        geometry_changed={"type": "boolean"},
        before_m2=NUMBER,
        after_m2=NUMBER,
    ),
    "PictureTold": object_of(
        "sentence bounds scale_bar_m table legend warnings data_warnings",
        sentence=TEXT,
        bounds=list_of(NUMBER),
        scale_bar_m=NUMBER,
        table=list_of(
            object_of(
                "label inside features version number",
                label=TEXT,
                inside=COUNT,
                features=COUNT,
                version=STRING,
                number=COUNT | {"nullable": True},
            )
        ),
        legend=list_of({"type": "object"}),
        **dict.fromkeys(("warnings", "data_warnings"), list_of(TEXT)),
    ),
    "OEmbed": object_of(
        "version type title html width height",
        version=STRING,
        type=STRING,
        title=STRING,
        html=STRING,
        width=COUNT,
        height=COUNT,
    ),
    "Link": object_of("id url ends qr", id=STRING, url=STRING, ends=COUNT, qr=STRING),
    "LinkWanted": object_of("path", path=STRING, days=COUNT),
    "Upload": object_of("upload name size have", upload=STRING, name=STRING, size=COUNT, have=COUNT),
    "DatabaseList": object_of("databases", databases=list_of(STRING)),
    "TableList": object_of("database tables", database=STRING, tables=list_of({"type": "object"})),
    "TableWanted": object_of("table", table=STRING, geometry=STRING),
    "UploadBegin": object_of("name size", name=STRING, size=COUNT),
    "Preview": import_schema(),
    "ImportWanted": import_schema() | {"required": ["layer"]},
    "LayerWords": words_schema(),
    "LayerEntry": object_of(
        "id label group fields",
        **dict.fromkeys(("id", "group", "color", "color_field", "title"), STRING),
        label=TEXT,
        labels={"type": "boolean"},
        fields=list_of(
            object_of(
                "id label unit type measure guess currency",
                **dict.fromkeys(("id", "unit", "type", "measure", "guess", "currency"), STRING),
                label=TEXT,
            )
        ),
    ),
    "JoinWanted": import_schema()
    | {
        "required": ["layer"],
        "properties": import_schema()["properties"]
        | {
            **{name: STRING for name in JOIN_NAMES if name != "columns"},
            "columns": {"type": "array", "items": STRING},
            "doubled": {"type": "string", "enum": ["", "first", "none"]},
        },
    },
    "Restore": object_of("version", version=COUNT, why=STRING),
    **{name: declared_schema(cls, NAMED) for cls, name in NAMED.items() if cls is not Statistic},
    "Statistic": declared_schema(Statistic, NAMED, stored=True),
    "Problem": object_of(
        "type status code title title_zh title_en",
        type=STRING,
        status={"type": "integer"},
        code=STRING,
        title=STRING,
        title_zh=STRING,
        title_en=STRING,
        params={"type": "object"},
    ),
    "Geometry": object_of("type coordinates", type=STRING, coordinates={"type": "array", "items": {}})
    | {"nullable": True},
    "Feature": object_of(
        "type id geometry properties",
        type={"type": "string", "enum": ["Feature"]},
        id=STRING,
        geometry=schema_ref("Geometry"),
        properties={"type": "object"},
        layer_version=COUNT | {"nullable": True},
    ),
    "FeatureCollection": object_of(
        "type features",
        type={"type": "string", "enum": ["FeatureCollection"]},
        features=list_of(schema_ref("Feature")),
        **dict.fromkeys(("numberMatched", "numberReturned"), COUNT),
    ),
    "Layer": _layer(),
    "LayerList": object_of("layers", layers=list_of(schema_ref("Layer"))),
    "Catalog": object_of(
        "plan blocks groups basemaps layers anomalies problems",
        plan={
            "allOf": [
                schema_ref("Plan"),
                object_of("plane_name plane_proj4", plane_name=STRING, plane_proj4=STRING),
            ]
        },
        blocks=list_of(object_of("feature label bounds", feature=STRING, label=TEXT, bounds=list_of(NUMBER))),
        groups=list_of({"allOf": [schema_ref("Group"), object_of("layers", layers=list_of(STRING))]}),
        basemaps=list_of({"allOf": [schema_ref("Basemap"), object_of("fits", fits={"type": "boolean"})]}),
        layers={"type": "object", "additionalProperties": schema_ref("Layer")},
        anomalies={"type": "object", "additionalProperties": schema_ref("Anomaly")},
        problems=list_of(schema_ref("Fault")),
    ),
    "Fault": object_of("code zh en", code=STRING, zh=STRING, en=STRING),
    "FieldValues": object_of(
        "layer fields",
        layer=STRING,
        fields={
            "type": "object",
            "additionalProperties": object_of("values different", values=list_of(_COUNTED), different=COUNT),
        },
    ),
    "TableRows": object_of(
        "layer version number count matched placed offset found columns rows totals groups conditions",
        layer=STRING,
        version=STRING,
        number=COUNT | {"nullable": True},
        found=COUNT | {"nullable": True},
        **dict.fromkeys(("count", "matched", "placed", "offset"), COUNT),
        columns=list_of(STRING),
        rows=list_of(object_of("id placed cells", id=STRING, placed={"type": "boolean"}, cells=list_of({}))),
        totals=list_of(schema_ref("Total")),
        groups=list_of(schema_ref("RowGroup")),
        conditions=list_of(schema_ref("ToldCondition")),
    ),
    "ToldCondition": object_of(
        "where words unknown currencies",
        where=STRING,
        words=TEXT,
        unknown=COUNT,
        currencies=list_of(
            object_of(
                "currency words met left where told",
                currency=STRING,
                words=TEXT,
                met=COUNT,
                left=COUNT,
                where=STRING,
                told=TEXT,
            )
        ),
    ),
    "Distribution": object_of(
        "layer field measure currency form matched count bars conditions question",
        **dict.fromkeys(("layer", "field", "measure"), STRING),
        currency=STRING | {"nullable": True},
        form={"type": "string", "enum": ["classes", "times", "ranges"]},
        **dict.fromkeys(("count", "matched"), COUNT),
        bars=list_of(schema_ref("DistributionBar")),
        conditions=list_of(schema_ref("ToldCondition")),
        question={"allOf": [schema_ref("Question")], "nullable": True},
    ),
    "Timeline": object_of(
        "layer usual features placed field days states",
        layer=STRING,
        usual=STRING,
        features=COUNT,
        placed=COUNT,
        field=STRING,
        days=list_of(STRING),
        states={"type": "object", "additionalProperties": list_of(COUNT)},
    ),
    "SearchResult": object_of(
        "query total results places conditions",
        query=STRING,
        total=COUNT,
        results=list_of(schema_ref("Hit")),
        places=list_of(object_of("lon lat crs", lon=NUMBER, lat=NUMBER, crs=STRING)),
        conditions=list_of(
            object_of(
                "layer layer_label where words when",
                layer=STRING,
                layer_label=TEXT,
                where=list_of(STRING),
                words=TEXT,
                when=STRING,
            )
        ),
    ),
    "Hit": object_of(
        "layer layer_label id name placed match field text told",
        layer=STRING,
        layer_label=TEXT,
        id=STRING,
        name=TEXT,
        placed={"type": "boolean"},
        match={"type": "string", "enum": [one.name.lower() for one in Match]},
        field={"allOf": [TEXT], "nullable": True},
        text=STRING,
        told=TEXT,
        **dict.fromkeys(("center", "bounds"), list_of(NUMBER) | {"nullable": True}),
    ),
    "ExportList": object_of("formats", formats=list_of(schema_ref("ExportFormat"))),
    "ExportFormat": object_of(
        "ending label lonlat_only cannot options",
        ending=STRING,
        label=TEXT,
        lonlat_only={"type": "boolean"},
        cannot=list_of(TEXT),
        options=list_of(
            object_of(
                "name label choices",
                name=STRING,
                label=TEXT,
                choices=list_of(object_of("zh en value", zh=STRING, en=STRING, value=STRING)),
            )
        ),
    ),
    "Place": object_of(
        "longitude latitude east_m north_m plane_crs within_m layers",
        **dict.fromkeys(("longitude", "latitude", "east_m", "north_m", "within_m"), NUMBER),
        plane_crs=STRING,
        layers=list_of(
            object_of(
                "layer label within near",
                layer=STRING,
                label=TEXT,
                within=list_of(schema_ref("NearFeature")),
                near={"allOf": [schema_ref("NearFeature")], "nullable": True},
            )
        ),
    ),
    "NearFeature": object_of(
        "id name when",
        id=STRING,
        name=TEXT,
        when=list_of(object_of("label value", label=TEXT, value=STRING)),
        distance_m=NUMBER,
        **{"class": TEXT},
    ),
    "AnomalyList": object_of(
        "anomalies",
        anomalies=list_of(object_of("id kind lines text", id=STRING, kind=TEXT, lines=list_of(COUNT), text=TEXT)),
    ),
    "Messages": {"type": "object", "additionalProperties": TEXT},
    "LimitList": object_of(
        "limits",
        limits=list_of(
            object_of("setting value unit zh en", setting=STRING, value=COUNT, unit=STRING, zh=STRING, en=STRING)
        ),
    ),
    "Health": object_of(
        "status layers unavailable",
        status={"type": "string", "enum": ["ok", "degraded"]},
        layers=COUNT,
        unavailable=list_of(STRING),
    ),
}


def all_schemas() -> dict[str, Any]:
    """Return all shapes; what a question may hold follows from the functions there are."""
    return {**SCHEMAS, "Question": question_schema()}
