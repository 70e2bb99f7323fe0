"""FlatGeobuf."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from geo.text import Text
from layers.imports.draft import Draft, Found
from layers.imports.formats.registry import ImportFormat, Source
from layers.imports.formats.vector import named_layer, read_vector


def read_flatgeobuf(source: Source) -> Draft:
    """Read it; a file that ends before the features its head states is told."""
    told: dict[str, Any] = {}
    draft = named_layer(read_vector(source, about=told), "FlatGeobuf")
    lost = int(told["stated"]) - int(told["features"])
    if lost <= 0:
        return draft
    zh = f"文件被截断：写明有 {told['stated']:,} 个要素，只读到 {told['features']:,} 个；请重新导出或下载"
    en = f"the file is cut off: it states {told['stated']:,} features and holds {told['features']:,}; "
    found = Found("cut_off", "文件被截断", "the file is cut off", "left out", count=lost)
    note = Text(zh, f"{en}export or download it again")
    return replace(draft, notes=(note, *draft.notes), found=(*draft.found, found))


FORMAT = ImportFormat(
    "FlatGeobuf",
    Text("FlatGeobuf", "FlatGeobuf"),
    ("fgb",),
    lambda source: source.head.startswith(b"fgb"),
    read_flatgeobuf,
    rank=16,
)
