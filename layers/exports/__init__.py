"""Layers leave as files other programs read, in the CRS asked for and with their provenance inside."""

from layers.exports.exporter import (
    Asked,
    BadExport,
    Exported,
    export_layer,
    export_snapshot,
    properties_of,
    read_asked,
)
from layers.exports.registry import (
    ExportFormat,
    ExportOption,
    ending_of,
    export_formats,
    export_options,
    format_of,
    formats_table,
    told_formats,
)

__all__ = [
    "Asked",
    "BadExport",
    "ExportFormat",
    "ExportOption",
    "Exported",
    "ending_of",
    "export_formats",
    "export_layer",
    "export_options",
    "export_snapshot",
    "format_of",
    "formats_table",
    "properties_of",
    "read_asked",
    "told_formats",
]
