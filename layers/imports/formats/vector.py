"""What the formats that GDAL reads share: one layer, or all, of a file as a draft."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, MutableMapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from geo.text import Text
from layers.imports.curves import curve_note
from layers.imports.draft import Draft, Found, refuse_file
from layers.imports.errors import UnreadableFile
from layers.imports.formats.gdal import USUAL, GdalReading, read_with_gdal
from layers.imports.formats.gdal_rows import WKB
from layers.imports.formats.geoparquet import plain_columns, wkb_shapes
from layers.imports.formats.registry import Source
from layers.imports.telling import tell_nobody

_KINDS = {"Point": "point", "LineString": "line", "Polygon": "polygon"}


def read_vector(
    source: Source,
    how: GdalReading = USUAL,
    *,
    path: Path | None = None,
    layer: str | None = None,
    about: MutableMapping[str, Any] | None = None,
) -> Draft:
    """Return what GDAL reads of a source; ``path`` and ``layer`` where they differ from the source's own.

    Parameters
    ----------
    source
        The file and what was said of it.
    path, layer
        Another file, another layer in it.
    how
        Encoding, drivers and bounds.
    about
        Gets what the child told.
    """
    wanted = source.options.sublayer if layer is None else layer
    found: list[Found] = []
    notes: list[Text] = []
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "read.parquet"
        try:
            told = read_with_gdal(
                (path or source.path).resolve(), out, how, layer=wanted, progress=source.progress
            )
        except UnreadableFile as error:  # under the name people know
            why = str(error.params["why_zh"]), str(error.params["why_en"])
            raise type(error)(file=source.name, why_zh=why[0], why_en=why[1]) from error
        if about is not None:
            about.update(told)
        if told["placeless"] and not source.placeless:
            name = str(told["chosen"])
            raise refuse_file(
                source.name,
                f"{name} 是没有位置的表；请把它作为表连接到一个图层（join）",
                f"{name} is a table without places; join it to a layer (join)",
            )
        with pq.ParquetFile(out) as file:
            names = [name for name in file.schema_arrow.names if name != WKB]
            properties = plain_columns(file.read(names), notes)
            shapes = wkb_shapes(file, WKB, tell_nobody, found)
    names = [str(name) for name in told["layers"]]
    if len(names) > 1:
        notes.insert(0, _several(told, names, how.merged and not wanted))
    if told["curves"]:
        notes.append(curve_note(int(told["curves"])))
        found.append(
            Found("curve", "曲线化为折线", "curves made into segments", "mended", count=int(told["curves"]))
        )
    notes += _mended(told)
    kind = str(told["kind"]).split(" ")[0].removeprefix("Multi").removeprefix("2.5D ")
    return Draft(
        told.get("driver", "") or source.ending.upper(),
        properties,
        shapes,
        None,
        told["crs"],
        how.encoding or "utf-8",
        tuple(notes),
        tuple(names),
        found=tuple(found),
        kind=_KINDS.get(kind, ""),
        reading={"sublayer": told["chosen"]} if told["chosen"] and len(names) > 1 else {},
    )


def _mended(told: Mapping[str, Any]) -> list[Text]:
    """Say which texts were no UTF-8, and which shapes are surfaces of three dimensions."""
    notes = []
    for name, count in told["broken"].items():
        zh = f"列 {name} 有 {count} 个值的文字不是 UTF-8（被截断，或为 GBK），已按读得通的方式读取"
        en = f"column {name}: {count} texts are no UTF-8 (cut within a character, or GBK); read as far as "
        notes.append(Text(zh, f"{en}they can be"))
    if told["surfaces"]:
        zh = f"{told['surfaces']} 个要素是三维表面（multipatch、TIN），按其各面读为多边形"
        en = (
            f"{told['surfaces']} features are surfaces in three dimensions (multipatch, TIN); their faces are read"
        )
        notes.append(Text(zh, f"{en} as polygons"))
    return notes


def named_layer(draft: Draft, name: str) -> Draft:
    """Return a draft under the name of its format."""
    return replace(draft, format=name)


def _several(told: Mapping[str, Any], names: list[str], all_of_them: bool) -> Text:
    zh, en = f"文件有多个图层：{'、'.join(names)}", f"the file has several layers: {', '.join(names)}"
    if all_of_them:
        return Text(f"{zh}；全部读取", f"{en}; all are read")
    empty = [name for name in told["empty"] if name in names]
    if empty:
        zh, en = f"{zh}（空：{'、'.join(empty)}）", f"{en} (empty: {', '.join(empty)})"
    return Text(f"{zh}；读取了 {told['chosen']}", f"{en}; {told['chosen']} was read")
