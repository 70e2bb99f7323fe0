"""FlatGeobuf."""

from __future__ import annotations

from geo.text import Text
from layers.imports.formats.registry import ImportFormat, register_format
from layers.imports.formats.vector import named_layer, read_vector

FORMAT = register_format(
    ImportFormat(
        "FlatGeobuf",
        Text("FlatGeobuf", "FlatGeobuf"),
        ("fgb",),
        lambda source: source.head.startswith(b"fgb"),
        lambda source: named_layer(read_vector(source), "FlatGeobuf"),
        rank=16,
    )
)
