"""GML: one feature type of a collection, its fields as they are written; nothing it points to is opened.

GDAL reads no XML in GBK, looks for a schema where the file says there is one, and makes 7 of 007 where it finds
none. Here the text is UTF-8 without that address, and every field is text until the column is read as a whole.
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import replace
from pathlib import Path

from geo.text import Text
from layers.imports.charset import decode, wide_name
from layers.imports.draft import Draft, refuse_file
from layers.imports.formats.gdal import GdalReading
from layers.imports.formats.registry import ImportFormat, Source
from layers.imports.formats.vector import named_layer, read_vector

_GML = re.compile(rb"""opengis\.net/(?:gml|wfs)\b|<(?:gml|wfs):""", re.IGNORECASE)
_SCHEMA = re.compile(rb"<(?:\w{1,20}:)?schema\b", re.IGNORECASE)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,300}?encoding\s{0,9}=\s{0,9}["']([\w.:-]{1,40})["']""")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,300}\?>")
_LOCATION = re.compile(r"""\s(?:\w{1,20}:)?schemaLocation\s{0,9}=\s{0,9}(?:"[^"<>]{0,9000}"|'[^'<>]{0,9000}')""")
_CORNERS = ("lowerCorner", "upperCorner")
_LARGEST = 500_000_000  # bytes
_READING = GdalReading(
    drivers=("GML",),
    config={
        "GML_FIELDTYPES": "ALWAYS_STRING",
        "GML_SKIP_RESOLVE_ELEMS": "ALL",
        "GML_DOWNLOAD_SCHEMA": "NO",
        "OGR_GML_NULL_AS_EMPTY": "NO",
    },
)


def read_gml(source: Source) -> Draft:
    """Read the type of features that is wanted, else the first that has any."""
    if source.path.stat().st_size > _LARGEST:
        raise refuse_file(source.name, "文本过大，请改用 GeoPackage", "it is too long a text; use GeoPackage")
    data = source.path.read_bytes()
    declared = _DECLARED.match(data)
    said = source.options.encoding or (wide_name(declared[1].decode()) if declared else "")
    read = decode(data, said, file=source.name)
    text = _LOCATION.sub("", _DECLARATION.sub("", read.text.removeprefix("\ufeff"), count=1))
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise refuse_file(source.name, "GML 中有 DOCTYPE，未读取", "it is GML with a DOCTYPE, which is not read")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "layer.gml"
        path.write_text(f'<?xml version="1.0" encoding="UTF-8"?>\n{text.lstrip()}', "utf-8")
        draft = named_layer(read_vector(source, _READING, path=path), "GML")
    held = draft.properties
    if set(_CORNERS) <= set(held.schema.names):  # of each feature's envelope, no fields of its own
        held = held.drop_columns(list(_CORNERS))
    return replace(draft, properties=held, encoding=read.encoding, notes=(*read.notes, *draft.notes))


def _is_gml(source: Source) -> bool:
    if source.archive or source.ending == "xsd" or not source.head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return False
    return bool(_GML.search(source.head)) and not _SCHEMA.search(source.head)


FORMAT = ImportFormat("GML", Text("GML", "GML"), ("gml",), _is_gml, read_gml, rank=32)
