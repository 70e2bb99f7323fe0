"""Layers leave as files other programs read: GeoJSON, GeoPackage, FlatGeobuf, GeoParquet, Shapefile, KML, tables."""

from layers.exports.export import KINDS, Asked, BadExport, Exported, Kind, export_layer, read_asked

__all__ = ["KINDS", "Asked", "BadExport", "Exported", "Kind", "export_layer", "read_asked"]
