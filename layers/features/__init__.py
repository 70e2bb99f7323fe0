"""A layer's features: columns, geometry, snapshots with a version, and what of them a reader asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.faces import lazy_face

if TYPE_CHECKING:
    from layers.features.columns import (
        Content,
        StoredRows,
        column_of,
        content_of,
        crs_of,
        read_content,
        write_content,
    )
    from layers.features.filters import Filter, fields_of, parse_filter, values_of
    from layers.features.geojson import read_bytes, read_snapshot, snapshot_of_bytes, version_of_bytes
    from layers.features.geometry import checked_geometry, with_xy
    from layers.features.query import (
        FilterCondition,
        Hit,
        OtherLayer,
        largest_features,
        parse_box,
        search,
        select,
        select_open,
    )
    from layers.features.snapshot import Feature, FeatureProblem, Features, Snapshot

__all__ = [
    "Content",
    "Feature",
    "FeatureProblem",
    "Features",
    "Filter",
    "FilterCondition",
    "Hit",
    "OtherLayer",
    "Snapshot",
    "StoredRows",
    "checked_geometry",
    "column_of",
    "content_of",
    "crs_of",
    "fields_of",
    "largest_features",
    "parse_box",
    "parse_filter",
    "read_bytes",
    "read_content",
    "read_snapshot",
    "search",
    "select",
    "select_open",
    "snapshot_of_bytes",
    "values_of",
    "version_of_bytes",
    "with_xy",
    "write_content",
]

__getattr__ = lazy_face(__name__)
