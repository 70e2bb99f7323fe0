"""A File Geodatabase in a zip: its folder taken out within limits, one sublayer read, the rest told.

References
----------
GDAL, OpenFileGDB vector driver.
"""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any, NotRequired, TypedDict

import pyarrow as pa
import pyarrow.compute as pc

from geo.text import Text
from layers.imports.draft import Draft, Found, refuse_file
from layers.imports.errors import DamagedFile, UnreadableFile
from layers.imports.formats.archive import short_names, take_out
from layers.imports.formats.filegdb_whole import StatedTable, first_cut, lost_rows, stated_tables
from layers.imports.formats.gdal import GdalReading
from layers.imports.formats.registry import ImportFormat, Source
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
    """Read one sublayer, by its name or what it is called; the first with features when none is said.

    Of several geodatabases each sublayer is called with its geodatabase before it: ``a.gdb/DLTB``.
    """
    about: dict[str, Any] = {}
    named = short_names(gdb_folders(source.members))
    base, layer = _wanted(source, named)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "layer.gdb"
        path.mkdir()
        size = _take_gdb(source, named[base], path)
        stated = stated_tables(path)
        try:
            draft = read_vector(
                source,
                GdalReading(drivers=("OpenFileGDB",), memory=_MEMORY, seconds=_AT_LEAST_S + size / _BYTES_PER_S),
                path=path,
                layer=layer,
                about=about,
            )
        except DamagedFile as error:
            raise _damaged(source.name, first_cut(stated)) from error
    told: _Told = about["gdb"]
    draft = replace(draft, properties=_without_nul(draft.properties))
    declared, notes = _columns(told, set(draft.properties.schema.names))
    counts = {one["name"]: one["features"] for one in told["sublayers"]} | {about["chosen"]: len(draft.geometry)}
    lost = lost_rows(stated, told["tables"], counts)
    if layer and not len(draft.geometry) and about["chosen"] in lost:
        raise _damaged(source.name, str(about["chosen"]))
    if len(named) > 1:
        draft = _among(draft, named, base)
    return replace(
        draft,
        format="OpenFileGDB",
        declared=declared,
        notes=(
            *_lost(lost),
            *_silent(stated, told["tables"]),
            *_sublayers(told),
            *notes,
            *_rest(told),
            *draft.notes,
        ),
        found=(*draft.found, *_found(lost)),
    )


def _wanted(source: Source, named: Mapping[str, str]) -> tuple[str, str]:
    """Return the geodatabase and the sublayer that were said; the first, and none, where nothing was."""
    said = source.options.sublayer
    base = next((one for one in sorted(named, key=len, reverse=True) if f"{said}/".startswith(f"{one}/")), "")
    if base:
        return base, said[len(base) + 1 :]
    if len(named) > 1 and said:
        zh, en = "、".join(named), ", ".join(named)
        raise refuse_file(source.name, f"压缩包内没有 {said}；有 {zh}", f"it has no {said}; it has {en}")
    return next(iter(named)), said


def _among(draft: Draft, named: Mapping[str, str], base: str) -> Draft:
    """Return a draft of one of several geodatabases: its sublayers under its name, the others whole."""
    own = [f"{base}/{one}" for one in draft.layers]
    layers = [name for one in named for name in (own if one == base else [one])]
    chosen = draft.reading.get("sublayer") or (draft.layers[0] if draft.layers else "")
    zh, en = (
        f"压缩包内有多个地理数据库：{'、'.join(named)}",
        f"the archive holds several geodatabases: {', '.join(named)}",
    )
    note = Text(f"{zh}；读取了 {base}", f"{en}; {base} was read")
    reading = {**draft.reading, "sublayer": f"{base}/{chosen}" if chosen else base}
    return replace(draft, layers=tuple(layers), reading=reading, notes=(note, *draft.notes))


def _damaged(file: str, part: str) -> UnreadableFile:
    """Return the error of a geodatabase that cannot be read; ``part`` is the file or the table that is broken."""
    at = (f"（{part} 不完整）", f" ({part} is not whole)") if part else ("", "")
    return refuse_file(
        file,
        f"地理数据库已损坏或不完整{at[0]}；请在 ArcGIS 或 QGIS 中检查，重新导出后再压缩整个 .gdb 文件夹",
        f"the geodatabase is damaged or not whole{at[1]}; check it in ArcGIS or QGIS, export it again, "
        "and zip the whole .gdb folder",
    )


def _lost(lost: Mapping[str, int | None]) -> list[Text]:
    """Say which tables are not whole."""
    notes = []
    for name, rows in list(lost.items())[:_SHOWN]:
        if rows is None:
            notes.append(Text(f"{name} 的文件不在压缩包中", f"the file of {name} is not in the archive"))
        else:
            zh = f"{name} 的文件损坏或被截断，{rows:,} 行未能读取"
            notes.append(
                Text(zh, f"the file of {name} is damaged or cut off: {rows:,} rows of it could not be read")
            )
    return notes


