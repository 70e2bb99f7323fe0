"""MapInfo tables in a zip: TAB (.tab, .dat, .map, .id) or MIF (.mif, .mid), text in the encoding it really is in.

References
----------
MapInfo Professional User Guide, appendix: MapInfo Interchange Format, clauses VERSION and CHARSET.
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import replace
from pathlib import Path, PurePosixPath

from geo.text import Text
from layers.imports.cell_encoding import CellEncoding, settle_encoding
from layers.imports.charset import wide_name
from layers.imports.draft import Draft, Undecided, refuse_file
from layers.imports.formats.archive import choose_member, short_names, take_out
from layers.imports.formats.dbase import dbase_texts
from layers.imports.formats.gdal import GdalReading
from layers.imports.formats.registry import ImportFormat, Source
from layers.imports.formats.vector import named_layer, read_vector

_HEADS = {".tab": (".dat", ".map", ".id", ".ind"), ".mif": (".mid",)}
_NEEDED = {".tab": (".dat",), ".mif": (".mid",)}
_CHARSETS = {
    "gb18030": "WindowsSimpChinese",
    "utf-8": "UTF-8",
    "big5": "WindowsTradChinese",
    "cp1252": "WindowsLatin1",
    "cp1250": "WindowsLatin2",
    "cp1251": "WindowsCyrillic",
    "cp1253": "WindowsGreek",
    "cp1254": "WindowsTurkish",
    "cp932": "WindowsJapanese",
    "cp949": "WindowsKorean",
}
_ENCODING_OF = {name.lower(): encoding for encoding, name in _CHARSETS.items()}
_CHARSET = re.compile(rb"""(?i)\bcharset[ \t]{1,9}"?([\w.-]{1,40})"?""")
_PLACE = re.compile(rb"(?im)^[ \t]*(?:type[ \t]+native|version[ \t]+\d+)\b")  # what a charset is written behind
_FIELDS = re.compile(rb"(?i)\b(?:columns|fields)[ \t]+\d+")
_FIELD = re.compile(
    rb"(?m)^[ \t]*\S+[ \t]+([A-Za-z]+)[ \t]*(?:\([\d, \t]*\))?[^\n]*;"
)  # numbers are bytes, not texts
_ELSEWHERE = re.compile(
    rb"""(?i)\bopen\s+table\b|\bcreate\s+view\b|\\IsSeamless"\s*=\s*"TRUE"|type\s+"?(?:raster|linked|odbc)"""
)
_MAPINFO = re.compile(rb"^\s*(?:version\s+\d+\s.*?\bcolumns\s+\d+\s|!table\b)", re.IGNORECASE | re.DOTALL)
_SAMPLE_BYTES = 8_000_000


def read_mapinfo(source: Source) -> Draft:
    """Read one table of an archive; a charset that its text contradicts is told and not believed."""
    if not source.archive:
        raise refuse_file(
            source.name,
            "MapInfo 表由几个文件组成，请把 .tab、.dat、.map、.id（或 .mif、.mid）一起压缩成 zip",
            "a MapInfo table is several files; zip its .tab, .dat, .map and .id (or .mif and .mid) together",
        )
    named = short_names([name for name in source.members if _ending(name) in _HEADS])
    chosen = choose_member(source.name, named, source.options.sublayer)
    head = named[chosen]
    stem, ending = head[: -len(_ending(head))], _ending(head)
    wanted = (ending, *_HEADS[ending])
    parts = {n: one for n in source.members if (one := _ending(n)) in wanted and n[: -len(one)] == stem}
    for needed in _NEEDED[ending]:
        if needed not in parts.values():
            raise refuse_file(source.name, f"压缩包缺少 {needed}", f"the archive lacks the {needed}")
    notes: list[Text] = []
    with tempfile.TemporaryDirectory() as folder:
        held = {one: Path(folder) / f"layer{one}" for one in parts.values()}
        take_out(source.path, {name: held[one] for name, one in parts.items()})
        if _ELSEWHERE.search(held[ending].read_bytes()[:100_000]):
            zh = "是指向其他表的 MapInfo 表（视图、无缝图层或栅格），未读取；请导出为独立的表"
            raise refuse_file(
                source.name, zh, "it is a MapInfo table that points to others; export it as a table of its own"
            )
        encoding, questions = _settled(source, held[ending], held[_NEEDED[ending][0]], notes)
        how = GdalReading(drivers=("MapInfo File",))
        draft = named_layer(read_vector(source, how, path=held[ending], layer=""), "MapInfo")
    if len(named) > 1:
        zh = f"压缩包有多个图层：{'、'.join(named)}；读取了 {chosen}"
        notes.append(Text(zh, f"the archive holds several layers: {', '.join(named)}; {chosen} was read"))
    several = len(named) > 1
    return replace(
        draft,
        encoding=encoding,
        notes=(*notes, *draft.notes),
        questions=questions,
        layers=tuple(named) if several else (),
        reading={"encoding": encoding} | ({"sublayer": chosen} if several else {}),
    )


def _settled(source: Source, head: Path, table: Path, notes: list[Text]) -> tuple[str, tuple[Undecided, ...]]:
    """Make a table say the encoding its text is in; returns that encoding, and what is asked of it."""
    data = head.read_bytes()
    end = fields.start() if (fields := _FIELDS.search(data)) else len(data)
    top, rest = data[:end], data[end:]
    named = [one.decode() for one in _CHARSET.findall(top)][-1:]
    declared = (_ENCODING_OF.get(named[0].lower()) or wide_name(named[0])) if named else ""
    binary = [at for at, kind in enumerate(_FIELD.findall(rest)) if kind.lower() != b"char"]
    cells = (
        dbase_texts(table, unless=binary)
        if table.suffix == ".dat"
        else iter(table.read_bytes()[:_SAMPLE_BYTES].splitlines())
    )
    texts = [one for one in cells if not one.isascii()]
    words = [*(one for one in data.splitlines() if not one.isascii()), *texts]
    found = _encoding(source, declared, words, texts)
    encoding = found.name
    if not found.questions and named and encoding not in (declared, "ascii"):
        zh = f"字符集写的是 {named[0]}，文字按 {encoding} 读取"
        notes.append(Text(zh, f"its charset says {named[0]}; its text is read as {encoding}"))
    if encoding in _CHARSETS:
        line = f'Charset "{_CHARSETS[encoding]}"'.encode()
        behind = b"\n" if head.suffix == ".mif" else b" "
        top = _CHARSET.sub(line, top) if named else _PLACE.sub(lambda one: one[0] + behind + line, top, count=1)
        if encoding == "utf-8" and not _is_utf8(rest):
            rest = _named_apart(rest)
            zh = "字段名在别的软件中已被截坏，坏字读作 _"
            notes.append(
                Text(zh, "names of fields were cut within a letter before they came; such bytes read as _")
            )
        head.write_bytes(top + rest)
    return "utf-8" if encoding == "ascii" else encoding, found.questions


def _encoding(source: Source, declared: str, words: list[bytes], texts: list[bytes]) -> CellEncoding:
    if source.options.encoding:
        said = wide_name(source.options.encoding)
        if said not in _CHARSETS:
            word = source.options.encoding[:20]
            raise refuse_file(
                source.name, f"MapInfo 表不能按编码 {word} 读取", f"a MapInfo table cannot be read as {word}"
            )
        return CellEncoding(said)
    if texts and all(map(_is_utf8, texts)):  # programs cut up names, but not texts
        return CellEncoding("utf-8")
    return settle_encoding(words, declared, names=tuple(_CHARSETS)) if words else CellEncoding(declared or "ascii")


def _named_apart(rest: bytes) -> bytes:
    """Return the clause of fields with broken letters as _, and names that are the same then told apart."""
    lines = rest.decode("utf-8", "replace").split("\n")
    for at, line in enumerate(lines):
        if "\ufffd" in line:
            name, _, kind = line.strip().partition(" ")
            lines[at] = f"{name.replace(chr(0xFFFD), '_')}_{at} {kind}"
    return "\n".join(lines).encode()


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _ending(name: str) -> str:
    return PurePosixPath(name.lower()).suffix


def _is_mapinfo(source: Source) -> bool:
    if source.archive:
        there = {_ending(name) for name in source.members}
        return ".mif" in there or {".tab", ".dat"} <= there
    return bool(_MAPINFO.match(source.head))


FORMAT = ImportFormat(
    "MapInfo",
    Text("MapInfo TAB、MIF（zip）", "MapInfo TAB, MIF (zip)"),
    ("zip", "tab", "mif"),
    _is_mapinfo,
    read_mapinfo,
    rank=21,
    in_archive=False,
)
