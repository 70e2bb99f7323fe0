"""CSV in UTF-8 with a byte-order mark: the shape as WKT, provenance in the last column; text stays text."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import orjson

from geo.text import Text
from layers.exports.bundle import ExportBundle, FileColumn
from layers.exports.cells import harmless_cell, shapes_wkt, unmistaken_cell
from layers.exports.columns import describe_columns, free_name
from layers.exports.registry import ExportFormat, ExportOption

SHAPE = ExportOption(
    "shape",
    Text("几何", "shapes"),
    {"wkt": Text("WKT 列", "a WKT column"), "none": Text("不写", "left out")},
)
MARK = "planatlas"  # heading of the last column; its first row says what the columns are
DESCRIBES = " columns="


def write_csv(bundle: ExportBundle, out: Path) -> None:
    """Write the features as rows, a cell that would be a formula behind an apostrophe."""
    content, about = bundle.content, bundle.about
    describe_columns(bundle)
    taken = list(content.names)
    id_name = free_name("feature_id", taken)
    wkt_name = free_name("wkt", [*taken, id_name]) if bundle.options.get("shape") != "none" else ""
    mark_name = free_name(MARK, [*taken, id_name, wkt_name])
    bundle.columns.insert(0, FileColumn(id_name, "", "id", bundle.crs))
    if wkt_name:
        bundle.columns.append(FileColumn(wkt_name, "", "wkt"))
    bundle.columns[:] = [replace(one, name=str(harmless_cell(one.name))) for one in bundle.columns]
    described = [[one.name, one.property, one.type, one.like] for one in bundle.columns]
    mark = f"{about['layer']} {about['version'][:16]} {bundle.crs} {about['source']['zh']} {about['software']}"
    mixed = {one.property for one in bundle.columns if one.type == "json"}
    guarded = empty = 0
    with out.open("x", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow([*(one.name for one in bundle.columns), mark_name])
        for i, row in enumerate(content.rows()):
            cells = [
                str(content.ids[i]),
                *(_cell(unmistaken_cell(row[name]) if name in mixed else row[name]) for name in content.names),
            ]
            if wkt_name:
                shape = content.geometry[i]
                cells.append(shapes_wkt(shape) or "")
            safe = [harmless_cell(cell) for cell in cells]
            guarded += sum(a is not b for a, b in zip(safe, cells, strict=True))
            empty += sum(value == "" for value in row.values())
            writer.writerow([*safe, f"{mark}{DESCRIBES}{orjson.dumps(described).decode()}" if i == 0 else mark])
    if guarded:
        zh = f"{guarded} 个单元格以公式符号开头，前加单引号"
        bundle.notes.append(Text(zh, f"{guarded} cells begin like a formula; an apostrophe stands before them"))
    if empty:
        zh, en = f"{empty} 个空文本与空值不再区分", f"{empty} empty texts are no longer told from no value"
        bundle.notes.append(Text(zh, en))


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str | int | float) else orjson.dumps(value, default=str).decode()


FORMAT = ExportFormat(
    id="csv",
    ending="csv",
    label=Text("CSV（几何为 WKT）", "CSV (shapes as WKT)"),
    media_type="text/csv; charset=utf-8",
    write=write_csv,
    cannot=(
        Text("不区分空值与空文本", "null is not told from an empty text"),
        Text("列表写为 JSON 文本", "lists become JSON texts"),
    ),
    options=(SHAPE,),
    order=70,
)
