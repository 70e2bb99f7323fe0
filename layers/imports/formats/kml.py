"""KML: the placemarks of all folders with the name of each; what only tells how to draw is left out and said."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from geo.text import Text
from layers.arrow import ArrowColumn
from layers.imports.draft import Draft, Found, refuse_file
from layers.imports.formats.gdal import GdalReading
from layers.imports.formats.gdal_rows import FOLDER
from layers.imports.formats.kml_asides import MOMENTS, is_day
from layers.imports.formats.kml_text import KmlText, kml_text
from layers.imports.formats.registry import ImportFormat, Source
from layers.imports.formats.vector import named_layer, read_vector

# What LIBKML adds to every placemark, and what it holds where the file says nothing
_DISPLAY = ("altitudeMode", "tessellate", "extrude", "visibility", "drawOrder", "icon", "snippet", "id")
_ELSEWHERE = {
    "NetworkLink": ("网络链接", "network links"),
    "GroundOverlay": ("地面叠加图", "ground overlays"),
    "PhotoOverlay": ("照片叠加", "photo overlays"),
    "ScreenOverlay": ("屏幕叠加图", "screen overlays"),
    "Model": ("三维模型", "models"),
    "gx:Tour": ("游览", "tours"),
}
_MOST, _MOST_FOLDERS = 200_000_000, 500  # bytes, GDAL holds five times as many; each folder is read by itself
_NUMBERED = re.compile(r" \(#\d+\)$")


def read_kml(source: Source) -> Draft:
    """Read all folders, or the one that is wanted."""
    prepared = _prepared(source)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{source.path.stem}.kml"
        path.write_text(prepared.text, "utf-8")
        draft = named_layer(read_vector(source, GdalReading(merged=True), path=path), "KML")
    notes, found, written = [*prepared.notes, *draft.notes], list(draft.found), prepared.written
    table = _folders(draft.properties, written)
    gone = [
        name
        for name in table.schema.names
        if name in _DISPLAY and not (name == "id" and _some(table.column(name)))
    ]
    empty = [
        name
        for name in table.schema.names
        if name in MOMENTS or (name == "description" and not _some(table.column(name)))
    ]
    shown = [name for name in gone if name not in ("id",) and _said(table.column(name))]
    if shown:
        zh = f"只用于显示的列未导入：{'、'.join(shown)}"
        notes.append(Text(zh, f"columns that only tell how to draw are left out: {', '.join(shown)}"))
    drop = [*gone, *empty]
    if FOLDER in table.schema.names and len(draft.layers) < 2:
        drop.append(FOLDER)
    table = table.drop_columns(drop) if drop else table
    _elsewhere(written, notes, found)
    moments = [one for one in table.schema.names if prepared.asides.get(one) in MOMENTS]
    days = [one for one in moments if _are_days(table.column(one))]
    before = table.schema.names
    table = _own_names(table, prepared.names)
    own = dict(zip(before, table.schema.names, strict=True))
    settled = frozenset(prepared.typed & set(table.schema.names)) | {own[one] for one in moments}
    draft = replace(
        draft,
        encoding=prepared.encoding,
        declared=dict(draft.declared) | {own[one]: {"type": "date"} for one in days},
    )
    return replace(draft, properties=table, notes=tuple(notes), found=tuple(found), settled=settled)


def _prepared(source: Source) -> KmlText:
    """Return the text made ready.

    Raises
    ------
    UnreadableFile
        It is too long, or has too many folders.
    """
    if source.path.stat().st_size > _MOST:
        zh = "KML 超过 200 MB，请导出为 GeoPackage，或拆成几个文件"
        raise refuse_file(source.name, zh, "it is a KML of over 200 MB; export it as GeoPackage, or split it")
    prepared = kml_text(source.path.read_bytes(), source.options.encoding, file=source.name)
    folders = len(re.findall(r"<(?:\w{1,20}:)?Folder[\s>]", prepared.text))
    if folders > _MOST_FOLDERS:
        zh = f"有 {folders:,} 个文件夹，最多 {_MOST_FOLDERS}；请导出为 GeoPackage，或先合并文件夹"
        en = f"it has {folders:,} folders, where {_MOST_FOLDERS} is the most; export it as GeoPackage"
        raise refuse_file(source.name, zh, f"{en}, or merge them")
    return prepared


def _own_names(table: pa.Table, names: Mapping[str, str]) -> pa.Table:
    """Return a table whose fields have the names they have in the file, none twice."""
    taken = {name for name in table.schema.names if name not in names}
    out = []
    for name in table.schema.names:
        own = names.get(name, name)
        copy = 2
        while name in names and own in taken:
            own, copy = f"{names[name]}_{copy}", copy + 1
        taken.add(own)
        out.append(own)
    return table.rename_columns(out)


def _folders(table: pa.Table, written: str) -> pa.Table:
    """Return a table whose folders are called as in the file: GDAL numbers those of one name."""
    if FOLDER not in table.schema.names or not written:
        return table
    at = table.schema.get_field_index(FOLDER)
    names = {
        name: _NUMBERED.sub("", name)
        for name in pc.unique(table.column(at)).to_pylist()
        if name and _NUMBERED.search(name) and name not in written
    }
    if not names:
        return table
    return table.set_column(
        at, FOLDER, pa.array([names.get(v, v) for v in table.column(at).to_pylist()], pa.string())
    )


def _some(column: ArrowColumn) -> bool:
    return int(column.null_count) < len(column)


def _are_days(column: ArrowColumn) -> bool:
    return all(is_day(value) for value in pc.unique(column).to_pylist() if value)


def _said(column: ArrowColumn) -> bool:
    """Tell whether a display column says anything but what stands for nothing."""
    values = set(pc.unique(column).to_pylist()) - {None, "", -1, 0, 1, "clampToGround"}
    return bool(values)


def _elsewhere(written: str, notes: list[Text], found: list[Found]) -> None:
    """Say what of the file is no placemark: links are not followed, pictures not read."""
    for tag, (zh, en) in _ELSEWHERE.items():
        count = len(re.findall(rf"<{tag}[\s>]", written))
        if count:
            rest = (
                ("，不会打开", "; they are not followed") if tag == "NetworkLink" else ("，未导入", "; left out")
            )
            notes.append(Text(f"{count} 个{zh}{rest[0]}", f"{count} {en}{rest[1]}"))
            found.append(Found(tag.lower().replace(":", "_"), zh, en, "left out", count=count))


def _is_kml(source: Source) -> bool:
    return not source.archive and (source.ending == "kml" or b"<kml" in source.head)


FORMAT = ImportFormat("KML", Text("KML、KMZ", "KML, KMZ"), ("kml",), _is_kml, read_kml, rank=30)
