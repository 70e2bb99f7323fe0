"""Layers leave as files other programs read, in the CRS asked for and with their provenance inside."""

from layers.exports.exporter import (
    KINDS,
    Asked,
    BadExport,
    Exported,
    Kind,
    export_layer,
    export_snapshot,
    read_asked,
)

__all__ = ["KINDS", "Asked", "BadExport", "Exported", "Kind", "export_layer", "export_snapshot", "read_asked"]
