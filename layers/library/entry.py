"""Writes a layer's table into the catalog, where every other layer is declared: whole or not at all."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from collections.abc import Callable, Mapping, MutableMapping
from pathlib import Path
from typing import Any, cast

import tomli_w
import tomlkit
from filelock import FileLock

from geo.errors import PlanAtlasError
from layers.files import discard, make_lasting
from layers.plan.reader import CATALOG_FILE, read_catalog

_ID = re.compile(r"[a-z][a-z0-9_]{0,47}")
_LOCK_SECONDS = 10


class BadLayerId(PlanAtlasError):
    """An id that cannot name a layer."""

    code = "bad_layer_id"
    zh = "图层编号“{found}”不可用：请用小写字母开头，只含小写字母、数字和下划线，最多 48 个字符。"
    en = "“{found}” cannot be a layer's id: begin with a lower-case letter; letters, digits and _; at most 48."


class LayerExists(PlanAtlasError):
    """The id is taken."""

    code = "layer_exists"
    zh = "图层“{layer}”已存在。请换一个编号，或把数据作为它的新版本导入。"
    en = "The layer “{layer}” exists already. Choose another id, or import the data as its new version."


class CatalogReadOnly(PlanAtlasError):
    """The catalog's file cannot be written."""

    code = "catalog_read_only"
    zh = "无法写入数据目录中的 {file}（{why}）。请检查该目录的写权限和磁盘空间后重试。"
    en = "{file} in the data folder cannot be written ({why}). Check its permissions and the disk, then try again."


def declare_layer(folder: Path, layer_id: str, table: Mapping[str, Any]) -> None:
    """Append ``[layers.<id>]`` to the catalog.

    Parameters
    ----------
    folder
        The data folder.
    layer_id
        The new layer's id.
    table
        Its keys as the catalog writes them; checked before anything is written.

    Raises
    ------
    BadLayerId
        The id cannot be written as a bare key.
    LayerExists
        The catalog has a layer of that id.
    DeclarationError
        The table does not declare a layer.
    CatalogReadOnly
        The file cannot be written.
    """
    check_id(layer_id)
    text = "\n" + tomli_w.dumps({"layers": {layer_id: dict(table)}}, multiline_strings=False)
    with _locked(folder):
        path = folder / CATALOG_FILE
        known = read_catalog(folder)
        if layer_id in known.layers or layer_id in known.broken:
            raise LayerExists(layer=layer_id)
        whole = path.read_text("utf-8").rstrip("\n") + "\n" + text
        _check(whole, layer_id)
        _replace(path, whole)


def update_layer(folder: Path, layer_id: str, change: Callable[[MutableMapping[str, Any]], None]) -> None:
    """Change a layer's table in the catalog; everything else of the file stays as it is written.

    Parameters
    ----------
    folder
        The data folder.
    layer_id
        Of a layer the catalog declares.
    change
        Gets its table and changes it in place.

    Raises
    ------
    DeclarationError
        What it was changed to declares no layer; nothing is written.
    CatalogReadOnly
        The file cannot be written.
    """

    def changed(document: tomlkit.TOMLDocument) -> None:
        change(cast(MutableMapping[str, Any], document["layers"][layer_id]))

    _edited(folder, layer_id, changed)


def withdraw_layer(folder: Path, layer_id: str) -> None:
    """Take a layer's table out of the catalog; its versions stay in the store."""

    def gone(document: tomlkit.TOMLDocument) -> None:
        del document["layers"][layer_id]

    _edited(folder, layer_id, gone)


def _edited(folder: Path, layer_id: str, change: Callable[[tomlkit.TOMLDocument], None]) -> None:
    with _locked(folder):
        path = folder / CATALOG_FILE
        document = tomlkit.parse(path.read_text("utf-8"))
        change(document)
        whole = tomlkit.dumps(document)
        _check(whole, layer_id)
        _replace(path, whole)


def check_id(layer_id: str) -> None:
    """Look whether an id can name a layer.

    Raises
    ------
    BadLayerId
        It cannot.
    """
    if not _ID.fullmatch(layer_id):
        raise BadLayerId(found=layer_id[:60])


def _locked(folder: Path) -> FileLock:
    return FileLock(folder / f".{CATALOG_FILE}.lock", timeout=_LOCK_SECONDS)


def _check(whole: str, layer_id: str) -> None:
    """Read the new text as the service will; a fault of the new table is raised before it is written."""
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / CATALOG_FILE).write_text(whole, "utf-8")
        known = read_catalog(Path(name))
    if layer_id in known.broken:
        raise known.broken[layer_id]


def _replace(path: Path, text: str) -> None:
    part = path.with_name(f".tmp-{secrets.token_hex(8)}")
    try:
        with part.open("x", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        make_lasting(part, path)
    except OSError as error:
        discard(part)
        raise CatalogReadOnly(file=path.name, why=error.strerror or "I/O") from error
