"""What the import tests share: a file becomes a layer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from geo.text import Text
from layers.imports.importer import Report, Wanted, import_layer
from layers.library.library import Library


def wanted(layer: str = "new", **more: Any) -> Wanted:
    return Wanted(layer=layer, label=Text("新", "New"), **more)


def bring(library: Library, path: Path, layer: str = "new", **more: Any) -> Report:
    return import_layer(library, path, wanted(layer, **more), who="li")
