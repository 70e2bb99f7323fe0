r"""What GDAL passes over in a drawing: entities it does not draw, extended data, names of blocks, escaped letters.

References
----------
Autodesk DXF reference: group codes 1000 to 1071 (extended data), ``\U+XXXX`` (Unicode) and ``\M+nXXXX`` (a
character of code page n).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import pyarrow as pa

from geo.text import Text
from layers.imports.draft import Draft, Found

_HANDLE, _APPLICATION, _BLOCK = 5, 1001, 2
_TEXTS = (1000, 1003, 1040, 1041, 1042, 1070, 1071)  # a text, a layer's name, numbers
_FIRST, _LAST = 1000, 1071
_MOST = 2_000_000  # values of extended data
_OF_AUTOCAD = (b"ACAD", b"ACDB", b"ACMAP", b"ACAE")
_DRAWN = frozenset(
    b"POINT LINE LWPOLYLINE POLYLINE VERTEX SEQEND CIRCLE ELLIPSE ARC SPLINE TEXT MTEXT ATTRIB ATTDEF INSERT"
    b" DIMENSION LEADER MULTILEADER MLEADER HATCH SOLID TRACE 3DFACE MLINE HELIX WIPEOUT"
    b" SECTION ENDSEC EOF BLOCK ENDBLK VIEWPORT LIGHT SUN CAMERA".split()
)
_WORDS = {
    b"XLINE": ("构造线（两端无限长）", "lines without end"),
    b"RAY": ("射线（一端无限长）", "lines without end on one side"),
    b"IMAGE": ("图像", "pictures"),
    b"OLE2FRAME": ("嵌入对象", "embedded objects"),
    b"ACAD_TABLE": ("表格", "tables"),
    b"REGION": ("面域", "regions"),
    b"3DSOLID": ("三维实体", "solids"),
    b"BODY": ("三维实体", "solids"),
    b"ACAD_PROXY_ENTITY": ("插件的代理对象", "objects of an add-on"),
}
_UNICODE = re.compile(r"\\U\+([0-9A-Fa-f]{4})")
_PAGED = re.compile(r"\\M\+([1-5])([0-9A-Fa-f]{4})")
_PAGES = {"1": "cp932", "2": "cp950", "3": "cp949", "4": "johab", "5": "gb18030"}


def unescape_letters(text: str) -> str:
    r"""Return a text with its escaped letters as they are.

    Examples
    --------
    >>> unescape_letters(r"\U+6EE8\U+6C5F"), unescape_letters(r"\M+5B9AB\M+5D4B0")
    ('滨江', '公园')
    >>> unescape_letters(r"C:\Users\M+5")
    'C:\\Users\\M+5'
    """

    def letter(found: re.Match[str]) -> str:
        try:
            return bytes.fromhex(found[2]).lstrip(b"\x00").decode(_PAGES[found[1]])
        except UnicodeDecodeError:
            return found[0]

    return _PAGED.sub(letter, _UNICODE.sub(lambda found: chr(int(found[1], 16)), text)) if "\\" in text else text


class Asides:
    """Gathers what GDAL passes over, as a drawing's pairs pass by."""

    def __init__(self) -> None:
        self.undrawn: Counter[bytes] = Counter()
        self.extended: dict[bytes, dict[bytes, list[bytes]]] = {}
        self.blocks: dict[bytes, bytes] = {}
        self.untied = 0
        self._entity = self._handle = self._application = b""
        self._count = 0

    def add(self, code: int, value: bytes, section: bytes) -> None:
        """Take one pair of the section named."""
        if section not in (b"ENTITIES", b"BLOCKS"):
            return
        if code == 0:
            self._entity, self._handle, self._application = value, b"", b""
            if value not in _DRAWN:
                self.undrawn[value] += 1
        elif section == b"ENTITIES" and code == _HANDLE and not self._handle:
            self._handle = value
        elif section == b"ENTITIES" and code == _BLOCK and self._entity == b"INSERT" and self._handle:
            self.blocks[self._handle] = value
        elif section == b"ENTITIES" and _FIRST <= code <= _LAST:
            self._extend(code, value)

    def _extend(self, code: int, value: bytes) -> None:
        if code == _APPLICATION:
            self._application = b"" if value.upper().startswith(_OF_AUTOCAD) else value
            self.untied += bool(self._application) and not self._handle
        elif code in _TEXTS and self._application and self._handle and self._count < _MOST:
            self._count += 1
            self.extended.setdefault(self._handle, {}).setdefault(self._application, []).append(value)


