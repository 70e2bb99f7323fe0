"""A File Geodatabase in a zip: its folder taken out within limits, one sublayer read, the rest told.

References
----------
GDAL, OpenFileGDB vector driver.
"""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any, NotRequired, TypedDict

import pyarrow as pa
import pyarrow.compute as pc

from geo.text import Text
from layers.imports.draft import Draft, refuse_file
from layers.imports.errors import UnreadableFile
from layers.imports.formats.archive import take_out
from layers.imports.formats.gdal import GdalReading
from layers.imports.formats.registry import ImportFormat, Source, register_format
from layers.imports.formats.vector import read_vector

_FILE = re.compile(r"(a[0-9a-f]{8}\.[\w.]{2,60}|gdb|timestamps)", re.IGNORECASE)
_INFLATED, _FREE, _RATIO = 2_000_000_000, 64_000_000, 100
_MEMORY = 3_000_000_000  # bytes the child may map; what it uses is far less
_AT_LEAST_S, _BYTES_PER_S = 8.0, 4e6
_SHOWN = 12


def gdb_folders(names: Iterable[str]) -> list[str]:
    """Return the folders of an archive that are geodatabases: they hold the table of tables.

    Examples
    --------
    >>> gdb_folders(["规划.gdb/a00000001.gdbtable", "规划.gdb/gdb", "readme.txt"])
    ['规划.gdb']
    """
    found = [str(PurePosixPath(n).parent) for n in names if PurePosixPath(n).name.lower() == "a00000001.gdbtable"]
    return sorted(dict.fromkeys(found))


def read_filegdb(source: Source) -> Draft:
    """Read one sublayer, by its name or what it is called; the first with features when none is said."""
    about: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "layer.gdb"
        path.mkdir()
        size = _take_gdb(source, path)
        try:
            draft = read_vector(
                source,
                GdalReading(drivers=("OpenFileGDB",), memory=_MEMORY, seconds=_AT_LEAST_S + size / _BYTES_PER_S),
                path=path,
                layer=source.options.sublayer,
                about=about,
            )
        except UnreadableFile as error:  # under the name people know, without where GDAL was built
            zh, en = (re.sub(r"/\S+/", "", str(error.params[key])) for key in ("why_zh", "why_en"))
            raise refuse_file(source.name, zh, en) from error
    told: _Told = about["gdb"]
    draft = replace(draft, properties=_without_nul(draft.properties))
    declared, notes = _columns(told, set(draft.properties.schema.names))
    return replace(
        draft,
        format="OpenFileGDB",
        declared=declared,
        notes=(*_sublayers(told), *notes, *_rest(told), *draft.notes),
    )


def _without_nul(table: pa.Table) -> pa.Table:
    """Return texts without the NUL characters GDAL pads moments with an offset by."""
    for at, field in enumerate(table.schema):
        if field.type == pa.string() and pc.any(pc.match_substring(table.column(at), "\x00")).as_py():
            table = table.set_column(at, field, pc.replace_substring(table.column(at), "\x00", ""))
    return table


def _take_gdb(source: Source, out: Path) -> int:
    """Take a geodatabase out of the archive, under plain names; returns its size in bytes.

    Raises
    ------
    UnreadableFile
        More than one, too large, compressed beyond what data are (a bomb), or in ESRI's compressed form (CDF).
    """
    found = gdb_folders(source.members)
    if len(found) > 1:
        zh, en = "、".join(found)[:120], ", ".join(found)[:120]
        raise refuse_file(
            source.name,
            f"压缩包内有多个地理数据库：{zh}；请分别压缩",
            f"the archive holds several geodatabases: {en}; zip each alone",
        )
    if any(name.lower().endswith((".cdf", ".sdc")) for name in source.members):
        raise refuse_file(
            source.name,
            "地理数据库是压缩形式（CDF），请先在 ArcGIS 中解压缩",
            "it is in ESRI's compressed form (CDF); uncompress it in ArcGIS first",
        )
    wanted = {
        name: out / PurePosixPath(name).name
        for name in source.members
        if str(PurePosixPath(name).parent) == found[0] and _FILE.fullmatch(PurePosixPath(name).name)
    }
    with zipfile.ZipFile(source.path) as archive:
        inflated = sum(member.file_size for member in archive.infolist())
        packed = sum(member.compress_size for member in archive.infolist())
    if inflated > _INFLATED or inflated > max(_FREE, _RATIO * packed):
        zh = f"地理数据库解开后为 {inflated / 1e6:,.0f} MB，过大"
        raise refuse_file(
            source.name, zh, f"unpacked, the geodatabase has {inflated / 1e6:,.0f} MB, which is too much"
        )
    take_out(source.path, wanted)
    return inflated


