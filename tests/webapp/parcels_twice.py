"""Somebody's own parcels as a survey office sends them: a Shapefile in GBK without .cpg and .prj, and a later one."""

from __future__ import annotations

import zipfile
from pathlib import Path

import geopandas as gpd
import shapely

EPSG = 4549  # as the bundled plan's plane; nothing in the file says so
_WEST, _SOUTH, _WIDE = 120.30, 31.90, 0.004


def write_parcels_twice(folder: Path) -> tuple[Path, Path]:
    """Write four parcels, and the same later: one used otherwise, one gone, one new; returns both archives."""
    uses = {"甲一": "工业用地", "甲二": "城镇住宅用地", "乙一": "公园绿地", "乙二": "工业用地"}
    later = {key: use for key, use in uses.items() if key != "乙二"} | {"甲二": "商业用地", "丙一": "公园绿地"}
    return _write(folder / "parcels-2023", uses), _write(folder / "parcels-2024", later)


def _write(stem: Path, uses: dict[str, str]) -> Path:
    places = {"甲一": (0, 0), "甲二": (1, 0), "乙一": (0, 1), "乙二": (1, 1), "丙一": (2, 0)}
    corners = [(_WEST + x * _WIDE, _SOUTH + y * _WIDE) for x, y in (places[key] for key in uses)]
    boxes = [shapely.box(west, south, west + 0.9 * _WIDE, south + 0.9 * _WIDE) for west, south in corners]
    frame = gpd.GeoDataFrame({"编号": list(uses), "用途": list(uses.values())}, geometry=boxes, crs=4490)
    stem.mkdir(parents=True, exist_ok=True)
    frame.to_crs(EPSG).to_file(stem / "地块.shp", encoding="GB18030")
    archive = stem.with_suffix(".zip")
    with zipfile.ZipFile(archive, "w") as bundle:
        for ending in ("shp", "shx", "dbf"):
            bundle.write(stem / f"地块.{ending}", f"地块.{ending}")
    return archive
