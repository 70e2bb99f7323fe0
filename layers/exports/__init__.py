"""Layers leave as files other programs read, in the CRS asked for and with their provenance inside."""

from layers.exports.export import KINDS, Asked, BadExport, Exported, Kind, export_layer, read_asked

__all__ = ["KINDS", "Asked", "BadExport", "Exported", "Kind", "export_layer", "read_asked"]
