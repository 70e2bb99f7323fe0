"""Moves coordinates of an old datum (Beijing 54, Xian 80) to CGCS2000 with the parameters a person supplies.

Nobody publishes such parameters, so there is no default. Seven make a Helmert (Bursa-Wolf) transformation of
geocentric coordinates, three a translation alone. Two conventions of the rotation's sign are in use, and numbers
of one used under the other are metres wrong: with rotations, a person says which.

References
----------
IOGP guidance note 7-2: methods 9606 (position vector), 9607 (coordinate frame), 9603 (translations).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np
from pyproj import CRS, Transformer

from geo.arrays import Floats
from geo.errors import PlanAtlasError, RefusedDatum
from geo.measure.shift import CODE
from layers.features.columns import Objects
from layers.imports.heights import moved_flat

CONVENTIONS = ("coordinate_frame", "position_vector")
_MOST = (2_000.0, 60.0, 200.0)  # metres, arc-seconds, parts per million: beyond lies a slip of units
_NUMBER = re.compile(r"[+-]?\d{1,6}(\.\d{0,12})?")


class BadDatumParameters(PlanAtlasError):
    """What was supplied is no set of transformation parameters."""

    code = "bad_datum_parameters"
    zh = (
        "基准转换参数“{given}”有误：{why_zh}。请写 3 个数（平移 X,Y,Z，米）"
        "或 7 个数（再加旋转 X,Y,Z，角秒，尺度，ppm）。"
    )
    en = (
        "The datum parameters “{given}” are wrong: {why_en}. Write 3 numbers (translations X,Y,Z in metres) or 7 "
        "(then rotations X,Y,Z in arc-seconds and the scale in ppm)."
    )


class NeedsDatumParameters(RefusedDatum):
    """The datum can be left only with parameters that a person supplies."""

    code = "needs_datum_parameters"
    zh = (
        "{where} 的坐标基准为 {found}，系统不替人选择转换。已公开的转换：{offered_zh}。请用 --datum-parameters "
        "填写其中一个代码（如 EPSG:15919），或测绘主管部门提供的三参数或七参数（带旋转时加 --rotation），"
        "或先转换到 CGCS2000。"
    )
    en = (
        "{where} uses the datum {found}; how it is moved is for a person to choose. Published operations: "
        "{offered_en}. Give the code of one with --datum-parameters (such as EPSG:15919), or the three or seven "
        "parameters of your survey authority (with rotations also --rotation), or convert it to CGCS2000 first."
    )


@dataclass(frozen=True)
class DatumParameters:
    """From an old datum to CGCS2000: metres, arc-seconds, parts per million; ``convention`` of the rotations.

    Or the code of a published ``operation`` to WGS 84, and then no numbers.
    """

    translation_m: tuple[float, float, float]
    rotation_arcsec: tuple[float, float, float] = (0.0, 0.0, 0.0)
    scale_ppm: float = 0.0
    convention: str = ""
    operation: str = ""

    @property
    def written(self) -> str:
        """What a person wrote, and how its signs are read."""
        if self.operation:
            return self.operation
        numbers = (*self.translation_m, *self.rotation_arcsec, self.scale_ppm)
        return " ".join([", ".join(f"{n:.12g}" for n in numbers), self.convention]).strip()


def read_parameters(text: str, convention: str = "") -> DatumParameters | None:
    """Return the parameters a person wrote, None when nothing was.

    Raises
    ------
    BadDatumParameters
        Not three or seven numbers, out of all proportion, or rotations without their convention.

    Examples
    --------
    >>> read_parameters("-12.5, 113.2, 40").translation_m
    (-12.5, 113.2, 40.0)
    """
    if not text.strip():
        return None

    def wrong(zh: str, en: str) -> BadDatumParameters:
        return BadDatumParameters(given=text[:80], why_zh=zh, why_en=en)

    if CODE.fullmatch(text.strip().upper()):
        return DatumParameters((0.0, 0.0, 0.0), operation=text.strip().upper())
    parts = [part for part in re.split(r"[\s,;，；、]+", text.strip()) if part]
    if len(parts) not in (3, 7) or not all(_NUMBER.fullmatch(part) for part in parts):
        raise wrong("不是 3 个或 7 个数", "these are not 3 or 7 numbers")
    numbers = [float(part) for part in parts] + [0.0] * (7 - len(parts))
    for name_zh, name_en, given, most, unit in (
        ("平移", "a translation", numbers[:3], _MOST[0], "m"),
        ("旋转", "a rotation", numbers[3:6], _MOST[1], "″"),
        ("尺度", "the scale", numbers[6:], _MOST[2], "ppm"),
    ):
        if max(map(abs, given)) > most:
            raise wrong(
                f"{name_zh}超过 {most:g} {unit}，请核对单位", f"{name_en} is over {most:g} {unit}; check units"
            )
    if convention and convention not in CONVENTIONS:
        raise wrong(f"旋转约定应为 {' 或 '.join(CONVENTIONS)}", f"the rotation is {' or '.join(CONVENTIONS)}")
    turned = any(numbers[3:6])
    if turned and not convention:
        raise wrong(
            "带旋转时须说明旋转约定（--rotation coordinate_frame 坐标框架，国内布尔莎模型通常如此；"
            "或 position_vector 位置矢量）",
            "with rotations, say their convention (--rotation coordinate_frame, as Chinese Bursa models mostly "
            "are, or position_vector)",
        )
    return DatumParameters(
        (numbers[0], numbers[1], numbers[2]),
        (numbers[3], numbers[4], numbers[5]),
        numbers[6],
        convention if turned else "",
    )


def moved_datum(shapes: Objects, known: CRS, parameters: DatumParameters) -> Objects:
    """Return shapes of a CRS on an old datum in longitude/latitude degrees of CGCS2000, heights taken as zero.

    Raises
    ------
    RefusedDatum
        The parameters do not lead from this datum to CGCS2000.
    """
    base = known.geodetic_crs
    ellipsoid = known.ellipsoid
    if base is None or ellipsoid is None:
        raise RefusedDatum(where=known.name, found="unknown")
    (x, y, z), (rx, ry, rz) = parameters.translation_m, parameters.rotation_arcsec
    flattening = ellipsoid.inverse_flattening or math.inf
    old = f"+a={ellipsoid.semi_major_metre!r} " + (f"+rf={flattening!r}" if math.isfinite(flattening) else "+f=0")
    shift = Transformer.from_pipeline(
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad "
        f"+step +proj=cart {old} "
        f"+step +proj=helmert +x={x!r} +y={y!r} +z={z!r} +rx={rx!r} +ry={ry!r} +rz={rz!r} "
        f"+s={parameters.scale_ppm!r} +convention={parameters.convention or 'coordinate_frame'} "
        "+step +inv +proj=cart +ellps=GRS80 +step +proj=unitconvert +xy_in=rad +xy_out=deg"
    )
    plain = None if known.is_geographic else Transformer.from_crs(known, base, always_xy=True)

    def place(xy: Floats) -> Floats:
        lon, lat = plain.transform(xy[:, 0], xy[:, 1]) if plain else (xy[:, 0], xy[:, 1])
        out = shift.transform(lon, lat, np.zeros(len(xy)))
        return np.column_stack(out[:2])

    result: Objects = moved_flat(shapes, place)
    return result
