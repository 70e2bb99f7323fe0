"""One layer of a zip archive, taken out whole or not at all: a Shapefile with its parts, or the KML of a KMZ."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from layers.imports.draft import decoded, refused

_CELL = re.compile(rb"""\sr=["']([A-Z]{0,3})(\d{1,7})["']""")
_CELLS = 40_000_000  # of one sheet, empty ones included
_MEMBERS, _INFLATED = 1000, 4_000_000_000
_SHAPE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_UTF8_NAMES = 0x800


@dataclass(frozen=True)
class TakenOut:
    """A file taken out, the layer to read in it, how its text is encoded, and the archive's layers."""

    file: Path
    layer: str
    encoding: str
    chosen: str
    names: tuple[str, ...]


def taken_out(path: Path, folder: Path, layer: str, encoding: str) -> TakenOut:
    """Take the layer wanted out of an archive, under names of our own; the first when none is said.

    Parameters
    ----------
    path
        The archive.
    folder
        Where it goes.
    layer
        Name of a Shapefile, or of a KML where there are several; in a KMZ with one KML, of a layer inside it.
    encoding
        Of a Shapefile's text when it does not say.

    Raises
    ------
    UnreadableFile
        Too large, nothing of the kind inside, no such layer, or a Shapefile that lacks a part.
    """
    with zipfile.ZipFile(path) as archive:
        members = {_name(m): m for m in archive.infolist() if not m.is_dir() and "__MACOSX" not in m.filename}
        refuse_swollen(archive, path.name)
        kind = next((k for k in (".shp", ".kml") if any(n.lower().endswith(k) for n in members)), None)
        if kind is None:
            raise refused(path.name, "压缩包内没有 .shp 或 .kml", "there is no .shp or .kml in the archive")
        stems = sorted((n[:-4] for n in members if n.lower().endswith(kind)), key=lambda n: (n != "doc", n))
        named = _short(stems)
        inside = kind == ".kml" and len(stems) == 1
        if layer and not inside and layer not in named:
            known = "、".join(named), ", ".join(named)
            raise refused(
                path.name, f"压缩包内没有 {layer}；有 {known[0]}", f"it has no {layer}; it has {known[1]}"
            )
        chosen = layer if layer and not inside else next(iter(named))
        wanted = {
            n[-4:].lower(): m
            for n, m in members.items()
            if n[:-4] == named[chosen] and n[-4:].lower() in (_SHAPE_PARTS if kind == ".shp" else (kind,))
        }
        held = {ending: _extract(archive, m, folder / f"layer{ending}") for ending, m in wanted.items()}
    if kind == ".shp":
        for needed in (".shp", ".dbf", ".shx"):
            if needed not in held:
                raise refused(path.name, f"压缩包缺少 {needed}", f"the archive lacks the {needed}")
        if not encoding and ".cpg" not in held:
            _, encoding = decoded(held[".dbf"].read_bytes()[32:].replace(b"\x00", b" "))
    return TakenOut(held[kind], layer if inside else "", encoding, chosen, tuple(named))


def refuse_swollen(archive: zipfile.ZipFile, file: str) -> None:
    """Raise UnreadableFile when an archive has too many members or would be too large unpacked."""
    members = archive.infolist()
    if len(members) > _MEMBERS or sum(m.file_size for m in members) > _INFLATED:
        raise refused(file, "压缩包解开后过大", "unpacked, the archive is too large")


def refuse_far_cells(archive: zipfile.ZipFile, file: str) -> None:
    """Raise UnreadableFile when a sheet reaches so far that its cells, most of them empty, fill the memory."""
    for member in archive.infolist():
        if member.filename.endswith(".bin") and "worksheets/" in member.filename:
            raise refused(
                file, "是二进制工作簿（xlsb），请另存为 xlsx", "it is a binary workbook; save it as xlsx"
            )
        if not member.filename.endswith(".xml") or "sharedStrings" in member.filename:
            continue
        rows, columns, before = 0, 0, b""
        with archive.open(member) as source:
            while piece := source.read(1 << 20):
                for letters, digits in _CELL.findall(before + piece):
                    rows, columns = max(rows, int(digits)), max(columns, _column(letters))
                before = piece[-40:]
        if rows * max(columns, 1) > _CELLS:
            zh = f"工作表的范围达到 {rows:,} 行 × {columns:,} 列；请删除远处的空单元格后重试"
            en = f"a sheet reaches over {rows:,} rows x {columns:,} columns; delete the stray cells far out"
            raise refused(file, zh, en)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _name(member: zipfile.ZipInfo) -> str:
    """Return a member's name; names not marked as UTF-8 are GBK when they read so, as Chinese tools write them."""
    if member.flag_bits & _UTF8_NAMES or member.filename.isascii():
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return member.filename


def _short(stems: list[str]) -> dict[str, str]:
    """Return stems by their last part, or by the whole where that is not one layer's alone."""
    last = [PurePosixPath(stem).name for stem in stems]
    return {short if last.count(short) == 1 else stem: stem for short, stem in zip(last, stems, strict=True)}


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> Path:
    """Write one member; never more of it than it says it holds."""
    left = member.file_size
    with archive.open(member) as source, target.open("wb") as file:
        while piece := source.read(1 << 20):
            left -= len(piece)
            if left < 0:
                raise zipfile.BadZipFile("larger than it says")
            file.write(piece)
    return target