def with_asides(draft: Draft, asides: Asides, encoding: str) -> Draft:
    """Return what GDAL read of a drawing with extended data and names of blocks as fields, and all letters.

    Parameters
    ----------
    draft
        As GDAL read it.
    asides
        What it passed over.
    encoding
        Of the drawing's texts.
    """

    def read(value: bytes) -> str:
        return unescape_letters(value.decode(encoding or "utf-8", "replace"))

    table, notes, found = _unescaped(draft.properties), list(draft.notes), list(draft.found)
    blocks = {handle: read(name) for handle, name in asides.blocks.items() if not name.startswith(b"*")}
    table, _ = _tied(table, blocks, "Block")
    for application in dict.fromkeys(name for one in asides.extended.values() for name in one):
        held = {handle: one[application] for handle, one in asides.extended.items() if application in one}
        name = read(application)
        table, count = _tied(
            table, {handle: ", ".join(map(read, values)) for handle, values in held.items()}, name
        )
        zh, en = f"{count} 个要素的扩展数据（XDATA）{name} 作为字段", f"extended data (XDATA) of {count} features"
        notes.append(Text(zh, f"{en} became the field {name}"))
    if asides.untied:
        zh = f"{asides.untied} 条扩展数据（XDATA）所在的图元没有句柄，未读取"
        en = f"{asides.untied} records of extended data (XDATA): not read, as their entities have no handle"
        notes.append(Text(zh, en))
    if asides.undrawn:
        notes.append(_undrawn(asides.undrawn))
        zh, en, count = "不能读取的图元", "entities that cannot be read", asides.undrawn.total()
        found.append(Found("not_drawn", zh, en, "left out", count=count))
    return replace(draft, properties=table, notes=tuple(notes), found=tuple(found))


def _unescaped(table: pa.Table) -> pa.Table:
    for at, field in enumerate(table.schema):
        if field.type == pa.string():
            texts = [one and unescape_letters(one) for one in table.column(at).to_pylist()]
            table = table.set_column(at, field, pa.array(texts, pa.string()))
    return table


def _tied(table: pa.Table, by_handle: Mapping[bytes, str], name: str) -> tuple[pa.Table, int]:
    """Return a table with texts as a column, each at the features of its handle, and at how many."""
    texts = {handle.decode("ascii", "replace").upper(): text for handle, text in by_handle.items()}
    if not texts or "EntityHandle" not in table.schema.names:
        return table, 0
    column = [texts.get((one or "").upper()) for one in table.column("EntityHandle").to_pylist()]
    count = sum(one is not None for one in column)
    own = name if name not in table.schema.names else f"{name} (XDATA)"
    return (table.append_column(own, pa.array(column, pa.string())) if count else table), count


def _undrawn(kinds: Counter[bytes]) -> Text:
    """Say which entities are not read, and how many of each."""
    zh, en = [], []
    for kind, count in kinds.most_common(12):
        name = kind[:40].decode("ascii", "replace")
        words = _WORDS.get(kind)
        zh.append(f"{count} 个 {name}" + (f"（{words[0]}）" if words else ""))
        en.append(f"{count} {name}" + (f" ({words[1]})" if words else ""))
    return Text(f"图中未读取的图元：{'、'.join(zh)}", f"not read of the drawing: {', '.join(en)}")
