"""GeoParquet 1.1: every type kept, lists and days too.

References
----------
GeoParquet 1.1, https://geoparquet.org
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from geo.text import Text
from layers.exports.bundle import ExportBundle
from layers.exports.columns import Holds, file_table
from layers.exports.registry import ExportFormat
from layers.features.columns import write_content


def write_geoparquet(bundle: ExportBundle, out: Path) -> None:
    """Write GeoParquet with a column a property."""
    kept = bundle.content.properties
    table = file_table(bundle, Holds(lists=True, any_names=True)).drop_columns([bundle.columns[0].name])
    if bundle.content.names:  # the store's marks of columns that are JSON stay
        for at, field in enumerate(table.schema):
            mark = kept.schema.field(at).metadata
            plain = field.remove_metadata() if mark is None else field.with_metadata(dict(mark.items()))
            table = table.set_column(at, plain, table.column(at))
    content = replace(bundle.content, properties=table)
    write_content(out, content, crs=None if bundle.wkt is None else bundle.crs, about=bundle.told())


FORMAT = ExportFormat(
    id="geoparquet",
    ending="parquet",
    label=Text("GeoParquet", "GeoParquet"),
    media_type="application/vnd.apache.parquet",
    write=write_geoparquet,
    order=50,
)
