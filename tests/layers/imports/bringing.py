"""What the import tests share: a file becomes a layer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from layers.imports.importer import ImportReport, import_layer
from layers.imports.options import ImportOptions
from layers.library.library import Library


def wanted(layer: str = "new", **more: Any) -> ImportOptions:
    return ImportOptions(layer=layer, label_zh="新", label_en="New", **more)


def bring(library: Library, path: Path, layer: str = "new", **more: Any) -> ImportReport:
    return import_layer(library, path, wanted(layer, **more), who="li")
