"""Esri JSON, as a feature service of ArcGIS answers: aliases, coded values, and whether the answer is all of it.

References
----------
ArcGIS REST API: Feature object; FeatureSet; Query (Feature Service/Layer), ``exceededTransferLimit``.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import msgspec

from geo.text import Text
from layers.imports.charset import decode
from layers.imports.draft import Draft, refuse_file
from layers.imports.formats.gdal import GdalReading
from layers.imports.formats.geojson import is_json
from layers.imports.formats.registry import ImportFormat, Source
from layers.imports.formats.vector import named_layer, read_vector

_ESRI = re.compile(
    rb'"geometryType"\s{0,9}:\s{0,9}"esriGeometry|"spatialReference"\s{0,9}:\s{0,9}\{\s{0,9}"(?:wkid|latestWkid|wkt)"'
)
_LARGEST = 500_000_000  # bytes
_SHOWN = 12


class _Code(msgspec.Struct):
    name: str = ""
    code: str | int | float | None = None


class _Domain(msgspec.Struct):
    codes: Annotated[tuple[_Code, ...], msgspec.Meta(description="of a coded-value domain")] = msgspec.field(
        default=(), name="codedValues"
    )
    name: str = ""


class _Field(msgspec.Struct):
    name: str
    alias: str = ""
    domain: _Domain | None = None


class _Answer(msgspec.Struct):
    fields: tuple[_Field, ...] = ()
    exceeded: bool = msgspec.field(default=False, name="exceededTransferLimit")


def read_esri_json(source: Source) -> Draft:
    """Read the features of an answer; fields are called by their aliases, and an answer cut short is told."""
    if source.path.stat().st_size > _LARGEST:
        raise refuse_file(source.name, "文本过大，请改用 GeoPackage", "it is too long a text; use GeoPackage")
    read = decode(source.path.read_bytes(), source.options.encoding, file=source.name)
    text = read.text.removeprefix("\ufeff")
    try:
        answer = msgspec.json.decode(text, type=_Answer)
    except msgspec.ValidationError:  # what it says beside its features is not as ArcGIS writes it
        answer = _Answer()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "layer.json"
        path.write_text(text, "utf-8")
        draft = named_layer(
            read_vector(source, GdalReading(drivers=("ESRIJSON",)), path=path, layer=""), "EsriJSON"
        )
    names = set(draft.properties.schema.names)
    declared, notes = _declared([one for one in answer.fields if one.name in names])
    if answer.exceeded:
        zh = "服务器只返回了一部分要素（exceededTransferLimit）；请分批下载后再导入"
        en = "the server gave a part of the features only (exceededTransferLimit); download the rest as well"
        notes = [Text(zh, en), *notes]
    return replace(
        draft,
        encoding=read.encoding,
        declared=declared,
        questions=read.questions,
        notes=(*read.notes, *notes, *draft.notes),
    )


def _declared(fields: list[_Field]) -> tuple[dict[str, Mapping[str, object]], list[Text]]:
    """Return what fields are called and what their codes stand for, and notes on both."""
    out: dict[str, Mapping[str, object]] = {}
    notes, called = [], []
    for one in fields:
        about: dict[str, object] = {}
        if one.alias and one.alias != one.name:
            about["label"] = {"zh": one.alias, "en": one.alias}
            called.append(f"{one.name}={one.alias}")
        codes = one.domain.codes if one.domain else ()
        if codes and one.domain:
            about["values"] = {str(code.code): {"zh": code.name, "en": code.name} for code in codes if code.name}
            listed = ", ".join(f"{code.code}={code.name}" for code in codes[:_SHOWN])
            zh, en = f"字段 {one.name} 的值域 {one.domain.name}", f"the domain of {one.name} is {one.domain.name}"
            notes.append(Text(f"{zh}：{listed}", f"{en}: {listed}"))
        if about:
            out[one.name] = about
    if called:
        listed = ", ".join(called[:_SHOWN]) + ("…" if len(called) > _SHOWN else "")
        notes.insert(0, Text(f"字段别名作为名称：{listed}", f"fields are called by their aliases: {listed}"))
    return out, notes


def _is_esri(source: Source) -> bool:
    return is_json(source) and bool(_ESRI.search(source.head)) and b'"FeatureCollection"' not in source.head


FORMAT = ImportFormat("EsriJSON", Text("Esri JSON", "Esri JSON"), ("json",), _is_esri, read_esri_json, rank=78)