class _Column(TypedDict, total=False):
    """What a column is called and the domain its values are of, where it has them."""

    alias: str
    domain: str


class _Domain(TypedDict):
    """The values a column may take, each with its word, or the least and the largest."""

    values: NotRequired[dict[str, str]]
    range: NotRequired[list[str]]


class _Sublayer(TypedDict):
    """A feature class, or a table, which has no kind of geometry."""

    name: str
    alias: str
    kind: str | None
    features: int


class _Told(TypedDict):
    """What a geodatabase says of itself, as the process that reads it tells."""

    sublayers: list[_Sublayer]
    columns: dict[str, _Column]
    domains: dict[str, _Domain]
    relationships: list[dict[str, str]]
    rasters: list[str]


def _columns(told: _Told, names: set[str]) -> tuple[dict[str, dict[str, Any]], list[Text]]:
    """Return what columns are called and which values they take, and notes on both."""
    declared: dict[str, dict[str, Any]] = {}
    notes: list[Text] = []
    called = []
    for name, column in told["columns"].items():
        if name not in names:
            continue
        if column.get("alias"):
            declared[name] = {"label": {"zh": column["alias"], "en": column["alias"]}}
            called.append(f"{name}={column['alias']}")
        domain = told["domains"].get(column.get("domain", ""))
        if domain is None:
            continue
        if "values" in domain:
            pairs = [f"{code}={word}" for code, word in domain["values"].items()]
            words = {code: {"zh": word or code, "en": word or code} for code, word in domain["values"].items()}
            declared.setdefault(name, {})["values"] = words
        else:
            pairs = [" – ".join(domain["range"])]
        listed = ", ".join(pairs[:_SHOWN]) + ("…" if len(pairs) > _SHOWN else "")
        zh = f"字段 {name} 的值域 {column['domain']}：{listed}"
        notes.append(Text(zh, f"the domain of {name} is {column['domain']}: {listed}"))
    if called:
        listed = ", ".join(called[:_SHOWN]) + ("…" if len(called) > _SHOWN else "")
        notes.insert(0, Text(f"字段别名作为名称：{listed}", f"fields are called by their aliases: {listed}"))
    return declared, notes


def _sublayers(told: _Told) -> list[Text]:
    """Say every feature class and table: what it is called, of which kind, how many rows."""
    zh, en = [], []
    for one in told["sublayers"]:
        alias = f"（{one['alias']}）" if one["alias"] and one["alias"] != one["name"] else ""
        zh.append(f"{one['name']}{alias} {one['kind'] or '表'} {one['features']:,}")
        alias = f" ({one['alias']})" if alias else ""
        en.append(f"{one['name']}{alias} {one['kind'] or 'table'} {one['features']:,}")
    return [Text(f"地理数据库含：{'；'.join(zh)}", f"the geodatabase holds: {'; '.join(en)}")]


def _rest(told: _Told) -> list[Text]:
    """Say what is not read: relationships, rasters, domains nobody uses."""
    notes = []
    if told["relationships"]:
        links = [
            f"{r['name']}: {r['origin']} → {r['destination']} ({r['cardinality']})" for r in told["relationships"]
        ]
        listed = "; ".join(links[:_SHOWN])
        notes.append(Text(f"关系类未导入：{listed}", f"relationship classes are not imported: {listed}"))
    if told["rasters"]:
        listed = ", ".join(told["rasters"][:_SHOWN])
        notes.append(Text(f"栅格未导入：{listed}", f"rasters are not imported: {listed}"))
    used = {column.get("domain") for column in told["columns"].values()}
    other = [name for name in told["domains"] if name not in used]
    if other:
        listed = ", ".join(other[:_SHOWN])
        notes.append(Text(f"本图层未用的值域：{listed}", f"domains this layer does not use: {listed}"))
    return notes


FORMAT = register_format(
    ImportFormat(
        "OpenFileGDB",
        Text("File Geodatabase（zip）", "File Geodatabase (zip)"),
        ("zip",),
        lambda source: bool(gdb_folders(source.members)),
        read_filegdb,
        rank=18,
        in_archive=False,
    )
)
