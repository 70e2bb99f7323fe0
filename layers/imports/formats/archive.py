"""What lies in a zip archive: the names in it, bounded, and members taken out under names of our own."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from layers.imports.draft import refuse_file

_MEMBERS, _INFLATED = 1000, 4_000_000_000
_OF_GDB = 8000  # a geodatabase is a folder of many small files
_UTF8_NAMES, _LOCKED = 0x800, 0x1  # bits of a member's flags
_HEAD = 4096  # bytes a file is told by


def member_names(archive: zipfile.ZipFile) -> tuple[str, ...]:
    """Return the names of the files in an archive, without what macOS adds."""
    return tuple(_members(archive))


def take_out(path: Path, wanted: Mapping[str, Path]) -> None:
    """Write members of an archive where they are wanted; never more of one than it says it holds."""
    with zipfile.ZipFile(path) as archive:
        members = _members(archive)
        for name, target in wanted.items():
            _extract(archive, members[name], target)


def refuse_swollen(archive: zipfile.ZipFile, file: str) -> None:
    """Raise UnreadableFile when an archive is locked, has too many members or would be too large unpacked."""
    members = archive.infolist()
    if any(m.flag_bits & _LOCKED for m in members):
        raise refuse_file(
            file,
            "压缩包有密码；请解开后不设密码重新打包",
            "the archive is under a password; unpack it and pack it again without one",
        )
    most = _OF_GDB if any(m.filename.lower().endswith(".gdbtable") for m in members) else _MEMBERS
    if len(members) > most or sum(m.file_size for m in members) > _INFLATED:
        raise refuse_file(file, "压缩包解开后过大", "unpacked, the archive is too large")


def first_bytes(archive: zipfile.ZipFile, most: int) -> list[tuple[str, bytes]]:
    """Return the names of the first files in an archive, each with its first bytes."""
    out = []
    for name, member in list(_members(archive).items())[:most]:
        with archive.open(member) as file:
            out.append((name, file.read(_HEAD)))
    return out


def first_holding(path: Path, names: Sequence[str], word: bytes) -> str:
    """Return the first of some members of an archive that holds a word; "" where none does."""
    with zipfile.ZipFile(path) as archive:
        members = _members(archive)
        for name in names:
            end = b""
            with archive.open(members[name]) as file:
                while piece := file.read(1 << 20):
                    if word in end + piece:
                        return name
                    end = piece[-len(word) :]
    return ""


def short_names(stems: Sequence[str]) -> dict[str, str]:
    """Return stems by their last part, or by the whole where that is not one layer's alone.

    Examples
    --------
    >>> short_names(["a/x", "b/y"])
    {'x': 'a/x', 'y': 'b/y'}
    """
    last = [PurePosixPath(stem).name for stem in stems]
    return {short if last.count(short) == 1 else stem: stem for short, stem in zip(last, stems, strict=True)}


def choose_member(file: str, named: Mapping[str, str], wanted: str) -> str:
    """Return the short name of the member wanted, the first when none is said.

    Raises
    ------
    UnreadableFile
        There is no such member.
    """
    if wanted and wanted not in named:
        zh, en = "、".join(named), ", ".join(named)
        raise refuse_file(file, f"压缩包内没有 {wanted}；有 {zh}", f"it has no {wanted}; it has {en}")
    return wanted or next(iter(named))


def _members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    return {name: m for m in archive.infolist() if not m.is_dir() and not _of_macos(name := _name(m))}


def _of_macos(name: str) -> bool:
    return "__MACOSX" in name or PurePosixPath(name).name.startswith("._")


def _name(member: zipfile.ZipInfo) -> str:
    """Return a member's name; names not marked as UTF-8 are GBK when they read so, as Chinese tools write them."""
    if member.flag_bits & _UTF8_NAMES or member.filename.isascii():
        return member.filename
    try:
        raw = member.filename.encode("cp437")
    except UnicodeError:
        return member.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeError:
            continue
    return member.filename


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    left = member.file_size
    with archive.open(member) as source, target.open("wb") as file:
        while piece := source.read(1 << 20):
            left -= len(piece)
            if left < 0:
                raise zipfile.BadZipFile("larger than it says")
            file.write(piece)
