"""What is asked of a site, read from a request, and its check and dossier worked out in a worker."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import Any

import orjson
import shapely
from flask import request

from layers.errors import BadParameter
from layers.figures.inputs import DRAWN
from layers.library.library import Library
from layers.places.check import check_site, rules_of
from layers.places.site_facts import SiteDossier, site_dossier
from layers.places.subject import Subject, subject_of_feature, subject_of_shape
from layers.places.told import told_check, told_dossier
from layers.plan.rules import Rules, read_rules
from layers.plan.schedule import read_day, usual_day
from webapp.accounts.rights import sees_restricted
from webapp.http.endpoints import Parameter
from webapp.http.kept import Kept
from webapp.jobs.drawn import drawn_outline
from webapp.jobs.routes import deadline_of, look_in_worker
from webapp.sites.kept import KEPT_DAYS, MOST_KEPT, KeptSites
from webapp.state import current_library, current_settings, current_state

NAME_MOST, UNSURE_MOST_M = 120, 100_000.0
_KEPT = re.compile(r"[0-9a-f]{12}")
_CORNER = re.compile(r"-?\d{1,2}(\.\d{1,12})?,-?\d{1,3}(\.\d{1,12})?")
_MOST_CORNERS = 200  # of an outline in an address
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


@dataclass(frozen=True)
class SiteWanted:
    """A site somebody asks for: a feature, or an outline or place (``outline``, WKB) with what is said of it."""

    layer: str = ""
    feature: str = ""
    outline: bytes = b""
    name: str = ""
    industries: tuple[str, ...] = ()
    uncertainty_m: float = 0.0
    day: str = ""
    restricted: bool = False
    decimals: int = 9
    checked: bool = True


def _subject(opened: Library, rules: Rules, wanted: SiteWanted) -> Subject:
    if not wanted.outline:
        return subject_of_feature(opened, rules, wanted.layer, wanted.feature, restricted=wanted.restricted)
    return subject_of_shape(
        shapely.from_wkb(wanted.outline),
        name=wanted.name,
        uncertainty_m=wanted.uncertainty_m,
        industries=wanted.industries,
    )


def check_place(opened: Library, _progress: Callable[[float, float], None], wanted: SiteWanted) -> dict[str, Any]:
    """Hold a site against the plan's rules, in a worker; the answer of the API.

    Parameters
    ----------
    opened
        The plan, in the worker.
    _progress
        ``progress(done, total)``, which every computation is handed.
    wanted
        The site.
    """
    rules = rules_of(opened, restricted=wanted.restricted)
    subject = _subject(opened, rules, wanted)
    found = check_site(opened, rules, subject, day=wanted.day, restricted=wanted.restricted)
    return told_check(found, decimals=wanted.decimals)


def gather_place(opened: Library, _progress: Callable[[float, float], None], wanted: SiteWanted) -> dict[str, Any]:
    """Collect a site's dossier, in a worker; the answer of the API.

    Parameters
    ----------
    opened
        The plan, in the worker.
    _progress
        ``progress(done, total)``, which every computation is handed.
    wanted
        The site.
    """
    found = dossier_in_worker(opened, wanted)
    return told_dossier(found, decimals=wanted.decimals, address=f"/sites/{wanted.layer}/{wanted.feature}")


def dossier_in_worker(opened: Library, wanted: SiteWanted) -> SiteDossier:
    """Collect a site's dossier where the plan is open."""
    rules = rules_of(opened, restricted=wanted.restricted)
    subject = _subject(opened, rules, wanted)
    return site_dossier(
        opened, rules, subject, day=wanted.day, restricted=wanted.restricted, checked=wanted.checked
    )


def kept_dossier(wanted: SiteWanted) -> Kept:
    """Return a site's dossier as JSON, worked out once for one state of the plan.

    Where the whole one is known already, it also answers who does not wait for the check.
    """
    whole = current_state().bodies.find(site_key("dossier", replace(wanted, checked=True), current_library()))
    return whole or _kept("dossier", gather_place, wanted)


def kept_check(wanted: SiteWanted) -> Kept:
    """Return a site's check as JSON, worked out once for one state of the plan."""
    return _kept("check", check_place, wanted)


def _kept(what: str, function: Callable[..., dict[str, Any]], wanted: SiteWanted) -> Kept:
    def make() -> bytes:
        return orjson.dumps(look_in_worker(function, wanted, deadline=deadline_of("max_site_seconds")))

    return current_state().bodies.once(site_key(what, wanted, current_library()), make)


def site_key(what: str, wanted: SiteWanted, library: Library) -> tuple[Hashable, ...]:
    """Return what a site's check or dossier depends on: the site, the plan's day, the state of its data."""
    return what, wanted, usual_day(library.catalog.plan), library.marks(restricted=True)


def kept_sites() -> KeptSites:
    """Return the drawn sites of the installation."""
    return KeptSites(current_state().instance, most=MOST_KEPT, days=KEPT_DAYS)


def wanted_at(layer: str, feature: str) -> SiteWanted:
    """Return the site an address names: a feature, a kept drawn site, or an outline that stands in the address.

    Raises
    ------
    UnknownSite, BadParameter
        Nothing of that id is kept; the outline means nothing.
    """
    common: dict[str, Any] = {
        "day": checked_day(request.args.get("day", "")),
        "restricted": sees_restricted(),
        "decimals": current_settings().number("decimals"),
        "checked": checks_asked(request.args.get("check", "yes")),
    }
    if layer != DRAWN:
        return SiteWanted(layer, feature, **common)
    if _KEPT.fullmatch(feature):
        kept = kept_sites().find(feature)
        return SiteWanted(DRAWN, feature, kept.outline, kept.name, kept.industries, kept.uncertainty_m, **common)
    name, words = asked_name(request.args.get("name", "")), request.args.get("industries", "")
    industries = asked_industries([one for one in words.split(",") if one])
    return SiteWanted(DRAWN, feature, _outline_in(feature), name, industries, **common)


def _outline_in(text: str) -> bytes:
    """Return the outline, or the place, that an address says: ``latitude,longitude;…``."""
    said = text.split(";")
    if not 1 <= len(said) <= _MOST_CORNERS or len(said) == 2 or not all(map(_CORNER.fullmatch, said)):
        raise BadParameter(name="feature", why_zh="应为“纬度,经度;…”", why_en="“latitude,longitude;…” is expected")
    corners = [[float(lon), float(lat)] for lat, lon in (one.split(",") for one in said)]
    if len(corners) == 1:
        return place_of(*corners[0])
    return outline_asked({"type": "Polygon", "coordinates": [[*corners, corners[0]]]})


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
