"""A plan's folder as one archive and back: catalog, files and every version, each checked by its SHA-256."""

from __future__ import annotations

import hashlib
import secrets
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path, PurePosixPath

from geo.errors import PlanAtlasError
from layers.files import discard
from layers.plan.reader import CATALOG_FILE

_SUMS, _DATABASE = "SHA256SUMS", "store/store.sqlite"
_NOT_OF_THE_PLAN = "instance"  # accounts and keys of a service: a secret has no place in an archive
_LEFT_OUT = ("-wal", "-shm", ".lock", ".part")
_PIECE = 1 << 20


class BadBackup(PlanAtlasError):
    """An archive is not a whole backup, or cannot be put where it was asked."""

    code = "bad_backup"
    zh = "{file}：{why_zh}。没有改动任何数据。"
    en = "{file}: {why_en}. Nothing was changed."


def back_up(folder: Path, out: Path) -> int:
    """Write a plan's folder to an archive, also while it is being edited; returns how many files it holds.

    The list of versions is copied first and in one piece: every file it names is on the disk by then.

    Raises
    ------
    BadBackup
        The folder holds no plan, or the archive exists or cannot be written.
    """
    if not (folder / CATALOG_FILE).is_file():
        raise _bad(folder.name, "不是规划数据目录", "it is no plan's data folder")
    if out.exists():
        raise _bad(out.name, "文件已存在", "the file exists already")
    part = out.with_name(f".{out.name}.{secrets.token_hex(4)}.part")
    try:
        with tempfile.TemporaryDirectory() as aside, zipfile.ZipFile(part, "x", zipfile.ZIP_DEFLATED) as archive:
            copy, sums = Path(aside) / "store.sqlite", []
            database = folder / _DATABASE
            if database.is_file():
                with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as target:
                    source.backup(target)
                sums.append(_put(archive, copy, _DATABASE))
            for path, name in _files(folder, part):
                sums.append(_put(archive, path, name))
            archive.writestr(_SUMS, "".join(f"{digest}  {name}\n" for digest, name in sums))
        part.replace(out)
    except OSError as error:
        raise _bad(
            out.name, f"无法写入（{error.strerror}）", f"it cannot be written ({error.strerror})"
        ) from error
    finally:
        discard(part)
    return len(sums)


def bring_back(archive: Path, folder: Path) -> int:
    """Unpack a backup into a folder that does not exist yet, after every file was checked; or change nothing.

    Raises
    ------
    BadBackup
        The archive is damaged or is no backup, or the folder exists.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise _bad(folder.name, "文件夹已有内容，请换一个", "the folder holds something; choose another")
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = folder.parent / f".{folder.name}.{secrets.token_hex(4)}.part"
    try:
        with zipfile.ZipFile(archive) as source:
            wanted = dict(line.split("  ", 1)[::-1] for line in source.read(_SUMS).decode().splitlines())
            if set(source.namelist()) != {*wanted, _SUMS} or CATALOG_FILE not in wanted:
                raise _bad(archive.name, "清单与内容不符", "its list and its contents differ")
            for name, digest in wanted.items():
                _take(source, name, digest, aside, archive.name)
        if folder.exists():
            folder.rmdir()
        aside.replace(folder)
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, EOFError) as error:
        raise _bad(archive.name, "不是备份，或已损坏", "it is no backup, or damaged") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return len(wanted)


def _files(folder: Path, out: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        passing = (
            name.startswith(f"{_NOT_OF_THE_PLAN}/")
            or any(part.startswith(".") for part in path.relative_to(folder).parts)
            or path.name.endswith(_LEFT_OUT)
            or "__pycache__" in name
        )
        if path.is_file() and not path.is_symlink() and not passing and name != _DATABASE and path != out:
            yield path, name


def _put(archive: zipfile.ZipFile, path: Path, name: str) -> tuple[str, str]:
    digest = hashlib.sha256()
    with path.open("rb") as source, archive.open(name, "w", force_zip64=True) as target:
        while piece := source.read(_PIECE):
            digest.update(piece)
            target.write(piece)
    return digest.hexdigest(), name


def _take(source: zipfile.ZipFile, name: str, digest: str, into: Path, file: str) -> None:
    parts = PurePosixPath(name).parts
    if name.startswith("/") or "\\" in name or ":" in name or ".." in parts:
        raise _bad(file, "含有越出文件夹的路径", "it has a path that leads outside")
    path, seen = into.joinpath(*parts), hashlib.sha256()
    path.parent.mkdir(parents=True, exist_ok=True)
    with source.open(name) as packed, path.open("xb") as target:
        while piece := packed.read(_PIECE):
            seen.update(piece)
            target.write(piece)
    if seen.hexdigest() != digest:
        raise _bad(file, f"{name} 已损坏", f"{name} is damaged")


def _bad(file: str, zh: str, en: str) -> BadBackup:
    return BadBackup(file=file, why_zh=zh, why_en=en)
