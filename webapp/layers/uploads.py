"""Files on their way in: taken in parts, kept apart for the person who brought them, forgotten after a day."""

from __future__ import annotations

import contextlib
import re
import secrets
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import orjson

from geo.errors import PlanAtlasError
from layers.files import clear_older
from layers.imports.database import Named, Origin, TakeBounds, take_table
from layers.imports.database.origin import origin_of

_DAY = 86_400
_MOST = 20  # files of one person at a time
_COMING = -1  # the size of a table that is still being read
_NAME = re.compile(r"[^\w.\-]+")
_KEY = re.compile(r"[0-9a-f]{24}")


class UnknownUpload(PlanAtlasError):
    """No such file, or it is somebody else's or forgotten."""

    code = "unknown_upload"
    zh = "没有这个上传文件；文件保留一天，请重新选择。"
    en = "There is no such uploaded file; files are kept for a day. Choose it again."


class PartOutOfPlace(PlanAtlasError):
    """A part does not follow what is there already; the sender goes on from ``have``."""

    code = "part_out_of_place"
    zh = "上传位置不符：服务器已有 {have} 字节，请从该处继续。"
    en = "The part does not follow: {have} bytes are here; go on from there."


class TooManyUploads(PlanAtlasError):
    """One person has too many files waiting."""

    code = "too_many_uploads"
    zh = "等待导入的文件过多（最多 {most} 个）。请先导入或移除一些。"
    en = "Too many files are waiting (at most {most}). Import or remove some first."


class NoRoom(PlanAtlasError):
    """The disk does not take a part."""

    code = "no_room"
    zh = "服务器磁盘无法写入（{why}）。已到达的部分保留；请管理员腾出空间后重试。"
    en = "The service's disk does not take it ({why}). What arrived is kept; make room, then try again."


@dataclass(frozen=True)
class Upload:
    """A file brought by ``owner``, or a table taken for them; whole when ``have`` equals ``size`` (bytes).

    ``origin`` is what a database knew of a table; no person can write it.
    """

    id: str
    name: str
    size: int
    owner: str
    path: Path
    origin: Origin | None = None

    @property
    def have(self) -> int:
        """How many bytes are here."""
        return self.path.stat().st_size if self.path.is_file() else 0


class Uploads:
    """The files waiting in a folder.

    Parameters
    ----------
    folder
        Made when the first file comes, readable by the service alone.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._appending = folder, threading.Lock()

    def begin(self, name: str, size: int, owner: str) -> Upload:
        """Return a new, empty upload.

        Raises
        ------
        TooManyUploads
            The person has too many already.
        NoRoom
            The disk is full or fails; nothing is left of it.
        """
        clear_older(self._folder, before=time.time() - _DAY)
        mine = [u for u in self._all() if u.owner == owner]
        if len(mine) >= _MOST:
            raise TooManyUploads(most=_MOST)
        key = secrets.token_hex(12)
        place = self._folder / key
        clean = _NAME.sub("_", Path(name.replace("\\", "/")).name).strip(".")[-120:] or "file"
        about = {"name": clean, "size": size, "owner": owner}
        try:
            (place / "data").mkdir(mode=0o700, parents=True)
            (place / "data" / clean).touch()
            (place / "about.json").write_bytes(orjson.dumps(about))  # last: with it the upload is known
        except OSError as error:
            shutil.rmtree(place, ignore_errors=True)
            raise NoRoom(why=error.strerror or "I/O") from error
        return self.find(key, owner)

    def begin_table(self, name: str, owner: str) -> Upload:
        """Return an upload that a worker fills with a table (`fill_upload`); no part of it can be brought."""
        return self.begin(name, _COMING, owner)

    def find(self, key: str, owner: str) -> Upload:
        """Return one of a person's uploads.

        Raises
        ------
        UnknownUpload
            There is none.
        """
        found = self._read(self._folder / key) if _KEY.fullmatch(key) else None
        if found is None or found.owner != owner:
            raise UnknownUpload
        return found

    def append(self, upload: Upload, at: int, data: bytes) -> int:
        """Put a part behind what is there; returns how many bytes are here then.

        Raises
        ------
        PartOutOfPlace
            The part does not begin where the file ends, or goes beyond its size.
        NoRoom
            The disk is full or fails.
        """
        with self._appending:  # a part that is sent twice at once stands there once
            have = upload.have
            if at != have or at + len(data) > upload.size:
                raise PartOutOfPlace(have=have)
            try:
                with upload.path.open("ab") as file:
                    file.write(data)
            except OSError as error:
                raise NoRoom(why=error.strerror or "I/O") from error
            return have + len(data)

    def remove(self, upload: Upload) -> None:
        """Forget a file, whoever still writes it: by its name nothing can be put there any more."""
        place = self._folder / upload.id
        with contextlib.suppress(OSError):  # gone already, or open where that forbids it
            place = place.rename(place.with_name(f"{place.name}.gone"))
        shutil.rmtree(place, ignore_errors=True)

    def _read(self, place: Path) -> Upload | None:
        try:
            about = orjson.loads((place / "about.json").read_bytes())
        except (OSError, orjson.JSONDecodeError):
            return None
        origin = origin_of(about["origin"]) if "origin" in about else None
        path = place / "data" / about["name"]
        return Upload(place.name, about["name"], about["size"], about["owner"], path, origin)

    def _all(self) -> list[Upload]:
        if not self._folder.is_dir():
            return []
        return [u for place in self._folder.iterdir() if _KEY.fullmatch(place.name) and (u := self._read(place))]


def fill_upload(
    upload: Upload,
    named: Named,
    *,
    table: str,
    geometry: str,
    bounds: TakeBounds,
    progress: Callable[[float, float], None],
) -> Upload:
    """Read a table into an upload, in a worker; with the last step it is whole.

    Parameters
    ----------
    upload
        Where the table goes.
    named
        The connection.
    table
        ``schema.table`` as listed.
    geometry
        The geometry column, where there are several.
    bounds
        How long it may take and how large the file may become.
    progress
        ``progress(done, total)`` in rows.

    Raises
    ------
    TableError
        The table cannot be taken.
    NoRoom
        The disk is full or fails.
    """
    place = upload.path.parent.parent
    try:
        origin = take_table(named, table, upload.path, bounds=bounds, geometry=geometry, progress=progress)
        size = upload.path.stat().st_size
        about = {"name": upload.name, "size": size, "owner": upload.owner, "origin": origin.plain()}
        (place / "about.part").write_bytes(orjson.dumps(about))
        (place / "about.part").replace(place / "about.json")
    except OSError as error:
        raise NoRoom(why=error.strerror or "I/O") from error
    return Upload(upload.id, upload.name, size, upload.owner, upload.path, origin)
