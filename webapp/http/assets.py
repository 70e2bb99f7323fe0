"""Front-end files with their hash in the address: fetched once, kept by the browser for good.

``assets.toml`` names every third-party file (package, version, licence, SHA-256); the set-up installs them
and nothing else is ever served from a package. Our own modules live under one address per build.
"""

from __future__ import annotations

import hashlib
import mimetypes
import posixpath
import re
import tomllib
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from flask import Blueprint, Response, abort

from geo.errors import PlanAtlasError
from webapp.state import current_state

_HERE = Path(__file__).parents[1]
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png"}

_URL = re.compile(r"""url\(["']?([^"')]+)["']?\)""")
_IMPORT = re.compile(r"""(\bfrom\s*|\bimport\s*\(?)(["'])([^"']+)\2""")

blueprint = Blueprint("assets", __name__)


class MissingAsset(PlanAtlasError):
    """A third-party file is not installed."""

    code = "missing_asset"
    zh = "缺少前端文件 {file}。请运行 python run.py 完成安装。"
    en = "The front-end file {file} is missing. Run python run.py to finish the set-up."


@dataclass(frozen=True)
class Asset:
    """A file as served."""

    name: str
    body: bytes
    type: str

    @cached_property
    def digest(self) -> str:
        """First 16 hexadecimal digits of the SHA-256."""
        return hashlib.sha256(self.body).hexdigest()[:16]

    @property
    def url(self) -> str:
        """Address that changes with the content."""
        stem, dot, ending = self.name.rpartition(".")
        return f"/assets/{stem}-{self.digest}{dot}{ending}"


class Assets:
    """The front end's files, read once.

    Parameters
    ----------
    packages
        Folder with the installed packages (``node_modules``).

    Raises
    ------
    MissingAsset
        A declared file is not there.
    """

    def __init__(self, packages: Path) -> None:
        self.by_name: dict[str, Asset] = {}
        declared: dict[str, dict[str, str]] = tomllib.loads((_HERE / "assets.toml").read_text("utf-8"))
        for name, entry in declared.items():
            path = packages / entry["package"] / entry["file"]
            if not path.is_file():
                raise MissingAsset(file=f"{entry['package']}/{entry['file']}")
            self.by_name[name] = Asset(name, path.read_bytes(), _type(name))
        for sheet in [a for a in self.by_name.values() if a.type == "text/css"]:
            self._relink(sheet)
        modules = {name: entry for name, entry in declared.items() if "module" in entry}
        self._modules = {entry["module"]: name for name, entry in modules.items()}
        self._files = {f"{entry['package']}/{entry['file']}": name for name, entry in modules.items()}
        for file in self._files:
            self._resolve(file)
        self.by_url = {a.url: a for a in self.by_name.values()}
        self.own = {p.relative_to(_HERE / "static").as_posix(): self._own(p) for p in _own_files()}
        digest = hashlib.sha256()
        for name, body in sorted(self.own.items()):
            digest.update(name.encode() + b"\0" + body)
        self.build = digest.hexdigest()[:16]

    def _relink(self, sheet: Asset) -> None:
        """Point what a style sheet calls an image, by file name, to that image's hashed address."""
        text = _URL.sub(lambda found: self._local(found.group(1)), sheet.body.decode())
        self.by_name[sheet.name] = Asset(sheet.name, text.encode(), sheet.type)

    def _local(self, written: str) -> str:
        image = self.by_name.get(written.rpartition("/")[2])
        return f'url("{image.url if image else written}")'

    def _resolve(self, file: str) -> str:
        """Return where an ES module of a package is served, once what it imports is at its own hashed address."""
        asset = self.by_name[self._files[file]]

        def address(found: re.Match[str]) -> str:
            start, quote, wanted = found.groups()
            if wanted.startswith("/assets/"):
                return found.group()  # resolved before
            return f"{start}{quote}{self._resolve(posixpath.normpath(posixpath.join(file, '..', wanted)))}{quote}"

        text = asset.body.decode().replace("process.env.NODE_ENV", '"production"')  # as a bundler does
        resolved = replace(asset, body=_IMPORT.sub(address, text).encode())
        self.by_name[asset.name] = resolved
        return resolved.url

    def _own(self, path: Path) -> bytes:
        """Return one of our files; where a script imports a package by name, the name becomes its address."""
        if path.suffix != ".js":
            return path.read_bytes()
        text = path.read_text("utf-8")

        def address(found: re.Match[str]) -> str:
            start, quote, wanted = found.groups()
            name = self._modules.get(wanted)
            return f"{start}{quote}{self.by_name[name].url}{quote}" if name else found.group()

        return _IMPORT.sub(address, text).encode()

    def add(self, name: str, text: str) -> Asset:
        """Serve a generated file as well."""
        asset = Asset(name, text.encode(), _type(name))
        self.by_url[asset.url] = asset
        return asset

    def own_url(self, path: str) -> str:
        """Address of one of our own static files."""
        return f"/static/{self.build}/{path}"


def _own_files() -> list[Path]:
    return [p for p in sorted((_HERE / "static").rglob("*")) if p.is_file() and not p.name.startswith(".")]


def _type(name: str) -> str:
    return _TYPES.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"


def current_assets() -> Assets:
    """Return the app's assets."""
    return current_state().assets


def _forever(body: bytes, kind: str) -> Response:
    response = Response(body, content_type=f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)
    response.cache_control.public = True
    response.cache_control.max_age = 31_536_000
    response.cache_control.immutable = True
    response.add_etag()
    return response


@blueprint.get("/assets/<name>")
def asset(name: str) -> Response:
    """Third-party and generated files."""
    found = current_assets().by_url.get(f"/assets/{name}")
    return _forever(found.body, found.type) if found else abort(404)


@blueprint.get("/static/<build>/<path:path>")
def own(build: str, path: str) -> Response:
    """Our own modules and styles."""
    body = current_assets().own.get(path) if build == current_assets().build else None
    return _forever(body, _type(path)) if body is not None else abort(404)
