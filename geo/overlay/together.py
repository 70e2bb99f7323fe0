"""What several layers cover together: each one's area, their sum, and the ground counted once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.arrays import Shapes
from geo.errors import EmptyLayer
from geo.measure import sound
from geo.measure.area import form_of
from geo.measure.crs import Bench, crs_text
from geo.measure.facts import overlapping_pairs
from geo.measure.measuring import measure
from geo.measure.validity import usable_report
from geo.overlay.overlay import overlay
from geo.overlay.zones import zone_set
from geo.parallel import UNWATCHED, Watch
from geo.result import Result, area_method, repairs_of
from geo.text import Text, number_text


@dataclass(frozen=True, kw_only=True)
class Together(Result):
    """Areas of layers and of the ground they cover together.

    Attributes
    ----------
    table
        One row a layer: layer, features, amount (its features added up, m2), once (ground, each point once), plane
        and plane_once (the same in the plane edges are straight in, NaN where they are straight in degrees).
    amount, once, plane, plane_once
        Of all layers: added up, and the ground any of them covers.
    whole, plane_whole
        The area of the ground they are looked at in; NaN where none was named.
    plane_name
        Of the plane, "" where there is none.
    """

    table: pd.DataFrame
    amount: float
    once: float
    plane: float
    plane_once: float
    whole: float
    plane_whole: float
    plane_name: str

    @property
    def twice(self) -> float:
        """What is counted more than once when the layers are added up, m2."""
        return max(0.0, self.amount - self.once)

    @property
    def share(self) -> float:
        """Ground covered over the whole, 0 to 1; NaN where none was named."""
        return self.once / self.whole if self.whole > 0.0 else float("nan")

    def to_frame(self) -> pd.DataFrame:
        """Return one row a layer."""
        return self.table


def cover_together(
    layers: Mapping[str, gpd.GeoDataFrame],
    *,
    whole: gpd.GeoDataFrame | None = None,
    watch: Watch = UNWATCHED,
) -> Together:
    """Return what polygon layers cover together, in all or inside a ground.

    Parameters
    ----------
    layers
        By name; edges of all are taken to where those of the first are straight.
    whole
        Ground the layers are cut to (each point of it once).
    watch
        Is told how far it is, and may stop it by raising `Cancelled`.

    Raises
    ------
    EmptyLayer, WrongGeometryType, MissingCRS, RefusedCRS, RefusedDatum, Unworkable

    Examples
    --------
    >>> def square(x):
    ...     return gpd.GeoDataFrame(geometry=[shapely.box(5e5 + x, 35e5, 5e5 + x + 100, 35e5 + 100)], crs=4549)
    >>> found = cover_together({"wood": square(0), "marsh": square(40)})
    >>> round(found.plane), round(found.plane_once)
    (20000, 14000)
    """
    if not layers:
        raise EmptyLayer(where="layers")
    reports = {name: usable_report(frame, where=name) for name, frame in layers.items()}
    bench = Bench.of(next(iter(reports.values())).frame, where=next(iter(reports)))
    ground = None if whole is None else zone_set(whole.assign(_all="all"), bench, zone_field="_all")
    rows, every = [], []
    for name, report in reports.items():
        shapes = report.on(bench)
        if ground is not None:
            shapes = overlay(bench, shapes, ground.shapes, watch=watch).shapes()
        rows.append((name, len(shapes), *_sizes(bench, shapes)))
        every.append(shapes)
    amount, once, plane, plane_once = _sizes(bench, np.concatenate(every))
    in_all = _sizes(bench, ground.shapes) if ground is not None else (np.nan,) * 4
    name = bench.crs.name if bench.crs.is_projected else ""
    return Together(
        method=area_method(crs_text(bench.crs), lonlat=bool(bench.crs.is_geographic)),
        caveats=_caveats(amount, once),
        repairs=repairs_of(*reports.values(), *(() if ground is None else (ground.report,))),
        table=pd.DataFrame(rows, columns=["layer", "features", "amount", "once", "plane", "plane_once"]),
        amount=amount,
        once=once,
        plane=plane,
        plane_once=plane_once,
        whole=in_all[0],
        plane_whole=in_all[2],
        plane_name=name.removesuffix(" (m)"),
    )


def _sizes(bench: Bench, shapes: Shapes) -> tuple[float, float, float, float]:
    """Return areas added up and ground counted once (m2), both on the ellipsoid and then in the plane."""
    if not len(shapes):
        return 0.0, 0.0, 0.0, 0.0
    form = form_of(bench.crs, shapes)
    amount, plane = measure(shapes, form).area_m2, shapely.area(shapes)
    left, right = overlapping_pairs(shapes)
    rows = np.unique(np.concatenate([left, right]))
    once, plane_once = float(amount.sum()), float(plane.sum())
    if len(rows):
        ground = np.array([sound.union(shapes[rows])], dtype=object)
        once += float(measure(ground, form).area_m2[0] - amount[rows].sum())
        plane_once += float(shapely.area(ground)[0] - plane[rows].sum())
    flat = bool(bench.crs.is_projected)
    return float(amount.sum()), once, float(plane.sum()) if flat else np.nan, plane_once if flat else np.nan


def _caveats(amount: float, once: float) -> tuple[Text, ...]:
    twice = amount - once
    if twice <= 1e-9 * amount:
        return ()
    more = number_text(twice, 2)
    zh = f"各图层（及其要素）相互重叠：相加比地面多 {more} 平方米。"
    return (
        Text(
            zh,
            f"Layers (or their features) overlap: added up they are {more} m2 more than the ground.",
        ),
    )
