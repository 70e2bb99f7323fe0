"""The shapes of figures, of the functions that answer, of questions and jobs."""

from __future__ import annotations

from typing import Any, get_args

from layers.figures.board import Board
from layers.figures.figure import Figure, RowKind
from layers.figures.functions import FUNCTIONS
from webapp.http.declared_schemas import declared_schema
from webapp.http.schema_parts import ANY, COUNT, NAMED, NUMBER, STRING, TEXT, list_of, object_of, schema_ref

_KIND = {"type": "string", "enum": list(get_args(RowKind))}


def _figure() -> dict[str, Any]:
    """A figure as it is published; what older releases published may lack newer parts."""
    told = declared_schema(Figure, NAMED, stored=True)
    told["properties"]["evidence"] = object_of("", pieces=COUNT, sha256=STRING) | {"nullable": True}
    told["properties"]["rows"] = list_of(ANY)
    return told


FIGURE_SCHEMAS: dict[str, Any] = {
    "StatisticList": object_of("statistics problems", statistics=list_of(ANY), problems=list_of(ANY)),
    "Indicators": object_of(
        "indicators targets", indicators=list_of({"type": "object"}), targets=list_of({"type": "object"})
    ),
    "Dashboard": declared_schema(Board, NAMED),
    "Figure": _figure(),
    "FigureShown": object_of(
        "value sentence heads numeric rows",
        value=STRING,
        sentence=STRING,
        heads=list_of(STRING),
        numeric=list_of({"type": "boolean"}),
        rows=list_of(object_of("kind cells values", kind=_KIND, cells=list_of(STRING), values=list_of(ANY))),
        beside=STRING,
        unreached=object_of(
            "heads numeric rows",
            heads=list_of(STRING),
            numeric=list_of({"type": "boolean"}),
            rows=list_of(
                object_of(
                    "layer feature cells values",
                    layer=STRING,
                    feature=STRING,
                    cells=list_of(STRING),
                    values=list_of(ANY),
                )
            ),
        )
        | {"nullable": True},
        chart={
            "type": "object",
            "nullable": True,
            "required": ["form", "name", "left", "bars"],
            "properties": {
                "form": {"type": "string", "enum": ["bars", "columns"]},
                "name": STRING,
                "column": STRING,
                "unit": STRING,
                "decimals": COUNT,
                "left": COUNT,
                "target": {"type": "number", "nullable": True},
                "bars": list_of(
                    object_of("label value text kind", label=STRING, value=NUMBER, text=STRING, kind=_KIND)
                ),
            },
        },
    ),
    "FigureChanges": object_of(
        "before after unit value columns rows layers sentence sentences causes",
        before=STRING,
        after=STRING,
        unit=STRING,
        value={"type": "object"},
        columns=list_of({"type": "object"}),
        rows=list_of({"type": "object"}),
        presentation={"type": "object"},
        layers=list_of({"type": "object"}),
        sentence={"$ref": "#/components/schemas/Text"},
        sentences=object_of("before after", before=TEXT, after=TEXT),
        causes=list_of({"type": "object"}),
    ),
    "FunctionList": object_of(
        "functions",
        functions=list_of(schema_ref("FunctionEntry")),
    ),
    "FunctionEntry": object_of(
        "id name question slots options units additive decimals verified revision",
        id=STRING,
        name=TEXT,
        question=TEXT,
        slots=list_of(schema_ref("Slot")),
        options=list_of(schema_ref("Option")),
        units={"type": "object", "additionalProperties": list_of(STRING)},
        additive=TEXT,
        decimals=COUNT,
        verified={"type": "boolean"},
        revision=COUNT,
    ),
    "Job": object_of(
        "job state done",
        job=STRING,
        state={"type": "string", "enum": ["waiting", "running", "done", "failed", "cancelled"]},
        done={"type": "number"},
        figure={"type": "string", "nullable": True},
        figures=list_of(STRING),
        rows=list_of({"type": "object"}),
        error={"allOf": [TEXT], "nullable": True},
        advice={"allOf": [TEXT], "nullable": True},
        ahead=COUNT,
    ),
    "Inside": object_of(
        "layer label features",
        layer=STRING,
        label=TEXT,
        features=list_of(object_of("id name note", id=STRING, name=TEXT, note=TEXT)),
    ),
    "Drawn": object_of(
        "polygon",
        polygon=schema_ref("Geometry"),
        filters={"type": "object", "additionalProperties": list_of(STRING)},
        as_of=STRING,
    ),
}


def question_schema() -> dict[str, Any]:
    """Return the shape of a question, with the options of all functions."""
    size = object_of("min_m2 distance_m", min_m2=NUMBER, max_m2=NUMBER, distance_m=NUMBER)
    kinds: dict[str, dict[str, Any]] = {
        "number": NUMBER,
        "field": STRING,
        "choice": {"type": "string"},
        "sizes": list_of(size),
        "radii": {"type": "object", "additionalProperties": NUMBER},
    }
    options: dict[str, dict[str, Any]] = {}
    for entry in FUNCTIONS.values():
        for option in entry.options:
            known = options.setdefault(option.id, dict(kinds[option.kind]))
            if option.choices:
                known["enum"] = list(dict.fromkeys([*known.get("enum", []), *option.choices]))
    role = object_of(
        "layer",
        layer=STRING,
        where=list_of(STRING),
        classes=list_of(STRING),
        ids=list_of(STRING),
        version=COUNT,
        as_of=STRING,
    )
    return object_of(
        "function inputs",
        function={"type": "string", "enum": list(FUNCTIONS)},
        inputs={"type": "object", "additionalProperties": role},
        unit=STRING,
        polygon=schema_ref("Geometry"),
        **options,
    )
