"""A layer that came by import is called, described, coloured and taken off without opening a text file."""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from typing import Annotated, Any

import msgspec

from geo.errors import PlanAtlasError
from layers.errors import BadParameter
from layers.library.entry import update_layer, withdraw_layer
from layers.library.library import Library
from layers.plan.catalog import FieldMeasure, Layer

_PALETTE = (
    "#1b9e77",
    "#d95f02",
    "#7570b3",
    "#e7298a",
    "#66a61e",
    "#e6ab02",
    "#a6761d",
    "#1f78b4",
    "#b2df8a",
    "#fb9a99",
    "#cab2d6",
    "#ffff99",
)
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_Word = Annotated[str, msgspec.Meta(max_length=200)]


class LayerOfPlan(PlanAtlasError):
    """The layer is a file of the plan; it is changed where the plan is kept."""

    code = "layer_of_plan"
    zh = "图层“{layer}”是规划数据自带的，请在规划数据目录的 catalog.toml 中修改。"
    en = "The layer “{layer}” is part of the plan's own data; change it in the catalog.toml of that folder."


class FieldWords(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a field is called and measured in, and how its numbers may be used; empty stays as it is.

    ``currency`` is the field that holds the currencies of an amount of money.
    """

    label_zh: _Word = ""
    label_en: _Word = ""
    unit: Annotated[str, msgspec.Meta(max_length=20)] = ""
    measure: FieldMeasure = ""
    currency: _Word = ""


class LayerWords(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be changed of a layer's entry; empty, or None, stays as it is.

    ``color`` is ``#rrggbb`` for all features; ``color_field`` gives each of a field's commonest values its own,
    and where it is empty all have one colour again; ``title`` is the field that names a feature,
    written on the map where ``labels`` is true.
    """

    label_zh: _Word = ""
    label_en: _Word = ""
    group: _Word = ""
    color: Annotated[str, msgspec.Meta(max_length=7)] = ""
    color_field: _Word | None = None
    title: _Word = ""
    labels: bool | None = None
    fields: dict[str, FieldWords] = {}


def parse_words(body: Mapping[str, Any]) -> LayerWords:
    """Return what a request wants changed.

    Raises
    ------
    BadParameter
        An unknown name, or a value that cannot be said.
    """
    try:
        return msgspec.convert(dict(body), LayerWords)
    except msgspec.ValidationError as error:
        raise BadParameter(name="body", why_zh=str(error)[:200], why_en=str(error)[:200]) from None


def words_schema() -> dict[str, Any]:
    """Return the JSON Schema of the body."""
    _, found = msgspec.json.schema_components([LayerWords])
    told: dict[str, Any] = found["LayerWords"]
    told["properties"]["labels"] = {"type": "boolean", "nullable": True}
    told["properties"]["color_field"] = {"type": "string", "maxLength": 200, "nullable": True}
    told["properties"]["fields"] = {"type": "object", "additionalProperties": found["FieldWords"]}
    for one in (told, found["FieldWords"]):
        one.pop("required", None)
    return told


def change_description(library: Library, layer_id: str, words: LayerWords) -> None:
    """Change how a layer is called, coloured and described.

    Raises
    ------
    UnknownLayer, LayerOfPlan, BadParameter, CatalogReadOnly
        There is none, it is not ours to change, a field or group is not there, or the file cannot be written.
    """
    layer = _ours(library, layer_id)
    known = {one.id for one in layer.fields}
    for name in (*words.fields, *filter(None, (words.title, words.color_field))):
        if name not in known:
            raise BadParameter(name=name[:60], why_zh="没有此字段", why_en="there is no such field")
    for name, told in words.fields.items():
        if told.currency and told.currency not in known:
            raise BadParameter(name=told.currency[:60], why_zh="没有此币种字段", why_en="there is no such field")
        if told.measure and next(one.type for one in layer.fields if one.id == name) not in ("number", "integer"):
            raise BadParameter(name=name[:60], why_zh="不是数字字段", why_en="it holds no numbers")
    if words.group and words.group not in library.catalog.groups:
        raise BadParameter(name="group", why_zh="没有此分组", why_en="there is no such group")
    if words.color and not _COLOUR.fullmatch(words.color):
        raise BadParameter(name="color", why_zh="应为 #rrggbb", why_en="#rrggbb is expected")
    rules = _rules(library, layer, words.color_field) if words.color_field else []
    update_layer(library.folder, layer_id, lambda table: _changed(table, words, rules))


def color_field_of(layer: Layer) -> str:
    """Return the field whose values a layer is coloured by, empty where its rules are none or of several."""
    fields = {rule.when.field for rule in layer.rules}
    return fields.pop() if len(fields) == 1 else ""


def take_off_layer(library: Library, layer_id: str, *, versions: bool = False) -> None:
    """Take a layer off the catalog; its versions stay, and an import under its id goes on from them.

    Parameters
    ----------
    library, layer_id
        The plan, and the layer that was imported into it.
    versions
        Take them away as well; figures made of them can then not be computed again.
    """
    _ours(library, layer_id)
    withdraw_layer(library.folder, layer_id)
    if versions:
        library.store.forget(layer_id, before=None)


def _ours(library: Library, layer_id: str) -> Layer:
    layer = library.layer(layer_id, restricted=True)
    if layer.file:
        raise LayerOfPlan(layer=layer_id)
    return layer


def _changed(table: MutableMapping[str, Any], words: LayerWords, rules: list[dict[str, Any]]) -> None:
    label: dict[str, str] = table["label"]
    label["zh"], label["en"] = words.label_zh or label["zh"], words.label_en or label["en"]
    if words.group:
        table["group"] = words.group
    _put_colours(table, words, rules)
    if words.title:
        table["title"] = {"zh": words.title, "en": words.title}
        table["search"] = [words.title]
    if words.labels is not None:
        table["map_labels"] = words.labels
    for one in table.get("fields", []):
        told = words.fields.get(str(one["id"]))
        if told is None:
            continue
        called: dict[str, str] = one["label"]
        called["zh"], called["en"] = told.label_zh or called["zh"], told.label_en or called["en"]
        for key in ("unit", "measure", "currency"):
            if getattr(told, key):
                one[key] = getattr(told, key)


def _put_colours(table: MutableMapping[str, Any], words: LayerWords, rules: list[dict[str, Any]]) -> None:
    if words.color:
        table["style"] = {"color": words.color, "fill": words.color}
    if words.color or words.color_field == "":
        table.pop("rules", None)
    if rules:
        table["rules"] = rules


def _rules(library: Library, layer: Layer, field: str) -> list[dict[str, Any]]:
    """Return a colour for each of a field's commonest values; the others keep the layer's own.

    Raises
    ------
    BadParameter
        It holds numbers, and so many different ones that a colour says nothing.
    """
    found, count = library.snapshot(layer).content.commonest(field, len(_PALETTE))
    if count > len(_PALETTE) and next(one.type for one in layer.fields if one.id == field) in (
        "number",
        "integer",
    ):
        raise BadParameter(
            name=field[:60],
            why_zh=f"有 {len(_PALETTE)} 个以上不同的数，逐值着色没有意义；请选择取值较少的字段",
            why_en=f"it holds more than {len(_PALETTE)} different numbers, and a colour each says nothing; "
            "choose a field of few values",
        )
    values = [value for value, _ in found if isinstance(value, str | int | float | bool)]
    return [
        {
            "when": {"field": field, "equals": value},
            "color": color,
            "fill": color,
            "label": {"zh": str(value), "en": str(value)},
        }
        for value, color in zip(values, _PALETTE, strict=False)
    ]
