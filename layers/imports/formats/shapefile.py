"""A Shapefile in a zip: its parts together, its text in the encoding it really is in."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from geo.text import Text
from layers.imports.cell_encoding import settle_encoding
from layers.imports.charset import wide_name
from layers.imports.draft import Draft, Undecided, refuse_file
from layers.imports.formats.archive import choose_member, short_names, take_out
from layers.imports.formats.dbase import dbase_texts, mend_table
from layers.imports.formats.gdal import GdalReading
from layers.imports.formats.registry import ImportFormat, Source
from layers.imports.formats.vector import read_vector

_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_SAMPLE_BYTES = 4_000_000


def read_shapefile(source: Source) -> Draft:
    """Read one Shapefile of an archive; a ``.cpg`` that its text contradicts is told and not believed."""
    if not source.archive:
        raise refuse_file(
            source.name,
            "Shapefile 由几个文件组成，请把 .shp、.shx、.dbf、.prj 一起压缩成 zip",
            "a Shapefile is several files; zip its .shp, .shx, .dbf and .prj together",
        )
    stems = sorted(name[:-4] for name in source.members if name.lower().endswith(".shp"))
    named = short_names(stems)
    chosen = choose_member(source.name, named, source.options.sublayer)
    parts = {
        name[-4:].lower(): name
        for name in source.members
        if name[:-4].casefold() == named[chosen].casefold() and name[-4:].lower() in _PARTS
    }
    notes: list[Text] = []
    if ".dbf" not in parts:
        notes.append(
            Text("压缩包缺少 .dbf，只有图形，没有属性", "the archive lacks the .dbf: shapes without attributes")
        )
    if ".shx" not in parts:
        notes.append(
            Text("压缩包缺少 .shx，已由 .shp 重建", "the archive lacks the .shx; it was made again from the .shp")
        )
    with tempfile.TemporaryDirectory() as folder:
        held = {ending: Path(folder) / f"layer{ending}" for ending in parts}
        take_out(source.path, {name: held[ending] for ending, name in parts.items()})
        encoding, questions = _encoding(source, held, notes) if ".dbf" in held else ("utf-8", ())
        (Path(folder) / "layer.cpg").write_text(encoding.upper(), "ascii")
        if ".dbf" in held:
            notes += mend_table(held[".dbf"], encoding, shapes=_shapes(held.get(".shx")))
        lost = _cut_off(held[".shp"], held.get(".shx"))
        if lost:
            zh = f".shp 被截断：{lost} 个要素的图形已不在文件中，只导入了其属性；请重新导出或下载"
            en = f"the .shp is cut off: the shapes of {lost} features are not in the file any more and only their "
            notes.append(Text(zh, f"{en}attributes came in; export or download it again"))
        restore = {} if lost else {"SHAPE_RESTORE_SHX": "YES"}
        draft = read_vector(source, GdalReading(encoding=encoding, config=restore), path=held[".shp"], layer="")
        if ".dbf" not in held:  # GDAL numbers them in a column of its own
            draft = replace(draft, properties=draft.properties.select([]))
        if draft.crs is None and ".prj" in held and held[".prj"].read_bytes().strip(b" \r\n\t\x00"):
            zh = "压缩包的 .prj 不是可读的坐标系定义，未采用"
            notes.append(Text(zh, "the .prj of the archive defines no CRS that can be read; it is not used"))
    if len(named) > 1:
        zh = f"压缩包有多个图层：{'、'.join(named)}；读取了 {chosen}"
        notes.append(Text(zh, f"the archive holds several layers: {', '.join(named)}; {chosen} was read"))
    return replace(
        draft,
        format="ESRI Shapefile",
        encoding=encoding,
        notes=(*notes, *draft.notes),
        questions=questions,
        layers=tuple(named) if len(named) > 1 else (),
        reading={"encoding": encoding} | ({"sublayer": chosen} if len(named) > 1 else {}),
    )


def _shapes(shx: Path | None) -> int | None:
    return max(shx.stat().st_size - 100, 0) // 8 if shx is not None else None


def _cut_off(shp: Path, shx: Path | None) -> int:
    """Return how many shapes the index lists that the file does not hold whole; 0 without an index.

    References
    ----------
    ESRI Shapefile Technical Description (1998): offsets and lengths are big-endian, in words of 16 bits.
    """
    if shx is None:
        return 0
    size, index = shp.stat().st_size, shx.read_bytes()[100:]
    listed = np.frombuffer(index[: len(index) // 8 * 8], dtype=">i4").reshape(-1, 2).astype(np.int64)
    return int(((listed.sum(axis=1) * 2 + 8) > size).sum())


def _encoding(source: Source, held: dict[str, Path], notes: list[Text]) -> tuple[str, tuple[Undecided, ...]]:
    """Return how the text of the table is encoded: as a person says, else as its bytes prove."""
    if source.options.encoding:
        said = wide_name(source.options.encoding)
        if not said:
            word = source.options.encoding[:20]
            raise refuse_file(source.name, f"不认识编码 {word}", f"there is no encoding {word}")
        return said, ()
    declared = held[".cpg"].read_bytes()[:60].decode("ascii", "ignore").strip() if ".cpg" in held else ""
    known = wide_name(declared)
    found = settle_encoding([cell for cell in dbase_texts(held[".dbf"]) if not cell.isascii()], known)
    if declared and found.name != known and not found.questions:
        best, said_so = found.name, declared[:20]
        zh = f".cpg 写的是 {said_so}，但文字按 {best} 才读得通，按 {best} 读取"
        notes.append(Text(zh, f"the .cpg says {said_so}, but the text reads only as {best}; read as {best}"))
    else:
        notes += found.notes
    return found.name, found.questions


FORMAT = ImportFormat(
    "ESRI Shapefile",
    Text("Shapefile（zip）", "Shapefile (zip)"),
    ("zip", "shp"),
    lambda source: source.ending == "shp" or any(n.lower().endswith(".shp") for n in source.members),
    read_shapefile,
    rank=20,
    in_archive=False,
)
