"""GeoPackage: one layer, its provenance as metadata, what its columns are called, its style as QGIS reads it.

References
----------
OGC 12-128r18, GeoPackage Encoding Standard 1.3.
"""

from __future__ import annotations

from pathlib import Path

from geo.text import Text
from layers.exports.bundle import ExportBundle
from layers.exports.columns import Holds, file_table, with_aliases
from layers.exports.ogr import OgrLayer, kind_of, write_ogr
from layers.exports.qgis import add_style
from layers.exports.registry import ExportFormat


def write_geopackage(bundle: ExportBundle, out: Path) -> None:
    """Write a GeoPackage with its style."""
    # file drivers look fields up without regard to case, and mix up “Count” with “count”
    table = file_table(bundle, Holds(taken=("geom",)))
    taken = {name.casefold() for name in table.schema.names}
    fid = next(name for name in ("fid", "fid_", "fid__", "fid___") if name not in taken)
    write_ogr(
        with_aliases(table, bundle),
        bundle.content.geometry,
        out,
        OgrLayer(
            driver="GPKG",
            kind=kind_of(bundle.content.geometry),
            wkt=bundle.wkt,
            name=bundle.layer.id,
            options={"FID": fid, "GEOMETRY_NAME": "geom", "VERSION": "1.3"},
            metadata={"IDENTIFIER": bundle.layer.label.zh, "planatlas": bundle.as_json()},
        ),
    )
    add_style(out, bundle)


FORMAT = ExportFormat(
    id="geopackage",
    ending="gpkg",
    label=Text("GeoPackage（含样式，QGIS 直接打开）", "GeoPackage (with style, opens in QGIS)"),
    media_type="application/geopackage+sqlite3",
    write=write_geopackage,
    cannot=(Text("列表写为 JSON 文本", "lists become JSON texts"),),
    order=10,
)
