"""Counts, densities, sums and ratios by zone: currencies apart, unknowns counted, values by share of area."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.access.demand import demand_of, feature_amounts
from geo.arrays import Floats, is_new
from geo.errors import BadField, BadRule
from geo.measure.area import measure_shapes, mu_of
from geo.result import Result, column_numbers, frame_column, repairs_of
from geo.text import Text, count_words


@dataclass(frozen=True, kw_only=True)
class Aggregation(Result):
    """Sums by zone.

    Attributes
    ----------
    table
        One row per zone, field and currency: value, known and unknown rows (features with any part in the zone).
    zones, zone_area_m2, count
        Per zone: label, ellipsoidal area, features inside counted by their share (a feature cut in half is 0.5).
    shares
        The evidence: one row per feature and zone with the share of the feature that lies inside.
    """

    table: pd.DataFrame
    zones: tuple[str, ...]
    zone_area_m2: Floats
    count: Floats
    shares: pd.DataFrame

    @property
    def density_per_km2(self) -> Floats:
        """Features a square kilometre, by zone."""
        return self.count / self.zone_area_m2 * 1e6

    def to_frame(self) -> pd.DataFrame:
        """Return one row per zone, field and currency."""
        return self.table

    def ratio(self, numerator: str, denominator: str) -> pd.DataFrame:
        """Return a ratio of sums by zone and currency, over features that state both; NaN where there is none.

        Raises
        ------
        BadField
            When a field was not summed.
        """
        for field in (numerator, denominator):
            if field not in self.shares.columns:
                text = {"why_zh": "未参与汇总。", "why_en": "was not summed."}
                raise BadField(where="aggregation", field=field, **text)
        both = self.shares.dropna(subset=[numerator, denominator])
        keys = ["zone", "currency"] if "currency" in both.columns else ["zone"]
        top, bottom = both[numerator] * both["share"], both[denominator] * both["share"]
        sums = both.assign(top=top, bottom=bottom).groupby(keys, dropna=False)[["top", "bottom"]].sum()
        ratio = np.where(sums["bottom"] > 0.0, sums["top"] / sums["bottom"].where(sums["bottom"] > 0.0), np.nan)
        return sums.assign(ratio=ratio).reset_index().rename(columns={"top": numerator, "bottom": denominator})


def aggregate(
    features: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame,
    *,
    zone_field: str | None = None,
    fields: Sequence[str] = (),
    currency_field: str | None = None,
) -> Aggregation:
    """Count features and sum fields by zone; a feature partly inside gives the share of it that is inside.

    The share is by area for polygons and by length for lines. Touching a zone gives nothing. Unknown values are
    counted, never taken as 0; values in different currencies are never added.

    Parameters
    ----------
    features
        Points, lines or polygons of one kind, n rows.
    zones, zone_field
        m polygons, and the field of their labels (the index when None).
    fields
        Numeric fields to be added up.
    currency_field
        Field of the currency values are in; values of one currency are added only.

    Raises
    ------
    NoSuchField, BadField, EmptyLayer, BadGeometry, WrongGeometryType, MissingCRS, RefusedCRS

    Examples
    --------
    >>> from shapely import box
    >>> source = box(5e5, 35e5, 5e5 + 10, 35e5 + 10)
    >>> plots = gpd.GeoDataFrame({"v": [100.0] * 10}, geometry=[source] * 10, crs=4549)
    >>> zone = gpd.GeoDataFrame({"id": ["a"]}, geometry=[box(5e5, 35e5, 5e5 + 3, 35e5 + 10)], crs=4549)
    >>> round(float(aggregate(plots, zone, zone_field="id", fields=["v"]).table["value"][0]), 6)
    300.0
    """
    if "share" in fields or "zone" in fields:
        raise BadRule(what="field / 字段", found="share, zone", known="other names")
    demand = demand_of(features, zones, zone_field=zone_field, weight_field=None, overlap_once=False)
    report = demand.reports[0]
    frame = report.frame
    part = feature_amounts(demand.bench, demand.shapes, demand.kind)
    whole = feature_amounts(demand.bench, report.on(demand.bench), demand.kind)
    share = part / np.where(whole > 0.0, whole, 1.0)[demand.owner]
    key = demand.owner * len(demand.zones) + demand.zone
    order = np.argsort(key, kind="stable")  # nearly in order as it comes
    begins = np.flatnonzero(is_new(key[order]))
    pair, share = key[order[begins]], np.add.reduceat(share[order], begins)  # of a feature in parts, all of them
    pair, share = pair[share > 1e-12], share[share > 1e-12]
    owner, zone = np.divmod(pair, len(demand.zones))
    table: dict[str, object] = {
        "zone": pd.Index(demand.zones).take(zone),  # names are looked at once each, not row by row
        "feature": frame.index.take(owner),
        "share": share,
    }
    for field in fields:
        table[field] = column_numbers(frame, field, where="features")[owner]
    if currency_field is not None:
        table["currency"] = frame_column(frame, currency_field, where="features").to_numpy()[owner]
    shares = pd.DataFrame(table)
    areas = demand.areas.shapes if demand.areas is not None else demand.shapes[:0]
    count = np.bincount(zone, weights=share, minlength=len(demand.zones)).astype(float)
    sums = [_summed(shares, field, demand.zones, currency=currency_field is not None) for field in fields]
    columns = ["zone", "field", "currency", "value", "known", "unknown"]
    return Aggregation(
        method=Text(
            "按要素落在区内的份额（面积或长度）分摊求和：Σ 值 × 份额；相接不计。",
            "Sum of value x share of the feature (by area or length) inside the zone; touching counts nothing.",
        ),
        caveats=_caveats(sums),
        repairs=repairs_of(*demand.reports),
        table=pd.concat(sums, ignore_index=True) if sums else pd.DataFrame(columns=columns),
        zones=demand.zones,
        zone_area_m2=measure_shapes(areas, demand.bench.crs).area_m2,
        count=count,
        shares=shares,
    )


def _summed(shares: pd.DataFrame, field: str, zones: tuple[str, ...], *, currency: bool) -> pd.DataFrame:
    """Return sums of one field by zone (and currency), zones without features included with value NaN."""
    rows = []
    for zone in zones:
        here = shares[shares["zone"] == zone]
        groups = here.groupby("currency", dropna=False) if currency else [(None, here)]
        for name, group in groups:
            known = group[field].notna()
            value = float((group[field] * group["share"])[known].sum()) if known.any() else np.nan
            label = None if name is None or pd.isna(name) else str(name)
            rows.append((zone, field, label, value, int(known.sum()), int((~known).sum())))
    return pd.DataFrame(rows, columns=["zone", "field", "currency", "value", "known", "unknown"])


def _caveats(sums: list[pd.DataFrame]) -> tuple[Text, ...]:
    notes = []
    for table in sums:
        unknown = int(table["unknown"].sum())
        if unknown:
            field = str(table["field"].iloc[0])
            zh = f"“{field}”有 {unknown} 处数值未知，未计入合计（不是 0）。"
            told = count_words(unknown, "place", "places")
            notes.append(Text(zh, f"'{field}' is unknown in {told}: left out of the sums (not 0)."))
    return tuple(notes)


def per_mu(value: float, area_m2: float) -> float:
    """Return a value per mu of land; NaN when there is no land.

    Examples
    --------
    >>> per_mu(300.0, 2000.0)
    100.0
    """
    return value / float(mu_of(area_m2)) if area_m2 > 0.0 else float("nan")
