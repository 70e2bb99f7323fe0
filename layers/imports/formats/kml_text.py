"""A KML made ready for GDAL: text in UTF-8, fields under plain names, what is no placemark left out.

GDAL reads a field's name in ASCII only, a value of a schema that is nowhere declared not at all, an XML in UTF-8
or Latin-1 only, and takes an overlay's corners for an area. Here the text is changed so that none of it matters.
Every search is bounded or goes forward only: a hostile text costs no more than its length.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from geo.text import Text
from layers.imports.charset import decode, wide_name
from layers.imports.draft import refuse_file
from layers.imports.formats.kml_asides import beside_fields, with_fields
from layers.imports.formats.kml_folders import with_paths

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_OVERLAYS = ("GroundOverlay", "PhotoOverlay", "ScreenOverlay")
_NAMED = re.compile(
    r"""(?P<before><(?:\w{1,20}:)?(?P<tag>Data|SimpleData|SimpleField)\b[^<>]{0,300}?\bname\s{0,9}=\s{0,9})"""
    r"""(?P<mark>["'])(?P<name>[^"'<>]{0,300}|[^"<>]{0,300}|[^'<>]{0,300})(?P=mark)"""
)
_SCHEMA = re.compile(r"<(?:\w{1,20}:)?Schema\b([^<>]{0,500})>")
_ID = re.compile(r"""\bid\s{0,9}=\s{0,9}["'](.{0,300}?)["']""")
_URL = re.compile(r"""\bschemaUrl\s{0,9}=\s{0,9}["']#?(.{0,300}?)["']""")
_SIMPLE = re.compile(r"<(/?)(?:\w{1,20}:)?SimpleData\b([^<>]{0,500})>")
_PLACEHOLDER, _ASIDE = "planatlas_field_{}", "planatlas_beside_{}"


@dataclass(frozen=True)
class KmlText:
    """A KML as text: its fields' names by the placeholders they stand under, and those a schema gives a type.

    ``asides`` are, by placeholder, what placemarks say beside their fields.
    """

    text: str
    written: str  # as it stands in the file
    encoding: str
    names: dict[str, str]
    typed: frozenset[str]
    asides: dict[str, str]
    notes: tuple[Text, ...] = ()


def kml_text(data: bytes, said: str, *, file: str) -> KmlText:
    """Return a KML's text made ready.

    Parameters
    ----------
    data
        The whole file.
    said
        The encoding a person says.
    file
        For messages.

    Raises
    ------
    UnreadableFile
        It is in no encoding that is known, or not in the one it declares or a person says.
    """
    declared = _DECLARED.match(data)
    wide = wide_name(declared[1].decode()) if declared else ""
    read = decode(data, said, file=file)
    notes = list(read.notes)
    text, encoding = read.text.removeprefix("\ufeff"), read.encoding
    if not said and wide and wide != read.encoding.removesuffix("-sig"):
        try:
            text, encoding, notes = data.decode(wide).removeprefix("\ufeff"), wide, []
        except UnicodeDecodeError:
            name = declared[1].decode()  # type: ignore[index]
            zh = f"文件声明的编码是 {name}，但文字读不通；按 {encoding} 读取"
            notes.append(
                Text(zh, f"it declares {name}, but the text reads only as {encoding}; read as {encoding}")
            )
    elif read.questions:
        raise refuse_file(file, read.questions[0].text.zh, read.questions[0].text.en)
    written, text = text, _DECLARATION.sub("", text, count=1)
    for tag in _OVERLAYS:
        text = "".join(part for part, inside in _elements(text, tag) if not inside)
    schemas = {found[1] for tag in _SCHEMA.findall(text) if (found := _ID.search(tag))}
    text = "".join(_declared(part, schemas) if inside else part for part, inside in _elements(text, "SchemaData"))
    names: dict[str, str] = {}
    typed: set[str] = set()

    def renamed(found: re.Match[str]) -> str:
        name = html.unescape(found["name"]).strip()
        placeholder = names.setdefault(name, _PLACEHOLDER.format(len(names)))
        if found["tag"] == "SimpleField":
            typed.add(name)
        return f"{found['before']}{found['mark']}{placeholder}{found['mark']}"

    text, asides = _with_asides(with_paths(_NAMED.sub(renamed, text)))
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'
    beside = {one: f"{name}_kml" if name in names else name for one, name in asides.items()}
    fields = {one: name for name, one in names.items()} | beside
    return KmlText(text, written, encoding, fields, frozenset(typed), asides, tuple(notes))


def _with_asides(text: str) -> tuple[str, dict[str, str]]:
    """Return a text in which what placemarks say beside their fields is among them, and the names by placeholder.

    One style for all says nothing and is left out.
    """
    parts = list(_elements(text, "Placemark"))
    said = [dict(beside_fields(part)) if inside else {} for part, inside in parts]
    if len({one["style"] for one in said if "style" in one}) < 2:
        said = [{name: value for name, value in one.items() if name != "style"} for one in said]
    names = {name: _ASIDE.format(name) for one in said for name in one}
    text = "".join(
        with_fields(part, {names[name]: value for name, value in one.items()})
        for (part, _), one in zip(parts, said, strict=True)
    )
    return text, {placeholder: name for name, placeholder in names.items()}


def _elements(text: str, tag: str) -> Iterator[tuple[str, bool]]:
    """Yield a text in parts: what lies between elements of a tag, and each of them."""
    opening = re.compile(rf"<(\w{{1,20}}:)?{tag}\b[^<>]{{0,2000}}>")
    at = 0
    while found := opening.search(text, at):
        close = f"</{found[1] or ''}{tag}"
        end = found.end() if found[0].endswith("/>") else text.find(">", text.find(close, found.end())) + 1
        if end <= found.start() or (not found[0].endswith("/>") and text.find(close, found.end()) < 0):
            break
        yield text[at : found.start()], False
        yield text[found.start() : end], True
        at = end
    yield text[at:], False


def _declared(element: str, schemas: set[str]) -> str:
    """Return values of a schema as they are where it is declared, else as plain data."""
    head, _, rest = element.partition(">")
    url = _URL.search(head)
    if url and url[1] in schemas:
        return element
    inside = rest[: rest.rfind("</")]
    return _SIMPLE.sub(lambda one: "</value></Data>" if one[1] else f"<Data{one[2]}><value>", inside)
