"""Coordinates on their way out: the CRS and datum asked for, fewer decimals, and how much ground they cover."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

import geo
from geo import convert_datum
from geo.errors import RefusedDatum
from geo.measure.crs import ALLOWED_DATUMS
from geo.text import Text, count_words
from layers.features.columns import Content, Objects
from layers.features.geometry import with_xy
from layers.features.snapshot import Features
from layers.messages import say
from layers.plan.catalog import Layer
from layers.plan.looks import LOOKS

SHIFTED = ("GCJ02", "BD09")
# What says a CRS otherwise than by its name: a code, a URN or URL, PROJ words, JSON, well-known text.
_NO_NAME = re.compile(
    r"[a-z]{3,5}(_2015)?:[\w.+]{1,20}$|\d{4,6}$|urn:ogc:|https?://www\.opengis\.net/|\+(proj|init)=|\{|[a-z]+cr?s\s*\[",
    re.IGNORECASE | re.ASCII,
)
_SECRET_KM2 = 25.0  # continuous cover of large-scale full-element data, 自然资发〔2020〕95号


def known_crs(text: str) -> CRS | None:
    """Return the CRS an export is asked for; None for the shifted coordinates of web maps (GCJ02, BD09).

    Raises
    ------
    RefusedDatum
        Its datum has no published transformation from ours.
    pyproj.exceptions.CRSError
        Nobody defines it.
    """
    if text in SHIFTED:
        return None
    if not (_NO_NAME.match(text) or text.casefold() in _crs_names()):
        raise CRSError(text)
    found = CRS.from_user_input(text)
    base = found.geodetic_crs
    datum = base.datum.name if base is not None and base.datum is not None else "unknown"
    if not datum.startswith(ALLOWED_DATUMS) or not (found.is_projected or found.is_geographic):
        raise RefusedDatum(where=text, found=datum)
    return found


@lru_cache(maxsize=1)
def _crs_names() -> frozenset[str]:
    """Return all names and aliases of CRSs, folded.

    PROJ itself would go on to look for the likeliest of them, most of a second for a word that is none.
    """
    path = (Path(pyproj.datadir.get_data_dir()) / "proj.db").as_uri()
    with closing(sqlite3.connect(f"{path}?mode=ro&immutable=1", uri=True)) as listed:
        asked = "SELECT name FROM crs_view UNION SELECT alt_name FROM alias_name WHERE table_name LIKE '%crs'"
        return frozenset(str(name).casefold() for (name,) in listed.execute(asked))


def placed_in(shapes: Objects, target: str) -> Objects:
    """Return longitude/latitude geometries (CGCS2000 or WGS 84, taken as one) in the CRS or datum ``target``."""
    crs = known_crs(target)
    if crs is None:

        def shift(xy: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
            return np.column_stack(convert_datum(xy[:, 0], xy[:, 1], source="WGS84", target=target))

        return with_xy(shapes, shift)
    if crs.is_geographic:
        return shapes
    onto = Transformer.from_crs(crs.geodetic_crs, crs, always_xy=True)
    return with_xy(shapes, lambda xy: np.column_stack(onto.transform(xy[:, 0], xy[:, 1])))


def rounded_coordinates(shapes: Objects, decimals: int) -> tuple[Objects, int]:
    """Return geometries with fewer decimals, and how many of them that made invalid."""
    out = with_xy(shapes, lambda xy: np.round(xy, decimals))
    broken = shapely.is_valid(shapes) & ~shapely.is_valid(out) & ~shapely.is_missing(out)
    return out, int(broken.sum())


def grid_note(shapes: Objects, decimals: int) -> Text | None:
    """Return what is said of shapes that touch themselves once a format's decimals are all that is left.

    Parameters
    ----------
    shapes
        In the CRS of the file.
    decimals
        That the format keeps.
    """
    _, broken = rounded_coordinates(shapes, decimals)
    if not broken:
        return None
    zh = f"按此格式的小数位数，{broken} 个要素的边会相接而无效；再导入时会被修复"
    made = count_words(broken, "feature touches itself and is", "features touch themselves and are")
    return Text(zh, f"with the decimals of this format {made} invalid; an import mends that")


def large_scale(layer: Layer, found: Content | Features) -> Objects:
    """Return the geometries that may be of a scale larger than 1:5000.

    Those are not: a layer's that is illustrative, and features whose ``position`` says approximate, locality or
    schematic. What says nothing may be.
    """
    if layer.illustrative:
        return np.empty(0, dtype=object)
    sure = [position not in LOOKS.unsure for position in found.values("position")]
    shapes: Objects = found.geometry[np.array(sure, dtype=bool)]
    return shapes


def cover_warning(shapes: Objects) -> Text | None:
    """Return a warning when the box of features of a large scale covers more than 25 km2 (on the ellipsoid).

    Source: 自然资发〔2020〕95号 and the ministry's answer: continuous full-element data larger than 1:5000 above
    that area is secret. Whether this data is of that kind only its owner knows.
    """
    box = shapely.total_bounds(shapes) if len(shapes) else np.full(4, np.nan)
    if np.isnan(box).any() or box[0] == box[2] or box[1] == box[3]:
        return None
    frame = gpd.GeoSeries([shapely.box(*box)], crs="EPSG:4490")
    km2 = float(geo.area_m2(frame)[0]) / 1e6
    if km2 <= _SECRET_KM2:
        return None
    return say("export_span_secret", km2=f"{km2:,.1f}")


def wkt_of(target: str) -> str | None:
    """Return the CRS's WKT for file drivers; None for shifted coordinates, which no CRS names."""
    crs = known_crs(target)
    return None if crs is None else str(crs.to_wkt(pyproj.enums.WktVersion.WKT2_2019))
