"""Area or length as a document states it beside what is drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import BadRule
from geo.measure.area import FOOT_M, M2_PER_STATED, area_m2, length_m
from geo.measure.validity import usable_report
from geo.result import Result, column_numbers, frame_column, repairs_of, text_labels
from geo.text import Text, count_words

LENGTHS = {"m": 1.0, "km": 1_000.0, "ft": FOOT_M, "mile": 5280 * FOOT_M}


@dataclass(frozen=True, kw_only=True)
class StatedComparison(Result):
    """One row a feature: id, stated_m2, measured_m2, plane_m2, difference_m2, relative, mismatch, state.

    Of lengths the columns are stated_m, measured_m, plane_m and difference_m. The plane is that in which edges are
    straight (``plane_name``); NaN where they are straight in degrees.

    ``state`` is ``compared``, ``not stated`` or ``not drawn``; unknown areas are NaN, never 0.
    """

    table: pd.DataFrame
    tolerance_share: float
    plane_name: str = ""

    def to_frame(self) -> pd.DataFrame:
        """Return every feature."""
        return self.table

    @property
    def mismatches(self) -> pd.DataFrame:
        """Features whose areas differ by more than the tolerance, the worst first."""
        worst = self.table[self.table["mismatch"]]
        return worst.sort_values("relative", key=lambda values: values.abs(), ascending=False)


@dataclass(frozen=True, kw_only=True)
class StatedSize:
    """How a document states a size.

    Attributes
    ----------
    field
        Field of the stated area or length.
    less_field
        What is taken off it, such as water, in the same unit.
    unit
        Of an area: m2, ha, km2, mu, acre or ft2; of a length: m, km, ft or mile (feet are international ones).
    measured
        ``area`` or ``length``; of polygons the latter is the perimeter.
    """

    field: str
    less_field: str | None = None
    unit: str = "mu"
    measured: str = "area"


def compare_stated(
    features: gpd.GeoDataFrame,
    stated: StatedSize,
    *,
    tolerance_share: float = 0.05,
    id_field: str | None = None,
    keep: tuple[str, ...] = (),
) -> StatedComparison:
    """Compare stated areas, or lengths, with drawn ones (ellipsoidal).

    Parameters
    ----------
    features
        n polygons.
    stated
        Field and unit of the stated size, and which size it is.
    tolerance_share
        Relative difference (of the stated area) above which a row is a mismatch.
    id_field
        Field of the name rows are told by (the index when None).
    keep
        Fields carried into the table, such as the document's line.

    Raises
    ------
    BadRule, NoSuchField, BadField, EmptyLayer

    Examples
    --------
    >>> from shapely import box
    >>> plot = gpd.GeoDataFrame({"mu": [30.0]}, geometry=[box(5e5, 35e5, 5e5 + 100, 35e5 + 100)], crs=4549)
    >>> compare_stated(plot, StatedSize(field="mu")).table[["stated_m2", "mismatch"]].values.tolist()
    [[20000.0, True]]
    """
    measured, unit = stated.measured, stated.unit
    units, name = (LENGTHS, "m") if measured == "length" else (M2_PER_STATED, "m2")
    if unit not in units:
        raise BadRule(what="unit / 单位", found=unit, known=", ".join(units))
    if not (math.isfinite(tolerance_share) and tolerance_share >= 0.0):
        raise BadRule(what="tolerance_share", found=tolerance_share, known=">= 0")
    report = usable_report(features, where="features", kind="any" if measured == "length" else "polygon")
    sizes = length_m if measured == "length" else area_m2
    found = pd.Series(sizes(report.frame, where="features"), index=report.frame.index)
    found = found[~found.index.duplicated()].reindex(features.index)
    flat = (shapely.length if measured == "length" else shapely.area)(report.edges)
    plane_name = report.crs.name.removesuffix(" (m)") if report.crs.is_projected else ""
    plane = pd.Series(flat if plane_name else np.nan, index=report.frame.index, dtype=float)
    plane = plane[~plane.index.duplicated()].reindex(features.index)
    said = column_numbers(features, stated.field, where="features") * units[unit]
    if stated.less_field is not None:
        said = said - column_numbers(features, stated.less_field, where="features") * units[unit]
    drawn = np.asarray(found, dtype=float)
    difference = drawn - said
    relative = np.where(said > 0.0, difference / np.where(said > 0.0, said, 1.0), np.nan)
    state = np.where(np.isnan(said), "not stated", np.where(np.isnan(drawn), "not drawn", "compared"))
    table = pd.DataFrame(
        {
            "id": text_labels(features, id_field, where="features"),
            f"stated_{name}": said,
            f"measured_{name}": drawn,
            f"plane_{name}": np.asarray(plane, dtype=float),
            f"difference_{name}": difference,
            "relative": relative,
            "mismatch": np.abs(np.nan_to_num(relative)) > tolerance_share,
            "state": state,
            **{one: frame_column(features, one, where="features").to_numpy() for one in keep},
        }
    )
    skipped = int((state != "compared").sum())
    zh, en = (
        f"{skipped} 个要素没有写明{'长度' if measured == 'length' else '面积'}或没有图形，未比较。",
        f"{count_words(skipped, 'feature', 'features')} not compared: no {measured} stated, or not drawn.",
    )
    return StatedComparison(
        method=Text("文本所载长度与图上椭球长度相比。", "Stated length against the drawn ellipsoidal length.")
        if measured == "length"
        else Text("文本所载面积与图上椭球面积相比。", "Stated area against the drawn ellipsoidal area."),
        caveats=(Text(zh, en),) if skipped else (),
        repairs=repairs_of(report),
        table=table,
        tolerance_share=tolerance_share,
        plane_name=plane_name,
    )
