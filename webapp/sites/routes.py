"""Sites over HTTP: the rules, a site's check and dossier, drawn sites kept and let go."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, url_for

from layers.errors import BadParameter
from layers.figures.inputs import DRAWN
from layers.places.check import rules_of
from layers.places.told import told_rules
from webapp.accounts.rights import current_person, require_editor, sees_restricted
from webapp.http.answers import json_answer, kept_answer
from webapp.http.bodies import json_body
from webapp.http.endpoints import JSON, Operation, Parameter, declare_operation
from webapp.jobs.routes import spend
from webapp.sites.dossiers import check_answer, dossier_answer
from webapp.sites.kept import KEPT_DAYS, NotYourSite, kept_sites
from webapp.sites.parameters import (
    CHECK,
    DAY,
    FEATURE,
    INDUSTRIES,
    LAYER,
    NAME,
    asked_industries,
    asked_name,
    asked_uncertainty_m,
    checked_day,
    outline_asked,
    place_of,
)
from webapp.sites.wanted import SiteWanted, wanted_at
from webapp.state import current_library, current_settings

blueprint = Blueprint("sites", __name__)
_OUTLINE, _PLACE, _FEATURE = ("polygon",), ("lon", "lat"), ("layer", "feature")
_OF_A_FEATURE = ("day",)
_OF_A_DRAWN_SITE = ("name", "industries", "uncertainty_m", "day")
_SITE = Parameter("site", "绘制地块的编号", "id of a drawn site", path=True, example="0123456789ab")


@blueprint.get("/api/rules")
@declare_operation(Operation("合规检查的规则", "The rules a site is held against", "sites", schema="RuleList"))
def rule_list() -> Response:
    """Every rule with its text, source and kind; the industries and kinds there are; what is wrong in the file."""
    return json_answer(told_rules(rules_of(current_library(), restricted=sees_restricted())))


@blueprint.get("/api/sites/<layer>/<path:feature>")
@declare_operation(
    Operation(
        "一个地块的档案",
        "A site's dossier",
        "sites",
        schema="SiteDossier",
        parameters=(LAYER, FEATURE, DAY, CHECK, NAME, INDUSTRIES),
        errors=(400, 404, 413, 422, 503),
    )
)
def dossier_of_site(layer: str, feature: str) -> Response:
    """All that is asked of a site: where, how sure, areas, money, dates, checks, what is nearest."""
    return kept_answer(dossier_answer(wanted_at(layer, feature)), JSON)


@blueprint.post("/api/sites/check")
@declare_operation(
    Operation(
        "合规检查：项目、选取的位置或绘制的范围",
        "Check a site: a feature, a picked place, or a drawn outline",
        "sites",
        schema="SiteCheck",
        errors=(400, 404, 413, 422, 503),
        body="SiteAsked",
    ),
    computes=True,
)
def check() -> Response:
    """Allowed, conditional, conflict or undecided; by rule what it rests on, and how near a miss."""
    return kept_answer(check_answer(_asked(json_body())), JSON)


@blueprint.post("/api/sites")
@declare_operation(
    Operation(
        "保存绘制的地块（无人打开一段时间后自动清除）",
        "Keep a drawn site (it passes when nobody opens it for long)",
        "sites",
        schema="KeptSite",
        errors=(400, 409, 413, 422, 503),
        body="SiteAsked",
    ),
    computes=True,
)
def keep_site() -> Response:
    """Keep an outline with its name under an id, which is its address.

    Raises
    ------
    BadParameter
        It is no outline.
    """
    spend("sites", "保存地块", "drawn sites")
    wanted = _asked(json_body())
    if not wanted.outline:
        raise BadParameter(name="polygon", why_zh="需要绘制的多边形", why_en="a drawn polygon is needed")
    who = current_person()
    owner = "" if who is None else who.name
    kept = kept_sites().add(
        wanted.name, wanted.outline, wanted.industries, owner, uncertainty_m=wanted.uncertainty_m
    )
    link = url_for("site_pages.site_page", layer=DRAWN, feature=kept.id)
    response = json_answer({"id": kept.id, "name": kept.name, "link": link, "days": KEPT_DAYS})
    response.status_code = 201
    return response


@blueprint.delete("/api/sites/<site>")
@declare_operation(
    Operation(
        "不再保存绘制的地块",
        "Keep a drawn site no more",
        "sites",
        schema="KeptSite",
        parameters=(_SITE,),
        errors=(401, 403, 404, 503),
    )
)
def drop_site(site: str) -> Response:
    """Let a drawn site go at once; a visitor's goes by anybody who may keep views.

    Raises
    ------
    NotYourSite
        Somebody else keeps it.
    """
    who = require_editor("views:write")
    found = kept_sites().find(site)
    if found.owner not in ("", who.name) and "admin" not in who.scopes:
        raise NotYourSite(owner=found.owner)
    kept_sites().drop(site)
    return json_answer({"id": found.id, "name": found.name, "link": "", "days": 0})


def _asked(body: dict[str, Any]) -> SiteWanted:
    """Return the site a body speaks of, in one of the three ways to say it."""
    way = _way_of(body)
    known = (*way, *(_OF_A_FEATURE if way == _FEATURE else _OF_A_DRAWN_SITE))
    if odd := sorted(set(body) - set(known)):
        words = ", ".join(known)
        raise BadParameter(
            name=odd[0][:60],
            why_zh=f"与 {way[0]} 一起不可用；可用：{words}",
            why_en=f"not with {way[0]}; known: {words}",
        )
    common: dict[str, Any] = {
        "day": checked_day(body.get("day", "")),
        "restricted": sees_restricted() and bool(current_library().catalog.restricted),
        "decimals": current_settings().number("decimals"),
    }
    if way == _FEATURE:
        layer, feature = body.get("layer"), body.get("feature")
        if not isinstance(layer, str) or not isinstance(feature, str):
            raise BadParameter(name="layer, feature", why_zh="应为文本", why_en="texts are expected")
        return SiteWanted(layer, feature, **common)
    outline = (
        outline_asked(body["polygon"])
        if way == _OUTLINE
        else place_of(_degrees(body, "lon"), _degrees(body, "lat"))
    )
    return SiteWanted(
        DRAWN,
        outline=outline,
        name=asked_name(body.get("name", "")),
        industries=asked_industries(body.get("industries", [])),
        uncertainty_m=asked_uncertainty_m(body.get("uncertainty_m", 0)),
        **common,
    )


def _way_of(body: dict[str, Any]) -> tuple[str, ...]:
    """Return the keys by which a body says where the site is."""
    ways = [way for way in (_OUTLINE, _PLACE, _FEATURE) if any(key in body for key in way)]
    if len(ways) != 1:
        raise BadParameter(
            name="body",
            why_zh="需要 polygon、lon 与 lat，或 layer 与 feature，三者取一",
            why_en="one of polygon, lon and lat, or layer and feature is needed",
        )
    return ways[0]


def _degrees(body: dict[str, Any], name: str) -> float:
    number = body.get(name)
    if not isinstance(number, int | float) or isinstance(number, bool):
        raise BadParameter(name=name, why_zh="应为数值（度）", why_en="a number of degrees is expected")
    return float(number)
