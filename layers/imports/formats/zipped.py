"""A zip with a file of another format in it: GeoJSON, CSV, GeoPackage, KML (a KMZ) and so on, one at a time."""

from __future__ import annotations

import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path, PurePosixPath

import msgspec

from geo.text import Text
from layers.imports.draft import Draft, refuse_file
from layers.imports.formats.archive import choose_member, first_bytes, first_holding, short_names, take_out
from layers.imports.formats.foreign import foreign_archive, foreign_ending, foreign_format
from layers.imports.formats.geopackage_tables import fold_in
from layers.imports.formats.registry import (
    ImportFormat,
    Source,
    file_source,
    import_format_of,
    import_formats,
)

_PRJ = 20_000  # bytes
_LOOKED = 8  # files of an archive in which nothing can be read


def read_zipped(source: Source) -> Draft:
    """Read the file wanted of an archive, the first when none is said; in a KMZ, the document."""
    if source.nested:
        raise refuse_file(
            source.name, "压缩包里还有压缩包，请先解开", "an archive lies in the archive; unpack it first"
        )
    endings = {f".{ending}" for one in import_formats() if one.in_archive for ending in one.endings}
    inside = sorted((n for n in source.members if PurePosixPath(n.lower()).suffix in endings), key=_first)
    if not inside:
        raise refuse_file(source.name, *_nothing(source))
    named = short_names(inside)
    stems = [PurePosixPath(name).stem for name in named]
    if len(set(stems)) == len(stems):
        named = dict(zip(stems, named.values(), strict=True))
    wanted = source.options.sublayer
    within = wanted if wanted and wanted not in named and len(named) == 1 else ""
    chosen = choose_member(source.name, named, "" if within else wanted)
    if not wanted and named[chosen].lower().endswith(".kml"):  # a document may only point to the others
        places = first_holding(
            source.path, [n for n in named.values() if n.lower().endswith(".kml")], b"Placemark"
        )
        chosen = next((short for short, name in named.items() if name == places), chosen)
    inner_name = PurePosixPath(named[chosen]).name
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / f"layer{PurePosixPath(inner_name).suffix.lower()}"
        take_out(source.path, {named[chosen]: target})
        notes = _beside(source, named[chosen], target)
        options = msgspec.structs.replace(source.options, sublayer=within)
        inner = file_source(target, options, source.progress, name=f"{source.name}/{inner_name}", nested=True)
        one = import_format_of(inner)
        if one is None:
            raise refuse_file(inner.name, "不是支持的格式", "it is none of the formats taken")
        draft = _with_crs(one.read(inner), source, named[chosen])
    notes = (*draft.notes, *notes)
    if len(named) > 1:
        zh = f"压缩包有多个文件：{'、'.join(named)}；读取了 {chosen}"
        notes = (*notes, Text(zh, f"the archive holds several files: {', '.join(named)}; {chosen} was read"))
    kind = "KMZ" if one.id == "KML" else draft.format
    layers = tuple(named) if len(named) > 1 else draft.layers
    return replace(draft, format=kind, layers=layers, notes=notes)


def _nothing(source: Source) -> tuple[str, str]:
    """Return why nothing is read of an archive: what its first file is that is known, else what there is."""
    whole = foreign_ending(source.name) or foreign_archive(source.members)
    if whole is not None:
        return whole.zh, whole.en
    zh = "压缩包内没有可导入的文件（如 .shp、.geojson、.csv、.kml）"
    en = "nothing in the archive can be imported (such as .shp, .geojson, .csv, .kml)"
    with zipfile.ZipFile(source.path) as archive:
        for name, head in first_bytes(archive, _LOOKED):
            known = foreign_ending(name) or foreign_format(head)
            if known is not None:
                shown = PurePosixPath(name).name
                return f"{zh}；{shown} {known.zh}", f"{en}; {shown}: {known.en}"
    shown = "、".join(PurePosixPath(name).name for name in source.members[:_LOOKED])[:120]
    return (f"{zh}；其中有 {shown}", f"{en}; it holds {shown}") if shown else (zh, en)


def _beside(source: Source, name: str, target: Path) -> tuple[Text, ...]:
    """Take the changes a program had not yet written into a GeoPackage, where they came along."""
    if f"{name}-wal" not in source.members:
        return ()
    take_out(source.path, {f"{name}-wal": target.with_name(f"{target.name}-wal")})
    fold_in(target)
    return (Text("已并入其旁的 -wal 中的修改", "the changes in the -wal beside it are taken in"),)


def _with_crs(draft: Draft, source: Source, name: str) -> Draft:
    """Return a draft that names no CRS with that of the .prj beside it: of its name, or the only one there is."""
    prj = [one for one in source.members if one.lower().endswith(".prj")]
    own = [one for one in prj if one[:-4].casefold() == str(PurePosixPath(name).with_suffix("")).casefold()]
    if draft.crs or not (own or len(prj) == 1):
        return draft
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "beside.prj"
        take_out(source.path, {(own or prj)[0]: path})
        text = path.read_bytes()[:_PRJ].decode("utf-8", "replace").strip()
    if not text:
        return draft
    shown = PurePosixPath((own or prj)[0]).name
    told = Text(f"坐标系取自旁边的 {shown}", f"the coordinate reference system is that of {shown} beside it")
    return replace(draft, crs=text, notes=(*draft.notes, told))


def _first(name: str) -> tuple[bool, bool, str]:
    """Return what members are ordered by: the document of a KMZ first, notes in plain text last."""
    return PurePosixPath(name).stem.lower() != "doc", name.lower().endswith(".txt"), name


FORMAT = ImportFormat(
    "Zip",
    Text("zip（含上列任一格式）", "zip (of any of these)"),
    ("zip", "kmz"),
    lambda source: source.archive,
    read_zipped,
    rank=40,
    in_archive=False,
)
