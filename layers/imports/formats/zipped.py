"""A zip with a file of another format in it: GeoJSON, CSV, GeoPackage, KML (a KMZ) and so on, one at a time."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path, PurePosixPath

import msgspec

from geo.text import Text
from layers.imports.draft import Draft, refuse_file
from layers.imports.formats.archive import choose_member, short_names, take_out
from layers.imports.formats.registry import (
    ImportFormat,
    Source,
    file_source,
    import_format_of,
    import_formats,
    register_format,
)


def read_zipped(source: Source) -> Draft:
    """Read the file wanted of an archive, the first when none is said; in a KMZ, the document."""
    if source.nested:
        raise refuse_file(
            source.name, "压缩包里还有压缩包，请先解开", "an archive lies in the archive; unpack it first"
        )
    endings = {f".{ending}" for one in import_formats() if one.in_archive for ending in one.endings}
    inside = sorted((n for n in source.members if PurePosixPath(n.lower()).suffix in endings), key=_first)
    if not inside:
        zh, en = (
            "压缩包内没有可导入的文件（如 .shp、.geojson、.csv、.kml）",
            "nothing in the archive can be imported (such as .shp, .geojson, .csv, .kml)",
        )
        raise refuse_file(source.name, zh, en)
    named = short_names(inside)
    stems = [PurePosixPath(name).stem for name in named]
    if len(set(stems)) == len(stems):
        named = dict(zip(stems, named.values(), strict=True))
    wanted = source.options.sublayer
    within = wanted if wanted and wanted not in named and len(named) == 1 else ""
    chosen = choose_member(source.name, named, "" if within else wanted)
    inner_name = PurePosixPath(named[chosen]).name
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / f"layer{PurePosixPath(inner_name).suffix.lower()}"
        take_out(source.path, {named[chosen]: target})
        options = msgspec.structs.replace(source.options, sublayer=within)
        inner = file_source(target, options, source.progress, name=f"{source.name}/{inner_name}", nested=True)
        one = import_format_of(inner)
        if one is None:
            raise refuse_file(inner.name, "不是支持的格式", "it is none of the formats taken")
        draft = one.read(inner)
    notes = draft.notes
    if len(named) > 1:
        zh = f"压缩包有多个文件：{'、'.join(named)}；读取了 {chosen}"
        notes = (*notes, Text(zh, f"the archive holds several files: {', '.join(named)}; {chosen} was read"))
    kind = "KMZ" if one.id == "KML" else draft.format
    layers = tuple(named) if len(named) > 1 else draft.layers
    return replace(draft, format=kind, layers=layers, notes=notes)


def _first(name: str) -> tuple[bool, bool, str]:
    """Return what members are ordered by: the document of a KMZ first, notes in plain text last."""
    return PurePosixPath(name).stem.lower() != "doc", name.lower().endswith(".txt"), name


FORMAT = register_format(
    ImportFormat(
        "Zip",
        Text("zip（含上列任一格式）", "zip (of any of these)"),
        ("zip", "kmz"),
        lambda source: source.archive,
        read_zipped,
        rank=40,
        in_archive=False,
    )
)
