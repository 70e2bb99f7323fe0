"""Shapefile: a zip with one for each kind of geometry, a text with the provenance, in UTF-8 or GBK.

References
----------
ESRI Shapefile Technical Description, 1998; dBASE III field limits.
"""

from __future__ import annotations

import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from geo.text import Text
from layers.exports.bundle import ExportBundle
from layers.exports.columns import Holds, cut_texts, file_table
from layers.exports.ogr import (
    ONE_PART,
    OgrLayer,
    by_dimension,
    note_heights,
    note_single_parts,
    single_kind,
    write_ogr,
)
from layers.exports.registry import ExportFormat, ExportOption

_ZIP_TIME = (2000, 1, 1, 0, 0, 0)  # the same layer gives the same bytes
_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_LARGEST = 10**18 - 1
ENCODING = ExportOption(
    "encoding",
    Text("文字编码", "text encoding"),
    {"UTF-8": Text("UTF-8", "UTF-8"), "GBK": Text("GBK（旧版国产软件）", "GBK (older Chinese software)")},
)


def write_shapefiles(bundle: ExportBundle, out: Path) -> None:
    """Write a zip of Shapefiles."""
    bundle.notes.append(FORMAT.cannot[0])
    chosen = bundle.options.get("encoding") or "UTF-8"
    encoding = "gbk" if chosen == "GBK" else "utf-8"
    holds = Holds(name_bytes=10, encoding=encoding, moments=False)
    table = file_table(bundle, holds)
    if encoding == "gbk":
        table = _in_gbk(table, bundle)
    table = cut_texts(table, replace(holds, text_bytes=254), bundle.notes)
    table = _numbers(table, bundle)
    _note_empty(table, bundle)
    shapes = bundle.content.geometry
    note_single_parts(shapes, bundle.notes)
    held = by_dimension(shapes)
    with tempfile.TemporaryDirectory() as folder:
        parts = []
        for word, single, chosen_rows in held:
            name = bundle.layer.id if len(held) == 1 else f"{bundle.layer.id}-{word}"
            path = Path(folder) / f"{name}.shp"
            some = shapes[chosen_rows]
            note_heights(some, bundle.notes)
            write_ogr(
                table.filter(pa.array(chosen_rows)),
                some,
                path,
                OgrLayer(driver="ESRI Shapefile", kind=single_kind(some, single), wkt=bundle.wkt, encoding=chosen),
            )
            parts += [p for ending in _PARTS if (p := path.with_suffix(ending)).is_file()]
        renamed = [
            (f"字段 / field {c.name}", c.property) for c in bundle.columns if c.property and c.name != c.property
        ]
        text = "\n".join(f"{name}: {value}" for name, value in bundle.lines() + renamed) + "\n"
        with zipfile.ZipFile(out, "x", zipfile.ZIP_DEFLATED) as archive:
            for path in parts:
                archive.writestr(zipfile.ZipInfo(path.name, _ZIP_TIME), path.read_bytes(), zipfile.ZIP_DEFLATED)
            archive.writestr(zipfile.ZipInfo("README.txt", _ZIP_TIME), text)
            archive.writestr(zipfile.ZipInfo("provenance.json", _ZIP_TIME), bundle.as_json())


def _numbers(table: pa.Table, bundle: ExportBundle) -> pa.Table:
    """Return the table with whole numbers of more digits than a DBF keeps as texts; rounded decimals are noted."""
    for at, field in enumerate(table.schema):
        values = table.column(at).to_pylist() if field.type in (pa.int64(), pa.float64()) else []
        if field.type == pa.int64() and any(v is not None and abs(v) > _LARGEST for v in values):
            texts = [None if v is None else str(v) for v in values]
            table = table.set_column(at, pa.field(field.name, pa.string()), pa.array(texts, pa.string()))
            zh = f"字段 {field.name} 的整数超过 18 位，按文本写出"
            en = f"{field.name} holds whole numbers of more than 18 digits; they are written as texts"
            bundle.notes.append(Text(zh, en))
        lost = sum(v is not None and float(f"{v:.15f}") != v for v in values) if field.type == pa.float64() else 0
        if lost:
            zh = f"字段 {field.name} 有 {lost} 个数多于 15 位小数，已舍入"
            en = f"{lost} numbers of {field.name} have more than 15 decimals and are rounded"
            bundle.notes.append(Text(zh, en))
    return table


def _in_gbk(table: pa.Table, bundle: ExportBundle) -> pa.Table:
    """Return the table with texts GBK can hold; what it lacks becomes a question mark and is named."""
    lost: dict[str, int] = {}
    for at, field in enumerate(table.schema):
        if field.type != pa.string():
            continue
        made = []
        for value in table.column(at).to_pylist():
            kept = None if value is None else value.encode("gbk", "replace").decode("gbk")
            for before, after in zip(value or "", kept or "", strict=False):
                if before != after:
                    lost[before] = lost.get(before, 0) + 1
            made.append(kept)
        table = table.set_column(at, field, pa.array(made, pa.string()))
    if lost:
        named = " ".join(list(lost)[:20])
        zh = f"GBK 没有 {len(lost)} 个字，共 {sum(lost.values())} 处，已写为问号：{named}"
        en = f"GBK lacks {len(lost)} characters, in {sum(lost.values())} places; now question marks: {named}"
        bundle.notes.append(Text(zh, en))
    return table


def _note_empty(table: pa.Table, bundle: ExportBundle) -> None:
    empty = sum(v == "" for f in table.schema if f.type == pa.string() for v in table.column(f.name).to_pylist())
    if empty:
        zh, en = f"{empty} 个空文本与空值不再区分", f"{empty} empty texts are no longer told from no value"
        bundle.notes.append(Text(zh, en))


FORMAT = ExportFormat(
    id="shapefile",
    ending="shp.zip",
    label=Text("Shapefile（zip）", "Shapefile (zip)"),
    media_type="application/zip",
    write=write_shapefiles,
    cannot=(
        Text(
            "Shapefile 字段名最多 10 字节、文本最多 254 字节，不区分空值与空文本",
            "Shapefile names have 10 bytes and texts 254 at most, and null is not told from an empty text",
        ),
        Text(
            "点、线、面分为几个文件；时刻写为文本",
            "points, lines and areas become files of their own; moments are texts",
        ),
        ONE_PART,
    ),
    options=(ENCODING,),
    order=30,
)
