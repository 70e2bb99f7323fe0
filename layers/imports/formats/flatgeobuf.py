"""FlatGeobuf."""

from __future__ import annotations

from geo.text import Text
from layers.imports.formats.registry import ImportFormat, register
from layers.imports.formats.vector import named, read_vector

FORMAT = register(
    ImportFormat(
        "FlatGeobuf",
        Text("FlatGeobuf", "FlatGeobuf"),
        ("fgb",),
        lambda source: source.head.startswith(b"fgb"),
        lambda source: named(read_vector(source), "FlatGeobuf"),
        rank=16,
    )
)
