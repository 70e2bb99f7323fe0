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
_DATA = re.compile(r"<(?:\w{1,20}:)?Data\s")
_FIELD = re.compile(r"<(?:\w{1,20}:)?SimpleField\b([^<>]{0,500})>")
_NAME, _TYPE = (re.compile(rf"""\b{word}\s{{0,9}}=\s{{0,9}}(["'])(.{{0,300}}?)\1""") for word in ("name", "type"))
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
        if tag in text:
            text = "".join(part for part, inside in _elements(text, tag) if not inside)
    asides = _asides_of(text)
    schemas = {found[1] for tag in _SCHEMA.findall(text) if (found := _ID.search(tag))}
    flat = bool(asides) or bool(_DATA.search(text))  # GDAL reads no plain data where a schema is declared
    typed = frozenset(_typed(text, texts_only=flat))
    if flat and schemas:
        text = "".join(part for part, inside in _elements(text, "Schema") if not inside)
    if "SchemaData" in text:
        text = "".join(
            _declared(part, set() if flat else schemas) if inside else part
            for part, inside in _elements(text, "SchemaData")
        )
    names: dict[str, str] = {}

    def renamed(found: re.Match[str]) -> str:
        name = html.unescape(found["name"]).strip()
        placeholder = names.setdefault(name, _PLACEHOLDER.format(len(names)))
        return f"{found['before']}{found['mark']}{placeholder}{found['mark']}"

    text = _put_asides(with_paths(_NAMED.sub(renamed, text)), asides)
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'
    beside = {one: f"{name}_kml" if name in names else name for name, one in asides.items()}
    fields = {one: name for name, one in names.items()} | beside
    own = {placeholder: name for name, placeholder in asides.items()}
    return KmlText(text, written, encoding, fields, typed, own, tuple(notes))


def _typed(text: str, *, texts_only: bool) -> Iterator[str]:
    """Yield the names of fields a schema gives a type, or of those it says are texts."""
    for attributes in _FIELD.findall(text):
        name, kind = (found[2] if (found := one.search(attributes)) else "" for one in (_NAME, _TYPE))
        if name and (not texts_only or kind.rpartition(":")[2].lower() == "string"):
            yield html.unescape(name).strip()


def _asides_of(text: str) -> dict[str, str]:
    """Return what placemarks say beside their fields, each with its placeholder; one style for all is none."""
    names: dict[str, str] = {}
    styles: set[str] = set()
    for part, inside in _elements(text, "Placemark"):
        for name, value in beside_fields(part) if inside else ():
            names[name] = _ASIDE.format(name)
            if name == "style" and len(styles) < 2:
                styles.add(value)
    return {name: one for name, one in names.items() if name != "style" or len(styles) > 1}


def _put_asides(text: str, names: dict[str, str]) -> str:
    """Return a text in which what placemarks say beside their fields is among them."""
    if not names:
        return text
    return "".join(
        with_fields(part, {names[name]: value for name, value in beside_fields(part) if name in names})
        if inside
        else part
        for part, inside in _elements(text, "Placemark")
    )


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
