"""What a request may say of a site: the parameters of its addresses, and each value read and checked."""

from __future__ import annotations

import math
import unicodedata

import shapely

from layers.errors import BadParameter
from layers.plan.rules import read_rules
from layers.plan.schedule import read_day
from webapp.http.endpoints import Parameter
from webapp.jobs.drawn import drawn_outline
from webapp.state import current_library

NAME_MOST, UNSURE_MOST_M = 120, 100_000.0
LAYER = Parameter("layer", "图层编号，或 @drawn", "a layer, or @drawn", path=True, example="projects")
FEATURE = Parameter(
    "feature",
    "要素编号；@drawn：保存的编号，或“纬度,经度;…”",
    "a feature; of @drawn the id it is kept under, or “latitude,longitude;…”",
    path=True,
    example="p-06",
)
DAY = Parameter(
    "day", "按哪一天有效的规则（默认规划日期）", "the day whose rules hold (the plan's own)", example="2021-08-31"
)
CHECK = Parameter(
    "check",
    "no：不等检查，先答其余（检查已有则一并给出）",
    "no: does not wait for the check, which takes longest (one known already is there)",
    example="yes",
)
NAME = Parameter("name", "绘制地块的名称", "what a drawn site is called", example="候选")
INDUSTRIES = Parameter(
    "industries", "绘制地块的产业，逗号分隔", "what a drawn site is for, by commas", example="ic"
)


def outline_asked(given: object) -> bytes:
    """Return a GeoJSON polygon as WKB.

    Raises
    ------
    BadParameter, OverLimit
        It is none, or has too many vertices.
    """
    found = drawn_outline(given)
    if found is None:
        raise BadParameter(name="polygon", why_zh="需要绘制的多边形", why_en="a drawn polygon is needed")
    return found


def place_of(longitude: float, latitude: float) -> bytes:
    """Return a place as WKB.

    Raises
    ------
    BadParameter
        It is not on the Earth.
    """
    if not (abs(longitude) <= 180 and abs(latitude) <= 85):
        raise BadParameter(name="lon, lat", why_zh="应为经纬度（度）", why_en="longitude and latitude in degrees")
    return bytes(shapely.to_wkb(shapely.Point(longitude, latitude)))


def checked_day(text: object) -> str:
    """Return a day that was asked for; empty for the plan's own.

    Raises
    ------
    BadParameter
        It is none.
    """
    if text == "":
        return ""
    if not isinstance(text, str) or read_day(text) is None:
        raise BadParameter(name="day", why_zh="应如 2021-08-31", why_en="such as 2021-08-31 is expected")
    return text


def checks_asked(text: str) -> bool:
    """Return whether a site is to be held against the rules.

    Raises
    ------
    BadParameter
        It is neither yes nor no.
    """
    if text not in ("yes", "no"):
        raise BadParameter(name="check", why_zh="应为 yes 或 no", why_en="yes or no is expected")
    return text == "yes"


def asked_name(text: object) -> str:
    """Return a name that was given.

    Raises
    ------
    BadParameter
        It is too long, or holds control characters.
    """
    odd = isinstance(text, str) and any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in text)
    if not isinstance(text, str) or len(text) > NAME_MOST or odd:
        raise BadParameter(
            name="name",
            why_zh=f"最多 {NAME_MOST} 字，不含控制字符",
            why_en=f"at most {NAME_MOST} characters without controls",
        )
    return text.strip()


def asked_industries(given: object) -> tuple[str, ...]:
    """Return industries that were named.

    Raises
    ------
    BadParameter
        One is not declared.
    """
    known = read_rules(current_library().folder).industries
    if not isinstance(given, list) or not all(isinstance(one, str) and one in known for one in given):
        words = ", ".join(known) or "—"
        raise BadParameter(name="industries", why_zh=f"应为 {words}", why_en=f"among {words}")
    return tuple(dict.fromkeys(given))


def asked_uncertainty_m(given: object) -> float:
    """Return how far off a drawn site may be, m.

    Raises
    ------
    BadParameter
        It is no distance.
    """
    number = isinstance(given, int | float) and not isinstance(given, bool)
    value = float(given) if number else math.nan  # type: ignore[arg-type]  # looked at just before
    if not 0 <= value <= UNSURE_MOST_M:
        raise BadParameter(
            name="uncertainty_m", why_zh=f"应为 0 至 {UNSURE_MOST_M:g} 米", why_en=f"0 to {UNSURE_MOST_M:g} m"
        )
    return value
