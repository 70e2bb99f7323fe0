"""File Geodatabase, as a zipped folder: aliases, field lengths, a feature dataset, Chinese text.

References
----------
GDAL, OpenFileGDB vector driver, creation options.
"""

from __future__ import annotations

import re
import tempfile
import zipfile
from html import escape
from pathlib import Path
from typing import cast

import pyarrow as pa
import pyarrow.compute as pc

from geo.text import Text
from layers.arrow import ArrowColumn
from layers.exports.bundle import ExportBundle
from layers.exports.columns import Holds, cut, file_table, with_aliases
from layers.exports.coordinates import grid_note, known_crs
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

_ZIP_TIME = (2000, 1, 1, 0, 0, 0)
_LENGTHS = (20, 50, 100, 255, 500, 1000, 2000, 4000, 8000, 32_000, 65_536)
_TAKEN = (
    "objectid",
    "shape",
    "shape_length",
    "shape_area",
    "add",
    "alter",
    "and",
    "between",
    "by",
    "column",
    "create",
    "delete",
    "drop",
    "exists",
    "for",
    "from",
    "group",
    "in",
    "insert",
    "into",
    "is",
    "like",
    "not",
    "null",
    "or",
    "order",
    "select",
    "set",
    "table",
    "update",
    "values",
    "where",
)
_DEGREE_DECIMALS, _METRE_DECIMALS = 9, 4
_LARGEST_INT32, _EXACT_DOUBLE = 2_147_483_647, 2**53
DATASET = ExportOption(
    "dataset", Text("要素数据集名（不写为图层分组）", "feature dataset (the layer's group if not said)")
)


def write_filegdb(bundle: ExportBundle, out: Path) -> None:
    """Write a zip with ``<layer>.gdb``: a feature class for each kind of geometry."""
    holds = Holds(taken=_TAKEN, zones=False, booleans=False, plain_names=True, name_bytes=64)
    table = _narrow(file_table(bundle, holds), bundle.notes)
    modern = any(f.type == pa.int64() for f in table.schema)
    table = table if modern else _days_as_moments(table)
    table = with_aliases(table, bundle, width_of=_length)
    shapes = bundle.content.geometry
    note_single_parts(shapes, bundle.notes)
    known = known_crs(bundle.crs)
    if note := grid_note(shapes, _DEGREE_DECIMALS if known is None or known.is_geographic else _METRE_DECIMALS):
        bundle.notes.append(note)
    held = by_dimension(shapes)
    dataset = _plain(bundle.options.get("dataset") or bundle.group.zh or bundle.layer.group)
    with tempfile.TemporaryDirectory() as folder:
        gdb = Path(folder) / f"{bundle.layer.id}.gdb"
        for word, single, chosen in held:
            some = shapes[chosen]
            note_heights(some, bundle.notes)
            name = bundle.layer.id if len(held) == 1 else f"{bundle.layer.id}_{word}"
            kind = single_kind(some, single)
            write_ogr(
                table.filter(pa.array(chosen)),
                some,
                gdb,
                OgrLayer(
                    driver="OpenFileGDB",
                    kind=kind,
                    wkt=bundle.wkt,
                    name=name,
                    append=gdb.exists(),
                    options={
                        "LAYER_ALIAS": bundle.layer.label.zh
                        if len(held) == 1
                        else f"{bundle.layer.label.zh}（{word}）",
                        "FEATURE_DATASET": dataset,
                        "TARGET_ARCGIS_VERSION": "ARCGIS_PRO_3_2_OR_LATER" if modern else "ALL",
                        "DOCUMENTATION": _documentation(bundle),
                    },
                ),
            )
        with zipfile.ZipFile(out, "x", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(gdb.iterdir()):
                name = f"{gdb.name}/{path.name}"
                archive.writestr(zipfile.ZipInfo(name, _ZIP_TIME), path.read_bytes(), zipfile.ZIP_DEFLATED)
            text = "\n".join(f"{name}: {value}" for name, value in bundle.lines()) + "\n"
            archive.writestr(zipfile.ZipInfo("README.txt", _ZIP_TIME), text)
            archive.writestr(zipfile.ZipInfo("provenance.json", _ZIP_TIME), bundle.as_json())


def _narrow(table: pa.Table, notes: list[Text]) -> pa.Table:
    """Return the table with whole numbers as every ArcGIS reads them: 32 bits, else a double where it is exact."""
    long = []
    for at, field in enumerate(table.schema):
        if field.type != pa.int64():
            continue
        ends = cast("dict[str, int | None]", pc.min_max(table.column(at)).as_py())
        largest = max(abs(ends["min"] or 0), abs(ends["max"] or 0))
        if largest <= _EXACT_DOUBLE:
            kind = pa.int32() if largest <= _LARGEST_INT32 else pa.float64()
            table = table.set_column(at, field.with_type(kind), table.column(at).cast(kind))
        else:
            long.append(field.name)
    if long:
        words = ", ".join(long)
        zh = f"64 位整数 {words} 需要 ArcGIS Pro 3.2 或更新版本"
        notes.append(Text(zh, f"the 64-bit integers {words} need ArcGIS Pro 3.2 or later"))
    return table


def _days_as_moments(table: pa.Table) -> pa.Table:
    """Return the table with days as moments at midnight, which is what every ArcGIS knows."""
    for at, field in enumerate(table.schema):
        if field.type == pa.date32():
            table = table.set_column(at, field.name, table.column(at).cast(pa.timestamp("ms")))
    return table


def _length(column: ArrowColumn) -> int:
    """Return the length a text field is declared with: the next usual one, counted in UTF-16 units."""
    longest = max(
        (len(v.encode("utf-16-le")) // 2 for v in pc.unique(column).to_pylist() if v is not None), default=1
    )
    return next((n for n in _LENGTHS if n >= longest), longest)


def _plain(name: str) -> str:
    text = cut(re.sub(r"\W", "_", name), 120).strip("_") or "planatlas"
    return f"d_{text}" if text[0].isdigit() else text


def _documentation(bundle: ExportBundle) -> str:
    """Return what ArcGIS shows as the description of an item, with the provenance as JSON for a way back."""
    lines = escape("\n".join(f"{name}: {value}" for name, value in bundle.lines()))
    title = escape(f"{bundle.layer.label.zh} {bundle.layer.label.en}")
    text = (
        f"<metadata><dataIdInfo><idCitation><resTitle>{title}</resTitle></idCitation>"
        f"<idAbs>{lines}</idAbs></dataIdInfo><planatlas>{escape(bundle.as_json())}</planatlas></metadata>"
    )
    return "".join(c for c in text if c >= " " or c == "\n")


FORMAT = ExportFormat(
    id="filegdb",
    ending="gdb.zip",
    label=Text("File Geodatabase（ArcGIS，zip）", "File Geodatabase (ArcGIS, zip)"),
    media_type="application/zip",
    write=write_filegdb,
    cannot=(
        Text(
            "坐标按格网存储：经纬度取整到 1e-9 度，平面坐标到 0.1 毫米",
            "coordinates lie on a grid: of 1e-9 degrees, or of 0.1 mm in a plane",
        ),
        Text("点、线、面分为几个要素类", "points, lines and areas become feature classes of their own"),
        Text(
            "布尔值写为 0 与 1；列表写为 JSON 文本；时刻按协调世界时",
            "booleans are 0 and 1, lists JSON texts, moments in UTC",
        ),
        ONE_PART,
    ),
    options=(DATASET,),
    order=35,
)
