"""The catalog's table of an imported layer: every column a field, by its own name; and what a new version adds."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import asdict
from typing import Any

import pyarrow as pa

from geo.text import Text
from layers.arrow import ArrowColumn
from layers.imports.changes import TypeChanges, changed_kind, plain_kind
from layers.imports.classes import LABELS
from layers.imports.crs_gate import Admitted
from layers.imports.draft import Draft
from layers.imports.options import ImportOptions
from layers.imports.plane import edges_of
from layers.plan.reader import Catalog

_TITLES = ("name_zh", "name", "名称", "项目名称", "title", "text")
_NAMES = ("name", "名称", "名", "title", "标题", "全称", "简称")  # what the heading of a column of names ends with
_LOOKED_AT = 1000  # values of a column, to see whether they tell features apart


def layer_table(
    catalog: Catalog, options: ImportOptions, draft: Draft, *, kind: str, came: Admitted, given: Text
) -> Mapping[str, Any]:
    """Return the catalog entry of a new layer.

    Parameters
    ----------
    catalog
        Of the plan.
    options
        What was said of the import.
    draft
        What the file holds.
    kind
        ``point``, ``line`` or ``polygon``.
    came
        How the coordinates came to the plan's datum.
    given
        The source, where nobody says one.
    """
    names = draft.properties.schema.names
    title = _title(draft.properties) or (names[0] if names else "name")
    raws = {told["raw"] for told in draft.declared.values() if "raw" in told}
    fields = [_used(_field(draft, name), options) for name in names if name not in raws]
    source = options.source if options.source.zh else given
    licence = options.licence if options.licence.zh else Text("未说明", "not stated")
    table: dict[str, Any] = {
        "group": options.group or next(iter(catalog.groups)),
        "label": asdict(options.label),
        "geometry": kind,
        "datum": came.datum,
        "edge_model": edges_of(options.edge_model, came),
        "source": asdict(source),
        "licence": asdict(licence),
        "title": {"zh": title, "en": title},
        "search": [title],
        "provenance": False,
        "order": 50,
        "fields": fields,
    }
    if table["edge_model"] == "plane" and came.plane_crs:
        table |= {"plane_crs": came.plane_crs} | ({"datum_operation": came.operation} if came.operation else {})
    if came.accuracy_m is not None:
        table["datum_accuracy_m"] = came.accuracy_m
    return (
        table
        | ({"class_field": options.class_field} if options.class_field else {})
        | ({"scheme": options.scheme} if options.scheme else {})
    )


def _title(properties: pa.Table) -> str:
    """Return the column that says what features are called: by its heading, else the text that tells them apart.

    Empty where no column holds text.
    """
    names = properties.schema.names
    texts = [n for n in names if pa.types.is_string(properties.schema.field(n).type)]
    called = [n for n in names if n.lower() in _TITLES] or [n for n in texts if n.lower().endswith(_NAMES)]
    called += [n for n in texts if _tells_apart(properties.column(n).slice(0, _LOOKED_AT))]
    return next(iter([*called, *texts]), "")


def _tells_apart(column: ArrowColumn) -> bool:
    """Whether most values of a column are stated and different."""
    return 2 * len(column.drop_null().unique()) > len(column)


def feature_names(properties: pa.Table, count: int) -> list[str]:
    """Return what ``count`` features are called, by the column that looks most like a name."""
    column = _title(properties)
    if not column:
        return [""] * count
    return ["" if value is None else str(value)[:80] for value in properties.column(column).to_pylist()]


def renewed_fields(
    table: MutableMapping[str, Any], draft: Draft, changes: TypeChanges, asked: ImportOptions
) -> None:
    """Put what a new version adds or changes into a layer's entry: new fields, other types, their use.

    Parameters
    ----------
    table
        The layer's entry of the catalog; is changed.
    draft
        What the file holds.
    changes
        How its fields differ from the version before.
    asked
        What was said of the import.
    """
    fields: list[dict[str, Any]] = table.setdefault("fields", [])
    known = {str(one["id"]): one for one in fields}
    for change in changes.types:
        if change.field in known:
            known[change.field]["type"] = change.after
    fields.extend(
        _field(draft, name) for name in changes.new if name not in known and name in draft.properties.schema.names
    )
    for one in fields:
        one.update(_used({"id": one["id"], "type": one.get("type", "text")}, asked))


def _field(draft: Draft, name: str) -> dict[str, Any]:
    return {
        "id": name,
        "label": LABELS.get(name, {"zh": name, "en": name}),
        "type": plain_kind(changed_kind(draft, name)),
        "filter": True,
        **{key: value for key, value in draft.declared.get(name, {}).items() if key != "type"},
    }


def _used(field: dict[str, Any], options: ImportOptions) -> dict[str, Any]:
    """Return a field with how its numbers may be used, where somebody said so."""
    measure = options.measures.get(str(field["id"]), "")
    return field | {"measure": measure} if measure and field["type"] in ("number", "integer") else field
