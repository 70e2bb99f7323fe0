"""A site's dossier as a page people read and print, and as one A4 sheet; both from the API's own values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

import orjson
from flask import Blueprint, Response, request, url_for
from werkzeug.urls import uri_to_iri

from layers.errors import BadParameter
from layers.figures.inputs import DRAWN
from layers.library.library import Library
from webapp.http.answers import bytes_answer
from webapp.http.endpoints import HTML, Operation, Parameter, declare_operation
from webapp.http.language import current_language
from webapp.http.page import answer_page
from webapp.jobs.routes import waited_result
from webapp.sites.dossiers import dossier_answer, dossier_in_worker
from webapp.sites.parameters import DAY, FEATURE, INDUSTRIES, LAYER, NAME
from webapp.sites.wanted import SiteWanted, wanted_at

blueprint = Blueprint("site_pages", __name__)
TYPES = {"pdf": "application/pdf", "png": "image/png"}
_KIND = Parameter("kind", "pdf 或 png", "pdf or png", path=True, example="png")
_SAID = ("day", "name", "industries")
_ERRORS = (400, 404, 413, 422, 503)


_PICTURES = ("1200x760", "720x900")  # of a site's surroundings: on a wide page, on a phone


@blueprint.get("/sites/<layer>/<path:feature>")
@declare_operation(
    Operation(
        "地块档案页",
        "The page of a site's dossier",
        "pages",
        HTML,
        parameters=(LAYER, FEATURE, DAY, NAME, INDUSTRIES),
        errors=_ERRORS,
    )
)
def site_page(layer: str, feature: str) -> Response:
    """Where, how sure, areas, money, dates, checks, what is nearest, the plan's words; to print and to send."""
    wanted = wanted_at(layer, feature)
    told: dict[str, Any] = orjson.loads(dossier_answer(wanted).body)
    chosen = current_language()
    around = _said_of_it()
    address = _printed_address(layer, feature)
    sheets = {
        kind: url_for("site_pages.site_sheet", kind=kind, layer=layer, feature=feature, lang=chosen, **around)
        for kind in TYPES
    }
    pictures: dict[str, str] = {}
    if told["view"]:
        pictures = {
            size: url_for("renders.picture", file="map.png", v=told["view"], size=size, lang=chosen)
            for size in _PICTURES
        }
    return answer_page(
        "site.html",
        told=told,
        address=address,
        sheets=sheets,
        pictures=pictures,
        api=url_for("sites.dossier_of_site", layer=layer, feature=feature, **around),
        briefing=_briefing_link(told, layer, feature, chosen),
        map_link=f"/#{_map_state(told, wanted)}",
    )


@blueprint.get("/site-sheets/<kind>/<layer>/<path:feature>")
@declare_operation(
    Operation(
        "一页 A4 的地块档案",
        "A site's dossier on one A4 page",
        "sites",
        TYPES["pdf"],
        parameters=(_KIND, LAYER, FEATURE, DAY, NAME, INDUSTRIES),
        errors=_ERRORS,
    )
)
def site_sheet(kind: str, layer: str, feature: str) -> Response:
    """The sheet, drawn by a worker.

    Raises
    ------
    BadParameter
        It is neither a PDF nor a PNG.
    """
    if kind not in TYPES:
        raise BadParameter(name="kind", why_zh="应为 pdf 或 png", why_en="pdf or png is expected")
    wanted = wanted_at(layer, feature)
    address = _printed_address(layer, feature)
    data: bytes = waited_result(drawn_sheet, wanted, kind, current_language(), address)
    response = bytes_answer(data, TYPES[kind], vary="Cookie, Accept-Language")
    response.headers["Content-Disposition"] = f'inline; filename="site.{kind}"'
    return response


def drawn_sheet(
    opened: Library,
    progress: Callable[[float, float], None],
    wanted: SiteWanted,
    kind: str,
    chosen: str,
    address: str,
) -> bytes:
    """Draw a site's sheet in a worker.

    Parameters
    ----------
    opened
        The plan, in the worker.
    progress
        ``progress(done, total)``.
    wanted
        The site.
    kind
        ``pdf`` or ``png``.
    chosen
        The language.
    address
        Where it is read again, whole.
    """
    from briefings.write.site_sheet import site_sheet as written  # noqa: PLC0415 - matplotlib, in the workers only

    progress(0, 1)
    found = dossier_in_worker(opened, wanted)
    leaving = opened.rounded(wanted.decimals)
    return written(leaving, found, kind=kind, language=chosen, address=address, restricted=wanted.restricted)


def _said_of_it() -> dict[str, Any]:
    """Return what an address says of its site beside where it is."""
    return {name: request.args[name] for name in _SAID if request.args.get(name)}


def _printed_address(layer: str, feature: str) -> str:
    """Return the whole address of a site's page as people read it: with host, name and industry."""
    words = _said_of_it() | {"lang": current_language()}
    whole = url_for("site_pages.site_page", layer=layer, feature=feature, **words, _external=True)
    return uri_to_iri(whole)


def _briefing_link(told: dict[str, Any], layer: str, feature: str, language: str) -> str:
    """Return where the site is put into a briefing: a feature, or a drawn one; empty without any."""
    if layer != DRAWN:
        return f"/briefing?feature={quote(f'{layer}/{feature}')}"
    check = told["check"]
    verdict = (check["drawn_label"][language], check["verdict_label"][language])
    label = " · ".join(filter(None, (told["site"]["name"][language], *verdict)))
    industries = "".join(f"&industry={quote(one)}" for one in request.args.getlist("industries"))
    asked = {"site": told["view"] + industries, "label": label, "name": request.args.get("name", "")}
    return f"/briefing?{urlencode(asked)}" if told["view"] else ""


def _map_state(told: dict[str, Any], wanted: SiteWanted) -> str:
    """Return the address of the site on the map."""
    if told["view"] and wanted.outline:
        return str(told["view"])
    return f"sel={quote(wanted.layer)}/{quote(wanted.feature)}"