def _silent(stated: Mapping[int, StatedTable], tables: Mapping[str, int]) -> list[Text]:
    """Say where tables a geodatabase keeps about itself are cut off: names, domains, links are in them."""
    own = {
        number: stated[number] for name, number in tables.items() if name.startswith("GDB_") and number in stated
    }
    part = first_cut(own)
    zh = f"地理数据库自身的文件 {part} 被截断，别名、值域等可能不全"
    en = f"its own file {part} is cut off: aliases, domains and the like may be missing"
    return [Text(zh, en)] if part else []


def _found(lost: Mapping[str, int | None]) -> list[Found]:
    count = sum(rows if rows is not None else 1 for rows in lost.values())
    words = "地理数据库不完整", "the geodatabase is not whole"
    return [Found("not_whole", *words, "left out", count=count)] if lost else []


def _without_nul(table: pa.Table) -> pa.Table:
    """Return texts without the NUL characters GDAL pads moments with an offset by."""
    for at, field in enumerate(table.schema):
        if field.type == pa.string() and pc.any(pc.match_substring(table.column(at), "\x00")).as_py():
            table = table.set_column(at, field, pc.replace_substring(table.column(at), "\x00", ""))
    return table


def _take_gdb(source: Source, base: str, out: Path) -> int:
    """Take a geodatabase out of the archive, under plain names; returns its size in bytes.

    Raises
    ------
    UnreadableFile
        It is too large, compressed beyond what data are (a bomb), or in ESRI's compressed form (CDF).
    """
    if any(name.lower().endswith((".cdf", ".sdc")) for name in source.members):
        raise refuse_file(
            source.name,
            "地理数据库是压缩形式（CDF），请先在 ArcGIS 中解压缩",
            "it is in ESRI's compressed form (CDF); uncompress it in ArcGIS first",
        )
    wanted = {
        name: out / PurePosixPath(name).name
        for name in source.members
        if str(PurePosixPath(name).parent) == base and _FILE.fullmatch(PurePosixPath(name).name)
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


class _Subtypes(TypedDict):
    """The field that says which subtype a feature is of, and what its codes are called."""

    field: str
    values: dict[str, str]


class _Told(TypedDict):
    """What a geodatabase says of itself, as the process that reads it tells."""

    sublayers: list[_Sublayer]
    columns: dict[str, _Column]
    domains: dict[str, _Domain]
    relationships: list[dict[str, str]]
    rasters: list[str]
    tables: dict[str, int]
    subtypes: NotRequired[_Subtypes]
    by_subtype: NotRequired[dict[str, dict[str, str]]]


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
            declared.setdefault(name, {})["values"] = _words(domain["values"])
            listed = _listed(domain["values"])
        else:
            listed = " – ".join(domain["range"])
        zh = f"字段 {name} 的值域 {column['domain']}：{listed}"
        notes.append(Text(zh, f"the domain of {name} is {column['domain']}: {listed}"))
    subtypes = told.get("subtypes")
    field = next((one for one in names if subtypes and one.lower() == subtypes["field"].lower()), "")
    if subtypes and field:
        declared.setdefault(field, {})["values"] = _words(subtypes["values"])
        listed = _listed(subtypes["values"])
        notes.append(Text(f"字段 {field} 说明子类型：{listed}", f"{field} says the subtype: {listed}"))
    for name, domains in told.get("by_subtype", {}).items():
        if name in names:
            notes.append(_by_subtype(name, domains, told, declared))
    if called:
        listed = ", ".join(called[:_SHOWN]) + ("…" if len(called) > _SHOWN else "")
        notes.insert(0, Text(f"字段别名作为名称：{listed}", f"fields are called by their aliases: {listed}"))
    return declared, notes


def _by_subtype(name: str, domains: Mapping[str, str], told: _Told, declared: dict[str, dict[str, Any]]) -> Text:
    """Say which domain each subtype gives a field; its codes are called as those say, where no two differ."""
    words: dict[str, str] = {}
    apart: set[str] = set()
    for one in dict.fromkeys(domains.values()):
        for code, word in told["domains"].get(one, {}).get("values", {}).items():
            apart |= {code} if words.setdefault(code, word) != word else set()
    shown = [f"{subtype} {domain}" for subtype, domain in domains.items()]
    zh, en = (
        f"字段 {name} 的值域随子类型：{'；'.join(shown)}",
        f"the domain of {name} is by subtype: {'; '.join(shown)}",
    )
    if apart:
        some = ", ".join(sorted(apart)[:_SHOWN])
        declared.get(name, {}).pop("values", None)
        return Text(
            f"{zh}；代码 {some} 的含义因子类型而异，只保留代码",
            f"{en}; codes {some} mean different things; the codes alone are kept",
        )
    if words:
        declared.setdefault(name, {})["values"] = _words(words)
    return Text(zh, en)


def _words(values: Mapping[str, str]) -> dict[str, dict[str, str]]:
    return {code: {"zh": word or code, "en": word or code} for code, word in values.items()}


def _listed(values: Mapping[str, str]) -> str:
    pairs = [f"{code}={word}" for code, word in values.items()]
    return ", ".join(pairs[:_SHOWN]) + ("…" if len(pairs) > _SHOWN else "")


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


FORMAT = ImportFormat(
    "OpenFileGDB",
    Text("File Geodatabase（zip）", "File Geodatabase (zip)"),
    ("zip",),
    lambda source: bool(gdb_folders(source.members)),
    read_filegdb,
    rank=18,
    in_archive=False,
)
